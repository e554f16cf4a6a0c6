"""Which points get a label, and where it stands: the most important first, none on another.

Few points in view are all asked, each with four places around it; of many the most important one
in each cell of a grid. Labels are placed on sheets somewhat larger than the view, which lie fixed
on the plane: while one pans, they move with it and none appears or vanishes in view.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np

from tokviz.gui.widgets.scatter_camera import Camera, Float32s
from tokviz.gui.widgets.scatter_pixels import Int64s

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
    placed: list[tuple[int, float, float]] = []
    labels = _Taken(camera)
    rows, across, down = (
        values.tolist() for values in (candidates.rows, candidates.across, candidates.down)
    )
    dots = _dots(camera, across, down, away - _OFF_DOTS) if candidates.are_all else None
    for row, x, y in zip(rows, across, down, strict=True):
        if len(placed) >= most:
            break
        width = width_of(row)
        place = _place(_places(x, y, width, away), width, labels, dots)
        if place is not None:
            labels.take(*place, width, LABEL_HEIGHT)
            placed.append((row, *place))
    return PlacedLabels(
        np.array([row for row, _left, _top in placed], np.int64),
        np.array([left for _row, left, _top in placed], np.float32),
        np.array([top for _row, _left, top in placed], np.float32),
    )


def _dots(camera: Camera, across: list[float], down: list[float], reach: float) -> "_Taken":
    dots = _Taken(camera)
    for x, y in zip(across, down, strict=True):
        dots.take(x - reach, y - reach, 2 * reach, 2 * reach)
    return dots


def _places(x: float, y: float, width: float, away: float) -> Iterator[tuple[float, float]]:
    """Right of a point, left of it, above and below."""
    middle = y - LABEL_HEIGHT / 2
    yield x + away, middle
    yield x - away - width, middle
    yield x - width / 2, y - away - LABEL_HEIGHT
    yield x - width / 2, y + away


def _place(
    places: Iterator[tuple[float, float]], width: float, labels: "_Taken", dots: "_Taken | None"
) -> tuple[float, float] | None:
    """The first place that is free of labels and dots, else the first that is free of labels."""
    found: tuple[float, float] | None = None
    for left, top in places:
        if not labels.is_free(left, top, width, LABEL_HEIGHT):
            continue
        # The letters themselves are lower than their label.
        if dots is None or dots.is_free(left + 1, top + 3, width - 2, LABEL_HEIGHT - 6):
            return left, top
        found = found or (left, top)
    return found


class _Taken:
    """What of a view is taken: one whole number a line of small cells, a bit a cell."""

    def __init__(self, camera: Camera) -> None:
        self._right, self._bottom = camera.width, camera.height
        self._lines = [0] * (int(camera.height) // _GRAIN + 1)

    def is_free(self, left: float, top: float, width: float, height: float) -> bool:
        """Whether a rectangle lies in view and nothing of it is taken."""
        if left < 0 or top < 0 or left + width > self._right or top + height > self._bottom:
            return False
        first = int(left // _GRAIN)
        bits = ((1 << (int((left + width) // _GRAIN) - first + 1)) - 1) << first
        for line in self._lines[int(top // _GRAIN) : int((top + height) // _GRAIN) + 1]:
            if line & bits:
                return False
        return True

    def take(self, left: float, top: float, width: float, height: float) -> None:
        """Take what lies in view of a rectangle."""
        first = max(int(left // _GRAIN), 0)
        bits = ((1 << max(int((left + width) // _GRAIN) - first + 1, 0)) - 1) << first
        last = min(int((top + height) // _GRAIN), len(self._lines) - 1)
        for at in range(max(int(top // _GRAIN), 0), last + 1):
            self._lines[at] |= bits
