"""Which pair is merged next: the most frequent one, and among equals the one that a rule chooses.

Pairs wait in buckets by count. Training works on one bucket at a time, the level of the
highest count: all pairs of the level are tied. Counts of known pairs only fall, so a pair that has
left its bucket is moved when its bucket becomes the level, not before.
"""

from collections.abc import Callable, Iterable, Sequence
from enum import Enum
from heapq import heappop, heappush

from tokviz.tokenization.training.pairs import Pairs

_NUMBER = 32  # bits for a pair's number, below what it is ordered by
_MASK = (1 << _NUMBER) - 1
_NEVER = -(1 << 62)


class TieRule(Enum):
    """Among tied pairs: the lowest (left id, right id), or the one that occurs first."""

    LOWEST = "lowest"
    FIRST = "first"


class PairRanking:
    """The order in which pairs come up, by their numbers.

    Whoever joins a pair changes the counts itself and tells which pairs are new and which left the
    level; when it is empty, `descend` to the next. `level`: the pairs with the highest count, which
    is `count`. `place`: where a pair first occurs in the corpus as it is now; None ranks ties by
    their ids.
    """

    def __init__(self, pairs: Pairs, min_count: int, place: Callable[[int], int] | None) -> None:
        self.count = 0
        self.level: set[int] = set()
        self._pairs = pairs
        self._min_count = max(min_count, 1)
        self._place = place
        self._buckets: dict[int, list[int]] = {}
        self._waiting: list[int] = []  # the counts of the buckets, negative: a heap
        # The level as it was found, the first one last, and a heap of what came or moved since.
        self._order: list[int] = []
        self._late: list[int] = []
        for number in range(len(pairs.keys)):
            self._wait(number)

    def best(self) -> int:
        """The pair of the level to merge next; it must have one."""
        order, late, level, place = self._order, self._late, self.level, self._place
        while True:
            known = heappop(late) if late and (not order or late[0] < order[-1]) else order.pop()
            number = known & _MASK
            if number in level:
                if place is None or place(number) == known >> _NUMBER:
                    return number
                heappush(late, self._ranked(number))

    def ties(self, best: int) -> list[int]:
        """The other pairs with the same count, in the order of the rule."""
        return sorted(self.level - {best}, key=self._ranked)

    def _ranked(self, number: int) -> int:
        """What the rule orders by, and the number."""
        by = self._pairs.keys[number] if self._place is None else self._place(number)
        return by << _NUMBER | number

    def never(self, number: int) -> None:
        """Leave a pair of the level out for good."""
        self.level.remove(number)
        self._pairs.counts[number] = _NEVER

    def merged(self, number: int, new: Sequence[int], fallen: Iterable[int]) -> None:
        """A pair of the level was joined and is no more; `new`: those that came to be; `fallen`:
        those of the level that have less than its count now."""
        self.level.remove(number)
        for other in fallen:
            self.level.remove(other)
            self._wait(other)
        if new:
            self.add(new)

    def add(self, new: Iterable[int]) -> None:
        """Pairs came to be, none of them more frequent than those of the level."""
        count, counts, buckets = self.count, self._pairs.counts, self._buckets
        for other in new:
            n = counts[other]
            if n == count:
                self.level.add(other)
                heappush(self._late, self._ranked(other))
            elif n in buckets:
                buckets[n].append(other)
            else:
                self._wait(other)

    def _wait(self, number: int) -> None:
        count = self._pairs.counts[number]
        if count < self._min_count:
            return
        bucket = self._buckets.get(count)
        if bucket is None:
            self._buckets[count] = [number]
            heappush(self._waiting, -count)
        else:
            bucket.append(number)

    def descend(self) -> bool:
        """Make the pairs of the highest count the level; False if none is frequent enough."""
        while self._waiting:
            self._descend()
            if self.level:
                return True
        return False

    def _descend(self) -> None:
        self.count = count = -heappop(self._waiting)
        counts = self._pairs.counts
        level = self.level = set()
        for number in self._buckets.pop(count):
            now = counts[number]
            if now == count:
                level.add(number)
            elif now < count:
                self._wait(number)
        keys = self._pairs.keys
        if self._place is None:
            order = [keys[number] << _NUMBER | number for number in level]
        else:
            order = [self._ranked(number) for number in level]
        order.sort(reverse=True)
        self._order, self._late = order, []
