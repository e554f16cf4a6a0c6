"""Pictures of what is on screen, as the content of a file: PNG and SVG."""

from collections.abc import Callable

from PySide6.QtCore import QBuffer, QIODevice, QPoint, QRect, QSize
from PySide6.QtGui import QImage, QPainter
from PySide6.QtSvg import QSvgGenerator
from PySide6.QtWidgets import QWidget


def png_of(image: QImage) -> bytes:
    """An image as the content of a PNG file."""
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    image.save(buffer, "PNG")  # type: ignore[call-overload]
    return bytes(buffer.data().data())


def svg_of(size: QSize, title: str, paint: Callable[[QPainter], None]) -> bytes:
    """What `paint` draws into so many pixels, as the content of an SVG file."""
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    generator = QSvgGenerator()
    generator.setOutputDevice(buffer)
    generator.setSize(size)
    generator.setViewBox(QRect(QPoint(0, 0), size))
    generator.setTitle(title)
    with QPainter(generator) as painter:
        paint(painter)
    return bytes(buffer.data().data())


def widget_png(widget: QWidget) -> bytes:
    """A widget as it is on screen."""
    return png_of(widget.grab().toImage())


def widget_svg(widget: QWidget, title: str) -> bytes:
    """A widget as it is on screen, its letters and lines as such."""

    def paint(painter: QPainter) -> None:
        widget.render(painter, QPoint(0, 0))

    return svg_of(widget.size(), title, paint)
