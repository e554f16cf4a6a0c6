"""The round handle that all sliders of the program share."""

from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QColor, QPainter, QPen

from tokviz.gui.palette import Palette

HANDLE_RADIUS = 5.0
HANDLE_ROOM = 10  # free pixels a handle needs on each side, with the halo that shows the focus


def paint_handle(painter: QPainter, center: QPointF, palette: Palette, *, active: bool) -> None:
    """A disc in the accent colour; `active` (focused, dragged) adds a halo."""
    if active:
        halo = QColor(palette.accent)
        halo.setAlpha(60)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(halo)
        painter.drawEllipse(center, HANDLE_RADIUS + 4, HANDLE_RADIUS + 4)
    painter.setPen(QPen(palette.panel, 2))
    painter.setBrush(palette.accent)
    painter.drawEllipse(center, HANDLE_RADIUS + 1, HANDLE_RADIUS + 1)
