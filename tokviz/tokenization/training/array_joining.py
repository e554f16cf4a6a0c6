"""Joins pairs that have many places, and many pairs together, with numpy.

The first merges have tens of thousands of places each. Most later ones have a few, for which the
loops of `list_joining.py` are faster, unless hundreds of them can be joined at once
(`independent_pairs.py`). All work on the same memory.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from tokviz.tokenization.encoding import Int32s, Int64s
from tokviz.tokenization.training.cells import Cells
from tokviz.tokenization.training.pairs import LOW, NO_PAIR, SHIFT, Joined, Pairs


class Places(NamedTuple):
    """Places of pairs, which do not overlap: the left tokens begin at `lefts`, the right ones at
    `rights`, and what comes behind both at `ends`."""

    lefts: Int32s
    rights: Int32s
    ends: Int32s


class Made(NamedTuple):
    """The pairs that others became by a join: `numbers` of the new ones; of each the other's number
    and how often it became this one, in the training part. An `old` one may be there twice."""

    numbers: range
    old: Int32s
    times: Int64s


class ArrayJoiner:
    """For many places at once."""

    def __init__(self, cells: Cells, pairs: Pairs) -> None:
        self._cells = cells
        self._pairs = pairs
        self._seen = cells.as_arrays()

    def count(self) -> None:
        """Count all pairs of base symbols, overlaps included; called once, at the start."""
        ids = self._seen.ids
        places = np.flatnonzero((ids[:-1] >= 0) & (ids[1:] >= 0)).astype(np.int32)
        if not len(places):
            return
        left, right = _narrow(ids[places]), _narrow(ids[places + 1])
        order = np.lexsort((right, left))
        keys = left[order].astype(np.int64) << SHIFT | right[order]
        firsts = firsts_of(keys)
        self._add(keys[firsts], places[order], firsts)

    def join(self, pair: int, new: int, rank: int) -> Joined:
        """Write `new`, an id that no token has, for every occurrence of the pair, leftmost first,
        and bring the counts up to date. The pair has the count of the level."""
        pairs, seen, lengths = self._pairs, self._seen, self._cells.known_lengths()
        key, level = pairs.keys[pair], pairs.counts[pair]
        length, whole = lengths[key >> SHIFT], lengths[key >> SHIFT] + lengths[key & LOW]
        lefts = np.frombuffer(pairs.places(pair), np.int32)
        lefts = lefts[seen.pairs[lefts] == pair]
        if key >> SHIFT == key & LOW:
            lefts = lefts[_apart(lefts, length)]
        pairs.counts[pair] = 0
        self._cells.lengths.append(int(whole))
        places = Places(lefts, lefts + length, lefts + whole)
        self.write(places, new, rank)
        made = self.make(places, new, seen.ids[lefts - 1] == new)
        fallen = []
        for other, times in zip(made.old.tolist(), made.times.tolist(), strict=True):
            count = pairs.counts[other]
            pairs.counts[other] = count - times
            if count == level and times:
                fallen.append(other)
        weights = seen.weights[lefts]
        owners = seen.owner[lefts if seen.held_out is None else lefts[weights > 0]]
        return Joined(
            made.numbers,
            fallen,
            int(weights.sum()),
            0 if seen.held_out is None else int(seen.held_out[lefts].sum()),
            len(firsts_of(owners)),
        )

    def write(self, places: Places, new: int | Int32s, rank: int | Int32s) -> None:
        """Write the new tokens, one for all places or one for each."""
        ids = self._seen.ids
        ids[places.lefts] = ids[places.ends - 1] = new
        self._seen.closed[places.rights] = rank

    def make(self, places: Places, new: int | Int32s, is_behind_new: NDArray[np.bool_]) -> Made:
        """Make the pairs that came to be of others; the others' counts are left to the caller.

        `is_behind_new`: a token that was just written stands before this one too. The pair of the
        two is told of at the first, on its right.
        """
        ids, at = self._seen.ids, self._seen.pairs
        lefts, rights, ends = places
        on_the_left, on_the_right = ids[lefts - 1], ids[ends]
        has_left, has_right = (on_the_left >= 0) & ~is_behind_new, on_the_right >= 0
        on_the_left, on_the_right = on_the_left[has_left], on_the_right[has_right]
        before = lefts[has_left] - self._cells.known_lengths()[on_the_left]
        begins = np.concatenate((before, lefts[has_right]))
        old = np.concatenate((at[before], at[rights[has_right]]))
        at[rights] = NO_PAIR
        first, second = _sides(new, has_left, has_right)
        keys = np.concatenate(
            (
                on_the_left.astype(np.int64) << SHIFT | first,
                second << SHIFT | on_the_right.astype(np.int64),
            )
        )
        if isinstance(new, int):  # the neighbour and its side tell the pair: fewer bits to sort
            narrow = np.concatenate((on_the_left * 2, on_the_right * 2 + 1))
            order = np.argsort(_narrow(narrow), kind="stable")
        else:
            order = np.argsort(keys, kind="stable")
        keys = keys[order]
        firsts = firsts_of(keys)
        n_before = len(self._pairs.keys)
        times = self._add(keys[firsts], begins[order], firsts)
        return Made(range(n_before, n_before + len(firsts)), old[order[firsts]], times)

    def _add(self, keys: Int64s, places: Int32s, firsts: Int64s) -> Int64s:
        """Number new pairs, whose places stand in a row, each pair's from its first of `firsts`
        on. Their counts."""
        if not len(keys):
            return keys
        n_before = len(self._pairs.keys)
        counts = np.add.reduceat(self._seen.weights[places], firsts)
        sizes = self._pairs.add_grouped(keys, counts, places, firsts)
        numbers = np.arange(n_before, n_before + len(keys), dtype=np.int32)
        self._seen.pairs[places] = np.repeat(numbers, sizes)
        return counts


def _sides(
    new: int | Int32s, has_left: NDArray[np.bool_], has_right: NDArray[np.bool_]
) -> tuple[int | Int64s, int | Int64s]:
    """The new tokens that have a neighbour on the left, and those that have one on the right."""
    if isinstance(new, int):
        return new, new
    return new[has_left].astype(np.int64), new[has_right].astype(np.int64)


def _narrow(ids: Int32s) -> Int32s | NDArray[np.uint16]:
    """Numbers of 16 bits if they are that small: these are sorted several times faster."""
    return ids.astype(np.uint16) if ids.max(initial=0) < 1 << 16 else ids


def firsts_of(values: Int32s | Int64s) -> Int64s:
    """Where each run of equal values begins."""
    if not len(values):
        return np.zeros(0, np.int64)
    are_first = np.empty(len(values), np.bool_)
    are_first[0] = True
    np.not_equal(values[1:], values[:-1], out=are_first[1:])
    return np.flatnonzero(are_first)


def _apart(places: Int32s, length: int) -> NDArray[np.bool_]:
    """Of a token's pairs with itself, which overlap, the first, the third, ... of each run."""
    chained = np.concatenate(([False], places[1:] == places[:-1] + length))
    index = np.arange(len(places))
    start = np.maximum.accumulate(np.where(chained, 0, index))
    kept: NDArray[np.bool_] = (index - start) % 2 == 0
    return kept
