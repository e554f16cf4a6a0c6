"""RowPool and LongRows: rows of entries, many of which are put one after the other.

This is how a text is made from what is remembered of its pre-tokens. Copying a few entries costs
no more than copying one, so the rows of a pool are about of one length, and each is copied by its
first entries and its last ones, which overlap: two copies of a fixed size make a row of any
length between. Where rows may be shorter than that size, what is behind their end is copied, too,
onto the places of the rows behind; so those pools are put first, and their rows in order.
"""

import numpy as np
from numpy.typing import NDArray

from tokviz.tokenization.encoding import Int32s
from tokviz.tokenization.growing_array import GrowingArray
from tokviz.tokenization.ranges import starts_of

_Chunks = NDArray[np.void]
OVERHANG = 8
"""Entries behind the last row that may be written, too."""


class RowPool:
    """The rows are numbered from 0 and of less than `8 * width` entries, which are int32. They have
    `4 * width` or more, unless `width` is 1."""

    def __init__(self, width: int) -> None:
        self._size = max(4 * width, OVERHANG)  # of a chunk
        self._firsts = GrowingArray()
        self._lasts = GrowingArray() if width > 1 else None

    @property
    def memory(self) -> int:
        """The bytes held."""
        return 4 * (self._firsts.size + (self._lasts.size if self._lasts else 0))

    def extend(self, lengths: Int32s, entries: Int32s) -> None:
        """Append rows of these lengths, whose entries stand one after the other."""
        starts = starts_of(lengths)
        padded = np.append(entries, np.zeros(self._size, np.int32))
        chunks = _anywhere(padded, self._size)
        self._firsts.extend(chunks[starts].view(np.int32))
        if self._lasts is not None:
            self._lasts.extend(chunks[starts + lengths - self._size].view(np.int32))

    def put(self, rows: Int32s, starts: Int32s, lengths: Int32s, out: Int32s) -> None:
        """Write these rows, which are of these lengths, to these places of `out`."""
        if not len(rows):
            return
        chunks = _anywhere(out, self._size)
        chunks[starts] = self._firsts.data.view(chunks.dtype).take(rows)
        if self._lasts is not None:
            chunks[starts + lengths - self._size] = self._lasts.data.view(chunks.dtype).take(rows)


class LongRows:
    """As a `RowPool`, of rows of any length."""

    def __init__(self) -> None:
        self._rows: list[Int32s] = []

    @property
    def memory(self) -> int:
        return sum(row.nbytes for row in self._rows)

    def extend(self, lengths: Int32s, entries: Int32s) -> None:
        for start, length in zip(starts_of(lengths).tolist(), lengths.tolist(), strict=True):
            self._rows.append(entries[start : start + length].copy())

    def put(self, rows: Int32s, starts: Int32s, lengths: Int32s, out: Int32s) -> None:
        for row, start in zip(rows.tolist(), starts.tolist(), strict=True):
            out[start : start + len(self._rows[row])] = self._rows[row]


def _anywhere(entries: Int32s, size: int) -> _Chunks:
    """The chunk that begins at each entry: they overlap."""
    return np.ndarray((len(entries) - size + 1,), f"V{4 * size}", entries, strides=(4,))
