"""One very long pre-token that repeats itself: rank by rank, all places of one at once.

Where few distinct merges do all the work (`aaaa...`) there are few steps, each over arrays.
"""

from heapq import heappop, heappush

import numpy as np
from numpy.typing import NDArray

from tokviz.tokenization.encoders.lock_step import NO_RULE, LockStep
from tokviz.tokenization.encoding import OPEN, Int32s, Int64s
from tokviz.tokenization.ranges import distinct

Bytes = NDArray[np.uint8]


def sweep(lock_step: LockStep, data: Bytes) -> tuple[Int32s, Int32s] | None:
    """The tokens that begin at each byte (-1: none) and the gap ranks. None where the order of the
    rules does not allow it: one of a lower rank takes up what one of a higher rank makes."""
    merges = lock_step.merges
    if not lock_step.is_rising:
        return None
    n = len(data)
    ids = np.append(lock_step.byte_ids[data], np.int32(-1))
    following, preceding = np.arange(1, n + 2), np.arange(-1, n)
    gaps = np.full(n, OPEN, np.int32)
    waiting = _Waiting()
    waiting.add(np.arange(n - 1), lock_step.ranks(ids[: n - 1], ids[1:n]))
    while waiting.ranks:
        rank, places = waiting.pop()
        left, right, merged = merges[rank].left, merges[rank].right, merges[rank].id
        places = places[(ids[places] == left) & (ids[following[places]] == right)]
        if left == right:
            places = _every_other(places, following[places])
        taken = following[places]
        behind, before = following[taken], preceding[places]
        ids[places], ids[taken] = merged, -1
        gaps[taken - 1] = rank
        following[places] = behind
        inner = behind < n
        preceding[behind[inner]] = places[inner]
        pairs: Int64s = distinct(np.concatenate((before[before >= 0], places[inner])))
        waiting.add(pairs, lock_step.ranks(ids[pairs], ids[following[pairs]]))
    return ids[:n], gaps


class _Waiting:
    """Places of pairs by their rank."""

    def __init__(self) -> None:
        self.ranks: list[int] = []  # a heap
        self._places: dict[int, list[Int64s]] = {}

    def add(self, places: Int64s, ranks: Int64s) -> None:
        """Places of pairs whose rank is `NO_RULE` are left out."""
        known = np.flatnonzero(ranks < NO_RULE)
        known = known[np.argsort(ranks[known], kind="stable")]
        places, ranks = places[known], ranks[known]
        firsts = np.flatnonzero(np.diff(ranks, prepend=-1))
        ends = np.append(firsts, len(ranks))[1:].tolist()
        for rank, first, end in zip(ranks[firsts].tolist(), firsts.tolist(), ends, strict=True):
            if rank not in self._places:
                self._places[rank] = []
                heappush(self.ranks, rank)
            self._places[rank].append(places[first:end])

    def pop(self) -> tuple[int, Int64s]:
        """The lowest rank, and its places, rising."""
        rank = heappop(self.ranks)
        places: Int64s = np.concatenate(self._places.pop(rank))
        return rank, distinct(places)


def _every_other(places: Int64s, following: Int64s) -> Int64s:
    """Of pairs that overlap (`aaa`), the first, the third and so on."""
    overlaps = np.zeros(len(places), bool)
    overlaps[1:] = following[:-1] == places[1:]
    index = np.arange(len(places))
    first = np.maximum.accumulate(np.where(overlaps, 0, index))
    chosen: Int64s = places[(index - first) % 2 == 0]
    return chosen
