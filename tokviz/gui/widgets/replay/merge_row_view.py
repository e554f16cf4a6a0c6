"""MergeRowView: the tokens before a merge and after it, with the pair and what became of it."""

import html
from collections.abc import Sequence

from PySide6.QtCore import QEvent, QPointF, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QHelpEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QPolygonF,
    QResizeEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from tokviz.gui.palette import LIGHT, Palette
from tokviz.gui.widgets.replay.merge_row_layout import (
    CHIP_HEIGHT,
    Chip,
    Note,
    Row,
    RowMeasure,
    RowToken,
    row_after,
    row_before,
    shortened,
)

_TALL = 92
_SIDE = 12.0
_BEFORE_Y = 4.0
_AFTER_Y = 46.0
_FINAL_Y = 16.0
_HEADING = 52.0  # "before", "after"
_NARROW = 420  # below this there is no room for headings
_MIDDLE = Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextDontClip


class MergeRowView(QWidget):
    """Two lines of chips, or one with ids when nothing is left to merge."""

    token_picked = Signal(int)
    token_hovered = Signal(object)  # a token id or None

    def __init__(self) -> None:
        super().__init__()
        self._palette: Palette = LIGHT
        self._measure = RowMeasure(self.font())
        self._before: Sequence[RowToken] = ()
        self._after: Sequence[RowToken] | None = None
        self._pair: int | None = None
        self._new: int | None = None
        self._center: int | None = None  # where the user has moved the window
        self._rows = (Row(), Row())
        self._selected: frozenset[int] = frozenset()
        self._hovered: int | None = None
        self.setMouseTracking(True)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAccessibleName("Tokens of this step")

    # -- what it shows -------------------------------------------------------------------------

    def set_rows(
        self,
        before: Sequence[RowToken],
        after: Sequence[RowToken] | None,
        pair: int | None,
        new: int | None,
    ) -> None:
        """Show a step: `pair` is the index in `before` of the left part, `new` in `after`.

        Without `after` there is one line, with the ids under the tokens.
        """
        self._before, self._after = before, after
        self._pair, self._new = pair, new
        self._center = None
        self._lay_out()
        self.setAccessibleDescription(self._described())

    def set_selected(self, ids: frozenset[int]) -> None:
        self._selected = ids
        self.update()

    def set_hovered(self, id: int | None) -> None:
        if id != self._hovered:
            self._hovered = id
            self.update()

    def set_colors(self, palette: Palette) -> None:
        self._palette = palette
        self.update()

    def shown_before(self) -> list[tuple[int, QRectF]]:
        """Index and rectangle of each token in view on the line before."""
        return [(chip.index, chip.rect) for chip in self._rows[0].chips]

    def shown_after(self) -> list[tuple[int, QRectF]]:
        return [(chip.index, chip.rect) for chip in self._rows[1].chips]

    def notes(self) -> list[tuple[str, QRectF]]:
        """The words at the ends of the lines, for tokens left out."""
        return [(note.words, note.rect) for row in self._rows for note in row.notes]

    def sizeHint(self) -> QSize:
        return QSize(480, _TALL)

    def minimumSizeHint(self) -> QSize:
        return QSize(160, _TALL)

    def _described(self) -> str:
        words = f"{len(self._before):,} tokens"
        if self._after is not None and self._pair is not None:
            pair = " + ".join(token.label for token in self._before[self._pair : self._pair + 2])
            words += f", {pair} merge, then {len(self._after):,}"
        return words

    # -- layout --------------------------------------------------------------------------------

    @property
    def _start(self) -> float:
        headed = self._after is not None and self.width() >= _NARROW
        return _SIDE + (_HEADING if headed else 0)

    def _lay_out(self) -> None:
        before, after, x = Row(), Row(), self._start
        self._measure.set_room(self.width() - x - _SIDE, with_ids=self._after is None)
        if self._before:
            y = _FINAL_Y if self._after is None else _BEFORE_Y
            before, window = row_before(self._before, self._middle(), self._measure, x, y)
            if self._after:
                after = row_after(self._after, window, self._measure, x, _AFTER_Y)
        self._rows = (before, after)
        self.update()

    def _middle(self) -> range:
        if self._center is not None:
            return range(self._center, self._center + 1)
        if self._pair is not None:
            return range(self._pair, min(self._pair + 2, len(self._before)))
        return range(1)

    def resizeEvent(self, event: QResizeEvent) -> None:
        self._lay_out()

    # -- mouse ---------------------------------------------------------------------------------

    def _chip_at(self, place: QPointF) -> Chip | None:
        for chip in (chip for row in self._rows for chip in row.chips):
            if chip.rect.contains(place) or (chip.link and chip.link.contains(place)):
                return chip
        return None

    def _note_at(self, place: QPointF) -> Note | None:
        notes = (note for row in self._rows for note in row.notes)
        return next((note for note in notes if note.rect.contains(place)), None)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() != Qt.MouseButton.LeftButton:
            event.ignore()
            return
        chip, note = self._chip_at(event.position()), self._note_at(event.position())
        if chip is not None:
            if chip.token.id >= 0:
                self.token_picked.emit(chip.token.id)
        elif note is not None:
            self._move_to(note.target)

    def _move_to(self, index: int) -> None:
        """Show the tokens around another place until the next step."""
        self._center = min(max(index, 0), len(self._before) - 1)
        self._lay_out()

    def wheelEvent(self, event: QWheelEvent) -> None:
        chips, delta = self._rows[0].chips, event.angleDelta()
        turned = delta.x() or delta.y()
        if not chips or not self._rows[0].notes or not turned:
            event.ignore()
            return
        shown = (chips[0].index + chips[-1].index) // 2
        self._move_to(shown + (-1 if turned > 0 else 1) * max(len(chips) // 6, 1))
        event.accept()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        chip, note = self._chip_at(event.position()), self._note_at(event.position())
        if chip is not None and chip.token.id < 0:
            chip = None
        hand = chip is not None or note is not None
        self.setCursor(Qt.CursorShape.PointingHandCursor if hand else Qt.CursorShape.ArrowCursor)
        self._hover(None if chip is None else chip.token.id)

    def leaveEvent(self, event: QEvent) -> None:
        self._hover(None)

    def _hover(self, id_: int | None) -> None:
        if id_ != self._hovered:
            self.set_hovered(id_)
            self.token_hovered.emit(id_)

    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.ToolTip and isinstance(event, QHelpEvent):
            chip = self._chip_at(QPointF(event.pos()))
            words = ""
            if chip is not None:
                label = html.escape(shortened(chip.token.label))
                # Qt guesses whether a tooltip is HTML, so it always is, and the label is escaped.
                words = f"<div><b>{label}</b></div>"
                if chip.token.id >= 0:
                    words += f"<div>id {chip.token.id}</div>"
            QToolTip.showText(event.globalPos(), words, self, QRect())
            return True
        return super().event(event)

    # -- painting ------------------------------------------------------------------------------

    def paintEvent(self, event: QPaintEvent) -> None:
        with QPainter(self) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            before, after = self._rows
            pair = self._pair if self._after is not None else None
            joined = () if pair is None else (pair, pair + 1)
            self._paint_row(painter, before, joined)
            self._paint_row(painter, after, () if self._new is None else (self._new,))
            if self._after is not None:
                self._paint_headings(painter)
            if pair is not None:
                self._paint_bracket(painter, before.rect_of(pair), before.rect_of(pair + 1))
                self._paint_mark(painter, after.rect_of(self._new))

    def _paint_headings(self, painter: QPainter) -> None:
        if self._start == _SIDE:
            return
        painter.setFont(self._measure.note_font)
        painter.setPen(self._palette.muted)
        side = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
        for words, y in (("before", _BEFORE_Y), ("after", _AFTER_Y)):
            painter.drawText(QRectF(_SIDE, y, _HEADING, CHIP_HEIGHT), side, words)

    def _paint_row(self, painter: QPainter, row: Row, marked: Sequence[int]) -> None:
        for chip in row.chips:
            self._paint_chip(painter, chip, chip.index in marked)
        painter.setFont(self._measure.note_font)
        painter.setPen(self._palette.muted)
        for note in row.notes:
            painter.drawText(note.rect, _MIDDLE, note.words)

    def _paint_chip(self, painter: QPainter, chip: Chip, marked: bool) -> None:
        palette, rect = self._palette, chip.rect
        hovered = chip.token.id == self._hovered
        edge = palette.accent if marked else palette.faint if hovered else palette.line
        painter.setPen(QPen(edge, 1.6 if marked else 1))
        painter.setBrush(palette.accent_soft if marked or hovered else palette.window)
        painter.drawRoundedRect(_crisp(rect), 4, 4)
        if chip.token.id in self._selected:
            painter.setPen(QPen(palette.accent, 1.6))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(_crisp(rect.adjusted(-2.5, -2.5, 2.5, 2.5)), 6, 6)
        painter.setFont(self._measure.font)
        painter.setPen(palette.text)
        painter.drawText(rect, _MIDDLE, chip.shown)
        if chip.link is not None:
            painter.setFont(self._measure.id_font)
            painter.setPen(palette.accent)
            painter.drawText(chip.link, _MIDDLE, str(chip.token.id))

    def _paint_bracket(self, painter: QPainter, left: QRectF | None, right: QRectF | None) -> None:
        if left is None or right is None:
            return
        top, start, end = int(left.bottom()) + 4, int(left.left()) + 2, int(right.right()) - 1
        painter.setPen(QPen(self._palette.accent, 2, j=Qt.PenJoinStyle.MiterJoin))
        corners = ((start, top), (start, top + 5), (end, top + 5), (end, top))
        painter.drawPolyline([QPointF(*corner) for corner in corners])

    def _paint_mark(self, painter: QPainter, new: QRectF | None) -> None:
        """A small triangle and "new" under what the merge made."""
        if new is None:
            return
        x, y = new.center().x(), new.bottom() + 4
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(self._palette.accent)
        triangle = [QPointF(x, y), QPointF(x + 4.5, y + 6), QPointF(x - 4.5, y + 6)]
        painter.drawPolygon(QPolygonF(triangle))
        painter.setFont(self._measure.note_font)
        painter.setPen(self._palette.accent)
        painter.drawText(QRectF(x + 8, y - 4, 40, 14), Qt.AlignmentFlag.AlignVCenter, "new")


def _crisp(rect: QRectF) -> QRectF:
    return QRectF(int(rect.left()) + 0.5, rect.top() + 0.5, int(rect.width()), rect.height() - 1)
