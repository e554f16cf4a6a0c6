"""Byte-pair encoding: the merge rules, and the one merge loop that both encodes and replays.

A rule joins two neighbouring tokens and has a rank, its place in the order of learning. Encoding
applies, again and again, the rule of the lowest rank that matches, leftmost first (Sennrich et
al., 2016; https://arxiv.org/abs/1508.07909). Each step closes one gap between two symbols of the
pre-token, so the list of (rank, gap) events *is* the replay, and the ids follow from it.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from heapq import heapify, heappop, heappush
from typing import overload

import numpy as np
from numpy.typing import NDArray

_LOW = 0xFFFFFFFF
_Ids = Sequence[int] | NDArray[np.int32]


@dataclass(frozen=True)
class Merge:
    """Where `left` stands before `right`, write `id`. `count` is None where it is not published."""

    rank: int
    left: int
    right: int
    id: int
    count: int | None = None


@dataclass(frozen=True)
class MergeStep:
    """One merge as it was applied: `byte` is the byte offset of the left part's start."""

    rank: int
    left: int
    right: int
    id: int
    byte: int


class Merges(Sequence[Merge]):
    """The merge history: all rules in rank order, kept as columns.

    `left`, `right`, `ids`: int32 arrays of equal length, token ids; the index is the rank.
    `counts`: int64, how often each pair was there when it was learned; None where unknown.
    `others`: left, right and rank of further pairs that make the token of a rank, tried with it.
    """

    def __init__(
        self,
        left: _Ids,
        right: _Ids,
        ids: _Ids,
        counts: "Sequence[int] | NDArray[np.int64] | None" = None,
        others: tuple[_Ids, _Ids, _Ids] = ((), (), ()),
    ) -> None:
        self.left = np.asarray(left, np.int32)
        self.right = np.asarray(right, np.int32)
        self.ids = np.asarray(ids, np.int32)
        self.counts = None if counts is None else np.asarray(counts, np.int64)
        left_others, right_others, ranks = (np.asarray(column, np.int32) for column in others)
        self.others = left_others, right_others, ranks

    def __len__(self) -> int:
        return len(self.ids)

    @overload
    def __getitem__(self, rank: int) -> Merge: ...
    @overload
    def __getitem__(self, rank: slice) -> "Merges": ...
    def __getitem__(self, rank: int | slice) -> "Merge | Merges":
        if isinstance(rank, slice):
            counts = None if self.counts is None else self.counts[rank]
            kept = np.isin(self.others[2], np.arange(len(self), dtype=np.int32)[rank])
            left, right, ranks = (column[kept] for column in self.others)
            others = (left, right, ranks - np.int32(rank.indices(len(self))[0]))
            return Merges(self.left[rank], self.right[rank], self.ids[rank], counts, others)
        rank = range(len(self))[rank]
        ids = int(self.left[rank]), int(self.right[rank]), int(self.ids[rank])
        return Merge(rank, *ids, None if self.counts is None else int(self.counts[rank]))

    @cached_property
    def rank_of_pair(self) -> dict[int, int]:
        """`left << 32 | right` → rank. The first rule for a pair is the one that ever fires."""
        keys, ranks = self._pairs
        return dict(zip(keys[::-1].tolist(), ranks[::-1].tolist(), strict=True))

    @cached_property
    def _pairs(self) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """The key and the rank of every pair, by rank."""
        left, right = self.left, self.right
        ranks = np.arange(len(self), dtype=np.int64)
        if len(self.others[2]):
            left, right = np.append(left, self.others[0]), np.append(right, self.others[1])
            ranks = np.append(ranks, self.others[2])
            order = np.argsort(ranks, kind="stable")
            left, right, ranks = left[order], right[order], ranks[order]
        return (left.astype(np.int64) << 32) | right, ranks

    @cached_property
    def sorted_pairs(self) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """The keys of `rank_of_pair`, sorted, and their ranks."""
        keys, ranks = self._pairs
        unique, first = np.unique(keys, return_index=True)
        return unique, ranks[first]

    def ranks_of(self, left: NDArray[np.int32], right: NDArray[np.int32]) -> NDArray[np.int64]:
        """(n,) int64: the rank of the rule for each of n pairs of ids, `len(self)` without one.

        >>> Merges([0, 2], [1, 1], [2, 3]).ranks_of(np.array([2, 1]), np.array([1, 1])).tolist()
        [1, 2]
        """
        keys, ranks = self.sorted_pairs
        if not len(keys):
            return np.zeros(len(left), np.int64)
        wanted = (left.astype(np.int64) << 32) | right
        at = np.minimum(keys.searchsorted(wanted), len(keys) - 1)
        return np.where(keys[at] == wanted, ranks[at], len(self))

    @cached_property
    def rank_of_id(self) -> dict[int, int]:
        """Token id → rank of the first merge that makes it."""
        return dict(zip(self.ids[::-1].tolist(), range(len(self) - 1, -1, -1), strict=True))

    @cached_property
    def columns(self) -> tuple[list[int], list[int], list[int]]:
        """`left`, `right`, `ids` as lists: a Python loop reads them ten times faster."""
        return self.left.tolist(), self.right.tolist(), self.ids.tolist()


@dataclass(frozen=True, eq=False)
class MergeRules:
    """Rules of which several may make the same token; those of one token share a rank.

    `lines`: every rule, in the order in which it is tried. `ranks`: (lines,) int32, the rank of
    each: the place of its result in the merge history.
    """

    lines: Merges
    ranks: NDArray[np.int32]

    @staticmethod
    def of(merges: Merges) -> "MergeRules":
        """Rules that are a merge history."""
        return MergeRules(merges, np.arange(len(merges), dtype=np.int32))

    def below(self, rank: int) -> "MergeRules":
        """The rules of lower ranks alone."""
        kept = self.ranks < rank
        lines = self.lines
        if len(lines.others[2]):  # they are ranks themselves
            return MergeRules.of(lines[:rank])
        return MergeRules(
            Merges(lines.left[kept], lines.right[kept], lines.ids[kept]), self.ranks[kept]
        )

    def steps(self, symbols: Sequence[int], starts: Sequence[int]) -> Iterator[MergeStep]:
        """The merges of `symbols` as steps to watch; `starts[i]` is the byte offset of symbol i."""
        for step in merge_steps(symbols, starts, self.lines):
            yield replace(step, rank=int(self.ranks[step.rank]))

    def ranks_of_gaps(self, gaps: NDArray[np.int32]) -> NDArray[np.int32]:
        """Gap ranks from the lines that closed the gaps; what is below zero stays."""
        result = gaps.copy()
        closed = gaps >= 0
        result[closed] = self.ranks[gaps[closed]]
        return result


def apply_merges(symbols: Sequence[int], merges: Merges) -> tuple[list[int], list[tuple[int, int]]]:
    """Merge `symbols` (ids) as far as the rules go.

    Returns the resulting ids and the events `(rank, gap)` in the order in which they happened;
    gap g lies between symbols g and g + 1. O(n log n): a heap holds every adjacent pair that has
    a rule. An entry whose pair has changed meanwhile is skipped when it comes up.

    >>> rules = Merges(left=[0, 2], right=[1, 1], ids=[2, 3])
    >>> apply_merges([0, 1, 1], rules)
    ([3], [(0, 0), (1, 1)])
    """
    rank_of_pair = merges.rank_of_pair.get
    merged = merges.columns[2]
    n = len(symbols)
    ids = [*symbols, -1]  # the sentinel at n matches no rule
    following = list(range(1, n + 2))
    preceding = list(range(-1, n + 1))
    heap = []
    for i in range(n - 1):
        rank = rank_of_pair(ids[i] << 32 | ids[i + 1])
        if rank is not None:
            heap.append(rank << 32 | i)
    heapify(heap)
    events = []
    while heap:
        entry = heappop(heap)
        rank, i = entry >> 32, entry & _LOW
        j = following[i]
        if rank_of_pair(ids[i] << 32 | ids[j]) != rank:
            continue
        events.append((rank, j - 1))
        ids[i], ids[j] = merged[rank], -1
        k = following[i] = following[j]
        preceding[k] = i
        if k < n:
            rank = rank_of_pair(ids[i] << 32 | ids[k])
            if rank is not None:
                heappush(heap, rank << 32 | i)
        p = preceding[i]
        if p >= 0:
            rank = rank_of_pair(ids[p] << 32 | ids[i])
            if rank is not None:
                heappush(heap, rank << 32 | p)
    return [x for x in ids if x >= 0], events


def merge_steps(
    symbols: Sequence[int], starts: Sequence[int], merges: Merges
) -> Iterator[MergeStep]:
    """The same merges as steps to watch; `starts[i]` is the byte offset of symbol i."""
    _, events = apply_merges(symbols, merges)
    start_of = list(range(len(symbols)))  # last symbol of a token → its first
    end_of = list(range(len(symbols)))  # first symbol of a token → its last
    id_of = list(symbols)  # first symbol of a token → its id
    merged = merges.columns[2]
    for rank, gap in events:
        start, end = start_of[gap], end_of[gap + 1]
        start_of[end], end_of[start] = start, end
        left, right, id_of[start] = id_of[start], id_of[gap + 1], merged[rank]
        yield MergeStep(rank, left, right, merged[rank], starts[start])
