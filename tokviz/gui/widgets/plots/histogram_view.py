"""HistogramView: how often values occur; dragging over it chooses a range of them."""

import numpy as np
import numpy.typing as npt
from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QFont,
    QFontMetricsF,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
)
from PySide6.QtWidgets import QSizePolicy, QWidget

from tokviz.gui.palette import LIGHT, Palette
from tokviz.gui.widgets.plots.line_plot import ticks

_LEFT, _RIGHT, _TOP, _BOTTOM = 8, 8, 18, 34
_STILL = 3  # pixels a pressed mouse may move and still click
_PART = 50  # an arrow key moves a range by this part of the axis


class HistogramView(QWidget):
    """Bars over an axis. Values that are not finite are counted in words, never drawn."""

    range_chosen = Signal(object)  # (low, high) in the values' units, both included; None: all

    def __init__(self, title: str, n_bins: int = 80) -> None:
        super().__init__()
        self._title = title
        self._n_bins = n_bins
        self._counts = np.zeros(0, np.int64)
        self._edges = np.zeros(1)
        self._n_unknown = 0
        self._palette: Palette = LIGHT
        self._range: tuple[float, float] | None = None
        self._pressed: float | None = None
        self._mouse: float | None = None
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        self.setAccessibleName(f"Histogram: {title}")

    # -- what it shows -------------------------------------------------------------------------

    def set_values(self, values: npt.NDArray[np.floating]) -> None:
        """Count values into bins; the range that was chosen is dropped, nothing is emitted."""
        known = values[np.isfinite(values)].astype(np.float64)
        self._n_unknown = len(values) - len(known)
        self._range = None
        if len(known):
            low, high = float(known.min()), float(known.max())
            # All alike: a bar in the middle of an axis of some width.
            room = 0.0 if high > low else max(abs(low) * 0.01, 1e-6)
            self._counts, self._edges = np.histogram(known, self._n_bins, (low - room, high + room))
        else:
            self._counts, self._edges = np.zeros(0, np.int64), np.zeros(1)
        self._describe()
        self.update()

    def set_colors(self, palette: Palette) -> None:
        self._palette = palette
        self.update()

    @property
    def chosen_range(self) -> tuple[float, float] | None:
        return self._range

    @property
    def counts(self) -> npt.NDArray[np.int64]:
        """The rows in each bin."""
        return self._counts

    def sizeHint(self) -> QSize:
        return QSize(320, 130)

    def minimumSizeHint(self) -> QSize:
        return QSize(140, 90)

    def _describe(self) -> None:
        if len(self._counts):
            words = f"{int(self._counts.sum()):,} values from {_short(self._edges[0])} "
            words += f"to {_short(self._edges[-1])}"
        else:
            words = "no values"
        if self._n_unknown:
            words += f", {self._n_unknown:,} that are not finite"
        self.setAccessibleDescription(words)

    # -- places --------------------------------------------------------------------------------

    def _area(self) -> QRectF:
        return QRectF(self.rect()).adjusted(_LEFT, _TOP, -_RIGHT, -_BOTTOM)

    def _x_of(self, value: float) -> float:
        low, high = float(self._edges[0]), float(self._edges[-1])
        return self._area().left() + (value - low) / (high - low) * self._area().width()

    def _value_at(self, x: float) -> float:
        area, low, high = self._area(), float(self._edges[0]), float(self._edges[-1])
        part = min(max((x - area.left()) / max(area.width(), 1), 0.0), 1.0)
        return low + part * (high - low)

    # -- mouse and keys ------------------------------------------------------------------------

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() is Qt.MouseButton.LeftButton and len(self._counts):
            self._pressed = event.position().x()
        else:
            event.ignore()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        self._mouse = event.position().x()
        if self._pressed is not None and abs(self._mouse - self._pressed) >= _STILL:
            ends = sorted((self._value_at(self._pressed), self._value_at(self._mouse)))
            self._choose((ends[0], ends[1]))
        self.update()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        pressed, self._pressed = self._pressed, None
        if pressed is not None and abs(event.position().x() - pressed) < _STILL:
            self._choose(None)

    def leaveEvent(self, event: QEvent) -> None:
        self._mouse = None
        self.update()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key = event.key()
        steps = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1}
        if key == Qt.Key.Key_Escape and self._range is not None:
            self._choose(None)
        elif key in steps and self._range is not None:
            low, high = float(self._edges[0]), float(self._edges[-1])
            step = steps[Qt.Key(key)] * (high - low) / _PART
            step = min(max(step, low - self._range[0]), high - self._range[1])
            self._choose((self._range[0] + step, self._range[1] + step))
        else:
            event.ignore()

    def _choose(self, chosen: tuple[float, float] | None) -> None:
        if chosen != self._range:
            self._range = chosen
            self.update()
            self.range_chosen.emit(chosen)

    # -- painting ------------------------------------------------------------------------------

    def paintEvent(self, event: QPaintEvent) -> None:
        with QPainter(self) as painter:
            painter.setFont(self._small_font())
            painter.setPen(self._palette.muted)
            painter.drawText(QPointF(_LEFT, 12), self._title)
            area = self._area()
            if len(self._counts) and area.width() > 20 and area.height() > 10:
                self._paint_range(painter, area)
                self._paint_bars(painter, area)
                self._paint_axis(painter, area)
                self._paint_readout(painter)
            else:
                painter.drawText(area, Qt.AlignmentFlag.AlignCenter, "no values")

    def _paint_bars(self, painter: QPainter, area: QRectF) -> None:
        most = max(int(self._counts.max()), 1)
        soft = QColor(self._palette.curves[0])
        soft.setAlpha(90)
        middles = (self._edges[:-1] + self._edges[1:]) / 2
        wide = area.width() / len(self._counts)
        for number, count in enumerate(self._counts.tolist()):
            if not count:
                continue
            # One row alone in a bin is seen, however many are in another.
            high = max(count / most * area.height(), 1.5)
            bar = QRectF(area.left() + number * wide, area.bottom() - high, max(wide - 1, 1), high)
            chosen = self._range is None or (self._range[0] <= middles[number] <= self._range[1])
            painter.fillRect(bar, self._palette.curves[0] if chosen else soft)

    def _paint_range(self, painter: QPainter, area: QRectF) -> None:
        if self._range is None:
            return
        left, right = self._x_of(self._range[0]), self._x_of(self._range[1])
        painter.fillRect(QRectF(left, area.top(), right - left, area.height()), self._wash())
        painter.setPen(QPen(self._palette.accent, 1))
        for x in (left, right):
            painter.drawLine(QPointF(x, area.top()), QPointF(x, area.bottom()))

    def _wash(self) -> QColor:
        return self._palette.accent_soft

    def _paint_axis(self, painter: QPainter, area: QRectF) -> None:
        metrics = QFontMetricsF(painter.font())
        painter.setPen(QPen(self._palette.line, 1))
        painter.drawLine(area.bottomLeft(), area.bottomRight())
        painter.setPen(self._palette.muted)
        for value in ticks(float(self._edges[0]), float(self._edges[-1])):
            words = _short(value)
            wide = metrics.horizontalAdvance(words)
            x = min(max(self._x_of(value) - wide / 2, 0), self.width() - wide)
            painter.drawText(QPointF(x, area.bottom() + 13), words)

    def _paint_readout(self, painter: QPainter) -> None:
        words = self.readout()
        if words:
            painter.setPen(self._palette.text)
            painter.drawText(QPointF(_LEFT, self.height() - 6), words)

    def readout(self) -> str:
        """What is chosen, or what is under the mouse, in words."""
        if not len(self._counts):
            return ""
        if self._range is not None:
            low, high = self._range
            return f"{_short(low)} to {_short(high)} · Esc for all"
        if self._mouse is None:
            return f"{self._n_unknown:,} not finite" if self._n_unknown else ""
        value = np.float64(self._value_at(self._mouse))
        number = int(self._edges.searchsorted(value, "right")) - 1
        number = min(max(number, 0), len(self._counts) - 1)
        ends = f"{_short(self._edges[number])} to {_short(self._edges[number + 1])}"
        return f"{ends}: {int(self._counts[number]):,}"

    def _small_font(self) -> QFont:
        font = QFont(self.font())
        font.setPointSizeF(8.5)
        return font


def _short(value: float) -> str:
    return f"{value:.4g}"
