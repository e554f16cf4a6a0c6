"""ScatterDisplay: a widget that shows a map of points, and the part of it that is in view.

Points and labels are painted once into an image; what follows the pointer is painted above it, so a
hover costs neither a projection nor a label. While it is zoomed, or the points move, only the most
important labels are looked for; they are completed when it rests.
"""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import numpy.typing as npt
from PySide6.QtCore import QPointF, QRect, QSize, Qt, QTimer
from PySide6.QtGui import QImage, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from tokviz.gui.palette import Palette
from tokviz.gui.widgets.map.scatter_camera import Camera, Float32s
from tokviz.gui.widgets.map.scatter_export import scene_svg
from tokviz.gui.widgets.map.scatter_marks import Places, ScatterMarks
from tokviz.gui.widgets.map.scatter_picking import nearest
from tokviz.gui.widgets.map.scatter_pixels import Int64s, Uint32s
from tokviz.gui.widgets.map.scatter_points import Bools
from tokviz.gui.widgets.map.scatter_scene import ScatterScene
from tokviz.gui.widgets.map.scatter_viewport import ScatterViewport

_REACH = 7.0  # pixels around a place in which a point is found
_REST = 140  # ms without motion until the labels are completed
_FEW_MARKS = 4
_AROUND_A_MARK = QRect(-230, -40, 460, 80)  # a ring and its label, from the point


class ScatterDisplay(QWidget):
    """Rows are the points' numbers, from 0. A row that is not finite is on no place."""

    def __init__(self) -> None:
        super().__init__()
        self._scene = ScatterScene()
        self._viewport = ScatterViewport(self._scene.points)
        self._image: QImage | None = None
        self._moving = False
        self._rest = QTimer(self, singleShot=True, interval=_REST)
        self._rest.timeout.connect(self._on_rest)
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
        points = self._scene.points
        before = points.x, points.y
        points.set_points(xy)
        self._scene.place_again()
        if len(before[0]) != len(points.x):
            self._scene.marks = ScatterMarks()
        if keep_view:
            self._viewport.follow(before)
            self._label_fewer()
        else:
            self._viewport.fit()
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
        if self._scene.set_highlight(np.asarray(rows, np.int64), dim_rest):
            self._repaint()

    def set_selected(self, rows: npt.ArrayLike) -> None:
        before, chosen = self._scene.marks.selected, np.atleast_1d(np.asarray(rows, np.int64))
        self._scene.marks.selected = chosen
        if len(before) + len(chosen) <= _FEW_MARKS:
            self._update_around([*before.tolist(), *chosen.tolist()])
        else:
            self.update()

    def set_hovered(self, row: int | None) -> None:
        before = self._scene.marks.hovered
        if row != before:
            self._scene.marks.hovered = row
            self._update_around([changed for changed in (before, row) if changed is not None])

    def _update_around(self, rows: list[int]) -> None:
        """Paint anew where marks of some rows were or are."""
        for row in rows:
            place = self.screen_place(row)
            if place is not None:
                self.update(_AROUND_A_MARK.translated(place.toPoint()))

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

    def set_palette(self, palette: Palette) -> None:
        self._scene.set_palette(palette)
        self._repaint()

    @property
    def n_points(self) -> int:
        """How many points there are, those on no place included."""
        return len(self._scene.points.x)

    @property
    def n_labels(self) -> int:
        """How many labels are in view."""
        labels = self._scene.placed_labels(self.camera, self._moving)
        inside = (labels.left >= 0) & (labels.left < self.width())
        inside &= (labels.top >= 0) & (labels.top < self.height())
        return int(inside.sum())

    # -- the camera ----------------------------------------------------------------------------

    @property
    def camera(self) -> Camera:
        # A window that is not shown yet has a size but hears nothing of it.
        self._viewport.resize(float(self.width()), float(self.height()))
        return self._viewport.camera

    def cover(self, above: float, below: float) -> None:
        """So many pixels at the top and at the bottom are under other widgets."""
        self._move(lambda: self._viewport.cover(above, below))

    def fit(self) -> None:
        """Show everything."""
        self._move(self._viewport.fit)

    def reset(self) -> None:
        """Show everything, with nothing marked."""
        self._scene.marks = ScatterMarks()
        self._scene.set_highlight(np.zeros(0, np.int64), False)
        self._repaint()
        self.fit()

    def zoom_to(self, rows: npt.ArrayLike) -> None:
        """Bring rows into view, as close as they all fit; those on no place do not count."""
        self._move(lambda: self._viewport.zoom_to(rows))

    def zoom(self, factor: float, at: QPointF | None = None) -> None:
        """Closer by a factor, around a pixel or the middle."""
        at = at or QPointF(self.width() / 2, self.height() / 2)
        self._move(lambda: self._viewport.zoom(factor, at.x(), at.y()))

    def pan(self, across: float, down: float) -> None:
        """Drag the map by so many pixels."""
        self._move(lambda: self._viewport.pan(across, down))

    def _move(self, how: Callable[[], None]) -> None:
        before = self.camera
        how()
        if self.camera != before:
            if self.camera.scale != before.scale:
                self._label_fewer()
            self._repaint()

    def screen_place(self, row: int) -> QPointF | None:
        """Where a row stands in the widget; None if it is on no place."""
        points = self._scene.points
        return Places(points.x, points.y, self.camera).of(row)

    def screen_places(self) -> tuple[Float32s, Float32s]:
        """Where all points stand in the widget; those on no place at infinity."""
        return self.camera.screen(self._scene.points.x, self._scene.points.y)

    def row_at(self, place: QPointF) -> int | None:
        """The point under a pixel of the widget."""
        across, down = self.screen_places()
        reach = _REACH + self._scene.diameter(self.camera) / 2
        return nearest(across, down, (place.x(), place.y()), reach)

    def _label_fewer(self) -> None:
        """Until it rests, a view that changes altogether has the most important labels only."""
        self._moving = True
        self._rest.start()

    def _on_rest(self) -> None:
        self._moving = False
        self._repaint()

    # -- pictures ------------------------------------------------------------------------------

    def render(self, size: QSize, scale: float = 1.0) -> QImage:  # type: ignore[override]
        """What is in view as an image of `size` times `scale` pixels."""
        return self._scene.picture(self._viewport.camera_for(size.width(), size.height()), scale)

    def save_svg(self, path: str | Path, size: QSize) -> None:
        """What is in view as a file of shapes and letters. Raises `OSError`."""
        Path(path).write_bytes(
            scene_svg(self._scene, self._viewport.camera_for(size.width(), size.height()))
        )

    # -- painting ------------------------------------------------------------------------------

    def sizeHint(self) -> QSize:
        return QSize(520, 420)

    def minimumSizeHint(self) -> QSize:
        return QSize(160, 120)

    def resizeEvent(self, event: QResizeEvent) -> None:
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
            self._scene.paint_marks(painter, self.camera, self._moving)

    def _describe(self) -> None:
        points = self._scene.points
        words = f"{points.n_drawn:,} points"
        if len(points.x) > points.n_drawn:
            words += f"; without a place: {len(points.x) - points.n_drawn:,}"
        self.setAccessibleDescription(words)
