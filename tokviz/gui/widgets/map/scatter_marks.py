"""What stands above the points: rings, lines between rows, and a numbered path through the map."""

from dataclasses import dataclass, field

import numpy as np
from PySide6.QtCore import QLineF, QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QPainter, QPen, QPolygonF

from tokviz.gui.palette import Palette
from tokviz.gui.widgets.map.scatter_camera import Camera, Float32s
from tokviz.gui.widgets.map.scatter_label_painting import TAG_ROOM, LabelPainter
from tokviz.gui.widgets.map.scatter_labels import LABEL_HEIGHT, PlacedLabels
from tokviz.gui.widgets.map.scatter_pixels import Int64s

_FAR = 90.0  # pixels from which on a neighbour is no longer near on the map,
_FAR_PART = 0.15  # or this part of a smaller view
_MOST_RINGS = 2000  # more could not be told apart
_MOST_NAMES = 12  # of selected rows; a larger selection is shown by its dots
_STEP = 15.0  # diameter of the disc that holds a number of the path
_BEYOND = 20_000.0  # pixels; Qt's lines are not exact far outside the picture


def _none() -> Int64s:
    return np.zeros(0, np.int64)


@dataclass
class ScatterMarks:
    """Which rows are marked, and how."""

    selected: Int64s = field(default_factory=_none)
    hovered: int | None = None
    neighbors: Int64s = field(default_factory=_none)
    neighbors_of: int | None = None
    path: Int64s = field(default_factory=_none)
    lines: Int64s = field(default_factory=lambda: np.zeros((0, 2), np.int64))

    def paint(
        self,
        painter: QPainter,
        places: "Places",
        palette: Palette,
        tags: "Tags",
        diameter: float,
    ) -> None:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        self._paint_lines(painter, places, palette)
        self._paint_links(painter, places, palette)
        around = diameter + 9
        named = [(row, palette.text) for row in _one(self.hovered)]
        named += [(row, palette.accent) for row in self.selected[:_MOST_NAMES].tolist()]
        named += [(row, palette.curves[1]) for row in self.neighbors[:_MOST_NAMES].tolist()]
        tags.paint(painter, places, named, around / 2 + 3)
        for row in self.neighbors.tolist():
            _paint_ring(painter, places.of(row), diameter + 5, palette.curves[1], palette.panel)
        self._paint_path(painter, places, palette)
        for row in self.selected[:_MOST_RINGS].tolist():
            _paint_ring(painter, places.of(row), around, palette.accent, palette.panel)
        for row in _one(self.hovered):
            _paint_ring(painter, places.of(row), around + 3, palette.text, palette.panel)

    def _paint_lines(self, painter: QPainter, places: "Places", palette: Palette) -> None:
        if not len(self.lines):
            return
        found = [(places.of(one), places.of(other)) for one, other in self.lines.tolist()]
        lines = [QLineF(a, b) for a, b in found if a is not None and b is not None]
        _draw_lines(painter, lines, QPen(palette.text, 1.2), palette.panel)

    def _paint_links(self, painter: QPainter, places: "Places", palette: Palette) -> None:
        """Lines to the neighbours that are far away on the map."""
        of = None if self.neighbors_of is None else places.of(self.neighbors_of)
        if of is None:
            return
        points = (places.of(row) for row in self.neighbors.tolist())
        lines = [QLineF(of, point) for point in points if point is not None]
        far = [line for line in lines if line.length() > places.far]
        _draw_lines(painter, far, QPen(palette.curves[1], 1.2, Qt.PenStyle.DashLine), palette.panel)

    def _paint_path(self, painter: QPainter, places: "Places", palette: Palette) -> None:
        found = [places.of(row) for row in self.path.tolist()]
        points = [point for point in found if point is not None]
        if not points:
            return
        line = QColor(palette.accent)
        line.setAlpha(130)
        painter.setPen(QPen(line, 1.6))
        painter.drawPolyline(QPolygonF(points))
        font = QFont(painter.font())
        font.setPointSizeF(6.5)
        painter.setFont(font)
        for box, words in self._path_numbers(places):
            painter.setPen(QPen(palette.panel, 1.5))
            painter.setBrush(palette.accent)
            painter.drawRoundedRect(box, _STEP / 2, _STEP / 2)
            painter.setPen(palette.panel)
            painter.drawText(box, Qt.AlignmentFlag.AlignCenter, words)
        painter.setBrush(Qt.BrushStyle.NoBrush)

    def _path_numbers(self, places: "Places") -> list[tuple[QRectF, str]]:
        """Where numbers stand: no one on another, the first of a heap is to be read."""
        found: list[tuple[QRectF, str]] = []
        for row, words in _numbers(self.path.tolist()):
            point = places.of(row)
            if point is None:
                continue
            box = QRectF(0, 0, _STEP + 4.5 * max(len(words) - 2, 0), _STEP)
            box.moveCenter(point)
            if not any(box.intersects(other) for other, _ in found):
                found.append((box, words))
        return found


class Places:
    """Where single rows stand on screen."""

    def __init__(self, x: Float32s, y: Float32s, camera: Camera) -> None:
        self._x, self._y, self._camera = x, y, camera

    @property
    def far(self) -> float:
        """The distance on screen from which on two points are not near each other."""
        return min(_FAR, _FAR_PART * min(self._camera.width, self._camera.height))

    def of(self, row: int) -> QPointF | None:
        """None for a row that is not on the map."""
        if not 0 <= row < len(self._x) or not np.isfinite(self._x[row]):
            return None
        camera = self._camera
        across = (float(self._x[row]) - camera.x) * camera.scale + camera.width / 2
        down = (camera.y - float(self._y[row])) * camera.scale + camera.height / 2
        return QPointF(
            min(max(across, -_BEYOND), _BEYOND),
            min(max(down, -_BEYOND), _BEYOND),
        )


class Tags:
    """The names of marked rows, above the labels of a view, of which they take the places."""

    def __init__(self, painter: LabelPainter, labels: PlacedLabels, palette: Palette) -> None:
        self._painter, self._palette = painter, palette
        self._labels = labels

    def paint(
        self,
        painter: QPainter,
        places: Places,
        named: list[tuple[int, QColor]],
        away: float,
    ) -> None:
        """Rows with a colour each, the most important first; no tag on another."""
        done: set[int] = set()
        boxes: list[QRectF] = []
        for row, color in named:
            point = places.of(row)
            if point is None or row in done:
                continue
            box = self._painter.tag_box(self._label_of(row) or point + QPointF(away, 0), row)
            if not any(box.intersects(other) for other in boxes):
                self._painter.paint_tag(painter, box, row, color, self._palette)
                boxes.append(box)
                done.add(row)

    def _label_of(self, row: int) -> QPointF | None:
        """Where the tag begins that lies on the row's own label."""
        found = np.flatnonzero(self._labels.rows == row)
        if not len(found):
            return None
        left, top = float(self._labels.left[found[0]]), float(self._labels.top[found[0]])
        return QPointF(left - TAG_ROOM, top + LABEL_HEIGHT / 2)


def _numbers(path: list[int]) -> list[tuple[int, str]]:
    """Each row of a path once, with its places on it.

    >>> _numbers([7, 3, 7])
    [(7, '1,3'), (3, '2')]
    """
    found: dict[int, list[str]] = {}
    for place, row in enumerate(path, 1):
        found.setdefault(row, []).append(str(place))
    return [(row, _shortened(numbers)) for row, numbers in found.items()]


def _shortened(numbers: list[str]) -> str:
    return ",".join(numbers) if len(numbers) <= 3 else f"{numbers[0]},{numbers[1]}…"


def _one(row: int | None) -> list[int]:
    return [] if row is None else [row]


def _draw_lines(painter: QPainter, lines: list[QLineF], pen: QPen, halo: QColor) -> None:
    """Lines with a rim, without which they are lost among dots."""
    for each in (QPen(halo, 3.4), pen):
        painter.setPen(each)
        painter.drawLines(lines)


def _paint_ring(
    painter: QPainter, at: QPointF | None, diameter: float, color: QColor, halo: QColor
) -> None:
    if at is None:
        return
    for pen in (QPen(halo, 3.6), QPen(color, 1.8)):
        painter.setPen(pen)
        painter.drawEllipse(at, diameter / 2, diameter / 2)
