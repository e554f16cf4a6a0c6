"""Where the view is scrolled to: the row at its top and how many pixels of it are cut off.

Steps are exact at any length of text, since they walk rows. The scroll bar is exact for small
texts, whose rows are counted line by line; for large ones its range is an estimate and a far jump
goes to the share of the characters, while both ends stay exact.
"""

from collections.abc import Iterator

from tokviz.gui.widgets.text.text_rows import Row, TextRows
from tokviz.gui.widgets.text.text_segments import SEGMENT

_EXACT_CHARS = 32_000
_EXACT_LINES = 1_000


class ScrollAnchor:
    """The scrolled state of a view of `height` pixels."""

    def __init__(self, rows: TextRows) -> None:
        self.rows = rows
        self.height = 0
        self._position = 0
        self._cut_off = 0.0  # pixels of the top row above the view
        self._counts: list[int] | None = None  # rows of each line, of a small text

    def set_rows(self, rows: TextRows) -> None:
        """Another layout of the same text: stay at the same characters."""
        self.rows = rows
        self._counts = None

    def to_start(self) -> None:
        self._position, self._cut_off = 0, 0.0

    def go_to(self, position: int) -> None:
        """Bring the row of a character to the top, or as near as the end of the text lets it."""
        self._position, self._cut_off = min(position, self.rows.source.n_chars), 0.0
        self.clamp()

    def text_changed(self, start: int, removed: int, inserted: int, lines: tuple[int, int]) -> None:
        """Stay at the same characters; `lines` are the first and last line touched before."""
        if start + removed <= self._position and (start < self._position or removed):
            self._position += inserted - removed
        elif start < self._position:
            self._position = start
        self._recount(start, inserted, lines)

    def text_replaced(self) -> None:
        """The text changed in ways unknown: keep the place as far as it exists."""
        self._position = min(self._position, self.rows.source.n_chars)
        self._counts = None

    def visible(self) -> Iterator[tuple[Row, float]]:
        """The rows in view, each with the y of its top."""
        y = -self._cut_off
        for row in self.rows.from_row(self._top()):
            yield row, y
            y += self._pitch
            if y >= self.height:
                return

    def scroll_by(self, pixels: float) -> None:
        """Move the text up by pixels, not further than its ends."""
        if abs(pixels) > 4 * max(self.height, self._pitch):
            self.scroll_to(self.value() + round(pixels))
            return
        row = self._top()
        y = self._cut_off + pixels
        while y < 0 and (previous := self.rows.before(row)):
            row, y = previous, y + self._pitch
        while y >= self._pitch and (following := self.rows.after(row)):
            row, y = following, y - self._pitch
        self._position, self._cut_off = row.start, max(0.0, min(y, self._pitch - 1))
        self.clamp()

    def clamp(self) -> None:
        """Leave no empty space below the last row while there are rows above."""
        row = self._top()
        y = -self._cut_off
        for _ in self.rows.from_row(row):
            y += self._pitch
            if y >= self.height:
                return
        missing = self.height - y - self._cut_off
        self._cut_off = 0.0
        while missing > 0 and (previous := self.rows.before(row)):
            row, missing = previous, missing - self._pitch
        self._position = row.start
        self._cut_off = -missing if missing < 0 else 0.0

    def reveal(self, row: Row, margin_rows: int = 0) -> None:
        """Scroll as little as needed to show a row whole; far away, bring it to a third."""
        top = self.y_of(row)
        if top is None:
            self._position, self._cut_off = row.start, 0.0
            self.scroll_by(-self.height // 3)
            return
        margin = min(margin_rows * self._pitch, max(0, (self.height - self._pitch) // 2))
        if top < margin:
            self.scroll_by(top - margin)
        elif top + self._pitch > self.height - margin:
            self.scroll_by(min(top, top + self._pitch - self.height + margin))

    def y_of(self, row: Row) -> float | None:
        """The y of a row within a page above to a page below the view; None further away."""
        y = -self._cut_off
        top = self._top()
        if row.start >= top.start:
            for other in self.rows.from_row(top):
                if other.start == row.start and other.index == row.index:
                    return y
                y += self._pitch
                if y > 2 * self.height or other.start > row.start:
                    return None
            return None
        above: Row | None = top
        while y > -self.height and above and (above := self.rows.before(above)):
            y -= self._pitch
            if above.start == row.start:
                return y
        return None

    def row_at_y(self, y: float) -> tuple[Row, float]:
        """The row at a height of the view and the y of its top; the nearest row outside."""
        found = None
        for row, top in self.visible():
            found = (row, top)
            if y < top + self._pitch:
                break
        assert found is not None
        return found

    def maximum(self) -> int:
        """Range of the scroll bar, in pixels."""
        return max(0, self._total_rows() * self._pitch - self.height)

    def value(self) -> int:
        """Place of the scroll bar."""
        maximum = self.maximum()
        counts = self._exact()
        row = self._top()
        if counts is not None:
            first = self.rows.source.line_start(row.segment.line)
            above = sum(counts[: row.segment.line])
            for other in self.rows.from_row(self.rows.row_at(first)):
                if other.start >= row.start:
                    break
                above += 1
            return min(maximum, round(above * self._pitch + self._cut_off))
        if row.start == 0 and self._cut_off == 0:
            return 0
        if self._at_end():
            return maximum
        share = (row.start + self._cut_off / self._pitch) / max(1, self.rows.source.n_chars)
        return max(1, min(maximum - 1, round(maximum * share)))

    def scroll_to(self, value: int) -> None:
        """Go where the scroll bar was dragged to."""
        maximum = self.maximum()
        source = self.rows.source
        if value <= 0:
            self.to_start()
            return
        counts = self._exact()
        if counts is not None:
            line, above = 0, value // self._pitch
            while line < len(counts) - 1 and above >= counts[line]:
                above -= counts[line]
                line += 1
            row = self.rows.row_at(source.line_start(line))
            for _ in range(above):
                row = self.rows.after(row) or row
            self._position, self._cut_off = row.start, float(value % self._pitch)
        else:
            position = source.n_chars if value >= maximum else source.n_chars * value // maximum
            self._position, self._cut_off = self.rows.row_at(position).start, 0.0
        self.clamp()

    @property
    def _pitch(self) -> int:
        return self.rows.style.row_height

    def _top(self) -> Row:
        row = self.rows.row_at(min(self._position, self.rows.source.n_chars))
        self._position = row.start
        return row

    def _at_end(self) -> bool:
        row, y = self._top(), -self._cut_off
        in_view = self.height // self._pitch + 2
        if self.rows.source.n_chars - row.start > in_view * 2 * SEGMENT:
            return False
        for _ in self.rows.from_row(row):
            y += self._pitch
            if y > self.height:
                return False
        return True

    def _total_rows(self) -> int:
        counts = self._exact()
        if counts is not None:
            return sum(counts)
        source, width = self.rows.source, self.rows.width
        if width is None:
            return source.n_lines
        return source.n_lines + int(source.n_chars * self.rows.style.advance / max(width, 1))

    def _exact(self) -> list[int] | None:
        source = self.rows.source
        if source.n_chars > _EXACT_CHARS or source.n_lines > _EXACT_LINES:
            self._counts = None
        elif self._counts is None or len(self._counts) != source.n_lines:
            self._counts = [self.rows.rows_in_line(line) for line in range(source.n_lines)]
        return self._counts

    def _recount(self, start: int, inserted: int, lines: tuple[int, int]) -> None:
        """Count the rows of the lines an edit touched, and of its neighbours, anew."""
        if self._counts is None:
            return
        source = self.rows.source
        first, last = max(0, lines[0] - 1), min(len(self._counts) - 1, lines[1] + 1)
        after = len(self._counts) - 1 - last
        new_last = source.n_lines - 1 - after
        if new_last < first or new_last - first > _EXACT_LINES:
            self._counts = None
            return
        anew = [self.rows.rows_in_line(line) for line in range(first, new_last + 1)]
        self._counts[first : last + 1] = anew
