"""The page: the rows of a text that are in view, and where on it everything stands.

Plain geometry without a widget: `TokenTextView` tells it the text, the look, the size and how far
it is scrolled, and asks it for places. All points are pixels of the viewport.
"""

from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QColor

from tokviz.gui.palette import LIGHT, Palette
from tokviz.gui.widgets.text.caret import Caret
from tokviz.gui.widgets.text.empty_source import EmptySource
from tokviz.gui.widgets.text.gutter import Gutter
from tokviz.gui.widgets.text.painted_row import PaintedRow, RowMeasurer
from tokviz.gui.widgets.text.recolored_rows import colored_by_id
from tokviz.gui.widgets.text.row_layout import Preedit
from tokviz.gui.widgets.text.scroll_anchor import ScrollAnchor
from tokviz.gui.widgets.text.segment_rows import RowLayouts
from tokviz.gui.widgets.text.text_rows import Row, TextRows
from tokviz.gui.widgets.text.text_style import TextStyle, text_style
from tokviz.gui.widgets.text.token_source import TokenRows, TokenSource

DEFAULT_ZOOM = 13.0  # points
PAD = 10  # between gutter and text
_FAR_AWAY = -10_000.0  # y of what is nowhere near the view


@dataclass(frozen=True)
class TextLook:
    """What a person can choose about how the text looks."""

    zoom: float = DEFAULT_ZOOM
    marks_shown: bool = True
    word_wrap: bool = True
    ruler_shown: bool = False
    same_colors: bool = False  # of the same token everywhere
    palette: Palette = LIGHT


class TextPage:
    """The rows in view; `scroll` and `offset` say how far it is moved, down and to the right."""

    def __init__(self) -> None:
        self.source: TokenSource = EmptySource()
        self.look = TextLook()
        self.width = self.height = 0
        self.offset = 0
        self.widest = 0.0  # of the rows that were in view since text or look changed
        self.preedit_cursor: int | None = None
        self._measured: list[PaintedRow] | None = None
        self._tokens: TokenRows | None = None
        self.style: TextStyle = text_style(DEFAULT_ZOOM, True, QColor())
        self.gutter = Gutter(self.style, LIGHT)
        self._layouts = RowLayouts(self.style)
        self.rows = TextRows(self.source, self._layouts, None)
        self.scroll = ScrollAnchor(self.rows)
        self.set_look(self.look)

    # What is on it

    def set_source(self, source: TokenSource) -> None:
        self.source = source
        self.scroll.to_start()
        self.set_look(self.look)

    def set_look(self, look: TextLook) -> None:
        self.look, self.widest = look, 0.0
        mark_color = QColor(look.palette.token_text)
        mark_color.setAlpha(150)
        ruler = look.ruler_shown
        self.style = text_style(look.zoom, look.marks_shown, mark_color, ruler=ruler)
        self._layouts = RowLayouts(self.style)
        self._measurer = RowMeasurer(self.style, wraps=look.word_wrap)
        self.gutter = Gutter(self.style, look.palette)
        self.gutter.fit(self.source)
        self._lay_out()

    def resize(self, width: int, height: int) -> None:
        self.width, self.height = width, height
        self._lay_out()

    def text_replaced(self) -> None:
        """The text or its tokens changed in ways unknown: stay at the place as far as it exists."""
        self.rows.text_changed()
        self.scroll.text_replaced()
        self._fit_gutter()
        self.moved()

    def text_edited(self, start: int, removed: int, inserted: str, lines: tuple[int, int]) -> None:
        """Follow an edit; `lines` are the first and last line it touched, as they were before."""
        self.rows.text_edited(start, removed, inserted, lines)
        self.scroll.text_changed(start, removed, len(inserted), lines)
        self._fit_gutter()
        self.moved()

    def set_preedit(self, position: int, preedit: Preedit | None, cursor: int | None) -> None:
        """Show what an input method composes at a position (`cursor` -1: without a caret)."""
        end = len(preedit.text.encode("utf-16-le")) // 2 if preedit else 0
        self.preedit_cursor = None if preedit is None else end if cursor is None else cursor
        self.rows.set_preedit(position, preedit)
        self.moved()

    def moved(self) -> None:
        """What is in view may have changed."""
        self._measured = None

    # What is in view

    @property
    def room(self) -> int:
        """Width of what is right of the gutter."""
        return self.width - self.gutter.width - PAD

    def rows_in_view(self) -> list[PaintedRow]:
        """The rows in view and where everything of them stands."""
        if self._measured is None:
            self._measured = self._measure()
        return self._measured

    @property
    def tokens(self) -> TokenRows:
        """The tokens in view."""
        self.rows_in_view()
        assert self._tokens is not None
        return self._tokens

    def is_touched_from(self, position: int) -> bool:
        """Whether a change of the tokens from `position` on shows here."""
        last = self.rows_in_view()[-1].row
        return last.full_end > position or not self.gutter.has_room(self.source)

    def visible_text(self) -> str:
        """The characters of the rows in view."""
        rows = [painted.row for painted in self.rows_in_view()]
        return self.source.slice(rows[0].start, rows[-1].full_end)

    def token_rects(self) -> list[tuple[int, QRectF, int]]:
        """(Token index, rectangle, colour index) of each token in view, in order."""
        top, height = self.style.token_top, self.style.token_height
        return [
            (
                painted.first_token + piece.token,
                QRectF(
                    painted.left + piece.left, painted.top + top, piece.right - piece.left, height
                ),
                piece.color,
            )
            for painted in self.rows_in_view()
            for piece in painted.geometry.pieces
        ]

    def content_width(self) -> int:
        """Width of the widest row seen so far; 0 where rows wrap."""
        if self.look.word_wrap:
            return 0
        for row, _ in self.scroll.visible():
            self.widest = max(self.widest, self._full_width(row))
        return round(self.widest)

    # From points to the text

    def token_at(self, point: QPointF) -> int | None:
        """Index of the token whose rectangle holds a point."""
        painted = self._painted_at(point)
        if painted is None or point.x() < self.gutter.width:
            return None
        return painted.token_at(point.x(), point.y() - painted.top)

    def position_at(self, point: QPointF) -> tuple[int, bool]:
        """The caret position nearest to a point, and whether it is the end of a wrapped row."""
        row, _ = self.scroll.row_at_y(point.y())
        position = row.start + row.layout.offset_at(point.x() - self.left_of(row))
        return position, not row.last and position == row.end

    def character_at(self, point: QPointF) -> int:
        """The character under a point, where `position_at` may be the edge after it."""
        row, _ = self.scroll.row_at_y(point.y())
        x = point.x() - self.left_of(row)
        leading, trailing = row.layout.cluster_x
        for at, (one, other) in enumerate(zip(leading.tolist(), trailing.tolist(), strict=True)):
            if min(one, other) <= x < max(one, other):
                return row.start + int(row.layout.edges[at])
        return row.start + row.layout.offset_at(x)

    def is_inside(self, point: QPointF, start: int, end: int) -> bool:
        """Whether a point lies on one of the characters [start, end)."""
        painted = self._painted_at(point)
        return painted is not None and any(
            left <= point.x() - painted.left < right for left, right in painted.ranges(start, end)
        )

    # From the text to points

    def caret_row(self, caret: Caret) -> Row:
        return self.rows.row_at(caret.position, caret.at_row_end)

    def caret_rect(self, caret: Caret) -> QRectF:
        """Where a caret stands, within what is being composed if it is there."""
        row = self.caret_row(caret)
        x = self.x_of(row, caret.position)
        if self.preedit_cursor is not None and row.layout.preedit:
            x = self.left_of(row) + row.layout.preedit_x(max(0, self.preedit_cursor))
        return self._bar(row, x)

    def place_of(self, position: int) -> QRectF:
        """Where a caret would stand at a position."""
        row = self.rows.row_at(position)
        return self._bar(row, self.x_of(row, position))

    def x_of(self, row: Row, position: int) -> float:
        """X of a position in a row or its line break."""
        left = self.left_of(row)
        if position <= row.end:
            return left + row.layout.x(position - row.start)
        step = self.style.tail_width * (position - row.end)
        return left - step if row.layout.right_to_left else left + row.layout.width + step

    def left_of(self, row: Row) -> int:
        """X of a row's left end."""
        left = self.gutter.width + PAD - self.offset
        if not row.layout.right_to_left:
            return left
        if self.rows.width is None:
            return left + round(len(row.tail) * self.style.tail_width)
        return left + max(0, round(self.rows.width - row.layout.width))

    def offset_to_show(self, position: int) -> int:
        """How far to scroll to the right so that a position is in view: no further than needed."""
        row = self.rows.row_at(position)
        self.widest = max(self.widest, self._full_width(row))
        x = self.x_of(row, position)
        left, right = self.gutter.width + PAD, self.width - 3 * PAD
        if x < left:
            return round(self.offset + x - left - 4 * PAD)
        if x > right:
            return round(self.offset + x - right + 4 * PAD)
        return self.offset

    def _bar(self, row: Row, x: float) -> QRectF:
        y = self.scroll.y_of(row)
        top = (_FAR_AWAY if y is None else y) + self.style.token_top - 1
        return QRectF(round(x) - 1, top, 2, self.style.token_height + 2)

    def _full_width(self, row: Row) -> float:
        on_ruler = int(row.layout.byte_edges[-1] + len(row.tail)) * self.style.byte_cell
        return max(row.layout.width, on_ruler) + 3 * self.style.tail_width

    def _painted_at(self, point: QPointF) -> PaintedRow | None:
        for painted in self.rows_in_view():
            if painted.top <= point.y() < painted.top + self.style.row_height:
                return painted
        return None

    def _fit_gutter(self) -> None:
        if self.gutter.fit(self.source):
            self._lay_out()

    def _lay_out(self) -> None:
        width: float | None = None
        if self.look.word_wrap:
            advance = self.style.advance
            width = max(self.room - 3.5 * advance, 4 * advance)
        self.rows = TextRows(self.source, self._layouts, width)
        self.scroll.set_rows(self.rows)
        self.scroll.height = self.height
        self.scroll.clamp()
        self.moved()

    def _measure(self) -> list[PaintedRow]:
        seen = list(self.scroll.visible())
        start, end = seen[0][0].start, seen[-1][0].full_end
        tokens = self.source.tokens(start, end)
        if self.look.same_colors:
            tokens = colored_by_id(tokens)
        self._tokens = tokens
        measured, byte = [], self.source.byte_offset(start)
        for row, y in seen:
            place = (self.left_of(row), round(y))
            measured.append(self._measurer.measure(row, place, byte, tokens, self.width))
            byte += int(measured[-1].cells.byte_edges[-1])
        holes = self.source.uncovered(start, end)
        for painted in measured if holes else ():
            for hole in holes:
                blank = self.source.slice(*hole).isspace()
                marked = painted.dropped_space if blank else painted.uncovered
                marked += painted.ranges(*hole)
        return measured
