"""What becomes of the open text when another program changes its file."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import QEvent, Qt
from PySide6.QtWidgets import QApplication, QToolButton
from pytestqt.qtbot import QtBot

from tests.gui.conftest import Questions
from tokviz.gui.session import Session

Start = Callable[..., Session]


def _opened(start: Start, qtbot: QtBot, path: Path) -> Session:
    session = start()
    with qtbot.waitSignal(session.window.document.opened):
        session.window.document.open(str(path))
    # The task that read it may end a little later, and until then nobody looks at the file.
    qtbot.waitUntil(lambda: not session.window.document.is_reading)
    _come_back(session)
    return session


def _come_back(session: Session) -> None:
    """Make the window active again; offscreen no other program can take that from it."""
    session.window.activateWindow()
    QApplication.sendEvent(session.window, QEvent(QEvent.Type.ActivationChange))


def _come_back_to_a_question(session: Session, qtbot: QtBot) -> None:
    """Come back, and wait until the file was read and its change is told."""
    with qtbot.waitSignal(session.window.file_watch.changed):
        _come_back(session)


def _write(path: Path, text: str, second: int) -> None:
    """Write as another program; the clock of a fast test may stand still between two writes."""
    path.write_text(text)
    os.utime(path, (second, second))


def _answer(session: Session, qtbot: QtBot, words: str) -> None:
    buttons = session.window.notices.findChildren(QToolButton)
    (button,) = [b for b in buttons if b.text() == words and b.isVisible()]
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)


def _text(session: Session) -> str:
    return str(session.model.text)


def _undo(session: Session, qtbot: QtBot) -> None:
    view = session.window.text_panel.view
    qtbot.keyClick(view, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "notes.txt"
    _write(path, "one two three\n", 1)
    return path


def test_a_file_that_nobody_changed_is_not_told_of(start: Start, qtbot: QtBot, path: Path) -> None:
    session = _opened(start, qtbot, path)
    assert session.window.notices.question == ""
    assert session.window.notices.isHidden()


def test_a_changed_file_is_read_again_and_undo_brings_unsaved_edits_back(
    start: Start, qtbot: QtBot, path: Path
) -> None:
    session = _opened(start, qtbot, path)
    qtbot.keyClicks(session.window.text_panel.view, "mine ")
    _write(path, "one 2 three\n", 2)
    assert session.window.notices.question == ""
    _come_back_to_a_question(session, qtbot)
    assert session.window.notices.question == "notes.txt was changed by another program."
    assert _text(session) == "mine one two three\n"
    with qtbot.waitSignal(session.window.document.saved):
        _answer(session, qtbot, "Reload")
    assert _text(session) == "one 2 three\n"
    assert not session.window.isWindowModified()
    assert session.window.notices.question == ""
    _undo(session, qtbot)
    assert _text(session) == "mine one two three\n"
    assert session.window.isWindowModified()


def test_a_file_that_was_written_anew_with_the_same_text_is_no_change(
    start: Start, qtbot: QtBot, path: Path
) -> None:
    session = _opened(start, qtbot, path)
    _write(path, "one two three\n", 2)
    with qtbot.waitSignal(session.window.document.saved):
        _come_back(session)
    assert session.window.notices.question == ""
    qtbot.keyClicks(session.window.text_panel.view, "mine ")
    _write(path, "mine one two three\n", 3)
    with qtbot.waitSignal(session.window.document.saved):
        _come_back(session)
    assert session.window.notices.question == ""
    assert not session.window.isWindowModified()


LINES = [f"line {i}\n" for i in range(500)]


@pytest.mark.parametrize(
    ("changed", "moves"),
    [
        (["a new one\n", *LINES], len("a new one\n")),
        ([*LINES, "a new one\n"], 0),
        (["L", *LINES, "and one at the end\n"], 0),  # what lies between is replaced, too
    ],
)
def test_caret_and_page_stay_where_they_are_when_a_file_is_read_again(
    start: Start, qtbot: QtBot, path: Path, changed: list[str], moves: int
) -> None:
    _write(path, "".join(LINES), 2)
    session = _opened(start, qtbot, path)
    view = session.window.text_panel.view
    place = len("".join(LINES[:300]))
    view.select(place, place)
    top = view.scrolling.top
    _write(path, "".join(changed), 3)
    _come_back_to_a_question(session, qtbot)
    with qtbot.waitSignal(session.window.document.saved):
        _answer(session, qtbot, "Reload")
    assert _text(session) == path.read_text()
    assert view.caret == place + moves
    assert abs(view.scrolling.top - (top + moves)) < len(LINES[300])


def test_what_is_kept_counts_as_unsaved_and_is_saved_without_a_question(
    start: Start, qtbot: QtBot, path: Path, questions: Questions
) -> None:
    session = _opened(start, qtbot, path)
    _write(path, "other\n", 2)
    _come_back_to_a_question(session, qtbot)
    _answer(session, qtbot, "Keep mine")
    assert session.window.isWindowModified()
    _come_back(session)
    assert session.window.notices.question == ""
    assert session.window.document.save()
    assert questions.asked == []
    assert path.read_text() == "one two three\n"


def test_each_change_is_told_once(start: Start, qtbot: QtBot, path: Path) -> None:
    session = _opened(start, qtbot, path)
    told: list[str] = []
    session.window.file_watch.changed.connect(told.append)
    for second in (2, 3):
        _write(path, "other\n", second)
        _come_back_to_a_question(session, qtbot)
        _come_back(session)
        qtbot.wait(50)
    assert len(told) == 2
    with qtbot.waitSignal(session.window.document.opened):
        session.window.document.open(str(path))
    assert session.window.notices.question == ""  # it was about another text


def test_a_file_that_is_gone_is_told_of_once_and_its_text_is_unsaved(
    start: Start, qtbot: QtBot, path: Path
) -> None:
    session = _opened(start, qtbot, path)
    path.unlink()
    told: list[str] = []
    session.window.file_watch.gone.connect(told.append)
    _come_back(session)
    _come_back(session)
    assert told == ["notes.txt is gone. Its text is still here; saving it writes it again."]
    assert session.window.notices.problem == told[0]
    assert session.window.isWindowModified()
    assert session.window.document.save()
    assert path.read_text() == "one two three\n"
    assert not session.window.isWindowModified()


def test_a_file_that_changed_between_two_starts_is_told_of(
    start: Start, qtbot: QtBot, path: Path
) -> None:
    _opened(start, qtbot, path)
    again = start()
    _come_back(again)
    assert again.window.notices.question == ""
    _write(path, "other\n", 2)
    later = start()
    _come_back_to_a_question(later, qtbot)
    assert later.window.notices.question == "notes.txt was changed by another program."


def test_what_is_typed_while_the_file_is_read_again_comes_back_too(
    start: Start, qtbot: QtBot, path: Path
) -> None:
    session = _opened(start, qtbot, path)
    _write(path, "one 2 three\n", 2)
    _come_back_to_a_question(session, qtbot)
    _answer(session, qtbot, "Reload")
    qtbot.keyClicks(session.window.text_panel.view, "x")  # before the file has come
    qtbot.waitUntil(lambda: _text(session) == "one 2 three\n")
    _undo(session, qtbot)
    assert _text(session) == "xone two three\n"


def test_a_file_that_cannot_be_read_any_more_changes_nothing(
    start: Start, qtbot: QtBot, path: Path
) -> None:
    session = _opened(start, qtbot, path)
    path.write_bytes(b"\xff\xfe\x00\x00 not UTF-8 \xff")
    os.utime(path, (2, 2))
    _come_back_to_a_question(session, qtbot)
    with qtbot.waitSignal(session.window.file_watch.problem):
        _answer(session, qtbot, "Reload")
    assert _text(session) == "one two three\n"
    assert str(path) in session.window.notices.problem
