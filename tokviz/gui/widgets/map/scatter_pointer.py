"""What a pressed mouse is doing on a map: clicking, dragging it, or drawing a region."""

from enum import Enum

from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QPainter, QPen, QPolygonF

from tokviz.gui.palette import Palette

_APART = 3  # pixels between two corners of a lasso
_STILL = 4  # pixels a pressed mouse may move and still click


class Tool(Enum):
    """What dragging on a map does; the value is its name on screen."""

    PAN = "Pan"
    RECTANGLE = "Rectangle"
    LASSO = "Lasso"


def tool_with(keys: Qt.KeyboardModifier, chosen: Tool) -> Tool:
    """The tool while keys are held: Shift draws a rectangle, Ctrl a lasso."""
    if keys & Qt.KeyboardModifier.ShiftModifier:
        return Tool.RECTANGLE
    if keys & Qt.KeyboardModifier.ControlModifier:
        return Tool.LASSO
    return chosen


class Press:
    """From the press of a button to its release; places are pixels of the widget."""

    def __init__(self, tool: Tool, button: Qt.MouseButton, place: QPointF) -> None:
        self.tool = tool
        self.button = button
        self.is_drag = False
        self._start = self._last = place
        self._line = [(place.x(), place.y())]

    def move(self, place: QPointF) -> QPointF:
        """How far the mouse has come since it last moved; nothing until it is a drag."""
        if not self.is_drag and (place - self._start).manhattanLength() < _STILL:
            return QPointF()
        self.is_drag = True
        moved, self._last = place - self._last, place
        if (place - QPointF(*self._line[-1])).manhattanLength() >= _APART:
            self._line.append((place.x(), place.y()))
        return moved

    @property
    def corners(self) -> tuple[tuple[float, float], tuple[float, float]]:
        """Where it began and where it is."""
        return (self._start.x(), self._start.y()), (self._last.x(), self._last.y())

    @property
    def outline(self) -> list[tuple[float, float]]:
        """The corners of the region that is drawn; nothing while the map is dragged."""
        (left, top), (right, bottom) = self.corners
        if self.tool is Tool.PAN or not self.is_drag:
            return []
        if self.tool is Tool.RECTANGLE:
            return [(left, top), (right, top), (right, bottom), (left, bottom)]
        return self._line


def paint_region(painter: QPainter, outline: list[tuple[float, float]], palette: Palette) -> None:
    """The region that is being drawn."""
    painter.setPen(QPen(palette.accent, 1.2, Qt.PenStyle.DashLine))
    painter.setBrush(palette.selection)
    painter.drawPolygon(QPolygonF([QPointF(*corner) for corner in outline]))
    painter.setBrush(Qt.BrushStyle.NoBrush)
