"""How one segment of text breaks into rows, and the layouts of rows, kept by their text.

A layout is found under the text it shows, so an edit has nothing to invalidate.
"""

from collections import OrderedDict

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QTextBoundaryFinder

from tokviz.gui.widgets.text.character_marks import display_text
from tokviz.gui.widgets.text.cluster_widths import ClusterWidths
from tokviz.gui.widgets.text.row_breaking import TabStops, row_edges
from tokviz.gui.widgets.text.row_layout import Preedit, RowLayout
from tokviz.gui.widgets.text.text_segments import Segment
from tokviz.gui.widgets.text.text_style import TAB_COLUMNS, TextStyle

_CACHED_CHARS = 200_000
_CACHED_ROWS = 2_048


class SegmentRows:
    """How one segment's text breaks into rows; the layout of a row is made when first asked for."""

    def __init__(
        self, segment: Segment, layouts: "RowLayouts", width: float | None, preedit: Preedit | None
    ) -> None:
        self._text, self._right_to_left = segment.text, segment.right_to_left
        self._kept = layouts
        self._preedit = preedit
        self.starts = [0, len(segment.text)]
        self._layouts: dict[int, RowLayout] = {}
        if width is not None:
            self.starts = _row_starts(segment.text, layouts, width, preedit)

    @property
    def count(self) -> int:
        return len(self.starts) - 1

    def layout(self, index: int) -> RowLayout:
        if index not in self._layouts:
            start, end = self.starts[index], self.starts[index + 1]
            self._layouts[index] = self._kept.layout(
                self._text[start:end], self._right_to_left, self._preedit_in(index)
            )
        return self._layouts[index]

    def _preedit_in(self, index: int) -> Preedit | None:
        if self._preedit is None:
            return None
        start, end = self.starts[index], self.starts[index + 1]
        offset = self._preedit.offset
        if start <= offset < end or (offset == end and index == self.count - 1):
            return Preedit(offset - start, self._preedit.text, self._preedit.formats)
        return None


class RowLayouts:
    """The layouts of rows by their text, the least recently used forgotten first."""

    def __init__(self, style: TextStyle) -> None:
        self.style = style
        self.widths = ClusterWidths(style)
        self._known: OrderedDict[tuple[str, bool], RowLayout] = OrderedDict()
        self._n_chars = 0

    def layout(self, text: str, right_to_left: bool, preedit: Preedit | None = None) -> RowLayout:
        if preedit is not None:
            return RowLayout(text, self.style, right_to_left, preedit)
        key = (text, right_to_left)
        found = self._known.get(key)
        if found is not None:
            self._known.move_to_end(key)
            return found
        made = self._known[key] = RowLayout(text, self.style, right_to_left)
        self._n_chars += len(text)
        while len(self._known) > _CACHED_ROWS or self._n_chars > _CACHED_CHARS:
            (oldest, _), _ = self._known.popitem(last=False)
            self._n_chars -= len(oldest)
        return made


def is_plain_within(text: str, style: TextStyle, width: float) -> bool:
    """Whether it is clear without measuring that a text fits in one row, as most lines do."""
    plain = style.fixed_pitch and not style.byte_cell and text.isascii() and text.isprintable()
    return plain and len(text) * style.advance <= width


def _row_starts(text: str, layouts: RowLayouts, width: float, preedit: Preedit | None) -> list[int]:
    """Offsets at which the rows of a segment begin, and its length."""
    if not preedit and is_plain_within(text, layouts.style, width):
        return [0, len(text)]
    edges, widths = layouts.widths.measure(text)
    if cell := layouts.style.byte_cell:  # a row is as wide as its text or as its byte ruler
        widths = np.maximum(widths, cell * _bytes_of(text, edges))
    if preedit and len(widths):
        at = int(edges.searchsorted(np.int64(preedit.offset), side="right")) - 1
        at = min(at, len(widths) - 1)
        widths[at] += layouts.widths.measure(preedit.text)[1].sum()
    if widths.sum() <= width:
        return [0, len(text)]
    ends = np.concatenate([[0.0], np.cumsum(widths)])
    codes = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), np.uint32)[edges[:-1]]
    spaces, tabs = codes == ord(" "), codes == ord("\t")
    stops = TabStops(np.flatnonzero(tabs), TAB_COLUMNS * layouts.style.advance)
    rows = row_edges(ends, _opportunities(text, edges, spaces | tabs), spaces, width, stops)
    return [int(edges[row]) for row in rows]


def _bytes_of(text: str, edges: NDArray[np.int64]) -> NDArray[np.int64]:
    """How many bytes each cluster has; a lone surrogate counts as U+FFFD, 3."""
    lengths = [len(character.encode("utf-8", "surrogatepass")) for character in text]
    return np.add.reduceat(np.array(lengths, np.int64), edges[:-1]) if text else edges[:-1]


def _opportunities(
    text: str, edges: NDArray[np.int64], blanks: NDArray[np.bool_]
) -> NDArray[np.bool_]:
    """For each cluster edge whether a row may begin there."""
    allowed = np.concatenate([[False], blanks])
    if text.isascii():
        return allowed
    display = display_text(text, marks_shown=False)
    finder = QTextBoundaryFinder(QTextBoundaryFinder.BoundaryType.Line, display.text)
    units = []
    while (unit := finder.toNextBoundary()) >= 0:
        units.append(unit)
    starts = edges if display.units is None else display.units[edges]
    breaks = np.zeros(int(starts[-1]) + 1, np.bool_)
    breaks[units] = True
    return allowed | breaks[starts]
