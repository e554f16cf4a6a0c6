"""How a row of a `RowTable` looks: its wash, its line, its mark and its cells."""

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QRect, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QPainter

from tokviz.gui.palette import Palette
from tokviz.gui.widgets.tables.row_table_model import BarRows, RowSource
from tokviz.gui.widgets.text.text_style import text_style

CELL_PAD = 8
_LAST_LATIN = "\u0250"  # up to here the font has all letters, in one width
# Combining flags costs more than drawing a cell, so it is done once.
_LEFT, _RIGHT = (
    (side | Qt.AlignmentFlag.AlignAbsolute | Qt.AlignmentFlag.AlignVCenter).value
    | Qt.TextFlag.TextSingleLine.value
    for side in (Qt.AlignmentFlag.AlignLeft, Qt.AlignmentFlag.AlignRight)
)


@dataclass(frozen=True)
class VisibleColumn:
    """A column's place in the viewport, in pixels."""

    index: int
    left: int
    width: int
    right_aligned: bool


class RowPainting:
    """The fonts of the cells, and what is painted with them."""

    def __init__(self, points: float, palette: Palette) -> None:
        style = text_style(points, False, palette.faint)
        self.palette = palette
        self.row_height = style.row_height
        self.font = style.font
        self.bold = QFont(style.font)
        self.bold.setBold(True)
        self.bars: BarRows | None = None  # the source, if it has a column of bars
        self._advance = style.advance

    def paint_row(
        self,
        painter: QPainter,
        source: RowSource,
        row: int,
        place: QRect,
        columns: Sequence[VisibleColumn],
        wash: QColor | None,
    ) -> None:
        """Numbers are calm; the row that is emphasised or washed has its numbers dark, too."""
        colors, top, tall = self.palette, place.top(), place.height()
        emphasised = source.is_emphasised(row)
        if wash is not None:
            painter.fillRect(place, wash)
        painter.fillRect(0, top + tall - 1, place.width(), 1, colors.line)
        if emphasised:
            painter.fillRect(0, top, 3, tall - 1, colors.accent)
        calm = not emphasised and wash is not colors.accent_soft
        for column in columns:
            if self.bars is not None and column.index == self.bars.bar_column:
                self._paint_bar(painter, self.bars.share(row), column, place, emphasised)
            numbers = column.right_aligned
            painter.setFont(self.bold if emphasised and not numbers else self.font)
            painter.setPen(colors.muted if calm and numbers else colors.text)
            cell = QRect(column.left + CELL_PAD, top, column.width - 2 * CELL_PAD, tall - 1)
            words = self._fitted(painter, source.cell(row, column.index), cell.width())
            painter.drawText(cell, _RIGHT if numbers else _LEFT, words)

    def _paint_bar(
        self, painter: QPainter, share: float, column: VisibleColumn, place: QRect, strong: bool
    ) -> None:
        colors = self.palette
        left, room = column.left + CELL_PAD / 2, column.width - CELL_PAD
        bar = QRectF(left, place.top() + 3, max(room * share, 2.0), place.height() - 7)
        painter.fillRect(bar, colors.accent_soft if strong else colors.line)
        painter.fillRect(QRectF(bar.right() - 2, bar.top(), 2, bar.height()), colors.accent)

    def _fitted(self, painter: QPainter, words: str, width: int) -> str:
        """The words, with an ellipsis if they are wider."""
        # Measuring is needless for what is as wide as it is long.
        plain = not words or max(words) < _LAST_LATIN
        if plain and len(words) * self._advance <= width:
            return words
        metrics = painter.fontMetrics()
        return metrics.elidedText(words, Qt.TextElideMode.ElideRight, width)
