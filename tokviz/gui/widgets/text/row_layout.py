"""One row of text, laid out without wrapping, and where each of its grapheme clusters stands.

A row of printable ASCII in a fixed-pitch font is arithmetic and lays out nothing until it is
drawn. All x are pixels from the row's left end; offsets are characters from the row's start.
"""

from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from typing import cast

import numpy as np
import regex
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QPainter, QTextCharFormat, QTextLayout, QTextLine, QTextOption

from tokviz.gui.widgets.text.character_marks import DisplayText, display_text
from tokviz.gui.widgets.text.grapheme_edges import cluster_edges
from tokviz.gui.widgets.text.reading_turns import mended_edges
from tokviz.gui.widgets.text.text_style import TAB_COLUMNS, TextStyle

_PLAIN = regex.compile(r"[ -~]*")
_RIGHT_TO_LEFT = regex.compile(
    r"[\u0590-\u08FF\u200F\u202B\u202E\u2067\uFB1D-\uFDFF\uFE70-\uFEFE"
    r"\U00010800-\U00010FFF\U0001E800-\U0001EFFF]"
)
_LONG = 4_000  # pixels above which a row is drawn in part
_WINDOW = 1_024


@dataclass(frozen=True)
class Preedit:
    """What an input method is composing: shown at an offset of the row, not yet in the text."""

    offset: int
    text: str
    formats: tuple[tuple[int, int, QTextCharFormat], ...] = ()


class RowLayout:
    """The geometry and the drawing of one row."""

    def __init__(
        self, text: str, style: TextStyle, right_to_left: bool, preedit: Preedit | None = None
    ) -> None:
        self.text = text
        self.right_to_left = right_to_left
        self.preedit = preedit
        self._part: tuple[float, float, RowLayout] | None = None
        self._style = style
        plain = style.fixed_pitch and not preedit and bool(_PLAIN.fullmatch(text))
        self.bidirectional = right_to_left or (not plain and bool(_RIGHT_TO_LEFT.search(text)))
        # Nothing has to be laid out to know where its clusters stand: that follows from its length.
        self.is_arithmetic = plain and not right_to_left

    @cached_property
    def edges(self) -> NDArray[np.int64]:
        """Offsets at which the clusters begin, and the row's length."""
        return cluster_edges(self.text)

    @cached_property
    def byte_edges(self) -> NDArray[np.int64]:
        """UTF-8 bytes of the row before each of `edges`; a lone surrogate counts 3."""
        if self.text.isascii():
            return self.edges
        codes = np.frombuffer(self.text.encode("utf-32-le", "surrogatepass"), dtype="<u4")
        lengths = 1 + (codes > 0x7F).astype(np.int64) + (codes > 0x7FF) + (codes > 0xFFFF)
        return np.append(0, np.cumsum(lengths))[self.edges].astype(np.int64)

    @cached_property
    def width(self) -> float:
        if self.is_arithmetic:
            return len(self.text) * self._style.advance
        return float(self._line.naturalTextWidth())

    @cached_property
    def cluster_x(self) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Where each cluster's first and last edge stand: leading > trailing reads leftwards."""
        if self.is_arithmetic:
            x = np.arange(len(self.text) + 1, dtype=np.float64) * self._style.advance
            return x[:-1], x[1:]
        # What Qt takes for one cluster (a Tamil ligature) may be several of the text's: they share.
        units = self._units_of(self.edges)
        is_stop = self._layout.isValidCursorPosition
        stops = np.array([is_stop(unit) for unit in units.tolist()])
        stops[[0, -1]] = True
        leading, trailing = self._stop_x(units[stops].tolist(), self.edges[stops].tolist())
        if stops.all():
            return leading, trailing
        group = np.cumsum(stops[:-1]) - 1
        sizes = np.bincount(group)
        for at in np.flatnonzero(sizes[:-1] > 1).tolist():  # cursorToX stops within the ligature
            if leading[at] < trailing[at] < leading[at + 1] < trailing[at + 1]:
                trailing[at] = leading[at + 1]
        place = np.arange(len(group)) - np.flatnonzero(stops[:-1])[group]
        step = ((trailing - leading) / sizes)[group]
        return leading[group] + step * place, leading[group] + step * (place + 1)

    def _stop_x(
        self, units: list[int], offsets: list[int]
    ) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Leading and trailing edges of what lies between caret stops."""
        to_x, trailing_edge = self._line.cursorToX, QTextLine.Edge.Trailing
        leading = np.array([_first(to_x(unit)) for unit in units], dtype=np.float64)
        if not self.bidirectional:
            leading = np.maximum.accumulate(leading)
            return leading[:-1], leading[1:]
        last = [self._last_unit(start, end) for start, end in pairwise(units)]
        trailing = np.array([_first(to_x(unit, trailing_edge)) for unit in last])
        leftwards = [bool(_RIGHT_TO_LEFT.match(self.text, at)) for at in offsets[:-1]]
        return mended_edges(leading[:-1], trailing, leftwards, self.width)

    def x(self, offset: int) -> float:
        """Where a caret stands that is before the character at this offset."""
        if self.is_arithmetic:
            return offset * self._style.advance
        return self._x(self._unit(offset))

    def preedit_x(self, unit: int) -> float:
        """Where the input method's own caret stands within what it composes."""
        at = self.preedit.offset if self.preedit else 0
        return self._x(self._display.unit(at) + unit)

    def offset_at(self, x: float) -> int:
        """The cluster edge nearest to an x."""
        if self.is_arithmetic:
            return max(0, min(len(self.text), round(x / self._style.advance)))
        unit = int(self._line.xToCursor(x, QTextLine.CursorPosition.CursorBetweenCharacters))
        return self._edge_near(self._offset(unit))

    def offset_left_of(self, offset: int) -> int:
        """One cluster to the left on screen; the same offset at the row's left end."""
        return self._stepped(offset, to_left=True)

    def offset_right_of(self, offset: int) -> int:
        """One cluster to the right on screen; the same offset at the row's right end."""
        return self._stepped(offset, to_left=False)

    def draw(self, painter: QPainter, baseline: float, seen_from: float) -> None:
        """Draw the text with the painter's pen from x 0; `seen_from` is the view's left end."""
        if not self.text and not self.preedit:
            return
        if self.width > _LONG and not self.bidirectional and "\t" not in self.text:
            self._draw_part(painter, baseline, seen_from)
        else:
            self._draw_at(painter, QPointF(0, baseline))

    def _draw_at(self, painter: QPainter, place: QPointF) -> None:
        """Draw all of the text from a place on its baseline."""
        if self.is_arithmetic:  # what is drawn once or twice is not worth a layout
            painter.setFont(self._style.font)
            painter.drawText(place, self.text)
        else:
            line = self._line
            line.draw(painter, place - QPointF(0, line.ascent()))

    def _draw_part(self, painter: QPainter, baseline: float, seen_from: float) -> None:
        """Of a very long row draw what is near the view only."""
        window = seen_from // _WINDOW * _WINDOW
        if self._part is None or self._part[0] != window:
            leading, trailing = self.cluster_x
            first = int(trailing.searchsorted(window - _WINDOW))
            last = int(leading.searchsorted(window + 4 * _WINDOW))
            if first >= last:
                return
            text = self.text[int(self.edges[first]) : int(self.edges[last])]
            part = RowLayout(text, self._style, self.right_to_left)
            self._part = (window, float(leading[first]), part)
        self._part[2]._draw_at(painter, QPointF(self._part[1], baseline))

    @cached_property
    def stand_in_boxes(self) -> list[tuple[float, float]]:
        """Left and right end of each stand-in."""
        if self.is_arithmetic:
            return []
        boxes = []
        for start, length in self._display.stand_ins:
            start += self._shift(start)
            one, other = self._x(start), self._x(start + length - 1, QTextLine.Edge.Trailing)
            boxes.append((min(one, other), max(one, other)))
        return boxes

    @cached_property
    def _display(self) -> DisplayText:
        return display_text(self.text, self._style.marks_shown)

    @cached_property
    def _layout(self) -> QTextLayout:
        display, style = self._display, self._style
        shown = display.text
        if self.preedit:
            cut = display.cut(self.preedit.offset)
            shown = shown[:cut] + self.preedit.text + shown[cut:]
        layout = QTextLayout(shown, style.font)
        layout.setTextOption(_option(style, self.right_to_left))
        layout.setCacheEnabled(True)
        formats = self._stand_in_formats() + self._preedit_formats()
        if formats:
            layout.setFormats(formats)
        layout.beginLayout()
        layout.createLine()
        layout.endLayout()
        return layout

    @property
    def _line(self) -> QTextLine:
        return self._layout.lineAt(0)  # a QTextLine points into its layout, which must outlive it

    def _stand_in_formats(self) -> list[QTextLayout.FormatRange]:
        if not self._display.stand_ins:
            return []
        look = QTextCharFormat()
        look.setFontPointSize(self._style.small_font.pointSizeF())
        look.setForeground(self._style.mark_color)
        return [
            _format(start + self._shift(start), length, look)
            for start, length in self._display.stand_ins
        ]

    def _preedit_formats(self) -> list[QTextLayout.FormatRange]:
        if not self.preedit:
            return []
        at = self._display.unit(self.preedit.offset)
        underlined = QTextCharFormat()
        underlined.setFontUnderline(True)
        length = len(self.preedit.text.encode("utf-16-le", "surrogatepass")) // 2
        return [_format(at, length, underlined)] + [
            _format(at + start, count, look) for start, count, look in self.preedit.formats
        ]

    def _shift(self, unit: int) -> int:
        """How far what is being composed pushes a UTF-16 unit to the right."""
        if not self.preedit or unit < self._display.unit(self.preedit.offset):
            return 0
        return len(self.preedit.text.encode("utf-16-le", "surrogatepass")) // 2

    def _unit(self, offset: int) -> int:
        unit = self._display.unit(offset)
        if self.preedit and offset > self.preedit.offset:
            unit += self._shift(unit)
        return unit

    def _units_of(self, offsets: NDArray[np.int64]) -> NDArray[np.int64]:
        known = self._display.units
        units = offsets if known is None else known[offsets]
        if self.preedit:
            pushed = offsets > self.preedit.offset
            units = units + pushed * self._shift(self._display.unit(self.preedit.offset))
        return units

    def _offset(self, unit: int) -> int:
        if self.preedit:
            at = self._display.unit(self.preedit.offset)
            unit = max(min(unit, at), unit - self._shift(at))
        return self._display.offset(unit)

    def _x(self, unit: int, edge: QTextLine.Edge = QTextLine.Edge.Leading) -> float:
        return _first(self._line.cursorToX(unit, edge))

    def _last_unit(self, start: int, end: int) -> int:
        """The last unit of a cluster that has a trailing edge of its own.

        Within what Qt takes for one cluster, cursorToX answers for the cluster after it; and what
        the text takes for one (a Devanagari conjunct, a stand-in) may be several to Qt.
        """
        for unit in range(end - 1, start, -1):
            if self._layout.isValidCursorPosition(unit):
                return unit
        return start

    def _edge_near(self, offset: int) -> int:
        at = int(self.edges.searchsorted(np.int64(offset), side="right")) - 1
        return int(self.edges[at])

    def _stepped(self, offset: int, to_left: bool) -> int:
        if not self.bidirectional:
            at = int(self.edges.searchsorted(np.int64(offset), side="left" if to_left else "right"))
            return int(self.edges[max(0, at - 1) if to_left else min(at, len(self.edges) - 1)])
        step = self._layout.leftCursorPosition if to_left else self._layout.rightCursorPosition
        unit, edges = self._unit(offset), set(self.edges.tolist())
        for _ in range(len(self._layout.text())):
            following = step(unit)
            if following == unit:
                return offset
            unit = following
            found = self._display.offset(unit)
            if found != offset and found in edges and self._unit(found) == unit:
                return found
        return offset


def _first(answer: object) -> float:
    """The x of what cursorToX answers: PySide gives a pair, whatever its stubs say."""
    return cast("tuple[float, int]", answer)[0]


def _option(style: TextStyle, right_to_left: bool) -> QTextOption:
    option = QTextOption()
    option.setWrapMode(QTextOption.WrapMode.NoWrap)
    option.setAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignAbsolute)
    option.setFlags(QTextOption.Flag.IncludeTrailingSpaces)
    option.setTabStopDistance(TAB_COLUMNS * style.advance)
    direction = Qt.LayoutDirection.RightToLeft if right_to_left else Qt.LayoutDirection.LeftToRight
    option.setTextDirection(direction)
    return option


def _format(start: int, length: int, look: QTextCharFormat) -> QTextLayout.FormatRange:
    piece = QTextLayout.FormatRange()
    piece.start, piece.length, piece.format = start, length, look
    return piece
