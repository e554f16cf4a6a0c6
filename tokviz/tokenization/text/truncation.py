"""Truncation: the tokens of a text after only the first k merges, from its gap ranks alone.

A gap is an edge of a token if it is open or was closed by a rank >= k. Read as unsigned numbers,
OPEN is the highest of all, so one comparison finds the edges. The id of a token follows, too: ranks
never decrease while a pre-token is merged, so the highest rank inside a token is the merge that
made it.
"""

from dataclasses import replace
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from tokviz.tokenization.algorithms.base_symbols import BaseSymbols
from tokviz.tokenization.encoders.encoder import Encoder
from tokviz.tokenization.encoding import CLOSED, Encoding, Int32s, TextEncoder, without_surrogates
from tokviz.tokenization.text.token_colors import N_COLORS, N_LEVELS, Colors
from tokviz.tokenization.tokenizer import Tokenizer


def edges_at(gaps: Int32s, n_merges: int) -> NDArray[np.bool_]:
    """Which gaps are edges of tokens when only the first `n_merges` merges are known.

    >>> edges_at(np.array([5, 0, -1, -2], np.int32), 1).tolist()
    [True, False, True, False]
    """
    edges: NDArray[np.bool_] = gaps.view(np.uint32) >= np.uint32(n_merges)
    edges &= gaps != CLOSED
    return edges


class Truncation:
    """Cuts encodings made with all merges of `tokenizer` back to the first `n_merges`."""

    def __init__(self, tokenizer: Tokenizer, n_merges: int, *, special: bool = False) -> None:
        """`special`: the encodings have special tokens where the text names them."""
        self.n_merges = n_merges
        self._special = special
        self._tokenizer = tokenizer

    @cached_property
    def _truncated(self) -> Tokenizer:
        return self._tokenizer.truncated(self.n_merges)

    @cached_property
    def _encoder(self) -> TextEncoder:
        return self._truncated.encoder(special=self._special)

    @cached_property
    def _encoder_of_pre_tokens(self) -> Encoder:
        tokenizer = self._truncated
        assert tokenizer.split is not None  # or no byte would be without a token
        named = {t.content.encode(): t.id for t in tokenizer.matched(special=self._special)}
        return Encoder(tokenizer.split, self._base, tokenizer.merges, named)

    @cached_property
    def _base(self) -> BaseSymbols:
        return self._tokenizer.base_symbols

    def n_tokens(self, encoding: Encoding) -> int:
        """How many tokens are left of a text: each merge that is taken away gives one back."""
        if encoding.gaps is None:
            return len(encoding.ids)
        if self._tokenizer.drops_bytes(encoding):
            return len(self.encoding(encoding).ids)
        return len(encoding.ids) + encoding.fired.n_from(self.n_merges)

    def encoding(self, encoding: Encoding) -> Encoding:
        """The text's encoding with the first `n_merges` merges; it carries no gap ranks."""
        gaps = encoding.gaps
        if gaps is None:
            return encoding
        if not self._tokenizer.makes_pre_tokens_of_the_text:
            # Its spans point through a normalizer, or there are tokens that the text does not
            # show: encode it anew.
            found = self._encoder.encode(encoding.text, at_start=encoding.begins_text)
            return replace(found, gaps=None)
        if len(encoding.uncovered_bytes):
            # A merge over a lost byte closes no gap between neighbours: encode that part anew.
            text = without_surrogates(encoding.text)
            pre_tokens = [text[start:end] for start, end in encoding.pre_token_spans()]
            return self._encoder_of_pre_tokens.encode_pre_tokens(encoding.text, pre_tokens)
        edges = edges_at(gaps, self.n_merges)
        ends = (np.flatnonzero(edges) + 1).astype(np.int32)
        starts = np.concatenate((np.zeros(1, np.int32), ends[:-1]))[: len(ends)]
        return Encoding(
            text=encoding.text,
            n_bytes=encoding.n_bytes,
            ids=self._ids(encoding, gaps, starts, ends),
            byte_starts=starts,
            byte_ends=ends,
            pre_token_chars=encoding.pre_token_chars,
            pre_token_bytes=encoding.pre_token_bytes,
            gaps=None,
            uncovered_bytes=encoding.uncovered_bytes,
        )

    def _ids(self, encoding: Encoding, gaps: Int32s, starts: Int32s, ends: Int32s) -> Int32s:
        data = np.frombuffer(without_surrogates(encoding.text).encode("utf-8"), np.uint8)
        ids, lengths = self._base.at(data, starts)
        long = np.flatnonzero(ends - starts > lengths)
        if len(long):
            inside = gaps.copy()
            inside[ends - 1] = -1
            top = np.maximum.reduceat(inside, starts)[long]
            made = top >= 0
            ids[long[made]] = self._tokenizer.merges.ids[top[made]]
            # What no merge made (a special token) is what it was.
            whole = starts[long[~made]]
            ids[long[~made]] = encoding.ids[encoding.byte_starts.searchsorted(whole)]
        return ids


def truncated_colors(whole: Encoding, colors: Colors, cut: Encoding, after: int | None) -> Colors:
    """Colours of the cut tokens: the first part of a token keeps its colour, those behind it go
    on from there, so colours stand still while merges are taken away and given back.

    `after`: the colour of the token behind the text.
    """
    if not len(whole.ids) or not len(cut.ids):
        return np.zeros(len(cut.ids), np.uint8)
    # Counting along all bytes is several times faster than searching for each token.
    starts = np.zeros(whole.n_bytes, np.int32)
    starts[whole.byte_starts] = 1
    owner = np.maximum(np.cumsum(starts, dtype=np.int32)[cut.byte_starts] - 1, 0)
    here = np.arange(len(owner), dtype=np.int32)
    is_first = np.concatenate(([True], owner[1:] != owner[:-1]))
    first = np.maximum.accumulate(np.where(is_first, here, 0))
    result = ((colors[owner] + here - first) % N_COLORS).astype(np.uint8)
    # The last part may meet the next token's colour; one level on, it meets neither neighbour's.
    following = np.append(result[1:], result[-1] + 1 if after is None else after)
    clash = np.flatnonzero(result % N_LEVELS == following % N_LEVELS)
    result[clash] = (result[clash] + 1) % N_COLORS
    return result
