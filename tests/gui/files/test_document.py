"""The file behind the text: opening, saving, and not losing what was typed."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import (
    QApplication,
    QComboBox,
    QDialogButtonBox,
    QFileDialog,
    QMessageBox,
    QPlainTextEdit,
    QToolButton,
)
from pytestqt.qtbot import QtBot

from tests.gui.conftest import Questions
from tokviz.gui.files.encoding_dialog import EncodingDialog
from tokviz.gui.session import Session
from tokviz.gui.settings import save_session_text, settings_file
from tokviz.tokenization.tokenizer import Tokenizer

Start = Callable[..., Session]
Save = QMessageBox.StandardButton.Save
Discard = QMessageBox.StandardButton.Discard
Cancel = QMessageBox.StandardButton.Cancel

EXACT = "\ufeffa\rb\r\nc\n\u00a0\u2028\u2029\x00\x1a\x7f\ufffe\ufdd0 👩‍🚀\t\ufeff"


def _text(session: Session) -> str:
    return str(session.model.text)


def _open(qtbot: QtBot, session: Session, path: Path | str) -> None:
    with qtbot.waitSignal(session.window.document.opened, timeout=5000):
        session.window.document.open(str(path))


def _problem(qtbot: QtBot, session: Session, path: Path | str) -> str:
    """What is said of a file that cannot be opened."""
    with qtbot.waitSignal(session.window.document.problem, timeout=5000):
        session.window.document.open(str(path))
    return session.window.notices.problem


def _type(qtbot: QtBot, session: Session, text: str) -> None:
    qtbot.keyClicks(session.window.text_panel.view, text)


def _choose_file(monkeypatch: pytest.MonkeyPatch, path: Path | str) -> None:
    for name in ("getOpenFileName", "getSaveFileName"):
        monkeypatch.setattr(QFileDialog, name, lambda *_: (str(path), ""))


def _press(qtbot: QtBot, session: Session, key: Qt.Key, *, shift: bool = False) -> None:
    modifiers = Qt.KeyboardModifier.ControlModifier
    if shift:
        modifiers |= Qt.KeyboardModifier.ShiftModifier
    session.window.activateWindow()  # a dialog may have been the active one
    qtbot.waitUntil(session.window.isActiveWindow)
    qtbot.keyClick(session.window.text_panel.view, key, modifiers)


# -- opening -----------------------------------------------------------------------------------


def test_a_chosen_file_is_opened_exactly(
    start: Start, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "exact.txt"
    path.write_bytes(EXACT.encode())
    session = start()
    _choose_file(monkeypatch, path)
    with qtbot.waitSignal(session.window.document.opened):
        _press(qtbot, session, Qt.Key.Key_O)
    assert _text(session) == EXACT
    assert session.window.windowTitle() == "exact.txt[*] – tokviz"
    assert not session.window.isWindowModified()


def test_a_cancelled_choice_changes_nothing(
    start: Start, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    session = start()
    before = _text(session)
    _choose_file(monkeypatch, "")
    _press(qtbot, session, Qt.Key.Key_O)
    _press(qtbot, session, Qt.Key.Key_S)
    _press(qtbot, session, Qt.Key.Key_S, shift=True)
    assert _text(session) == before
    assert session.window.document.path == ""


def test_an_empty_file_is_an_empty_text(start: Start, qtbot: QtBot, tmp_path: Path) -> None:
    path = tmp_path / "empty"
    path.touch()
    session = start()
    _open(qtbot, session, path)
    assert _text(session) == ""
    assert session.window.windowTitle() == "empty[*] – tokviz"


def _make_fifo(path: Path) -> None:
    os.mkfifo(path)


def _make_loop(path: Path) -> None:
    path.symlink_to(path)


@pytest.mark.parametrize(
    ("make", "expected"),
    [
        (lambda _: None, "there is no such file; check its name"),
        (Path.mkdir, "is a folder; name a file"),
        (_make_fifo, "is a pipe; copy what it brings into a file first"),
        (_make_loop, "cannot be opened"),
    ],
)
def test_what_cannot_be_opened_is_told_in_a_sentence_and_changes_nothing(
    make: Callable[[Path], None], expected: str, start: Start, qtbot: QtBot, tmp_path: Path
) -> None:
    path = tmp_path / "thing"
    make(path)
    session = start()
    _type(qtbot, session, "typed ")
    session.window.document.set_modified(False)
    before = _text(session)
    sentence = _problem(qtbot, session, path)
    assert str(path) in sentence
    assert expected in sentence
    assert "\n" not in sentence
    assert session.window.notices.isVisible()
    assert _text(session) == before
    assert session.window.document.path == ""
    assert session.window.document.title == "Untitled"


def test_a_file_that_may_not_be_read_is_told(
    start: Start, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "secret.txt"
    path.write_text("x")
    real_open = os.open

    def refuse(file: str | bytes, *rest: int) -> int:
        if os.fsdecode(file) == str(path):
            raise PermissionError(13, "Permission denied")
        return real_open(file, *rest)

    monkeypatch.setattr(os, "open", refuse)  # root may read everything
    session = start()
    sentence = _problem(qtbot, session, path)
    assert "permission is denied; change the file's rights or copy it" in sentence


def test_running_out_of_memory_is_told(
    start: Start, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "a.txt"
    path.write_text("x")

    def fail(*_: object) -> str:
        raise MemoryError

    monkeypatch.setattr("tokviz.gui.files.document.read_bytes", fail)
    session = start()
    assert _problem(qtbot, session, path) == (f"Opening {path} failed: there is not enough memory.")


def test_a_huge_file_is_opened_only_after_a_question(
    start: Start, qtbot: QtBot, tmp_path: Path, questions: Questions
) -> None:
    path = tmp_path / "huge.txt"
    with path.open("wb") as file:
        file.truncate(2**30)
    session = start()
    before = _text(session)
    questions.answers = [Cancel]
    session.window.document.open(str(path))
    assert "huge.txt has 1,024 MB." in questions.asked[0]
    qtbot.wait(100)
    assert _text(session) == before


def test_a_huge_file_is_opened_if_the_answer_is_yes(
    start: Start,
    qtbot: QtBot,
    tmp_path: Path,
    questions: Questions,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("tokviz.gui.files.document._ASK_FROM", 3)
    path = tmp_path / "huge.txt"
    path.write_text("huge")
    session = start()
    questions.answers = [QMessageBox.StandardButton.Open]
    _open(qtbot, session, path)
    assert _text(session) == "huge"


def test_a_name_that_is_not_utf8_is_opened_shown_and_saved(
    start: Start, qtbot: QtBot, tmp_path: Path
) -> None:
    name = os.fsencode(tmp_path) + b"/caf\xe9[*]&.txt"
    with open(name, "wb") as file:
        file.write("é".encode())
    session = start()
    _open(qtbot, session, os.fsdecode(name))
    assert session.window.windowTitle() == r"caf\xe9[*][*]&.txt[*] – tokviz"
    _type(qtbot, session, "x")
    _press(qtbot, session, Qt.Key.Key_S)
    with open(name, "rb") as file:
        assert file.read() == "xé".encode()
    again = start()
    assert again.window.document.path == os.fsdecode(name)


# -- encodings ---------------------------------------------------------------------------------


def _in_dialog(act: Callable[[EncodingDialog], None]) -> None:
    """Act in the encoding dialog once it is open."""

    def try_now() -> None:
        dialog = QApplication.activeModalWidget()
        if isinstance(dialog, EncodingDialog):
            act(dialog)
        else:
            QTimer.singleShot(10, try_now)

    QTimer.singleShot(10, try_now)


def _button(dialog: EncodingDialog, which: QDialogButtonBox.StandardButton) -> object:
    box = dialog.findChild(QDialogButtonBox)
    assert box is not None
    return box.button(which)


def test_a_file_in_latin_1_is_asked_about_and_saved_as_it_was(
    start: Start, qtbot: QtBot, tmp_path: Path
) -> None:
    path = tmp_path / "old.txt"
    path.write_bytes("naïve café".encode("latin-1"))
    session = start()
    previews: list[str] = []

    def choose(dialog: EncodingDialog) -> None:
        choice = dialog.findChild(QComboBox)
        preview = dialog.findChild(QPlainTextEdit)
        assert choice is not None
        assert preview is not None
        choice.setFocus()
        for _ in range(4):
            previews.append(preview.toPlainText())
            qtbot.keyClick(choice, Qt.Key.Key_Down)
        while choice.currentData() != "latin-1":
            qtbot.keyClick(choice, Qt.Key.Key_Up)
        qtbot.mouseClick(
            _button(dialog, QDialogButtonBox.StandardButton.Open), Qt.MouseButton.LeftButton
        )

    _in_dialog(choose)
    _open(qtbot, session, path)
    assert "naïve café" in previews
    assert _text(session) == "naïve café"
    _type(qtbot, session, "x")
    _press(qtbot, session, Qt.Key.Key_S)
    assert path.read_bytes() == "xnaïve café".encode("latin-1")
    session = start()  # the encoding is remembered with the file
    _type(qtbot, session, "y")
    _press(qtbot, session, Qt.Key.Key_S)
    assert path.read_bytes() == "yxnaïve café".encode("latin-1")


def test_a_question_about_the_encoding_can_be_refused(
    start: Start, qtbot: QtBot, tmp_path: Path
) -> None:
    path = tmp_path / "old.txt"
    path.write_bytes(b"caf\xe9")
    session = start()
    before = _text(session)
    closed: list[bool] = []

    def refuse(dialog: EncodingDialog) -> None:
        closed.append(True)
        qtbot.keyClick(dialog, Qt.Key.Key_Escape)

    _in_dialog(refuse)
    session.window.document.open(str(path))
    qtbot.waitUntil(lambda: bool(closed))
    qtbot.wait(50)
    assert _text(session) == before
    assert session.window.document.path == ""


def test_a_binary_file_is_opened_only_by_who_says_its_encoding(
    start: Start, qtbot: QtBot, tmp_path: Path
) -> None:
    path = tmp_path / "thing"
    path.write_bytes(b"\x7fELF\x02\x01\x00\x00\xff\xfe\x00")
    session = start()
    before, notices = _text(session), session.window.notices
    with qtbot.waitSignal(session.window.document.encoding_needed):
        session.window.document.open(str(path))
    assert "looks like a binary file" in notices.question
    assert _text(session) == before
    (choose,) = [b for b in notices.findChildren(QToolButton) if b.text() == "Choose encoding …"]

    def choose_latin_1(dialog: EncodingDialog) -> None:
        box = dialog.findChild(QComboBox)
        assert box is not None
        box.setCurrentIndex(box.findData("latin-1"))
        qtbot.mouseClick(
            _button(dialog, QDialogButtonBox.StandardButton.Open), Qt.MouseButton.LeftButton
        )

    _in_dialog(choose_latin_1)
    with qtbot.waitSignal(session.window.document.opened):
        qtbot.mouseClick(choose, Qt.MouseButton.LeftButton)
    assert _text(session) == "\x7fELF\x02\x01\x00\x00ÿþ\x00"
    assert notices.question == ""


def test_an_encoding_that_cannot_read_the_file_cannot_be_chosen(
    start: Start, qtbot: QtBot, tmp_path: Path
) -> None:
    path = tmp_path / "old.txt"
    path.write_bytes(b"caf\xe9\x81")  # 0x81 is nothing in Windows-1252
    session = start()
    seen: list[tuple[bool, str]] = []

    def look(dialog: EncodingDialog) -> None:
        preview = dialog.findChild(QPlainTextEdit)
        button = _button(dialog, QDialogButtonBox.StandardButton.Open)
        assert preview is not None
        seen.append((button.isEnabled(), preview.toPlainText()))  # type: ignore[attr-defined]
        dialog.reject()

    _in_dialog(look)
    session.window.document.open(str(path))
    qtbot.waitUntil(lambda: bool(seen))
    assert seen == [(False, "The file cannot be read so: byte 4 is no text.")]


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be"])
def test_utf16_is_proposed_for_its_mark_and_saved_to_the_same_bytes(
    encoding: str, start: Start, qtbot: QtBot, tmp_path: Path
) -> None:
    path = tmp_path / "wide.txt"
    content = "\ufeffwide é\r\n".encode(encoding)
    path.write_bytes(content)
    session = start()
    _in_dialog(lambda dialog: dialog.accept())
    _open(qtbot, session, path)
    assert _text(session) == "\ufeffwide é\r\n"
    assert session.window.document.save()
    assert path.read_bytes() == content


def test_a_character_that_the_encoding_lacks_is_offered_as_utf8(
    start: Start, qtbot: QtBot, tmp_path: Path, questions: Questions
) -> None:
    path = tmp_path / "old.txt"
    path.write_bytes(b"caf\xe9")
    session = start()
    _in_dialog(lambda dialog: dialog.accept())
    _open(qtbot, session, path)
    session.window.text_panel.view.insert_text("🚀")
    questions.answers = [Cancel, Save]
    assert not session.window.document.save()
    assert "CP1252 has no bytes for U+1F680" in questions.asked[0]
    assert path.read_bytes() == b"caf\xe9"
    assert session.window.isWindowModified()
    assert session.window.document.save()
    assert path.read_bytes() == "🚀café".encode()
    assert not session.window.isWindowModified()
    assert session.window.document.save()  # it is UTF-8 from now on: no question


# -- saving ------------------------------------------------------------------------------------


def test_saving_keeps_every_character(
    start: Start, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "new.txt"
    session = start()
    view = session.window.text_panel.view
    view.select_all()
    view.insert_text(EXACT)
    _choose_file(monkeypatch, path)
    _press(qtbot, session, Qt.Key.Key_S)
    assert path.read_bytes() == EXACT.encode()
    assert session.window.windowTitle() == "new.txt[*] – tokviz"
    assert not session.window.isWindowModified()
    _open(qtbot, session, path)
    assert _text(session) == EXACT


def test_lone_surrogates_are_saved_only_after_a_question(
    start: Start, qtbot: QtBot, tmp_path: Path, questions: Questions
) -> None:
    path = tmp_path / "new.txt"
    path.write_text("old")
    session = start()
    _open(qtbot, session, path)
    session.window.text_panel.view.insert_text("a\ud800b")
    questions.answers = [Cancel, Save]
    _press(qtbot, session, Qt.Key.Key_S)
    assert "U+D800, character 1 of the text" in questions.asked[0]
    assert path.read_bytes() == b"old"
    assert session.window.isWindowModified()
    _press(qtbot, session, Qt.Key.Key_S)
    assert path.read_bytes() == "a\ud800bold".encode("utf-8", "surrogatepass")
    assert not session.window.isWindowModified()


def test_a_file_that_cannot_be_written_is_told_and_stays_modified(
    start: Start, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    session = start()
    _type(qtbot, session, "x")
    _choose_file(monkeypatch, tmp_path)
    _press(qtbot, session, Qt.Key.Key_S, shift=True)
    assert session.window.notices.problem == f"{tmp_path} is a folder; name a file."
    _choose_file(monkeypatch, tmp_path / "no" / "such" / "folder.txt")
    _press(qtbot, session, Qt.Key.Key_S)
    assert "folder.txt cannot be written" in session.window.notices.problem
    assert session.window.isWindowModified()
    assert session.window.document.path == ""
    _choose_file(monkeypatch, tmp_path / "there.txt")
    _press(qtbot, session, Qt.Key.Key_S)
    assert session.window.notices.problem == ""
    assert not session.window.isWindowModified()


def test_save_as_goes_on_with_the_new_file(
    start: Start, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    one, two = tmp_path / "one.txt", tmp_path / "two.txt"
    one.write_text("1")
    session = start()
    _open(qtbot, session, one)
    _type(qtbot, session, "x")
    _choose_file(monkeypatch, two)
    _press(qtbot, session, Qt.Key.Key_S, shift=True)
    assert one.read_text() == "1"
    assert two.read_text() == "x1"
    assert session.window.document.path == str(two)


# -- unsaved changes ---------------------------------------------------------------------------


def test_typing_and_undoing_mark_the_text_as_modified_and_clean(
    start: Start, qtbot: QtBot, tmp_path: Path
) -> None:
    path = tmp_path / "a.txt"
    path.write_text("text")
    session = start()
    _open(qtbot, session, path)
    _type(qtbot, session, "x")
    assert session.window.isWindowModified()
    _press(qtbot, session, Qt.Key.Key_Z)
    assert not session.window.isWindowModified()
    _type(qtbot, session, "y")
    _press(qtbot, session, Qt.Key.Key_S)
    assert not session.window.isWindowModified()
    _press(qtbot, session, Qt.Key.Key_Z)
    assert session.window.isWindowModified()


@pytest.mark.parametrize("how", ["open", "new", "close"])
@pytest.mark.parametrize("answer", [Save, Discard, Cancel])
def test_unsaved_changes_of_a_file_are_asked_about(
    how: str,
    answer: QMessageBox.StandardButton,
    start: Start,
    qtbot: QtBot,
    tmp_path: Path,
    questions: Questions,
) -> None:
    mine, other = tmp_path / "mine.txt", tmp_path / "other.txt"
    mine.write_text("mine")
    other.write_text("other")
    session = start()
    _open(qtbot, session, mine)
    _type(qtbot, session, "x")
    questions.answers = [answer]
    if how == "open":
        session.window.document.open(str(other))
        if answer is not Cancel:
            qtbot.waitUntil(lambda: _text(session) == "other")
    elif how == "new":
        _press(qtbot, session, Qt.Key.Key_N)
    else:
        session.window.close()
        assert session.window.isVisible() == (answer is Cancel)
    assert questions.asked == ["mine.txt has unsaved changes. Save them first?"]
    assert mine.read_text() == ("xmine" if answer is Save else "mine")
    if answer is Cancel:
        assert _text(session) == "xmine"
        assert session.window.isWindowModified()


def test_discarded_changes_do_not_come_back_at_the_next_start(
    start: Start, qtbot: QtBot, tmp_path: Path, questions: Questions
) -> None:
    path = tmp_path / "a.txt"
    path.write_text("as it stands")
    session = start()
    _open(qtbot, session, path)
    _type(qtbot, session, "x")
    questions.answers = [Discard]
    session.window.close()
    again = start()
    qtbot.waitUntil(lambda: _text(again) == "as it stands")
    assert not again.window.isWindowModified()
    assert again.window.document.path == str(path)


def test_a_save_that_fails_keeps_the_window_open(
    start: Start,
    qtbot: QtBot,
    tmp_path: Path,
    questions: Questions,
) -> None:
    folder = tmp_path / "folder"
    folder.mkdir()
    path = folder / "a.txt"
    path.write_text("a")
    session = start()
    _open(qtbot, session, path)
    _type(qtbot, session, "x")
    path.unlink()
    folder.rmdir()
    questions.answers = [Save]
    session.window.close()
    assert session.window.isVisible()
    assert "cannot be written" in session.window.notices.problem
    assert _text(session) == "xa"


def test_emptying_a_file_is_a_change_and_an_empty_new_text_is_none(
    start: Start, qtbot: QtBot, tmp_path: Path, questions: Questions
) -> None:
    path = tmp_path / "a.txt"
    path.write_text("precious")
    session = start()
    _open(qtbot, session, path)
    _press(qtbot, session, Qt.Key.Key_A)
    qtbot.keyClick(session.window.text_panel.view, Qt.Key.Key_Delete)
    questions.answers = [Cancel, Discard]
    _press(qtbot, session, Qt.Key.Key_N)
    assert session.window.document.path == str(path)
    _press(qtbot, session, Qt.Key.Key_N)
    assert session.window.document.path == ""
    _type(qtbot, session, "x")
    qtbot.keyClick(session.window.text_panel.view, Qt.Key.Key_Backspace)
    _press(qtbot, session, Qt.Key.Key_N)
    assert len(questions.asked) == 2


def test_a_text_without_a_file_is_kept_and_not_asked_about_at_the_end(
    start: Start, qtbot: QtBot, questions: Questions
) -> None:
    session = start()
    _press(qtbot, session, Qt.Key.Key_N)
    _type(qtbot, session, "note")
    session.window.close()
    assert not session.window.isVisible()
    again = start()
    assert _text(again) == "note"
    assert again.window.isWindowModified()
    questions.answers = [Cancel]
    _press(qtbot, again, Qt.Key.Key_N)
    assert _text(again) == "note"


def test_undo_after_a_restart_does_not_call_a_modified_text_saved(
    start: Start, qtbot: QtBot, tmp_path: Path
) -> None:
    path = tmp_path / "a.txt"
    path.write_text("a")
    session = start()
    _open(qtbot, session, path)
    _type(qtbot, session, "x")
    again = start()  # as after a crash or a signal
    assert _text(again) == "xa"
    assert again.window.isWindowModified()
    _type(qtbot, again, "y")
    _press(qtbot, again, Qt.Key.Key_Z)
    assert _text(again) == "xa"
    assert again.window.isWindowModified()


def test_only_another_text_is_kept_again(
    start: Start, qtbot: QtBot, smollm2: Tokenizer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tokviz.gui.session._AUTOSAVE_MS", 20)
    written: list[str] = []

    def write(parts: list[str]) -> bool:
        written.append("".join(parts))
        return save_session_text(parts)

    monkeypatch.setattr("tokviz.gui.session.save_session_text", write)
    session = start()
    _type(qtbot, session, "x")
    qtbot.waitUntil(lambda: len(written) == 1)
    kept = settings_file()
    qtbot.waitUntil(kept.exists)
    kept.unlink()
    session.model.set_tokenizer(smollm2)
    qtbot.waitUntil(kept.exists)  # the settings alone
    assert written == [_text(session)]
    _type(qtbot, session, "y")
    qtbot.waitUntil(lambda: len(written) == 2)
    assert written[1] == _text(session)


def test_what_is_typed_while_a_file_is_read_is_not_lost(
    start: Start,
    qtbot: QtBot,
    tmp_path: Path,
    questions: Questions,
) -> None:
    path = tmp_path / "a.txt"
    path.write_text("a")
    session = start()
    session.window.document.open(str(path))
    _type(qtbot, session, "typed meanwhile ")
    questions.answers = [Cancel]
    qtbot.waitUntil(lambda: bool(questions.asked))
    qtbot.wait(50)
    assert _text(session).startswith("typed meanwhile ")
    assert session.window.document.path == ""


def test_a_new_text_is_not_replaced_by_a_file_that_was_being_read(
    start: Start, qtbot: QtBot, tmp_path: Path
) -> None:
    one, two = tmp_path / "one", tmp_path / "two"
    one.write_text("1")
    two.write_text("2")
    session = start()
    session.window.document.open(str(one))
    _press(qtbot, session, Qt.Key.Key_N)
    qtbot.wait(150)
    assert _text(session) == ""
    session.window.document.open(str(one))
    session.window.document.open(str(two))
    qtbot.wait(150)
    assert _text(session) == "2"


def test_opening_the_same_text_again_makes_it_clean(
    start: Start, qtbot: QtBot, tmp_path: Path, questions: Questions
) -> None:
    path = tmp_path / "a.txt"
    path.write_text("a")
    session = start()
    _open(qtbot, session, path)
    _type(qtbot, session, "b")
    qtbot.keyClick(session.window.text_panel.view, Qt.Key.Key_Backspace)
    assert _text(session) == "a"
    assert session.window.isWindowModified()
    questions.answers = [Discard]
    _open(qtbot, session, path)
    assert not session.window.isWindowModified()
    _type(qtbot, session, "c")
    _press(qtbot, session, Qt.Key.Key_Z)
    assert not session.window.isWindowModified()
