"""The menu of a right click in the token text."""

from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QContextMenuEvent, QGuiApplication
from PySide6.QtWidgets import QMenu

from tokviz.gui.widgets.exact_clipboard import text_of

if TYPE_CHECKING:
    from tokviz.gui.widgets.text.token_text_view import TokenTextView


def open_menu(view: "TokenTextView", event: QContextMenuEvent) -> None:
    """Open the menu at the mouse or, by the keyboard, at the caret."""
    by_keyboard = event.reason() == QContextMenuEvent.Reason.Keyboard
    point = QPointF(view.viewport().mapFromGlobal(event.globalPos()))
    menu = context_menu(view, None if by_keyboard else point)
    menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    at = event.globalPos()
    if by_keyboard:
        at = view.viewport().mapToGlobal(view.caret_rect().bottomLeft().toPoint())
    menu.popup(at)


def context_menu(view: "TokenTextView", point: QPointF | None = None) -> QMenu:
    """What can be done now, at a point of the viewport or the caret; the rest is shown and off."""
    menu = QMenu(view)
    chosen = view.selection()[0] < view.selection()[1]
    pasteable = bool(text_of(QGuiApplication.clipboard().mimeData()))
    for name, action, enabled in (
        ("Undo", view.undo, view.can_undo),
        ("Redo", view.redo, view.can_redo),
        ("", None, False),
        ("Cut", view.cut, chosen and view.editable),
        ("Copy", view.copy, chosen),
        ("Paste", view.paste, pasteable and view.editable),
        ("Delete", lambda: view.insert_text(""), chosen and view.editable),
        ("", None, False),
        ("Select all", view.select_all, view.source.n_chars > 0),
        ("", None, False),
        ("Why this boundary?", lambda: _ask_boundary(view, point), view.source.n_chars > 1),
        ("Replay this pre-token", lambda: _ask_replay(view, point), view.source.n_tokens > 0),
    ):
        if action is None:
            menu.addSeparator()
        else:
            item = menu.addAction(name)
            item.triggered.connect(action)
            item.setEnabled(enabled)
    return menu


def _ask_boundary(view: "TokenTextView", point: QPointF | None) -> None:
    """It is the caret's place that is explained, so it goes where the menu was opened."""
    position = view.selection()[1] if point is None else view.position_at(point)[0]
    view.place_caret(position)
    view.boundary_asked.emit()


def _ask_replay(view: "TokenTextView", point: QPointF | None) -> None:
    token = None if point is None else view.token_at(point)
    if token is not None:
        view.replay_asked.emit(view.source.token_span(token)[0])
        return
    position = view.selection()[0] if point is None else view.position_at(point)[0]
    view.replay_asked.emit(min(position, view.source.n_chars - 1))
