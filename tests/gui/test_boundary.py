"""Why is there a boundary here? The causes at the caret and around the selected token."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QLabel, QPushButton
from pytestqt.qtbot import QtBot

from tests.gui.replaying import Left, Start, click_token, open_replay, settle, show_tab
from tokviz.gui.session import Session
from tokviz.gui.widgets.mode_switch import Mode

Key = Qt.Key
Control = Qt.KeyboardModifier.ControlModifier
WHY = "Why this boundary?"


@pytest.fixture
def session(start: Start, qtbot: QtBot) -> Session:
    session = open_replay(start, qtbot, "Some tokenization  of 42 words.")
    show_tab(qtbot, session, WHY)
    return session


def said(session: Session) -> list[str]:
    QApplication.processEvents()
    return [
        label.text()
        for label in session.window.replay.boundary.findChildren(QLabel)
        if label.text()
    ]


def put_caret(session: Session, position: int) -> None:
    view = session.window.text_panel.view
    view.setFocus()
    view.set_caret(position)
    session.model.select([])
    QApplication.processEvents()


def test_without_a_place_the_panel_says_what_to_do(session: Session) -> None:
    put_caret(session, 0)
    assert said(session) == ["Put the caret between two tokens, or select a token."]


def test_a_part_that_was_taken_away(session: Session, qtbot: QtBot) -> None:
    put_caret(session, 10)  # between " token" and "ization"
    assert said(session) == [
        "At the caret",
        "The rule n + i (rank 8,205) could have closed this gap, but at step 4 rank 12 joined "
        "e + n and took its part away.",
    ]
    (button,) = session.window.replay.boundary.findChildren(QPushButton)
    qtbot.mouseClick(button, Left)
    settle(qtbot, session)
    history = session.window.replay.history
    assert history.controls.step == 4
    assert history.sentence.text().startswith("Step 4 of 11 · rank 12 · e + n → en")


def test_a_gap_inside_a_token(session: Session) -> None:
    put_caret(session, 7)  # within " to|ken"
    assert said(session)[1] == "No boundary: step 11 joined ·to + ken by rank 10,985."


@pytest.mark.parametrize(
    ("position", "before", "behind"),
    [
        (4, "letters, with a space before them", "letters, with a space before them"),
        (17, "letters, with a space before them", "white space, all but the last before a word"),
        (18, "white space, all but the last before a word", "letters, with a space before them"),
        (21, "letters, with a space before them", "digits, with a space before them"),
        (30, "letters, with a space before them", "other characters, with a space before them"),
    ],
)
def test_between_pre_tokens_the_alternatives_are_named(
    session: Session, position: int, before: str, behind: str
) -> None:
    put_caret(session, position)
    sentence = said(session)[1]
    assert sentence.startswith("The split pattern cuts here, and merges never cross a pre-token")
    first, second = sentence.split("; behind it ")
    assert f"({before})" in first
    assert f"({behind})" in second


def test_the_edges_of_a_token_inside_an_emoji(start: Start, qtbot: QtBot) -> None:
    session = open_replay(start, qtbot, "👩‍👩‍👧‍👦")
    show_tab(qtbot, session, WHY)
    click_token(qtbot, session, "\u200d")
    sentences = said(session)
    assert "Where the token starts" in sentences
    assert "Where the token ends" in sentences
    causes = [words for words in sentences if words.startswith(("No rule joins", "The rule"))]
    assert len(causes) == 2


def test_a_click_on_a_token_explains_both_edges(session: Session, qtbot: QtBot) -> None:
    click_token(qtbot, session, "ization")
    sentences = said(session)
    assert sentences.count("Where the token starts") == 1
    assert sentences.count("Where the token ends") == 1
    assert any("could have closed this gap" in words for words in sentences)
    assert any(words.startswith("The split pattern cuts here") for words in sentences)


def test_ctrl_b_asks_for_the_caret_from_anywhere(start: Start, qtbot: QtBot) -> None:
    session = start()
    window = session.window
    window.activateWindow()
    session.model.set_text("Some tokenization of words.")
    settle(qtbot, session)
    assert window.modes.mode is Mode.INSPECT
    put_caret(session, 10)
    qtbot.keyClick(window.text_panel.view, Key.Key_B, Control)
    qtbot.waitUntil(window.replay.boundary.isVisible)
    assert window.modes.mode is Mode.REPLAY
    assert said(session)[0] == "At the caret"
    menu = next(a for a in window.menuBar().actions() if a.text() == "&View").menu()
    titles = [action.text().replace("&", "") for action in menu.actions()]  # type: ignore[attr-defined]
    assert WHY in titles


def test_it_is_about_all_merges_while_fewer_are_shown(session: Session) -> None:
    put_caret(session, 10)
    before = said(session)
    session.model.set_n_merges(50)
    assert said(session) == before


def test_an_edit_is_followed(session: Session, qtbot: QtBot) -> None:
    put_caret(session, 10)
    view = session.window.text_panel.view
    qtbot.keyClicks(view, ".")
    settle(qtbot, session)
    assert any(words.startswith("The split pattern cuts here") for words in said(session))


def test_a_byte_that_no_token_holds(start: Start, qtbot: QtBot) -> None:
    session = open_replay(start, qtbot, "=\x04= a", tokenizer="smollm2")
    show_tab(qtbot, session, WHY)
    put_caret(session, 1)
    assert said(session)[1] == "A byte here is not in the vocabulary, so it is in no token."


def test_characters_are_apart_from_the_start(start: Start, qtbot: QtBot) -> None:
    session = open_replay(start, qtbot, "abc", tokenizer="characters")
    show_tab(qtbot, session, WHY)
    put_caret(session, 1)
    assert said(session)[1] == "With characters every boundary is there from the start."


@pytest.mark.parametrize("text", ["", "a"])
def test_where_there_is_no_gap_nothing_is_explained(start: Start, qtbot: QtBot, text: str) -> None:
    session = open_replay(start, qtbot, text)
    show_tab(qtbot, session, WHY)
    put_caret(session, len(text))
    assert said(session) == ["Put the caret between two tokens, or select a token."]
