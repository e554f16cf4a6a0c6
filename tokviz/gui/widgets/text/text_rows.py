"""The rows of a text, found one from the other: what scrolling and the caret walk along.

Nothing here grows with the text: a row is found from the source when it is asked for, and how
segments break is kept in a bounded cache under their text.
"""

from bisect import bisect_right
from collections import OrderedDict
from collections.abc import Iterator
from dataclasses import dataclass

from tokviz.gui.widgets.text.row_layout import Preedit, RowLayout
from tokviz.gui.widgets.text.segment_rows import RowLayouts, SegmentRows, is_plain_within
from tokviz.gui.widgets.text.text_segments import SEGMENT, Segment, TextSegments
from tokviz.gui.widgets.text.text_style import TextStyle
from tokviz.gui.widgets.text.token_source import TokenSource

_CACHED_CHARS = 200_000
_CACHED_SEGMENTS = 2_048


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


class TextRows:
    """The rows of a source in one style and width; `width` None means that rows never wrap.

    `layouts` has the style and keeps what follows from it at any width.
    """

    def __init__(self, source: TokenSource, layouts: RowLayouts, width: float | None) -> None:
        self.source = source
        self.width = width
        self._preedit: tuple[int, Preedit] | None = None
        self._layouts = layouts
        self._segments = TextSegments(source, wrapped=width is not None)
        self._cache: OrderedDict[tuple[str, bool], SegmentRows] = OrderedDict()
        self._cached_chars = 0

    @property
    def style(self) -> TextStyle:
        return self._layouts.style

    def text_changed(self) -> None:
        """Forget where segments were; the layouts of unchanged text stay good."""
        self._segments.text_changed()

    def text_edited(self, start: int, removed: int, inserted: str, lines: tuple[int, int]) -> None:
        """Like `text_changed`; `lines` are the first and last line touched, as they were before."""
        self._segments.text_edited(start, removed, inserted, lines)

    def set_preedit(self, position: int, preedit: Preedit | None) -> None:
        """Show what an input method composes at a position (`preedit.offset` is ignored)."""
        self._preedit = None if preedit is None else (position, preedit)

    def segment_at(self, position: int) -> Segment:
        """The segment a caret position belongs to."""
        return self._segments.at(position)

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
            if is_plain_within(text, self.style, self.width):
                return 1
        count = 0
        segment = self.segment_at(start)
        while True:
            count += self._rows(segment).count
            if segment.last_in_line:
                return count
            segment = self.segment_at(segment.end)

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
