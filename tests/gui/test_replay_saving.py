"""The replay saved as tables and pictures."""

import csv
import json
from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QFileDialog
from pytestqt.qtbot import QtBot

from tests.gui.replaying import TOKENIZATION, Start, open_tokenization, panel_of, scope
from tokviz.gui.panels.replay.merge_history_panel import MergeHistoryPanel
from tokviz.gui.session import Session

Key = Qt.Key
Ask = Callable[[str], None]


@pytest.fixture
def session(start: Start, qtbot: QtBot) -> Session:
    return open_tokenization(start, qtbot)


@pytest.fixture
def answer(monkeypatch: pytest.MonkeyPatch) -> Ask:
    """Lets the file dialog answer with a path."""

    def answer(path: str) -> None:
        monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (path, ""))

    return answer


def save(panel: MergeHistoryPanel, words: str) -> None:
    menu = panel.export.menu()
    assert menu is not None
    next(action for action in menu.actions() if action.text() == f"{words} …").trigger()


def test_the_steps_are_saved_as_a_table(
    session: Session, qtbot: QtBot, tmp_path: Path, answer: Ask
) -> None:
    panel = panel_of(session)
    answer(str(tmp_path / "steps"))  # the suffix is added
    save(panel, "Steps as CSV")
    qtbot.waitUntil((tmp_path / "steps.csv").exists)
    with open(tmp_path / "steps.csv", encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [int(row["rank"]) for row in rows] == [0, 5, 9, 12, 28, 39, 85, 272, 1378, 3208, 10985]
    assert rows[5] == {
        "step": "6",
        "pre_token": "0",
        "rank": "39",
        "left": "72",
        "right": "261",
        "id": "295",
        "left_bytes": "69",
        "right_bytes": "6f6e",
        "byte": "10",
    }
    answer(str(tmp_path / "steps.json"))
    save(panel, "Steps as JSON")
    qtbot.waitUntil((tmp_path / "steps.json").exists)
    objects = json.loads((tmp_path / "steps.json").read_text(encoding="utf-8"))
    assert [{name: str(value) for name, value in row.items()} for row in objects] == rows


def test_the_steps_of_a_whole_text_are_saved_in_its_order(
    session: Session, qtbot: QtBot, tmp_path: Path, answer: Ask
) -> None:
    panel = panel_of(session)
    scope(panel, "Whole text")
    QTest.keyClick(panel.order, "b")
    path = tmp_path / "all.json"
    answer(str(path))
    save(panel, "Steps as JSON")
    qtbot.waitUntil(path.exists)
    rows = json.loads(path.read_text(encoding="utf-8"))
    assert len(rows) == panel.controls.n_steps
    assert [row["rank"] for row in rows] == sorted(row["rank"] for row in rows)
    data = TOKENIZATION.encode()
    for row in rows:
        made = bytes.fromhex(row["left_bytes"] + row["right_bytes"])
        assert data[row["byte"] : row["byte"] + len(made)] == made


def test_tree_and_panel_are_saved_as_pictures(
    session: Session, tmp_path: Path, answer: Ask
) -> None:
    panel = panel_of(session)
    for words, name in (("Tree as PNG", "tree.png"), ("Panel as PNG", "panel.png")):
        answer(str(tmp_path / name))
        save(panel, words)
        image = QImage(str(tmp_path / name))
        assert image.width() > 300
        colors = {
            image.pixel(x, y)
            for x in range(0, image.width(), 2)
            for y in range(0, image.height(), 2)
        }
        assert len(colors) > 10
    for words, name in (("Tree as SVG", "tree.svg"), ("Panel as SVG", "panel.svg")):
        answer(str(tmp_path / name))
        save(panel, words)
        content = (tmp_path / name).read_text(encoding="utf-8")
        assert content.startswith("<?xml")
        assert "10,985" in content


def test_nothing_is_saved_where_one_cancels(session: Session, tmp_path: Path, answer: Ask) -> None:
    answer("")
    for words in ("Steps as CSV", "Tree as SVG"):
        save(panel_of(session), words)
    assert not list(tmp_path.glob("*.csv"))
    assert not list(tmp_path.glob("*.svg"))


@pytest.mark.parametrize("words", ["Steps as CSV", "Steps as JSON", "Tree as PNG", "Panel as SVG"])
def test_a_file_that_cannot_be_written_is_told_in_one_sentence(
    session: Session, qtbot: QtBot, tmp_path: Path, answer: Ask, words: str
) -> None:
    notices = session.window.notices
    told: list[str] = []
    session.window.replay.history.problem.connect(told.append)
    answer(str(tmp_path / "no" / "folder.x"))
    save(panel_of(session), words)
    qtbot.waitUntil(lambda: bool(told))
    assert "folder.x cannot be written: its folder is not there; make it again" in told[0]
    assert notices.isVisible()
