"""ScatterView: a map of points that is panned, zoomed, hovered, clicked and selected from.

Points and labels are painted once into an image; what follows the pointer is painted above it, so a
hover costs neither a projection nor a label. While the map moves only the most important labels
are looked for; they are completed when it rests.
"""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import numpy.typing as npt
from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, QTimer, Signal
from PySide6.QtGui import (
    QImage,
    QKeyEvent,
    QMouseEvent,
    QNativeGestureEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QPolygonF,
    QResizeEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QSizePolicy, QWidget

from tokviz.gui.palette import Palette
from tokviz.gui.widgets.scatter_camera import Bounds, Camera, Float32s
from tokviz.gui.widgets.scatter_export import scene_svg
from tokviz.gui.widgets.scatter_following import followed
from tokviz.gui.widgets.scatter_marks import Places, ScatterMarks
from tokviz.gui.widgets.scatter_picking import in_lasso, in_rectangle, nearest
from tokviz.gui.widgets.scatter_pixels import Int64s, Uint32s
from tokviz.gui.widgets.scatter_pointer import Press, Tool, tool_with
from tokviz.gui.widgets.scatter_points import Bools
from tokviz.gui.widgets.scatter_scene import ScatterScene

__all__ = ["ScatterView", "Tool"]

_REACH = 7.0  # pixels around the pointer in which a point is found
_REST = 140  # ms without motion until the labels are completed
_NOTCH = 1.25  # the zoom of one notch of the wheel
_STEP = 60.0  # pixels an arrow key pans
_CLOSER = 2.0  # the zoom of a double click
_KEYS = {
    Qt.Key.Key_Left: (1, 0),
    Qt.Key.Key_Right: (-1, 0),
    Qt.Key.Key_Up: (0, 1),
    Qt.Key.Key_Down: (0, -1),
}


class ScatterView(QWidget):
    """Rows are the points' numbers, from 0. A row that is not finite is on no place."""

    hovered = Signal(object)  # a row or None
    clicked = Signal(int)
    region_selected = Signal(object)  # int64 rows, rising
    cleared = Signal()  # by Esc
    camera_changed = Signal()

    _press: Press | None = None  # of the class: events arrive while an object is still being made

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._scene = ScatterScene()
        self._camera: Camera | None = None
        self._fitted = True  # nobody has moved the view since it last showed everything
        self._image: QImage | None = None
        self._moving = False
        self._rest = QTimer(self, singleShot=True, interval=_REST)
        self._rest.timeout.connect(self._on_rest)
        self._tool = Tool.PAN
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setAccessibleName("Map of the embedding table")
        self._describe()

    # -- what it shows -------------------------------------------------------------------------

    def set_points(self, xy: Float32s, keep_view: bool = False) -> None:
        """A new layout, float32 (n, 2); NaN rows are not drawn.

        `keep_view` is for the next frame of a moving layout: a view of everything goes on showing
        everything, any other follows the layout as it moves and grows.
        """
        before = self._scene.points.x, self._scene.points.y
        self._scene.points.set_points(xy)
        self._scene.place_again()
        points = self._scene.points
        if not keep_view or self._camera is None:
            self._fitted = True
            self._camera = None
        elif not self._fitted:
            self._camera = followed(self._camera, before, (points.x, points.y))
        elif not _still_fits(self._camera, points.bounds):
            self._camera = None
        self._describe()
        self._repaint()

    def set_colors(self, argb: Uint32s) -> None:
        """One 0xAARRGGBB a point; alpha is not looked at."""
        self._scene.points.set_colors(argb)
        self._repaint()

    def set_labels(self, label_of: Callable[[int], str], priority: Int64s) -> None:
        """`label_of(row)`: plain text; `priority`: rows in order of importance."""
        self._scene.labels.set_text(label_of)
        self._scene.set_priority(priority)
        self._repaint()

    def set_classes(self, hollow: Bools | None) -> None:
        """Which points are drawn as rings."""
        self._scene.points.set_hollow(hollow)
        self._repaint()

    def set_highlight(self, rows: npt.ArrayLike, dim_rest: bool) -> None:
        """Draw rows above the others, which are dimmed if so wished."""
        self._scene.points.set_highlight(np.asarray(rows, np.int64), dim_rest)
        self._repaint()

    def set_selected(self, rows: npt.ArrayLike) -> None:
        self._scene.marks.selected = np.atleast_1d(np.asarray(rows, np.int64))
        self.update()

    def set_hovered(self, row: int | None) -> None:
        if row != self._scene.marks.hovered:
            self._scene.marks.hovered = row
            self.update()

    def set_neighbors(self, rows: npt.ArrayLike, of: int | None) -> None:
        """Mark rows, with lines from `of` to those that are far from it on the map."""
        self._scene.marks.neighbors = np.asarray(rows, np.int64)
        self._scene.marks.neighbors_of = of
        self.update()

    def set_path(self, rows: npt.ArrayLike) -> None:
        """A numbered path through rows."""
        self._scene.marks.path = np.asarray(rows, np.int64)
        self.update()

    def set_lines(self, pairs: npt.ArrayLike) -> None:
        """Lines between the two rows of each pair, (m, 2)."""
        self._scene.marks.lines = np.asarray(pairs, np.int64).reshape(-1, 2)
        self.update()

    def set_density(self, on: bool) -> None:
        """Show how many points lie where instead of the points."""
        self._scene.density = on
        self._repaint()

    def set_tool(self, tool: Tool) -> None:
        """What dragging does without a key held."""
        self._tool = tool
        self.setCursor(
            Qt.CursorShape.ArrowCursor if tool is Tool.PAN else Qt.CursorShape.CrossCursor
        )

    def set_palette(self, palette: Palette) -> None:
        self._scene.set_palette(palette)
        self._repaint()

    @property
    def hovered_row(self) -> int | None:
        return self._scene.marks.hovered

    # -- the camera ----------------------------------------------------------------------------

    @property
    def camera(self) -> Camera:
        if self._camera is None:
            self._camera = Camera.fitting(self._scene.points.bounds, self.width(), self.height())
        return self._camera

    def fit(self) -> None:
        """Show everything."""
        self._fitted = True
        self._move(Camera.fitting(self._scene.points.bounds, self.width(), self.height()))

    def reset(self) -> None:
        """Show everything, with nothing marked."""
        self._scene.marks = ScatterMarks()
        self._scene.points.set_highlight(np.zeros(0, np.int64), False)
        self.fit()

    def zoom_to(self, rows: npt.ArrayLike) -> None:
        """Bring rows into view, as close as they all fit; those on no place do not count."""
        points = self._scene.points
        chosen = np.asarray(rows, np.int64)
        chosen = chosen[(chosen >= 0) & (chosen < len(points.x))]
        chosen = chosen[np.isfinite(points.x[chosen])]
        if not len(chosen):
            return
        bounds = Bounds.around(points.x[chosen], points.y[chosen])
        closest = self._fit_scale() * 40  # a single point is shown with those around it
        camera = Camera.fitting(bounds, self.width(), self.height())
        self._look(Camera(camera.x, camera.y, min(camera.scale, closest), *self._size()))

    def screen_place(self, row: int) -> QPointF | None:
        """Where a row stands in the widget; None if it is on no place."""
        points = self._scene.points
        return Places(points.x, points.y, self.camera).of(row)

    def zoom(self, factor: float, at: QPointF | None = None) -> None:
        """Closer by a factor, around a pixel or the middle."""
        at = at or QPointF(self.width() / 2, self.height() / 2)
        self._look(self.camera.zoomed(factor, at.x(), at.y(), self._fit_scale()))

    def _look(self, camera: Camera) -> None:
        self._fitted = False
        self._move(camera)

    def _move(self, camera: Camera) -> None:
        if camera != self._camera:
            self._camera = camera
            self._moving = True
            self._rest.start()
            self._repaint()
            self.camera_changed.emit()

    def _on_rest(self) -> None:
        self._moving = False
        self._repaint()

    def _fit_scale(self) -> float:
        return self._scene.points.bounds.fit_scale(self.width(), self.height())

    def _size(self) -> tuple[float, float]:
        return float(self.width()), float(self.height())

    # -- pictures ------------------------------------------------------------------------------

    def render(self, size: QSize, scale: float = 1.0) -> QImage:  # type: ignore[override]
        """What is in view as an image of `size` times `scale` pixels."""
        return self._scene.picture(self.camera.resized(size.width(), size.height()), scale)

    def save_svg(self, path: str | Path, size: QSize) -> None:
        """What is in view as a file of shapes and letters. Raises `OSError`."""
        Path(path).write_bytes(
            scene_svg(self._scene, self.camera.resized(size.width(), size.height()))
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
            self._look(self.camera.panned(moved.x(), moved.y()))
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

    def row_at(self, place: QPointF) -> int | None:
        """The point under a pixel of the widget."""
        points = self._scene.points
        across, down = self.camera.screen(points.x, points.y)
        reach = _REACH + self._scene.diameter(self.camera) / 2
        return nearest(across, down, (place.x(), place.y()), reach)

    def _rows_in(self, press: Press) -> Int64s:
        points = self._scene.points
        across, down = self.camera.screen(points.x, points.y)
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
            self._look(self.camera.panned(across * _STEP, down * _STEP))
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

    # -- painting ------------------------------------------------------------------------------

    def sizeHint(self) -> QSize:
        return QSize(520, 420)

    def minimumSizeHint(self) -> QSize:
        return QSize(160, 120)

    def resizeEvent(self, event: QResizeEvent) -> None:
        if self._fitted:
            self._camera = None
        elif self._camera is not None:
            self._camera = self._camera.resized(*self._size())
        self._repaint()

    def _repaint(self) -> None:
        self._image = None
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        ratio = self.devicePixelRatioF()
        if self._image is None or self._image.devicePixelRatioF() != ratio:
            self._image = self._scene.image(self.camera, ratio, self._moving)
        with QPainter(self) as painter:
            painter.drawImage(0, 0, self._image)
            self._scene.paint_marks(painter, self.camera)
            self._paint_region(painter)
            if self.hasFocus():
                painter.setPen(QPen(self._scene.palette.accent, 1))
                painter.setBrush(Qt.BrushStyle.NoBrush)
                painter.drawRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5))

    def _paint_region(self, painter: QPainter) -> None:
        if self._press is not None and self._press.outline:
            painter.setPen(QPen(self._scene.palette.accent, 1.2, Qt.PenStyle.DashLine))
            painter.setBrush(self._scene.palette.selection)
            painter.drawPolygon(QPolygonF([QPointF(*corner) for corner in self._press.outline]))

    def _describe(self) -> None:
        points = self._scene.points
        words = f"{points.n_drawn:,} points"
        if len(points.x) > points.n_drawn:
            words += f", {len(points.x) - points.n_drawn:,} rows without a place"
        self.setAccessibleDescription(words)


def _still_fits(camera: Camera, bounds: Bounds) -> bool:
    """Whether a view of everything still is one, with some play, so that it does not tremble."""
    wanted = Camera.fitting(bounds, camera.width, camera.height)
    moved = abs(wanted.x - camera.x) + abs(wanted.y - camera.y)
    return 0.97 < wanted.scale / camera.scale < 1.12 and moved * camera.scale < 12
