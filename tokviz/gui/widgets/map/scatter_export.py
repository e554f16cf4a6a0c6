"""A map as SVG: every dot a shape, every label letters."""

from collections.abc import Iterator

import numpy as np
from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPainterPath, QPen

from tokviz.gui.widgets.map.scatter_camera import Camera, Float32s
from tokviz.gui.widgets.map.scatter_pixels import Uint32s
from tokviz.gui.widgets.map.scatter_points import RING_WIDTH, ring_diameter
from tokviz.gui.widgets.map.scatter_scene import ANCHOR, ScatterScene
from tokviz.gui.widgets.pictures import svg_of

_DOTS_A_PATH = 1000  # some programs refuse longer shapes, Qt among them
_MOST_PATHS = 5000
_MOST_ROUNDS = 100
_A_DOT = 0.01  # length of a line whose round ends make it a dot


def scene_svg(scene: ScatterScene, camera: Camera) -> bytes:
    """What a camera sees of a scene, as the content of an SVG file."""
    size = QSize(round(camera.width), round(camera.height))

    def paint(painter: QPainter) -> None:
        painter.fillRect(QRectF(0, 0, camera.width, camera.height), scene.palette.panel)
        if scene.density:
            scene.paint_density(painter, camera, 1.0)
        else:
            _paint_points(painter, scene, camera)
        if scene.has_anchors(camera):
            _paint_anchors(painter, scene, camera)
        scene.labels.paint_outlined(painter, scene.placed_labels(camera), scene.palette)
        scene.paint_marks(painter, camera)

    return svg_of(size, "Map of an embedding table", paint)


def _paint_points(painter: QPainter, scene: ScatterScene, camera: Camera) -> None:
    diameter = scene.diameter(camera)
    for kind in scene.points.kinds(scene.palette.panel.rgb()):
        across, down = camera.screen(kind.x, kind.y)
        shows = (across > -diameter) & (across < camera.width + diameter)
        shows &= (down > -diameter) & (down < camera.height + diameter)
        places = np.stack((across[shows], down[shows]), axis=1)
        for color, alike in _of_a_color(places, kind.colors[shows]):
            pen = QPen(QColor(color), RING_WIDTH if kind.hollow else diameter)
            pen.setCapStyle(Qt.PenCapStyle.RoundCap)
            for start in range(0, len(alike), _DOTS_A_PATH):
                some = alike[start : start + _DOTS_A_PATH]
                painter.strokePath(_path(some, diameter, kind.hollow), pen)


def _of_a_color(places: Float32s, colors: Uint32s) -> Iterator[tuple[int, list[list[float]]]]:
    """Points of one colour, a few at a time from all over the map.

    A colour after the other with all its points, and the last would cover all that came before.
    """
    if not len(places):
        return
    n_colors = len(np.unique(colors))
    n_rounds = min(max(_MOST_PATHS // n_colors, 1), _MOST_ROUNDS)
    for start in range(n_rounds):
        here = colors[start::n_rounds]
        for color in np.unique(here).tolist():
            yield color, places[start::n_rounds][here == color].tolist()


def _path(places: list[list[float]], diameter: float, hollow: bool) -> QPainterPath:
    """Dots of one colour as one shape: a shape each would be many times as long."""
    path = QPainterPath()
    reach = ring_diameter(diameter) / 2
    for x, y in places:
        if hollow:
            path.addEllipse(QPointF(x, y), reach, reach)
        else:
            path.moveTo(x, y)
            path.lineTo(x + _A_DOT, y)
    return path


def _paint_anchors(painter: QPainter, scene: ScatterScene, camera: Camera) -> None:
    rows = scene.placed_labels(camera).rows
    across, down = camera.screen(scene.points.x[rows], scene.points.y[rows])
    painter.setPen(QPen(scene.palette.panel, 1))
    painter.setBrush(scene.palette.text)
    for x, y in zip(across.tolist(), down.tolist(), strict=True):
        painter.drawEllipse(QPointF(x, y), ANCHOR / 2, ANCHOR / 2)
    painter.setBrush(Qt.BrushStyle.NoBrush)
