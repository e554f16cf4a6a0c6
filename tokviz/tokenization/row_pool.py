"""RowPool: rows of different lengths, and many of them put together, one after the other.

This is how a text is made from what is remembered of its pieces, and a third of the time of
encoding it again. It goes by blocks of rows, so that the indexes of the entries stay in the
processor's cache: they take twice the room of the entries themselves, and in fresh memory each
page costs more than filling it.
"""

import numpy as np

from tokviz.tokenization.encoding import Int32s
from tokviz.tokenization.growing_array import GrowingArray
from tokviz.tokenization.ranges import ranges, starts_of

_BLOCK = 1 << 13
_LONG = 1 << 10  # entries of a row, on average, from which on rows are copied one by one


class RowPool:
    """The rows are numbered from 0; an entry is some numbers, one in each column."""

    def __init__(self, n_columns: int) -> None:
        self._starts, self._lengths = GrowingArray(), GrowingArray()
        self._columns = [GrowingArray() for _ in range(n_columns)]

    @property
    def memory(self) -> int:
        """The bytes held."""
        return 4 * sum(a.size for a in (self._starts, self._lengths, *self._columns))

    def extend(self, lengths: Int32s, *columns: Int32s) -> None:
        """Append rows of these lengths, whose entries stand in the columns one after the other."""
        self._starts.extend(starts_of(lengths) + np.int32(self._columns[0].size))
        self._lengths.extend(lengths)
        for pool, column in zip(self._columns, columns, strict=True):
            pool.extend(column)

    def taken(self, rows: Int32s) -> list[Int32s]:
        """The columns of these rows, one after the other."""
        starts, lengths = self._starts.data, self._lengths.data
        pools = [pool.data for pool in self._columns]
        total = int(lengths.take(rows).sum(dtype=np.int64))
        columns = [np.empty(total, np.int32) for _ in pools]
        at = 0
        for low in range(0, len(rows), _BLOCK):
            some = rows[low : low + _BLOCK]
            firsts, sizes = starts.take(some), lengths.take(some)
            end = at + int(sizes.sum())
            if end - at > _LONG * len(some):
                for pool, column in zip(pools, columns, strict=True):
                    _copy_rows(pool, firsts, sizes, column[at:end])
            else:
                entries = ranges(firsts, sizes)
                for pool, column in zip(pools, columns, strict=True):
                    # By default numpy would fill a buffer first, lest an index be out of range.
                    pool.take(entries, out=column[at:end], mode="clip")
            at = end
        return columns


def _copy_rows(pool: Int32s, firsts: Int32s, lengths: Int32s, out: Int32s) -> None:
    at = 0
    for first, length in zip(firsts.tolist(), lengths.tolist(), strict=True):
        out[at : at + length] = pool[first : first + length]
        at += length
