"""TextColumns: the columns of a whole text's encoding, put together part by part.

Of each distinct pre-token one entry a byte is remembered, which tells two things at once: the rank
of the merge that closed the gap behind the byte, or, where none did, the id of the token that ends
there (as ~id, so below zero). So one copy brings ids, token edges and gap ranks, and what takes
them apart are steps over a part of the text, while it is in the processor's cache.
"""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from tokviz.tokenization.encoders.distinct_strings import WIDTHS, Numbered
from tokviz.tokenization.encoders.row_pool import OVERHANG, LongRows, RowPool
from tokviz.tokenization.encoding import CLOSED, OPEN, Encoding, Int32s

_CLOSED = 2**31 - 1  # an entry for CLOSED, above any rank


@dataclass(frozen=True)
class Part:
    """A part of a text: where its pre-tokens start, and the strings that they are, by kinds."""

    chars: Int32s
    bytes: Int32s
    strings: list[Numbered]
    n_chars: int
    n_bytes: int


class Entries:
    """The entries of distinct strings, by kinds and by number."""

    def __init__(self) -> None:
        self._rows: list[RowPool | LongRows] = [*map(RowPool, WIDTHS), LongRows()]
        self.may_be_closed = False

    @property
    def memory(self) -> int:
        """The bytes held."""
        return sum(rows.memory for rows in self._rows)

    def extend(self, lengths: Iterable[Int32s], tokens: Int32s, gaps: Int32s) -> None:
        """Append strings of these lengths, by kinds, that stand in a row: the token that begins at
        each byte (-1: none), and the gap ranks, which become the entries."""
        entries = gaps
        closed = np.flatnonzero(gaps == CLOSED)
        entries[closed] = _CLOSED
        self.may_be_closed |= bool(len(closed))
        begins = np.flatnonzero(tokens >= 0)
        entries[np.append(begins[1:], len(tokens)) - 1] = ~tokens[begins]
        at = 0
        for rows, some in zip(self._rows, lengths, strict=True):
            end = at + int(some.sum())
            rows.extend(some, entries[at:end])
            at = end

    def put(self, strings: list[Numbered], out: Int32s) -> None:
        """Write the entries of all strings of a part, and up to `OVERHANG` more behind them."""
        for rows, some in zip(self._rows, strings, strict=True):
            rows.put(some.numbers, some.starts, some.lengths, out)


class TextColumns:
    """See the module's docstring. How long most columns become is known at the end only, so they
    are made as long as they can be, and cut: memory that is not written to costs nothing."""

    def __init__(self, n_chars: int, n_bytes: int) -> None:
        self._ids, self._edges, self._gaps, self._chars, self._bytes = (
            np.empty(n, np.int32)
            for n in (n_bytes, n_bytes + 1, n_bytes, n_chars, 0 if n_bytes == n_chars else n_chars)
        )
        self._edges[0] = 0
        self._work = np.empty(0, np.int32)
        self._n_tokens = self._n_pre_tokens = self._n_chars = self._n_bytes = 0

    def append(self, part: Part, entries: Entries) -> None:
        """Put the columns of the next part of the text behind the others."""
        if len(self._work) < part.n_bytes + OVERHANG:
            self._work = np.empty(part.n_bytes + OVERHANG, np.int32)
        entries.put(part.strings, self._work)
        mine, n_bytes = self._work[: part.n_bytes], self._n_bytes + part.n_bytes
        lasts = np.flatnonzero(mine < 0)  # the last bytes of tokens
        some = slice(self._n_tokens, self._n_tokens + len(lasts))
        np.invert(mine.take(lasts), out=self._ids[some])
        np.add(lasts, self._n_bytes + 1, out=self._edges[1:][some], casting="unsafe")
        gaps = np.maximum(mine, OPEN, out=self._gaps[self._n_bytes : n_bytes])
        if entries.may_be_closed:
            gaps[gaps == _CLOSED] = CLOSED
        these = slice(self._n_pre_tokens, self._n_pre_tokens + len(part.chars))
        np.add(part.chars, np.int32(self._n_chars), out=self._chars[these])
        if len(self._bytes):
            np.add(part.bytes, np.int32(self._n_bytes), out=self._bytes[these])
        self._n_tokens, self._n_pre_tokens, self._n_bytes = some.stop, these.stop, n_bytes
        self._n_chars += part.n_chars

    def encoding(self, text: str, data: bytes) -> Encoding:
        """All that was appended, which are the parts of this text; `data` is its UTF-8."""
        is_ascii = self._n_chars == self._n_bytes
        # No view of them is left, so none is left behind when they move.
        self._ids.resize(self._n_tokens, refcheck=False)
        self._edges.resize(self._n_tokens + 1, refcheck=False)
        self._chars.resize(self._n_pre_tokens, refcheck=False)
        self._bytes.resize(0 if is_ascii else self._n_pre_tokens, refcheck=False)
        return Encoding(
            text=text,
            n_bytes=self._n_bytes,
            ids=self._ids,
            byte_starts=self._edges[:-1],
            byte_ends=self._edges[1:],
            pre_token_chars=self._chars,
            pre_token_bytes=self._chars if is_ascii else self._bytes,
            gaps=self._gaps,
            uncovered_bytes=np.zeros(0, np.int32),
            utf8=data,
        )
