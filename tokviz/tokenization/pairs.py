"""Pairs of neighbouring tokens: what is known of each, and what joining one did to others.

Each pair that ever came up has a number, and what is known of it stands in columns.
"""

from array import array
from typing import NamedTuple

SHIFT = 21
"""A pair is written as one number, its key: `left << SHIFT | right`."""
LOW = (1 << SHIFT) - 1
NO_PAIR = -1
NOWHERE = 1 << 40
"""The place of a pair that is not there any more: behind all others."""


class Pairs(NamedTuple):
    """The key and the count of each pair, by its number.

    Columns of plain numbers: what the loop over a merge's places reads all over the corpus is
    small then, and the garbage collector has nothing to look at.
    """

    keys: "array[int]"
    counts: "array[int]"

    def add(self, key: int, count: int) -> None:
        self.keys.append(key)
        self.counts.append(count)


class Joined(NamedTuple):
    """What joining did. `new`: the pairs that came to be; `fallen`: those that had the count of the
    pair that was joined and have less now. `n_touched`: distinct pre-tokens of the training
    part."""

    new: range
    fallen: list[int]
    replacements: int
    held_out_replacements: int
    n_touched: int
