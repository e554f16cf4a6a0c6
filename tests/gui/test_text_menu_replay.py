"""What the text's menu asks of the replay: why a boundary is there, how a pre-token merged."""

import pytest
from PySide6.QtCore import QPointF, Qt
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from tests.gui.replaying import TOKENIZATION, Start, settle
from tokviz.gui.session import Session
from tokviz.gui.widgets.mode_switch import Mode
from tokviz.gui.widgets.text.text_menu import context_menu


def choose(session: Session, words: str, point: QPointF | None) -> None:
    menu = context_menu(session.window.text_panel.view, point)
    (action,) = [action for action in menu.actions() if action.text() == words]
    action.trigger()
    menu.deleteLater()


@pytest.fixture
def session(start: Start, qtbot: QtBot) -> Session:
    session = start()
    session.model.set_text(TOKENIZATION)
    settle(qtbot, session)
    return session


def on_token(session: Session, index: int) -> QPointF:
    rects = session.window.text_panel.view.token_rects()
    return next(rect for i, rect, _ in rects if i == index).center()


def test_the_pre_token_under_the_mouse_is_replayed(session: Session, qtbot: QtBot) -> None:
    choose(session, "Replay this pre-token", on_token(session, 2))  # "ization"
    assert session.window.modes.mode is Mode.REPLAY
    settle(qtbot, session)
    history = session.window.replay.history
    assert history.stretch is not None
    assert history.stretch.text == " tokenization"
    choose(session, "Replay this pre-token", on_token(session, 3))
    assert history.stretch.text == " of"


def test_the_pre_token_at_the_caret_is_replayed_by_the_keyboard(
    session: Session, qtbot: QtBot
) -> None:
    view = session.window.text_panel.view
    view.setFocus()
    qtbot.keyClick(view, Qt.Key.Key_End, Qt.KeyboardModifier.ControlModifier)
    choose(session, "Replay this pre-token", None)
    settle(qtbot, session)
    stretch = session.window.replay.history.stretch
    assert stretch is not None
    assert stretch.text == "."


def test_the_boundary_at_the_mouse_is_explained(session: Session, qtbot: QtBot) -> None:
    view = session.window.text_panel.view
    (edge,) = [rect.topLeft() for i, rect, _ in view.token_rects() if i == 2]
    choose(session, "Why this boundary?", edge + QPointF(1, 5))
    QApplication.processEvents()
    assert session.model.caret == (10, 10)
    boundary = session.window.replay.boundary
    qtbot.waitUntil(boundary.isVisible)


def test_an_empty_text_has_nothing_to_ask_about(session: Session) -> None:
    session.model.set_text("")
    menu = context_menu(session.window.text_panel.view)
    off = {action.text() for action in menu.actions() if not action.isEnabled()}
    assert {"Why this boundary?", "Replay this pre-token"} <= off
    menu.deleteLater()
