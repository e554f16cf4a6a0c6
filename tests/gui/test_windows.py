"""Context windows below the text, by clicks and keys, and the text split into files."""

from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QImage
from PySide6.QtWidgets import QFileDialog, QSpinBox, QToolButton
from pytestqt.qtbot import QtBot

from tests.gui.replaying import Start
from tokviz.gui.files.text_splitting import in_words
from tokviz.gui.panels.go_to import actions_below
from tokviz.gui.panels.windows_bar import WindowsBar
from tokviz.gui.session import Session
from tokviz.tokenization.text.context_windows import PartAlone, TextPart

Key = Qt.Key
Left = Qt.MouseButton.LeftButton
Control = Qt.KeyboardModifier.ControlModifier
TEXT = " ".join(["one two three four five six seven eight nine ten"] * 4)  # 40 tokens


@pytest.fixture
def session(start: Start) -> Session:
    session = start()
    session.model.set_text(TEXT)
    assert session.model.text.n_tokens == 40
    return session


@pytest.fixture
def bar(session: Session, qtbot: QtBot) -> WindowsBar:
    """Opened by its switch, with windows of 16 tokens, one every 12."""
    _toggle(qtbot, session)
    bar = session.window.text_area.windows_bar
    assert bar.isVisible()
    _type(qtbot, bar.size_box, 16)
    _type(qtbot, bar.stride_box, 12)
    return bar


def _toggle(qtbot: QtBot, session: Session) -> None:
    switches = session.window.text_panel.findChildren(QToolButton)
    (switch,) = [button for button in switches if button.text() == "windows"]
    qtbot.mouseClick(switch, Left)


def _type(qtbot: QtBot, box: QSpinBox, number: int) -> None:
    box.setFocus()
    box.selectAll()
    qtbot.keyClicks(box, str(number))
    qtbot.keyClick(box, Key.Key_Return)


def test_windows_begin_with_the_models_own(session: Session, qtbot: QtBot) -> None:
    _toggle(qtbot, session)
    bar = session.window.text_area.windows_bar
    assert (bar.size_box.value(), bar.stride_box.value()) == (1_024, 512)
    assert bar.place.text() == "window 1 of 1: tokens 0–39"
    assert bar.overlap.text() == "all of the text"
    session.model.set_context(10)
    assert (bar.size_box.value(), bar.stride_box.value()) == (10, 5)


def test_one_goes_from_window_to_window(bar: WindowsBar, qtbot: QtBot) -> None:
    assert bar.place.text() == "window 1 of 3: tokens 0–15"
    assert bar.overlap.text() == "each shares 4 tokens, 25 %, with the next"
    assert not bar.previous_button.isEnabled()
    qtbot.mouseClick(bar.next_button, Left)
    assert bar.place.text() == "window 2 of 3: tokens 12–27"
    qtbot.mouseClick(bar.next_button, Left)
    assert bar.place.text() == "window 3 of 3: tokens 24–39"
    assert not bar.next_button.isEnabled()
    qtbot.mouseClick(bar.previous_button, Left)
    assert bar.span == (12, 28)


def test_a_stride_of_the_size_puts_them_side_by_side(bar: WindowsBar, qtbot: QtBot) -> None:
    _type(qtbot, bar.stride_box, 16)
    assert bar.overlap.text() == "side by side, none shared"
    _type(qtbot, bar.size_box, 8)  # the stride keeps its share of the window
    assert bar.stride_box.value() == 8
    assert bar.place.text() == "window 1 of 5: tokens 0–7"


def test_it_begins_at_the_caret_and_follows_edits(session: Session, qtbot: QtBot) -> None:
    view = session.window.text_panel.view
    session.model.set_context(10)
    view.set_caret(len(TEXT) - 1)
    _toggle(qtbot, session)
    bar = session.window.text_area.windows_bar
    assert bar.place.text() == "window 7 of 7: tokens 30–39"
    view.setFocus()
    qtbot.keyClick(view, Key.Key_Home, Control | Qt.KeyboardModifier.ShiftModifier)
    qtbot.keyClick(view, Key.Key_Delete)
    assert bar.place.text() == "window 1 of 1: tokens 0–0"  # the last letter is left
    qtbot.keyClick(view, Key.Key_Backspace)
    qtbot.keyClick(view, Key.Key_Delete)
    assert bar.place.text() == "no tokens"


def _picture(session: Session) -> QImage:
    return session.window.text_panel.view.viewport().grab().toImage()


def _strength(picture: QImage, session: Session, token: int) -> int:
    """How far a token's ground is from the paper."""
    rects = session.window.text_panel.view.token_rects()
    rect = next(r for index, r, _ in rects if index == token)
    color = QColor(picture.pixel(round(rect.center().x()), round(rect.top()) + 2))
    return 3 * 255 - color.red() - color.green() - color.blue()


def test_tokens_outside_of_the_window_are_dimmed_and_its_edges_drawn(
    session: Session, bar: WindowsBar, qtbot: QtBot
) -> None:
    qtbot.mouseClick(bar.next_button, Left)
    dimmed = _picture(session)
    pieces = session.window.text_panel.view.token_rects()
    rects = {index: rect for index, rect, _ in reversed(pieces)}  # where each begins
    palette = session.window.text_panel.view.page.look.palette
    for token, color in ((12, palette.text), (24, palette.muted)):  # this window's and the next's
        x, y = round(rects[token].left()), round(rects[token].center().y())
        assert dimmed.pixelColor(x, y).name() == color.name()
    current = range(*bar.span)
    inside = [t for t in range(40) if t in current][1:3]
    outside = [t for t in range(40) if t not in current][-3:-1]
    session.window.text_panel.set_windows(None, None)
    bright = _picture(session)
    for token in outside:
        assert _strength(dimmed, session, token) < _strength(bright, session, token) * 0.7
    for token in inside:
        assert _strength(dimmed, session, token) == _strength(bright, session, token)


def test_the_text_is_split_into_files(
    bar: WindowsBar, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "parts"
    folder.mkdir()
    monkeypatch.setattr(QFileDialog, "getExistingDirectory", lambda *_: str(folder))
    qtbot.mouseClick(bar.split_button, Left)
    qtbot.waitUntil(lambda: bool(bar.result.text()))
    files = sorted(folder.iterdir())
    assert [path.name for path in files] == ["part-0001.txt", "part-0002.txt", "part-0003.txt"]
    assert "".join(path.read_bytes().decode() for path in files) == TEXT
    assert bar.result.text() == (
        f"3 files with 40 tokens written to {folder}. Encoded alone, each has the same tokens."
    )


def test_files_of_before_are_never_written_over(
    session: Session, bar: WindowsBar, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "part-0002.txt").write_text("mine")
    said: list[str] = []
    session.window.text_area.splitting.problem.connect(said.append)
    monkeypatch.setattr(QFileDialog, "getExistingDirectory", lambda *_: str(tmp_path))
    qtbot.mouseClick(bar.split_button, Left)
    assert "already holds part-0002.txt" in said[0]
    assert [path.name for path in tmp_path.glob("part*")] == ["part-0002.txt"]
    assert (tmp_path / "part-0002.txt").read_text() == "mine"


def test_what_cannot_be_written_is_said_and_no_part_is_torn(
    session: Session, bar: WindowsBar, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "parts"
    folder.mkdir()
    session.model.set_text(TEXT + " \ud800")
    said: list[str] = []
    session.window.text_area.splitting.problem.connect(said.append)
    monkeypatch.setattr(QFileDialog, "getExistingDirectory", lambda *_: str(folder))
    qtbot.mouseClick(bar.split_button, Left)
    qtbot.waitUntil(lambda: bool(said))
    assert "U+D800" in said[0]
    written = sorted(folder.iterdir())
    assert [path.name for path in written] == ["part-0001.txt", "part-0002.txt"]
    whole = "".join(path.read_bytes().decode() for path in written)
    assert TEXT.startswith(whole)


def test_parts_that_have_other_tokens_alone_are_counted() -> None:
    written = [PartAlone(TextPart("a b", 2), 2, True), PartAlone(TextPart("c", 1), 2, False)]
    said = in_words(written, Path("parts"))
    assert said.startswith("2 files with 3 tokens written to parts. Encoded alone, 1 of them has ")
    assert said.endswith(": 4 tokens in all.")


def test_the_menu_splits_by_the_models_own_window(
    session: Session, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    session.model.set_context(20)
    monkeypatch.setattr(QFileDialog, "getExistingDirectory", lambda *_: str(tmp_path / "parts"))
    (tmp_path / "parts").mkdir()
    actions = actions_below(session.window.menuBar())
    next(a for a in actions if a.text().startswith("S&plit")).trigger()
    qtbot.waitUntil(lambda: len(list((tmp_path / "parts").glob("part-*.txt"))) == 2)
