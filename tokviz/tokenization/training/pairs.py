"""Pairs of neighbouring tokens: what is known of each, and what joining one did to others.

Each pair that ever came up has a number, and what is known of it stands in columns. All of it are
plain numbers in compact arrays: what the loop over a merge's places reads all over the corpus is
small then, numpy reads the same memory, and the garbage collector has nothing to look at.
"""

from array import array
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from tokviz.tokenization.encoding import Int32s, Int64s

SHIFT = 21
"""A pair is written as one number, its key: `left << SHIFT | right`."""
LOW = (1 << SHIFT) - 1
NO_PAIR = -1
NOWHERE = 1 << 40
"""The place of a pair that is not there any more: behind all others."""


class Pairs(NamedTuple):
    """The key and the count of each pair, by its number, and where it was when it came up.

    `sizes`: how many places it has; `where`: its only place, or ~i if they stand in `row` from i
    on, in order. Places stay there when the pair is there no more: the corpus itself tells.
    """

    keys: "array[int]"
    counts: "array[int]"
    where: "array[int]"
    sizes: "array[int]"
    row: "array[int]"

    @staticmethod
    def none() -> "Pairs":
        return Pairs(array("q"), array("q"), array("q"), array("i"), array("i"))

    def places(self, pair: int) -> "array[int]":
        """Where the pair is or was, in order."""
        where = self.where[pair]
        return array("i", (where,)) if where >= 0 else self.row[~where : ~where + self.sizes[pair]]

    def drop_places(self, pair: int, n: int) -> None:
        """Forget the first `n` places of a pair that has more of them."""
        if n:
            self.where[pair] -= n
            self.sizes[pair] -= n

    def add_grouped(self, keys: Int64s, counts: Int64s, places: Int32s, firsts: Int64s) -> Int32s:
        """Add pairs whose places stand in a row, each pair's from its first of `firsts` on. How
        many each has."""
        sizes = np.empty(len(firsts), np.int32)
        sizes[:-1] = firsts[1:] - firsts[:-1]
        sizes[-1] = len(places) - firsts[-1]
        where = np.where(sizes == 1, places[firsts], ~(firsts + len(self.row)))
        self.keys.frombytes(keys.tobytes())
        self.counts.frombytes(counts.tobytes())
        self.where.frombytes(where.tobytes())
        self.sizes.frombytes(sizes.tobytes())
        self.row.frombytes(places.tobytes())
        return sizes


def taken(column: "array[int]", index: NDArray[np.int32] | Int64s) -> Int64s:
    """The numbers of a column at some places, none below -1.

    Nobody may keep a view of a column in a name: it cannot grow then, and what holds a frame of the
    stack, as a debugger does, would hold the view.
    """
    found: Int64s = np.frombuffer(column, column.typecode)[index]
    return found


class Joined(NamedTuple):
    """What joining did. `new`: the pairs that came to be; `fallen`: those that had the count of the
    pair that was joined and have less now. `n_touched`: distinct pre-tokens of the training
    part."""

    new: range
    fallen: Sequence[int]
    replacements: int
    held_out_replacements: int
    n_touched: int
