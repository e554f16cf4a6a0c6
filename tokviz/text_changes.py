"""What differs between two versions of a text, as one replaced range."""

from collections.abc import Callable
from typing import NamedTuple


class Change(NamedTuple):
    """[start, end) of the text before is replaced by `inserted`."""

    start: int
    end: int
    inserted: str

    @property
    def is_none(self) -> bool:
        return self.start == self.end and not self.inserted


def change_between(before: str, after: str) -> Change:
    """The shortest range to replace so that `before` becomes `after`.

    >>> change_between("one two three", "one 2 three")
    Change(start=4, end=7, inserted='2')
    """
    most = min(len(before), len(after))
    start = _longest(most, lambda low, high: before[low:high] == after[low:high])
    last, end = len(before), len(after)
    same = _longest(
        most - start,
        lambda low, high: before[last - high : last - low] == after[end - high : end - low],
    )
    return Change(start, last - same, after[start : end - same])


def _longest(most: int, are_same: Callable[[int, int], bool]) -> int:
    """How many characters are the same, found by halves: slices compare as fast as memory."""
    low, high = 0, most
    while low < high:
        middle = (low + high + 1) // 2
        if are_same(low, middle):
            low = middle
        else:
            high = middle - 1
    return low
