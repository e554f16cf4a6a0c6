"""Tokenizer: a vocabulary and what follows from it. Data and functions, no subclasses."""

import hashlib
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from enum import Enum
from functools import cached_property
from typing import Protocol

from tokviz.tokenization.alphabet import AlphabetEncoder
from tokviz.tokenization.base_symbols import BaseSymbols, ByteSymbols, CharacterSymbols
from tokviz.tokenization.bpe import Merges, MergeStep, merge_steps
from tokviz.tokenization.encoder import Encoder
from tokviz.tokenization.encoding import (
    Encoding,
    concatenate,
    special_token,
    without_surrogates,
)
from tokviz.tokenization.pre_tokenizers import SplitPattern


class Algorithm(Enum):
    """How text becomes tokens; the value is the name shown."""

    BYTE_LEVEL_BPE = "byte-level BPE"
    CHARACTER_LEVEL_BPE = "character-level BPE"
    CHARACTERS = "characters"
    BYTES = "bytes"


class Special(Enum):
    """What to do with the names of special tokens that occur in a text."""

    TEXT = "text"
    SPECIAL = "special"
    REFUSE = "refuse"


class UnknownIdError(ValueError):
    """An id that the vocabulary does not have."""


class SpecialTokenError(ValueError):
    """A special token's name stands in the text, and the caller asked to refuse that."""


Template = tuple[tuple[int, ...], tuple[int, ...]]
NO_TEMPLATE: Template = ((), ())


class TextEncoder(Protocol):
    """What encodes text; it may remember what it has met, so it belongs to one thread."""

    def encode(self, text: str) -> Encoding: ...


@dataclass(frozen=True, eq=False)
class Tokenizer:
    """A vocabulary, its merges, its split pattern and its special tokens.

    `vocab`: id → bytes, None for an id that stands for nothing. `merges` in rank order is the
    merge history. `context`: the number of tokens its model attends to, None if unknown.
    `growing`: the vocabulary takes in characters it meets (`extended`). `template`: ids that its
    model expects before and after a whole text; `encode` does not add them.
    """

    name: str
    algorithm: Algorithm
    vocab: Sequence[bytes | None]
    merges: Merges = field(default_factory=lambda: Merges([], [], []))
    special_tokens: dict[str, int] = field(default_factory=dict)
    split: SplitPattern | None = None
    context: int | None = None
    growing: bool = False
    template: Template = NO_TEMPLATE

    @property
    def n_vocab(self) -> int:
        """Highest id + 1: the rows an embedding table needs."""
        return len(self.vocab)

    @property
    def lookahead(self) -> int | None:
        """How far past its end a pre-token may depend on the text; None: on all of it."""
        return 0 if self.split is None else self.split.lookahead

    @cached_property
    def byte_ids(self) -> list[int]:
        """(256,) the id of each single byte, -1 where the vocabulary has none."""
        ids = [-1] * 256
        special = set(self.special_tokens.values())
        for token_id, data in enumerate(self.vocab):
            if data is not None and len(data) == 1 and token_id not in special:
                ids[data[0]] = token_id
        return ids

    @cached_property
    def base_symbols(self) -> BaseSymbols:
        """What merging begins with."""
        if self.algorithm is not Algorithm.CHARACTER_LEVEL_BPE:
            return ByteSymbols(self.byte_ids)
        made = set(self.merges.ids.tolist())
        texts = ((data.decode("utf-8"), i) for data, i in self.id_of_bytes.items() if i not in made)
        return CharacterSymbols({text: i for text, i in texts if len(text) == 1})

    @cached_property
    def id_of_bytes(self) -> dict[bytes, int]:
        """Bytes → id, special tokens left out: they are reached by name only."""
        special = set(self.special_tokens.values())
        return {
            data: token_id
            for token_id, data in enumerate(self.vocab)
            if data is not None and token_id not in special
        }

    @cached_property
    def fingerprint(self) -> str:
        """Names this vocabulary: equal for equal id → bytes maps."""
        digest = hashlib.sha256()
        for data in self.vocab:
            digest.update(b"-" if data is None else b"%d:" % len(data) + data)
        return digest.hexdigest()

    def encoder(self) -> TextEncoder:
        """A new encoder for one thread; keep it while encoding text of the same kind."""
        if self.split is None:
            return AlphabetEncoder(self.vocab, by_bytes=self.algorithm is Algorithm.BYTES)
        return Encoder(self.split, self.base_symbols, self.merges)

    def encode(
        self,
        text: str,
        special: Special = Special.TEXT,
        encoder: TextEncoder | None = None,
    ) -> Encoding:
        """Encode a whole text; `encoder` is one of this tokenizer's, kept from earlier texts.

        Raises `SpecialTokenError` for `Special.REFUSE` and a text with a special token's name.
        """
        encoder = encoder or self.encoder()
        names = self._special_names
        if special is Special.TEXT or names is None or not text:
            return encoder.encode(text)
        parts = []
        at = 0
        for match in names.finditer(text):
            if special is Special.REFUSE:
                raise SpecialTokenError(
                    f"The text holds the special token {match.group()} at character "
                    f"{match.start()}; encode it as text or as a special token."
                )
            parts.append(encoder.encode(text[at : match.start()]))
            parts.append(special_token(match.group(), self.special_tokens[match.group()]))
            at = match.end()
        return concatenate([*parts, encoder.encode(text[at:])])

    @cached_property
    def _special_names(self) -> re.Pattern[str] | None:
        names = sorted(self.special_tokens, key=len, reverse=True)
        return re.compile("|".join(map(re.escape, names))) if names else None

    def token_bytes(self, token_id: int) -> bytes:
        """What an id stands for. Raises `UnknownIdError`."""
        data = self.vocab[token_id] if 0 <= token_id < self.n_vocab else None
        if data is None:
            raise UnknownIdError(
                f"{self.name} has no token with the id {token_id}; "
                f"its ids run from 0 to {self.n_vocab - 1}."
            )
        return data

    def decode(self, ids: Iterable[int]) -> bytes:
        """The bytes of the tokens in a row. Raises `UnknownIdError`."""
        return b"".join(map(self.token_bytes, ids))

    def replay(self, text: str) -> Iterator[MergeStep]:
        """Every merge of encoding `text`: pre-token by pre-token, by rank, then left to right."""
        if self.split is None:
            return
        at = 0
        for pre_token in self.split.split(without_surrogates(text)):
            data = pre_token.encode("utf-8")
            symbols = self.base_symbols.of(data)
            yield from merge_steps(symbols.ids, [at + i for i in symbols.starts], self.merges)
            at += len(data)

    def truncated(self, n_merges: int) -> "Tokenizer":
        """This tokenizer as it was after its first `n_merges` merges; ids stay what they are."""
        kept = set(self.merges.ids[:n_merges].tolist())
        dropped = set(self.merges.ids[n_merges:].tolist()) - kept
        vocab = [None if i in dropped else data for i, data in enumerate(self.vocab)]
        return replace(self, vocab=vocab, merges=self.merges[:n_merges])

    def extended(self, text: str) -> "Tokenizer":
        """A growing vocabulary with the new characters of `text` appended; else itself."""
        if not self.growing:
            return self
        new = {c.encode() for c in set(without_surrogates(text))} - self.id_of_bytes.keys()
        if not new:
            return self
        return replace(self, vocab=[*self.vocab, *sorted(new, key=bytes.decode)])


def characters_tokenizer(text: str) -> Tokenizer:
    """The sorted distinct characters of a text, one id each.

    >>> characters_tokenizer("hello").encode("hole").ids.tolist()
    [1, 3, 2, 0]
    """
    vocab = [c.encode() for c in sorted(set(without_surrogates(text)))]
    return Tokenizer("characters", Algorithm.CHARACTERS, vocab, growing=True)


def bytes_tokenizer() -> Tokenizer:
    """The 256 byte values, one id each: the byte's own value."""
    return Tokenizer("bytes", Algorithm.BYTES, [bytes([b]) for b in range(256)])
