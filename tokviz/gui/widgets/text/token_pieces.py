"""Which part of a row belongs to which token: the rectangles that are painted, as plain numbers.

The unit is the byte. A cluster inside one token is the token's; one that several tokens share is
divided among them in proportion to bytes, so each has a stripe. What a token has of one cluster
is a fragment; rectangles above (`token_pieces`) and byte cells below (`byte_cells`) are both made
of them. All x of rectangles are whole pixels from the row's left end, so neighbours share an edge.
"""

from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple, TypeVar

import numpy as np
from numpy.typing import NDArray

from tokviz.gui.widgets.text.text_rows import Row
from tokviz.gui.widgets.text.text_style import TextStyle

_NARROWEST = 3  # pixels of a token that has no width of its own, and of a byte that is shown apart

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]
_X = TypeVar("_X", int, float)


@dataclass(frozen=True)
class Cells:
    """A row's clusters and the cells of its line break, in the text's order."""

    leading: Floats
    trailing: Floats
    byte_edges: Ints  # one more than there are cells; counted from the row's start
    bidirectional: bool

    @cached_property
    def whole_x(self) -> tuple[Ints, Ints] | None:
        """Where each cell begins and ends in whole pixels, if they stand side by side in order."""
        in_order = not self.bidirectional and (self.leading <= self.trailing).all()
        if not in_order or (self.leading[1:] != self.trailing[:-1]).any():
            return None
        lefts, rights = np.rint(self.leading), np.rint(self.trailing)
        return lefts.astype(np.int64), rights.astype(np.int64)


class RowTokens(NamedTuple):
    """The tokens that touch a row: bytes counted from the row's start and cut to the row."""

    lows: Ints
    highs: Ints
    colors: NDArray[np.uint8]


class Fragments(NamedTuple):
    """What tokens have of clusters, ordered by token, then by byte: one entry for each pair."""

    tokens: Ints
    lefts: Floats
    rights: Floats
    n_bytes: Ints
    partial: Bools  # other tokens have the rest of the cluster
    soft: Bools  # the cluster goes on to the right of the fragment


class Pieces(NamedTuple):
    """Rectangles, one entry each: those of tokens, or of bytes below a cluster that tokens cut.

    Columns and no objects, of which the dense rows of some pages would be fifty thousand: the
    garbage collector looked at them for longer than a frame.
    """

    tokens: Ints  # counted from the row's first token
    lefts: Ints
    rights: Ints
    colors: NDArray[np.uint8]
    soft: Bools  # the right edge lies inside a cluster; of a byte, inside a token


_NO_INTS = np.empty(0, dtype=np.int64)
NO_PIECES = Pieces(_NO_INTS, _NO_INTS, _NO_INTS, np.empty(0, np.uint8), np.empty(0, np.bool_))


class Piece(NamedTuple):
    """One rectangle: `token` counts from the row's first token."""

    token: int
    left: int
    right: int
    color: int
    soft: bool  # its right edge lies inside a cluster


def cells_of(row: Row, style: TextStyle) -> Cells:
    """The cells of a row, its line break standing after the last one (before it, right to left)."""
    layout = row.layout
    leading, trailing = layout.cluster_x
    byte_edges = layout.byte_edges
    if row.tail:
        steps = np.arange(len(row.tail) + 1) * style.tail_width
        x = -steps if layout.right_to_left else layout.width + steps
        sizes = [len(character.encode("utf-8")) for character in row.tail]
        leading = np.concatenate([leading, x[:-1]])
        trailing = np.concatenate([trailing, x[1:]])
        byte_edges = np.concatenate([byte_edges, byte_edges[-1] + np.cumsum(sizes)])
    return Cells(leading, trailing, byte_edges, layout.bidirectional)


def byte_x(cells: Cells, byte: int) -> float:
    """Where the byte with this number in the row begins, within its cluster by proportion."""
    at = int(cells.byte_edges.searchsorted(np.int64(byte), side="right")) - 1
    if at >= len(cells.leading):
        return float(cells.trailing[-1]) if len(cells.trailing) else 0.0
    low, high = cells.byte_edges[at], cells.byte_edges[at + 1]
    share = (byte - low) / max(1, high - low)
    return float(cells.leading[at] + (cells.trailing[at] - cells.leading[at]) * share)


def fragments_of(cells: Cells, tokens: RowTokens, seen: tuple[float, float]) -> Fragments:
    """What each token has of each cluster, between two x."""
    edges, n_cells = cells.byte_edges, len(cells.leading)
    first = np.minimum(edges.searchsorted(tokens.lows, side="right") - 1, n_cells - 1)
    last = edges.searchsorted(np.maximum(tokens.highs, tokens.lows + 1), side="left")
    counts = np.clip(last, first + 1, n_cells) - first
    numbers = np.repeat(np.arange(len(counts)), counts)
    at = np.arange(len(numbers)) - np.repeat(np.cumsum(counts) - counts - first, counts)
    start, end = edges[at], edges[at + 1]
    low, high = np.maximum(tokens.lows[numbers], start), np.minimum(tokens.highs[numbers], end)
    leading, width = cells.leading[at], cells.trailing[at] - cells.leading[at]
    begins = leading + width * (low - start) / (end - start)
    ends = leading + width * (high - start) / (end - start)
    lefts, rights = np.minimum(begins, ends), np.maximum(begins, ends)
    in_view = (rights >= seen[0]) & (lefts <= seen[1])
    return Fragments(
        tokens=numbers[in_view],
        lefts=lefts[in_view],
        rights=rights[in_view],
        n_bytes=(high - low)[in_view],
        partial=((low > start) | (high < end))[in_view],
        soft=np.where(width < 0, low > start, high < end)[in_view],
    )


def token_pieces(fragments: Fragments, colors: NDArray[np.uint8]) -> Pieces:
    """The rectangles of a row's tokens, in order; a token has several where reading turns."""
    if not len(fragments.tokens):
        return NO_PIECES
    order = np.lexsort((fragments.lefts, fragments.tokens))
    tokens, lefts, rights = (column[order] for column in fragments[:3])
    apart = (tokens[1:] != tokens[:-1]) | (lefts[1:] > rights[:-1] + 0.5)
    begins = np.append(0, np.flatnonzero(apart) + 1)
    soft = fragments.soft[order][np.append(begins[1:], len(tokens)) - 1]
    tokens = tokens[begins]
    low = np.rint(lefts[begins]).astype(np.int64)
    high = np.rint(np.maximum.reduceat(rights, begins)).astype(np.int64)
    wide = high - low >= _NARROWEST
    middle = (low + high) // 2
    low, high = np.where(wide, low, middle - 1), np.where(wide, high, middle - 1 + _NARROWEST)
    kept = wide | _without_any(wide, tokens)
    columns = tokens, low, high, colors[tokens], soft
    return Pieces(*(column[kept] for column in columns))


def whole_pieces(cells: Cells, tokens: RowTokens) -> Pieces | None:
    """What `token_pieces` finds of all fragments, in a third of the time, for nearly every row:
    cells side by side of which each token has some whole ones, and so one rectangle. None for a row
    in which reading turns, a token cuts a cluster or one would not be wide enough to be seen."""
    if cells.whole_x is None:
        return None
    edges, (lows, highs, colors) = cells.byte_edges, tokens
    first, last = edges.searchsorted(lows), edges.searchsorted(highs)
    if (edges[first] != lows).any() or (edges[last] != highs).any() or (first == last).any():
        return None
    lefts, rights = cells.whole_x[0][first], cells.whole_x[1][last - 1]
    if (rights - lefts < _NARROWEST).any():
        return None
    return Pieces(np.arange(len(lows)), lefts, rights, colors, np.zeros(len(lows), np.bool_))


def byte_cells(fragments: Fragments, colors: NDArray[np.uint8]) -> Pieces:
    """The bytes (without room for each, those of a token as one) of the clusters that tokens cut.
    An edge is soft where the token's next byte follows."""
    cut = fragments.partial
    if not cut.any():  # as in most rows
        return NO_PIECES
    lefts, widths = fragments.lefts[cut], (fragments.rights - fragments.lefts)[cut]
    n_bytes = np.maximum(fragments.n_bytes[cut], 1)
    counts = np.where(widths >= _NARROWEST * n_bytes, n_bytes, 1)
    steps = np.repeat(widths / counts, counts)
    places = np.arange(len(steps)) - np.repeat(np.cumsum(counts) - counts, counts)
    low = np.rint(np.repeat(lefts, counts) + steps * places).astype(np.int64)
    high = np.rint(np.repeat(lefts, counts) + steps * (places + 1)).astype(np.int64)
    soft = places < np.repeat(counts, counts) - 1
    tokens = np.repeat(fragments.tokens[cut], counts)
    return Pieces(tokens, low, high, colors[tokens], soft)


def joined_ranges(ranges: list[tuple[_X, _X]]) -> list[tuple[_X, _X]]:
    """Ranges from left to right, those that touch as one.

    >>> joined_ranges([(4.0, 6.0), (0.0, 2.0), (2.0, 3.0)])
    [(0.0, 3.0), (4.0, 6.0)]
    """
    joined: list[tuple[_X, _X]] = []
    for left, right in sorted(ranges):
        if joined and left <= joined[-1][1] + 0.5:
            joined[-1] = (joined[-1][0], max(right, joined[-1][1]))
        else:
            joined.append((left, right))
    return joined


def _without_any(wide: Bools, tokens: Ints) -> Bools:
    """The first rectangle of each token none of whose rectangles is wide enough to be seen."""
    seen = np.zeros(int(tokens[-1]) + 1, dtype=np.bool_)
    seen[tokens[wide]] = True
    first = np.append(True, tokens[1:] != tokens[:-1])
    return first & ~seen[tokens]
