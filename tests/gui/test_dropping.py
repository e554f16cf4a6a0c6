"""What other programs drag onto the window: opened as what it is, and always taken as a copy."""

import os
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QColor, QDragEnterEvent, QDragLeaveEvent, QDropEvent
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from tokviz.gui.session import Session
from tokviz.gui.widgets.exact_clipboard import local_files
from tokviz.gui.widgets.mode_switch import Mode
from tokviz.resources import resource_path

Start = Callable[..., Session]
Copy, Move = Qt.DropAction.CopyAction, Qt.DropAction.MoveAction


def _files(*paths: Path | str) -> QMimeData:
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(path)) for path in paths])
    return data


def _drop(widget: QWidget, data: QMimeData, proposed: Qt.DropAction = Copy) -> Qt.DropAction:
    """Drop it there, as a source that proposes this action and allows both; what it is told."""
    at, left = QPoint(20, 20), Qt.MouseButton.LeftButton
    keys = Qt.KeyboardModifier.NoModifier
    enter = QDragEnterEvent(at, Copy | Move, data, left, keys)
    drop = QDropEvent(QPointF(at), Copy | Move, data, left, keys)
    for event in (enter, drop):
        event.setDropAction(proposed)
        event.setAccepted(False)
        QApplication.sendEvent(widget, event)
        assert event.isAccepted()
    return drop.dropAction()


def test_a_file_may_fall_on_any_panel(start: Start, qtbot: QtBot, tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_text("dropped")
    window = start().window
    for widget in (window.text_panel.view.viewport(), window.card, window.scrubber, window.status):
        window.document.new()
        with qtbot.waitSignal(window.document.opened):
            _drop(widget, _files(path))
        assert window.document.path == str(path)


@pytest.mark.parametrize("panel", ["text", "window", "training", "learning", "map"])
def test_a_source_that_moves_keeps_its_file(
    start: Start, qtbot: QtBot, tmp_path: Path, panel: str
) -> None:
    path = tmp_path / "a.txt"
    path.write_text("dropped")
    window = start().window
    widgets: dict[str, Callable[[], QWidget]] = {
        "text": window.text_panel.view.viewport,
        "window": lambda: window,
        "training": lambda: window.training,
        "learning": lambda: window.docks.panel("learning").settings,  # type: ignore[attr-defined]
        "map": lambda: window.docks.panel("map"),
    }
    assert _drop(widgets[panel](), _files(path), Move) == Copy
    qtbot.wait(100)
    assert path.read_text() == "dropped"


def test_a_source_that_moves_keeps_its_text(start: Start) -> None:
    session = start()
    session.window.document.new()
    data = QMimeData()
    data.setText("from a letter")
    assert _drop(session.window.text_panel.view.viewport(), data, Move) == Copy
    assert str(session.model.text) == "from a letter"


def test_a_file_whose_name_is_not_utf8_is_opened(
    start: Start, qtbot: QtBot, tmp_path: Path
) -> None:
    name = os.fsencode(tmp_path) + b"/caf\xe9 %41#?.txt"
    with open(name, "wb") as file:
        file.write(b"here")
    data = QMimeData()
    escaped = b"".join(b"%%%02X" % byte for byte in name).replace(b"%2F", b"/")
    data.setData("text/uri-list", b"file://" + escaped + b"\r\n")
    session = start()
    with qtbot.waitSignal(session.window.document.opened):
        _drop(session.window.text_panel.view.viewport(), data)
    assert str(session.model.text) == "here"
    assert session.window.document.path == os.fsdecode(name)


def test_the_text_is_framed_while_files_are_dragged_over_it(start: Start, tmp_path: Path) -> None:
    session = start()
    viewport = session.window.text_panel.view.viewport()
    left, keys = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    accent = session.theme.palette.accent

    def edge() -> QColor:
        return viewport.grab().toImage().pixelColor(viewport.width() - 1, viewport.height() - 1)

    before = edge()
    assert before != accent
    data = _files(tmp_path)
    QApplication.sendEvent(viewport, QDragEnterEvent(QPoint(9, 9), Copy, data, left, keys))
    assert edge() == accent
    QApplication.sendEvent(viewport, QDragLeaveEvent())
    assert edge() == before


def test_places_that_are_no_local_files_are_none() -> None:
    data = QMimeData()
    data.setData("text/uri-list", b"https://example.org/a.txt\r\nfile://localhost/tmp/b%20c\r\n")
    assert local_files(data) == ["/tmp/b c"]


def test_a_link_is_put_into_the_text(start: Start) -> None:
    session = start()
    session.window.document.new()
    data = QMimeData()
    data.setUrls([QUrl("https://example.org/a.txt")])
    data.setText("https://example.org/a.txt")
    data.setHtml('<a href="https://example.org/a.txt">a</a>')
    _drop(session.window.text_panel.view.viewport(), data)
    assert str(session.model.text) == "https://example.org/a.txt"


def test_a_text_a_tokenizer_and_a_table_are_told_apart(
    start: Start, qtbot: QtBot, tmp_path: Path
) -> None:
    text, table = tmp_path / "a.txt", tmp_path / "rows.npy"
    text.write_text("dropped")
    np.save(table, np.random.default_rng(0).standard_normal((50_257, 4)).astype(np.float32))
    session = start()
    window = session.window
    signals = [window.document.opened, window.table_opening().opened]
    with qtbot.waitSignals(signals, timeout=20_000):
        _drop(window, _files(table, text))
    assert window.modes.mode is Mode.MAP
    assert session.model.table is not None
    assert session.model.table.dim == 4
    assert str(session.model.text) == "dropped"
    assert window.notices.problem == ""
    with qtbot.waitSignal(window.tokenizers.opened):
        _drop(window, _files(resource_path("tokenizers/mistral-7b-v1.model")))
    assert session.model.tokenizer.name == "mistral-7b-v1.model"


def test_a_table_dropped_with_its_tokenizer_is_held_against_that(
    start: Start, qtbot: QtBot, tmp_path: Path
) -> None:
    table = tmp_path / "rows.npy"  # GPT-2 has more tokens than this has rows
    np.save(table, np.random.default_rng(0).standard_normal((32_000, 4)).astype(np.float32))
    session = start()
    window = session.window
    with qtbot.waitSignal(window.table_opening().opened, timeout=20_000):
        _drop(window, _files(table, resource_path("tokenizers/mistral-7b-v1.model")))
    assert session.model.tokenizer.name == "mistral-7b-v1.model"
    assert session.model.table is not None
    assert session.model.table.n_rows == 32_000
    assert window.notices.problem == ""
