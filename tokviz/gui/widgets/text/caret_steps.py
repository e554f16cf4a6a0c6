"""The named steps that keys move the caret by: "left", "next word", "page down" and so on."""

from tokviz.gui.widgets.text import caret_movement
from tokviz.gui.widgets.text.caret import Caret
from tokviz.gui.widgets.text.grapheme_edges import nearest_edge
from tokviz.gui.widgets.text.text_page import TextPage

_BY_ROWS = ("up", "down", "page up", "page down")


def stepped(page: TextPage, caret: Caret, how: str, select: bool) -> Caret:
    """The caret after a step; `select` keeps the anchor. A page's step scrolls the page too."""
    if caret.position != caret.anchor and not select and how in ("left", "right"):
        start, end = caret.range
        leftwards_text = page.caret_row(caret).layout.right_to_left
        position = end if (how == "right") != leftwards_text else start
        return Caret(position, position)
    if how in _BY_ROWS:
        return _by_rows(page, caret, how, select)
    position, at_row_end = _along_the_row(page, caret, how)
    position = nearest_edge(page.source, position)
    return Caret(position, caret.anchor if select else position, at_row_end)


def _along_the_row(page: TextPage, caret: Caret, how: str) -> tuple[int, bool]:
    at, row = caret.position, page.caret_row(caret)
    if how == "left":
        return caret_movement.to_the_left(page.rows, at, caret.at_row_end), False
    if how == "right":
        return caret_movement.to_the_right(page.rows, at, caret.at_row_end), False
    if how in ("next word", "previous word"):
        forwards = (how == "next word") != row.layout.right_to_left
        step = caret_movement.next_word if forwards else caret_movement.previous_word
        return step(page.source, at), False
    if how == "row start":
        return row.start, False
    if how == "row end":
        return row.end, not row.last
    return (0 if how == "start" else page.source.n_chars), False


def _by_rows(page: TextPage, caret: Caret, how: str, select: bool) -> Caret:
    row, down = page.caret_row(caret), "down" in how
    wanted = caret.wanted_x
    if wanted is None:
        wanted = page.x_of(row, caret.position) + page.offset
    in_view = max(1, page.height // page.style.row_height - 1)
    count = (in_view if "page" in how else 1) * (1 if down else -1)
    target = caret_movement.rows_away(page.rows, row, count)
    if target.start == row.start and target.index == row.index:
        position = page.source.n_chars if down else 0
        return Caret(position, caret.anchor if select else position)
    position = target.start + target.layout.offset_at(wanted - page.offset - page.left_of(target))
    at_row_end = not target.last and position == target.end
    if "page" in how:
        page.scroll.scroll_by(count * page.style.row_height)
    return Caret(position, caret.anchor if select else position, at_row_end, wanted)
