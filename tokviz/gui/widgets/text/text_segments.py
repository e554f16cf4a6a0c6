"""Where a text is cut into the segments that are laid out: its lines, and pieces of very long ones.

A segment is found from the source when it is asked for, so nothing here grows with the text.
"""

from dataclasses import dataclass, replace
from unicodedata import bidirectional

from tokviz.gui.widgets.text.character_marks import LINE_BREAK_MARKS
from tokviz.gui.widgets.text.grapheme_edges import cluster_edges
from tokviz.gui.widgets.text.token_source import TokenSource

SEGMENT = 2_000  # characters; a line that is longer is laid out in pieces of about this many
_SHORT = 500  # the same in a long line that is not wrapped, where each piece is a row in view
_REACH = 200  # how far before that a better place to cut is looked for
# Only in longer lines do cuts follow edits: the rows of shorter texts are counted for the scroll
# bar, so how often such a line is cut must follow from its text alone.
_LONG_LINE = 32_000
_REMEMBERED = 2_048


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


@dataclass(frozen=True)
class _Stretch:
    """How far typing has pushed the cuts of a long line that come after segment `number`.

    Without it every key in a line of a megabyte would move each cut after it by a character, and
    every segment in view would be another text to lay out.
    """

    line_start: int
    step: int  # characters of a segment
    number: int
    added: int

    def place(self, number: int) -> int:
        """The place near which segment `number` begins."""
        return self.line_start + number * self.step + (self.added if number > self.number else 0)

    def cut_before(self, position: int) -> int:
        """The segment whose place is the last at or before a position."""
        if position >= self.place(self.number + 1):
            return (position - self.line_start - self.added) // self.step
        return min((position - self.line_start) // self.step, self.number)

    def n_cuts(self, line_end: int) -> int:
        """How often the line is cut."""
        whole = line_end - self.line_start
        pushed = (whole - self.added - _REACH) // self.step
        return max(
            0, pushed if pushed > self.number else min(self.number, (whole - _REACH) // self.step)
        )


class TextSegments:
    """The segments of a source, `wrapped` into several rows each or not."""

    def __init__(self, source: TokenSource, wrapped: bool) -> None:
        self._source = source
        self._long_step = SEGMENT if wrapped else _SHORT
        self._known: dict[int, Segment] = {}
        self._stretch: _Stretch | None = None

    def text_changed(self) -> None:
        """Forget where segments were; the layouts of unchanged text stay good."""
        self._known.clear()
        self._stretch = None

    def text_edited(self, start: int, removed: int, inserted: str, lines: tuple[int, int]) -> None:
        """Like `text_changed`, but the segments of a long line keep their texts, and so layouts.

        `lines` are the first and last line that the edit touched, as they were before it.
        """
        stretch, self._stretch = self._stretch, None
        self._known.clear()
        line_start = self._source.line_start(lines[0])
        added = len(inserted) - removed
        if stretch and start < stretch.line_start and start + removed <= stretch.line_start:
            if lines[1] < self._source.line_at(stretch.line_start + added):
                self._stretch = replace(stretch, line_start=stretch.line_start + added)
            return
        if lines[0] != lines[1] or any(mark in inserted for mark in LINE_BREAK_MARKS):
            return
        if self._source.line_start(lines[0] + 1) - line_start <= _LONG_LINE:
            return
        number = (start - line_start) // self._long_step
        if stretch and stretch.line_start == line_start:
            known = stretch.cut_before(start)
            if known == stretch.number:
                number, added = known, added + stretch.added
        if abs(added) <= self._long_step // 2:  # more would leave too little of the segment
            self._stretch = _Stretch(line_start, self._long_step, number, added)

    def at(self, position: int) -> Segment:
        """The segment a caret position belongs to."""
        segment = self._known.get(position)
        if segment is None:
            if len(self._known) > _REMEMBERED:
                self._known.clear()
            segment = self._known[position] = self._find(position)
            self._known[segment.start] = segment
        return segment

    def _find(self, position: int) -> Segment:
        source = self._source
        line = source.line_at(position)
        start, after = source.line_start(line), source.line_start(line + 1)
        if after - start <= SEGMENT:
            return self._whole_line(line, start, after)
        tail = _line_break(source, start, after) if line < source.n_lines - 1 else ""
        end = after - len(tail)
        stretch = self._stretch
        if stretch is None or stretch.line_start != start:
            step = self._long_step if after - start > _LONG_LINE else SEGMENT
            stretch = _Stretch(start, step, 0, 0)
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

    def _whole_line(self, line: int, start: int, after: int) -> Segment:
        text = self._source.slice(start, after)
        tail = _break_of(text) if line < self._source.n_lines - 1 else ""
        text = text.removesuffix(tail)
        return Segment(
            start, after - len(tail), tail, line, True, True, _reads_leftwards(text), text
        )

    def _cut(self, place: int) -> int:
        """Where a segment begins near a place: after white space, or at a cluster's edge."""
        near = self._source.slice(place - _REACH, place + 1)
        for offset in range(_REACH - 1, 0, -1):
            if near[offset].isspace() and len(cluster_edges(near[offset : offset + 2])) == 3:
                return place - _REACH + offset + 1
        edges = cluster_edges(near)
        inner = edges[(edges > 0) & (edges <= _REACH)]
        return place - _REACH + int(inner[-1]) if len(inner) else place


def _line_break(source: TokenSource, start: int, after: int) -> str:
    return _break_of(source.slice(max(start, after - 2), after))


def _break_of(text: str) -> str:
    """The line break that ends a text."""
    end = text[-2:]
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
