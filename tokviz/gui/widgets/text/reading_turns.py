"""Mends the edges that Qt gives for clusters where the direction of reading turns.

At the border of two runs QTextLine.cursorToX answers with the place of a caret that belongs to the
run of the lower level, so the first cluster of the other run comes out without a width. Since the
clusters of a row tile it, what is missing is the gap that all others leave.
"""

import numpy as np
from numpy.typing import NDArray

_NEAR = 0.05  # pixels


def mended_edges(
    leading: NDArray[np.float64],
    trailing: NDArray[np.float64],
    leftwards: list[bool],
    width: float,
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """The edges with each lost width given back; `leftwards` says how a cluster reads alone.

    >>> leading, trailing = np.array([0.0, 10.0, 20.0, 30.0]), np.array([10.0, 10.0, 10.0, 40.0])
    >>> mended_edges(leading, trailing, [False, True, True, False], 40.0)[0].tolist()
    [0.0, 30.0, 20.0, 30.0]
    """
    leading, trailing = leading.copy(), trailing.copy()
    flat = np.abs(leading - trailing) < _NEAR
    gaps = _gaps(leading[~flat], trailing[~flat], width)
    for at in np.flatnonzero(flat).tolist():
        if not gaps:
            break
        following = leading[at + 1] if at + 1 < len(leading) else np.nan
        gap = _touching(gaps, float(following)) or _touching(gaps, float(leading[at]))
        if gap is None:
            continue
        gaps.remove(gap)
        left, right = gap
        back = abs(following - left) < _NEAR
        if not back and not abs(following - right) < _NEAR:
            back = leftwards[at]
        leading[at], trailing[at] = (right, left) if back else (left, right)
    return leading, trailing


def _gaps(
    leading: NDArray[np.float64], trailing: NDArray[np.float64], width: float
) -> list[tuple[float, float]]:
    """Ranges of [0, width] that no cluster covers."""
    lows, highs = np.minimum(leading, trailing), np.maximum(leading, trailing)
    gaps, done = [], 0.0
    for at in np.argsort(lows, kind="stable").tolist():
        if lows[at] > done + 0.5:
            gaps.append((done, float(lows[at])))
        done = max(done, float(highs[at]))
    if width > done + 0.5:
        gaps.append((done, width))
    return gaps


def _touching(gaps: list[tuple[float, float]], x: float) -> tuple[float, float] | None:
    for gap in gaps:
        if abs(gap[0] - x) < _NEAR or abs(gap[1] - x) < _NEAR:
            return gap
    return None
