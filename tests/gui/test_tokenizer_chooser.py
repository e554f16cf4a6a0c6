"""The tokenizer and its context window, chosen in the menu and in the toolbar."""

from collections.abc import Callable
from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QSpinBox, QToolButton
from pytestqt.qtbot import QtBot

from tests.gui.window_parts import button_of, menu_action, set_text, status_of, text_of
from tokviz import resources
from tokviz.catalog import load_tokenizer
from tokviz.gui.session import Session
from tokviz.tokenization.tokenizer import Tokenizer

Start = Callable[..., Session]
Control = Qt.KeyboardModifier.ControlModifier


def test_the_tokenizer_is_chosen_from_the_menu(start: Start, qtbot: QtBot) -> None:
    session = start()
    set_text(session, "Hello =\x04= 你")
    for title, name in (
        ("SmolLM2-135M", "smollm2"),
        ("Characters", "characters"),
        ("Bytes", "bytes"),
        ("GPT-2", "gpt2"),
    ):
        menu_action(session, "Tokenizer", title).trigger()
        qtbot.waitUntil(lambda name=name: session.model.tokenizer.name == name, timeout=10_000)
        assert text_of(session) == "Hello =\x04= 你"
        expected = session.model.tokenizer.encode(text_of(session)).ids.tolist()
        assert session.model.text.ids().tolist() == expected
        button = session.window.chooser.findChildren(QToolButton)[0]
        assert title in button.text()
        assert f"{session.model.tokenizer.n_vocab:,}" in button.text()
        assert menu_action(session, "Tokenizer", title).isChecked()
        rebuild = button_of(session.window.chooser, "Rebuild")
        assert rebuild.isVisible() == (name == "characters")


def test_a_long_name_leaves_the_modes_their_room(start: Start, gpt2: Tokenizer) -> None:
    session = start()
    session.window.resize(1000, 700)
    session.model.set_tokenizer(replace(gpt2, name="tokenizer & <b>file</b> " * 10))
    QApplication.processEvents()
    assert session.window.width() == 1000
    modes = session.window.modes
    assert modes.isVisible()
    assert modes.mapTo(session.window, modes.rect().topRight()).x() < 1000


def test_the_vocabulary_of_characters_grows_and_is_rebuilt(start: Start, qtbot: QtBot) -> None:
    session = start("characters")
    set_text(session, "bd")
    button_of(session.window.chooser, "Rebuild").click()
    qtbot.waitUntil(lambda: session.model.tokenizer.n_vocab == 2)
    qtbot.keyClicks(session.window.text_panel.view, "ac")
    assert session.model.text.ids().tolist() == [0, 1, 2, 3]
    qtbot.keyClick(session.window.text_panel.view, Qt.Key.Key_Z, Control)
    assert session.model.tokenizer.n_vocab == 4
    qtbot.keyClicks(session.window.text_panel.view, "a")
    button_of(session.window.chooser, "Rebuild").click()
    qtbot.waitUntil(lambda: session.model.tokenizer.n_vocab == 3)
    assert session.model.text.ids().tolist() == [1, 2, 0]


def test_a_tokenizer_that_cannot_be_loaded_is_told_and_the_old_one_stays(
    start: Start, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    entries = {name: {**entry} for name, entry in resources.manifest().items()}
    entries["tables/smollm2-135m-embedding.gguf"]["sha256"] = "0" * 64
    session = start()
    monkeypatch.setattr(resources, "manifest", lambda: entries)
    chooser = "tokviz.gui.panels.tokenizer_chooser"
    monkeypatch.setattr(f"{chooser}.load_tokenizer", load_tokenizer)  # not the fixture's
    ids = session.model.text.ids().tolist()
    menu_action(session, "Tokenizer", "SmolLM2-135M").trigger()
    qtbot.waitUntil(lambda: "was changed" in session.window.notices.problem)
    assert session.model.tokenizer.name == "gpt2"
    assert session.model.text.ids().tolist() == ids
    assert menu_action(session, "Tokenizer", "GPT-2").isChecked()


def _edit_context(qtbot: QtBot, session: Session, typed: str) -> None:
    box = session.window.chooser.findChild(QSpinBox)
    assert box is not None
    box.setFocus()
    box.selectAll()
    qtbot.keyClicks(box, typed)
    qtbot.keyClick(box, Qt.Key.Key_Return)


def test_the_context_is_edited_in_the_toolbar_and_remembered(start: Start, qtbot: QtBot) -> None:
    session = start()
    set_text(session, "one two three four five")
    assert "1,019 left of 1,024" in status_of(session)
    _edit_context(qtbot, session, "3")
    assert session.model.context == 3
    assert "2 over 3" in status_of(session)
    menu_action(session, "Tokenizer", "Bytes").trigger()
    qtbot.waitUntil(lambda: session.model.tokenizer.name == "bytes")
    assert session.model.context is None
    assert "left of" not in status_of(session)
    menu_action(session, "Tokenizer", "GPT-2").trigger()
    qtbot.waitUntil(lambda: session.model.tokenizer.name == "gpt2")
    assert session.model.context == 3
    again = start()
    assert again.model.context == 3
    _edit_context(qtbot, again, "0")
    assert again.model.context is None
