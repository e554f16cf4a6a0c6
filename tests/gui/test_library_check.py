"""The check against a library, from the Tokenizer menu to its sentence below the text."""

from collections.abc import Callable

import pytest
from PySide6.QtWidgets import QFrame
from pytestqt.qtbot import QtBot

from tokviz.gui.session import Session
from tokviz.library_checks import CheckResult

Start = Callable[..., Session]


def ask(session: Session) -> None:
    menus = {a.text(): a.menu() for a in session.window.menuBar().actions()}
    actions = {a.text(): a for a in menus["&Tokenizer"].actions()}  # type: ignore[union-attr]
    actions["&Check against tiktoken, tokenizers or sentencepiece"].trigger()


def test_the_result_is_told_above_the_text(start: Start, qtbot: QtBot) -> None:
    session = start()
    session.model.set_text("A text of seven tokens, or so.")
    ask(session)
    notices = session.window.notices
    qtbot.waitUntil(lambda: "Identical to tiktoken" in notices.problem, timeout=10_000)
    assert f"{session.model.text.n_tokens} ids" in notices.problem
    assert notices.findChild(QFrame, "notice") is not None


def test_a_difference_is_shown_in_the_text(
    start: Start, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    session = start()
    session.model.set_text("A text of seven tokens, or so.")
    result = CheckResult("Not as something 1.0: they differ.", (2, 6))
    monkeypatch.setattr("tokviz.library_checks.check_with_library", lambda *_: iter([result]))
    ask(session)
    qtbot.waitUntil(lambda: session.window.notices.problem == result.sentence)
    assert session.window.text_panel.view.selection() == (2, 6)
