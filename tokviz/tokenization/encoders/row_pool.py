"""RowPool: rows of different lengths, and many of them put together, one after the other.

This is how a text is made from what is remembered of its pieces. Most rows are short, so a row is
kept as chunks of a fixed width, and whole chunks are copied: the first one of each row, in order.
What a chunk holds behind the end of its row falls on places of the rows behind, which are written
later. Then come the other chunks of the long rows; the last of a row ends with it, so it holds a
few entries of the one before once more, and nothing else. Very long rows are kept as they are.

It goes by blocks of rows, so that what is in between stays in the processor's cache.
"""

import numpy as np
from numpy.typing import NDArray

from tokviz.tokenization.encoding import Int32s, Int64s
from tokviz.tokenization.growing_array import GrowingArray
from tokviz.tokenization.ranges import ranges, starts_of

_Chunks = NDArray[np.void]
_BLOCK = 1 << 16
_VERY_LONG = 1 << 9  # entries


class RowPool:
    """The rows are numbered from 0; an entry is an int32. `width`: entries of a chunk."""

    def __init__(self, width: int) -> None:
        self._width = width
        self._firsts, self._lengths = GrowingArray(), GrowingArray()  # in chunks; in entries
        self._entries = GrowingArray()
        self._very_long: dict[int, Int32s] = {}

    @property
    def memory(self) -> int:
        """The bytes held."""
        of_very_long = sum(map(len, self._very_long.values()))
        return 4 * (self._firsts.size + self._lengths.size + self._entries.size + of_very_long)

    def extend(self, lengths: Int32s, entries: Int32s) -> None:
        """Append rows of these lengths, whose entries stand one after the other."""
        is_very_long = lengths >= _VERY_LONG
        for row in np.flatnonzero(is_very_long).tolist():
            start = int(lengths[:row].sum(dtype=np.int64))
            self._very_long[self._lengths.size + row] = entries[start : start + lengths[row]].copy()
        n_chunks = np.where(is_very_long, 1, np.maximum(-(-lengths // self._width), 1))
        number = ranges(np.zeros(len(lengths), np.int32), n_chunks)
        ends = np.repeat(np.maximum(lengths - self._width, 0), n_chunks)
        places = np.repeat(starts_of(lengths), n_chunks) + np.minimum(number * self._width, ends)
        padded = np.append(entries, np.zeros(self._width, np.int32))
        self._firsts.extend(starts_of(n_chunks) + np.int32(self._entries.size // self._width))
        self._lengths.extend(lengths)
        self._entries.extend(self._anywhere(padded)[places].view(np.int32))

    def taken(self, rows: Int32s) -> Int32s:
        """The entries of these rows, one after the other."""
        lengths = self._lengths.data.take(rows)
        total = int(lengths.sum(dtype=np.int64))
        entries = np.empty(total + self._width, np.int32)
        out, at = self._anywhere(entries), 0
        for low in range(0, len(rows), _BLOCK):
            some, sizes = rows[low : low + _BLOCK], lengths[low : low + _BLOCK]
            starts = np.cumsum(sizes, dtype=np.int64)
            starts += at - sizes
            self._copy(some, sizes, starts, out)
            for i in np.flatnonzero(sizes >= _VERY_LONG).tolist():
                entries[starts[i] : starts[i] + sizes[i]] = self._very_long[int(some[i])]
            at = int(starts[-1]) + int(sizes[-1])
        return entries[:total]

    def _copy(self, rows: Int32s, lengths: Int32s, starts: Int64s, out: _Chunks) -> None:
        chunks = self._entries.data.view(out.dtype)
        firsts = self._firsts.data.take(rows).astype(np.int64)
        out[starts] = chunks.take(firsts)
        long = np.flatnonzero((lengths > self._width) & (lengths < _VERY_LONG))
        if len(long):
            n_more = (lengths[long] - 1) // self._width
            those = np.repeat(long, n_more)
            number = ranges(np.ones(len(long), np.int32), n_more)
            offsets = np.minimum(number * self._width, lengths[those] - self._width)
            out[starts[those] + offsets] = chunks.take(firsts[those] + number)

    def _anywhere(self, entries: Int32s) -> _Chunks:
        """The chunk that begins at each entry: they overlap."""
        n = len(entries) - self._width + 1
        return np.ndarray((n,), f"V{4 * self._width}", entries, strides=(4,))
