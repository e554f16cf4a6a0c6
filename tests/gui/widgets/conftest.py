"""A view over a plain string, and keys as a keyboard sends them."""

from collections.abc import Callable

import pytest
from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QGuiApplication, QKeyEvent
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from tests.gui.widgets.flat_source import FlatSource
from tokviz.gui.widgets.text.token_text_view import TokenTextView

Show = Callable[..., tuple[TokenTextView, FlatSource]]


@pytest.fixture
def show(qtbot: QtBot) -> Show:
    """Make a view of a text; its edits are applied to the source as the window does."""

    def make(
        text: str, width: int = 700, height: int = 400, **how: int
    ) -> tuple[TokenTextView, FlatSource]:
        source = FlatSource(text, **how)
        view = TokenTextView()
        qtbot.addWidget(view)
        view.edited.connect(source.edit)
        view.resize(width, height)
        view.set_source(source)
        view.show()
        view.setFocus()
        QApplication.processEvents()
        return view, source

    return make


def press(
    view: TokenTextView,
    key: Qt.Key | int,
    modifiers: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier,
    text: str = "",
) -> None:
    """A key pressed and let go; `text` is what it types."""
    for kind in (QEvent.Type.KeyPress, QEvent.Type.KeyRelease):
        QApplication.sendEvent(view, QKeyEvent(kind, int(key), modifiers, text))


def type_keys(view: TokenTextView, text: str) -> None:
    """One key press a character."""
    for character in text:
        press(view, 0, text=character)


def clipboard_text() -> str:
    return QGuiApplication.clipboard().text()
