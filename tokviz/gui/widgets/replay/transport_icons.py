"""The icons of a player, drawn: first, previous, play, pause, next, last, loop."""

from collections.abc import Callable

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QIcon, QPainter, QPainterPath, QPen, QPixmap, QPolygonF

_SIZE = 16
_RATIOS = (1, 2, 3)  # pixels a point on screens of these days


def transport_icon(name: str, color: QColor, disabled: QColor) -> QIcon:
    """The icon of that name in two colours, sharp on screens up to three pixels a point.

    What Qt makes of a light icon for a disabled button looks as if it could be pressed.
    """
    icon = QIcon()
    for ratio in _RATIOS:
        icon.addPixmap(_drawn(name, color, ratio), QIcon.Mode.Normal)
        icon.addPixmap(_drawn(name, disabled, ratio), QIcon.Mode.Disabled)
    return icon


def _drawn(name: str, color: QColor, ratio: int) -> QPixmap:
    pixmap = QPixmap(QSize(_SIZE, _SIZE) * ratio)
    pixmap.setDevicePixelRatio(ratio)
    pixmap.fill(Qt.GlobalColor.transparent)
    with QPainter(pixmap) as painter:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(color, 1, j=Qt.PenJoinStyle.RoundJoin))
        painter.setBrush(color)
        _DRAWINGS[name](painter)
    return pixmap


def _right(painter: QPainter, left: float) -> None:
    painter.drawPolygon(QPolygonF([QPointF(left, 3.5), QPointF(left + 8, 8), QPointF(left, 12.5)]))


def _left(painter: QPainter, right: float) -> None:
    painter.drawPolygon(
        QPolygonF([QPointF(right, 3.5), QPointF(right - 8, 8), QPointF(right, 12.5)])
    )


def _bar(painter: QPainter, left: float, width: float = 1.5) -> None:
    painter.drawRect(QRectF(left, 3.5, width, 9))


def _first(painter: QPainter) -> None:
    _bar(painter, 2.5)
    _left(painter, 13.5)


def _last(painter: QPainter) -> None:
    _bar(painter, 12)
    _right(painter, 2.5)


def _pause(painter: QPainter) -> None:
    _bar(painter, 4, 2.5)
    _bar(painter, 9.5, 2.5)


def _loop(painter: QPainter) -> None:
    color = painter.brush().color()
    painter.setPen(QPen(color, 1.5, c=Qt.PenCapStyle.RoundCap, j=Qt.PenJoinStyle.RoundJoin))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    for turn in (0, 180):  # the lower half is the upper one turned around
        painter.save()
        painter.translate(8, 8)
        painter.rotate(turn)
        way = QPainterPath(QPointF(-5.5, -0.5))
        way.lineTo(-5.5, -1.5)
        way.quadTo(-5.5, -3.7, -3.3, -3.7)
        way.lineTo(5, -3.7)
        painter.drawPath(way)
        painter.drawPolyline(QPolygonF([QPointF(3.2, -6), QPointF(5.5, -3.7), QPointF(3.2, -1.4)]))
        painter.restore()


_DRAWINGS: dict[str, Callable[[QPainter], None]] = {
    "first": _first,
    "previous": lambda painter: _left(painter, 11.5),
    "play": lambda painter: _right(painter, 4.5),
    "pause": _pause,
    "next": lambda painter: _right(painter, 4.5),
    "last": _last,
    "loop": _loop,
}
