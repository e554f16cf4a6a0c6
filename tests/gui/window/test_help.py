"""The Help menu: keys that are true, and a guide that opens."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import QEvent, Qt, QUrl
from PySide6.QtGui import QImage, QKeyEvent, QTextDocument
from PySide6.QtWidgets import QApplication, QDialog, QMessageBox, QTextBrowser
from pytestqt.qtbot import QtBot

from tokviz.gui.session import Session
from tokviz.gui.widgets.text.text_key_names import keys_of_text
from tokviz.gui.widgets.text.text_keys import action_for
from tokviz.gui.window import help_pages

Start = Callable[..., Session]


def _page(session: Session, title: str) -> QTextBrowser:
    pages = [page for page in session.window.findChildren(QDialog) if page.isVisible()]
    assert [page.windowTitle() for page in pages] == [title]
    browser = pages[0].findChild(QTextBrowser)
    assert isinstance(browser, QTextBrowser)
    return browser


def _choose(session: Session, name: str) -> None:
    *_, last = session.window.menuBar().actions()
    menu = last.menu()
    next(a for a in menu.actions() if a.text().replace("&", "") == name).trigger()  # type: ignore[attr-defined]


def test_f1_lists_the_keys_of_modes_menus_and_text(start: Start, qtbot: QtBot) -> None:
    session = start()
    qtbot.keyClick(session.window.text_panel.view, Qt.Key.Key_F1)
    words = _page(session, "Keys").toPlainText().split("\n")
    for name, keys in (
        ("Replay", "Ctrl+2"),
        ("Go to …", "Ctrl+K"),
        ("Why this boundary?", "Ctrl+B"),
        ("Next token", "Alt+Right"),
        ("Delete the character before the caret", "Backspace"),
    ):
        assert words[words.index(name) + 1].split(", ")[0] == keys


def test_escape_closes_the_page(start: Start, qtbot: QtBot) -> None:
    session = start()
    _choose(session, "Keys")
    page = _page(session, "Keys")
    qtbot.keyClick(page, Qt.Key.Key_Escape)
    qtbot.waitUntil(lambda: not session.window.findChildren(QTextBrowser))


def test_the_text_answers_every_key_that_is_listed(qapp: QApplication) -> None:
    listed = [(name, key) for name, keys in keys_of_text() for key in keys]
    assert len(listed) > 40
    for name, key in listed:
        pressed = key[0]
        event = QKeyEvent(QEvent.Type.KeyPress, pressed.key(), pressed.keyboardModifiers())
        assert action_for(event, editable=True) is not None, f"{name}: {key.toString()}"


def test_the_guide_opens_with_its_pictures(start: Start, qtbot: QtBot) -> None:
    session = start()
    _choose(session, "Guide")
    page = _page(session, "Guide")
    assert page.toPlainText().startswith("Guide\n")
    guide = help_pages.guide_path()
    assert guide is not None
    names = re.findall(r"\]\((pictures/[^)]+)\)", guide.read_text(encoding="utf-8"))
    assert names
    kind = QTextDocument.ResourceType.ImageResource
    for name in names:
        picture = page.document().resource(kind.value, QUrl(name))
        assert isinstance(picture, QImage)
        assert 0 < picture.width() <= page.viewport().width()


def test_without_the_guide_one_reads_where_it_is(
    start: Start, monkeypatch: pytest.MonkeyPatch
) -> None:
    session = start()
    said: list[str] = []
    monkeypatch.setattr(help_pages, "guide_path", lambda: None)
    monkeypatch.setattr(QMessageBox, "information", lambda *words: said.append(words[2]))
    _choose(session, "Guide")
    assert "docs/guide.md" in said[0]
    assert not session.window.findChildren(QTextBrowser)


def test_the_guide_is_in_the_source() -> None:
    path = help_pages.guide_path()
    assert path is not None
    assert path == Path(help_pages.__file__).parents[3] / "docs" / "guide.md"
