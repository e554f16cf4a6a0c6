"""The rows of a text: lines, cut into segments where they are very long, broken into rows.

Nothing here grows with the text: a row is found from the source when it is asked for, and its
layout is kept in a bounded cache under the text it shows, so an edit has nothing to invalidate.
"""

from bisect import bisect_right
from collections import OrderedDict
from collections.abc import Iterator
from dataclasses import dataclass
from unicodedata import bidirectional

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QTextBoundaryFinder

from tokviz.gui.widgets.character_marks import LINE_BREAK_MARKS, display_text
from tokviz.gui.widgets.grapheme_edges import cluster_edges
from tokviz.gui.widgets.row_breaking import row_edges
from tokviz.gui.widgets.row_layout import Preedit, RowLayout
from tokviz.gui.widgets.text_style import TAB_COLUMNS, TextStyle
from tokviz.gui.widgets.token_source import TokenSource

SEGMENT = 2_000  # characters; a line that is longer is laid out in pieces of about this many
_REACH = 200  # how far before that a better place to cut is looked for
_CACHED_CHARS = 200_000
_CACHED_SEGMENTS = 2_048


@dataclass(frozen=True)
class Segment:
    """A line, or a piece of a very long one: the unit of layout. Positions are the text's."""

    start: int
    end: int  # without the line break
    tail: str  # the line break after it: "" inside a line and at the end of the text
    line: int
    first_in_line: bool
    last_in_line: bool
    right_to_left: bool
    text: str


@dataclass(frozen=True, eq=False)
class Row:
    """One row on screen: the characters [start, end) of the text, then `tail`."""

    segment: Segment
    index: int  # among the segment's rows
    last: bool  # of its segment
    start: int
    end: int
    layout: RowLayout

    @property
    def tail(self) -> str:
        return self.segment.tail if self.last else ""

    @property
    def full_end(self) -> int:
        """The position after the row and its line break."""
        return self.end + len(self.tail)

    @property
    def starts_line(self) -> bool:
        return self.index == 0 and self.segment.first_in_line

    @property
    def ends_line(self) -> bool:
        return self.last and self.segment.last_in_line


class SegmentRows:
    """How one segment's text breaks into rows; the layout of a row is made when first asked for."""

    def __init__(
        self,
        text: str,
        style: TextStyle,
        right_to_left: bool,
        width: float | None,
        preedit: Preedit | None = None,
    ) -> None:
        self._text, self._style, self._right_to_left = text, style, right_to_left
        self._preedit = preedit
        whole = RowLayout(text, style, right_to_left, preedit)
        self.starts = [0, len(text)]
        self._layouts: dict[int, RowLayout] = {}
        if width is None or whole.width <= width:
            self._layouts[0] = whole
        else:
            self.starts = _broken(whole, style, width)

    @property
    def count(self) -> int:
        return len(self.starts) - 1

    def layout(self, index: int) -> RowLayout:
        if index not in self._layouts:
            start, end = self.starts[index], self.starts[index + 1]
            self._layouts[index] = RowLayout(
                self._text[start:end], self._style, self._right_to_left, self._preedit_in(index)
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


class TextRows:
    """The rows of a source in one style and width; `width` None means that rows never wrap."""

    def __init__(self, source: TokenSource, style: TextStyle, width: float | None) -> None:
        self.source = source
        self.style = style
        self.width = width
        self._preedit: tuple[int, Preedit] | None = None
        self._segments: dict[int, Segment] = {}
        self._cache: OrderedDict[tuple[str, bool], SegmentRows] = OrderedDict()
        self._cached_chars = 0

    def text_changed(self) -> None:
        """Forget where segments were; the layouts of unchanged text stay good."""
        self._segments.clear()

    def set_preedit(self, position: int, preedit: Preedit | None) -> None:
        """Show what an input method composes at a position (`preedit.offset` is ignored)."""
        self._preedit = None if preedit is None else (position, preedit)

    def row_at(self, position: int, at_row_end: bool = False) -> Row:
        """The row a caret stands on; where rows meet, the later one unless `at_row_end`."""
        segment = self.segment_at(position)
        rows = self._rows(segment)
        offset = min(position, segment.end) - segment.start
        index = max(0, min(bisect_right(rows.starts, offset) - 1, rows.count - 1))
        if at_row_end and index and offset == rows.starts[index]:
            index -= 1
        return _row(segment, rows, index)

    def after(self, row: Row) -> Row | None:
        """The next row; None at the end of the text."""
        if not row.last:
            return _row(row.segment, self._rows(row.segment), row.index + 1)
        if row.segment.last_in_line and row.segment.line >= self.source.n_lines - 1:
            return None
        segment = self.segment_at(row.full_end)
        return _row(segment, self._rows(segment), 0)

    def before(self, row: Row) -> Row | None:
        """The row above; None at the start of the text."""
        if row.index:
            return _row(row.segment, self._rows(row.segment), row.index - 1)
        if row.start == 0:
            return None
        segment = self.segment_at(row.start - 1)
        rows = self._rows(segment)
        return _row(segment, rows, rows.count - 1)

    def from_row(self, row: Row | None) -> Iterator[Row]:
        """A row and all after it."""
        while row is not None:
            yield row
            row = self.after(row)

    def rows_in_line(self, line: int) -> int:
        """How many rows a line has; lays out what is not known yet."""
        start, end = self.source.line_start(line), self.source.line_start(line + 1)
        if self.width is None and end - start <= SEGMENT:
            return 1
        if self.width is not None and (end - start) * self.style.advance <= self.width:
            text = self.source.slice(start, end).rstrip("\r\n")
            if self.style.fixed_pitch and text.isascii() and text.isprintable():
                return 1
        count = 0
        segment = self.segment_at(start)
        while True:
            count += self._rows(segment).count
            if segment.last_in_line:
                return count
            segment = self.segment_at(segment.end)

    def segment_at(self, position: int) -> Segment:
        """The segment a caret position belongs to."""
        segment = self._segments.get(position)
        if segment is None:
            if len(self._segments) > _CACHED_SEGMENTS:
                self._segments.clear()
            segment = self._segments[position] = self._find_segment(position)
            self._segments[segment.start] = segment
        return segment

    def _find_segment(self, position: int) -> Segment:
        source = self.source
        line = source.line_at(position)
        start, after = source.line_start(line), source.line_start(line + 1)
        tail = _line_break(source, start, after) if line < source.n_lines - 1 else ""
        end = after - len(tail)
        cuts = max(0, (end - start - _REACH) // SEGMENT)
        number = min((position - start) // SEGMENT, cuts)
        if number < cuts and position >= self._cut(start, number + 1):
            number += 1
        left = start if number == 0 else self._cut(start, number)
        right = end if number == cuts else self._cut(start, number + 1)
        text = source.slice(left, right)
        return Segment(
            start=left,
            end=right,
            tail=tail if number == cuts else "",
            line=line,
            first_in_line=number == 0,
            last_in_line=number == cuts,
            right_to_left=_reads_leftwards(
                text if number == 0 else source.slice(start, start + 500)
            ),
            text=text,
        )

    def _cut(self, line_start: int, number: int) -> int:
        """Where segment `number` of a long line begins: after white space, or at a cluster edge."""
        place = line_start + number * SEGMENT
        near = self.source.slice(place - _REACH, place + 1)
        for offset in range(_REACH - 1, 0, -1):
            if near[offset].isspace() and len(cluster_edges(near[offset : offset + 2])) == 3:
                return place - _REACH + offset + 1
        edges = cluster_edges(near)
        inner = edges[(edges > 0) & (edges <= _REACH)]
        return place - _REACH + int(inner[-1]) if len(inner) else place

    def _rows(self, segment: Segment) -> SegmentRows:
        if self._preedit and self._holds_preedit(segment):
            position, preedit = self._preedit
            here = Preedit(position - segment.start, preedit.text, preedit.formats)
            return SegmentRows(segment.text, self.style, segment.right_to_left, self.width, here)
        key = (segment.text, segment.right_to_left)
        rows = self._cache.get(key)
        if rows is None:
            rows = SegmentRows(segment.text, self.style, segment.right_to_left, self.width)
            self._cache[key] = rows
            self._cached_chars += len(segment.text)
            self._forget_oldest()
        else:
            self._cache.move_to_end(key)
        return rows

    def _holds_preedit(self, segment: Segment) -> bool:
        assert self._preedit is not None
        position = self._preedit[0]
        return segment.start <= position < segment.end or (
            position == segment.end and segment.last_in_line
        )

    def _forget_oldest(self) -> None:
        while len(self._cache) > _CACHED_SEGMENTS or self._cached_chars > _CACHED_CHARS:
            if len(self._cache) == 1:
                return
            (text, _), _ = self._cache.popitem(last=False)
            self._cached_chars -= len(text)


def _row(segment: Segment, rows: SegmentRows, index: int) -> Row:
    return Row(
        segment=segment,
        index=index,
        last=index == rows.count - 1,
        start=segment.start + rows.starts[index],
        end=segment.start + rows.starts[index + 1],
        layout=rows.layout(index),
    )


def _line_break(source: TokenSource, start: int, after: int) -> str:
    end = source.slice(max(start, after - 2), after)
    return end if end == "\r\n" else end[-1:] if end[-1:] in LINE_BREAK_MARKS else ""


def _reads_leftwards(text: str) -> bool:
    """Whether the first strong character is a right-to-left one."""
    if text.isascii():
        return False
    for character in text[:500]:
        kind = bidirectional(character)
        if kind in ("L", "R", "AL"):
            return kind != "L"
    return False


def _broken(whole: RowLayout, style: TextStyle, width: float) -> list[int]:
    """Offsets at which the rows of a segment begin, and its length."""
    leading, trailing = whole.cluster_x
    widths = np.abs(trailing - leading)
    edges = whole.edges
    first = np.array([whole.text[at] for at in edges[:-1].tolist()])
    widths[first == "\t"] = TAB_COLUMNS * style.advance  # where its row begins is not known yet
    if whole.preedit and whole.preedit.offset == len(whole.text) and len(widths):
        widths[-1] += max(0.0, whole.width - whole.x(len(whole.text)))
    ends = np.append(0.0, np.cumsum(widths))
    spaces = first == " "
    rows = row_edges(ends, _opportunities(whole, spaces), spaces, width)
    return [int(edges[row]) for row in rows]


def _opportunities(whole: RowLayout, spaces: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """For each cluster edge whether a row may begin there."""
    allowed = np.append(False, spaces)
    if whole.text.isascii():
        return allowed
    display = display_text(whole.text, marks_shown=False)
    finder = QTextBoundaryFinder(QTextBoundaryFinder.BoundaryType.Line, display.text)
    places = set()
    while (unit := finder.toNextBoundary()) >= 0:
        offset = display.offset(unit)
        if display.unit(offset) == unit:
            places.add(offset)
    return allowed | np.isin(whole.edges, np.array(sorted(places), dtype=np.int64))
