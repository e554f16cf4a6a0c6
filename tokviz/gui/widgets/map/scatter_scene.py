"""ScatterScene: everything a map shows and how it is painted, on screen, into an image or an SVG.

The window, a saved picture and the command line all paint with this, so they show the same pixels.
"""

from functools import partial

import numpy as np
from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QImage, QPainter

from tokviz.gui.palette import LIGHT, Palette
from tokviz.gui.widgets.map.color_scale import density_stops
from tokviz.gui.widgets.map.scatter_camera import Camera
from tokviz.gui.widgets.map.scatter_density import CELL, color_ramp, colored, densities
from tokviz.gui.widgets.map.scatter_label_painting import LabelPainter
from tokviz.gui.widgets.map.scatter_labels import (
    LabelOrder,
    PlacedLabels,
    most_labels,
    place_labels,
    sheet_of,
)
from tokviz.gui.widgets.map.scatter_marks import Places, ScatterMarks, Tags
from tokviz.gui.widgets.map.scatter_pixels import Canvas, Int64s, dot, mixed
from tokviz.gui.widgets.map.scatter_points import ScatterPoints, dot_diameter

ANCHOR = 4.0  # diameter of the dot that a label belongs to where the points are smaller


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
        self._placed: PlacedLabels | None = None
        self._labels_for: tuple[Camera, bool] | None = None  # of which view they were placed

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
        above = self.points.above
        if above is not None:  # what is dimmed has no label
            known = known[above[known]]
        self._order.set(self.points.x, self.points.y, known)
        self._labels_for = None

    def diameter(self, camera: Camera) -> float:
        fit = self.points.bounds.fit_scale(camera.width, camera.height)
        return dot_diameter(self.points.n_drawn, camera, camera.scale / fit)

    def set_highlight(self, rows: Int64s, dim_rest: bool) -> bool:
        """Whether that changes the picture."""
        if not (len(rows) or dim_rest or self.points.is_highlighted):
            return False
        self.points.set_highlight(rows, dim_rest)
        self.place_again()
        return True

    # -- what lies below: points and labels ----------------------------------------------------

    def image(self, camera: Camera, ratio: float, moving: bool = False) -> QImage:
        """Points and labels at so many device pixels a pixel.

        The image looks into the scene's own canvas and is good until the next call; copy it to
        keep it.
        """
        width, height = max(round(camera.width * ratio), 1), max(round(camera.height * ratio), 1)
        if self._canvas is None or (self._canvas.width, self._canvas.height) != (width, height):
            self._canvas = Canvas(width, height)
        canvas, ground = self._canvas, self.palette.panel.rgb()
        image = _image_of(canvas)
        if self.density:
            with QPainter(image) as painter:
                painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
                self.paint_density(painter, camera, ratio)
        else:
            canvas.clear(ground)
            self.points.draw(canvas, camera, ratio, self.diameter(camera), ground)
        labels = self.placed_labels(camera, moving)
        if self.has_anchors(camera):
            self._stamp_anchors(canvas, labels, camera, ratio)
        image.setDevicePixelRatio(ratio)
        with QPainter(image) as painter:
            self.labels.paint(painter, labels, self.palette, ratio)
        return image

    def placed_labels(self, camera: Camera, moving: bool = False) -> PlacedLabels:
        """The labels of a view; while it moves only those of the most important points."""
        away = max(self.diameter(camera), ANCHOR) / 2 + 2.5
        if moving:
            return self._place_labels(camera, away, moving)
        sheet, left, top = sheet_of(camera)
        return self._place_labels(sheet, away, moving).moved(left, top)

    def _place_labels(self, camera: Camera, away: float, moving: bool) -> PlacedLabels:
        if self._placed is None or self._labels_for != (camera, moving):
            candidates = self._order.candidates(camera, moving)
            most, width_of = most_labels(camera), self.labels.width_of
            self._placed = place_labels(candidates, width_of, camera, away, most)
            self._labels_for = (camera, moving)
        return self._placed

    def has_anchors(self, camera: Camera) -> bool:
        """Whether a labelled point is marked: where dots are small one could not tell it else."""
        return self.density or self.diameter(camera) < ANCHOR

    def _stamp_anchors(
        self, canvas: Canvas, labels: PlacedLabels, camera: Camera, ratio: float
    ) -> None:
        """A small dot in the letters' colour, within a rim that keeps it apart from the others."""
        x, y = self.points.x[labels.rows], self.points.y[labels.rows]
        for color, diameter in ((self.palette.panel, ANCHOR + 2), (self.palette.text, ANCHOR)):
            stamp = dot(diameter * ratio)
            tint = np.full(len(x), color.rgb(), np.uint32)
            ground = self.palette.panel.rgb()
            placed = canvas.place(camera, ratio, x, y, stamp.size)
            canvas.stamp(placed, stamp, partial(mixed, tint, ground))

    def paint_density(self, painter: QPainter, camera: Camera, ratio: float) -> None:
        """The whole view in colours of how many points lie where."""
        ramp = color_ramp(*(color.rgb() for color in density_stops(self.palette)))
        cells = colored(densities(self.points.x, self.points.y, camera), ramp)
        high, wide = cells.shape
        small = QImage(cells.reshape(-1).data, wide, high, 4 * wide, QImage.Format.Format_RGB32)
        painter.drawImage(QRectF(0, 0, wide * CELL * ratio, high * CELL * ratio), small)

    # -- what lies above -----------------------------------------------------------------------

    def paint_marks(self, painter: QPainter, camera: Camera, moving: bool = False) -> None:
        places = Places(self.points.x, self.points.y, camera)
        tags = Tags(self.labels, self.placed_labels(camera, moving), self.palette)
        self._paint_selected(painter, places, self.diameter(camera))
        self.marks.paint(painter, places, self.palette, tags, self.diameter(camera))

    def _paint_selected(self, painter: QPainter, places: Places, diameter: float) -> None:
        """The dots of selected points once more, as others may lie on them."""
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        for row in self.marks.selected.tolist():
            point = places.of(row)
            if point is not None and not self.points.is_hollow(row):
                painter.setBrush(QColor(self.points.color_of(row)))
                painter.drawEllipse(point, diameter / 2, diameter / 2)

    def picture(self, camera: Camera, ratio: float) -> QImage:
        """All of it as an image of its own."""
        image = self.image(camera, ratio).copy()
        with QPainter(image) as painter:
            self.paint_marks(painter, camera)
        return image


def _image_of(canvas: Canvas) -> QImage:
    """The canvas as Qt sees it: the same memory."""
    pixels = canvas.inner.data
    stride = 4 * canvas.stride
    return QImage(pixels, canvas.width, canvas.height, stride, QImage.Format.Format_RGB32)
