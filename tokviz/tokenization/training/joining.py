"""Joiner: the corpus and its pairs, and the joining of one pair after another."""

from collections.abc import Collection

from tokviz.tokenization.encoding import Int32s
from tokviz.tokenization.training.array_joining import ArrayJoiner
from tokviz.tokenization.training.cells import Cells
from tokviz.tokenization.training.independent_pairs import IndependentPairs
from tokviz.tokenization.training.list_joining import ListJoiner
from tokviz.tokenization.training.pairs import NOWHERE, Joined, Pairs
from tokviz.tokenization.training.training_corpus import TrainingCorpus

_FEW_PLACES = 90  # below it a loop is faster than numpy
_MANY_PAIRS = 16  # of one count, from which on looking for independent ones is worth its cost


class Joiner:
    """Joins pairs with many places by arrays and those with few by loops, or many of them at once.

    Between `begin_level` and the `settle` after it all pairs joined have one count, the highest.
    """

    def __init__(self, corpus: TrainingCorpus) -> None:
        self.pairs = Pairs.none()
        self._cells = Cells(corpus)
        self._by_arrays = ArrayJoiner(self._cells, self.pairs)
        self._by_loops = ListJoiner(self._cells, self.pairs)
        self._independent = IndependentPairs(self._cells, self.pairs, self._by_arrays)

    def count(self) -> None:
        """Count all pairs of base symbols; called once, at the start."""
        self._by_arrays.count()

    def begin_level(self, level: Collection[int]) -> None:
        """Look at all pairs of the highest count; call it only where ties are not ranked by their
        places, which are not known before `settle`."""
        self._independent.forget()
        if len(level) >= _MANY_PAIRS:
            self._independent.find(level)

    def settle(self) -> range:
        """Write what was put off, for whoever reads the corpus; the pairs that came to be by it,
        all of them rarer than those of the level."""
        return self._independent.settle()

    def join(self, pair: int, new: int, rank: int) -> Joined:
        """Write `new`, an id that no token has, for every occurrence of the pair, leftmost first,
        and bring the counts up to date."""
        if pair in self._independent.index:
            return self._independent.join(pair, new, rank)
        if self.pairs.sizes[pair] < _FEW_PLACES:
            return self._by_loops.join(pair, new, rank)
        return self._by_arrays.join(pair, new, rank)

    def place(self, pair: int) -> int:
        """Where the pair first occurs now."""
        at = self._cells.pairs
        for n_stale, place in enumerate(self.pairs.places(pair)):
            if at[place] == pair:
                self.pairs.drop_places(pair, n_stale)  # so that nobody passes them again
                return place
        return NOWHERE

    def gap_ranks(self) -> Int32s:
        """(S,) int32: the rank of the merge that closed the gap before each symbol of the corpus,
        OPEN where none did. A copy, as of the last `settle`."""
        return self._cells.gap_ranks()
