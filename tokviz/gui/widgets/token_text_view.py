"""The text with its tokens coloured behind it: an editor over a text that lives elsewhere.

Not QPlainTextEdit, which changes some characters and slows down with the length of a line. The
view holds caret, scroll place and undo; the text stays in the `TokenSource`, and each edit leaves
as the `edited` signal, whose receiver applies it at once.
"""

from time import monotonic
from typing import Any, cast

from PySide6.QtCore import QEvent, QPointF, QRect, QRectF, Qt, QTimer, Signal
from PySide6.QtGui import (
    QColor,
    QContextMenuEvent,
    QDragEnterEvent,
    QDragLeaveEvent,
    QDragMoveEvent,
    QDropEvent,
    QFocusEvent,
    QFont,
    QGuiApplication,
    QHelpEvent,
    QInputMethodEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPalette,
    QResizeEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QAbstractScrollArea, QApplication, QFrame, QToolTip, QWidget

from tokviz.gui.palette import LIGHT, Palette
from tokviz.gui.widgets import caret_movement, text_input_method
from tokviz.gui.widgets.caret import Caret
from tokviz.gui.widgets.edit_history import Edit, EditHistory
from tokviz.gui.widgets.empty_source import EmptySource
from tokviz.gui.widgets.exact_clipboard import copy_text, text_of
from tokviz.gui.widgets.grapheme_edges import nearest_edge
from tokviz.gui.widgets.gutter import Gutter
from tokviz.gui.widgets.painted_row import PaintedRow, RowMeasurer
from tokviz.gui.widgets.row_layout import Preedit
from tokviz.gui.widgets.row_painting import Highlights, RowPainter
from tokviz.gui.widgets.scroll_anchor import ScrollAnchor
from tokviz.gui.widgets.text_drop import TextDrop
from tokviz.gui.widgets.text_menu import context_menu
from tokviz.gui.widgets.text_mouse import TextMouse
from tokviz.gui.widgets.text_rows import Row, TextRows
from tokviz.gui.widgets.text_style import TextStyle, text_style
from tokviz.gui.widgets.token_source import TokenRows, TokenSource
from tokviz.gui.widgets.view_keys import action_for

DEFAULT_ZOOM = 13.0  # points
_ZOOMS = (5.0, 60.0)
_PAD = 10  # between gutter and text


class TokenTextView(QAbstractScrollArea):
    """Shows and edits a text whose tokens are coloured; see the signals for what it tells."""

    edited = Signal(int, int, object)  # start, characters removed, str inserted
    picked = Signal(int)
    hovered = Signal(int)
    caret_moved = Signal()
    files_dropped = Signal(object)
    zoomed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.source: TokenSource = EmptySource()
        self.history = EditHistory()
        self._editable = True
        self._palette: Palette = LIGHT
        self._highlights = Highlights()
        self._caret = Caret()
        self._zoom = DEFAULT_ZOOM
        self._marks_shown, self._word_wrap = True, True
        self._preedit_cursor: int | None = None
        self._hovered_index = -1
        self._walked: tuple[int, int] | None = None  # token picked by walking, caret there
        self._painted: list[PaintedRow] | None = None
        self._tokens: TokenRows | None = None
        self._widest = 0.0
        self._syncing = self._editing = False
        self._caret_shown = False
        self._blink = QTimer(self)
        self._blink.timeout.connect(self._on_blink)
        self._mouse = TextMouse(self)
        self._drop = TextDrop(self)
        self._style: TextStyle = text_style(self._zoom, True, self._mark_color())
        self._gutter = Gutter(self._style, self._palette)
        self._rows = TextRows(self.source, self._style, None)
        self._scroll = ScrollAnchor(self._rows)
        self._painter = RowPainter(self._style, self._palette)
        self._measurer = RowMeasurer(self._style)
        self._set_up_widget()

    def _set_up_widget(self) -> None:
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAcceptDrops(True)
        self.viewport().setAcceptDrops(True)
        self.viewport().setMouseTracking(True)
        self.viewport().setCursor(Qt.CursorShape.IBeamCursor)
        self.viewport().setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setAttribute(Qt.WidgetAttribute.WA_InputMethodEnabled)
        self.setAccessibleName("Text and its tokens")
        self._restyle()

    # What is shown

    def set_source(self, source: TokenSource) -> None:
        """Show another text from its start, with no history."""
        self.source = source
        self.history.clear()
        self._caret, self._widest, self._walked = Caret(), 0.0, None
        self._scroll.to_start()
        self._restyle()
        self.horizontalScrollBar().setValue(0)
        self.caret_moved.emit()

    def refresh(self) -> None:
        """The text or its tokens changed by other hands: keep caret and place, paint anew."""
        if self._editing:
            return
        self._rows.text_changed()
        self._scroll.text_replaced()
        clamped = self._caret.clamped(self.source.n_chars)
        self._fit_gutter()
        self._changed()
        if clamped != self._caret:
            self._caret = clamped
            self.caret_moved.emit()

    def set_colors(self, palette: Palette) -> None:
        self._palette = palette
        self._restyle()

    def set_highlights(self, highlights: Highlights) -> None:
        if highlights != self._highlights:
            self._highlights = highlights
            self.viewport().update()

    def set_word_wrap(self, on: bool) -> None:
        self._word_wrap, self._widest = on, 0.0
        self._restyle()
        self.horizontalScrollBar().setValue(0)

    def set_marks_shown(self, on: bool) -> None:
        self._marks_shown = on
        self._restyle()

    @property
    def zoom(self) -> float:
        """Size of the text in points."""
        return self._zoom

    def set_zoom(self, points: float) -> None:
        points = max(_ZOOMS[0], min(points, _ZOOMS[1]))
        if points != self._zoom:
            self._zoom, self._widest = points, 0.0
            self._restyle()
            self.zoomed.emit()

    def reset_zoom(self) -> None:
        self.set_zoom(DEFAULT_ZOOM)

    @property
    def editable(self) -> bool:
        return self._editable

    def set_editable(self, on: bool) -> None:
        """Whether keys change the text; where they do not, arrows walk the tokens."""
        self._editable = on
        self.setAttribute(Qt.WidgetAttribute.WA_InputMethodEnabled, on)

    def text_font(self) -> QFont:
        return self._style.font

    # Caret and selection

    @property
    def caret(self) -> int:
        return self._caret.position

    @property
    def anchor(self) -> int:
        return self._caret.anchor

    def selection(self) -> tuple[int, int]:
        """Start and end of the selected characters; equal where nothing is selected."""
        return self._caret.range

    def selected_text(self) -> str:
        return self.source.slice(*self.selection())

    def select(self, start: int, end: int) -> None:
        """Select [start, end), the caret at `end` (which may be the lower)."""
        end = max(0, min(end, self.source.n_chars))
        self._set_caret(Caret(end, max(0, min(start, self.source.n_chars))))

    def select_all(self) -> None:
        self._set_caret(Caret(self.source.n_chars, 0), reveal=False)

    def set_caret(self, position: int) -> None:
        self.place_caret(position)

    def place_caret(
        self, position: int, keep_anchor: bool = False, at_row_end: bool = False
    ) -> None:
        """Put the caret at a cluster's edge; `keep_anchor` selects from where it was."""
        position = nearest_edge(self.source, position)
        self._set_caret(Caret(position, self.anchor if keep_anchor else position, at_row_end))

    def reveal(self, start: int, end: int) -> None:
        """Scroll so that the characters [start, end) are in view, their start first."""
        self._scroll.reveal(self._rows.row_at(min(end, self.source.n_chars)), 1)
        self._scroll.reveal(self._rows.row_at(min(start, self.source.n_chars)), 1)
        self._changed()
        self._reveal_x(start)

    def move_caret(self, how: str, select: bool) -> None:
        """Move by a named step ("left", "next word", ...); `select` keeps the anchor."""
        caret = self._caret
        if caret.position != caret.anchor and not select and how in ("left", "right"):
            start, end = caret.range
            rightwards = how == "right"
            leftwards_text = self._caret_row().layout.right_to_left
            self.place_caret(end if rightwards != leftwards_text else start)
            return
        if how in ("up", "down", "page up", "page down"):
            self._move_rows(how, select)
            return
        position, at_row_end = self._moved(how)
        position = nearest_edge(self.source, position)
        self._set_caret(Caret(position, caret.anchor if select else position, at_row_end))

    def walk_tokens(self, step: int) -> None:
        """Go to the next or previous token: the caret before it, and `picked` tells its index."""
        if self.source.n_tokens == 0:
            return
        here = self._walked_token()
        if here is not None:
            index = max(0, min(here + step, self.source.n_tokens - 1))
        else:
            found = self.source.index_at(min(self.caret, max(0, self.source.n_encoded - 1)))
            index = self.source.n_tokens - 1 if found is None else found
        start, end = self.source.token_span(index)
        self.set_caret(start)
        self.reveal(start, end)
        self._walked = (index, self.caret)
        self.picked.emit(index)

    def _walked_token(self) -> int | None:
        """The token that walking goes on from; None if the caret has left it."""
        if self._walked is not None and self._walked[1] == self.caret:
            return min(self._walked[0], self.source.n_tokens - 1)
        selected = self._highlights.selected_index
        if selected is None or selected >= self.source.n_tokens:
            return None
        start, end = self.source.token_span(selected)
        return selected if start <= self.caret <= end or not self._editable else None

    # Editing

    def insert_text(self, text: str, typed: bool = False) -> None:
        """Put a text in place of the selection: the one way in for all that comes from outside."""
        start, end = self.selection()
        self._edit(start, end, text, typed)

    def type_text(self, text: str) -> None:
        """Insert what was typed, to be undone together with its neighbours."""
        self.insert_text(text, typed=True)

    def delete_to(self, position: int) -> None:
        """Delete the selection or, without one, from the caret to a position."""
        start, end = self.selection()
        if start == end:
            start, end = min(self.caret, position), max(self.caret, position)
        self._edit(start, end, "", typed=True)

    def cut(self) -> None:
        if self._editable and self.selection()[0] < self.selection()[1]:
            self.copy()
            self._edit(*self.selection(), "", typed=False)

    def copy(self) -> None:
        if self.selection()[0] < self.selection()[1]:
            copy_text(self.selected_text())

    def paste(self) -> None:
        text = text_of(QGuiApplication.clipboard().mimeData())
        if self._editable and text:
            self.insert_text(text)

    @property
    def can_undo(self) -> bool:
        return self._editable and self.history.can_undo

    @property
    def can_redo(self) -> bool:
        return self._editable and self.history.can_redo

    def undo(self) -> None:
        if self._editable and (edit := self.history.undo()) and self._holds(edit, edit.inserted):
            self._apply(edit.start, len(edit.inserted), edit.removed)
            self._set_caret(Caret(edit.before[1], edit.before[0]), ends_step=False)

    def redo(self) -> None:
        if self._editable and (edit := self.history.redo()) and self._holds(edit, edit.removed):
            self._apply(edit.start, len(edit.removed), edit.inserted)
            self._set_caret(Caret(edit.after[1], edit.after[0]), ends_step=False)

    def _holds(self, edit: Edit, text: str) -> bool:
        """Whether a step still fits the text; if other hands changed it, no step fits any more."""
        if self.source.slice(edit.start, edit.start + len(text)) == text:
            return True
        self.history.clear()
        self.history.mark_dirty()
        return False

    def _edit(self, start: int, end: int, text: str, typed: bool) -> None:
        if not self._editable or (start == end and not text):
            return
        removed = self.source.slice(start, end)
        after = start + len(text)
        before = (self.anchor, self.caret)
        # Recorded first, so that the receiver of `edited` finds the history no longer clean.
        edit = Edit(start, removed, text, before, (after, after))
        self.history.record(edit, typed, monotonic())
        self._apply(start, end - start, text)
        self._set_caret(Caret(after, after), ends_step=False)

    def _apply(self, start: int, removed: int, inserted: str) -> None:
        """Let the receiver of `edited` change the text, then follow it."""
        lines = (self.source.line_at(start), self.source.line_at(start + removed))
        self._editing = True
        try:
            self.edited.emit(start, removed, inserted)
        finally:
            self._editing = False
        self._rows.text_edited(start, removed, inserted, lines)
        self._scroll.text_changed(start, removed, len(inserted), lines)
        self._painted = None  # the caret that is set next brings the rest
        self._fit_gutter()

    # Where things are on screen

    def token_rects(self) -> list[tuple[int, QRectF, int]]:
        """(Token index, rectangle in the viewport, colour index) of each token in view."""
        style = self._style
        return [
            (
                painted.first_token + piece.token,
                QRectF(
                    painted.left + piece.left,
                    painted.top + style.token_top,
                    piece.right - piece.left,
                    style.token_height,
                ),
                piece.color,
            )
            for painted in self._measured()
            for piece in painted.geometry.pieces
        ]

    def visible_text(self) -> str:
        """The characters of the rows in view."""
        rows = [painted.row for painted in self._measured()]
        return self.source.slice(rows[0].start, rows[-1].full_end)

    def token_at(self, point: QPointF) -> int | None:
        """Index of the token whose rectangle holds a point of the viewport."""
        if point.x() < self._gutter.width:
            return None
        painted = self._painted_at(point)
        return None if painted is None else painted.token_at(point.x())

    def _painted_at(self, point: QPointF) -> PaintedRow | None:
        for painted in self._measured():
            if painted.top <= point.y() < painted.top + self._style.row_height:
                return painted
        return None

    def position_at(self, point: QPointF) -> tuple[int, bool]:
        """The caret position nearest to a point, and whether it is the end of a wrapped row."""
        row, _ = self._scroll.row_at_y(point.y())
        position = row.start + row.layout.offset_at(point.x() - self._left_of(row))
        return position, not row.last and position == row.end

    def character_at(self, point: QPointF) -> int:
        """The character under a point, where `position_at` may be the edge after it."""
        row, _ = self._scroll.row_at_y(point.y())
        x = point.x() - self._left_of(row)
        leading, trailing = row.layout.cluster_x
        for at, (one, other) in enumerate(zip(leading.tolist(), trailing.tolist(), strict=True)):
            if min(one, other) <= x < max(one, other):
                return row.start + int(row.layout.edges[at])
        return row.start + row.layout.offset_at(x)

    def is_selected_at(self, point: QPointF) -> bool:
        """Whether a point lies on selected text."""
        painted = self._painted_at(point)
        return painted is not None and any(
            left <= point.x() - painted.left < right
            for left, right in painted.ranges(*self.selection())
        )

    def caret_rect(self, position: int | None = None) -> QRectF:
        """Where the caret stands in the viewport, or would stand at another position."""
        own = position is None
        at = self.caret if position is None else position
        row = self._rows.row_at(at, own and self._caret.at_row_end)
        y = self._scroll.y_of(row)
        x = self._left_of(row) + self._x_in(row, at)
        if own and self._preedit_cursor is not None and row.layout.preedit:
            x = self._left_of(row) + row.layout.preedit_x(max(0, self._preedit_cursor))
        top = (y if y is not None else -10_000.0) + self._style.token_top - 1
        return QRectF(round(x) - 1, top, 2, self._style.token_height + 2)

    def scroll_by(self, pixels: float) -> None:
        """Scroll down by pixels."""
        self._scroll.scroll_by(pixels)
        self._changed()

    def set_preedit(self, preedit: Preedit | None, cursor: int | None) -> None:
        """Show what an input method composes at the caret (`cursor` -1: without a caret)."""
        if preedit is None and self._preedit_cursor is None:
            return
        end = len(preedit.text.encode("utf-16-le")) // 2 if preedit else 0
        self._preedit_cursor = None if preedit is None else end if cursor is None else cursor
        self._rows.set_preedit(self.caret, preedit)
        self._changed()
        self.updateMicroFocus()

    # Layout

    def _mark_color(self) -> QColor:
        color = QColor(self._palette.token_text)
        color.setAlpha(150)
        return color

    def _restyle(self) -> None:
        self._style = text_style(self._zoom, self._marks_shown, self._mark_color())
        self._painter = RowPainter(self._style, self._palette)
        self._measurer = RowMeasurer(self._style)
        self._gutter = Gutter(self._style, self._palette)
        colors = self.palette()
        colors.setColor(QPalette.ColorRole.Base, self._palette.panel)
        colors.setColor(QPalette.ColorRole.Window, self._palette.panel)
        self.setPalette(colors)
        self._gutter.fit(self.source)
        self._lay_out()

    def _fit_gutter(self) -> None:
        if self._gutter.fit(self.source):
            self._lay_out()

    def _lay_out(self) -> None:
        width: float | None = None
        if self._word_wrap:
            room = self.viewport().width() - self._gutter.width - _PAD
            width = max(room - 3.5 * self._style.advance, 4 * self._style.advance)
        self._rows = TextRows(self.source, self._style, width)
        self._scroll.set_rows(self._rows)
        self._scroll.height = self.viewport().height()
        self._scroll.clamp()
        self._changed()

    def _changed(self) -> None:
        self._painted = None
        self._sync_bars()
        self.viewport().update()

    def _left_of(self, row: Row) -> int:
        """X of a row's left end in the viewport."""
        left = self._gutter.width + _PAD - self.horizontalScrollBar().value()
        if not row.layout.right_to_left:
            return left
        if self._rows.width is None:
            return left + round(len(row.tail) * self._style.tail_width)
        return left + max(0, round(self._rows.width - row.layout.width))

    def _x_in(self, row: Row, position: int) -> float:
        if position <= row.end:
            return row.layout.x(position - row.start)
        step = self._style.tail_width * (position - row.end)
        return -step if row.layout.right_to_left else row.layout.width + step

    def _measured(self) -> list[PaintedRow]:
        """The rows in view and where everything of them stands."""
        if self._painted is None:
            seen = list(self._scroll.visible())
            start, end = seen[0][0].start, seen[-1][0].full_end
            self._tokens = tokens = self.source.tokens(start, end)
            width = self.viewport().width()
            self._painted = [
                self._measurer.measure(
                    row, (self._left_of(row), round(y)), self.source, tokens, width
                )
                for row, y in seen
            ]
            holes = self.source.uncovered(start, end)
            for painted in self._painted if holes else ():
                for hole in holes:
                    painted.uncovered += painted.ranges(*hole)
        return self._painted

    def _sync_bars(self) -> None:
        self._syncing = True
        vertical, horizontal = self.verticalScrollBar(), self.horizontalScrollBar()
        vertical.setSingleStep(self._style.row_height)
        vertical.setPageStep(max(1, self.viewport().height() - self._style.row_height))
        if not vertical.isSliderDown():
            vertical.setRange(0, self._scroll.maximum())
            vertical.setValue(self._scroll.value())
        room = self.viewport().width() - self._gutter.width - _PAD
        for row, _ in () if self._word_wrap else self._scroll.visible():
            self._widest = max(self._widest, row.layout.width + 3 * self._style.tail_width)
        horizontal.setPageStep(max(1, room))
        horizontal.setSingleStep(round(self._style.advance * 2))
        horizontal.setRange(0, 0 if self._word_wrap else max(0, round(self._widest) - room))
        self._syncing = False

    # Moving

    def _caret_row(self) -> Row:
        return self._rows.row_at(self.caret, self._caret.at_row_end)

    def _moved(self, how: str) -> tuple[int, bool]:
        rows, at = self._rows, self.caret
        if how == "left":
            return caret_movement.to_the_left(rows, at, self._caret.at_row_end), False
        if how == "right":
            return caret_movement.to_the_right(rows, at, self._caret.at_row_end), False
        if how in ("next word", "previous word"):
            forwards = (how == "next word") != self._caret_row().layout.right_to_left
            step = caret_movement.next_word if forwards else caret_movement.previous_word
            return step(self.source, at), False
        if how == "row start":
            return self._caret_row().start, False
        if how == "row end":
            row = self._caret_row()
            return row.end, not row.last
        return (0 if how == "start" else self.source.n_chars), False

    def _move_rows(self, how: str, select: bool) -> None:
        caret, row = self._caret, self._caret_row()
        wanted = caret.wanted_x
        if wanted is None:
            wanted = self._left_of(row) + self._x_in(row, caret.position)
            wanted += self.horizontalScrollBar().value()
        page = max(1, self.viewport().height() // self._style.row_height - 1)
        count = page if "page" in how else 1
        target = caret_movement.rows_away(self._rows, row, count if "down" in how else -count)
        if target.start == row.start and target.index == row.index:
            position = self.source.n_chars if "down" in how else 0
            self._set_caret(Caret(position, caret.anchor if select else position))
            return
        x = wanted - self.horizontalScrollBar().value() - self._left_of(target)
        position = target.start + target.layout.offset_at(x)
        at_row_end = not target.last and position == target.end
        if "page" in how:
            self._scroll.scroll_by((count if "down" in how else -count) * self._style.row_height)
        anchor = caret.anchor if select else position
        self._set_caret(Caret(position, anchor, at_row_end, wanted))

    def _set_caret(self, caret: Caret, reveal: bool = True, ends_step: bool = True) -> None:
        moved = caret != self._caret
        self._caret = caret
        if ends_step:
            self.history.end_step()
        if reveal and not self._mouse.selecting:
            self._scroll.reveal(self._caret_row())
            self._reveal_x(caret.position)
        self._changed()
        self._restart_blink()
        self.updateMicroFocus()
        if moved:
            self.caret_moved.emit()

    def _reveal_x(self, position: int) -> None:
        if self._word_wrap:
            return
        bar, row = self.horizontalScrollBar(), self._rows.row_at(position)
        x = self._left_of(row) + self._x_in(row, position)
        left, right = self._gutter.width + _PAD, self.viewport().width() - 3 * _PAD
        needed = row.layout.width + 3 * self._style.tail_width
        if needed > self._widest:
            self._widest = needed
            self._sync_bars()
        if x < left:
            bar.setValue(round(bar.value() + x - left - 4 * _PAD))
        elif x > right:
            bar.setValue(round(bar.value() + x - right + 4 * _PAD))

    # Painting

    def paintEvent(self, event: QPaintEvent) -> None:
        rows = self._measured()
        tokens = self._tokens
        assert tokens is not None
        selection = self.selection()
        with QPainter(self.viewport()) as painter:
            painter.fillRect(event.rect(), self._palette.panel)
            painter.save()
            clip = self.viewport().rect().adjusted(self._gutter.width, 0, 0, 0)
            painter.setClipRect(clip)
            for painted in rows:
                if not event.rect().intersects(self._area_of(painted)):
                    continue
                self._painter.paint(painter, painted, tokens, self._highlights, selection)
            self._paint_carets(painter)
            painter.restore()
            self._gutter.paint(painter, rows, tokens, self.source, self.viewport().height())

    def _area_of(self, painted: PaintedRow) -> QRect:
        """A row with the space that tall characters may take above and below it."""
        tall = self._style.row_height
        return QRect(0, painted.top - tall, self.viewport().width(), 3 * tall)

    def _paint_carets(self, painter: QPainter) -> None:
        if self._caret_shown and self._preedit_cursor != -1:
            painter.fillRect(self.caret_rect(), self._palette.text)
        if self._drop.position is not None:
            painter.fillRect(self.caret_rect(self._drop.position), self._palette.accent)

    def _restart_blink(self) -> None:
        self._caret_shown = self.hasFocus()
        flash = QApplication.cursorFlashTime()
        if self._caret_shown and flash > 0:
            self._blink.start(flash // 2)
        else:
            self._blink.stop()
        self.viewport().update()

    def _on_blink(self) -> None:
        self._caret_shown = not self._caret_shown
        self.viewport().update(self.caret_rect().toAlignedRect().adjusted(-2, -2, 2, 2))

    # Qt's events

    def keyPressEvent(self, event: QKeyEvent) -> None:
        action = action_for(event, self._editable)
        if action is None:
            super().keyPressEvent(event)
        else:
            event.accept()
            action(self)

    def event(self, event: QEvent) -> bool:
        asked = event.type() == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent)
        if asked and action_for(cast("QKeyEvent", event), self._editable):
            event.accept()  # a menu's Ctrl+C must not take the key from the text with the focus
            return True
        return super().event(event)

    def focusNextPrevChild(self, next: bool) -> bool:
        return False if self._editable else super().focusNextPrevChild(next)

    def viewportEvent(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.ToolTip and isinstance(event, QHelpEvent):
            text = self._gutter.tool_tip(event.pos(), self._measured())
            if text:
                QToolTip.showText(event.globalPos(), text, self.viewport())
                return True
        if event.type() == QEvent.Type.Leave:
            self._hover(-1)
        return super().viewportEvent(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self._mouse.press(event)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        self._mouse.double_click(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        self._mouse.move(event)
        if not event.buttons():
            token = self.token_at(event.position())
            self._hover(-1 if token is None else token)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        self._mouse.release(event)

    def _hover(self, index: int) -> None:
        if index != self._hovered_index:
            self._hovered_index = index
            self.hovered.emit(index)

    def wheelEvent(self, event: QWheelEvent) -> None:
        turned, pixels = event.angleDelta(), event.pixelDelta()
        if event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            self.set_zoom(self._zoom + (1 if turned.y() > 0 else -1 if turned.y() < 0 else 0))
        elif event.modifiers() & Qt.KeyboardModifier.ShiftModifier or (
            abs(turned.x()) > abs(turned.y())
        ):
            sideways = turned.x() or turned.y()
            bar = self.horizontalScrollBar()
            bar.setValue(bar.value() - (pixels.x() or sideways // 2))
        else:
            lines = QApplication.wheelScrollLines()
            by = -pixels.y() if pixels.y() else -turned.y() / 120 * lines * self._style.row_height
            self.scroll_by(by)
        event.accept()

    def scrollContentsBy(self, dx: int, dy: int) -> None:
        if self._syncing:
            return
        bar = self.verticalScrollBar()
        if dy and not bar.isSliderDown() and abs(dy) <= bar.pageStep():
            self._scroll.scroll_by(-dy)
        elif dy:
            self._scroll.scroll_to(bar.value())
        self._changed()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._lay_out()

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        self._restart_blink()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self._restart_blink()

    def inputMethodEvent(self, event: QInputMethodEvent) -> None:
        if self._editable:
            text_input_method.apply(self, event)
        event.accept()

    def inputMethodQuery(self, query: Qt.InputMethodQuery) -> Any:
        answer = text_input_method.answer(self, query)
        return super().inputMethodQuery(query) if answer is None else answer

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        menu = context_menu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        keyboard = event.reason() == QContextMenuEvent.Reason.Keyboard
        at = self.caret_rect().bottomLeft().toPoint() if keyboard else None
        menu.popup(event.globalPos() if at is None else self.viewport().mapToGlobal(at))

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        self._drop.over(event)

    def dragMoveEvent(self, event: QDragMoveEvent) -> None:
        self._drop.over(event)

    def dragLeaveEvent(self, event: QDragLeaveEvent) -> None:
        self._drop.leave()

    def dropEvent(self, event: QDropEvent) -> None:
        self._drop.drop(event)
