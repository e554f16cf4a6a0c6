"""What is there again at the next start, and what is told when it is not."""

from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication, QDockWidget, QMenu
from pytestqt.qtbot import QtBot

from tests.gui.window_parts import button_of, menu_action, set_text, text_of
from tokviz import resources
from tokviz.catalog import load_tokenizer
from tokviz.gui import session as session_module
from tokviz.gui.palette import DARK
from tokviz.gui.session import Session
from tokviz.gui.settings import load_session_text

Start = Callable[..., Session]


def test_recent_files_are_listed_newest_first_and_open(
    start: Start, qtbot: QtBot, tmp_path: Path
) -> None:
    names = ["one.txt", "two & three.txt"]
    for name in names:
        (tmp_path / name).write_text(name)
    session = start()
    assert menu_action(session, "File", "Open recent", "No files yet").isEnabled() is False
    for name in names:
        with qtbot.waitSignal(session.window.document.opened):
            session.window.document.open(str(tmp_path / name))
    menu = menu_action(session, "File", "Open recent").menu()
    assert isinstance(menu, QMenu)
    assert [action.text().replace("&&", "&") for action in menu.actions()] == [
        str(tmp_path / name) for name in reversed(names)
    ]
    with qtbot.waitSignal(session.window.document.opened):
        menu.actions()[1].trigger()
    assert text_of(session) == "one.txt"
    (tmp_path / names[1]).unlink()
    menu_action(session, "File", "Open recent")
    menu.actions()[1].trigger()
    assert "there is no such file" in session.window.notices.problem
    assert text_of(session) == "one.txt"


def test_the_session_is_restored(start: Start, qtbot: QtBot, tmp_path: Path) -> None:
    text = "\ufeffmine\r\n\x00 \ud800 é"
    session = start()
    window = session.window
    set_text(session, text)
    menu_action(session, "Tokenizer", "Bytes").trigger()
    qtbot.waitUntil(lambda: session.model.tokenizer.name == "bytes")
    menu_action(session, "View", "Theme", "Dark theme").trigger()
    menu_action(session, "View", "Zoom in").trigger()
    menu_action(session, "View", "Panels", "Token card").trigger()
    button_of(window.text_panel, "wrap").click()
    button_of(window.text_panel, "invisibles").click()
    window.resize(900, 640)
    QApplication.processEvents()
    again = start()
    assert text_of(again) == text
    assert again.model.tokenizer.name == "bytes"
    assert again.theme.palette is DARK
    assert menu_action(again, "View", "Theme", "Dark theme").isChecked()
    assert again.window.text_panel.view.zoom == 14
    assert not button_of(again.window.text_panel, "wrap").isChecked()
    assert not button_of(again.window.text_panel, "invisibles").isChecked()
    docks = {dock.windowTitle(): dock for dock in again.window.findChildren(QDockWidget)}
    assert docks["Token card"].isHidden()
    assert again.window.isWindowModified()


def test_the_session_is_kept_now_and_then_while_one_types(
    start: Start, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(session_module, "_AUTOSAVE_MS", 300)
    session = start()
    set_text(session, "")
    typed = ""
    while load_session_text() in (None, "") and len(typed) < 200:
        qtbot.keyClicks(session.window.text_panel.view, "x")  # never a pause of 300 ms
        typed += "x"
        qtbot.wait(20)
    assert load_session_text() in [typed[:n] for n in range(1, len(typed) + 1)]


def test_a_session_that_cannot_be_kept_is_told_once(
    start: Start, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(session_module, "_AUTOSAVE_MS", 30)
    session = start()
    (tmp_path / "file").write_text("no folder")
    for name in ("CONFIG", "STATE"):
        monkeypatch.setenv(f"XDG_{name}_HOME", str(tmp_path / "file"))
    qtbot.keyClicks(session.window.text_panel.view, "x")
    qtbot.waitUntil(lambda: "cannot be written" in session.window.notices.problem)
    session.window.notices.close_problem()
    qtbot.keyClicks(session.window.text_panel.view, "y")
    qtbot.wait(200)
    assert session.window.notices.problem == ""
    assert text_of(session).startswith("xy")


@pytest.mark.parametrize("damage", ["text", "vocabulary", "both"])
def test_a_damaged_resource_is_told_and_the_window_still_opens(
    damage: str, start: Start, monkeypatch: pytest.MonkeyPatch
) -> None:
    damaged = {
        "text": ("texts/sample.txt",),
        "vocabulary": ("tokenizers/gpt2_vocab.bpe",),
        "both": ("texts/sample.txt", "tokenizers/gpt2_vocab.bpe"),
    }[damage]
    entries = {name: {**entry} for name, entry in resources.manifest().items()}
    for name in damaged:
        entries[name]["sha256"] = "0" * 64
    monkeypatch.setattr(resources, "manifest", lambda: entries)
    monkeypatch.setattr("tokviz.gui.session.load_tokenizer", load_tokenizer)  # not the fixture's
    session = start()
    assert session.window.isVisible()
    for name in damaged:
        assert f"{name} was changed: its sha256 is" in session.window.notices.problem
    assert session.model.tokenizer.name == ("gpt2" if damage == "text" else "bytes")
    assert (text_of(session) == "") == (damage != "vocabulary")


def test_an_unknown_tokenizer_in_the_settings_is_told(start: Start) -> None:
    session = start()
    session.settings.tokenizer = "gone"
    again = start()
    assert again.model.tokenizer.name == "gpt2"
    assert again.window.notices.problem == "There is no tokenizer named 'gone'; GPT-2 is used."
