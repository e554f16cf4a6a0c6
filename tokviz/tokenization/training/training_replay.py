"""The replay of training: how things stood when each merge was chosen.

No state is kept. Each gap of the corpus knows the rank of the merge that closed it, so the corpus
before merge r is the one in which the gaps of rank r and above are still open; its pairs are
counted afresh, with numpy, when a step is shown.
"""

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from tokviz.tokenization.encoding import Int32s, Int64s
from tokviz.tokenization.training.pair_ranking import TieRule
from tokviz.tokenization.training.pairs import LOW, SHIFT
from tokviz.tokenization.training.trainer import LearnedMerge, Training


@dataclass(frozen=True)
class RunnerUp:
    """A pair that was not chosen: its count then, and what the merge changed of it."""

    left: int
    right: int
    count: int
    change: int


@dataclass(frozen=True)
class TrainingStep:
    """One merge and its rivals. `runners_up`: the highest counts first, then by the rule; `ties`:
    all pairs with the merge's own count, in the order of the rule."""

    merge: LearnedMerge
    rule: TieRule
    ties: tuple[tuple[int, int], ...]
    runners_up: tuple[RunnerUp, ...]


@dataclass(frozen=True)
class Example:
    """A pre-token that a merge changed: `count` times in the training part, its ids before and
    after the merge, and where in both it was joined first."""

    count: int
    before: tuple[int, ...]
    after: tuple[int, ...]
    place: int


@dataclass(frozen=True)
class _State:
    """The corpus after some merges: (T,) the id of each token, -1 for borders, and its place."""

    ids: Int32s
    starts: Int64s


class TrainingReplay:
    """The merges that `training` had learned when this was made; it takes no part in going on."""

    def __init__(self, training: Training) -> None:
        self.corpus = training.corpus
        self.rule = training.ties
        self.merges = tuple(training.merges)
        self._gaps = training.gap_ranks()
        self._made = np.array([merge.id for merge in self.merges], np.int32)

    def __len__(self) -> int:
        return len(self.merges)

    def step(self, rank: int, n_runners_up: int = 20) -> TrainingStep:
        """How merge `rank` was chosen. Raises `IndexError`."""
        merge = self.merges[rank]
        chosen = merge.left << SHIFT | merge.right
        state = self._state(rank)
        pairs, counts, places = self._pairs(state)
        order_of_rule = pairs if self.rule is TieRule.LOWEST else places
        tied = np.flatnonzero((counts == merge.count) & (pairs != chosen))
        tied = tied[np.argsort(order_of_rule[tied], kind="stable")]
        rivals = _highest(counts, pairs != chosen, order_of_rule, n_runners_up)
        after = self._counts_of(self._joined(state, merge), pairs[rivals])
        found = zip(pairs[rivals].tolist(), counts[rivals].tolist(), after.tolist(), strict=True)
        return TrainingStep(
            merge,
            self.rule,
            tuple((pair >> SHIFT, pair & LOW) for pair in pairs[tied].tolist()),
            tuple(
                RunnerUp(pair >> SHIFT, pair & LOW, count, then - count)
                for pair, count, then in found
            ),
        )

    def row(self, pre_token: int, n_merges: int) -> list[int]:
        """The ids of a pre-token of the corpus after so many merges."""
        # A needle of another type would copy all owners first.
        bounds = np.array([pre_token, pre_token + 1], np.int32)
        first, last = np.searchsorted(self.corpus.owner[:-1], bounds).tolist()
        inside = slice(first + 1, last)
        ids = self._ids(self.corpus.symbols[inside], self._gaps[inside], n_merges).ids
        return [int(token_id) for token_id in ids]

    def touched(self, rank: int, most: int = 100) -> list[int]:
        """The pre-tokens that merge `rank` changed, the first ones."""
        owners = self.corpus.owner[self._gaps == rank]
        found = np.unique(owners[self.corpus.weights[owners] > 0])
        return [int(pre_token) for pre_token in found[:most]]

    def examples(self, rank: int, most: int = 12) -> list[Example]:
        """The most frequent pre-tokens that merge `rank` changed, those first seen first."""
        touched = np.array(self.touched(rank, self.corpus.n_pre_tokens), np.int64)
        counts = self.corpus.weights[touched]
        order = np.argsort(-counts, kind="stable")[:most]
        return [
            self._example(rank, pre_token, count)
            for pre_token, count in zip(
                touched[order].tolist(), counts[order].tolist(), strict=True
            )
        ]

    def _example(self, rank: int, pre_token: int, count: int) -> Example:
        before, after = self.row(pre_token, rank), self.row(pre_token, rank + 1)
        pair = self.merges[rank].left, self.merges[rank].right
        place = next(i for i, found in enumerate(pairwise(before)) if found == pair)
        return Example(count, tuple(before), tuple(after), place)

    def _state(self, n_merges: int) -> _State:
        return self._ids(self.corpus.symbols, self._gaps, n_merges)

    def _ids(self, symbols: Int32s, gaps: Int32s, n_merges: int) -> _State:
        # Read as unsigned, OPEN is the highest rank of all.
        edges = gaps.view(np.uint32) >= np.uint32(n_merges)
        starts = np.flatnonzero(edges)
        ids = symbols[starts]
        if len(starts):
            # Ranks rise while a token grows: the highest inside is that of the merge that made it.
            highest = np.maximum.reduceat(np.where(edges, -1, gaps), starts)
            made = highest >= 0
            ids[made] = self._made[highest[made]]
        return _State(ids, starts)

    def _weights(self, starts: Int64s) -> Int64s:
        return self.corpus.weights[self.corpus.owner[starts]]

    def _pairs(self, state: _State) -> tuple[Int64s, Int64s, Int64s]:
        """The distinct pairs of the training part, their counts, and where each first occurs."""
        keys, at = _keys(state.ids)
        n_ids = int(state.ids.max(initial=0)) + 1
        if len(keys) > n_ids * n_ids // 4:
            return self._pairs_of_few_tokens(state, n_ids)
        order = np.argsort(keys, kind="stable")
        keys, at = keys[order], at[order]
        firsts = np.flatnonzero(np.concatenate((keys[:1] >= 0, keys[1:] != keys[:-1])))
        if not len(firsts):
            return keys, keys, keys
        counts = np.add.reduceat(self._weights(state.starts[at]), firsts)
        there = counts > 0
        firsts = firsts[there]
        return keys[firsts], counts[there], at[firsts]

    def _pairs_of_few_tokens(self, state: _State, n_ids: int) -> tuple[Int64s, Int64s, Int64s]:
        """The same by a table of all pairs there could be: no sorting of a long corpus."""
        keys, at = _keys(state.ids)
        cells = (keys >> SHIFT) * n_ids + (keys & LOW)
        weights = self._weights(state.starts[at])
        table = np.bincount(cells, weights, n_ids * n_ids)  # float64: exact up to 2 ** 53
        found = np.flatnonzero(table)
        place = np.zeros(n_ids * n_ids, np.int64)
        if self.rule is TieRule.FIRST:
            place[cells[::-1]] = at[::-1]  # what is written last stays: the first place
        pairs = (found // n_ids << SHIFT) | found % n_ids
        return pairs, table[found].astype(np.int64), place[found]

    def _joined(self, state: _State, merge: LearnedMerge) -> _State:
        """The state after one more merge."""
        swallowed = self._gaps[state.starts] == merge.rank
        ids = state.ids.copy()
        ids[np.flatnonzero(swallowed) - 1] = merge.id
        return _State(ids[~swallowed], state.starts[~swallowed])

    def _counts_of(self, state: _State, pairs: Int64s) -> Int64s:
        """The counts of some pairs, which may be none."""
        keys, at = _keys(state.ids)
        order = np.argsort(pairs)
        known = pairs[order]
        index = np.minimum(known.searchsorted(keys), max(len(known) - 1, 0))
        found = np.flatnonzero(known[index] == keys) if len(known) else np.zeros(0, np.int64)
        counts = np.zeros(len(pairs), np.int64)
        np.add.at(counts, order[index[found]], self._weights(state.starts[at[found]]))
        return counts


def _keys(ids: Int32s) -> tuple[Int64s, Int64s]:
    """Each pair of neighbours as one number, and the index of its left token."""
    at = np.flatnonzero((ids[:-1] >= 0) & (ids[1:] >= 0))
    return (ids[at].astype(np.int64) << SHIFT) | ids[at + 1], at


def _highest(
    counts: Int64s, allowed: NDArray[np.bool_], then_by: Int64s, most: int
) -> NDArray[np.int64]:
    """The indexes of the highest counts, in order."""
    left = np.flatnonzero(allowed)
    if len(left) > most:
        bound = np.partition(counts[left], len(left) - most)[len(left) - most]
        left = left[counts[left] >= bound]
    return left[np.lexsort((then_by[left], -counts[left]))][:most]
