"""Which part of a row belongs to which token: the rectangles that are painted, as plain numbers.

The unit is the byte. A cluster inside one token is the token's; one that several tokens share is
divided among them in proportion to bytes, so each has a stripe, and `byte_cells` says how.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tokviz.gui.widgets.text_rows import Row
from tokviz.gui.widgets.text_style import TextStyle
from tokviz.gui.widgets.token_source import TokenRows

_NARROWEST = 3.0  # pixels of a token that has no width of its own


@dataclass(frozen=True)
class TokenPiece:
    """One token's rectangle in a row: x from the row's left end, whether it begins and ends here."""

    index: int
    id: int
    color: int
    left: float
    right: float
    begins: bool
    ends: bool


@dataclass(frozen=True)
class ByteCell:
    """Bytes of one token within a cluster that tokens cut, side by side below the cluster."""

    left: float
    right: float
    color: int
    n_bytes: int


@dataclass(frozen=True)
class Cells:
    """A row's clusters and the cells of its line break, in the text's order."""

    leading: NDArray[np.float64]
    trailing: NDArray[np.float64]
    byte_edges: NDArray[np.int64]  # one more than there are cells; counted from the row's start
    bidirectional: bool


def cells_of(row: Row, style: TextStyle) -> Cells:
    """The cells of a row, its line break standing after the last one (before it, right to left)."""
    layout = row.layout
    leading, trailing = layout.cluster_x
    byte_edges = layout.byte_edges
    for place, character in enumerate(row.tail):
        step = style.tail_width
        start = -place * step if layout.right_to_left else layout.width + place * step
        leading = np.append(leading, start)
        trailing = np.append(trailing, start - step if layout.right_to_left else start + step)
        n_bytes = len(character.encode("utf-8"))
        byte_edges = np.append(byte_edges, byte_edges[-1] + n_bytes)
    return Cells(leading, trailing, byte_edges, layout.bidirectional)


def token_pieces(cells: Cells, tokens: TokenRows, row_byte: int) -> list[TokenPiece]:
    """The rectangles of a row's tokens, from left to right for each token."""
    if len(cells.leading) == 0:
        return []
    begin, end = np.int64(row_byte), np.int64(row_byte + cells.byte_edges[-1])
    first = int(tokens.byte_ends.searchsorted(begin, side="right"))
    while first > 0 and tokens.byte_starts[first - 1] == begin == tokens.byte_ends[first - 1]:
        first -= 1
    last = int(tokens.byte_starts.searchsorted(end, side="left"))
    if first >= last:
        return []
    starts, ends = tokens.byte_starts[first:last], tokens.byte_ends[first:last]
    lows = np.clip(starts - begin, 0, cells.byte_edges[-1])
    highs = np.clip(ends - begin, 0, cells.byte_edges[-1])
    begins, finishes = (starts >= begin).tolist(), (ends <= end).tolist()
    spans = _spans(cells, lows, highs)
    ids, colors = tokens.ids[first:last].tolist(), tokens.colors[first:last].tolist()
    return [
        TokenPiece(tokens.first + first + at, ids[at], colors[at], left, right, *edges)
        for at, pieces in enumerate(spans)
        for left, right in _widened(pieces)
        for edges in [(begins[at], finishes[at])]
    ]


def byte_x(cells: Cells, byte: int) -> float:
    """Where the byte with this number in the row begins, within its cluster by proportion."""
    at = int(cells.byte_edges.searchsorted(np.int64(byte), side="right")) - 1
    if at >= len(cells.leading):
        return float(cells.trailing[-1]) if len(cells.trailing) else 0.0
    low, high = cells.byte_edges[at], cells.byte_edges[at + 1]
    share = (byte - low) / max(1, high - low)
    return float(cells.leading[at] + (cells.trailing[at] - cells.leading[at]) * share)


def byte_cells(cells: Cells, tokens: TokenRows, row_byte: int) -> list[ByteCell]:
    """The strips below the clusters that are cut by tokens."""
    edges = cells.byte_edges + row_byte
    cuts = np.concatenate([tokens.byte_starts, tokens.byte_ends])
    cuts = np.unique(cuts[(cuts > edges[0]) & (cuts < edges[-1])])
    inner = cuts[~np.isin(cuts, edges)]
    strips = []
    for at in np.unique(edges.searchsorted(inner, side="right") - 1).tolist():
        strips += _strip(cells, at, tokens, row_byte)
    return strips


def _strip(cells: Cells, at: int, tokens: TokenRows, row_byte: int) -> list[ByteCell]:
    low, high = int(cells.byte_edges[at]) + row_byte, int(cells.byte_edges[at + 1]) + row_byte
    left = min(cells.leading[at], cells.trailing[at])
    width = abs(cells.trailing[at] - cells.leading[at])
    leftwards = cells.trailing[at] < cells.leading[at]
    strip = []
    for token in range(
        int(tokens.byte_ends.searchsorted(np.int64(low), side="right")), len(tokens.ids)
    ):
        start = max(low, int(tokens.byte_starts[token]))
        end = min(high, int(tokens.byte_ends[token]))
        if start >= high:
            break
        a, b = (start - low) / (high - low), (end - low) / (high - low)
        if leftwards:
            a, b = 1 - b, 1 - a
        strip.append(
            ByteCell(left + a * width, left + b * width, int(tokens.colors[token]), end - start)
        )
    return strip


def _spans(
    cells: Cells, lows: NDArray[np.int64], highs: NDArray[np.int64]
) -> list[list[tuple[float, float]]]:
    """For each token the x ranges of its bytes [low, high) of the row."""
    if not cells.bidirectional:
        x = np.append(cells.leading, cells.trailing[-1])
        lefts = np.interp(lows, cells.byte_edges, x)
        rights = np.interp(highs, cells.byte_edges, x)
        return [[span] for span in zip(lefts.tolist(), rights.tolist(), strict=True)]
    return [
        _pieces(cells, low, high) for low, high in zip(lows.tolist(), highs.tolist(), strict=True)
    ]


def _pieces(cells: Cells, low: int, high: int) -> list[tuple[float, float]]:
    """The x ranges of bytes [low, high) where reading may turn, neighbours joined."""
    found: list[tuple[float, float]] = []
    at = max(0, int(cells.byte_edges.searchsorted(np.int64(low), side="right")) - 1)
    while at < len(cells.leading) and cells.byte_edges[at] < max(high, low + 1):
        start, end = int(cells.byte_edges[at]), int(cells.byte_edges[at + 1])
        lead, width = cells.leading[at], cells.trailing[at] - cells.leading[at]
        a = lead + width * (max(low, start) - start) / (end - start)
        b = lead + width * (min(high, end) - start) / (end - start)
        found.append((float(min(a, b)), float(max(a, b))))
        at += 1
    found.sort()
    joined: list[tuple[float, float]] = []
    for left, right in found:
        if joined and left <= joined[-1][1] + 0.5:
            joined[-1] = (joined[-1][0], max(right, joined[-1][1]))
        else:
            joined.append((left, right))
    return joined


def _widened(pieces: list[tuple[float, float]]) -> list[tuple[float, float]]:
    """Whole pixels, so that neighbours share an edge, and at least one visible rectangle."""
    rounded = [(float(round(left)), float(round(right))) for left, right in pieces]
    wide = [(left, right) for left, right in rounded if right - left >= _NARROWEST]
    if wide or not rounded:
        return wide
    middle = (pieces[0][0] + pieces[0][1]) / 2
    return [(round(middle) - 1.0, round(middle) + _NARROWEST - 1.0)]
