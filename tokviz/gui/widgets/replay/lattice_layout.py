"""Where the arcs of a lattice run: the short ones low, no two over each other.

Plain numbers: columns are the characters between two places, levels count from the lowest.
"""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class LatticeArc:
    """A token that fits from one place to another: how it is shown, its score; id -1: unknown."""

    start: int
    end: int
    label: str
    score: float
    id: int


def levels_of(arcs: Sequence[LatticeArc], n_columns: int) -> list[int]:
    """The lowest level that is free when the shorter arcs, and those left of it, have theirs.

    >>> one, two = LatticeArc(0, 1, "a", 0.0, 0), LatticeArc(0, 2, "ab", 0.0, 1)
    >>> levels_of([two, one], 2)
    [1, 0]
    """
    levels = [0] * len(arcs)
    taken: list[bytearray] = []  # for each level the columns that are
    for i in sorted(range(len(arcs)), key=lambda i: (arcs[i].end - arcs[i].start, arcs[i].start)):
        start, end = arcs[i].start, arcs[i].end
        level = 0
        while level < len(taken) and any(taken[level][start:end]):
            level += 1
        if level == len(taken):
            taken.append(bytearray(n_columns))
        taken[level][start:end] = b"\x01" * (end - start)
        levels[i] = level
    return levels
