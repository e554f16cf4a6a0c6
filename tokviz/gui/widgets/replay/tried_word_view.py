"""TriedWordView: a word character by character, with the stretch that is looked up in brackets."""

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QFontMetricsF, QPainter, QPaintEvent, QPen, QResizeEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from tokviz.gui.palette import LIGHT, Palette
from tokviz.gui.widgets.text.text_style import text_style

_SIDE = 12.0
_TOP = 6.0
_CELL_HEIGHT = 26.0
_LINE = 46.0  # a line of cells with the bracket under it
_NARROWEST = 20.0
_MIDDLE = Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextDontClip


@dataclass(frozen=True)
class Stretch:
    """The characters [start, end) of the word, and whether the vocabulary has them."""

    start: int
    end: int
    found: bool


class TriedWordView(QWidget):
    """Cells that break into lines; found pieces are washed and closed, the tried one bracketed."""

    def __init__(self) -> None:
        super().__init__()
        self._palette: Palette = LIGHT
        self._font = text_style(12, False, LIGHT.faint).font
        self._mark_font = text_style(9, False, LIGHT.faint).font
        self._characters: Sequence[str] = ()
        self._pieces: Sequence[tuple[int, int]] = ()
        self._tried: Stretch | None = None
        self._cell = _NARROWEST
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAccessibleName("The word and what is looked up")

    # -- what it shows -------------------------------------------------------------------------

    def set_word(self, characters: Sequence[str]) -> None:
        """Another word: what is painted for each of its characters."""
        metrics = QFontMetricsF(self._font)
        wide = max(map(metrics.horizontalAdvance, characters), default=0.0)
        self._characters, self._cell = characters, max(wide + 8, _NARROWEST)
        self._pieces, self._tried = (), None
        self._fit()

    def set_state(self, pieces: Sequence[tuple[int, int]], tried: Stretch | None) -> None:
        """The pieces found so far, and the stretch that is looked up now."""
        self._pieces, self._tried = pieces, tried
        words = ""
        if tried is not None:
            name = "".join(self._characters[tried.start : tried.end])
            words = f"{name}: {'in' if tried.found else 'not in'} the vocabulary"
        self.setAccessibleDescription(words)
        self.update()

    @property
    def tried(self) -> Stretch | None:
        return self._tried

    @property
    def pieces(self) -> Sequence[tuple[int, int]]:
        return self._pieces

    def set_colors(self, palette: Palette) -> None:
        self._palette = palette
        self.update()

    # -- layout --------------------------------------------------------------------------------

    @property
    def _a_line(self) -> int:
        return max(int((self.width() - 2 * _SIDE) // self._cell), 1)

    def _fit(self) -> None:
        lines = -(-max(len(self._characters), 1) // self._a_line)
        self.setFixedHeight(round(_TOP + lines * _LINE))
        self.update()

    def minimumSizeHint(self) -> QSize:
        return QSize(160, round(_TOP + _LINE))

    def resizeEvent(self, event: QResizeEvent) -> None:
        self._fit()

    def cell(self, index: int) -> QRectF:
        """Where a character stands."""
        line, column = divmod(index, self._a_line)
        return QRectF(_SIDE + column * self._cell, _TOP + line * _LINE, self._cell, _CELL_HEIGHT)

    def _runs(self, start: int, end: int) -> list[QRectF]:
        """The rectangles of a stretch, one a line."""
        found = []
        while start < end:
            last = min(end, (start // self._a_line + 1) * self._a_line)
            found.append(self.cell(start).united(self.cell(last - 1)))
            start = last
        return found

    # -- painting ------------------------------------------------------------------------------

    def paintEvent(self, event: QPaintEvent) -> None:
        with QPainter(self) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            for start, end in self._pieces:
                painter.setPen(QPen(self._palette.faint, 1))
                painter.setBrush(self._palette.accent_soft)
                for rect in self._runs(start, end):
                    painter.drawRoundedRect(rect.adjusted(1.5, 0.5, -1.5, -0.5), 4, 4)
            painter.setFont(self._font)
            for i, character in enumerate(self._characters):
                painter.setPen(self._palette.text if self._is_reached(i) else self._palette.muted)
                painter.drawText(self.cell(i), _MIDDLE, character)
            if self._tried is not None:
                self._paint_bracket(painter, self._tried)

    def _is_reached(self, index: int) -> bool:
        tried = self._tried
        in_piece = any(start <= index < end for start, end in self._pieces)
        return in_piece or (tried is not None and tried.start <= index < tried.end)

    def _paint_bracket(self, painter: QPainter, tried: Stretch) -> None:
        color = self._palette.accent if tried.found else self._palette.bad
        runs = self._runs(tried.start, tried.end)
        for i, rect in enumerate(runs):
            low, left, right = rect.bottom() + 3, rect.left() + 2, rect.right() - 2
            style = Qt.PenStyle.SolidLine if tried.found else Qt.PenStyle.DashLine
            painter.setPen(QPen(color, 2, style, j=Qt.PenJoinStyle.MiterJoin))
            line = [QPointF(left, low + 5), QPointF(right, low + 5)]
            if i == 0:
                line.insert(0, QPointF(left, low))
            if i == len(runs) - 1:
                line.append(QPointF(right, low))
            painter.drawPolyline(line)
        last = runs[-1]
        painter.setFont(self._mark_font)
        painter.setPen(color)
        mark = QRectF(last.center().x() - 8, last.bottom() + 7, 16, 12)
        painter.drawText(mark, _MIDDLE, "✓" if tried.found else "✗")
