"""StepScrubber: a slider over the steps of a replay, with a dot a step where there is room."""

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QSlider

from tokviz.gui.palette import LIGHT, Palette
from tokviz.gui.widgets.slider_handle import HANDLE_ROOM, paint_handle

_DOT_ROOM = 7.0  # pixels between two steps that are both worth a dot


class StepScrubber(QSlider):
    """Qt's slider with its keys and its accessibility; a press anywhere goes there."""

    def __init__(self) -> None:
        super().__init__(Qt.Orientation.Horizontal)
        self._palette: Palette = LIGHT
        self.setRange(0, 0)
        self.setPageStep(1)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def set_colors(self, palette: Palette) -> None:
        self._palette = palette
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(240, 24)

    def minimumSizeHint(self) -> QSize:
        return QSize(60, 24)

    def x_of(self, step: int) -> float:
        """The pixel of a step."""
        wide = self.width() - 2 * HANDLE_ROOM
        return HANDLE_ROOM + wide * step / max(self.maximum(), 1)

    def step_at(self, x: float) -> int:
        """The step nearest to a pixel."""
        wide = max(self.width() - 2 * HANDLE_ROOM, 1)
        share = min(max((x - HANDLE_ROOM) / wide, 0.0), 1.0)
        return round(share * self.maximum())

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() != Qt.MouseButton.LeftButton:
            event.ignore()
            return
        self.setSliderDown(True)
        self.setSliderPosition(self.step_at(event.position().x()))

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self.isSliderDown():
            self.setSliderPosition(self.step_at(event.position().x()))

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton:
            self.setSliderDown(False)
            self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        with QPainter(self) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(Qt.PenStyle.NoPen)
            middle = self.height() / 2
            left, right, here = self.x_of(0), self.width() - HANDLE_ROOM, self.x_of(self.value())
            for end, color in ((right, self._palette.line), (here, self._palette.accent)):
                painter.setBrush(color)
                painter.drawRoundedRect(QRectF(left, middle - 1.5, end - left, 3), 1.5, 1.5)
            steps = self.maximum()
            if not steps:
                return
            if (right - left) / steps >= _DOT_ROOM:
                for step in range(steps + 1):
                    done = step <= self.value()
                    painter.setBrush(self._palette.accent if done else self._palette.faint)
                    painter.drawEllipse(QPointF(self.x_of(step), middle), 2.2, 2.2)
            active = self.hasFocus() or self.isSliderDown()
            paint_handle(painter, QPointF(here, middle), self._palette, active=active)
