"""HeatMap: a matrix as coloured cells with labels, zoomed by the wheel and moved by the mouse."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QFont,
    QFontMetricsF,
    QImage,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QWheelEvent,
)
from PySide6.QtWidgets import QSizePolicy, QWidget

from tokviz.gui.palette import LIGHT, Palette
from tokviz.gui.widgets.color_mixing import mixed

_ROOM, _NO_ROOM, _TOP, _TITLE = 46.0, 4.0, 44.0, 16.0
_LABELLED = 9.0  # pixels a cell needs for its label
_ZOOM = 1.2
_CLICK = 4.0  # pixels the mouse may move and it is a click still
_LONGEST = 8
_LOW = -8.0  # what is lower has the same colour

Matrix = NDArray[np.float32]


class HeatMap(QWidget):
    """Logarithms of probabilities as colours; NaN is hatched, minus infinity is empty.

    `nothing` is what it says as long as there are no values.
    """

    view_changed = Signal(object)  # QRectF in cells, by the user
    cell_picked = Signal(int, int)
    cell_hovered = Signal(object)  # (row, column) or None

    def __init__(self, title: str, nothing: str = "", *, rows_labelled: bool = True) -> None:
        super().__init__()
        self._title, self._nothing = title, nothing
        self._room = _ROOM if rows_labelled else _NO_ROOM
        self._values: Matrix = np.zeros((0, 0), np.float32)
        self._labels: Sequence[str] = ()
        self._image: QImage | None = None
        self._view = QRectF(0, 0, 1, 1)
        self._row: int | None = None
        self._cell: tuple[int, int] | None = None
        self._pressed: tuple[QPointF, QRectF] | None = None
        self._palette: Palette = LIGHT
        self._colors = color_table(LIGHT)
        self.setMouseTracking(True)
        self.setMinimumSize(QSize(120, 110))
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setAccessibleName(title)

    # -- what it shows -------------------------------------------------------------------------

    def set_matrix(self, values: Matrix, labels: Sequence[str]) -> None:
        """Show a square matrix; the labels are those of rows and columns."""
        if values.shape != self._values.shape:
            self._view = QRectF(0, 0, max(len(values), 1), max(len(values), 1))
        self._values, self._labels, self._image = values, labels, None
        self.update()

    def set_values(self, values: Matrix) -> None:
        """Other values for the same rows and columns."""
        self._values, self._image = values, None
        self.update()

    def set_view(self, view: QRectF) -> None:
        """The cells in view, from the left top one; emits nothing."""
        if view != self._view:
            self._view = view
            self.update()

    def set_row(self, row: int | None) -> None:
        """Frame a row."""
        if row != self._row:
            self._row = row
            self.update()

    def set_cell(self, cell: tuple[int, int] | None) -> None:
        """Mark a cell, as the mouse does."""
        if cell != self._cell:
            self._cell = cell
            self.update()

    def set_colors(self, palette: Palette) -> None:
        self._palette, self._colors, self._image = palette, color_table(palette), None
        self.update()

    @property
    def view(self) -> QRectF:
        return QRectF(self._view)

    @property
    def room(self) -> float:
        """Pixels at the left of the cells, for the labels of the rows."""
        return self._room

    def sizeHint(self) -> QSize:
        return QSize(300, 260)

    # -- places --------------------------------------------------------------------------------

    def area(self) -> QRectF:
        """The pixels of the cells: a square."""
        side = max(1.0, min(self.width() - self._room - 4, self.height() - _TOP - 4))
        return QRectF(self._room, _TOP, side, side)

    def cell_at(self, position: QPointF) -> tuple[int, int] | None:
        """The (row, column) at a place of the widget."""
        area, n = self.area(), len(self._values)
        if not n or not area.contains(position):
            return None
        scale = self._view.width() / area.width()
        column = int(self._view.left() + (position.x() - area.left()) * scale)
        row = int(self._view.top() + (position.y() - area.top()) * scale)
        return (row, column) if 0 <= row < n and 0 <= column < n else None

    def place_of(self, row: int, column: int) -> QRectF:
        """The pixels of a cell."""
        area = self.area()
        size = area.width() / self._view.width()
        left = area.left() + (column - self._view.left()) * size
        return QRectF(left, area.top() + (row - self._view.top()) * size, size, size)

    # -- the mouse -----------------------------------------------------------------------------

    def wheelEvent(self, event: QWheelEvent) -> None:
        turns = event.angleDelta().y() / 120
        if not len(self._values) or not turns:
            return
        area = self.area()
        size = self._view.width() / _ZOOM**turns
        size = min(max(size, 4.0), float(len(self._values)))
        across = (event.position().x() - area.left()) / area.width()
        down = (event.position().y() - area.top()) / area.height()
        left = self._view.left() + across * (self._view.width() - size)
        top = self._view.top() + down * (self._view.height() - size)
        self._move_to(left, top, size)
        event.accept()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self._pressed = (event.position(), QRectF(self._view))

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self._pressed is not None:
            start, view = self._pressed
            scale = view.width() / self.area().width()
            moved = (event.position() - start) * scale
            self._move_to(view.left() - moved.x(), view.top() - moved.y(), view.width())
        self._hover(self.cell_at(event.position()))

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        pressed, self._pressed = self._pressed, None
        cell = self.cell_at(event.position())
        if pressed is None or cell is None:
            return
        if (event.position() - pressed[0]).manhattanLength() <= _CLICK:
            self.cell_picked.emit(*cell)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        self._move_to(0, 0, float(len(self._values)))

    def leaveEvent(self, event: QEvent) -> None:
        self._hover(None)

    def _hover(self, cell: tuple[int, int] | None) -> None:
        if cell != self._cell:
            self.set_cell(cell)
            self.cell_hovered.emit(cell)

    def _move_to(self, left: float, top: float, size: float) -> None:
        most = len(self._values) - size
        view = QRectF(min(max(left, 0), most), min(max(top, 0), most), size, size)
        if view != self._view and size > 0:
            self._view = view
            self.update()
            self.view_changed.emit(QRectF(view))

    # -- painting ------------------------------------------------------------------------------

    def paintEvent(self, event: QPaintEvent) -> None:
        with QPainter(self) as painter:
            font = QFont(self.font())
            font.setPointSizeF(8)
            painter.setFont(font)
            painter.setPen(self._palette.muted)
            painter.drawText(QPointF(2, 11), self._title)
            area = self.area()
            if not len(self._values):
                painter.setPen(QPen(self._palette.line))
                painter.drawRect(area)
                painter.setFont(self.font())
                painter.setPen(self._palette.muted)
                wrapped = Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap
                painter.drawText(area.adjusted(8, 8, -8, -8), wrapped, self._nothing)
                return
            if self._image is None:
                self._image = to_image(self._values, _LOW, self._colors, self._palette.line)
            painter.drawImage(area, self._image, self._view)
            self._paint_labels(painter)
            self._paint_marks(painter)

    def _paint_labels(self, painter: QPainter) -> None:
        size, area = self.area().width() / self._view.width(), self.area()
        if size < _LABELLED:
            return
        metrics = QFontMetricsF(painter.font())
        painter.setPen(self._palette.text)
        first, last = int(self._view.top()), int(np.ceil(self._view.bottom()))
        for row in range(first, min(last, len(self._labels)) if self._room == _ROOM else first):
            middle = self.place_of(row, 0).center().y()
            if area.top() <= middle <= area.bottom():
                words = _short(self._labels[row])
                x = area.left() - 4 - metrics.horizontalAdvance(words)
                painter.drawText(QPointF(x, middle + metrics.ascent() / 2 - 1), words)
        first, last = int(self._view.left()), int(np.ceil(self._view.right()))
        for column in range(first, min(last, len(self._labels))):
            middle = self.place_of(0, column).center().x()
            if area.left() <= middle <= area.right():
                painter.save()
                painter.translate(middle + metrics.ascent() / 2 - 1, area.top() - 3)
                painter.rotate(-90)
                painter.setClipRect(QRectF(0, -20, _TOP - _TITLE, 40))
                painter.drawText(QPointF(0, 0), _short(self._labels[column]))
                painter.restore()

    def _paint_marks(self, painter: QPainter) -> None:
        area = self.area()
        painter.setClipRect(area.adjusted(-1, -1, 1, 1))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        if self._row is not None:
            place = self.place_of(self._row, 0)
            painter.setPen(QPen(self._palette.curves[1], 1.6))
            painter.drawRect(QRectF(area.left(), place.top(), area.width(), place.height()))
        if self._cell is not None:
            place = self.place_of(*self._cell)
            painter.setPen(QPen(self._palette.text, 1))
            painter.drawRect(place.adjusted(-1, -1, 1, 1))
        painter.setPen(QPen(self._palette.line, 1))
        painter.drawRect(area)


def color_table(palette: Palette) -> NDArray[np.uint32]:
    """256 colours from the least to the greatest: background, the accent, the text's colour."""
    stops = (palette.window, palette.accent, palette.text)
    return np.array([_between(stops, i / 255).rgb() for i in range(256)], np.uint32)


def _between(stops: Sequence[QColor], part: float) -> QColor:
    i = min(int(part * (len(stops) - 1)), len(stops) - 2)
    rest = part * (len(stops) - 1) - i
    return mixed(stops[i], stops[i + 1], rest)


def to_image(values: Matrix, low: float, colors: NDArray[np.uint32], unknown: QColor) -> QImage:
    """One pixel a cell. The image has a copy of its pixels."""
    with np.errstate(invalid="ignore"):
        places = np.clip((values - low) * (255 / -low), 0, 255)
    pixels = colors[np.nan_to_num(places, nan=0.0).astype(np.uint8)]
    pixels[np.isnan(values)] = unknown.rgb()
    pixels = np.ascontiguousarray(pixels)
    height, width = pixels.shape
    image = QImage(pixels.data, width, height, width * 4, QImage.Format.Format_RGB32)
    return image.copy()


def _short(label: str) -> str:
    return label if len(label) <= _LONGEST else f"{label[: _LONGEST - 1]}…"
