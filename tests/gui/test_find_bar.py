"""Ctrl+F: finding by text, id, ids in a row, bytes and expression, by keys and clicks."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from tests.gui.replaying import Start
from tokviz.gui.panels.find_bar import FindBar
from tokviz.gui.session import Session
from tokviz.gui.widgets.text.token_text_view import TokenTextView

Key = Qt.Key
Left = Qt.MouseButton.LeftButton
Control = Qt.KeyboardModifier.ControlModifier
Shift = Qt.KeyboardModifier.ShiftModifier
TEXT = "A token, the Token and\nmany tokens of tokenization."


@pytest.fixture
def session(start: Start, qtbot: QtBot) -> Session:
    session = start()
    session.model.set_text(TEXT)
    _view(session).setFocus()
    qtbot.keyClick(_view(session), Key.Key_F, Control)
    assert _bar(session).isVisible()
    assert _bar(session).field.hasFocus()
    return session


def _view(session: Session) -> TokenTextView:
    return session.window.text_panel.view


def _bar(session: Session) -> FindBar:
    return session.window.text_area.find_bar


def _look_for(qtbot: QtBot, session: Session, words: str) -> None:
    field = _bar(session).field
    field.clear()
    qtbot.keyClicks(field, words)
    qtbot.keyClick(field, Key.Key_Return)


@pytest.mark.parametrize(
    ("words", "n", "first"),
    [
        ("token", 4, (2, 7)),
        ("id:11241", 2, (1, 7)),
        ("[11241, 1634]", 1, (37, 50)),
        ("hex:2c 20", 1, (7, 9)),
        ("/T\\w+/", 1, (13, 18)),
    ],
)
def test_each_kind_of_query_is_found_and_counted(
    session: Session, qtbot: QtBot, words: str, n: int, first: tuple[int, int]
) -> None:
    _look_for(qtbot, session, words)
    qtbot.waitUntil(lambda: _bar(session).count.text() == f"1 of {n}")
    assert _view(session).selection() == first


def test_enter_goes_on_and_around(session: Session, qtbot: QtBot) -> None:
    _look_for(qtbot, session, "token")
    field, selection = _bar(session).field, _view(session).selection
    qtbot.keyClick(field, Key.Key_Return)
    assert selection() == (13, 18)
    qtbot.mouseClick(_bar(session).next_button, Left)
    assert selection() == (28, 33)
    qtbot.keyClick(field, Key.Key_F3)
    qtbot.keyClick(field, Key.Key_F3)
    assert selection() == (2, 7)
    qtbot.keyClick(field, Key.Key_Return, Shift)
    assert selection() == (38, 43)
    qtbot.mouseClick(_bar(session).previous_button, Left)
    assert _bar(session).count.text() == "3 of 4"


def test_small_letters_for_capital_ones(session: Session, qtbot: QtBot) -> None:
    assert not _bar(session).match_case.isChecked()
    _look_for(qtbot, session, "TOKEN")
    assert _bar(session).count.text() == "1 of 4"
    qtbot.mouseClick(_bar(session).match_case, Left)
    assert _bar(session).count.text() == "none"


def test_the_places_are_marked_until_the_bar_is_closed(session: Session, qtbot: QtBot) -> None:
    view = _view(session)
    _look_for(qtbot, session, "zzz")
    without = view.grab().toImage()
    _look_for(qtbot, session, "many")
    view.set_caret(0)
    QApplication.processEvents()
    assert view.grab().toImage() != without
    hits = _bar(session).hits
    assert hits is not None
    assert hits.within(0, len(TEXT)) == [(23, 27)]
    qtbot.keyClick(_bar(session).field, Key.Key_Escape)
    assert not _bar(session).isVisible()
    assert view.hasFocus()
    assert _bar(session).hits is None


def test_the_places_follow_what_is_typed(session: Session, qtbot: QtBot) -> None:
    _look_for(qtbot, session, "token")
    view = _view(session)
    view.setFocus()
    view.set_caret(0)
    qtbot.keyClicks(view, "token ")
    qtbot.waitUntil(lambda: _bar(session).count.text().endswith("of 4"))


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        ("/(/", "/(/ is no valid expression"),
        ("hex:q", "'q' is not hex"),
        ("id:99999", "gpt2 has no token with the id 99999"),
    ],
)
def test_a_query_that_is_none_is_told_in_place(
    session: Session, qtbot: QtBot, words: str, sentence: str
) -> None:
    _look_for(qtbot, session, words)
    qtbot.waitUntil(lambda: sentence in _bar(session).count.text())


def test_what_is_selected_is_looked_for(session: Session, qtbot: QtBot) -> None:
    view = _view(session)
    view.setFocus()
    view.select(28, 34)
    qtbot.keyClick(view, Key.Key_F, Control)
    assert _bar(session).field.text() == "tokens"
    assert _bar(session).count.text() == "1 of 1"
