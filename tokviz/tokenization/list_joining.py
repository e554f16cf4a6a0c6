"""Joins pairs that have few places, in plain loops.

The cells are those of `array_joining.py`. Here each cell also knows the pair that begins there,
which tells at once whether a place is still right and which count falls. Everything that is read
all over the corpus is a compact array of numbers: half of the time of a plain loop is waiting for
memory.
"""

from array import array
from typing import NamedTuple

import numpy as np

from tokviz.tokenization.encoding import Int32s
from tokviz.tokenization.pairs import LOW, NO_PAIR, NOWHERE, SHIFT, Joined, Pairs
from tokviz.tokenization.training_corpus import TrainingCorpus

_Neighbours = dict[int, list[int]]


class Cells(NamedTuple):
    """What is known of each cell: the id (at the ends of a token), the merge that closed the gap
    before it, and the pair that begins there."""

    ids: "array[int]"
    closed: "array[int]"
    pairs: "array[int]"


class ListJoiner:
    """For pairs with few places. `where`: the places of each pair, or the only one; `lengths`: of
    the tokens, in cells."""

    def __init__(
        self,
        corpus: TrainingCorpus,
        pairs: Pairs,
        cells: Cells,
        where: list[int | list[int]],
        lengths: list[int],
    ) -> None:
        self.pairs = pairs
        self._cells = cells
        self._where = where
        self._lengths = lengths
        self._owner = array("i", corpus.owner.tobytes())
        self._weights = array("q", corpus.weights[corpus.owner].tobytes())
        self._held_out = None
        if corpus.held_out.any():
            self._held_out = array("q", corpus.held_out[corpus.owner].tobytes())
        self._n_training = int(np.count_nonzero(corpus.weights))  # the others come behind

    def place(self, pair: int) -> int:
        """Where the pair first occurs now."""
        at = self._cells.pairs
        places = self._places(pair)
        for n_stale, place in enumerate(places):
            if at[place] == pair:
                del places[:n_stale]  # so that nobody passes them again
                return place
        return NOWHERE

    def _places(self, pair: int) -> list[int]:
        places = self._where[pair]
        return [places] if isinstance(places, int) else places

    def join(self, pair: int, new: int, rank: int) -> Joined:
        """Write `new`, an id that no token has, for every occurrence of the pair, leftmost first,
        and bring the counts up to date. The pair has the count of the level."""
        keys, counts = self.pairs
        key, level = keys[pair], counts[pair]
        a, b = key >> SHIFT, key & LOW
        places = self._present(pair)
        if a == b:
            places = self._apart(places, self._lengths[a])
        counts[pair] = 0
        self._where[pair] = []
        n_before = len(keys)
        neighbours = self._write(places, a, b, new, rank)
        fallen = self._make(neighbours, self._lengths[a], new, level)
        replacements = self._total(self._weights, places) if a == b else level
        aside = 0 if self._held_out is None else self._total(self._held_out, places)
        n_touched = 1 if len(places) == 1 else self._n_owners(places)
        return Joined(range(n_before, len(keys)), fallen, replacements, aside, n_touched)

    def _present(self, pair: int) -> list[int]:
        """The places where the pair is now."""
        places, at = self._where[pair], self._cells.pairs
        return [places] if isinstance(places, int) else [i for i in places if at[i] == pair]

    @staticmethod
    def _apart(places: list[int], length: int) -> list[int]:
        """Of a token's pairs with itself, which overlap, the leftmost ones that do not."""
        apart: list[int] = []
        taken = NOWHERE
        for i in places:
            if i != taken:
                apart.append(i)
                taken = i + length
        return apart

    def _write(self, places: list[int], a: int, b: int, new: int, rank: int) -> _Neighbours:
        """Write the tokens; their neighbours, with the places of the pairs that these are in now.

        A neighbour on the right is written as ~id, which is negative.
        """
        cells, closed, _ = self._cells
        lengths = self._lengths
        length = lengths[a]
        whole = length + lengths[b]
        lengths.append(whole)
        for i in places:
            cells[i] = cells[i + whole - 1] = new
            closed[i + length] = rank
        neighbours: _Neighbours = {}
        for i in places:
            token = cells[i - 1]
            if token >= 0 and token != new:  # two new ones in a row are told on the right
                if token in neighbours:
                    neighbours[token].append(i - lengths[token])
                else:
                    neighbours[token] = [i - lengths[token]]
            token = cells[i + whole]
            if token >= 0:
                token = ~token
                if token in neighbours:
                    neighbours[token].append(i)
                else:
                    neighbours[token] = [i]
        return neighbours

    def _make(self, neighbours: _Neighbours, length: int, new: int, level: int) -> list[int]:
        """Make the pairs that came to be of others; those of the others that fell from the level.

        `length`: that of the left token of the pair that was joined.
        """
        keys, counts = self.pairs
        at, where, weights = self._cells.pairs, self._where, self._weights
        fallen = []
        number = len(keys)
        for token, places in neighbours.items():
            if token >= 0:
                keys.append(token << SHIFT | new)
                old = at[places[0]]
            else:
                keys.append(new << SHIFT | ~token)
                old = at[places[0] + length]
                for i in places:
                    at[i + length] = NO_PAIR
            times = 0
            for i in places:
                at[i] = number
                times += weights[i]
            where.append(places if len(places) > 1 else places[0])
            counts.append(times)
            number += 1
            count = counts[old]
            counts[old] = count - times
            if count == level and times:
                fallen.append(old)
        return fallen

    @staticmethod
    def _total(values: "array[int]", places: list[int]) -> int:
        return sum(map(values.__getitem__, places))

    def _n_owners(self, places: list[int]) -> int:
        owners = set(map(self._owner.__getitem__, places))
        if self._held_out is not None:
            n_training = self._n_training
            return len([owner for owner in owners if owner < n_training])
        return len(owners)

    def gap_ranks(self) -> Int32s:
        """(S,) int32: the rank of the merge that closed the gap before each cell, or OPEN."""
        return np.array(self._cells.closed, np.int32)
