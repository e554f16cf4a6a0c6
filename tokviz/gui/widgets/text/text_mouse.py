"""The mouse in the token text: hover, clicks, drag to select, drag to move the selected text."""

from enum import Enum
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QPointF, Qt, QTimer
from PySide6.QtGui import QDrag, QMouseEvent
from PySide6.QtWidgets import QApplication

from tokviz.gui.widgets.exact_clipboard import mime_data
from tokviz.gui.widgets.text import caret_movement

if TYPE_CHECKING:
    from tokviz.gui.widgets.text.token_text_view import TokenTextView

_AUTOSCROLL_MS = 30


class _Unit(Enum):
    CHARACTER = 1
    WORD = 2
    LINE = 3


class TextMouse(QObject):
    """Turns mouse events of the viewport into caret, selection and picks."""

    def __init__(self, view: "TokenTextView") -> None:
        super().__init__(view)
        self._view = view
        self._pressed_at: QPointF | None = None
        self._dragged = False
        self._on_selection = False  # pressed on the selected text, which may be dragged away
        self._unit = _Unit.CHARACTER
        self._first = (0, 0)  # the word or line that was double or triple clicked
        self._hovered = -1
        self._last_double: tuple[QPointF, int] | None = None
        self._autoscroll = QTimer(self)
        self._autoscroll.setInterval(_AUTOSCROLL_MS)
        self._autoscroll.timeout.connect(self._on_autoscroll)
        self._at = QPointF()

    @property
    def selecting(self) -> bool:
        return self._pressed_at is not None

    def press(self, event: QMouseEvent) -> None:
        if event.button() != Qt.MouseButton.LeftButton:
            return
        view, point = self._view, event.position()
        if self._is_triple(event):
            self._select_unit(_Unit.LINE, point)
            return
        self._pressed_at, self._at, self._dragged = point, point, False
        self._unit = _Unit.CHARACTER
        position, at_row_end = view.position_at(point)
        start, end = view.selection()
        shifted = bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
        self._on_selection = (
            start <= position < end and not shifted and view.page.is_inside(point, start, end)
        )
        if not self._on_selection:
            view.place_caret(position, keep_anchor=shifted, at_row_end=at_row_end)

    def double_click(self, event: QMouseEvent) -> None:
        if event.button() != Qt.MouseButton.LeftButton:
            return
        self._last_double = (event.position(), event.timestamp())
        self._select_unit(_Unit.WORD, event.position())

    def move(self, event: QMouseEvent) -> None:
        if not event.buttons():
            token = self._view.token_at(event.position())
            self._hover(-1 if token is None else token)
        if self._pressed_at is None or not event.buttons() & Qt.MouseButton.LeftButton:
            return
        self._at = event.position()
        far = (self._at - self._pressed_at).manhattanLength()
        if not self._dragged and far < QApplication.startDragDistance():
            return
        if self._on_selection and not self._dragged:
            self._drag_selection()
            return
        self._dragged = True
        self._extend()
        inside = self._view.viewport().rect().contains(self._at.toPoint())
        if inside:
            self._autoscroll.stop()
        elif not self._autoscroll.isActive():
            self._autoscroll.start()

    def release(self, event: QMouseEvent) -> None:
        if event.button() != Qt.MouseButton.LeftButton:
            return
        self._autoscroll.stop()
        pressed, self._pressed_at = self._pressed_at, None
        if pressed is None or self._dragged:
            return
        view = self._view
        if self._on_selection:
            position, at_row_end = view.position_at(event.position())
            view.place_caret(position, at_row_end=at_row_end)
        shifted = event.modifiers() & Qt.KeyboardModifier.ShiftModifier
        token = view.token_at(event.position())
        if token is not None and self._unit is _Unit.CHARACTER and not shifted:
            view.picked.emit(token)

    def leave(self) -> None:
        self._hover(-1)

    def _hover(self, index: int) -> None:
        if index != self._hovered:
            self._hovered = index
            self._view.hovered.emit(index)

    def _is_triple(self, event: QMouseEvent) -> bool:
        if self._last_double is None:
            return False
        (point, time), self._last_double = self._last_double, None
        near = (event.position() - point).manhattanLength() < QApplication.startDragDistance()
        return near and event.timestamp() - time < QApplication.doubleClickInterval()

    def _select_unit(self, unit: _Unit, point: QPointF) -> None:
        self._pressed_at, self._at, self._dragged = point, point, False
        self._unit, self._on_selection = unit, False
        self._first = self._unit_at(point)
        self._view.select(*self._first)

    def _unit_at(self, point: QPointF) -> tuple[int, int]:
        view = self._view
        if self._unit is _Unit.LINE:
            return caret_movement.line_range(view.source, view.position_at(point)[0])
        return caret_movement.word_at(view.source, view.page.character_at(point))

    def _extend(self) -> None:
        view = self._view
        if self._unit is _Unit.CHARACTER:
            position, at_row_end = view.position_at(self._at)
            view.place_caret(position, keep_anchor=True, at_row_end=at_row_end)
            return
        start, end = self._unit_at(self._at)
        if start < self._first[0]:
            view.select(self._first[1], start)
        else:
            view.select(self._first[0], max(end, self._first[1]))

    def _drag_selection(self) -> None:
        view = self._view
        self._pressed_at = None
        drag = QDrag(view)
        drag.setMimeData(mime_data(view.selected_text()))
        actions = Qt.DropAction.CopyAction
        if view.editable:
            actions |= Qt.DropAction.MoveAction
        done = drag.exec(actions, Qt.DropAction.MoveAction if view.editable else actions)
        if done == Qt.DropAction.MoveAction and drag.target() not in (view, view.viewport()):
            view.insert_text("")

    def _on_autoscroll(self) -> None:
        height, y = self._view.viewport().height(), self._at.y()
        beyond = y if y < 0 else y - height if y > height else 0
        self._view.scroll_by(beyond)
        self._extend()
