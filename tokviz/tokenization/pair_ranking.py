"""Which pair is merged next: the most frequent one, and among equals the one that a rule chooses.

Pairs wait in buckets by count. Training works on one bucket at a time, the level of the highest
count: all pairs of the level are tied. Counts of known pairs only fall, so a pair that has left its
bucket is moved when its bucket becomes the level, not before.
"""

from collections.abc import Callable
from enum import Enum
from heapq import heapify, heappop, heappush, heapreplace

SHIFT = 21
"""A pair is written as one number, `left << SHIFT | right`."""
LOW = (1 << SHIFT) - 1
_KEY = (1 << 2 * SHIFT) - 1
_NEVER = -(1 << 62)


class TieRule(Enum):
    """Among tied pairs: the lowest (left id, right id), or the one that occurs first."""

    LOWEST = "lowest"
    FIRST = "first"


class PairRanking:
    """The counts of all pairs, and the order in which they come up.

    `place`: where a pair first occurs in the corpus as it is now; None ranks ties by their ids.
    """

    def __init__(
        self, counts: dict[int, int], min_count: int, place: Callable[[int], int] | None
    ) -> None:
        self.counts = counts
        self._min_count = max(min_count, 1)
        self._place = place
        self._buckets: dict[int, list[int]] = {}
        for pair, count in counts.items():
            if count >= self._min_count:
                self._buckets.setdefault(count, []).append(pair)
        self._waiting = [-count for count in self._buckets]
        heapify(self._waiting)
        self.count = 0
        self.level: set[int] = set()
        self._order: list[int] = []

    def best(self) -> int | None:
        """The pair to merge next; None if none is frequent enough. It has `self.count`."""
        while not self.level:
            if not self._waiting:
                return None
            self._descend()
        order, level, place = self._order, self.level, self._place
        while True:
            entry = order[0]
            pair = entry & _KEY
            if pair not in level:
                heappop(order)
            elif place is not None and place(pair) != entry >> 2 * SHIFT:
                heapreplace(order, place(pair) << 2 * SHIFT | pair)
            else:
                return pair

    def ties(self, best: int) -> list[int]:
        """The other pairs with the same count, in the order of the rule."""
        others = [pair for pair in self.level if pair != best]
        return sorted(others, key=self._place) if self._place is not None else sorted(others)

    def never(self, pair: int) -> None:
        """Leave a pair out for good."""
        self.level.discard(pair)
        self.counts[pair] = _NEVER

    def merged(
        self, pair: int, new: int, right: list[tuple[int, int]], left: list[tuple[int, int]]
    ) -> list[int]:
        """Bring the counts up to date: `pair` became `new` before and behind neighbours.

        `right`, `left`: (neighbour, times); the neighbours on the right as they were, those on the
        left as they are, after the merge. Returns the pairs that are no more.
        """
        a, b = pair >> SHIFT, pair & LOW
        gone = [pair]
        for neighbour, times in right:
            self._change(b << SHIFT | neighbour, new << SHIFT | neighbour, times, gone)
        for neighbour, times in left:
            self._change(neighbour << SHIFT | a, neighbour << SHIFT | new, times, gone)
        del self.counts[pair]
        self.level.discard(pair)
        for other in gone:
            if self.counts.get(other) == 0:
                del self.counts[other]
        return [other for other in gone if other not in self.counts]

    def _change(self, old: int, new: int, times: int, gone: list[int]) -> None:
        """`old` became `new` so many times; 0 times where only the held-out part has it."""
        counts = self.counts
        if times == 0:
            gone.append(new)
            return
        count = counts[old] - times
        counts[old] = count
        if old in self.level:
            self.level.discard(old)
            self._wait(old, count)
        if count == 0:
            gone.append(old)
        count = counts.get(new, 0) + times
        counts[new] = count
        if count < self.count:
            self._wait(new, count)
        else:
            self._rise(new, count)

    def _rise(self, pair: int, count: int) -> None:
        """A pair has come into the level or above it."""
        if count == self.count:
            self.level.add(pair)
            place = 0 if self._place is None else self._place(pair)
            heappush(self._order, place << 2 * SHIFT | pair)
            return
        # Only where a token came to be a second time, by another pair: a known pair rose.
        self._buckets.setdefault(self.count, []).extend(self.level)
        heappush(self._waiting, -self.count)
        self.level.clear()
        self._wait(pair, count)

    def _wait(self, pair: int, count: int) -> None:
        if count < self._min_count:
            return
        bucket = self._buckets.get(count)
        if bucket is None:
            self._buckets[count] = [pair]
            heappush(self._waiting, -count)
        else:
            bucket.append(pair)

    def _descend(self) -> None:
        """Make the bucket of the highest count the level."""
        count = -heappop(self._waiting)
        counts = self.counts
        level = self.level = set()
        for pair in self._buckets.pop(count, ()):
            now = counts.get(pair, 0)
            if now == count:
                level.add(pair)
            elif now < count:
                self._wait(pair, now)
        self.count = count
        self.sort_level()

    def sort_level(self) -> None:
        """Put the level in order, also after the places of all pairs got new numbers."""
        place = self._place
        if place is None:
            self._order = list(self.level)
        else:
            self._order = [place(pair) << 2 * SHIFT | pair for pair in self.level]
        heapify(self._order)
