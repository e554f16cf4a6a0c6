"""LinePlot: a few curves over one axis, named at their ends, read off under the mouse."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import floor, inf, log10

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt
from PySide6.QtGui import (
    QColor,
    QFont,
    QFontMetricsF,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QPolygonF,
)
from PySide6.QtWidgets import QSizePolicy, QWidget

from tokviz.gui.palette import LIGHT, Palette

_LEFT, _RIGHT, _TOP, _BOTTOM = 52, 100, 22, 26
_N_TICKS = 4


@dataclass(frozen=True, eq=False)
class Curve:
    """A named curve: `x` rising and `y`, float64, of one length; `dashed` beside its colour."""

    name: str
    x: NDArray[np.float64]
    y: NDArray[np.float64]
    dashed: bool = False


class LinePlot(QWidget):
    """Curves on linear axes. What is not known (NaN) is a gap, never a zero.

    `nothing` is what it says as long as there is no curve.
    """

    def __init__(self, x_title: str, y_title: str, nothing: str = "") -> None:
        super().__init__()
        self._titles = (x_title, y_title)
        self._nothing = nothing
        self._curves: Sequence[Curve] = ()
        self._palette: Palette = LIGHT
        self._mouse: float | None = None
        self.setMouseTracking(True)
        self.setMinimumHeight(110)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)

    def set_curves(self, curves: Sequence[Curve]) -> None:
        self._curves = [curve for curve in curves if len(curve.x)]
        self.update()

    def set_colors(self, palette: Palette) -> None:
        self._palette = palette
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(420, 170)

    def readout(self, x: float) -> str:
        """The values of all curves at the last point not right of `x`, in words."""
        words = []
        for curve in self._curves:
            i = int(curve.x.searchsorted(x, "right")) - 1
            if i >= 0 and np.isfinite(curve.y[i]):
                words.append(f"{curve.name} {curve.y[i]:.3f}")
        return f"{self._titles[0]} {x:,.0f}: " + ", ".join(words) if words else ""

    # -- the mouse -----------------------------------------------------------------------------

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        self._mouse = event.position().x()
        self.update()

    def leaveEvent(self, event: QEvent) -> None:
        self._mouse = None
        self.update()

    # -- painting ------------------------------------------------------------------------------

    def paintEvent(self, event: QPaintEvent) -> None:
        with QPainter(self) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            if not self._curves:
                painter.setPen(self._palette.muted)
                wrapped = Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap
                painter.drawText(self.rect().adjusted(8, 8, -8, -8), wrapped, self._nothing)
                return
            painter.setFont(self._small_font())
            area = QRectF(self.rect()).adjusted(_LEFT, _TOP, -_RIGHT, -_BOTTOM)
            if area.width() < 20 or area.height() < 20:
                return
            frame = _Frame.around(self._curves, area)
            self._paint_axes(painter, frame)
            for curve, color in zip(self._curves, self._colors(), strict=False):
                _paint_curve(painter, frame, curve, color)
            self._paint_names(painter, frame)
            self._paint_readout(painter, frame)

    def _paint_axes(self, painter: QPainter, frame: "_Frame") -> None:
        area, metrics = frame.area, QFontMetricsF(painter.font())
        for value in ticks(frame.low[1], frame.high[1]):
            y = frame.place(frame.low[0], value).y()
            painter.setPen(QPen(self._palette.line, 1))
            painter.drawLine(QPointF(area.left(), y), QPointF(area.right(), y))
            painter.setPen(self._palette.muted)
            words = f"{value:g}"
            x = area.left() - 6 - metrics.horizontalAdvance(words)
            painter.drawText(QPointF(x, y + metrics.ascent() / 2 - 1), words)
        free = -inf
        for value in ticks(frame.low[0], frame.high[0]):
            if value % 1:  # tokens and steps are counted; a half would be written as the next one
                continue
            words = f"{value:,.0f}"
            width = metrics.horizontalAdvance(words)
            x = frame.place(value, frame.low[1]).x() - width / 2
            if x >= free:
                painter.drawText(QPointF(x, area.bottom() + 14), words)
                free = x + width + 6
        painter.drawText(QPointF(2, area.top() - 10), self._titles[1])
        x = area.right() + 28
        painter.drawText(QPointF(x, area.bottom() + 14), self._titles[0])

    def _paint_names(self, painter: QPainter, frame: "_Frame") -> None:
        """Each name at its curve's end, moved where two would stand on each other."""
        metrics = QFontMetricsF(painter.font())
        ends = []
        for curve, color in zip(self._curves, self._colors(), strict=False):
            known = np.flatnonzero(np.isfinite(curve.y))
            if len(known):
                last = int(known[-1])
                ends.append((frame.place(curve.x[last], curve.y[last]).y(), curve.name, color))
        ends.sort(key=lambda end: end[0])
        heights = _apart([y for y, _, _ in ends], metrics.height(), frame.area)
        for y, (_, name, color) in zip(heights, ends, strict=True):
            painter.setPen(color)
            painter.drawText(QPointF(frame.area.right() + 6, y + metrics.ascent() / 2), name)

    def _paint_readout(self, painter: QPainter, frame: "_Frame") -> None:
        area = frame.area
        if self._mouse is None or not area.left() <= self._mouse <= area.right():
            return
        painter.setPen(QPen(self._palette.muted, 1, Qt.PenStyle.DotLine))
        painter.drawLine(QPointF(self._mouse, area.top()), QPointF(self._mouse, area.bottom()))
        words = self.readout(frame.x_at(self._mouse))
        metrics = QFontMetricsF(painter.font())
        box = QRectF(0, 0, metrics.horizontalAdvance(words) + 12, metrics.height() + 6)
        left = min(self._mouse + 8, self.width() - box.width())
        box.moveTopLeft(QPointF(left, area.bottom() - box.height() - 4))
        painter.fillRect(box, self._palette.panel)
        painter.setPen(self._palette.text)
        painter.drawText(box, Qt.AlignmentFlag.AlignCenter, words)

    def _colors(self) -> tuple[QColor, ...]:
        return self._palette.curves

    def _small_font(self) -> QFont:
        font = QFont(self.font())
        font.setPointSizeF(8.5)
        return font


@dataclass(frozen=True)
class _Frame:
    """Where values stand: the ranges of both axes and the rectangle they fill."""

    low: tuple[float, float]
    high: tuple[float, float]
    area: QRectF

    @staticmethod
    def around(curves: Sequence[Curve], area: QRectF) -> "_Frame":
        xs = np.concatenate([curve.x for curve in curves])
        ys = np.concatenate([curve.y[np.isfinite(curve.y)] for curve in curves])
        if not len(ys):
            ys = np.zeros(1)
        low, high = (float(xs.min()), float(ys.min())), (float(xs.max()), float(ys.max()))
        return _Frame(low, (max(high[0], low[0] + 1), max(high[1], low[1] + 1e-9)), area)

    def place(self, x: float, y: float) -> QPointF:
        across = (x - self.low[0]) / (self.high[0] - self.low[0])
        up = (y - self.low[1]) / (self.high[1] - self.low[1])
        area = self.area
        return QPointF(area.left() + across * area.width(), area.bottom() - up * area.height())

    def lines(self, x: NDArray[np.float64], y: NDArray[np.float64]) -> list[QPolygonF]:
        """A curve in pixels, in pieces where it is not known in between."""
        area, known = self.area, np.isfinite(y)
        across = (x - self.low[0]) / (self.high[0] - self.low[0])
        up = (y - self.low[1]) / (self.high[1] - self.low[1])
        places = np.stack(
            [area.left() + across * area.width(), area.bottom() - up * area.height()], axis=1
        )
        cuts = np.flatnonzero(np.diff(known)) + 1
        pieces = zip(np.split(places, cuts), np.split(known, cuts), strict=True)
        return [
            QPolygonF([QPointF(a, b) for a, b in piece.tolist()])
            for piece, is_known in pieces
            if len(piece) and is_known[0]
        ]

    def x_at(self, pixel: float) -> float:
        across = (pixel - self.area.left()) / self.area.width()
        return self.low[0] + across * (self.high[0] - self.low[0])


def _apart(heights: list[float], gap: float, area: QRectF) -> list[float]:
    """Rising heights moved down until they lie `gap` apart, and up again from the area's end."""
    found = list(heights)
    for i in range(1, len(found)):
        found[i] = max(found[i], found[i - 1] + gap)
    lowest = area.bottom() - gap / 3
    for i in range(len(found) - 1, -1, -1):
        found[i] = min(found[i], lowest)
        lowest = found[i] - gap
    return found


def _paint_curve(painter: QPainter, frame: _Frame, curve: Curve, color: QColor) -> None:
    style = Qt.PenStyle.DashLine if curve.dashed else Qt.PenStyle.SolidLine
    painter.setPen(QPen(color, 1.8, style))
    step = max(1, round(len(curve.x) / frame.area.width()))  # more points than pixels say no more
    last = len(curve.x) - 1
    # Not np.unique, which imports numpy.ma when it is called first: a frame of its own.
    chosen = np.append(np.arange(0, last, step), last)
    for piece in frame.lines(curve.x[chosen], curve.y[chosen]):
        painter.drawPolyline(piece)


def ticks(low: float, high: float) -> list[float]:
    """Round values between two bounds, about four.

    >>> ticks(0.9, 4.2)
    [1.0, 2.0, 3.0, 4.0]
    """
    step = (high - low) / _N_TICKS
    scale: float = 10.0 ** floor(log10(step))
    nice = next(f * scale for f in (1, 2, 5, 10) if f * scale >= step)
    first = np.ceil(low / nice - 1e-9)
    return [float(first + i) * nice for i in range(10) if (first + i) * nice <= high + nice * 1e-9]
