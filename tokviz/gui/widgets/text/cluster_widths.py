"""How wide each grapheme cluster of a long text is, measured word by word and remembered.

Breaking a line into rows needs the widths only. Shaping does not reach over a space (or from one
ideograph to the next), so a key in a long line measures the one word that it changed.
"""

import numpy as np
import regex
from numpy.typing import NDArray

from tokviz.gui.widgets.text.grapheme_edges import cluster_edges
from tokviz.gui.widgets.text.row_layout import RowLayout
from tokviz.gui.widgets.text.text_style import TAB_COLUMNS, TextStyle

_PIECE = regex.compile(r"\t|[\p{Han}\p{Hiragana}\p{Katakana}]\p{M}*|[ ]*[^ \t\p{Han}]+|[ ]+")
_JOINS = regex.compile(r"[\p{M}\p{Cf}\p{Emoji_Modifier}]")
_REMEMBERED = 20_000
_LONGEST = 64


class ClusterWidths:
    """Measures text in one style."""

    def __init__(self, style: TextStyle) -> None:
        self._style = style
        # of each piece: how many characters its clusters have, and their widths
        self._known: dict[str, tuple[NDArray[np.int64], NDArray[np.float64]]] = {}

    def measure(self, text: str) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
        """Offsets of the clusters (and the length), and the width of each in pixels."""
        if self._style.fixed_pitch and text.isascii() and text.isprintable():
            return cluster_edges(text), np.full(len(text), self._style.advance)
        if not text:
            return np.zeros(1, np.int64), np.empty(0)
        sizes, widths = zip(*map(self._piece, _pieces(text)), strict=True)
        return np.append(0, np.cumsum(np.concatenate(sizes))), np.concatenate(widths)

    def _piece(self, piece: str) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
        known = self._known.get(piece)
        if known is None:
            known = self._measured(piece)
            if len(piece) <= _LONGEST:
                if len(self._known) > _REMEMBERED:
                    self._known.clear()
                self._known[piece] = known
        return known

    def _measured(self, piece: str) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
        if piece == "\t":  # where its row begins is not known yet, so as wide as a tab can be
            return np.array([1]), np.array([TAB_COLUMNS * self._style.advance])
        layout = RowLayout(piece, self._style, right_to_left=False)
        leading, trailing = layout.cluster_x
        return np.diff(layout.edges), np.abs(trailing - leading)


def _pieces(text: str) -> list[str]:
    """The text cut before spaces, tabs and ideographs, and nowhere inside a cluster."""
    pieces: list[str] = []
    for piece in _PIECE.findall(text):
        if pieces and _JOINS.match(piece):
            pieces[-1] += piece
        else:
            pieces.append(piece)
    return pieces
