"""Paints one row: its tokens behind the text, the text, the marks and what is highlighted.

Each row is painted from its own corner (the painter is moved there), so that the lists of
rectangles kept with its geometry are painted as they are.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace

from PySide6.QtCore import QLineF, QPointF, QRectF, Qt
from PySide6.QtGui import QBrush, QColor, QPainter, QPainterPath, QPen, QPolygonF

from tokviz.gui.palette import Palette
from tokviz.gui.widgets.text.byte_ruler import paint_ruler
from tokviz.gui.widgets.text.character_marks import LINE_BREAK_MARKS
from tokviz.gui.widgets.text.painted_row import PaintedRow, RowGeometry, Tiles
from tokviz.gui.widgets.text.text_style import TextStyle
from tokviz.gui.widgets.text.token_pieces import byte_x
from tokviz.gui.widgets.text.token_source import TokenRows
from tokviz.gui.widgets.text.window_painting import WindowEdges, paint_windows

_SEAM = 0.35  # of a border's strength: an edge between tokens inside a character that they cut
_PAPER = 0.5  # how far the ground of such a character is from its tokens' colours
_Hint = QPainter.RenderHint.Antialiasing


Places = Callable[[int, int], list[tuple[int, int]]]
"""For a range of characters the spans in it that are to be marked."""


Edges = Callable[[int, int], list[int]]
"""For a range of characters the positions in it at which something begins."""


@dataclass(frozen=True)
class Highlights:
    """Which tokens stand out: ids everywhere, indexes at one place."""

    selected_ids: frozenset[int] = frozenset()
    selected_index: int | None = None
    hovered_id: int | None = None
    context_end: int | None = None  # index of the first token outside the context window
    attended: tuple[int, int] | None = None  # range of token indexes that is shaded
    places: Places | None = None  # marked with a dashed frame
    found: Places | None = None  # by a search: a solid one
    edges: Edges | None = None  # of pre-tokens: a notch
    window: tuple[int, int] | None = None  # range of token indexes; others are dimmed
    window_edges: WindowEdges | None = None  # of that window and the others: a bracket
    names: Places | None = None  # of special tokens that are taken for text: a line below

    def asked_for(self, start: int, end: int) -> "Highlights":
        """The same for the characters [start, end) alone: whoever knows the spans is asked once,
        instead of for each row."""

        def once(places: Places | None) -> Places | None:
            return None if places is None else _touching(places(start, end))

        found, names = once(self.found), once(self.names)
        return replace(self, places=once(self.places), found=found, names=names)


def _touching(spans: list[tuple[int, int]]) -> Places:
    return lambda start, end: [span for span in spans if span[0] < end and span[1] > start]


class RowPainter:
    """Paints rows in one style and palette."""

    def __init__(self, style: TextStyle, palette: Palette) -> None:
        self._style, self._palette = style, palette
        self._border = palette.token_border
        self._seam = QColor(palette.token_border)
        self._seam.setAlphaF(self._border.alphaF() * _SEAM)
        self._paper = QColor(palette.panel)
        self._paper.setAlphaF(_PAPER)
        self._attended_line = QColor(palette.accent)
        self._attended_line.setAlpha(110)
        self._veil = QColor(palette.panel)
        self._veil.setAlpha(165)

    def paint(
        self,
        painter: QPainter,
        painted: PaintedRow,
        tokens: TokenRows,
        marked: Highlights,
        selection: tuple[int, int],
    ) -> None:
        """Paint a row, all but the caret."""
        painter.translate(painted.left, painted.top)
        if painted.geometry.has_pieces:
            self._paint_tokens(painter, painted.geometry)
        self._paint_attended(painter, painted, marked)
        if selection[0] < selection[1]:
            for left, right in painted.ranges(*selection):
                painter.fillRect(self._rect(left, right), self._palette.selection)
        painter.setPen(self._palette.token_text)
        painted.row.layout.draw(painter, self._style.baseline, -painted.left)
        painter.setRenderHint(_Hint, True)
        self._paint_marks(painter, painted)
        self._paint_uncovered(painter, painted)
        self._paint_names(painter, painted, marked)
        self._paint_places(painter, painted, marked)
        self._paint_found(painter, painted, marked)
        self._paint_rings(painter, painted, marked)
        self._paint_edges(painter, painted, marked)
        painter.setRenderHint(_Hint, False)
        if painted.ruler is not None:
            seen = painter.clipBoundingRect()
            paint_ruler(
                painter, painted.ruler, self._style, self._palette, (seen.left(), seen.right())
            )
        self._paint_outside_context(painter, painted, tokens, marked)
        if marked.window is not None and marked.window_edges is not None:
            windows = marked.window, marked.window_edges
            paint_windows(painter, painted, tokens, self._style, self._palette, *windows)
        painter.translate(-painted.left, -painted.top)

    def _rect(self, left: float, right: float) -> QRectF:
        return QRectF(left, self._style.token_top, right - left, self._style.token_height)

    def _paint_tokens(self, painter: QPainter, geometry: RowGeometry) -> None:
        """The tokens, and behind the characters that they cut a paler ground.

        Stripes in their full colours would hide the letters, so those show at the feet only, and
        below them each byte has a cell.
        """
        painter.setPen(Qt.PenStyle.NoPen)
        self._paint_fills(painter, geometry.tiles)
        if geometry.letters:
            painter.setBrush(self._paper)
            painter.drawRects(geometry.letters)
            self._paint_fills(painter, geometry.strip)
            self._paint_lines(painter, geometry.strip)
        self._paint_lines(painter, geometry.tiles)

    def _paint_fills(self, painter: QPainter, tiles: Tiles) -> None:
        top, height, draw = tiles.top, tiles.height - 1, painter.drawRect
        for color, (lefts, widths) in tiles.fills.items():
            painter.setBrush(self._palette.tokens[color])
            for left, width in zip(lefts, widths, strict=True):
                draw(left, top, width, height)  # faster than a list of rectangles made for it

    def _paint_lines(self, painter: QPainter, tiles: Tiles) -> None:
        top, height, draw = tiles.top, tiles.height - 1, painter.drawRect
        for color, lines in ((self._seam, tiles.seams), (self._border, tiles.edges)):
            painter.setBrush(color)
            for x in lines:
                draw(x, top, 1, height)
        for left, right in tiles.spans:
            draw(left, top + height, right - left, 1)

    def _paint_attended(self, painter: QPainter, painted: PaintedRow, marked: Highlights) -> None:
        if marked.attended is None:
            return
        first, last = (index - painted.first_token for index in marked.attended)
        bottom = self._style.token_top + self._style.token_height
        for piece in painted.geometry.pieces:
            if first <= piece.token < last:
                width = piece.right - piece.left
                painter.fillRect(self._rect(piece.left, piece.right), self._palette.attended)
                painter.fillRect(QRectF(piece.left, bottom, width, 2), self._attended_line)

    def _paint_marks(self, painter: QPainter, painted: PaintedRow) -> None:
        style, layout = self._style, painted.row.layout
        painter.setBrush(Qt.BrushStyle.NoBrush)
        if boxes := layout.stand_in_boxes:
            painter.setPen(QPen(style.mark_color, 0.8))
            for left, right in boxes:
                box = self._rect(left, right).adjusted(1.5, 4.5, -1.5, -4.5)
                painter.drawRoundedRect(box, 2.5, 2.5)
        if style.marks_shown:
            self._paint_white_space(painter, painted)
            self._paint_tail(painter, painted)

    def _paint_white_space(self, painter: QPainter, painted: PaintedRow) -> None:
        style, marks = self._style, painted.marks
        if not marks.dots.isEmpty():
            pen = QPen(style.mark_color, max(1.6, style.advance * 0.2))
            pen.setCapStyle(Qt.PenCapStyle.RoundCap)
            painter.setPen(pen)
            painter.drawPoints(marks.dots)
        if marks.lines:
            painter.setPen(QPen(style.mark_color, 1.2))
            painter.drawLines(marks.lines)

    def _paint_tail(self, painter: QPainter, painted: PaintedRow) -> None:
        tail, cells = painted.row.tail, painted.cells
        for place, character in enumerate(tail, len(cells.leading) - len(tail)):
            one, other = float(cells.leading[place]), float(cells.trailing[place])
            if character == "\n":
                _return_arrow(painter, (one + other) / 2, self._style)
            else:
                rect = self._rect(min(one, other), max(one, other))
                painter.setFont(self._style.small_font)
                painter.setPen(self._style.mark_color)
                painter.drawText(rect, Qt.AlignmentFlag.AlignCenter, LINE_BREAK_MARKS[character])

    def _paint_uncovered(self, painter: QPainter, painted: PaintedRow) -> None:
        """Letters that no token has cry out; space between words, which BERT drops, does not."""
        if not (painted.dropped_space or painted.uncovered):
            return
        color = QColor(self._palette.bad)
        painter.setPen(QPen(color, 1.2, Qt.PenStyle.DotLine))
        for left, right in painted.dropped_space:
            line = self._rect(left, max(right, left + 4)).adjusted(1, 0, -2, 0)
            painter.drawLine(line.bottomLeft(), line.bottomRight())
        for left, right in painted.uncovered:
            rect = self._rect(left, max(right, left + 4)).adjusted(0, 0, -1, -1)
            color.setAlpha(150)
            painter.fillRect(rect, QBrush(color, Qt.BrushStyle.BDiagPattern))
            color.setAlpha(255)
            painter.setPen(QPen(color, 1.6))
            painter.drawPath(_wave(rect.left(), rect.right(), rect.bottom() + 2))

    def _paint_places(self, painter: QPainter, painted: PaintedRow, marked: Highlights) -> None:
        """A frame around each marked span, thick below, so that it stands out from any colour."""
        if marked.places is None:
            return
        painter.setBrush(Qt.BrushStyle.NoBrush)
        for start, end in marked.places(painted.row.start, painted.row.full_end):
            for left, right in painted.ranges(start, end):
                rect = self._rect(left, max(right, left + 4)).adjusted(1, 1, -2, -2)
                painter.setPen(QPen(self._palette.accent, 1.2, Qt.PenStyle.DashLine))
                painter.drawRect(rect)
                painter.setPen(QPen(self._palette.accent, 3))
                painter.drawLine(rect.bottomLeft(), rect.bottomRight())

    def _paint_names(self, painter: QPainter, painted: PaintedRow, marked: Highlights) -> None:
        """A dotted line under each name, apart from the tokens' own edges."""
        names = marked.names and marked.names(painted.row.start, painted.row.full_end)
        if not names:
            return
        pen = QPen(self._palette.accent, 2, Qt.PenStyle.DotLine)
        for start, end in names:
            for left, right in painted.ranges(start, end):
                rect = self._rect(left, max(right, left + 4)).adjusted(2, 0, -2, -2)
                painter.setPen(QPen(self._palette.panel, 4))
                painter.drawLine(rect.bottomLeft(), rect.bottomRight())
                painter.setPen(pen)
                painter.drawLine(rect.bottomLeft(), rect.bottomRight())

    def _paint_found(self, painter: QPainter, painted: PaintedRow, marked: Highlights) -> None:
        """A solid frame, heavier than a token's own border, around what a search found."""
        if marked.found is None:
            return
        painter.setBrush(Qt.BrushStyle.NoBrush)
        for start, end in marked.found(painted.row.start, painted.row.full_end):
            for left, right in painted.ranges(start, end):
                rect = self._rect(left, max(right, left + 4)).adjusted(0.5, 0.5, -1, -1)
                painter.setPen(QPen(self._palette.panel, 3.6))
                painter.drawRect(rect)
                painter.setPen(QPen(self._palette.text, 1.6))
                painter.drawRect(rect)

    def _paint_rings(self, painter: QPainter, painted: PaintedRow, marked: Highlights) -> None:
        if not marked.selected_ids and marked.hovered_id is None and marked.selected_index is None:
            return
        accent, ids = self._palette.accent, painted.ids
        painter.setBrush(Qt.BrushStyle.NoBrush)
        for piece in painted.geometry.pieces:
            if painted.first_token + piece.token == marked.selected_index:
                rect = self._rect(piece.left, piece.right).adjusted(-1, -1, 0, 0.5)
                painter.setPen(QPen(self._palette.panel, 4))
                painter.drawRoundedRect(rect, 3.5, 3.5)
                painter.setPen(QPen(accent, 2))
                painter.drawRoundedRect(rect, 3.5, 3.5)
            elif ids[piece.token] in marked.selected_ids:
                rect = self._rect(piece.left, piece.right).adjusted(0.5, 0.5, -1.5, -1.5)
                painter.setPen(QPen(accent, 1.4))
                painter.drawRoundedRect(rect, 2, 2)
            elif ids[piece.token] == marked.hovered_id:
                soft = QColor(accent)
                soft.setAlpha(150)
                painter.setPen(QPen(soft, 1.4))
                rect = self._rect(piece.left, piece.right).adjusted(0.5, 0.5, -1.5, -1.5)
                painter.drawRoundedRect(rect, 2, 2)

    def _paint_edges(self, painter: QPainter, painted: PaintedRow, marked: Highlights) -> None:
        """Above the text a notch where each pre-token begins: no token reaches over it."""
        if marked.edges is None:
            return
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(self._palette.text)
        top, size = float(self._style.token_top), max(2.5, self._style.advance * 0.32)
        for position in marked.edges(painted.row.start, painted.row.full_end):
            (left, right), *_ = painted.ranges(position, position + 1) or [(0.0, 0.0)]
            at = painted.row.layout.edges.searchsorted(position - painted.row.start)
            leading = painted.cells.leading[min(int(at), len(painted.cells.leading) - 1)]
            x = left if abs(leading - left) <= abs(leading - right) else right
            notch = QPolygonF()
            for dx, dy in ((-size, -size * 0.6), (size, -size * 0.6), (0.0, size)):
                notch.append(QPointF(x + dx, top + dy))
            painter.drawPolygon(notch)

    def _paint_outside_context(
        self, painter: QPainter, painted: PaintedRow, tokens: TokenRows, marked: Highlights
    ) -> None:
        """Dim what lies beyond the context window, and draw the rule where it begins."""
        if marked.context_end is None or marked.context_end >= tokens.first + len(tokens.ids):
            return
        at = marked.context_end - tokens.first
        byte = int(tokens.byte_starts[at]) - painted.first_byte if at >= 0 else -1
        cells, height = painted.cells, self._style.row_height
        if byte > cells.byte_edges[-1] or byte == cells.byte_edges[-1] > 0:
            return
        if cells.bidirectional and byte > 0:
            for piece in painted.geometry.pieces:
                if painted.first_token + piece.token >= marked.context_end:
                    width = piece.right - piece.left
                    painter.fillRect(QRectF(piece.left, 0, width, height), self._veil)
        else:
            ends = [*cells.leading[-2:].tolist(), *cells.trailing[-2:].tolist()]
            left = byte_x(cells, byte) if byte > 0 else min([0.0, *ends])
            right = max([painted.row.layout.width, *ends]) + 4
            painter.fillRect(QRectF(left, 0, right - left, height), self._veil)
        if byte >= 0:
            x = round(byte_x(cells, byte))
            painter.fillRect(QRectF(x - 1, 0, 2, height), self._palette.accent)


def _return_arrow(painter: QPainter, middle: float, style: TextStyle) -> None:
    """The sign for a line feed, drawn, since few fonts have it at a fitting weight."""
    painter.setPen(QPen(style.mark_color, 1.1))
    size = style.advance * 0.8
    left = middle - size / 2
    right, y = left + size, style.token_top + style.token_height / 2 + size * 0.28
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
