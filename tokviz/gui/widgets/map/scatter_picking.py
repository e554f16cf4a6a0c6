"""Which points a pointer, a rectangle or a lasso means, in pixels of the screen, in numpy.

A lasso is even-odd: what it runs around twice is outside. Small cells tell for nearly every point
at once whether it lies inside; only those in a cell that the line passes are asked one by one.
"""

import numpy as np
import numpy.typing as npt

from tokviz.gui.widgets.map.scatter_camera import Float32s
from tokviz.gui.widgets.map.scatter_pixels import Int64s

Float64s = npt.NDArray[np.float64]

_CELL = 2.0  # pixels along a cell's side
_MOST_CELLS = 4_000_000  # for a lasso on a screen of any size
_BORDER = 2  # cells around the outline
_IN, _EDGE = 1, 2


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
    side = max(_CELL, float(np.sqrt(np.prod(high - low + 1) / _MOST_CELLS)))
    cells = _cells(corners, low, high, side)
    n_lines, n_columns = cells.shape
    lines = _cell_numbers(down, float(low[1]), side, n_lines)
    lines *= np.int32(n_columns)
    lines += _cell_numbers(across, float(low[0]), side, n_columns)
    state = cells.ravel().take(lines)
    inside = state == _IN
    unsure = np.flatnonzero(state == _EDGE)
    x, y = (values.take(unsure).astype(np.float64) for values in (across, down))
    inside[unsure] = _crossed_oddly(x, y, corners)
    return np.flatnonzero(inside)


def _cell_numbers(values: Float32s, low: float, side: float, n: int) -> npt.NDArray[np.int32]:
    """In which cell each lies; what lies beyond them all, in the first or last, which is out.

    A rounding may take a point to the next cell. That is harmless: between cells in and out lies
    one that is passed by the line, where each point is asked.
    """
    cells = values - np.float32(low)
    cells *= np.float32(1 / side)
    cells += np.float32(_BORDER)
    np.clip(cells, 0, n - 1, out=cells)
    return cells.astype(np.int32)


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
    """For each cell of the outline's rectangle whether it is out, in, or passed by the line.

    Around them lies a border of cells that are out.
    """
    n_columns, n_lines = ((high - low) / side).astype(int) + 1 + 2 * _BORDER
    low = low - _BORDER * side
    begin, end = corners, np.roll(corners, -1, axis=0)
    # Even-odd along the middle of each line of cells: every crossing turns what is right of it.
    middles = low[1] + (np.arange(n_lines) + 0.5) * side
    crossed = (begin[:, 1] <= middles[:, None]) != (end[:, 1] <= middles[:, None])
    lines, edges = np.nonzero(crossed)
    part = (middles[lines] - begin[edges, 1]) / (end[edges, 1] - begin[edges, 1])
    crossing = begin[edges, 0] + part * (end[edges, 0] - begin[edges, 0])
    columns = np.clip(np.ceil((crossing - low[0]) / side - 0.5).astype(int), 0, n_columns - 1)
    cells = np.zeros((n_lines, n_columns), np.uint8)
    np.add.at(cells, (lines, columns), 1)
    np.bitwise_and(cells, 1, out=cells)
    np.bitwise_xor.accumulate(cells, axis=1, out=cells)
    samples = _samples(begin, end, side / 2) - low
    at = (samples / side).astype(int)
    for right in (-1, 0, 1):
        for below in (-1, 0, 1):  # sampling may skip a cell that an edge only cuts the corner of
            cells[at[:, 1] + below, at[:, 0] + right] = _EDGE
    return cells


def _samples(begin: Float64s, end: Float64s, apart: float) -> Float64s:
    """Places along edges, the ends of each among them."""
    counts = np.maximum(np.ceil(np.hypot(*(end - begin).T) / apart).astype(int), 1) + 1
    edges = np.repeat(np.arange(len(begin)), counts)
    within = np.arange(counts.sum()) - np.repeat(np.cumsum(counts) - counts, counts)
    part = (within / (counts[edges] - 1))[:, None]
    places: Float64s = begin[edges] + part * (end - begin)[edges]
    return places
