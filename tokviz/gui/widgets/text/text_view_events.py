"""What Qt tells the text view, handed to the part of it whose affair it is."""

from typing import TYPE_CHECKING, Any, cast

from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import (
    QContextMenuEvent,
    QDragEnterEvent,
    QDragLeaveEvent,
    QDragMoveEvent,
    QDropEvent,
    QFocusEvent,
    QHelpEvent,
    QInputMethodEvent,
    QKeyEvent,
    QMouseEvent,
    QResizeEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QAbstractScrollArea, QToolTip

from tokviz.gui.widgets.text import text_input_method
from tokviz.gui.widgets.text.text_caret import TextCaret
from tokviz.gui.widgets.text.text_drop import TextDrop
from tokviz.gui.widgets.text.text_keys import action_for
from tokviz.gui.widgets.text.text_menu import open_menu
from tokviz.gui.widgets.text.text_mouse import TextMouse
from tokviz.gui.widgets.text.text_page import TextPage
from tokviz.gui.widgets.text.text_scrolling import TextScrolling

if TYPE_CHECKING:
    from tokviz.gui.widgets.text.token_text_view import TokenTextView


class TextViewEvents(QAbstractScrollArea):
    """The half of `TokenTextView` that Qt calls; the parts are made by the other half."""

    page: TextPage
    caret_now: TextCaret
    scrolling: TextScrolling
    _mouse: TextMouse
    _drop: TextDrop

    @property
    def _view(self) -> "TokenTextView":
        return cast("TokenTextView", self)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        action = action_for(event, self._view.editable)
        if action is None:
            super().keyPressEvent(event)
        else:
            event.accept()
            action(self._view)

    def event(self, event: QEvent) -> bool:
        asked = event.type() == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent)
        if asked and action_for(cast("QKeyEvent", event), self._view.editable):
            event.accept()  # a menu's Ctrl+C must not take the key from the text with the focus
            return True
        return super().event(event)

    def focusNextPrevChild(self, next: bool) -> bool:
        return False if self._view.editable else super().focusNextPrevChild(next)

    def viewportEvent(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.ToolTip and isinstance(event, QHelpEvent):
            text = self.page.gutter.tool_tip(event.pos(), self.page.rows_in_view())
            if text:
                QToolTip.showText(event.globalPos(), text, self.viewport())
                return True
        if event.type() == QEvent.Type.Leave:
            self._mouse.leave()
        return super().viewportEvent(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self._mouse.press(event)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        self._mouse.double_click(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        self._mouse.move(event)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        self._mouse.release(event)

    def wheelEvent(self, event: QWheelEvent) -> None:
        self.scrolling.turn(event)

    def scrollContentsBy(self, dx: int, dy: int) -> None:
        self.scrolling.bar_moved(-dy)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        # A bar that comes below the text must not cover the line in which one types.
        keep = self.hasFocus() and 0 <= self.caret_now.rect().top() < self.page.height
        self.page.resize(self.viewport().width(), self.viewport().height())
        if keep:
            self.scrolling.reveal_caret()
        self._view.show_anew()

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        self.caret_now.restart_blink()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self.caret_now.restart_blink()

    def inputMethodEvent(self, event: QInputMethodEvent) -> None:
        if self._view.editable:
            text_input_method.apply(self._view, event)
        event.accept()

    def inputMethodQuery(self, query: Qt.InputMethodQuery) -> Any:
        answer = text_input_method.answer(self._view, query)
        return super().inputMethodQuery(query) if answer is None else answer

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        open_menu(self._view, event)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        self._drop.over(event)

    def dragMoveEvent(self, event: QDragMoveEvent) -> None:
        self._drop.over(event)

    def dragLeaveEvent(self, event: QDragLeaveEvent) -> None:
        self._drop.leave()

    def dropEvent(self, event: QDropEvent) -> None:
        self._drop.drop(event)
