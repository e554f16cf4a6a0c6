"""Ranges in a row: where each starts, and the index of each entry in them; places, each once."""

from typing import TypeVar

import numpy as np

from tokviz.tokenization.encoding import Int32s, Int64s

Places = TypeVar("Places", Int32s, Int64s)


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


def distinct(places: Places) -> Places:
    """The places (none below 0) in order, each once.

    They come nearly in order, in a few runs that rise. `np.unique` does not use that: it hashes
    them, which takes a second for a million.

    >>> distinct(np.array([0, 0, 3, 2, 3], np.int32)).tolist()
    [0, 2, 3]
    """
    places = np.sort(places, kind="stable")
    return places[np.diff(places, prepend=-1) > 0]
