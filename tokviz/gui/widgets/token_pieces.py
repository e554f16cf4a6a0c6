"""Which part of a row belongs to which token: the rectangles that are painted, as plain numbers.

The unit is the byte. A cluster inside one token is the token's; one that several tokens share is
divided among them in proportion to bytes, so each has a stripe, and `byte_cells` says how. All x
are whole pixels from the row's left end, so that neighbours share an edge.
"""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from tokviz.gui.widgets.text_rows import Row
from tokviz.gui.widgets.text_style import TextStyle

_NARROWEST = 3  # pixels of a token that has no width of its own


@dataclass(frozen=True)
class Cells:
    """A row's clusters and the cells of its line break, in the text's order."""

    leading: NDArray[np.float64]
    trailing: NDArray[np.float64]
    byte_edges: NDArray[np.int64]  # one more than there are cells; counted from the row's start
    bidirectional: bool
    has_wide: bool  # some cell has more than one byte, so a token may cut it


class RowTokens(NamedTuple):
    """The tokens that touch a row: bytes counted from the row's start and cut to the row."""

    lows: NDArray[np.int64]
    highs: NDArray[np.int64]
    colors: NDArray[np.uint8]


class Piece(NamedTuple):
    """One rectangle: `token` counts from the row's first token."""

    token: int
    left: int
    right: int
    color: int


class ByteCell(NamedTuple):
    """Bytes of one token within a cluster that tokens cut, side by side below the cluster."""

    left: float
    right: float
    color: int
    n_bytes: int


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
    has_wide = int(byte_edges[-1]) > len(leading)
    return Cells(leading, trailing, byte_edges, layout.bidirectional, has_wide)


def cells_between(cells: Cells, left: float, right: float) -> tuple[int, int]:
    """The bytes of the cells that may be seen between two x, of a row that reads rightwards."""
    first = max(0, int(cells.trailing.searchsorted(left)) - 1)
    last = min(len(cells.leading), int(cells.leading.searchsorted(right)) + 1)
    return int(cells.byte_edges[first]), int(cells.byte_edges[last])


def token_pieces(cells: Cells, tokens: RowTokens) -> list[Piece]:
    """The rectangles of a row's tokens, in order; a token has several where reading turns."""
    if not len(cells.leading) or not len(tokens.lows):
        return []
    colors = tokens.colors.tolist()
    if cells.bidirectional:
        return [
            Piece(number, left, right, colors[number])
            for number, (low, high) in enumerate(
                zip(tokens.lows.tolist(), tokens.highs.tolist(), strict=True)
            )
            for left, right in _turning(cells, low, high)
        ]
    x = np.append(cells.leading, cells.trailing[-1])
    lefts = np.rint(np.interp(tokens.lows, cells.byte_edges, x)).astype(np.int64)
    rights = np.rint(np.interp(tokens.highs, cells.byte_edges, x)).astype(np.int64)
    narrow = rights - lefts < _NARROWEST
    middles = (lefts + rights) // 2
    lefts = np.where(narrow, middles - 1, lefts)
    rights = np.where(narrow, middles - 1 + _NARROWEST, rights)
    numbers = range(len(colors))
    return list(map(Piece, numbers, lefts.tolist(), rights.tolist(), colors))


def byte_x(cells: Cells, byte: int) -> float:
    """Where the byte with this number in the row begins, within its cluster by proportion."""
    at = int(cells.byte_edges.searchsorted(np.int64(byte), side="right")) - 1
    if at >= len(cells.leading):
        return float(cells.trailing[-1]) if len(cells.trailing) else 0.0
    low, high = cells.byte_edges[at], cells.byte_edges[at + 1]
    share = (byte - low) / max(1, high - low)
    return float(cells.leading[at] + (cells.trailing[at] - cells.leading[at]) * share)


def byte_cells(cells: Cells, tokens: RowTokens) -> list[ByteCell]:
    """The strips below the clusters that are cut by tokens."""
    if not cells.has_wide:
        return []
    edges = cells.byte_edges
    cuts = np.unique(np.concatenate([tokens.lows, tokens.highs]))
    inner = cuts[~np.isin(cuts, edges)]
    strips: list[ByteCell] = []
    for at in np.unique(edges.searchsorted(inner, side="right") - 1).tolist():
        strips += _strip(cells, at, tokens)
    return strips


def _strip(cells: Cells, at: int, tokens: RowTokens) -> list[ByteCell]:
    low, high = int(cells.byte_edges[at]), int(cells.byte_edges[at + 1])
    lead, width = float(cells.leading[at]), float(cells.trailing[at] - cells.leading[at])
    first = int(tokens.highs.searchsorted(np.int64(low), side="right"))
    last = int(tokens.lows.searchsorted(np.int64(high), side="left"))
    strip = []
    for number in range(first, last):
        start, end = max(low, int(tokens.lows[number])), min(high, int(tokens.highs[number]))
        a = lead + width * (start - low) / (high - low)
        b = lead + width * (end - low) / (high - low)
        strip.append(ByteCell(min(a, b), max(a, b), int(tokens.colors[number]), end - start))
    return strip


def _turning(cells: Cells, low: int, high: int) -> list[tuple[int, int]]:
    """The x ranges of bytes [low, high) where reading may turn, neighbours joined."""
    at = max(0, int(cells.byte_edges.searchsorted(np.int64(low), side="right")) - 1)
    found: list[tuple[float, float]] = []
    while at < len(cells.leading) and cells.byte_edges[at] < max(high, low + 1):
        start, end = int(cells.byte_edges[at]), int(cells.byte_edges[at + 1])
        lead, width = float(cells.leading[at]), float(cells.trailing[at] - cells.leading[at])
        a = lead + width * (max(low, start) - start) / (end - start)
        b = lead + width * (min(high, end) - start) / (end - start)
        found.append((min(a, b), max(a, b)))
        at += 1
    joined = [(round(left), round(right)) for left, right in joined_ranges(found)]
    wide = [(left, right) for left, right in joined if right - left >= _NARROWEST]
    if wide or not joined:
        return wide
    middle = sum(joined[0]) // 2
    return [(middle - 1, middle - 1 + _NARROWEST)]


def joined_ranges(ranges: list[tuple[float, float]]) -> list[tuple[float, float]]:
    """Ranges from left to right, those that touch as one.

    >>> joined_ranges([(4.0, 6.0), (0.0, 2.0), (2.0, 3.0)])
    [(0.0, 3.0), (4.0, 6.0)]
    """
    joined: list[tuple[float, float]] = []
    for left, right in sorted(ranges):
        if joined and left <= joined[-1][1] + 0.5:
            joined[-1] = (joined[-1][0], max(right, joined[-1][1]))
        else:
            joined.append((left, right))
    return joined
