"""Ctrl+K: to a token, an id, a rank, an action. By keys and clicks."""

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from tests.gui.replaying import Start
from tokviz.gui.palette import DARK
from tokviz.gui.panels.go_to import GoToField
from tokviz.gui.session import Session
from tokviz.gui.widgets.mode_switch import Mode

Key = Qt.Key


@pytest.fixture
def session(start: Start, qtbot: QtBot) -> Session:
    session = start()
    session.model.set_text("A text of tokenization, with tokens.")
    view = session.window.text_panel.view
    view.setFocus()
    qtbot.keyClick(view, Key.Key_K, Qt.KeyboardModifier.ControlModifier)
    assert session.window.go_to.hasFocus()
    return session


def _type(qtbot: QtBot, session: Session, words: str) -> GoToField:
    field = session.window.go_to
    qtbot.keyClicks(field, words)
    qtbot.waitUntil(lambda: bool(field.targets))
    return field


def test_a_token_is_gone_to_in_the_text(session: Session, qtbot: QtBot) -> None:
    field = _type(qtbot, session, "ization")
    assert field.targets[0].words == "ization"
    assert field.targets[0].note == "id 1,634 · 1 in the text"
    qtbot.keyClick(field, Key.Key_Return)
    assert session.model.selection.ids == (1634,)
    assert session.model.selection.place is not None
    view = session.window.text_panel.view
    assert view.selected_text() == "ization"
    assert view.hasFocus()
    assert not field.results.isVisible()


def test_a_token_that_is_not_in_the_text_is_selected(session: Session, qtbot: QtBot) -> None:
    qtbot.keyClick(_type(qtbot, session, "strawberry"), Key.Key_Return)
    (token_id,) = session.model.selection.ids
    assert session.model.tokenizer.token_bytes(token_id).strip() == b"strawberry"


def test_counts_in_a_long_text_come_as_soon_as_they_are_known(
    session: Session, qtbot: QtBot
) -> None:
    model = session.model
    model.set_text("more tokenization " * 20_000)
    qtbot.waitUntil(lambda: model.text.complete)
    field = _type(qtbot, session, "ization")
    qtbot.keyClick(field, Key.Key_Down)
    qtbot.waitUntil(lambda: field.targets[0].note == "id 1,634 · 20,000 in the text")
    assert field.results.currentRow() == 1
    qtbot.keyClick(field, Key.Key_Up)
    qtbot.keyClick(field, Key.Key_Return)
    assert model.selection.place == 2


def test_a_number_is_an_id_or_a_rank(session: Session, qtbot: QtBot) -> None:
    field = _type(qtbot, session, "1634")
    assert [target.words for target in field.targets][:2] == ["ization", "rank 1,634"]
    qtbot.keyClick(field, Key.Key_Down)
    qtbot.keyClick(field, Key.Key_Return)
    assert session.model.marked_rank == 1634
    assert session.window.modes.mode is Mode.REPLAY


def test_an_action_is_done(session: Session, qtbot: QtBot) -> None:
    field = _type(qtbot, session, "dark th")
    assert field.targets[0].words == "Dark theme"
    item = field.results.item(0)
    place = field.results.visualItemRect(item).center()
    qtbot.mouseClick(field.results.viewport(), Qt.MouseButton.LeftButton, pos=place)
    assert session.theme.palette is DARK


def test_a_mode_is_told_from_the_panel_of_its_name(session: Session, qtbot: QtBot) -> None:
    field = _type(qtbot, session, "map")
    named = [target for target in field.targets if target.words == "Map"]
    assert [target.note for target in named][:2] == ["mode Ctrl+4", "panel"]
    named[0].act()
    assert session.window.modes.mode is Mode.MAP


def test_actions_of_one_name_are_told_apart(session: Session, qtbot: QtBot) -> None:
    field = _type(qtbot, session, "web pa")
    assert [target.note for target in field.targets] == ["export tokens", "copy tokens"]


def test_what_stands_in_two_menus_is_listed_once(session: Session, qtbot: QtBot) -> None:
    field = _type(qtbot, session, "open tok")
    names = [target.words for target in field.targets]
    assert names == ["Open tokenizer …", "Open tokenizer from a model's folder …"]


def test_escape_leaves_everything_as_it_was(session: Session, qtbot: QtBot) -> None:
    before = session.model.selection
    field = _type(qtbot, session, "text")
    qtbot.keyClick(field, Key.Key_Escape)
    assert field.text() == ""
    assert not field.results.isVisible()
    assert session.model.selection == before


def test_what_is_nowhere_lists_nothing(session: Session, qtbot: QtBot) -> None:
    field = session.window.go_to
    qtbot.keyClicks(field, "qqqqqqqqq")
    qtbot.wait(150)
    assert field.targets == []
    qtbot.keyClick(field, Key.Key_Return)
    assert session.model.selection.ids == ()
