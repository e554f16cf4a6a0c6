"""Trained tokenizers: kept between starts, renamed, removed, and saved in four formats."""

import errno
from pathlib import Path

import pytest
from PySide6.QtWidgets import QFileDialog, QInputDialog, QMessageBox
from pytestqt.qtbot import QtBot

from tests.gui.conftest import Questions
from tests.gui.replaying import Start
from tests.gui.training import TEXT, open_training, train
from tokviz.gui.files.kept_tokenizers import TokenizerNameError, checked_name, kept_names
from tokviz.gui.session import Session
from tokviz.tokenization.formats.any_file import open_tokenizer


@pytest.fixture
def session(start: Start, qtbot: QtBot) -> Session:
    session = open_training(start, qtbot)
    train(qtbot, session.window.training, 275)
    qtbot.waitUntil(lambda: kept_names() == ["trained-275"], timeout=5000)
    return session


def _listed(session: Session) -> list[str]:
    return [action.text() for action in session.window.chooser.menu.actions()]


def test_a_trained_tokenizer_is_there_at_the_next_start(
    session: Session, start: Start, qtbot: QtBot
) -> None:
    ids = session.model.text.ids().tolist()
    session = start()
    assert session.model.tokenizer.name == "trained-275"
    assert session.model.text.ids().tolist() == ids
    session.window.chooser.choose("gpt2")
    qtbot.waitUntil(lambda: session.model.tokenizer.name == "gpt2", timeout=5000)
    session = start()
    assert session.model.tokenizer.name == "gpt2"
    assert "trained-275" in _listed(session)
    session.window.chooser.choose("trained-275")
    qtbot.waitUntil(lambda: session.model.tokenizer.name == "trained-275", timeout=5000)
    assert session.model.text.ids().tolist() == ids


def test_a_tokenizer_is_renamed_and_removed_by_the_menu(
    session: Session,
    start: Start,
    qtbot: QtBot,
    monkeypatch: pytest.MonkeyPatch,
    questions: Questions,
) -> None:
    actions = session.window.training.actions_button
    name = "für / alle.json"
    monkeypatch.setattr(QInputDialog, "getText", lambda *_a, **_k: (name, True))
    actions.rename_action.trigger()
    assert kept_names() == [name]
    assert session.model.tokenizer.name == name
    assert session.model.training is not None
    assert name in _listed(session)
    assert "trained-275" not in _listed(session)
    session = start()
    assert session.model.tokenizer.name == name
    actions = session.window.training.actions_button
    questions.answers = [QMessageBox.StandardButton.Cancel, QMessageBox.StandardButton.Ok]
    actions.remove_action.trigger()
    assert kept_names() == [name]
    actions.remove_action.trigger()
    assert kept_names() == []
    session.window.chooser.choose("gpt2")
    qtbot.waitUntil(lambda: session.model.tokenizer.name == "gpt2", timeout=5000)
    assert name not in _listed(session)
    actions.update_actions()
    assert not actions.rename_action.isEnabled()


def test_a_cancelled_run_is_named_by_what_it_learned(session: Session, qtbot: QtBot) -> None:
    panel = session.window.training
    session.model.set_text(" ".join(str(number) for number in range(60_000)))
    panel.settings.number.setValue(60_000)
    panel.settings.min_count.setValue(1)
    panel.train_button.click()
    qtbot.waitUntil(lambda: session.model.tokenizer.name == "trained-60000", timeout=20_000)
    panel.cancel_button.click()
    qtbot.waitUntil(panel.train_button.isEnabled, timeout=20_000)
    assert panel.words.text().endswith(" tokens: stopped there.")
    name = f"trained-{session.model.tokenizer.n_vocab}"
    assert session.model.tokenizer.name == name != "trained-60000"
    qtbot.waitUntil(lambda: name in kept_names(), timeout=5000)
    assert "trained-60000" not in _listed(session)


@pytest.mark.parametrize("name", ["", "  ", "gpt2", "x" * 61, "字" * 40])
def test_names_that_cannot_be_are_refused(name: str) -> None:
    with pytest.raises(TokenizerNameError):
        checked_name(name)


@pytest.mark.parametrize(
    ("place", "typed", "files"),
    [
        (0, "my.json", ["my.json"]),
        (1, "my.json", ["my-merges.txt", "my-vocab.json"]),
        (2, "my", ["my.tiktoken", "my.tiktoken.json"]),
        (3, "my.model", ["my.model"]),
    ],
)
def test_a_saved_file_is_checked_and_opens_with_equal_ids(
    session: Session,
    qtbot: QtBot,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    place: int,
    typed: str,
    files: list[str],
) -> None:
    panel, folder = session.window.training, tmp_path / "saved"
    folder.mkdir()
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_a, **_k: (str(folder / typed), ""))
    panel.actions_button.menu().actions()[place].trigger()
    qtbot.waitUntil(lambda: "ids identical" in panel.words.text(), timeout=5000)
    ids = session.model.text.ids().tolist()
    assert f"{len(ids):,} ids identical." in panel.words.text()
    assert sorted(file.name for file in folder.iterdir()) == files
    reopened = open_tokenizer(folder / files[-1 if place == 1 else 0])
    assert reopened.encode(TEXT).ids.tolist() == ids


def test_what_a_format_cannot_hold_is_one_sentence_and_no_file(
    session: Session, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    panel, path = session.window.training, tmp_path / "my.tiktoken"
    panel.settings.alphabet.setCurrentText("the text's characters")
    train(qtbot, panel, 40)
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_a, **_k: (str(path), ""))
    told: list[object] = []
    panel.problem.connect(told.append)
    panel.actions_button.menu().actions()[2].trigger()
    qtbot.waitUntil(lambda: bool(told), timeout=5000)
    assert told == [
        "trained-40 has no token for each byte, which tiktoken needs; save it as a tokenizer.json."
    ]
    assert not path.exists()


def test_a_full_disk_leaves_both_old_files_whole(
    session: Session, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    panel, folder = session.window.training, tmp_path / "saved"
    folder.mkdir()
    for name in ("vocab.json", "merges.txt"):
        (folder / name).write_text(f"old {name}")
    synced: list[int] = []

    def full(_descriptor: int) -> None:
        synced.append(1)
        if len(synced) == 2:
            raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr("tokviz.text_files.os.fsync", full)
    path = str(folder / "vocab.json")
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_a, **_k: (path, ""))
    told: list[object] = []
    panel.problem.connect(told.append)
    panel.actions_button.menu().actions()[1].trigger()
    qtbot.waitUntil(lambda: bool(told), timeout=5000)
    assert told == [
        f"{path} cannot be written: the disk is full; make room or choose another place."
    ]
    found = {file.name: file.read_text() for file in folder.iterdir()}
    assert found == {"vocab.json": "old vocab.json", "merges.txt": "old merges.txt"}
