"""Paints the page and says which parts of it look different after a change.

A key changes a row or two of the picture; painting only those takes a third of the time.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import zip_longest

from PySide6.QtCore import QRect, QRectF
from PySide6.QtGui import QColor, QPainter, QPen, QRegion

from tokviz.gui.widgets.text.painted_row import PaintedRow
from tokviz.gui.widgets.text.row_painting import Highlights, RowPainter
from tokviz.gui.widgets.text.text_page import PAD, TextPage

_FRAME = 2  # pixels of the line around the page


@dataclass(frozen=True)
class Picture:
    """All that decides how the page looks, but for the carets."""

    rows: list[PaintedRow]
    highlights: Highlights
    selection: tuple[int, int]


class PagePainter:
    """Paints a page in its look."""

    def __init__(self, page: TextPage) -> None:
        self._page = page
        self._rows = RowPainter(page.style, page.look.palette)

    def restyle(self) -> None:
        """The page has another look."""
        self._rows = RowPainter(self._page.style, self._page.look.palette)

    def paint(
        self,
        painter: QPainter,
        area: QRegion,
        picture: Picture,
        carets: Iterable[tuple[QRectF, QColor]],
        hint: str = "",
    ) -> None:
        """Paint what lies in an area; each caret is a rectangle and its colour. `hint` is what an
        empty page says."""
        page = self._page
        painter.fillRect(area.boundingRect(), page.look.palette.panel)
        painter.save()
        rows = [row for row in picture.rows if area.intersects(self._area_of(row))]
        if rows:
            marked = picture.highlights.asked_for(rows[0].row.start, rows[-1].row.full_end)
        for row in rows:
            painter.setClipRect(self._area_of(row))  # marks may be piled up without end
            self._rows.paint(painter, row, page.tokens, marked, picture.selection)
        painter.setClipRect(QRect(page.gutter.width, 0, page.width, page.height))
        if hint and not page.source.n_chars:
            painter.setFont(page.style.font)
            painter.setPen(page.look.palette.faint)
            row = picture.rows[0]
            painter.drawText(row.left + PAD, row.top + round(page.style.baseline), hint)
        for place, color in carets:
            painter.fillRect(place, color)
        painter.restore()
        page.gutter.paint(painter, picture.rows, page.tokens, page.source, page.height)

    def difference(self, one: Picture, other: Picture) -> QRegion:
        """Where two pictures of the page may differ, the numbers beside the text always."""
        page = self._page
        area = QRegion(0, 0, page.gutter.width, page.height)
        marked = one.highlights
        shown = (marked.places, marked.found, marked.edges, marked.window)
        moves = any(found is not None for found in shown)
        if marked != other.highlights or moves:
            return area.united(QRect(0, 0, page.width, page.height))
        for before, after in zip_longest(one.rows, other.rows):
            if before is None or after is None or _looks(one, before) != _looks(other, after):
                for row in (before, after):
                    area = area if row is None else area.united(self._area_of(row))
        return area

    def _area_of(self, painted: PaintedRow) -> QRect:
        """A row with the space that tall characters may take above and below it."""
        tall = self._page.style.row_height
        return QRect(self._page.gutter.width, painted.top - tall, self._page.width, 3 * tall)


def _looks(picture: Picture, painted: PaintedRow) -> tuple[object, ...]:
    """What a row looks like, whatever its place in the text."""
    row, marked, n_tokens = painted.row, picture.highlights, len(painted.ids)

    def here(index: int | None) -> int | None:
        return None if index is None else max(-1, min(index - painted.first_token, n_tokens + 1))

    selected = [max(row.start, min(at, row.full_end)) - row.start for at in picture.selection]
    return (
        (row.layout, row.tail, painted.left, painted.top),
        painted.geometry,
        painted.ids if marked.selected_ids or marked.hovered_id is not None else None,
        (painted.uncovered, painted.dropped_space),
        selected if selected[0] < selected[1] else None,
        (here(marked.selected_index), here(marked.context_end)),
        None if marked.attended is None else tuple(map(here, marked.attended)),
    )


def frame_all(painter: QPainter, page: QRect, color: QColor) -> None:
    """A line around the page: what is dragged over it may fall anywhere."""
    painter.setPen(QPen(color, 2 * _FRAME))
    painter.drawRect(page)
