"""Which part of a long row of tokens is shown: a window around its middle, with notes at its ends.

Pure arithmetic, without Qt; only the tokens near the window are ever measured.
"""

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True)
class RowWindow:
    """The tokens [first, last) are shown; `n_before` and `n_after` are left out."""

    first: int
    last: int
    n_before: int
    n_after: int


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
    """
    first, last = middle.start, max(middle.stop, middle.start)
    left = right = 0.0  # pixels used on each side
    used = sum(width_of(i) + gap for i in middle)

    def free(first: int, last: int) -> float:
        return room - (note if first > 0 else 0) - (note if last < n_tokens else 0)

    while first > 0 or last < n_tokens:
        for to_left in (True, False) if left <= right else (False, True):
            index = first - 1 if to_left else last
            if not 0 <= index < n_tokens:
                continue
            wide = width_of(index) + gap
            grown = (first - 1, last) if to_left else (first, last + 1)
            if used + wide <= free(*grown) + gap:
                first, last = grown
                used += wide
                left, right = (left + wide, right) if to_left else (left, right + wide)
                break
        else:
            break
    return RowWindow(first, last, first, n_tokens - last)
