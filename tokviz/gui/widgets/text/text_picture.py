"""A picture of a part of the token text, as tall as it needs, whatever is in view."""

from PySide6.QtCore import QPoint, QSize, Qt
from PySide6.QtGui import QImage, QPainter

from tokviz.gui.widgets.pictures import png_of, svg_of
from tokviz.gui.widgets.text.row_painting import Highlights
from tokviz.gui.widgets.text.text_page import TextLook
from tokviz.gui.widgets.text.token_source import TokenSource
from tokviz.gui.widgets.text.token_text_view import TokenTextView

_OFF = Qt.ScrollBarPolicy.ScrollBarAlwaysOff
MOST_ROWS = 800
"""Rows of the tallest picture; more would be too tall for most programs that open one."""


class TextPicture:
    """The rows of the characters [start, end) in a look, `width` pixels wide."""

    def __init__(
        self, source: TokenSource, span: tuple[int, int], look: TextLook, width: int
    ) -> None:
        self._view = TokenTextView()
        self._view.set_editable(False)
        self._view.setVerticalScrollBarPolicy(_OFF)
        self._view.setHorizontalScrollBarPolicy(_OFF)
        self._view.set_colors(look.palette)
        self._view.set_marks_shown(look.marks_shown)
        self._view.set_word_wrap(look.word_wrap)
        self._view.set_zoom(look.zoom)
        self._view.set_source(source)
        self._view.resize(width, 400)
        page = self._view.page
        page.resize(width, 400)
        n_rows = 0
        for row in page.rows.from_row(page.rows.row_at(span[0])):
            if n_rows and row.start >= span[1]:
                break
            n_rows += 1
            if n_rows == MOST_ROWS:
                break
        self.n_rows, self.is_whole = n_rows, n_rows < MOST_ROWS
        self._view.resize(width, n_rows * page.style.row_height)
        page.resize(width, self._view.height())
        self._view.scrolling.go_to(span[0])
        self._view.set_highlights(Highlights())

    @property
    def size(self) -> QSize:
        return self._view.size()

    def image(self, scale: float = 2.0) -> QImage:
        """The picture with `scale` pixels for one of the screen's."""
        image = QImage(self.size * scale, QImage.Format.Format_ARGB32_Premultiplied)
        image.setDevicePixelRatio(scale)
        with QPainter(image) as painter:
            self._paint(painter)
        return image

    def png(self) -> bytes:
        return png_of(self.image())

    def svg(self, title: str) -> bytes:
        return svg_of(self.size, title, self._paint)

    def _paint(self, painter: QPainter) -> None:
        self._view.viewport().render(painter, QPoint(0, 0))
