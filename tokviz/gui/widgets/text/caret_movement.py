"""Where a caret goes: by grapheme, word and line of the text, and by row of the layout.

Functions of a source or of its rows and a position; the view holds the caret itself.
"""

from collections.abc import Callable

import regex

from tokviz.gui.widgets.text.grapheme_edges import next_edge, previous_edge
from tokviz.gui.widgets.text.text_rows import Row, TextRows
from tokviz.gui.widgets.text.token_source import TokenSource

_STEP = 512  # characters looked at once, so that a word of a megabyte costs no copy of it
_FURTHEST = 100_000
_EMOJI = regex.compile(r"[\p{Extended_Pictographic}\p{RI}\p{Emoji_Modifier}\uFE0F\u20E3]")
_CLASSES = (
    regex.compile(r"[^\S\r\n\u2028\u2029]"),
    regex.compile(r"[\r\n\u2028\u2029]"),
    regex.compile(r"[\w\p{M}\u200C\u200D]"),
)


def next_word(source: TokenSource, position: int) -> int:
    """The start of the word after a position."""
    if position >= source.n_chars:
        return source.n_chars
    kind = _class(source.slice(position, position + 1))
    end = _run_end(source, position, kind)
    return _run_end(source, end, 0) if kind != 0 else end


def previous_word(source: TokenSource, position: int) -> int:
    """The start of the word before a position."""
    position = _run_start(source, position, 0)
    if position <= 0:
        return 0
    return _run_start(source, position, _class(source.slice(position - 1, position)))


def word_at(source: TokenSource, position: int) -> tuple[int, int]:
    """The word, white space or run of signs that a double click selects."""
    if source.n_chars == 0:
        return 0, 0
    at = min(position, source.n_chars - 1)
    kind = _class(source.slice(at, at + 1))
    if at and (kind == 1 or position == source.n_chars):
        at, kind = at - 1, _class(source.slice(at - 1, at))
    if kind == 1:
        return position, position
    return _run_start(source, at + 1, kind), _run_end(source, at, kind)


def line_range(source: TokenSource, position: int) -> tuple[int, int]:
    """The line a position is in, with its line break."""
    line = source.line_at(position)
    return source.line_start(line), source.line_start(line + 1)


def backspace_start(source: TokenSource, position: int) -> int:
    """Where Backspace deletes from: a code point of a cluster with marks, a whole emoji or CRLF."""
    start = previous_edge(source, position)
    cluster = source.slice(start, position)
    if len(cluster) <= 1 or cluster == "\r\n" or _EMOJI.search(cluster):
        return start
    return position - 1


def to_the_left(rows: TextRows, position: int, at_row_end: bool) -> int:
    """One cluster to the left on screen, over the ends of rows."""
    return _to_side(rows, position, at_row_end, to_left=True)


def to_the_right(rows: TextRows, position: int, at_row_end: bool) -> int:
    """One cluster to the right on screen, over the ends of rows."""
    return _to_side(rows, position, at_row_end, to_left=False)


def rows_away(rows: TextRows, row: Row, count: int) -> Row:
    """The row so many rows below (negative: above), or the last on the way."""
    step: Callable[[Row], Row | None] = rows.after if count > 0 else rows.before
    for _ in range(abs(count)):
        following = step(row)
        if following is None:
            break
        row = following
    return row


def _to_side(rows: TextRows, position: int, at_row_end: bool, to_left: bool) -> int:
    row = rows.row_at(position, at_row_end)
    backwards = to_left != row.layout.right_to_left
    if row.start <= position <= row.end:
        offset = position - row.start
        layout = row.layout
        step = layout.offset_left_of if to_left else layout.offset_right_of
        found = step(offset)
        if found != offset:
            return row.start + found
    if backwards:
        return previous_edge(rows.source, position)
    return next_edge(rows.source, position)


def _class(character: str) -> int:
    for kind, pattern in enumerate(_CLASSES):
        if pattern.match(character):
            return kind
    return len(_CLASSES)


def _run_end(source: TokenSource, position: int, kind: int) -> int:
    furthest = min(source.n_chars, position + _FURTHEST)
    while position < furthest:
        for character in source.slice(position, min(furthest, position + _STEP)):
            if _class(character) != kind:
                return position
            if kind == 1:
                return next_edge(source, position)  # CRLF is one
            position += 1
    return position


def _run_start(source: TokenSource, position: int, kind: int) -> int:
    nearest = max(0, position - _FURTHEST)
    while position > nearest:
        for character in reversed(source.slice(max(nearest, position - _STEP), position)):
            if _class(character) != kind:
                return position
            if kind == 1:
                return previous_edge(source, position)
            position -= 1
    return position
