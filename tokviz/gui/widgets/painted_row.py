"""A row in view with all its geometry, as it is painted and as the mouse finds it.

The geometry of a row depends on its layout and on how its tokens lie and are coloured, not on
where the row stands in the text; it is kept under just that, so a key measures the rows it changed.
"""

from collections import OrderedDict
from collections.abc import Callable, Hashable
from dataclasses import dataclass, field
from functools import cached_property
from itertools import pairwise
from typing import TypeVar

import numpy as np
from PySide6.QtCore import QRectF

from tokviz.gui.widgets.text_rows import Row
from tokviz.gui.widgets.text_style import TextStyle
from tokviz.gui.widgets.token_pieces import (
    ByteCell,
    Cells,
    Piece,
    RowTokens,
    byte_cells,
    cells_between,
    cells_of,
    joined_ranges,
    token_pieces,
)
from tokviz.gui.widgets.token_source import TokenRows, TokenSource

_KEPT = 1_024
_LONG = 4_000  # pixels above which only what is near the view is measured
_STEP = 1_024
_NARROWEST_CELL = 3  # pixels
_Value = TypeVar("_Value")


class RowGeometry:
    """The rectangles of one row, from its left top corner."""

    def __init__(self, cells: Cells, tokens: RowTokens, style: TextStyle) -> None:
        self.pieces: list[Piece] = token_pieces(cells, tokens)
        self._byte_cells: list[ByteCell] = byte_cells(cells, tokens)
        self._style = style

    @cached_property
    def fills(self) -> list[tuple[int, list[QRectF]]]:
        """(Colour index, rectangles), each a pixel short at the right and below: the borders."""
        top, height = self._style.token_top, self._style.token_height
        fills: dict[int, list[QRectF]] = {}
        # Hundreds of tokens may share one place (combining marks): the last one is seen.
        for piece in {(piece.left, piece.right): piece for piece in self.pieces}.values():
            rect = QRectF(piece.left, top, piece.right - piece.left - 1, height - 1)
            fills.setdefault(piece.color, []).append(rect)
        return list(fills.items())

    @cached_property
    def bands(self) -> list[QRectF]:
        """The rectangles of the tokens joined: what shows of them between the fills is borders."""
        top, height = self._style.token_top, self._style.token_height
        spans = joined_ranges([(piece.left, piece.right) for piece in self.pieces])
        return [QRectF(left, top, right - left, height) for left, right in spans]

    @cached_property
    def strip_bands(self) -> list[QRectF]:
        """What lies behind the byte cells, below the clusters that tokens cut."""
        top, height = self._style.strip_top, self._style.strip_height
        edges = [(round(cell.left), round(cell.right)) for cell in self._byte_cells]
        return [QRectF(left, top, right - left, height) for left, right in edges]

    @cached_property
    def strip_fills(self) -> list[tuple[int, list[QRectF]]]:
        """(Colour index, cells): one a byte where there is room, else one a token."""
        top, height = self._style.strip_top + 1, self._style.strip_height - 2
        fills: dict[int, list[QRectF]] = {}
        for cell in self._byte_cells:
            step = (cell.right - cell.left) / max(1, cell.n_bytes)
            count = cell.n_bytes if step >= _NARROWEST_CELL else 1
            step = (cell.right - cell.left) / count
            edges = [round(cell.left + step * number) for number in range(count + 1)]
            fills.setdefault(cell.color, []).extend(
                QRectF(left, top, right - left - 1, height) for left, right in pairwise(edges)
            )
        return list(fills.items())


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
    geometry: RowGeometry
    uncovered: list[tuple[float, float]] = field(default_factory=list)

    def token_at(self, x: float) -> int | None:
        """Index of the token whose rectangle holds an x of the viewport."""
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

    def __init__(self, style: TextStyle) -> None:
        self._style = style
        self._cells: OrderedDict[Hashable, Cells] = OrderedDict()
        self._known: OrderedDict[Hashable, RowGeometry] = OrderedDict()

    def measure(
        self, row: Row, place: tuple[int, int], source: TokenSource, tokens: TokenRows, width: int
    ) -> PaintedRow:
        """Find where everything of a row stands; `place` is its corner, `width` the view's."""
        cells = self._cells_of(row)
        first_byte = source.byte_offset(row.start)
        low, high = 0, int(cells.byte_edges[-1])
        if row.layout.width > _LONG and not cells.bidirectional:
            left = -place[0] // _STEP * _STEP
            low, high = cells_between(cells, left - _STEP, left + width + 2 * _STEP)
        first, last = _tokens_between(tokens, first_byte + low, first_byte + high)
        part = RowTokens(
            np.clip(tokens.byte_starts[first:last] - first_byte, low, high),
            np.clip(tokens.byte_ends[first:last] - first_byte, low, high),
            tokens.colors[first:last],
        )
        return PaintedRow(
            row=row,
            left=place[0],
            top=place[1],
            cells=cells,
            first_byte=first_byte,
            first_token=tokens.first + first,
            ids=tokens.ids[first:last].tolist(),
            geometry=self._geometry(row, cells, part),
        )

    def _cells_of(self, row: Row) -> Cells:
        key = (row.layout, row.tail)
        return _remembered(self._cells, key, lambda: cells_of(row, self._style))

    def _geometry(self, row: Row, cells: Cells, part: RowTokens) -> RowGeometry:
        key = (row.layout, row.tail, *(column.tobytes() for column in part))
        return _remembered(self._known, key, lambda: RowGeometry(cells, part, self._style))


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
