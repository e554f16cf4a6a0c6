"""Tokenizers from files: opened by menu, drop and start, remembered, refused with a sentence."""

import base64
import json
import threading
from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import QMimeData, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QApplication, QDialogButtonBox, QFileDialog
from pytestqt.qtbot import QtBot

from tests.tokenization.formats.hostile_files import RANKS, hostile_files
from tests.tokenization.formats.test_gguf import SMALL, gguf
from tests.tokenization.oracles import shipped
from tokviz.gui.files import tokenizer_opening
from tokviz.gui.session import Session
from tokviz.gui.widgets.choice_dialog import ChoiceDialog
from tokviz.tokenization.formats.huggingface_json import to_tokenizer_json
from tokviz.tokenization.pre_tokenization.known_patterns import LLAMA3
from tokviz.tokenization.pre_tokenization.split_pattern import SplitPattern
from tokviz.tokenization.tokenizer import Tokenizer

Start = Callable[..., Session]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    path = tmp_path / "my-model"
    path.mkdir()
    (path / "tokenizer.json").write_bytes(to_tokenizer_json(shipped("gpt2").truncated(300)))
    (path / "config.json").write_bytes(b'{"max_position_embeddings": 77}')
    return path


def drop(session: Session, *paths: Path) -> None:
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(path)) for path in paths])
    view = session.window.text_panel.view.viewport()
    at, copy = view.rect().center(), Qt.DropAction.CopyAction
    left, none = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    for event in (
        QDragEnterEvent(at, copy, data, left, none),
        QDropEvent(QPointF(at), copy, data, left, none),
    ):
        QApplication.sendEvent(view, event)


def wait_for(session: Session, qtbot: QtBot, name: str) -> None:
    qtbot.waitUntil(lambda: session.model.tokenizer.name == name, timeout=10_000)


def test_the_keys_open_a_file_and_the_next_start_goes_on_with_it(
    start: Start, qtbot: QtBot, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    session = start()
    file = folder / "tokenizer.json"
    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *_: (str(file), ""))
    session.window.activateWindow()
    keys = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier
    qtbot.keyClick(session.window.text_panel.view, Qt.Key.Key_O, keys)
    wait_for(session, qtbot, "my-model/tokenizer.json")
    assert session.model.context == 77
    assert len(session.model.tokenizer.merges) == 300
    again = start()
    wait_for(again, qtbot, "my-model/tokenizer.json")
    listed = [action.text() for action in again.window.chooser.menu.actions()]
    assert str(file) in listed
    file.unlink()
    last = start()
    assert last.model.tokenizer.name == "gpt2"
    assert last.window.notices.problem == f"The tokenizer file {file} is gone; GPT-2 is used."


def test_a_dropped_folder_is_a_tokenizer_and_a_text_beside_it_a_text(
    start: Start, qtbot: QtBot, folder: Path, tmp_path: Path
) -> None:
    session = start()
    (tmp_path / "a.txt").write_text("a text", "utf-8")
    (tmp_path / "b.txt").write_text("another", "utf-8")
    drop(session, tmp_path / "a.txt", folder, tmp_path / "b.txt")
    wait_for(session, qtbot, "my-model")
    qtbot.waitUntil(lambda: str(session.model.text) == "a text")
    told = session.window.notices.problem
    assert told == (
        f"Of 3 files only {folder} and {tmp_path / 'a.txt'} are opened; drop one at a time."
    )


def test_a_file_is_picked_again_from_the_chooser(start: Start, qtbot: QtBot, folder: Path) -> None:
    session = start()
    session.window.open_files([str(folder)])
    wait_for(session, qtbot, "my-model")
    session.window.chooser.choose("bytes")
    wait_for(session, qtbot, "bytes")
    action = next(a for a in session.window.chooser.menu.actions() if a.text() == str(folder))
    action.trigger()
    wait_for(session, qtbot, "my-model")
    assert session.settings.tokenizer == str(folder)


def test_a_file_that_stayed_as_it_was_is_not_read_again(
    start: Start, qtbot: QtBot, folder: Path
) -> None:
    session = start()
    file, name = folder / "tokenizer.json", "my-model/tokenizer.json"
    session.window.open_files([str(file)])
    wait_for(session, qtbot, name)
    vocab = session.model.tokenizer.vocab
    session.window.chooser.choose("bytes")
    wait_for(session, qtbot, "bytes")
    session.window.tokenizers.open(str(file))
    assert session.model.tokenizer.vocab is vocab  # at once
    assert session.model.context == 77
    file.write_bytes(to_tokenizer_json(shipped("gpt2").truncated(200)))
    session.window.tokenizers.open(str(file))
    qtbot.waitUntil(lambda: len(session.model.tokenizer.merges) == 200, timeout=10_000)


def test_a_rank_file_asks_for_its_split_pattern(
    start: Start, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "mine.tiktoken"
    path.write_bytes(b"".join(RANKS) + base64.b64encode(b"ab") + b" 256\n")

    def answer(dialog: ChoiceDialog) -> int:
        rows = [dialog.list.topLevelItem(i) for i in range(dialog.list.topLevelItemCount())]
        names = [row.text(0) for row in rows if row is not None]
        assert "I|'|LL" not in names
        dialog.list.setCurrentItem(rows[names.index("o200k")])
        box = dialog.findChild(QDialogButtonBox)
        assert box is not None
        dialog.show()
        qtbot.mouseClick(
            box.button(QDialogButtonBox.StandardButton.Open), Qt.MouseButton.LeftButton
        )
        return dialog.result()

    monkeypatch.setattr(ChoiceDialog, "exec", lambda dialog: answer(dialog))
    session = start()
    session.window.open_files([str(path)])
    wait_for(session, qtbot, "mine.tiktoken")
    assert session.model.tokenizer.split is not None
    assert session.model.tokenizer.split.name == "o200k"
    again = start()
    wait_for(again, qtbot, "mine.tiktoken")
    assert again.model.tokenizer.split is not None
    assert again.model.tokenizer.split.name == "o200k"


def test_bad_files_change_nothing_and_say_one_sentence(
    start: Start, qtbot: QtBot, tmp_path: Path
) -> None:
    session = start()
    before, text = session.model.tokenizer, str(session.model.text)
    for i, (content, said) in enumerate(hostile_files().values()):
        path = tmp_path / f"{i}.json"
        path.write_bytes(content)
        with qtbot.waitSignal(session.window.tokenizers.problem, timeout=10_000) as told:
            session.window.tokenizers.open(str(path))
        assert said in told.args[0]
        assert str(path) in told.args[0]
        assert session.window.notices.problem == told.args[0]
    assert session.model.tokenizer is before
    assert str(session.model.text) == text
    assert session.settings.tokenizer == "gpt2"
    assert session.settings.recent_tokenizers == []


def test_a_file_that_cannot_be_read_is_told(start: Start, qtbot: QtBot, tmp_path: Path) -> None:
    session = start()
    with qtbot.waitSignal(session.window.tokenizers.problem) as told:
        session.window.tokenizers.open(str(tmp_path / "gone"))
    assert "cannot be read: no such file or directory" in told.args[0]


def test_a_pattern_that_never_ends_is_found_out_by_the_task(
    start: Start, qtbot: QtBot, tmp_path: Path
) -> None:
    session = start()
    session.model.set_text("a" * 60)
    before = session.model.tokenizer
    path = tmp_path / "endless.json"
    split = {"type": "Split", "pattern": {"Regex": "(a+)+b"}, "behavior": "Removed"}
    model = {"type": "BPE", "vocab": {"a": 0, "b": 1}, "merges": []}
    found = {"added_tokens": [], "pre_tokenizer": {**split, "invert": False}, "model": model}
    path.write_text(json.dumps(found), "utf-8")
    with qtbot.waitSignal(session.window.tokenizers.problem, timeout=20_000) as told:
        session.window.tokenizers.open(str(path))
    assert str(path) in told.args[0]
    assert "cannot encode the open text" in told.args[0]
    assert session.model.tokenizer is before


def test_who_chooses_a_tokenizer_before_that_of_the_last_start_is_read_keeps_it(
    start: Start, qtbot: QtBot, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    chosen, read = threading.Event(), tokenizer_opening.open_named

    def read_late(path: str, pattern: SplitPattern | None) -> Tokenizer:
        chosen.wait(10)
        return read(path, pattern)

    monkeypatch.setattr(tokenizer_opening, "open_named", read_late)
    start().settings.tokenizer = str(folder)
    session = start()
    assert session.window.tokenizers.is_reading
    session.window.chooser.choose("gpt2")
    qtbot.waitUntil(lambda: session.settings.tokenizer == "gpt2")
    chosen.set()
    qtbot.waitUntil(lambda: not session.window.tokenizers.is_reading)
    assert session.model.tokenizer.name == "gpt2"


def test_a_rank_file_of_the_last_start_is_read_without_a_question(
    start: Start, qtbot: QtBot, tmp_path: Path
) -> None:
    path = tmp_path / "mine.tiktoken"
    path.write_bytes(b"".join(RANKS) + base64.b64encode(b"ab") + b" 256\n")
    session = start(str(path))
    wait_for(session, qtbot, "mine.tiktoken")
    assert session.model.tokenizer.split is not None
    assert session.model.tokenizer.split.name == "gpt2"
    assert "so GPT-2's is used" in session.window.notices.problem


def test_a_gguf_file_with_a_newer_pattern_asks_for_it_and_names_it(
    start: Start, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []

    def choose(_parent: object, _title: str, text: str, _columns: object, rows: object) -> int:
        assert isinstance(rows, list)
        asked.append(text)
        return [name for name, _ in rows].index("llama3")

    monkeypatch.setattr(tokenizer_opening, "ask_for_choice", choose)
    path = tmp_path / "newer.gguf"
    path.write_bytes(gguf({**SMALL, "tokenizer.ggml.pre": "newer"}))
    session = start()
    session.window.tokenizers.open(str(path))
    wait_for(session, qtbot, "newer.gguf")
    assert session.model.tokenizer.split is LLAMA3
    assert asked == [
        "newer.gguf names the split pattern 'newer', which is not known here, and a wrong pattern "
        "gives wrong tokens. Choose that of its model:"
    ]
    again = start()
    wait_for(again, qtbot, "newer.gguf")
    assert again.model.tokenizer.split is LLAMA3


def test_a_file_of_the_last_start_that_is_no_tokenizer_leaves_gpt2(
    start: Start, qtbot: QtBot, tmp_path: Path
) -> None:
    path = tmp_path / "a.json"
    path.write_text("{}")
    session = start(str(path))
    qtbot.waitUntil(lambda: str(path) in session.window.notices.problem)
    assert session.model.tokenizer.name == "gpt2"
