"""ScatterView: a map of points that is panned, zoomed, hovered, clicked and selected from.

What it shows, and how, is in `ScatterDisplay`; here is what mouse and keys do with it.
"""

from PySide6.QtCore import QEvent, QRectF, Qt, Signal
from PySide6.QtGui import (
    QKeyEvent,
    QMouseEvent,
    QNativeGestureEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QWheelEvent,
)

from tokviz.gui.widgets.map.scatter_display import ScatterDisplay
from tokviz.gui.widgets.map.scatter_picking import in_lasso, in_rectangle
from tokviz.gui.widgets.map.scatter_pixels import Int64s
from tokviz.gui.widgets.map.scatter_pointer import Press, Tool, paint_region, tool_with

_NOTCH = 1.25  # the zoom of one notch of the wheel
_STEP = 60.0  # pixels an arrow key pans
_CLOSER = 2.0  # the zoom of a double click
_KEYS = {
    Qt.Key.Key_Left: (1, 0),
    Qt.Key.Key_Right: (-1, 0),
    Qt.Key.Key_Up: (0, 1),
    Qt.Key.Key_Down: (0, -1),
}


class ScatterView(ScatterDisplay):
    """The signals tell what was pointed at, as rows; their receiver has it marked."""

    hovered = Signal(object)  # a row or None
    clicked = Signal(int)
    region_selected = Signal(object)  # int64 rows, rising
    cleared = Signal()  # by Esc

    _press: Press | None = None  # of the class: events arrive while an object is still being made

    def __init__(self) -> None:
        super().__init__()
        self._tool = Tool.PAN
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)

    def set_tool(self, tool: Tool) -> None:
        """What dragging does without a key held."""
        self._tool = tool
        self.setCursor(
            Qt.CursorShape.ArrowCursor if tool is Tool.PAN else Qt.CursorShape.CrossCursor
        )

    # -- the mouse -----------------------------------------------------------------------------

    def mousePressEvent(self, event: QMouseEvent) -> None:
        button = event.button()
        if button is Qt.MouseButton.LeftButton:
            tool = tool_with(event.modifiers(), self._tool)
            self._press = Press(tool, button, event.position())
        elif button is Qt.MouseButton.MiddleButton:
            self._press = Press(Tool.PAN, button, event.position())
        else:
            event.ignore()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        press = self._press
        if press is None:
            self._hover(self.row_at(event.position()))
            return
        moved = press.move(event.position())
        if not press.is_drag:
            return
        if press.tool is Tool.PAN:
            self.setCursor(Qt.CursorShape.ClosedHandCursor)
            self.pan(moved.x(), moved.y())
        self.update()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        press = self._press
        if press is None or event.button() is not press.button:
            event.ignore()
            return
        press.move(event.position())
        self._press = None
        self.set_tool(self._tool)  # the cursor of dragging ends
        if press.is_drag and press.tool is not Tool.PAN:
            self.region_selected.emit(self._rows_in(press))
        elif not press.is_drag and press.button is Qt.MouseButton.LeftButton:
            row = self.row_at(event.position())
            if row is not None:
                self.clicked.emit(row)
        if press.is_drag:
            self.update()

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        if event.button() is Qt.MouseButton.LeftButton:
            self.zoom(_CLOSER, event.position())

    def leaveEvent(self, event: QEvent) -> None:
        self._hover(None)

    def wheelEvent(self, event: QWheelEvent) -> None:
        turned = event.angleDelta().y() / 120
        if turned:
            self.zoom(_NOTCH**turned, event.position())
        event.accept()

    def event(self, event: QEvent) -> bool:
        kind = event.type()
        if isinstance(event, QNativeGestureEvent):
            pinched = event.gestureType() is Qt.NativeGestureType.ZoomNativeGesture
            if pinched:
                self.zoom(1 + event.value(), event.position())
            return pinched
        # A shortcut of the window on Esc would otherwise take it from the map.
        drawing = self._press is not None and kind is QEvent.Type.ShortcutOverride
        if drawing and isinstance(event, QKeyEvent) and event.key() == Qt.Key.Key_Escape:
            event.accept()
            return True
        return super().event(event)

    def _rows_in(self, press: Press) -> Int64s:
        across, down = self.screen_places()
        if press.tool is Tool.RECTANGLE:
            return in_rectangle(across, down, *press.corners)
        return in_lasso(across, down, press.outline)

    def _hover(self, row: int | None) -> None:
        if row != self._scene.marks.hovered:
            self.set_hovered(row)
            self.hovered.emit(row)

    # -- keys ----------------------------------------------------------------------------------

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key = event.key()
        if event.modifiers() & (
            Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.AltModifier
        ):
            event.ignore()
        elif key in _KEYS:
            across, down = _KEYS[Qt.Key(key)]
            self.pan(across * _STEP, down * _STEP)
        elif key in (Qt.Key.Key_Plus, Qt.Key.Key_Equal):
            self.zoom(_NOTCH)
        elif key == Qt.Key.Key_Minus:
            self.zoom(1 / _NOTCH)
        elif key in (Qt.Key.Key_0, Qt.Key.Key_F):
            self.fit()
        elif key == Qt.Key.Key_Escape:
            self._escape()
        else:
            event.ignore()

    def _escape(self) -> None:
        """Give up a region that is being drawn, else whatever is marked."""
        if self._press is not None:
            self._press = None
            self.update()
        else:
            self.cleared.emit()

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        with QPainter(self) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            if self._press is not None:
                paint_region(painter, self._press.outline, self._scene.palette)
            if self.hasFocus():
                painter.setPen(QPen(self._scene.palette.accent, 1))
                painter.setBrush(Qt.BrushStyle.NoBrush)
                painter.drawRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5))
