"""Which points a pointer, a rectangle or a lasso means, in pixels of the screen, in numpy.

A lasso is even-odd: what it runs around twice is outside. Small cells tell for nearly every point
at once whether it lies inside; only those in a cell that the line passes are asked one by one.
"""

import numpy as np
import numpy.typing as npt

from tokviz.gui.widgets.scatter_camera import Float32s
from tokviz.gui.widgets.scatter_pixels import Int64s

Float64s = npt.NDArray[np.float64]

_CELL = 2.0  # pixels along a cell's side
_MOST_CELLS = 4_000_000  # for a lasso on a screen of any size
_OUT, _IN, _EDGE = 0, 1, 2


def nearest(across: Float32s, down: Float32s, at: tuple[float, float], reach: float) -> int | None:
    """The point nearest to a place, not farther than `reach`; of equally near ones the first."""
    if not len(across):
        return None
    right, below = across - np.float32(at[0]), down - np.float32(at[1])
    right *= right
    below *= below
    right += below
    found = int(right.argmin())
    return found if right[found] <= reach * reach else None


def in_rectangle(
    across: Float32s, down: Float32s, one: tuple[float, float], other: tuple[float, float]
) -> Int64s:
    """The points within two corners, both included, rising."""
    inside = across >= min(one[0], other[0])
    inside &= across <= max(one[0], other[0])
    inside &= down >= min(one[1], other[1])
    inside &= down <= max(one[1], other[1])
    return np.flatnonzero(inside)


def in_lasso(across: Float32s, down: Float32s, outline: npt.ArrayLike) -> Int64s:
    """The points within a closed outline (m, 2), rising; fewer than three corners hold none."""
    corners = np.asarray(outline, np.float64).reshape(-1, 2)
    if len(corners) < 3:
        return np.zeros(0, np.int64)
    low, high = corners.min(axis=0), corners.max(axis=0)
    rows = in_rectangle(across, down, tuple(low), tuple(high))
    if not len(rows):
        return rows
    x, y = across[rows].astype(np.float64), down[rows].astype(np.float64)
    side = max(_CELL, float(np.sqrt(np.prod(high - low + 1) / _MOST_CELLS)))
    cells = _cells(corners, low, high, side)
    lines, columns = ((y - low[1]) / side).astype(np.intp), ((x - low[0]) / side).astype(np.intp)
    state = cells[lines, columns]
    inside = state == _IN
    unsure = np.flatnonzero(state == _EDGE)
    inside[unsure] = _crossed_oddly(x[unsure], y[unsure], corners)
    chosen: Int64s = rows[inside]
    return chosen


def _crossed_oddly(x: Float64s, y: Float64s, corners: Float64s) -> npt.NDArray[np.bool_]:
    """Whether a ray to the right crosses the outline an odd number of times, point by point."""
    begin, end = corners, np.roll(corners, -1, axis=0)
    if not len(x):
        return np.zeros(0, np.bool_)
    order = np.argsort(y)
    sorted_y = y[order]
    # Each edge is crossed by the rays of a run of the points sorted by height.
    first = sorted_y.searchsorted(np.minimum(begin[:, 1], end[:, 1]), "left")
    last = sorted_y.searchsorted(np.maximum(begin[:, 1], end[:, 1]), "left")
    counts = last - first
    edges = np.repeat(np.arange(len(corners)), counts)
    within = np.arange(counts.sum()) - np.repeat(np.cumsum(counts) - counts, counts)
    points = order[first[edges] + within]
    rise = end[edges, 1] - begin[edges, 1]
    run = end[edges, 0] - begin[edges, 0]
    crossing = begin[edges, 0] + (y[points] - begin[edges, 1]) * run / rise
    odd = np.bincount(points[x[points] < crossing], minlength=len(x))
    return (odd & 1).astype(np.bool_)


def _cells(corners: Float64s, low: Float64s, high: Float64s, side: float) -> npt.NDArray[np.uint8]:
    """For each cell of the outline's rectangle whether it is out, in, or passed by the line."""
    n_columns, n_lines = ((high - low) / side).astype(int) + 1
    begin, end = corners, np.roll(corners, -1, axis=0)
    # Even-odd along the middle of each line of cells: every crossing turns what is right of it.
    middles = low[1] + (np.arange(n_lines) + 0.5) * side
    crossed = (begin[:, 1] <= middles[:, None]) != (end[:, 1] <= middles[:, None])
    lines, edges = np.nonzero(crossed)
    part = (middles[lines] - begin[edges, 1]) / (end[edges, 1] - begin[edges, 1])
    crossing = begin[edges, 0] + part * (end[edges, 0] - begin[edges, 0])
    columns = np.clip(np.ceil((crossing - low[0]) / side - 0.5).astype(int), 0, n_columns)
    turns = np.zeros((n_lines, n_columns + 1), np.uint8)
    np.add.at(turns, (lines, columns), 1)
    cells = np.cumsum(turns[:, :-1], axis=1, dtype=np.uint8) & np.uint8(1)
    _mark_edges(cells, begin, end, low, side)
    return cells


def _mark_edges(
    cells: npt.NDArray[np.uint8], begin: Float64s, end: Float64s, low: Float64s, side: float
) -> None:
    """Mark each cell that an edge passes, and its neighbours: sampling may skip a corner."""
    lengths = np.hypot(*(end - begin).T)
    counts = np.maximum(np.ceil(2 * lengths / side).astype(int), 1) + 1
    edges = np.repeat(np.arange(len(begin)), counts)
    within = np.arange(counts.sum()) - np.repeat(np.cumsum(counts) - counts, counts)
    part = (within / (counts[edges] - 1))[:, None]
    samples = ((begin[edges] + part * (end - begin)[edges] - low) / side).astype(int)
    n_lines, n_columns = cells.shape
    for right in (-1, 0, 1):
        for below in (-1, 0, 1):
            lines = np.clip(samples[:, 1] + below, 0, n_lines - 1)
            cells[lines, np.clip(samples[:, 0] + right, 0, n_columns - 1)] = _EDGE
