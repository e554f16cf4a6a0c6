"""A row in view with all its geometry, as it is painted and as the mouse finds it.

The geometry of a row depends on its layout and on how its tokens lie and are coloured, not on
where the row stands in the text; it is kept under just that, so a key measures the rows it changed.
"""

from collections import OrderedDict
from collections.abc import Callable, Hashable
from dataclasses import dataclass, field
from functools import cached_property
from typing import TypeVar

import numpy as np
from PySide6.QtCore import QRectF
from PySide6.QtGui import QPolygonF

from tokviz.gui.widgets.text.byte_ruler import ByteRuler, byte_ruler
from tokviz.gui.widgets.text.text_rows import Row
from tokviz.gui.widgets.text.text_style import TextStyle
from tokviz.gui.widgets.text.token_pieces import (
    NO_PIECES,
    Cells,
    Piece,
    Pieces,
    RowTokens,
    byte_cells,
    cells_of,
    fragments_of,
    joined_ranges,
    token_pieces,
    whole_pieces,
)
from tokviz.gui.widgets.text.token_source import TokenRows
from tokviz.gui.widgets.text.white_space_marks import WhiteSpaceMarks, white_space_marks

_KEPT = 128  # rows, some screens of them
_LONG = 4_000  # pixels above which only what is near the view is measured
_STEP = 512
_EVERYWHERE = (-np.inf, np.inf)
_Value = TypeVar("_Value")


class Tiles:
    """Rectangles side by side, in the order of painting: the fills first, the lines over them.

    An edge closes a tile at its right, a seam does where the same character goes on; a floor
    closes tiles that touch below. All are numbers (see `Pieces`): top and height are shared.
    """

    def __init__(self, pieces: Pieces, top: int, height: int) -> None:
        self.top, self.height = top, height
        self.fills: dict[int, tuple[list[int], list[int]]] = {}  # by colour: lefts and widths
        lines: tuple[list[int], list[int]] = ([], [])
        lefts, rights, colors, soft = (column.tolist() for column in pieces[1:])
        # Hundreds of tokens may share one place (combining marks): the last one is seen.
        places = {place: i for i, place in enumerate(zip(lefts, rights, strict=True))}
        for (left, right), i in places.items():
            at, widths = self.fills.setdefault(colors[i], ([], []))
            at.append(left)
            widths.append(right - left)
            lines[soft[i]].append(right - 1)
        self.edges, self.seams = lines  # x of each
        self.spans = joined_ranges(list(places))  # of tiles that touch, each with a floor


class RowGeometry:
    """The rectangles of one row, from its left top corner."""

    def __init__(
        self, cells: Cells, tokens: RowTokens, seen: tuple[float, float], style: TextStyle
    ) -> None:
        self._columns = self._byte_cells = NO_PIECES
        self._style = style
        if not (len(cells.leading) and len(tokens.lows)):
            return
        whole = whole_pieces(cells, tokens) if seen == _EVERYWHERE else None
        if whole is not None:
            self._columns = whole
        else:
            fragments = fragments_of(cells, tokens, seen)
            self._columns = token_pieces(fragments, tokens.colors)
            self._byte_cells = byte_cells(fragments, tokens.colors)

    @property
    def has_pieces(self) -> bool:
        return len(self._columns.lefts) > 0

    @cached_property
    def pieces(self) -> list[Piece]:
        """One by one, for the mouse and what stands out."""
        return list(map(Piece, *(column.tolist() for column in self._columns)))

    @cached_property
    def tiles(self) -> Tiles:
        """The tokens behind the text."""
        return Tiles(self._columns, self._style.token_top, self._style.token_height)

    @cached_property
    def strip(self) -> Tiles:
        """The byte cells below the clusters that tokens cut."""
        return Tiles(self._byte_cells, self._style.strip_top, self._style.strip_height)

    @cached_property
    def letters(self) -> list[QRectF]:
        """Where the characters stand that tokens cut, above the feet of the stripes."""
        top, height = self._style.token_top, self._style.token_height - self._style.foot_height
        return [QRectF(left, top, right - left, height) for left, right in self.strip.spans]


@dataclass
class PaintedRow:
    """A row at its place in the viewport."""

    row: Row
    left: int  # x of the row's left end
    top: int
    cells: Cells
    first_byte: int  # of the row, in the text
    first_token: int
    ids: list[int]
    marks: WhiteSpaceMarks
    geometry: RowGeometry
    style: TextStyle
    tokens: RowTokens
    ruler: ByteRuler | None = None
    uncovered: list[tuple[float, float]] = field(default_factory=list)
    dropped_space: list[tuple[float, float]] = field(default_factory=list)  # by design, uncovered

    def token_at(self, x: float, y: float) -> int | None:
        """Index of the token whose rectangle, or byte, holds an x of the viewport; y of the row."""
        if self.ruler is not None and y >= self.style.ruler_top:
            inside = self.ruler.token_at(x - self.left, self.style, self.tokens)
            return None if inside is None else self.first_token + inside
        for piece in self.geometry.pieces:
            if piece.left <= x - self.left < piece.right:
                return self.first_token + piece.token
        return None

    def ranges(self, start: int, end: int) -> list[tuple[float, float]]:
        """Where the characters [start, end) of the text stand, from the row's left end."""
        row, cells = self.row, self.cells
        if end <= row.start or start >= row.full_end:
            return []
        tail = row.layout.edges[-1] + np.arange(1, len(row.tail) + 1)
        edges = np.concatenate([row.layout.edges, tail])
        inside = (edges[:-1] < end - row.start) & (edges[1:] > start - row.start)
        leading, trailing = cells.leading[inside], cells.trailing[inside]
        if not cells.bidirectional:
            return [(float(leading[0]), float(trailing[-1]))] if len(leading) else []
        lows, highs = np.minimum(leading, trailing), np.maximum(leading, trailing)
        return joined_ranges(list(zip(lows.tolist(), highs.tolist(), strict=True)))


class RowMeasurer:
    """Measures rows in one style and remembers the last of them."""

    def __init__(self, style: TextStyle, *, wraps: bool) -> None:
        self._style = style
        self._wraps = wraps
        self._cells: OrderedDict[Hashable, Cells] = OrderedDict()
        self._marks: OrderedDict[Hashable, WhiteSpaceMarks] = OrderedDict()
        self._known: OrderedDict[Hashable, RowGeometry] = OrderedDict()

    def measure(
        self, row: Row, place: tuple[int, int], first_byte: int, tokens: TokenRows, width: int
    ) -> PaintedRow:
        """Find where everything of a row stands; `place` is its corner, `width` the view's,
        `first_byte` the row's in the text."""
        cells = self._cells_of(row)
        n_bytes = int(cells.byte_edges[-1])
        first, last = _tokens_between(tokens, first_byte, first_byte + n_bytes)
        part = RowTokens(
            np.maximum(tokens.byte_starts[first:last] - first_byte, 0),
            np.minimum(tokens.byte_ends[first:last] - first_byte, n_bytes),
            tokens.colors[first:last],
        )
        seen: tuple[float, float] = _EVERYWHERE
        if row.layout.width > _LONG:
            left = -place[0] // _STEP * _STEP
            seen = left, left + width + _STEP
        return PaintedRow(
            row=row,
            left=place[0],
            top=place[1],
            cells=cells,
            first_byte=first_byte,
            first_token=tokens.first + first,
            ids=tokens.ids[first:last].tolist(),
            marks=self._marks_of(row),
            geometry=self._geometry(row, cells, part, seen),
            style=self._style,
            tokens=part,
            ruler=self._ruler(row, cells, part) if self._style.byte_cell else None,
        )

    def _cells_of(self, row: Row) -> Cells:
        layout = row.layout
        alike = len(layout.text) if layout.is_arithmetic else layout
        key = (alike, row.tail)
        return _remembered(self._cells, key, lambda: cells_of(row, self._style))

    def _ruler(self, row: Row, cells: Cells, part: RowTokens) -> ByteRuler:
        layout = row.layout
        edges = np.append(layout.edges, layout.edges[-1] + np.arange(1, len(row.tail) + 1))
        left = 0.0
        if layout.right_to_left:  # there is room at the left of a row that stands at the right
            left = layout.width - float(cells.byte_edges[-1]) * self._style.byte_cell
            left = left if self._wraps else max(left, 0.0)
        return byte_ruler(layout.text + row.tail, edges, cells.byte_edges, part, left)

    def _marks_of(self, row: Row) -> WhiteSpaceMarks:
        if not self._style.marks_shown:
            return WhiteSpaceMarks(QPolygonF(), [])
        layout = row.layout
        return _remembered(self._marks, layout, lambda: white_space_marks(layout, self._style))

    def _geometry(
        self, row: Row, cells: Cells, part: RowTokens, seen: tuple[float, float]
    ) -> RowGeometry:
        key = (row.layout, row.tail, seen, *(column.tobytes() for column in part))
        return _remembered(self._known, key, lambda: RowGeometry(cells, part, seen, self._style))


def _tokens_between(tokens: TokenRows, begin: int, end: int) -> tuple[int, int]:
    """Rows of the tokens with a byte in [begin, end), or empty and standing at `begin`."""
    low, high = np.int64(begin), np.int64(end)
    first = int(tokens.byte_ends.searchsorted(low, side="right"))
    while first > 0 and tokens.byte_starts[first - 1] == low == tokens.byte_ends[first - 1]:
        first -= 1
    return first, max(first, int(tokens.byte_starts.searchsorted(high, side="left")))


def _remembered(
    known: OrderedDict[Hashable, _Value], key: Hashable, make: Callable[[], _Value]
) -> _Value:
    value = known.get(key)
    if value is None:
        value = known[key] = make()
        if len(known) > _KEPT:
            known.popitem(last=False)
    else:
        known.move_to_end(key)
    return value
