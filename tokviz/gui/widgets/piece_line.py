"""PieceLine: a line of text cut into pieces, each with a colour and a border."""

from collections.abc import Sequence
from html import escape

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QFontMetricsF, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from tokviz.gui.palette import LIGHT, Palette
from tokviz.gui.widgets.text.text_style import token_font

_POINTS = 10.0
_PADDING, _GAP, _ROW_GAP = 3, 2, 3
_N_ROWS = 2


class PieceLine(QWidget):
    """As many pieces as there is room for in two rows; or a sentence in their place."""

    def __init__(self) -> None:
        super().__init__()
        self._palette: Palette = LIGHT
        self._pieces: list[str] = []
        self._words = ""
        self._face = token_font(_POINTS)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    @property
    def pieces(self) -> list[str]:
        """What is drawn."""
        return self._pieces

    @property
    def words(self) -> str:
        return self._words

    def set_pieces(self, pieces: Sequence[str]) -> None:
        """Draw these, in which white space is marked already."""
        self._pieces = list(pieces)
        self._words = ""
        drawn = " | ".join(self._pieces)
        self._show(f"The open text at the caret, cut into {len(pieces):,} pre-tokens: {drawn}")

    def set_words(self, words: str) -> None:
        """Say why there are no pieces."""
        self._pieces, self._words = [], words
        self._show(words)

    def _show(self, described: str) -> None:
        self.setAccessibleName(described)
        # Whole, where there is no room for it; a tooltip guesses HTML otherwise.
        self.setToolTip(f"<p>{escape(described)}</p>")
        self.update()

    def set_colors(self, palette: Palette) -> None:
        self._palette = palette
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(200, round(_N_ROWS * (self._row_height() + _ROW_GAP)))

    def _row_height(self) -> float:
        return QFontMetricsF(self._face).height() + 4

    def paintEvent(self, event: QPaintEvent) -> None:
        with QPainter(self) as painter:
            if self._words:
                painter.setPen(self._palette.bad)
                flags = Qt.TextFlag.TextWordWrap | Qt.AlignmentFlag.AlignTop
                painter.drawText(self.rect(), flags, self._words)
            else:
                self._paint_pieces(painter)

    def _paint_pieces(self, painter: QPainter) -> None:
        metrics, height = QFontMetricsF(self._face), self._row_height()
        painter.setFont(self._face)
        x, row = 0.0, 0
        for i, piece in enumerate(self._pieces):
            width = metrics.horizontalAdvance(piece) + 2 * _PADDING
            if x and x + width > self.width():
                x, row = 0.0, row + 1
            if row >= _N_ROWS:
                return
            rect = QRectF(x + 0.5, row * (height + _ROW_GAP) + 0.5, width, height - 1)
            painter.setPen(self._palette.token_border)
            painter.setBrush(self._palette.tokens[i % len(self._palette.tokens)])
            painter.drawRect(rect)
            painter.setPen(self._palette.token_text)
            painter.drawText(rect, Qt.AlignmentFlag.AlignCenter, piece)
            x += width + _GAP
