"""A map as SVG: every dot a shape, every label letters."""

import numpy as np
from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPainterPath, QPen

from tokviz.gui.widgets.pictures import svg_of
from tokviz.gui.widgets.scatter_camera import Camera
from tokviz.gui.widgets.scatter_scene import ANCHOR, ScatterScene

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
    """All points of a colour and a kind as one path: a shape each would be many times as long."""
    diameter = scene.diameter(camera)
    for shown in scene.points.kinds(scene.palette.panel.rgb()):
        across, down = camera.screen(shown.x, shown.y)
        in_view = (across > -diameter) & (across < camera.width + diameter)
        in_view &= (down > -diameter) & (down < camera.height + diameter)
        colors, which = np.unique(shown.colors[in_view], return_inverse=True)
        order = np.argsort(which, kind="stable")
        edges = np.searchsorted(which[order], np.arange(len(colors) + 1))
        across, down = across[in_view][order], down[in_view][order]
        for number, color in enumerate(colors.tolist()):
            here = slice(edges[number], edges[number + 1])
            path = QPainterPath()
            for x, y in zip(across[here].tolist(), down[here].tolist(), strict=True):
                if shown.hollow:
                    path.addEllipse(x - 2.5, y - 2.5, 5, 5)
                else:
                    path.moveTo(x, y)
                    path.lineTo(x + _A_DOT, y)
            width = 1.2 if shown.hollow else diameter
            cap = Qt.PenCapStyle.RoundCap
            painter.strokePath(path, QPen(QColor(color), width, Qt.PenStyle.SolidLine, cap))


def _paint_anchors(painter: QPainter, scene: ScatterScene, camera: Camera) -> None:
    rows = scene.placed_labels(camera).rows
    across, down = camera.screen(scene.points.x[rows], scene.points.y[rows])
    painter.setPen(QPen(scene.palette.panel, 1))
    painter.setBrush(scene.palette.text)
    for x, y in zip(across.tolist(), down.tolist(), strict=True):
        painter.drawEllipse(QPointF(x, y), ANCHOR / 2, ANCHOR / 2)
    painter.setBrush(Qt.BrushStyle.NoBrush)
