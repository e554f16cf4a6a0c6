"""Context windows in the text: brackets where they begin and end, the others' tokens dimmed."""

from collections.abc import Callable

from PySide6.QtCore import QRectF
from PySide6.QtGui import QColor, QPainter

from tokviz.gui.palette import Palette
from tokviz.gui.widgets.text.painted_row import PaintedRow
from tokviz.gui.widgets.text.text_style import TextStyle
from tokviz.gui.widgets.text.token_source import TokenRows

WindowEdges = Callable[[int, int], list[tuple[int, bool]]]
"""For a range of tokens: (token, whether a window begins with it or else ends with it)."""

_TICK = 5  # pixels


def paint_windows(
    painter: QPainter,
    painted: PaintedRow,
    tokens: TokenRows,
    style: TextStyle,
    palette: Palette,
    window: tuple[int, int],
    edges: WindowEdges,
) -> None:
    """Dim what is outside of the current window, and draw every window's edges in the row."""
    veil = QColor(palette.panel)
    veil.setAlpha(150)
    first, end = (token - painted.first_token for token in window)
    for piece in painted.geometry.pieces:
        if not first <= piece.token < end:
            width = piece.right - piece.left
            painter.fillRect(QRectF(piece.left, 0, width, style.row_height), veil)
    low = painted.first_token
    row_end = painted.first_byte + int(painted.cells.byte_edges[-1])
    for token, begins in edges(low, low + len(painted.ids)):
        inside = [piece for piece in painted.geometry.pieces if piece.token == token - low]
        # A token may begin in the row before or end in the next: its edge is there.
        start = int(tokens.byte_starts[token - tokens.first])
        stop = int(tokens.byte_ends[token - tokens.first])
        if not inside or (start < painted.first_byte if begins else stop > row_end):
            continue
        x = min(p.left for p in inside) if begins else max(p.right for p in inside)
        current = token == (window[0] if begins else window[1] - 1)
        _paint_bracket(painter, x, begins, style, palette.text if current else palette.muted)


def _paint_bracket(
    painter: QPainter, x: float, begins: bool, style: TextStyle, color: QColor
) -> None:
    """A line with two ticks into the window, as high as the row of text."""
    top, height = float(style.token_top) - 3, float(style.token_height) + 5
    left = round(x) if begins else round(x) - 2
    ticks = left if begins else left + 2 - _TICK
    painter.fillRect(QRectF(left, top, 2, height), color)
    painter.fillRect(QRectF(ticks, top, _TICK, 2), color)
    painter.fillRect(QRectF(ticks, top + height - 2, _TICK, 2), color)
