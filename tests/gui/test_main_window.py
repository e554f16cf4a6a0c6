"""The window as a person uses it: keys, clicks, paste, drops and the theme."""

import builtins
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import QEvent, QMimeData, QPointF, Qt, QTimer, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent, QGuiApplication, QKeyEvent, QStyleHints
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from tests.gui.window_parts import button_of, labels_of, menu_action, set_text, status_of, text_of
from tokviz.gui.palette import DARK, LIGHT
from tokviz.gui.session import Session
from tokviz.resources import resource_path
from tokviz.tokenization.tokenizer import Special, Tokenizer

Start = Callable[..., Session]
Left = Qt.MouseButton.LeftButton
Control = Qt.KeyboardModifier.ControlModifier


# -- typing, pasting, dropping -----------------------------------------------------------------


def test_the_window_opens_with_the_sample_and_gpt2s_tokens(start: Start, gpt2: Tokenizer) -> None:
    session = start()
    sample = resource_path("texts/sample.txt").read_bytes().decode()
    assert text_of(session) == sample
    assert session.model.text.ids().tolist() == gpt2.encode(sample).ids.tolist()
    assert session.window.windowTitle() == "Untitled[*] – tokviz"
    assert session.window.text_panel.view.hasFocus()
    assert not session.window.notices.isVisible()


def test_typing_changes_the_text_its_tokens_and_the_title(
    start: Start, qtbot: QtBot, gpt2: Tokenizer
) -> None:
    session = start()
    view = session.window.text_panel.view
    set_text(session, "")
    qtbot.keyClicks(view, "Hello world")
    for character in "é🚀":
        QApplication.sendEvent(
            view,
            QKeyEvent(QEvent.Type.KeyPress, 0, Qt.KeyboardModifier.NoModifier, character),
        )
    assert text_of(session) == "Hello worldé🚀"
    assert session.model.text.ids().tolist() == gpt2.encode("Hello worldé🚀").ids.tolist()
    assert session.window.isWindowModified()


def test_pasted_rich_text_is_taken_as_plain_text(start: Start, qtbot: QtBot) -> None:
    session = start()
    set_text(session, "")
    data = QMimeData()
    data.setHtml("<b>rich</b> <script>x</script>")
    data.setText("<b>plain</b>\r\nand\u00a0exact")
    QGuiApplication.clipboard().setMimeData(data)
    qtbot.keyClick(session.window.text_panel.view, Qt.Key.Key_V, Control)
    assert text_of(session) == "<b>plain</b>\r\nand\u00a0exact"
    menu_action(session, "Edit", "Paste").trigger()
    assert text_of(session).count("plain") == 2


def test_a_picture_on_the_clipboard_is_not_pasted(start: Start, qtbot: QtBot) -> None:
    session = start()
    before = text_of(session)
    data = QMimeData()
    data.setImageData(session.window.grab().toImage())
    QGuiApplication.clipboard().setMimeData(data)
    qtbot.keyClick(session.window.text_panel.view, Qt.Key.Key_V, Control)
    assert text_of(session) == before
    assert not session.window.isWindowModified()


def _drop(session: Session, data: QMimeData) -> None:
    view = session.window.text_panel.view
    at = view.viewport().rect().center()
    for event in (
        QDragEnterEvent(at, Qt.DropAction.CopyAction, data, Left, Qt.KeyboardModifier.NoModifier),
        QDropEvent(
            QPointF(at), Qt.DropAction.CopyAction, data, Left, Qt.KeyboardModifier.NoModifier
        ),
    ):
        QApplication.sendEvent(view.viewport(), event)
        assert event.isAccepted()


def test_a_dropped_file_is_opened(start: Start, qtbot: QtBot, tmp_path: Path) -> None:
    path = tmp_path / "a b&c.txt"
    path.write_bytes(b"dropped\r\n")
    session = start()
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(path))])
    with qtbot.waitSignal(session.window.document.opened):
        _drop(session, data)
    assert text_of(session) == "dropped\r\n"
    assert session.window.windowTitle() == "a b&c.txt[*] – tokviz"


def test_of_many_dropped_files_one_is_opened_and_the_rest_is_told(
    start: Start, qtbot: QtBot, tmp_path: Path
) -> None:
    paths = [tmp_path / name for name in "abc"]
    for path in paths:
        path.write_text(path.name)
    session = start()
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(path)) for path in paths])
    with qtbot.waitSignal(session.window.document.opened):
        _drop(session, data)
    assert text_of(session) == "a"
    assert "Of 3 files only" in session.window.notices.problem


def test_a_dropped_folder_is_told(start: Start, qtbot: QtBot, tmp_path: Path) -> None:
    session = start()
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(tmp_path))])
    with qtbot.waitSignal(session.window.tokenizers.problem):
        _drop(session, data)
    assert f"{tmp_path} holds no tokenizer" in session.window.notices.problem
    qtbot.mouseClick(button_of(session.window.notices, "✕"), Left)
    assert not session.window.notices.isVisible()


def test_dropped_rich_text_is_taken_as_plain_text(start: Start) -> None:
    session = start()
    set_text(session, "")
    data = QMimeData()
    data.setHtml("<i>rich</i>")
    data.setText("plain\r\n")
    _drop(session, data)
    assert text_of(session) == "plain\r\n"


# -- theme -------------------------------------------------------------------------------------


def _shown_colors(session: Session) -> set[str]:
    QApplication.processEvents()
    image = session.window.text_panel.view.viewport().grab().toImage()
    return {
        image.pixelColor(x, y).name()
        for x in range(0, image.width(), 7)
        for y in range(0, image.height(), 5)
    }


def test_the_theme_is_switched_live_and_recolours_everything(
    start: Start, monkeypatch: pytest.MonkeyPatch
) -> None:
    session = start()
    app = QApplication.instance()
    assert isinstance(app, QApplication)
    scheme = Qt.ColorScheme.Unknown
    monkeypatch.setattr(QStyleHints, "colorScheme", lambda _self: scheme)

    def check(dark: bool) -> None:
        used, unused = (DARK, LIGHT) if dark else (LIGHT, DARK)
        colors = _shown_colors(session)
        assert used.panel.name() in colors
        assert {color.name() for color in used.tokens} & colors
        assert not {color.name() for color in unused.tokens} & colors
        assert app.palette().window().color() == used.window
        labels = " ".join(labels_of(session.window.status))
        assert used.muted.name() in labels

    check(dark=False)
    menu_action(session, "View", "Theme", "Dark theme").trigger()
    check(dark=True)
    menu_action(session, "View", "Theme", "Light theme").trigger()
    check(dark=False)
    scheme = Qt.ColorScheme.Dark
    app.styleHints().colorSchemeChanged.emit(scheme)
    check(dark=False)  # the desktop's wish does not count while the user has one
    menu_action(session, "View", "Theme", "System theme").trigger()
    check(dark=True)
    scheme = Qt.ColorScheme.Light
    app.styleHints().colorSchemeChanged.emit(scheme)
    check(dark=False)
    checked = [
        m
        for m in ("System", "Light", "Dark")
        if menu_action(session, "View", "Theme", f"{m} theme").isChecked()
    ]
    assert checked == ["System"]


# -- long texts --------------------------------------------------------------------------------


def test_ten_megabytes_open_without_a_frozen_window(
    start: Start, qtbot: QtBot, tmp_path: Path
) -> None:
    path = tmp_path / "long.txt"
    sample = resource_path("texts/sample.txt").read_bytes()
    path.write_bytes(sample * (10_000_000 // len(sample) + 1))
    session = start()
    ticks: list[int] = []
    timer = QTimer(interval=5)
    timer.timeout.connect(lambda: ticks.append(session.model.text.n_tokens))
    with qtbot.waitSignal(session.window.document.opened, timeout=20_000):
        session.window.document.open(str(path))
    assert not session.model.text.complete
    assert session.model.text.n_encoded > 0
    assert session.window.text_panel.view.token_rects()
    assert "tokens so far" in status_of(session)
    assert "left of" not in status_of(session)
    assert "over" not in status_of(session)
    timer.start()
    view = session.window.text_panel.view
    qtbot.waitUntil(lambda: len(set(ticks)) > 5, timeout=20_000)
    qtbot.keyClicks(view, "typed ")
    assert session.model.text.slice(0, 9) == "typed Wel"
    assert not session.model.text.complete
    qtbot.waitUntil(lambda: session.model.text.complete, timeout=40_000)
    timer.stop()
    # Events were processed all the time, with tokens coming in between.
    assert len(ticks) > 50
    assert len(set(ticks)) > 10
    assert "so far" not in status_of(session)


def test_a_long_task_is_shown_and_can_be_cancelled(
    start: Start, qtbot: QtBot, tmp_path: Path
) -> None:
    path = tmp_path / "long.txt"
    path.write_text("Some words, and more. " * 1_000_000)
    session = start()
    with qtbot.waitSignal(session.window.document.opened, timeout=20_000):
        session.window.document.open(str(path))
    qtbot.waitUntil(lambda: session.window.notices.isVisible(), timeout=5000)
    assert any("Encoding with gpt2" in text for text in labels_of(session.window.notices))
    qtbot.mouseClick(button_of(session.window.notices, "Cancel"), Left)
    qtbot.waitUntil(lambda: not session.window.notices.isVisible())
    n_tokens = session.model.text.n_tokens
    qtbot.wait(100)
    assert session.model.text.n_tokens == n_tokens
    assert "so far" in status_of(session)
    qtbot.keyClicks(session.window.text_panel.view, "x")
    assert session.model.text.slice(0, 5) == "xSome"


# -- what is not imported ----------------------------------------------------------------------


def test_the_source_of_imported_modules_is_not_read() -> None:
    """PySide's import does so, and keeps it."""
    assert builtins.__import__.__name__ != "__feature_import__"


def test_opening_the_window_imports_no_torch(home: Path) -> None:
    program = """
import sys
from PySide6.QtWidgets import QApplication
from tokviz.gui.session import Session
from tokviz.gui.settings import load_settings
app = QApplication([])
session = Session(app, load_settings())
session.window.show()
app.processEvents()
session.end()
sys.exit(1 if {"torch", "tiktoken", "tokenizers", "sentencepiece"} & set(sys.modules) else 0)
"""
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, timeout=60)
    assert done.returncode == 0, done.stderr.decode()


def test_the_switches_above_the_text_stand_in_the_view_menu_too(start: Start, qtbot: QtBot) -> None:
    session = start()
    for switch in session.window.text_panel.switches:
        action = menu_action(session, "View", switch.text().capitalize())
        before = switch.isChecked()
        assert action.isChecked() is before
        action.trigger()
        assert switch.isChecked() is not before
        qtbot.mouseClick(switch, Qt.MouseButton.LeftButton)
        assert action.isChecked() is before


def test_what_comes_and_goes_moves_no_line_of_the_text(start: Start, qtbot: QtBot) -> None:
    session = start()
    window, view = session.window, session.window.text_panel.view
    set_text(session, "one <|endoftext|> two\n" * 40)
    view.select(0, 0)

    def first_row() -> tuple[int, str]:
        QApplication.processEvents()
        return view.mapToGlobal(view.rect().topLeft()).y(), view.visible_text()[:60]

    before = first_row()
    window.notices.show_problem("A sentence that says what went wrong.")
    assert first_row() == before
    window.text_area.open_find_bar()
    assert window.text_area.find_bar.isVisible()
    assert first_row() == before
    window.text_panel.switches[-1].click()
    assert window.text_area.windows_bar.isVisible()
    assert first_row() == before
    session.model.set_special(Special.REFUSE)
    qtbot.waitUntil(window.text_area.special_notice.isVisible)
    assert first_row() == before


def test_a_notice_does_not_cover_the_line_in_which_one_types(start: Start, qtbot: QtBot) -> None:
    session = start()
    window, view = session.window, session.window.text_panel.view
    set_text(session, "line\n" * 200)
    view.setFocus()
    view.select(view.source.n_chars, view.source.n_chars)
    QApplication.processEvents()
    below = view.viewport().height() - view.caret_rect().bottom()
    assert 0 <= below < view.caret_rect().height() * 2  # the last row in view
    window.notices.show_problem("A sentence that says what went wrong.")
    QApplication.processEvents()
    assert view.caret_rect().bottom() <= view.viewport().height()
