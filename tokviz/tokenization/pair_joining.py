"""Joins all occurrences of a pair, and knows where every pair is.

The corpus is a linked list of tokens in arrays. A token that was swallowed by its left neighbour
keeps the rank of that merge, so the corpus as it was after any number of merges can be read from
the result (`gap_ranks`). The first merges have tens of thousands of places each, and numpy joins
them at once (`ArrayJoiner`); the many later ones have a few dozen, for which a plain loop over
lists is faster (`ListJoiner`).
"""

from collections import defaultdict
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from tokviz.tokenization.bpe import OPEN
from tokviz.tokenization.encoding import Int32s, Int64s
from tokviz.tokenization.pair_ranking import LOW, SHIFT
from tokviz.tokenization.training_corpus import BORDER, TrainingCorpus

NOWHERE = 1 << 40
"""The place of a pair that is not there any more: behind all others."""

_Neighbours = list[tuple[int, int]]


class Joined(NamedTuple):
    """What joining did. `right`, `left`: (neighbour, times in the training part), the neighbours
    on the right as they were before, those on the left as they are now."""

    right: _Neighbours
    left: _Neighbours
    replacements: int
    held_out_replacements: int
    n_touched: int


class ArrayJoiner:
    """For pairs with many places. Its arrays: (S,) int32, S as in the corpus.

    A swallowed token of the merge with rank r is written as -2 - r.
    """

    def __init__(self, corpus: TrainingCorpus) -> None:
        n = len(corpus.symbols)
        self._corpus = corpus
        self._tokens = corpus.symbols.copy()
        self._following = np.arange(1, n + 1, dtype=np.int32)
        self._following[-1:] = n - 1
        self._preceding = np.arange(-1, n - 1, dtype=np.int32)
        self._where: dict[int, Int32s] = {}

    def count(self) -> dict[int, int]:
        """The counts of all pairs, overlaps included; called once, at the start."""
        pairs, places, firsts = _sorted_pairs(self._tokens)
        if not len(firsts):
            return {}
        weights = self._corpus.weights[self._corpus.owner[places]]
        counts = np.add.reduceat(weights, firsts)
        keys = pairs[firsts].tolist()
        lists = np.split(places.astype(np.int32), firsts[1:])
        self._where = dict(zip(keys, lists, strict=True))
        return dict(zip(keys, counts.tolist(), strict=True))

    def n_places(self, pair: int) -> int:
        return len(self._where[pair])

    def place(self, pair: int) -> int:
        """Where the pair first occurs now."""
        places = self._where.get(pair)
        if places is None:
            return NOWHERE
        left, right = pair >> SHIFT, pair & LOW
        size = 1
        while True:  # mostly the first place is it
            some = places[:size]
            there = self._tokens[some] == left
            there &= self._tokens[self._following[some]] == right
            found = np.flatnonzero(there)
            if len(found):
                self._where[pair] = places[found[0] :]
                return int(places[found[0]])
            if size >= len(places):
                return NOWHERE
            size *= 8

    def forget(self, pairs: list[int]) -> None:
        for pair in pairs:
            self._where.pop(pair, None)

    def join(self, pair: int, new: int, rank: int) -> Joined:
        """Write `new` for every occurrence of `pair`, leftmost first."""
        a, b = pair >> SHIFT, pair & LOW
        tokens, following, preceding = self._tokens, self._following, self._preceding
        places = self._where.pop(pair)
        swallowed = following[places]
        there = (tokens[places] == a) & (tokens[swallowed] == b)
        places, swallowed = places[there], swallowed[there]
        if a == b:
            kept = _every_other(places, swallowed)
            places, swallowed = places[kept], swallowed[kept]
        behind = following[swallowed]
        on_the_right = tokens[behind]
        tokens[places] = new
        tokens[swallowed] = -2 - rank
        following[places] = behind
        preceding[behind] = places
        before = preceding[places]
        on_the_left = tokens[before]

        owners = self._corpus.owner[places]
        weights = self._corpus.weights[owners]
        inside = on_the_right >= 0
        right = self._group(on_the_right[inside], places[inside], weights[inside], new << SHIFT, 0)
        inside = on_the_left >= 0
        left = self._group(on_the_left[inside], before[inside], weights[inside], new, SHIFT)
        return Joined(
            right,
            left,
            int(weights.sum()),
            int(self._corpus.held_out[owners].sum()),
            len(_firsts(owners[weights > 0])),
        )

    def _group(
        self, neighbours: Int32s, places: Int32s, weights: Int64s, fixed: int, shift: int
    ) -> _Neighbours:
        """Note the places of the new pairs, neighbour by neighbour, and count them."""
        if not len(neighbours):
            return []
        # Numbers of 16 bits are sorted several times faster.
        narrow = neighbours.astype(np.uint16) if neighbours.max() < 1 << 16 else neighbours
        order = np.argsort(narrow, kind="stable")
        neighbours, places = neighbours[order], places[order]
        firsts = _firsts(neighbours)
        found = neighbours[firsts].tolist()
        times = np.add.reduceat(weights[order], firsts).tolist()
        ends = [*firsts[1:].tolist(), len(places)]
        for neighbour, start, end in zip(found, firsts.tolist(), ends, strict=True):
            self._note(neighbour << shift | fixed, places[start:end])
        return list(zip(found, times, strict=True))

    def _note(self, pair: int, places: Int32s) -> None:
        known = self._where.get(pair)
        self._where[pair] = places if known is None else np.union1d(known, places)

    def gap_ranks(self) -> Int32s:
        """(S,) int32: the rank of the merge that swallowed each token, OPEN where none did."""
        return np.where(self._tokens < -1, -2 - self._tokens, OPEN).astype(np.int32)

    def in_lists(self) -> "ListJoiner":
        """The same state for pairs with few places."""
        alive = np.flatnonzero(self._tokens >= BORDER)
        tokens, owner = self._tokens[alive], self._corpus.owner[alive]
        pairs, places, firsts = _sorted_pairs(tokens)
        numbers = list(range(len(alive)))  # one object a number, whoever holds it
        row = list(map(numbers.__getitem__, places.tolist()))
        ends = [*firsts[1:].tolist(), len(row)]
        where = {
            pair: row[start:end]
            for pair, start, end in zip(pairs[firsts].tolist(), firsts.tolist(), ends, strict=True)
        }
        return ListJoiner(self._corpus, tokens, owner, where, numbers, (alive, self.gap_ranks()))


class ListJoiner:
    """For pairs with few places. The tokens alive at the start stand in a row, in lists."""

    def __init__(
        self,
        corpus: TrainingCorpus,
        tokens: Int32s,
        owner: Int32s,
        where: dict[int, list[int]],
        numbers: list[int],
        origin: tuple[Int64s, Int32s],
    ) -> None:
        n = len(tokens)
        self._tokens = tokens.tolist()
        self._following = [*numbers[1:], n - 1]
        self._preceding = [0, *numbers[:-1]]
        self._where = where
        self._origin = origin
        owners = list(range(corpus.n_pre_tokens))
        self._owner = list(map(owners.__getitem__, owner.tolist()))
        self._weight = list(map(corpus.weights.tolist().__getitem__, self._owner))
        self._held_out = None
        if corpus.held_out.any():
            self._held_out = list(map(corpus.held_out.tolist().__getitem__, self._owner))
        self._n_training = int(np.count_nonzero(corpus.weights))  # the others come behind

    def n_places(self, pair: int) -> int:
        return len(self._where[pair])

    def place(self, pair: int) -> int:
        """Where the pair first occurs now."""
        places = self._where.get(pair, ())
        left, right = pair >> SHIFT, pair & LOW
        tokens, following = self._tokens, self._following
        for n_stale, place in enumerate(places):
            if tokens[place] == left and tokens[following[place]] == right:
                if n_stale:
                    del self._where[pair][:n_stale]
                return place
        return NOWHERE

    def forget(self, pairs: list[int]) -> None:
        for pair in pairs:
            self._where.pop(pair, None)

    def join(self, pair: int, new: int, rank: int) -> Joined:
        """Write `new` for every occurrence of `pair`, leftmost first."""
        a, b = pair >> SHIFT, pair & LOW
        swallowed = -2 - rank
        tokens, following, preceding = self._tokens, self._following, self._preceding
        right: defaultdict[int, list[int]] = defaultdict(list)
        left: defaultdict[int, list[int]] = defaultdict(list)
        done = []
        for i in self._where.pop(pair):
            if tokens[i] != a:
                continue
            j = following[i]
            if tokens[j] != b:
                continue
            done.append(i)
            tokens[i] = new
            tokens[j] = swallowed
            before = preceding[i]
            following[i] = behind = following[j]
            preceding[behind] = i
            token = tokens[behind]
            if token >= 0:
                right[token].append(i)
            token = tokens[before]
            if token >= 0:
                left[token].append(before)
        total = self._total
        weight = self._weight
        return Joined(
            [(t, self._note(new << SHIFT | t, places)) for t, places in right.items()],
            [(t, self._note(t << SHIFT | new, places)) for t, places in left.items()],
            total(weight, done),
            0 if self._held_out is None else total(self._held_out, done),
            self._n_owners(done),
        )

    def _note(self, pair: int, places: list[int]) -> int:
        """Note the places of a new pair; its count."""
        known = self._where.get(pair)
        self._where[pair] = places if known is None else sorted({*known, *places})
        return self._weight[places[0]] if len(places) == 1 else self._total(self._weight, places)

    @staticmethod
    def _total(values: list[int], places: list[int]) -> int:
        return sum(map(values.__getitem__, places))

    def _n_owners(self, places: list[int]) -> int:
        owners = set(map(self._owner.__getitem__, places))
        if self._held_out is not None:
            n_training = self._n_training
            return len([owner for owner in owners if owner < n_training])
        return len(owners)

    def gap_ranks(self) -> Int32s:
        """(S,) int32: the rank of the merge that swallowed each token, OPEN where none did."""
        alive, earlier = self._origin
        gaps = earlier.copy()
        tokens = np.array(self._tokens, np.int32)
        gaps[alive] = np.where(tokens < -1, -2 - tokens, OPEN)
        return gaps


def _sorted_pairs(tokens: Int32s) -> tuple[Int64s, Int64s, Int64s]:
    """All pairs of neighbours sorted, the place of each, and where each run of equals begins."""
    places = np.flatnonzero((tokens[:-1] >= 0) & (tokens[1:] >= 0))
    pairs = (tokens[places].astype(np.int64) << SHIFT) | tokens[places + 1]
    order = np.argsort(pairs, kind="stable")
    pairs = pairs[order]
    return pairs, places[order], _firsts(pairs)


def _firsts(values: NDArray[np.int32] | Int64s) -> Int64s:
    """Where each run of equal values begins."""
    if not len(values):
        return np.zeros(0, np.int64)
    return np.flatnonzero(np.concatenate(([True], values[1:] != values[:-1])))


def _every_other(places: Int32s, following: Int32s) -> NDArray[np.bool_]:
    """Of pairs that overlap (`aaaa`) the first, the third, ... of each run."""
    chained = np.concatenate(([False], places[1:] == following[:-1]))
    index = np.arange(len(places))
    start = np.maximum.accumulate(np.where(chained, 0, index))
    kept: NDArray[np.bool_] = (index - start) % 2 == 0
    return kept
