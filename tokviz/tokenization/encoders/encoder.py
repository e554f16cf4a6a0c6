"""Encoder: encodes text with one byte-pair tokenizer and remembers every pre-token it has met.

Natural text repeats its pre-tokens, so each distinct one is merged once, its result is kept in
flat pools, and a text is then a gather from those pools by numpy. An encoder belongs to one
thread; its memory is bounded, and it starts afresh when the bound is reached.

Long texts go to `whole_text_bpe.py`, which does the same with arrays, where the tokenizer allows.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tokviz.tokenization.algorithms.base_symbols import BaseSymbols
from tokviz.tokenization.algorithms.bpe import Merges, apply_merges
from tokviz.tokenization.encoders.whole_text_bpe import WholeTextEncoder, WholeTextRules
from tokviz.tokenization.encoding import CLOSED, OPEN, Encoding, encodable, without_surrogates
from tokviz.tokenization.growing_array import GrowingArray
from tokviz.tokenization.pre_tokenization.split_pattern import SplitPattern
from tokviz.tokenization.ranges import ranges, starts_of

MEMORY_LIMIT = 64 * 2**20
LONG = 1 << 12
"""Characters from which on a text is worth the fixed cost of arrays."""
LONG_PRE_TOKEN = 200
"""Characters from which on a pre-token is not merged as a whole again behind each key."""
_BYTES_OF_ONE_ENTRY = 200  # the key in the dict and its row of numbers, measured


@dataclass(frozen=True)
class EncodedPreToken:
    """One pre-token: its tokens' ids and byte spans, and the rank after each of its bytes."""

    ids: list[int]
    starts: list[int]
    ends: list[int]
    gaps: list[int]


def encode_pre_token(data: bytes, base: BaseSymbols, merges: Merges) -> EncodedPreToken:
    """Encode one pre-token.

    Bytes without an id are left out before merging, as Hugging Face's `tokenizers` does; so a
    token may join bytes that were not neighbours, and the gaps beside a lost byte stay open.
    """
    symbols = base.of(data)
    starts, ends = symbols.starts, symbols.ends
    gaps = [OPEN] * len(data)
    for start, end in zip(starts, ends, strict=True):
        for inside in range(start, end - 1):
            gaps[inside] = CLOSED
    ids, events = apply_merges(symbols.ids, merges)
    edges = [True] * (len(starts) + 1)  # edges[i]: a token starts at symbol i
    for rank, gap in events:
        edges[gap + 1] = False
        if ends[gap] == starts[gap + 1]:
            gaps[ends[gap] - 1] = rank
    firsts = [i for i in range(len(starts)) if edges[i]]
    lasts = [i for i in range(len(starts)) if edges[i + 1]]
    return EncodedPreToken(ids, [starts[i] for i in firsts], [ends[i] for i in lasts], gaps)


class Encoder:
    """Turns text into an `Encoding`. See the module's docstring for the idea."""

    def __init__(
        self,
        split: SplitPattern,
        base: BaseSymbols,
        merges: Merges,
        whole: Mapping[bytes, int] | None = None,
        whole_text: WholeTextRules | None = None,
    ) -> None:
        """`whole`: pre-tokens that are taken as they are, without merging. `whole_text`: the same
        rules for long texts; None where those, too, are encoded one pre-token after the other."""
        self._rules_of_whole_texts = whole_text
        self._whole = {} if whole is None else whole
        self._split = split
        self._base = base
        self._merges = merges
        self._forget()

    def _forget(self) -> None:
        self._whole_text: WholeTextEncoder | None = None  # made when a long text comes
        self._entries: dict[str, int] = {}
        self._pools = [GrowingArray() for _ in range(9)]
        self._n_tokens, self._n_bytes, self._n_chars = self._pools[:3]
        self._first_token, self._first_byte = self._pools[3:5]
        self._ids, self._starts, self._ends, self._gaps = self._pools[5:]

    @property
    def memory(self) -> int:
        """An estimate of the bytes held."""
        of_long = 0 if self._whole_text is None else self._whole_text.memory
        return (
            of_long
            + len(self._entries) * _BYTES_OF_ONE_ENTRY
            + 12 * self._ids.size
            + 4 * self._gaps.size
        )

    def encode(self, text: str, *, at_start: bool = True) -> Encoding:
        """Encode a text that starts and ends where pre-tokens do, wherever it begins."""
        if len(text) >= LONG and (whole := self._encode_whole(text)):
            return whole
        pre_tokens = self._split.split(without_surrogates(text))
        has_long = max(map(len, pre_tokens), default=0) >= LONG_PRE_TOKEN
        if has_long and (whole := self._encode_whole(text)):
            return whole
        return self.encode_pre_tokens(text, pre_tokens)

    def _encode_whole(self, text: str) -> Encoding | None:
        """Encode by arrays; None where that cannot be done."""
        rules = self._rules_of_whole_texts
        if rules is None:
            return None
        _, data = encodable(text)
        if not rules.can_encode(data):
            return None
        return self._encoder_of_whole_texts().encode(text, data)

    def _encoder_of_whole_texts(self) -> WholeTextEncoder:
        assert self._rules_of_whole_texts is not None
        if self.memory > MEMORY_LIMIT:
            self._forget()
        if self._whole_text is None:
            self._whole_text = WholeTextEncoder(self._rules_of_whole_texts)
        return self._whole_text

    def encode_pre_tokens(self, text: str, pre_tokens: list[str]) -> Encoding:
        """Encode a text that is split already; `pre_tokens` have U+FFFD for lone surrogates."""
        if self.memory > MEMORY_LIMIT:
            self._forget()
        self._learn(set(pre_tokens).difference(self._entries))
        entries = np.fromiter(map(self._entries.__getitem__, pre_tokens), np.int32, len(pre_tokens))
        return self._gather(text, entries)

    def _learn(self, pre_tokens: Iterable[str]) -> None:
        columns: list[list[int]] = [[] for _ in range(9)]
        n_tokens, n_bytes, n_chars, first_token, first_byte, ids, starts, ends, gaps = columns
        for pre_token in pre_tokens:
            data = pre_token.encode("utf-8")
            taken = self._whole.get(data)
            if taken is None:
                encoded = encode_pre_token(data, self._base, self._merges)
            else:
                gaps_inside = [CLOSED] * (len(data) - 1)
                encoded = EncodedPreToken([taken], [0], [len(data)], [*gaps_inside, OPEN])
            self._entries[pre_token] = len(self._entries)
            first_token.append(self._ids.size + len(ids))
            first_byte.append(self._gaps.size + len(gaps))
            n_tokens.append(len(encoded.ids))
            n_bytes.append(len(data))
            n_chars.append(len(pre_token))
            ids += encoded.ids
            starts += encoded.starts
            ends += encoded.ends
            gaps += encoded.gaps
        for pool, column in zip(self._pools, columns, strict=True):
            pool.extend(column)

    def _gather(self, text: str, entries: NDArray[np.int32]) -> Encoding:
        n_tokens, n_bytes = self._n_tokens.data[entries], self._n_bytes.data[entries]
        byte_starts = starts_of(n_bytes)
        tokens = ranges(self._first_token.data[entries], n_tokens)
        shift = np.repeat(byte_starts, n_tokens)
        lost = np.zeros(0, np.int32)
        if self._base.may_lose:
            data = np.frombuffer(without_surrogates(text).encode("utf-8"), np.uint8)
            lost = self._base.lost(data)
        return Encoding(
            text=text,
            n_bytes=int(n_bytes.sum()),
            ids=self._ids.data[tokens],
            byte_starts=self._starts.data[tokens] + shift,
            byte_ends=self._ends.data[tokens] + shift,
            pre_token_chars=starts_of(self._n_chars.data[entries]),
            pre_token_bytes=byte_starts,
            gaps=self._gaps.data[ranges(self._first_byte.data[entries], n_bytes)],
            uncovered_bytes=lost,
        )
