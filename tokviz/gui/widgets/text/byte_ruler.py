"""The byte ruler of a row: below the text a cell for each byte, in hex, coloured by its token, and
above the cells of each character a bracket with the character.

The cells stand side by side from where the row's text begins whatever the widths of the characters,
for a byte in hex is wider than a letter; so rows break where either of the two would be too wide.
Under a row that runs from right to left they still run from left to right, as bytes in hex are
read, and end below its first character.
"""

import re
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QLineF, QRectF, Qt
from PySide6.QtGui import QPainter

from tokviz.gui.palette import Palette
from tokviz.gui.widgets.text.character_marks import display_text
from tokviz.gui.widgets.text.text_style import TextStyle
from tokviz.gui.widgets.text.token_pieces import RowTokens

_SURROGATES = re.compile("[\ud800-\udfff]")
_LOST = -1  # the colour number of a byte in no token


@dataclass(frozen=True)
class ByteRuler:
    """The bytes of a row and its line break, and where its clusters begin among them."""

    data: bytes
    edges: NDArray[np.int64]  # one more than there are clusters
    clusters: tuple[str, ...]
    colors: NDArray[np.int16]  # of each byte, `_LOST` for one in no token
    left: float  # of the first cell, from the row's left end

    def token_at(self, x: float, style: TextStyle, tokens: RowTokens) -> int | None:
        """Which of the row's tokens has the byte whose cell holds an x from the row's left end."""
        byte = int((x - self.left) // style.byte_cell)
        if not 0 <= byte < len(self.data):
            return None
        at = int(tokens.highs.searchsorted(np.int64(byte), side="right"))
        return at if at < len(tokens.lows) and tokens.lows[at] <= byte else None


def byte_ruler(
    text: str,
    edges: NDArray[np.int64],
    byte_edges: NDArray[np.int64],
    tokens: RowTokens,
    left: float = 0.0,
) -> ByteRuler:
    """The ruler of a row's text with its line break; `edges` are its clusters in characters."""
    data = _SURROGATES.sub("\ufffd", text).encode("utf-8")
    colors = np.full(len(data), _LOST, np.int16)
    for low, high, color in zip(
        tokens.lows.tolist(), tokens.highs.tolist(), tokens.colors.tolist(), strict=True
    ):
        colors[low:high] = color
    clusters = tuple(text[a:b] for a, b in pairwise(edges.tolist()))
    return ByteRuler(data, byte_edges, clusters, colors, left)


def paint_ruler(
    painter: QPainter,
    ruler: ByteRuler,
    style: TextStyle,
    palette: Palette,
    seen: tuple[float, float],
) -> None:
    """Paint what lies between two x, from the row's left end."""
    cell = style.byte_cell
    first = max(int((seen[0] - ruler.left) // cell), 0)
    last = min(int((seen[1] - ruler.left) // cell) + 1, len(ruler.data))
    if first >= last:
        return
    painter.translate(ruler.left, 0)
    _paint_cells(painter, ruler, style, palette, range(first, last))
    low = max(int(ruler.edges.searchsorted(np.int64(first), side="right")) - 1, 0)
    high = int(ruler.edges.searchsorted(np.int64(last)))
    lines = []
    painter.setPen(palette.muted)
    for i in range(low, min(high, len(ruler.clusters))):
        left, right = ruler.edges[i] * cell + 1.5, ruler.edges[i + 1] * cell - 1.5
        y = style.ruler_cells - 2.0
        lines += [QLineF(left, y, right, y), QLineF(left, y, left, y + 2)]
        lines.append(QLineF(right, y, right, y + 2))
        place = QRectF(left, style.ruler_top, right - left, y - style.ruler_top)
        shown = display_text(ruler.clusters[i], marks_shown=True).text.replace(" ", "·")
        painter.drawText(place, Qt.AlignmentFlag.AlignCenter, _MARKS.get(shown, shown))
    painter.setPen(palette.faint)
    painter.drawLines(lines)
    painter.translate(-ruler.left, 0)


_MARKS = {"\n": "↵", "\r": "␍", "\r\n": "␍↵", "\t": "→"}


def _paint_cells(
    painter: QPainter, ruler: ByteRuler, style: TextStyle, palette: Palette, cells: range
) -> None:
    cell, top, height = style.byte_cell, style.ruler_cells, style.ruler_cell_height
    painter.setFont(style.small_font)
    for color in np.unique(ruler.colors[cells.start : cells.stop]).tolist():
        of_color = np.flatnonzero(ruler.colors[cells.start : cells.stop] == color) + cells.start
        rects = [QRectF(i * cell, top, cell - 1, height) for i in of_color.tolist()]
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(palette.window if color == _LOST else palette.tokens[color])
        painter.drawRects(rects)
    painter.setPen(palette.token_text)
    for i in cells:
        place = QRectF(i * cell, top, cell - 1, height)
        painter.drawText(place, Qt.AlignmentFlag.AlignCenter, f"{ruler.data[i]:02x}")
