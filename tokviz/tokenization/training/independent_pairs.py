"""Pairs that are joined all at once, because none of them has a say in what happens to another.

At the end of a training hundreds of pairs have the same count, the level, and half of them are at a
single place. One after the other each would cost as much as a pair of the first merges. But a pair
none of whose neighbours is of the level is independent of everything that happens while the level
lasts:

- Joining it takes from the counts of its neighbours only, and these are none of the level. Others
  of the level take from its count only if they share a token with it, and then they are neighbours.
- It makes no pair of the level's count. If all its places had the same token t before them, the
  pair of t and its left token would be as frequent, that is of the level, and its neighbour. The
  same holds of pairs that come to be while the level lasts: what they are made of was a chain of
  neighbours of the level from its beginning.

So such a pair keeps its place in the order of the level, which gives it its id, but what stands in
the corpus may be written later, together with all others.
"""

from collections.abc import Collection
from itertools import repeat

import numpy as np
from numpy.typing import NDArray

from tokviz.tokenization.encoding import Int32s, Int64s
from tokviz.tokenization.ranges import ranges, starts_of
from tokviz.tokenization.training.array_joining import ArrayJoiner, Places
from tokviz.tokenization.training.cells import Cells
from tokviz.tokenization.training.pairs import LOW, SHIFT, Joined, Pairs, taken

_NONE = range(0)


class IndependentPairs:
    """Those of one level: `join` notes that one is joined, `settle` writes what was noted.

    `index`: which pairs are independent.
    """

    def __init__(self, cells: Cells, pairs: Pairs, joiner: ArrayJoiner) -> None:
        self._cells = cells
        self._pairs = pairs
        self._joiner = joiner
        self._seen = cells.as_arrays()
        self.index: dict[int, int] = {}  # by pair
        # By index: the numbers, how many places each has, these in a row, and what joining does.
        self._numbers = np.zeros(0, np.int64)
        self._sizes = np.zeros(0, np.int64)
        self._places = Places(*(np.zeros(0, np.int32),) * 3)
        self._lengths: list[int] = []  # of the new token, in cells
        self._joined: list[Joined] = []
        self._noted: list[int] = []  # index, id, rank, index, …

    def forget(self) -> None:
        """Another level begins."""
        self.index = {}

    def find(self, level: Collection[int]) -> None:
        """Find the independent ones among all pairs of the highest count."""
        numbers = np.fromiter(level, np.int64, len(level))
        count = self._pairs.counts[int(numbers[0])]
        lefts, sizes = self._present_places(numbers)
        keys, lengths = taken(self._pairs.keys, numbers), self._cells.known_lengths()
        first, second = lengths[keys >> SHIFT], lengths[keys & LOW]
        rights = lefts + np.repeat(first, sizes)
        has_rivals = self._has_rivals(lefts, rights, count)
        is_found = ~np.logical_or.reduceat(has_rivals, starts_of(sizes))
        is_inside = np.repeat(is_found, sizes)
        lefts, rights, ends = (
            column[is_inside] for column in (lefts, rights, rights + np.repeat(second, sizes))
        )
        self._places = Places(lefts, rights, ends)
        self._numbers, self._sizes = numbers[is_found], sizes[is_found]
        self.index = {pair: i for i, pair in enumerate(self._numbers.tolist())}
        self._lengths = (first + second)[is_found].tolist()
        self._joined = self._results(count) if self.index else []

    def join(self, pair: int, new: int, rank: int) -> Joined:
        """Note that `new` is written for the pair; `settle` tells the pairs that come to be."""
        index = self.index[pair]
        self._cells.lengths.append(self._lengths[index])
        self._noted += (index, new, rank)
        return self._joined[index]

    def settle(self) -> range:
        """Write what was noted; the pairs that came to be. None of them has the level's count."""
        if not self._noted:
            return _NONE
        index, ids, ranks = np.array(self._noted, np.int64).reshape(-1, 3).T
        self._noted = []
        sizes = self._sizes[index]
        chosen = ranges(starts_of(self._sizes)[index], sizes)
        places = Places(*(column[chosen] for column in self._places))
        new = np.repeat(ids, sizes).astype(np.int32)
        self._joiner.write(places, new, np.repeat(ranks, sizes).astype(np.int32))
        before = self._seen.ids[places.lefts - 1]
        made = self._joiner.make(places, new, np.isin(before, ids))
        # No name for the view: see `taken`.
        np.frombuffer(self._pairs.counts, np.int64)[self._numbers[index]] = 0
        np.subtract.at(np.frombuffer(self._pairs.counts, np.int64), made.old, made.times)
        return made.numbers

    def _results(self, count: int) -> list[Joined]:
        """What joining each of them does, but for the pairs that come to be."""
        seen, lefts, firsts = self._seen, self._places.lefts, starts_of(self._sizes)
        owner = seen.owner[lefts]
        is_touched = np.concatenate(([True], owner[1:] != owner[:-1]))
        is_touched[firsts] = True
        is_touched &= seen.weights[lefts] > 0
        n_touched = np.add.reduceat(is_touched, firsts, dtype=np.int64).tolist()
        held_out = [0] * len(firsts)
        if seen.held_out is not None:
            held_out = np.add.reduceat(seen.held_out[lefts], firsts).tolist()
        # strict=False: the first three never end.
        each = zip(repeat(_NONE), repeat(()), repeat(count), held_out, n_touched, strict=False)
        return list(map(Joined._make, each))

    def _present_places(self, numbers: Int64s) -> tuple[Int32s, Int64s]:
        """Where these pairs are now, each pair's places in order, and how many each has."""
        where, sizes = taken(self._pairs.where, numbers), taken(self._pairs.sizes, numbers)
        lefts = np.repeat(where, sizes).astype(np.int32)
        are_many = np.flatnonzero(where < 0)
        many = sizes[are_many]
        at = ranges(starts_of(sizes)[are_many], many)
        lefts[at] = taken(self._pairs.row, ranges(~where[are_many], many))
        is_there = self._seen.pairs[lefts] == np.repeat(numbers, sizes)
        return lefts[is_there], np.add.reduceat(is_there, starts_of(sizes), dtype=np.int64)

    def _has_rivals(self, lefts: Int32s, rights: Int32s, count: int) -> NDArray[np.bool_]:
        """Of each place, whether a pair beside it has that count, too."""
        seen, counts = self._seen, self._pairs.counts
        behind = seen.pairs[rights]
        token = seen.ids[lefts - 1]
        # Where no token stands before, -1 is an index like another, and what it finds is not used.
        before = seen.pairs[lefts - self._cells.known_lengths()[token]]
        has_rivals: NDArray[np.bool_] = (behind >= 0) & (taken(counts, behind) == count)
        has_rivals |= (token >= 0) & (taken(counts, before) == count)
        return has_rivals
