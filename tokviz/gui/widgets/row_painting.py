"""Paints one row: its tokens behind the text, the text, the marks and what is highlighted.

Everything is painted in batches of plain rectangles and lines on whole pixels; a page of 1,500
tokens must cost a few milliseconds.
"""

from dataclasses import dataclass, field

import numpy as np
from PySide6.QtCore import QLineF, QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPainterPath, QPen

from tokviz.gui.palette import Palette
from tokviz.gui.widgets.character_marks import LINE_BREAK_MARKS
from tokviz.gui.widgets.text_rows import Row
from tokviz.gui.widgets.text_style import TextStyle
from tokviz.gui.widgets.token_pieces import (
    Cells,
    TokenPiece,
    byte_cells,
    byte_x,
    cells_of,
    token_pieces,
)
from tokviz.gui.widgets.token_source import TokenRows, TokenSource


@dataclass(frozen=True)
class Highlights:
    """Which tokens stand out: ids everywhere, indexes at one place."""

    selected_ids: frozenset[int] = frozenset()
    selected_index: int | None = None
    hovered_id: int | None = None
    context_end: int | None = None  # index of the first token outside the context window
    attended: tuple[int, int] | None = None  # range of token indexes that is shaded


@dataclass
class PaintedRow:
    """A row in view with all its geometry, as it is painted and as the mouse finds it."""

    row: Row
    left: float  # x of the row's left end in the viewport
    top: float
    cells: Cells
    pieces: list[TokenPiece]
    first_byte: int
    uncovered: list[tuple[float, float]] = field(default_factory=list)
    selected: list[tuple[float, float]] = field(default_factory=list)


def x_ranges(painted: PaintedRow, start: int, end: int) -> list[tuple[float, float]]:
    """Where the characters [start, end) of the text stand in the row, neighbours joined."""
    row, cells = painted.row, painted.cells
    edges = (
        np.append(row.layout.edges, row.layout.edges[-1] + np.arange(1, len(row.tail) + 1))
        + row.start
    )
    inside = (edges[:-1] < end) & (edges[1:] > start)
    lows = np.minimum(cells.leading[inside], cells.trailing[inside])
    highs = np.maximum(cells.leading[inside], cells.trailing[inside])
    order = np.argsort(lows, kind="stable")
    joined: list[tuple[float, float]] = []
    for left, right in zip(lows[order].tolist(), highs[order].tolist(), strict=True):
        if joined and left <= joined[-1][1] + 0.5:
            joined[-1] = (joined[-1][0], max(right, joined[-1][1]))
        else:
            joined.append((left, right))
    return joined


def measure_row(
    row: Row, left: float, top: float, source: TokenSource, tokens: TokenRows, style: TextStyle
) -> PaintedRow:
    """Find where everything of a row stands."""
    cells = cells_of(row, style)
    first_byte = source.byte_offset(row.start)
    return PaintedRow(row, left, top, cells, token_pieces(cells, tokens, first_byte), first_byte)


class RowPainter:
    """Paints rows in one style and palette."""

    def __init__(self, style: TextStyle, palette: Palette) -> None:
        self._style, self._palette = style, palette

    def paint(
        self, painter: QPainter, painted: PaintedRow, tokens: TokenRows, marked: Highlights
    ) -> None:
        """Paint a row, all but the caret."""
        self._paint_tokens(painter, painted, marked)
        self._paint_byte_cells(painter, painted, tokens)
        for left, right in painted.selected:
            painter.fillRect(self._rect(painted, left, right), self._palette.selection)
        painter.setPen(self._palette.token_text)
        style = self._style
        if painted.row.layout.text or painted.row.layout.preedit:
            painted.row.layout.draw(painter, painted.left, painted.top + style.baseline)
        self._paint_marks(painter, painted)
        self._paint_uncovered(painter, painted)
        self._paint_rings(painter, painted, marked)
        self._paint_outside_context(painter, painted, tokens, marked)

    def rect(self, painted: PaintedRow, piece: TokenPiece) -> QRectF:
        """A token's rectangle in the viewport."""
        return self._rect(painted, piece.left, piece.right)

    def _rect(self, painted: PaintedRow, left: float, right: float) -> QRectF:
        style = self._style
        return QRectF(
            painted.left + left, painted.top + style.token_top, right - left, style.token_height
        )

    def _paint_tokens(self, painter: QPainter, painted: PaintedRow, marked: Highlights) -> None:
        fills: dict[int, list[QRectF]] = {}
        edges: list[QLineF] = []
        top = painted.top + self._style.token_top
        bottom = top + self._style.token_height
        for piece in painted.pieces:
            left, right = painted.left + piece.left, painted.left + piece.right
            fills.setdefault(piece.color, []).append(QRectF(left, top, right - left, bottom - top))
            edges.append(QLineF(right - 0.5, top + 1, right - 0.5, bottom - 1))
            edges.append(QLineF(left, bottom - 0.5, right, bottom - 0.5))
        painter.setPen(Qt.PenStyle.NoPen)
        for color, rects in fills.items():
            painter.setBrush(self._palette.tokens[color])
            painter.drawRects(rects)
        self._paint_attended(painter, painted, marked)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        if edges:
            painter.setPen(QPen(self._palette.token_border, 1))
            painter.drawLines(edges)

    def _paint_attended(self, painter: QPainter, painted: PaintedRow, marked: Highlights) -> None:
        if marked.attended is None:
            return
        first, last = marked.attended
        top, height = painted.top + self._style.token_top, self._style.token_height
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(self._palette.accent)
        lines = []
        for piece in painted.pieces:
            if first <= piece.index < last:
                left = painted.left + piece.left
                painter.fillRect(self.rect(painted, piece), self._palette.attended)
                lines.append(QRectF(left, top + height + 1, piece.right - piece.left, 2))
        if lines:
            painter.drawRects(lines)

    def _paint_byte_cells(self, painter: QPainter, painted: PaintedRow, tokens: TokenRows) -> None:
        strips = byte_cells(painted.cells, tokens, painted.first_byte)
        if not strips:
            return
        top = painted.top + self._style.token_top + self._style.token_height + 1
        height = max(3, self._style.row_height - self._style.token_top - self._style.token_height)
        painter.setPen(Qt.PenStyle.NoPen)
        gaps: list[QLineF] = []
        for cell in strips:
            left, right = painted.left + cell.left, painted.left + cell.right
            painter.fillRect(
                QRectF(left, top, right - left, height), self._palette.tokens[cell.color]
            )
            step = (right - left) / max(1, cell.n_bytes)
            if step >= 3:
                gaps += [
                    QLineF(left + i * step, top, left + i * step, top + height)
                    for i in range(1, cell.n_bytes)
                ]
            painter.fillRect(QRectF(right - 1, top, 1, height), self._palette.token_border)
        if gaps:
            painter.setPen(QPen(self._palette.panel, 1))
            painter.drawLines(gaps)

    def _paint_marks(self, painter: QPainter, painted: PaintedRow) -> None:
        style, layout = self._style, painted.row.layout
        painter.setBrush(Qt.BrushStyle.NoBrush)
        for left, right in layout.stand_in_boxes() if not layout.plain else ():
            painter.setPen(QPen(style.mark_color, 0.7))
            box = self._rect(painted, left, right).adjusted(0.5, 4.5, -1.5, -4.5)
            painter.drawRoundedRect(box, 2.5, 2.5)
        if style.marks_shown:
            self._paint_white_space(painter, painted)
            self._paint_tail(painter, painted)

    def _paint_white_space(self, painter: QPainter, painted: PaintedRow) -> None:
        style, text = self._style, painted.row.layout.text
        middle = painted.top + style.token_top + style.token_height * 0.52
        dots: list[QPointF] = []
        painter.setPen(QPen(style.mark_color, 1.2))
        for at, left, right in painted.row.layout.marks():
            left, right = painted.left + left, painted.left + right
            if text[at] == " ":
                dots.append(QPointF((left + right) / 2, middle))
            elif text[at] == "\t":
                _arrow(painter, left + 3, right - 4, middle)
            else:
                size = min(right - left, style.advance) * 0.5
                painter.drawRect(QRectF((left + right - size) / 2, middle - size / 2, size, size))
        if dots:
            pen = QPen(style.mark_color, max(1.6, style.advance * 0.2))
            pen.setCapStyle(Qt.PenCapStyle.RoundCap)
            painter.setPen(pen)
            painter.drawPoints(dots)

    def _paint_tail(self, painter: QPainter, painted: PaintedRow) -> None:
        tail = painted.row.tail
        if not tail:
            return
        cells = painted.cells
        for place, character in enumerate(tail, len(cells.leading) - len(tail)):
            left = min(cells.leading[place], cells.trailing[place])
            right = max(cells.leading[place], cells.trailing[place])
            rect = self._rect(painted, left, right)
            if character == "\n":
                _return_arrow(painter, rect, self._style)
            else:
                painter.setFont(self._style.small_font)
                painter.setPen(self._style.mark_color)
                painter.drawText(rect, Qt.AlignmentFlag.AlignCenter, LINE_BREAK_MARKS[character])

    def _paint_uncovered(self, painter: QPainter, painted: PaintedRow) -> None:
        for left, right in painted.uncovered:
            rect = self._rect(painted, left, max(right, left + 4))
            color = QColor(self._palette.bad)
            painter.setPen(QPen(color, 1.6))
            painter.drawPath(_wave(rect.left(), rect.right(), rect.bottom() + 1.5))
            color.setAlpha(70)
            painter.fillRect(rect, color)
            painter.fillRect(rect, Qt.BrushStyle.BDiagPattern)

    def _paint_rings(self, painter: QPainter, painted: PaintedRow, marked: Highlights) -> None:
        accent = self._palette.accent
        if not marked.selected_ids and marked.hovered_id is None and marked.selected_index is None:
            return
        painter.setBrush(Qt.BrushStyle.NoBrush)
        for piece in painted.pieces:
            rect = self.rect(painted, piece)
            if piece.index == marked.selected_index:
                painter.setPen(QPen(self._palette.panel, 3.5))
                painter.drawRoundedRect(rect.adjusted(-1, -1, 0, 1), 3, 3)
                painter.setPen(QPen(accent, 2))
                painter.drawRoundedRect(rect.adjusted(-1, -1, 0, 1), 3, 3)
            elif piece.id in marked.selected_ids:
                painter.setPen(QPen(accent, 1.2))
                painter.drawRoundedRect(rect.adjusted(0, 0, -1, 0), 2, 2)
                painter.fillRect(
                    QRectF(rect.left(), rect.bottom() + 1, rect.width() - 1, 2), accent
                )
            elif piece.id == marked.hovered_id:
                soft = QColor(accent)
                soft.setAlpha(170)
                painter.setPen(QPen(soft, 1.2))
                painter.drawRoundedRect(rect.adjusted(0, 0, -1, 0), 2, 2)

    def _paint_outside_context(
        self, painter: QPainter, painted: PaintedRow, tokens: TokenRows, marked: Highlights
    ) -> None:
        """Dim what lies beyond the context window, and draw the rule where it begins."""
        if marked.context_end is None or marked.context_end >= tokens.first + len(tokens.ids):
            return
        at = marked.context_end - tokens.first
        byte = int(tokens.byte_starts[at]) - painted.first_byte if at >= 0 else -1
        cells, top, height = painted.cells, painted.top, self._style.row_height
        if byte > cells.byte_edges[-1] or byte == cells.byte_edges[-1] > 0:
            return
        veil = QColor(self._palette.panel)
        veil.setAlpha(160)
        if cells.bidirectional and byte >= 0:
            for piece in painted.pieces:
                if piece.index >= marked.context_end:
                    x = painted.left + piece.left
                    painter.fillRect(QRectF(x, top, piece.right - piece.left, height), veil)
        else:
            x = byte_x(cells, byte) if byte > 0 else min(0.0, *cells.leading, *cells.trailing)
            right = max(painted.row.layout.width, x, *cells.leading, *cells.trailing) + 4
            painter.fillRect(QRectF(painted.left + x, top, right - x, height), veil)
        if byte >= 0:
            x = round(painted.left + byte_x(cells, byte))
            painter.fillRect(QRectF(x - 1, top, 2, height), self._palette.accent)


def _arrow(painter: QPainter, left: float, right: float, y: float) -> None:
    right = max(right, left + 3)
    painter.drawLines(
        [
            QLineF(left, y, right, y),
            QLineF(right, y, right - 3, y - 3),
            QLineF(right, y, right - 3, y + 3),
        ]
    )


def _return_arrow(painter: QPainter, rect: QRectF, style: TextStyle) -> None:
    """The sign for a line feed, drawn, since few fonts have it at a fitting weight."""
    painter.setPen(QPen(style.mark_color, 1.1))
    size = style.advance * 0.8
    left = rect.center().x() - size / 2
    right, y = left + size, rect.center().y() + size * 0.28
    painter.drawLines(
        [
            QLineF(right, y - size * 0.6, right, y),
            QLineF(right, y, left, y),
            QLineF(left, y, left + size * 0.32, y - size * 0.32),
            QLineF(left, y, left + size * 0.32, y + size * 0.32),
        ]
    )


def _wave(left: float, right: float, y: float) -> QPainterPath:
    path = QPainterPath(QPointF(left, y))
    x, up = left, True
    while x < right:
        path.quadTo(x + 1.5, y - 2.5 if up else y + 2.5, x + 3, y)
        x, up = x + 3, not up
    return path
