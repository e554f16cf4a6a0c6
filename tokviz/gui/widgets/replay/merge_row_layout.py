"""Where the tokens of a merge's step stand: chips on a line, a note at an end where some are cut.

`RowMeasure` knows the fonts, `row_before` and `row_after` place the two lines so that the tokens
left of the pair stand exactly above each other.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QFont, QFontMetricsF

from tokviz.gui.palette import LIGHT
from tokviz.gui.widgets.replay.row_window import RowWindow, window_around
from tokviz.gui.widgets.text.text_style import text_style

CHIP_HEIGHT = 24.0
_GAP = 5.0
_PAD = 6.0
_SHARE = 0.3  # of the room that one token may take
_NARROWEST = 40.0
_LONGEST = 200  # characters of a label that are looked at
_REMEMBERED = 20_000


@dataclass(frozen=True)
class RowToken:
    """A token as it is shown, and its id, negative for what has none."""

    label: str
    id: int


@dataclass(frozen=True)
class Chip:
    """A token in its place; `index` counts from the start of its row, `shown` fits in `rect`."""

    index: int
    token: RowToken
    shown: str
    rect: QRectF
    link: QRectF | None  # of the id under it


@dataclass(frozen=True)
class Note:
    """Words for the tokens left out at an end; a click makes the token `target` the middle one."""

    words: str
    rect: QRectF
    target: int


@dataclass
class Row:
    """One line."""

    chips: list[Chip] = field(default_factory=list)
    notes: list[Note] = field(default_factory=list)

    def rect_of(self, index: int | None) -> QRectF | None:
        """The chip of a token, None if it is out of view."""
        return next((chip.rect for chip in self.chips if chip.index == index), None)


class RowMeasure:
    """Fonts and widths in a line of `room` pixels; `with_ids` leaves room for ids under tokens."""

    def __init__(self, font: QFont) -> None:
        self.font = text_style(11, False, LIGHT.faint).font
        self.id_font = text_style(8, False, LIGHT.faint).font
        self.id_font.setUnderline(True)
        self.note_font = QFont(font)
        self.note_font.setPointSizeF(max(6.0, font.pointSizeF() * 0.85))
        self.room = _NARROWEST
        self.with_ids = False
        self._metrics = QFontMetricsF(self.font)
        self._id_metrics = QFontMetricsF(self.id_font)
        self._note_metrics = QFontMetricsF(self.note_font)
        self._known: dict[str, tuple[str, float]] = {}

    def set_room(self, room: float, *, with_ids: bool) -> None:
        room = max(room, _NARROWEST)
        if room != self.room:
            self._known.clear()  # how much of a long token is shown depends on the room
        self.room, self.with_ids = room, with_ids

    def chip(self, token: RowToken) -> tuple[str, float]:
        """What is shown of a token, and the width of its chip."""
        known = self._known.get(token.label)
        if known is None:
            if len(self._known) >= _REMEMBERED:
                self._known.clear()
            known = self._known[token.label] = self._measured(token.label)
        return known

    def _measured(self, label: str) -> tuple[str, float]:
        most = max(self.room * _SHARE - 2 * _PAD, 12.0)
        shown = shortened(label)
        if self._metrics.horizontalAdvance(shown) > most:
            shown = self._metrics.elidedText(shown, Qt.TextElideMode.ElideMiddle, most)
        return shown, max(self._metrics.horizontalAdvance(shown), 8.0) + 2 * _PAD

    def id_width(self, token: RowToken) -> float:
        return self._id_metrics.horizontalAdvance(str(token.id)) if token.id >= 0 else 0.0

    def cell(self, token: RowToken) -> float:
        """The width of a chip and of what stands under it."""
        wide = self.chip(token)[1]
        return max(wide, self.id_width(token)) if self.with_ids else wide

    def words(self, words: str) -> float:
        return self._note_metrics.horizontalAdvance(words)

    def note(self, n_tokens: int) -> float:
        """The room kept free for a note, whatever its number up to `n_tokens`."""
        return self.words(_note_words(n_tokens)) + _GAP


def row_before(
    tokens: Sequence[RowToken], middle: range, measure: RowMeasure, x: float, y: float
) -> tuple[Row, RowWindow]:
    """The line with the tokens `middle` in view, and which part of the tokens it shows."""
    note = measure.note(len(tokens))
    window = window_around(
        middle, len(tokens), lambda i: measure.cell(tokens[i]), measure.room, note, _GAP
    )
    return _row(tokens, window, measure, x, y, note), window


def row_after(
    tokens: Sequence[RowToken], before: RowWindow, measure: RowMeasure, x: float, y: float
) -> Row:
    """The line that begins with the same token, at the same pixel, as the one before the merge."""
    note = measure.note(before.n_tokens)
    room = measure.room - (note if before.first else 0)
    used, last = 0.0, before.first
    while last < len(tokens):
        used += measure.cell(tokens[last]) + _GAP
        if used - _GAP > room - (note if last + 1 < len(tokens) else 0):
            break
        last += 1
    window = RowWindow(before.first, last, len(tokens))
    return _row(tokens, window, measure, x, y, note)


def _row(
    tokens: Sequence[RowToken],
    window: RowWindow,
    measure: RowMeasure,
    x: float,
    y: float,
    note: float,
) -> Row:
    row = Row()
    if window.first:
        words = _note_words(window.first)
        wide = measure.words(words)
        rect = QRectF(x + note - _GAP - wide, y, wide, CHIP_HEIGHT)
        row.notes.append(Note(words, rect, window.first - 1))
        x += note
    for index in range(window.first, window.last):
        token = tokens[index]
        row.chips.append(_chip(index, token, measure, x, y))
        x += measure.cell(token) + _GAP
    if window.last < window.n_tokens:
        words = _note_words(window.n_tokens - window.last)
        rect = QRectF(x, y, measure.words(words), CHIP_HEIGHT)
        row.notes.append(Note(words, rect, window.last))
    return row


def _chip(index: int, token: RowToken, measure: RowMeasure, x: float, y: float) -> Chip:
    shown, wide = measure.chip(token)
    cell, link = measure.cell(token), None
    if measure.with_ids and token.id >= 0:
        under = measure.id_width(token)
        link = QRectF(x + (cell - under) / 2, y + CHIP_HEIGHT + 5, under, 16)
    return Chip(index, token, shown, QRectF(x + (cell - wide) / 2, y, wide, CHIP_HEIGHT), link)


def shortened(label: str) -> str:
    """A label without the rest of a very long token."""
    return label if len(label) <= _LONGEST else label[:_LONGEST] + "…"


def _note_words(n_tokens: int) -> str:
    return f"… {n_tokens:,} token{'' if n_tokens == 1 else 's'} …"
