"""The menu bar by keys: letters that open its menus, and the entries one tells apart."""

from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QFileDialog, QMenu
from pytestqt.qtbot import QtBot

from tokviz.gui.session import Session

Start = Callable[..., Session]


def _menus(session: Session) -> list[QMenu]:
    """Every menu of the bar that is there without having been opened."""
    menus: list[QMenu] = []
    found = [action.menu() for action in session.window.menuBar().actions()]
    while found:
        menu = found.pop()
        if isinstance(menu, QMenu):
            menus.append(menu)
            found += [action.menu() for action in menu.actions()]
    return menus


def _letters(menu: QMenu) -> Counter[str]:
    texts = [action.text().replace("&&", "") for action in menu.actions()]
    return Counter(text[text.index("&") + 1].lower() for text in texts if "&" in text)


def test_no_letter_of_a_menu_stands_for_two_entries(start: Start) -> None:
    session = start()
    bar = [action.text() for action in session.window.menuBar().actions()]
    assert bar == ["&File", "&Edit", "&View", "&Tokenizer", "&Help"]
    menus = _menus(session)
    assert len(menus) > 5
    for menu in menus:
        assert set(_letters(menu).values()) <= {1}, menu.title()


@pytest.mark.qt_log_ignore("raise", "grabbing the keyboard", extend=True)  # offscreen menus
@pytest.mark.parametrize(
    ("letter", "asked"),
    [
        (Qt.Key.Key_M, "Open tokenizer from a model's folder"),
        (Qt.Key.Key_F, "Open table and tokenizer from a model's folder"),
    ],
)
def test_the_two_ways_to_open_a_model_s_folder_say_what_they_take_of_it(
    start: Start, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch, letter: Qt.Key, asked: str
) -> None:
    titles: list[str] = []

    def ask(_parent: object, title: str) -> str:
        titles.append(title)
        return ""

    monkeypatch.setattr(QFileDialog, "getExistingDirectory", ask)
    session = start()
    session.window.activateWindow()
    qtbot.keyClick(session.window.text_panel.view, Qt.Key.Key_F, Qt.KeyboardModifier.AltModifier)
    menu = QApplication.activePopupWidget()
    assert isinstance(menu, QMenu)
    assert [a.text() for a in menu.actions() if a.text().replace("&", "") == f"{asked} …"]
    qtbot.keyClick(menu, letter)
    qtbot.waitUntil(lambda: titles == [asked])


@pytest.mark.qt_log_ignore("This plugin does not support", extend=True)  # offscreen menus
def test_a_click_on_a_recent_file_opens_it(start: Start, qtbot: QtBot, tmp_path: Path) -> None:
    paths = [tmp_path / name for name in ("a & b.txt", "other.txt")]
    session = start()
    document = session.window.document
    for path in paths:
        path.write_text(f"in {path.name}")
        with qtbot.waitSignal(document.opened):
            document.open(str(path))
    session.window.activateWindow()
    qtbot.keyClick(session.window.text_panel.view, Qt.Key.Key_F, Qt.KeyboardModifier.AltModifier)
    qtbot.keyClick(QApplication.activePopupWidget(), Qt.Key.Key_R)
    recent = QApplication.activePopupWidget()
    assert isinstance(recent, QMenu)
    last = recent.actions()[-1]
    with qtbot.waitSignal(document.opened):
        place = recent.actionGeometry(last).center()
        qtbot.mouseClick(recent, Qt.MouseButton.LeftButton, pos=place)
    assert str(session.model.text) == "in a & b.txt"
    assert session.window.windowTitle() == "a & b.txt[*] – tokviz"


def test_only_a_text_of_a_file_is_read_again(start: Start, qtbot: QtBot, tmp_path: Path) -> None:
    session = start()
    (action,) = [
        action
        for menu in _menus(session)
        for action in menu.actions()
        if action.text() == "Re&load from disk"
    ]
    assert not action.isEnabled()
    path = tmp_path / "a.txt"
    path.write_text("one")
    with qtbot.waitSignal(session.window.document.opened):
        session.window.document.open(str(path))
    assert action.isEnabled()
    path.write_text("two")
    with qtbot.waitSignal(session.window.document.saved):
        action.trigger()
    assert str(session.model.text) == "two"
