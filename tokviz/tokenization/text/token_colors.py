"""Colour numbers of tokens: six, in three levels (`number % 3`); neighbours differ in level.

Three levels are what it takes: whatever stands on both sides of an edit, a third level is free,
so the tokens that the edit left alone keep their colours. What the numbers look like on screen is
the palette's affair.
"""

import numpy as np
from numpy.typing import NDArray

Colors = NDArray[np.uint8]
N_COLORS = 6
N_LEVELS = 3


def alternating(n: int, before: int | None) -> Colors:
    """(n,) colours for new tokens that follow one of the colour `before`."""
    first = 0 if before is None else before + 1
    cycle = np.arange(first, first + N_COLORS, dtype=np.uint8) % N_COLORS
    return np.tile(cycle, n // N_COLORS + 1)[:n]


def between(left: int | None, right: int | None) -> int:
    """A colour whose level differs from those of both neighbours.

    >>> between(0, 4)
    2
    """
    taken = {color % N_LEVELS for color in (left, right) if color is not None}
    return next(color for color in range(N_COLORS) if color % N_LEVELS not in taken)


def same_level(left: int, right: int) -> bool:
    """Whether two colours are as bright, so that neighbours should not have them."""
    return left % N_LEVELS == right % N_LEVELS


def fitted(n: int, left: int | None, right: int | None) -> Colors:
    """(n,) colours for new tokens between two neighbours that keep theirs."""
    colors = alternating(n, left)
    if n and right is not None and same_level(int(colors[-1]), right):
        colors[-1] = between(int(colors[-2]) if n > 1 else left, right)
    return colors
