"""ScatterScene: everything a map shows and how it is painted, on screen, into an image or an SVG.

The window, a saved picture and the command line all paint with this, so they show the same pixels.
"""

import numpy as np
from PySide6.QtCore import QPointF, QSize, Qt
from PySide6.QtGui import QColor, QImage, QPainter, QPen, QPolygonF

from tokviz.gui.palette import LIGHT, Palette
from tokviz.gui.widgets.scatter_camera import Camera
from tokviz.gui.widgets.scatter_density import CELL, color_ramp, colored, densities
from tokviz.gui.widgets.scatter_label_painting import LabelPainter
from tokviz.gui.widgets.scatter_labels import LabelOrder, PlacedLabel, most_labels, place_labels
from tokviz.gui.widgets.scatter_marks import Places, ScatterMarks
from tokviz.gui.widgets.scatter_pixels import Canvas, Int64s
from tokviz.gui.widgets.scatter_points import ScatterPoints, dot_diameter

_ANCHOR = 3.4  # diameter of the dot that a label points to


class ScatterScene:
    """Points, labels and marks of one map; knows no widget and no mouse."""

    def __init__(self) -> None:
        self.points = ScatterPoints()
        self.labels = LabelPainter()
        self.marks = ScatterMarks()
        self.palette: Palette = LIGHT
        self.density = False
        self._order = LabelOrder()
        self._priority: Int64s = np.zeros(0, np.int64)
        self._canvas: Canvas | None = None

    def set_palette(self, palette: Palette) -> None:
        self.palette = palette
        self.points.forget_tints()

    def set_priority(self, priority: Int64s) -> None:
        self._priority = np.asarray(priority, np.int64)
        self.place_again()

    def place_again(self) -> None:
        """The points stand elsewhere, or their labels have another order."""
        n = len(self.points.x)
        known = self._priority[(self._priority >= 0) & (self._priority < n)]
        self._order.set(self.points.x, self.points.y, known)

    def diameter(self, camera: Camera) -> float:
        fit = self.points.bounds.fit_scale(camera.width, camera.height)
        return dot_diameter(self.points.n_drawn, camera, camera.scale / fit)

    # -- what lies below: points and labels ----------------------------------------------------

    def image(self, camera: Camera, ratio: float, moving: bool = False) -> QImage:
        """Points and labels at so many device pixels a pixel.

        The image looks into the scene's own canvas and is good until the next call; copy it to
        keep it.
        """
        if self.density:
            return self._density_image(camera, ratio)
        width, height = round(camera.width * ratio), round(camera.height * ratio)
        if self._canvas is None or (self._canvas.width, self._canvas.height) != (width, height):
            self._canvas = Canvas(max(width, 1), max(height, 1))
        canvas = self._canvas
        ground = self.palette.panel.rgb()
        canvas.clear(ground)
        self.points.draw(canvas, camera, ratio, self.diameter(camera), ground)
        image = QImage(
            canvas.inner.data,
            canvas.width,
            canvas.height,
            4 * canvas.stride,
            QImage.Format.Format_RGB32,
        )
        image.setDevicePixelRatio(ratio)
        self._paint_labels_on(image, camera, ratio, moving)
        return image

    def _paint_labels_on(self, image: QImage, camera: Camera, ratio: float, moving: bool) -> None:
        labels = self.placed_labels(camera, moving)
        if labels:
            with QPainter(image) as painter:
                self.paint_anchors(painter, labels)
                self.labels.paint(painter, labels, self.palette, ratio)

    def placed_labels(self, camera: Camera, moving: bool = False) -> list[PlacedLabel]:
        return place_labels(
            self._order.candidates(camera, moving),
            self.labels.width_of,
            camera,
            self.diameter(camera) / 2 + 3,
            most_labels(camera),
        )

    def paint_anchors(self, painter: QPainter, labels: list[PlacedLabel]) -> None:
        """A small dot in the letters' colour, so that a label among many points has its own."""
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        points = QPolygonF([QPointF(label.across, label.down) for label in labels])
        for color, width in ((self.palette.panel, _ANCHOR + 2), (self.palette.text, _ANCHOR)):
            painter.setPen(QPen(color, width, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap))
            painter.drawPoints(points)

    def _density_image(self, camera: Camera, ratio: float) -> QImage:
        palette = self.palette
        strong = palette.text.rgb() if palette.dark else QColor("#0b2559").rgb()
        ramp = color_ramp(palette.panel.rgb(), palette.accent.rgb(), strong)
        cells = colored(densities(self.points.x, self.points.y, camera), ramp)
        high, wide = cells.shape
        small = QImage(cells.reshape(-1).data, wide, high, 4 * wide, QImage.Format.Format_RGB32)
        size = QSize(round(camera.width * ratio), round(camera.height * ratio))
        whole = QSize(round(wide * CELL * ratio), round(high * CELL * ratio))
        smooth = Qt.TransformationMode.SmoothTransformation
        image = small.scaled(whole, Qt.AspectRatioMode.IgnoreAspectRatio, smooth)
        image = image.copy(0, 0, size.width(), size.height())
        image.setDevicePixelRatio(ratio)
        self._paint_labels_on(image, camera, ratio, False)
        return image

    # -- what lies above -----------------------------------------------------------------------

    def paint_marks(self, painter: QPainter, camera: Camera) -> None:
        places = Places(self.points.x, self.points.y, camera)
        self.marks.paint(painter, places, self.palette, self.labels, self.diameter(camera))

    def picture(self, camera: Camera, ratio: float) -> QImage:
        """All of it as an image of its own."""
        image = self.image(camera, ratio).copy()
        with QPainter(image) as painter:
            self.paint_marks(painter, camera)
        return image
