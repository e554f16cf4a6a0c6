"""The menu of a right click in the token text."""

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtGui import QContextMenuEvent, QGuiApplication
from PySide6.QtWidgets import QMenu

from tokviz.gui.widgets.exact_clipboard import text_of

if TYPE_CHECKING:
    from tokviz.gui.widgets.token_text_view import TokenTextView


def open_menu(view: "TokenTextView", event: QContextMenuEvent) -> None:
    """Open the menu at the mouse or, by the keyboard, at the caret."""
    menu = context_menu(view)
    menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    at = event.globalPos()
    if event.reason() == QContextMenuEvent.Reason.Keyboard:
        at = view.viewport().mapToGlobal(view.caret_rect().bottomLeft().toPoint())
    menu.popup(at)


def context_menu(view: "TokenTextView") -> QMenu:
    """What can be done now; the rest is shown and off."""
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
    ):
        if action is None:
            menu.addSeparator()
        else:
            item = menu.addAction(name)
            item.triggered.connect(action)
            item.setEnabled(enabled)
    return menu
