"""Which part of a long row of tokens is shown: a window around its middle, with notes at its ends.

Pure arithmetic, without Qt; only the tokens near the window are ever measured.
"""

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True)
class RowWindow:
    """The tokens [first, last) of `n_tokens` are shown."""

    first: int
    last: int
    n_tokens: int


def window_around(
    middle: range,
    n_tokens: int,
    width_of: Callable[[int], float],
    room: float,
    note: float,
    gap: float,
) -> RowWindow:
    """As many tokens as fit in `room` pixels, `middle` always among them and about in the middle.

    `note` is kept free at an end where tokens are left out, `gap` between any two tokens.

    >>> window_around(range(4, 6), 100, lambda i: 10, room=80, note=10, gap=0)
    RowWindow(first=2, last=8, n_tokens=100)
    """
    if _fit(n_tokens, width_of, room, gap):
        return RowWindow(0, n_tokens, n_tokens)
    first, last = middle.start, middle.stop
    used = sum(width_of(i) + gap for i in middle) - gap
    left = right = 0.0  # pixels beside the middle
    full_left = full_right = False
    while not (full_left and full_right):
        to_left = not full_left and (full_right or left <= right)
        index = first - 1 if to_left else last
        fits = 0 <= index < n_tokens
        if fits:
            wide = width_of(index) + gap
            notes = (min(first, index) > 0) + (max(last, index + 1) < n_tokens)
            fits = used + wide <= room - notes * note
        if not fits:
            full_left, full_right = full_left or to_left, full_right or not to_left
        elif to_left:
            first, used, left = index, used + wide, left + wide
        else:
            last, used, right = index + 1, used + wide, right + wide
    return RowWindow(first, last, n_tokens)


def _fit(n_tokens: int, width_of: Callable[[int], float], room: float, gap: float) -> bool:
    used = -gap
    for index in range(n_tokens):
        used += width_of(index) + gap
        if used > room:
            return False
    return True
