"""VocabularyCurve: how many tokens a text has after k merges, and the playhead that chooses k.

The curve is the slider: one drags along it, and the part up to the playhead is coloured.
"""

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QEvent, QLineF, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QFont,
    QFontMetricsF,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QPixmap,
    QResizeEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QSizePolicy, QWidget

from tokviz.gui.palette import LIGHT, Palette
from tokviz.gui.widgets.own_keys import is_own_key
from tokviz.gui.widgets.plots.curve_plot import CurvePlot
from tokviz.gui.widgets.plots.merge_axis import MergeAxis
from tokviz.gui.widgets.slider_handle import HANDLE_ROOM, paint_handle

_FACTOR = 1.25  # of one page key or one notch of the wheel
_LABEL_ROOM = 18
_SLIM = 30  # pixels high, without labels
_KEYS = {
    Qt.Key.Key_Left,
    Qt.Key.Key_Right,
    Qt.Key.Key_Down,
    Qt.Key.Key_Up,
    Qt.Key.Key_PageDown,
    Qt.Key.Key_PageUp,
    Qt.Key.Key_Home,
    Qt.Key.Key_End,
}


class VocabularyCurve(QWidget):
    """A step function over the number of merges, on a logarithmic axis, with a playhead."""

    moved = Signal(int)  # the user moved the playhead to so many merges

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._palette: Palette = LIGHT
        self._n_merges = np.zeros(0, np.int64)
        self._n_tokens = np.zeros(0, np.int64)
        self._changes = np.zeros(1, np.int64)  # where the text changes, and 0
        self._most = 0
        self._value = 0
        self._pictures: tuple[QPixmap, QPixmap] | None = None  # made when they are painted
        self._hovered: float | None = None
        self._dragged = False
        self._wheel = 0.0
        self._slim = False
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMouseTracking(True)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAccessibleName("Number of merges")

    # -- what it shows -------------------------------------------------------------------------

    def set_curve(
        self, n_merges: NDArray[np.int64], n_tokens: NDArray[np.int64], most: int
    ) -> None:
        """Show `n_tokens[i]` from `n_merges[i]` merges on, up to `most`; the first is at 0.

        A playhead at the end stays at the end, any other at its number of merges. Nothing is
        emitted. Empty arrays, or no merges, are shown as a calm line.
        """
        at_end = self._value == self._most
        self._n_merges = np.asarray(n_merges, np.int64)
        self._n_tokens = np.asarray(n_tokens, np.int64)
        self._most = most if len(self._n_merges) else 0
        changed = np.flatnonzero(np.diff(self._n_tokens)) + 1
        self._changes = np.append(np.int64(0), self._n_merges[changed])
        self._pictures = None
        self._hovered = None
        self._place(self._most if at_end else min(self._value, self._most))

    def set_value(self, k: int) -> None:
        """Place the playhead, held within the curve; emits nothing."""
        self._place(min(max(k, 0), self._most))

    def set_colors(self, palette: Palette) -> None:
        self._palette = palette
        self._pictures = None
        self.update()

    def set_slim(self, slim: bool) -> None:
        """A strip without labels below, for where there is little height."""
        if slim != self._slim:
            self._slim = slim
            self._pictures = None
            self.updateGeometry()
            self.update()

    @property
    def value(self) -> int:
        """The number of merges the playhead is at."""
        return self._value

    @property
    def most(self) -> int:
        return self._most

    def tokens_at(self, k: int) -> int:
        """The number of tokens after k merges; 0 while there is no curve."""
        if not len(self._n_merges):
            return 0
        return int(self._n_tokens[self._n_merges.searchsorted(np.int64(k), side="right") - 1])

    @property
    def hint(self) -> str:
        """The words beside the mouse or the dragged playhead; "" while neither is there."""
        k = self._hinted()
        return "" if k is None else self._words(k)

    def sizeHint(self) -> QSize:
        return QSize(480, _SLIM if self._slim else 84)

    def minimumSizeHint(self) -> QSize:
        """Where it is not slim yet it will be by the time there is less room than it asks for; a
        least height would make a low window higher before."""
        return QSize(160, _SLIM if self._slim else 1)

    def _place(self, k: int) -> None:
        self._value = k
        self.setAccessibleDescription(self._words(k) if self._most else "no merges")
        self.update()

    def _words(self, k: int) -> str:
        n = self.tokens_at(k)
        merges = f"{k:,} merge" + ("s" if k != 1 else "")
        return f"{merges} · {n:,} token" + ("s" if n != 1 else "")

    # -- moving the playhead -------------------------------------------------------------------

    def _move(self, k: int) -> None:
        k = min(max(k, 0), self._most)
        if k != self._value:
            self._place(k)
            self.moved.emit(k)

    def _neighbor(self, step: int) -> int:
        """The nearest number of merges at which the text differs from what it is now."""
        here = int(self._changes.searchsorted(np.int64(self._value), side="right")) - 1
        there = here + step
        if there < 0:
            return 0
        return int(self._changes[there]) if there < len(self._changes) else self._most

    def _scaled(self, factor: float) -> int:
        k = round((self._value + 1) * factor) - 1
        if factor > 1:
            return max(k, self._value + 1)
        return min(k, self._value - 1)

    def event(self, event: QEvent) -> bool:
        # A shortcut of the panel on Left or Home would otherwise take the key from the slider.
        return is_own_key(event, _KEYS) or super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key = event.key()
        if not self._most or event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier:
            event.ignore()
        elif key in (Qt.Key.Key_Left, Qt.Key.Key_Down):
            self._move(self._neighbor(-1))
        elif key in (Qt.Key.Key_Right, Qt.Key.Key_Up):
            self._move(self._neighbor(1))
        elif key in (Qt.Key.Key_PageUp, Qt.Key.Key_PageDown):
            self._move(self._scaled(_FACTOR if key == Qt.Key.Key_PageUp else 1 / _FACTOR))
        elif key in (Qt.Key.Key_Home, Qt.Key.Key_End):
            self._move(0 if key == Qt.Key.Key_Home else self._most)
        else:
            event.ignore()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() != Qt.MouseButton.LeftButton or not self._most:
            event.ignore()
            return
        self._dragged = True
        self._drag_to(event)
        self.update()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        self._hovered = event.position().x()
        if self._dragged:
            self._drag_to(event)
        self.update()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton:
            self._dragged = False
            self.update()

    def leaveEvent(self, event: QEvent) -> None:
        self._hovered = None
        self.update()

    def wheelEvent(self, event: QWheelEvent) -> None:
        delta = event.angleDelta()
        turned = delta.y() if abs(delta.y()) >= abs(delta.x()) else -delta.x()
        self._wheel += turned / 120
        if self._most and abs(self._wheel) >= 0.25:  # a touchpad turns in small parts of a notch
            self._move(self._scaled(_FACTOR**self._wheel))
            self._wheel = 0.0
        event.accept()

    def _drag_to(self, event: QMouseEvent) -> None:
        # Some desktops move windows with Alt, so Shift is taken as well.
        free = Qt.KeyboardModifier.AltModifier | Qt.KeyboardModifier.ShiftModifier
        self._move(self._axis().k_at(event.position().x(), snap=not event.modifiers() & free))

    def _hinted(self) -> int | None:
        if not self._most:
            return None
        if self._dragged:
            return self._value
        return None if self._hovered is None else self._axis().k_at(self._hovered, snap=True)

    # -- painting ------------------------------------------------------------------------------

    def resizeEvent(self, event: QResizeEvent) -> None:
        self._pictures = None

    def changeEvent(self, event: QEvent) -> None:
        self._pictures = None  # the font may be another
        super().changeEvent(event)

    def _axis(self) -> MergeAxis:
        return MergeAxis(self._most, HANDLE_ROOM, self.width() - HANDLE_ROOM)

    def _plot(self) -> CurvePlot:
        floor = self.height() - (1 if self._slim else _LABEL_ROOM) + 0.5
        return CurvePlot(self._axis(), self._n_merges, self._n_tokens, HANDLE_ROOM, floor)

    def paintEvent(self, event: QPaintEvent) -> None:
        plot = self._plot()
        with QPainter(self) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            if self._most:
                self._paint_curve(painter, plot)
                self._paint_playhead(painter, plot)
                self._paint_hint(painter, plot)
            else:
                painter.setPen(QPen(self._palette.line, 1))
                painter.drawLine(QLineF(plot.axis.left, plot.floor, plot.axis.right, plot.floor))

    def _paint_curve(self, painter: QPainter, plot: CurvePlot) -> None:
        ratio = self.devicePixelRatioF()
        if self._pictures is None or self._pictures[0].devicePixelRatioF() != ratio:
            font = self._small_font()
            self._pictures = plot.pictures(self.size(), ratio, font, self._palette)
        behind, ahead = self._pictures
        x = plot.axis.x_of(self._value)
        painter.setClipRect(QRectF(0, 0, x, self.height()))
        painter.drawPixmap(0, 0, behind)
        painter.setClipRect(QRectF(x, 0, self.width() - x, self.height()))
        painter.drawPixmap(0, 0, ahead)
        painter.setClipping(False)

    def _paint_playhead(self, painter: QPainter, plot: CurvePlot) -> None:
        x = plot.axis.x_of(self._value)
        y = float(plot.y_of(np.array([self.tokens_at(self._value)], float))[0])
        painter.setPen(QPen(self._palette.accent, 1))
        painter.drawLine(QLineF(x, 1, x, plot.floor))
        paint_handle(painter, QPointF(x, y), self._palette, active=self.hasFocus() or self._dragged)

    def _paint_hint(self, painter: QPainter, plot: CurvePlot) -> None:
        k = self._hinted()
        if k is None:
            return
        x = plot.axis.x_of(k)
        if not self._dragged:
            painter.setPen(QPen(self._palette.faint, 1, Qt.PenStyle.DotLine))
            painter.drawLine(QLineF(x, 1, x, plot.floor))
        painter.setFont(self._small_font())
        words = self._words(k)
        wide = QFontMetricsF(painter.font()).horizontalAdvance(words) + 14
        left = x + 10 if x + 10 + wide <= self.width() else x - 10 - wide
        place = QRectF(max(left, 1.0), 2.5, wide, 20)
        painter.setPen(QPen(self._palette.line, 1))
        painter.setBrush(self._palette.panel)
        painter.drawRoundedRect(place, 4, 4)
        painter.setPen(self._palette.text)
        painter.drawText(place, Qt.AlignmentFlag.AlignCenter, words)

    def _small_font(self) -> QFont:
        font = QFont(self.font())
        font.setPointSizeF(max(6.0, font.pointSizeF() * 0.85))
        return font
