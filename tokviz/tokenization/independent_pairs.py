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

import numpy as np
from numpy.typing import NDArray

from tokviz.tokenization.array_joining import ArrayJoiner, Places
from tokviz.tokenization.cells import Cells
from tokviz.tokenization.encoding import Int32s, Int64s
from tokviz.tokenization.pairs import LOW, SHIFT, Joined, Pairs
from tokviz.tokenization.ranges import ranges, starts_of

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
        self._level = 0
        self.index: dict[int, int] = {}  # by pair
        # By index: the places, all in a row, how many each pair has, and what joining it changes.
        self._lefts = np.zeros(0, np.int32)
        self._sizes = np.zeros(0, np.int64)
        self._held_out: list[int] = []
        self._n_touched: list[int] = []
        self._noted: list[tuple[int, int, int, int]] = []  # index, pair, id, rank

    def forget(self) -> None:
        """Another level begins."""
        self.index = {}

    def find(self, level: Collection[int]) -> None:
        """Find the independent ones among all pairs of the highest count."""
        numbers = np.fromiter(level, np.int64, len(level))
        lefts, sizes = self._places(numbers)
        self._level = self._pairs.counts[int(numbers[0])]
        has_rivals = self._has_rivals(lefts, np.repeat(self._lengths(numbers)[0], sizes))
        is_found = ~np.logical_or.reduceat(has_rivals, starts_of(sizes))
        lefts, sizes = lefts[np.repeat(is_found, sizes)], sizes[is_found]
        self._lefts, self._sizes = lefts, sizes
        self.index = {pair: i for i, pair in enumerate(numbers[is_found].tolist())}
        if not len(sizes):
            return
        seen, firsts = self._seen, starts_of(sizes)
        owner = seen.owner[lefts]
        is_touched = np.concatenate(([True], owner[1:] != owner[:-1]))
        is_touched[firsts] = True
        is_touched &= seen.weights[lefts] > 0
        self._n_touched = np.add.reduceat(is_touched, firsts, dtype=np.int64).tolist()
        self._held_out = [0] * len(sizes)
        if seen.held_out is not None:
            self._held_out = np.add.reduceat(seen.held_out[lefts], firsts).tolist()

    def join(self, pair: int, new: int, rank: int) -> Joined:
        """Note that `new` is written for the pair; `settle` tells the pairs that come to be."""
        key, lengths = self._pairs.keys[pair], self._cells.lengths
        lengths.append(lengths[key >> SHIFT] + lengths[key & LOW])
        self._pairs.counts[pair] = 0
        index = self.index[pair]
        self._noted.append((index, pair, new, rank))
        return Joined(_NONE, (), self._level, self._held_out[index], self._n_touched[index])

    def settle(self) -> range:
        """Write what was noted; the pairs that came to be. None of them has the level's count."""
        if not self._noted:
            return _NONE
        index, numbers, ids, ranks = np.array(self._noted, np.int64).T
        self._noted = []
        sizes = self._sizes[index]
        lefts = self._lefts[ranges(starts_of(self._sizes)[index], sizes)]
        left, right = self._lengths(numbers)
        rights = lefts + np.repeat(left, sizes)
        places = Places(lefts, rights, rights + np.repeat(right, sizes))
        new = np.repeat(ids, sizes).astype(np.int32)
        self._joiner.write(places, new, np.repeat(ranks, sizes).astype(np.int32))
        before = self._seen.ids[lefts - 1]
        made = self._joiner.make(places, new, np.isin(before, ids))
        np.subtract.at(np.frombuffer(self._pairs.counts, np.int64), made.old, made.times)
        return made.numbers

    def _lengths(self, numbers: Int64s) -> tuple[Int32s, Int32s]:
        """Of both tokens of these pairs."""
        keys = np.frombuffer(self._pairs.keys, np.int64)[numbers]
        lengths = self._cells.known_lengths()
        return lengths[keys >> SHIFT], lengths[keys & LOW]

    def _places(self, numbers: Int64s) -> tuple[Int32s, Int64s]:
        """Where these pairs are now, each pair's places in order, and how many each has."""
        where = np.frombuffer(self._pairs.where, np.int64)[numbers]
        sizes = np.frombuffer(self._pairs.sizes, np.int32)[numbers]
        row = np.frombuffer(self._pairs.row, np.int32)
        lefts = np.repeat(where, sizes).astype(np.int32)
        are_many = np.flatnonzero(where < 0)
        many = sizes[are_many]
        lefts[ranges(starts_of(sizes)[are_many], many)] = row[ranges(~where[are_many], many)]
        is_there = self._seen.pairs[lefts] == np.repeat(numbers, sizes)
        return lefts[is_there], np.add.reduceat(is_there, starts_of(sizes), dtype=np.int64)

    def _has_rivals(self, lefts: Int32s, lengths: Int32s) -> NDArray[np.bool_]:
        """Of each place, whether a pair beside it has the level's count, too; `lengths`: of the
        left tokens."""
        seen, counts = self._seen, np.frombuffer(self._pairs.counts, np.int64)
        behind = seen.pairs[lefts + lengths]
        token = seen.ids[lefts - 1]
        # Where there is no token the index is of no meaning, but one.
        before = seen.pairs[lefts - self._cells.known_lengths()[token]]
        has_rivals = (behind >= 0) & (counts[behind] == self._level)
        has_rivals |= (token >= 0) & (counts[before] == self._level)
        found: NDArray[np.bool_] = has_rivals
        return found
