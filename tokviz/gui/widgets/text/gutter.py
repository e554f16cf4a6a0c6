"""The numbers left of the text: the line's, and how many tokens there are up to the row's end."""

import numpy as np
from PySide6.QtCore import QPoint, QRectF, Qt
from PySide6.QtGui import QFontMetricsF, QPainter

from tokviz.gui.palette import Palette
from tokviz.gui.widgets.text.painted_row import PaintedRow
from tokviz.gui.widgets.text.text_style import TextStyle
from tokviz.gui.widgets.text.token_source import TokenRows, TokenSource

_PAD = 8


class Gutter:
    """Two columns as wide as their largest numbers need."""

    def __init__(self, style: TextStyle, palette: Palette) -> None:
        self._style, self._palette = style, palette
        self._digit = QFontMetricsF(style.small_font).horizontalAdvance("0")
        self._digits = (0, 0)
        self._line_width = self._token_width = 0.0
        self._counts: dict[int, int] = {}  # tokens up to the end of the row that starts there

    @property
    def width(self) -> int:
        return round(self._line_width + self._token_width + 3 * _PAD)

    def fit(self, source: TokenSource) -> bool:
        """Make room for the source's numbers; whether the width changed."""
        changed = not self.has_room(source)
        digits = _digits(source)
        self._digits = digits
        self._line_width = digits[0] * self._digit
        self._token_width = digits[1] * self._digit
        return changed

    def has_room(self, source: TokenSource) -> bool:
        """Whether the columns are as wide as the source's numbers need now."""
        return self._digits == _digits(source)

    def paint(
        self,
        painter: QPainter,
        rows: list[PaintedRow],
        tokens: TokenRows,
        source: TokenSource,
        height: int,
    ) -> None:
        """Paint the numbers of the rows in view and the line that sets them off."""
        painter.setFont(self._style.small_font)
        right = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        tall = self._style.text_height
        self._counts.clear()
        for painted in rows:
            row = painted.row
            if row.starts_line:
                painter.setPen(self._palette.faint)
                place = QRectF(_PAD, painted.top, self._line_width, tall)
                painter.drawText(place, right, str(row.segment.line + 1))
            end = painted.first_byte + int(painted.cells.byte_edges[-1])
            if row.full_end <= source.n_encoded and source.n_tokens:
                count = tokens.first + int(
                    tokens.byte_starts.searchsorted(np.int64(end), side="left")
                )
                self._counts[row.start] = count
                painter.setPen(self._palette.muted)
                place = QRectF(2 * _PAD + self._line_width, painted.top, self._token_width, tall)
                painter.drawText(place, right, str(count))
        painter.fillRect(QRectF(self.width - 1, 0, 1, height), self._palette.line)

    def tool_tip(self, point: QPoint, rows: list[PaintedRow]) -> str:
        """What the number under a point means; "" outside the numbers."""
        if point.x() >= self.width:
            return ""
        for painted in rows:
            if painted.top <= point.y() < painted.top + self._style.row_height:
                if point.x() < self._line_width + 1.5 * _PAD:
                    return f"Line {painted.row.segment.line + 1:,}"
                count = self._counts.get(painted.row.start)
                return "" if count is None else f"{count:,} tokens up to the end of this row"
        return ""


def _digits(source: TokenSource) -> tuple[int, int]:
    """Of the numbers of lines, and of tokens as far as can be foreseen."""
    expected = max(source.n_tokens, source.n_chars // 4)
    return max(2, len(str(source.n_lines))), max(3, len(str(expected)))
