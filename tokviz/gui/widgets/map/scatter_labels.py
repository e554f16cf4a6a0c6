"""Which points get a label, and where it stands: the most important first, none on another.

Few points in view are all asked, each with four places around it; of many the most important one
in each cell of a grid. Labels are placed on sheets somewhat larger than the view, which lie fixed
on the plane: while one pans, they move with it and none appears or vanishes in view.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from tokviz.gui.widgets.map.scatter_camera import Camera, Float32s
from tokviz.gui.widgets.map.scatter_pixels import Int64s

LABEL_HEIGHT = 15  # logical pixels
_CELL_WIDTH, _CELL_HEIGHT = 64, 16
_ASK_ALL = 1200  # up to so many points in view each may have its label
_WHILE_MOVING = 4096  # of the points in view the most important are looked at
_AREA_OF_ONE = 2560  # pixels of the view for each label, at most
_SHEET_STEP = 0.25  # of the view, from one sheet to the next
_OFF_DOTS = 4.0  # pixels from a label to what its point takes: two cells, never one
_GRAIN = 4  # pixels; labels keep apart by cells of this size


@dataclass(frozen=True, eq=False)
class PlacedLabels:
    """Rows and the left top corners of their labels, in logical pixels, most important first."""

    rows: Int64s
    left: Float32s
    top: Float32s

    def moved(self, across: float, down: float) -> "PlacedLabels":
        return PlacedLabels(self.rows, self.left + np.float32(across), self.top + np.float32(down))


def sheet_of(camera: Camera) -> tuple[Camera, float, float]:
    """The sheet that holds a view, as a camera, and where its left top corner stands in the view.

    Views of one scale that differ by little share a sheet; which one follows from the view alone.
    """
    step_x, step_y = camera.width * _SHEET_STEP, camera.height * _SHEET_STEP
    x, y = camera.x * camera.scale, camera.y * camera.scale
    sheet_x, sheet_y = round(x / step_x) * step_x, round(y / step_y) * step_y
    sheet = Camera(
        sheet_x / camera.scale,
        sheet_y / camera.scale,
        camera.scale,
        camera.width + step_x,
        camera.height + step_y,
    )
    return sheet, sheet_x - x - step_x / 2, y - sheet_y - step_y / 2


@dataclass(frozen=True, eq=False)
class Candidates:
    """Rows that may have a label, in falling importance, and where they stand on screen."""

    rows: Int64s
    across: Float32s
    down: Float32s
    are_all: bool  # whether every point in view is among them


class LabelOrder:
    """The points in the order of their labels' importance."""

    def __init__(self) -> None:
        self._priority = np.zeros(0, np.int64)
        self._x = self._y = np.zeros(0, np.float32)

    def set(self, x: Float32s, y: Float32s, priority: Int64s) -> None:
        """`priority`: rows in falling importance; those that are not named have no label."""
        self._priority = priority
        self._x, self._y = x.take(priority), y.take(priority)

    def candidates(self, camera: Camera, moving: bool) -> Candidates:
        """Who may have a label; `moving`: looked for among the most important alone."""
        across, down = camera.screen(self._x, self._y)
        shows = (across >= 0) & (across < camera.width) & (down >= 0) & (down < camera.height)
        chosen = np.flatnonzero(shows)
        if moving:
            chosen = chosen[:_WHILE_MOVING]
        across, down = across.take(chosen), down.take(chosen)
        are_all = len(chosen) <= _ASK_ALL
        if not are_all:
            first = _first_in_each_cell(camera, across, down)
            chosen, across, down = chosen[first], across[first], down[first]
        return Candidates(self._priority[chosen], across, down, are_all)


def _first_in_each_cell(camera: Camera, across: Float32s, down: Float32s) -> Int64s:
    wide = int(camera.width) // _CELL_WIDTH + 1
    cells = (down / _CELL_HEIGHT).astype(np.int32) * wide
    cells += (across / _CELL_WIDTH).astype(np.int32)
    first = np.full(int(cells.max()) + 1, -1, np.int64)
    # What is written last stays, so the most important is written last.
    first[cells[::-1]] = np.arange(len(cells) - 1, -1, -1)
    return np.sort(first[first >= 0])


def most_labels(camera: Camera) -> int:
    """How many labels have room in a view of this size."""
    return int(camera.width * camera.height) // _AREA_OF_ONE


def place_labels(
    candidates: Candidates,
    width_of: Callable[[int], float],
    camera: Camera,
    away: float,
    most: int,
) -> PlacedLabels:
    """Give labels their places, one after the other, until there are `most`.

    `away`: pixels between a point's middle and its label. Where all points are candidates, a label
    keeps off their dots if one of its four places does.
    """
    widths = np.array([width_of(row) for row in candidates.rows.tolist()], np.float32)
    left, top = _corners(candidates.across, candidates.down, widths, away)
    inside = (left >= 0) & (top >= 0) & (left + widths <= camera.width)
    inside &= top + LABEL_HEIGHT <= camera.height
    boxes = _boxes(left, top, widths, np.float32(LABEL_HEIGHT))
    labels = _Taken(camera)
    ink = None
    if candidates.are_all:
        # The letters themselves are lower than their label.
        ink = _boxes(left + 1, top + 3, widths - 2, np.float32(LABEL_HEIGHT - 6))
        dots = _dots(camera, candidates, away - _OFF_DOTS)
    chosen: list[tuple[int, int]] = []  # the place from 0 to 3, and the number of the candidate
    for number, fits in enumerate(inside.T.tolist()):
        if len(chosen) >= most:
            break
        free = (p for p in range(4) if fits[p] and labels.is_free_for_one_more(boxes[p][number]))
        place = next(free, None)
        if place is None:
            continue
        if ink is not None and not dots.is_free(ink[place][number]):
            place = next((p for p in free if dots.is_free(ink[p][number])), place)
        labels.take(boxes[place][number])
        chosen.append((place, number))
    which = np.array(chosen, np.int64).reshape(-1, 2).T
    rows = candidates.rows[which[1]]
    return PlacedLabels(rows, left[which[0], which[1]], top[which[0], which[1]])


def _corners(
    across: Float32s, down: Float32s, widths: Float32s, away: float
) -> tuple[Float32s, Float32s]:
    """Left top corners of labels right of their points, left of them, above and below, (4, n)."""
    near, middle = np.float32(away), down - np.float32(LABEL_HEIGHT / 2)
    centered = across - widths / 2
    left = np.stack((across + near, across - near - widths, centered, centered))
    top = np.stack((middle, middle, down - near - np.float32(LABEL_HEIGHT), down + near))
    return left, top


_Box = tuple[int, int, int, int]  # first and last column, first and last line of small cells


def _boxes(left: Float32s, top: Float32s, width: Float32s, height: np.float32) -> list[list[_Box]]:
    """The cells that rectangles touch, for each of four places a list."""
    edges = (left, left + width, top, top + height)
    cells = [np.floor(edge / _GRAIN).astype(np.int64).tolist() for edge in edges]
    return [list(zip(*(edge[place] for edge in cells), strict=True)) for place in range(len(left))]


def _dots(camera: Camera, points: Candidates, reach: float) -> "_Taken":
    """The cells that dots lie in."""
    size = np.full(len(points.rows), 2 * reach, np.float32)
    left, top = (values[None] - np.float32(reach) for values in (points.across, points.down))
    dots = _Taken(camera)
    for box in _boxes(left, top, size, np.float32(2 * reach))[0]:
        dots.take(box)
    return dots


class _Taken:
    """What of a view is taken: one whole number a line of small cells, a bit a cell."""

    def __init__(self, camera: Camera) -> None:
        self._lines = [0] * (int(camera.height) // _GRAIN + 1)

    def is_free(self, box: _Box) -> bool:
        first, last, upper, lower = box
        bits = ((1 << (last - first + 1)) - 1) << first
        return not any(line & bits for line in self._lines[upper : lower + 1])

    def is_free_for_one_more(self, box: _Box) -> bool:
        """The same where all that is taken is as high as the box: its ends tell then."""
        first, last, upper, lower = box
        bits = ((1 << (last - first + 1)) - 1) << first
        return not (self._lines[upper] | self._lines[lower]) & bits

    def take(self, box: _Box) -> None:
        """Take what lies in view of a box."""
        first, last, upper, lower = box
        first = max(first, 0)
        bits = ((1 << max(last - first + 1, 0)) - 1) << first
        for at in range(max(upper, 0), min(lower + 1, len(self._lines))):
            self._lines[at] |= bits
