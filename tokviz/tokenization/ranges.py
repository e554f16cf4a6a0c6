"""Ranges in a row: where each starts, and the index of each entry in them."""

import numpy as np

from tokviz.tokenization.encoding import Int32s, Int64s


def starts_of(lengths: Int32s | Int64s) -> Int32s:
    """Where each piece starts when pieces of these lengths stand in a row."""
    starts = np.cumsum(lengths, dtype=np.int32)
    starts -= lengths
    return starts


def ranges(firsts: Int32s | Int64s, lengths: Int32s | Int64s) -> Int64s:
    """The indexes `first, first + 1, …` of many ranges, one after the other.

    >>> ranges(np.array([5, 0]), np.array([2, 3])).tolist()
    [5, 6, 0, 1, 2]
    """
    steps: Int64s = np.subtract(firsts, starts_of(lengths), dtype=np.int64)
    indexes = np.repeat(steps, lengths)
    indexes += np.arange(len(indexes))
    return indexes
