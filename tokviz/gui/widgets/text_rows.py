"""The rows of a text: lines, cut into segments where they are very long, broken into rows.

Nothing here grows with the text: a row is found from the source when it is asked for, and its
layout is kept in a bounded cache under the text it shows, so an edit has nothing to invalidate.
"""

from bisect import bisect_right
from collections import OrderedDict
from collections.abc import Iterator
from dataclasses import dataclass, replace
from unicodedata import bidirectional

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QTextBoundaryFinder

from tokviz.gui.widgets.character_marks import LINE_BREAK_MARKS, display_text
from tokviz.gui.widgets.cluster_widths import ClusterWidths
from tokviz.gui.widgets.grapheme_edges import cluster_edges
from tokviz.gui.widgets.row_breaking import row_edges
from tokviz.gui.widgets.row_layout import Preedit, RowLayout
from tokviz.gui.widgets.text_style import TextStyle
from tokviz.gui.widgets.token_source import TokenSource

SEGMENT = 2_000  # characters; a line that is longer is laid out in pieces of about this many
_REACH = 200  # how far before that a better place to cut is looked for
# Only in longer lines do cuts follow edits: the rows of shorter texts are counted for the scroll
# bar, so how often such a line is cut must follow from its text alone.
_LONG_LINE = 32_000
_STRETCHED = 1_000  # characters by which an edited segment may grow or shrink before all move
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


@dataclass(frozen=True)
class _Stretch:
    """How far typing has pushed the cuts of a long line that come after segment `number`.

    Without it every key in a line of a megabyte would move each cut after it by a character, and
    every segment in view would be another text to lay out.
    """

    line_start: int
    number: int
    added: int

    def place(self, number: int) -> int:
        """The place near which segment `number` begins."""
        return self.line_start + number * SEGMENT + (self.added if number > self.number else 0)

    def cut_before(self, position: int) -> int:
        """The segment whose place is the last at or before a position."""
        if position >= self.place(self.number + 1):
            return (position - self.line_start - self.added) // SEGMENT
        return min((position - self.line_start) // SEGMENT, self.number)

    def n_cuts(self, line_end: int) -> int:
        """How often the line is cut."""
        whole = line_end - self.line_start
        pushed = (whole - self.added - _REACH) // SEGMENT
        return max(
            0, pushed if pushed > self.number else min(self.number, (whole - _REACH) // SEGMENT)
        )


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
        while len(self._known) > _CACHED_SEGMENTS or self._n_chars > _CACHED_CHARS:
            (oldest, _), _ = self._known.popitem(last=False)
            self._n_chars -= len(oldest)
        return made


class TextRows:
    """The rows of a source in one style and width; `width` None means that rows never wrap."""

    def __init__(self, source: TokenSource, style: TextStyle, width: float | None) -> None:
        self.source = source
        self.style = style
        self.width = width
        self._preedit: tuple[int, Preedit] | None = None
        self._layouts = RowLayouts(style)
        self._segments: dict[int, Segment] = {}
        self._stretch: _Stretch | None = None
        self._cache: OrderedDict[tuple[str, bool], SegmentRows] = OrderedDict()
        self._cached_chars = 0

    def text_changed(self) -> None:
        """Forget where segments were; the layouts of unchanged text stay good."""
        self._segments.clear()
        self._stretch = None

    def text_edited(self, start: int, removed: int, inserted: str, lines: tuple[int, int]) -> None:
        """Like `text_changed`, but the segments after the edit keep their texts, and so layouts.

        `lines` are the first and last line that the edit touched, as they were before it.
        """
        stretch, self._stretch = self._stretch, None
        self._segments.clear()
        line_start = self.source.line_start(lines[0])
        added = len(inserted) - removed
        if stretch and start < stretch.line_start and start + removed <= stretch.line_start:
            if lines[1] < self.source.line_at(stretch.line_start + added):
                self._stretch = replace(stretch, line_start=stretch.line_start + added)
            return
        if lines[0] != lines[1] or any(mark in inserted for mark in LINE_BREAK_MARKS):
            return
        if self.source.line_start(lines[0] + 1) - line_start <= _LONG_LINE:
            return
        number = (start - line_start) // SEGMENT
        if stretch and stretch.line_start == line_start:
            known = stretch.cut_before(start)
            if known == stretch.number:
                number, added = known, added + stretch.added
        if abs(added) <= _STRETCHED:
            self._stretch = _Stretch(line_start, number, added)

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
        stretch = self._stretch
        if stretch is None or stretch.line_start != start:
            stretch = _Stretch(start, 0, 0)
        cuts = stretch.n_cuts(end)
        number = min(stretch.cut_before(position), cuts)
        if number < cuts and position >= self._cut(stretch.place(number + 1)):
            number += 1
        elif number and position < self._cut(stretch.place(number)):
            number -= 1
        left = start if number == 0 else self._cut(stretch.place(number))
        right = end if number == cuts else self._cut(stretch.place(number + 1))
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

    def _cut(self, place: int) -> int:
        """Where a segment begins near a place: after white space, or at a cluster's edge."""
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
            return SegmentRows(segment, self._layouts, self.width, here)
        key = (segment.text, segment.right_to_left)
        rows = self._cache.get(key)
        if rows is None:
            rows = self._cache[key] = SegmentRows(segment, self._layouts, self.width, None)
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


def _row_starts(text: str, layouts: RowLayouts, width: float, preedit: Preedit | None) -> list[int]:
    """Offsets at which the rows of a segment begin, and its length."""
    edges, widths = layouts.widths.measure(text)
    if preedit and len(widths):
        at = int(edges.searchsorted(np.int64(preedit.offset), side="right")) - 1
        at = min(at, len(widths) - 1)
        widths[at] += layouts.widths.measure(preedit.text)[1].sum()
    if widths.sum() <= width:
        return [0, len(text)]
    ends = np.concatenate([[0.0], np.cumsum(widths)])
    spaces = np.array([text[at] == " " for at in edges[:-1].tolist()])
    rows = row_edges(ends, _opportunities(text, edges, spaces), spaces, width)
    return [int(edges[row]) for row in rows]


def _opportunities(
    text: str, edges: NDArray[np.int64], spaces: NDArray[np.bool_]
) -> NDArray[np.bool_]:
    """For each cluster edge whether a row may begin there."""
    allowed = np.concatenate([[False], spaces])
    if text.isascii():
        return allowed
    display = display_text(text, marks_shown=False)
    finder = QTextBoundaryFinder(QTextBoundaryFinder.BoundaryType.Line, display.text)
    units = []
    while (unit := finder.toNextBoundary()) >= 0:
        units.append(unit)
    starts = edges if display.units is None else display.units[edges]
    return allowed | np.isin(starts, np.array(units, dtype=np.int64))
