"""The order of a foreign tokenizer's merges: checked beside the window, then shown or explained."""

import json
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtWidgets import QApplication, QLabel
from pytestqt.qtbot import QtBot

from tests.gui.replaying import open_replay, show_tab
from tests.tokenization.oracles import shipped
from tokviz.gui import order_checking
from tokviz.gui.panels.replay.merge_list_panel import MergeListPanel
from tokviz.gui.session import Session
from tokviz.gui.task import Task
from tokviz.gui.widgets.fitting_label import FittingLabel
from tokviz.tokenization.formats.huggingface_json import to_tokenizer_json
from tokviz.tokenization.replay.merge_order import OrderCheck

Start = Callable[..., Session]


@pytest.fixture
def ordered(tmp_path: Path) -> Path:
    path = tmp_path / "ordered.json"
    path.write_bytes(to_tokenizer_json(shipped("gpt2").truncated(3_000)))
    return path


@pytest.fixture
def unordered(tmp_path: Path) -> Path:
    """`abc` is made of `a` and `bc`, and `bc` only by a later merge."""
    found = json.loads(to_tokenizer_json(shipped("gpt2").truncated(0)))
    found["model"]["vocab"] |= {"abc": 300, "bc": 301}
    found["model"]["merges"] = [["a", "bc"], ["b", "c"]]
    path = tmp_path / "unordered.json"
    path.write_text(json.dumps(found), "utf-8")
    return path


@pytest.fixture
def go_on(monkeypatch: pytest.MonkeyPatch) -> threading.Event:
    """Checks wait for it."""
    event, check = threading.Event(), order_checking.check_order

    def check_late(*arguments: Any) -> Iterator[OrderCheck]:
        event.wait(10)
        yield from check(*arguments)

    monkeypatch.setattr(order_checking, "check_order", check_late)
    return event


def open_and_select(session: Session, qtbot: QtBot, path: Path, at: int) -> None:
    session.window.open_files([str(path)])
    qtbot.waitUntil(lambda: session.model.tokenizer.name == path.name, timeout=10_000)
    session.model.select_token(at)


def words(session: Session) -> str:
    labels = session.window.scrubber.findChildren(QLabel)
    return " ".join(label.text() for label in labels if label.isVisible())


def test_the_checked_tokenizer_takes_the_place_of_the_opened_one_and_all_stays(
    start: Start, qtbot: QtBot, ordered: Path, go_on: threading.Event
) -> None:
    session = start()
    model, scrubber = session.model, session.window.scrubber
    model.set_text("The tokenization of words.\n" * 250)
    open_and_select(session, qtbot, ordered, 40)
    model.set_context(77)
    view = session.window.text_panel.view
    view.verticalScrollBar().setValue(200)
    opened, ids = model.tokenizer, model.text.ids().tolist()
    before = model.selection, model.context, view.verticalScrollBar().value()
    assert opened.ordered is None
    said = "Whether a text can be shown with fewer merges is being checked."
    qtbot.waitUntil(lambda: words(session) == said)
    assert not scrubber.curve.isVisible()
    model.set_n_merges(10)
    assert model.n_merges is None
    go_on.set()
    qtbot.waitUntil(lambda: model.tokenizer.ordered is True, timeout=10_000)
    assert model.text.ids().tolist() == ids
    assert (model.selection, model.context, view.verticalScrollBar().value()) == before
    qtbot.waitUntil(lambda: "of 3,000 merges" in words(session))
    assert scrubber.curve.isVisible()
    model.set_n_merges(10)
    truncated = shipped("gpt2").truncated(10)
    assert model.text.n_tokens == len(truncated.encode(str(model.text)).ids)


def test_where_the_order_fails_a_sentence_says_so_in_scrubber_and_merge_list(
    start: Start, qtbot: QtBot, unordered: Path
) -> None:
    session = open_replay(start, qtbot, "abc abcbc")
    show_tab(qtbot, session, "All merges")
    open_and_select(session, qtbot, unordered, 1)
    qtbot.waitUntil(lambda: session.model.tokenizer.ordered is False, timeout=10_000)
    said = (
        "1 of the 2 merges of unordered.json need later ones to make their token, so no text has "
        "tokens after a number of merges; it is shown with all of them."
    )
    scrubber = session.window.scrubber
    for width in (1900, 1000):
        session.window.resize(width, 900)
        QApplication.processEvents()
        assert said.startswith(words(session).removesuffix("…"))
        assert said in [label.toolTip() for label in scrubber.findChildren(FittingLabel)]
    assert words(session).endswith("…")  # so much room there is not
    session.window.resize(1300, 900)
    assert not scrubber.curve.isVisible()
    panel = session.window.replay.findChild(MergeListPanel)
    assert isinstance(panel, MergeListPanel)
    assert panel.message.text().endswith(said)
    session.window.chooser.choose("gpt2")
    qtbot.waitUntil(lambda: session.model.tokenizer.name == "gpt2", timeout=10_000)
    assert "of 50,000 merges" in words(session)


def test_a_cancelled_check_is_told_and_opening_again_checks_again(
    start: Start, qtbot: QtBot, ordered: Path, go_on: threading.Event
) -> None:
    session = start()
    model = session.model
    started: list[Task] = []
    model.task_started.connect(started.append)
    open_and_select(session, qtbot, ordered, 0)
    next(task for task in started if task.title.startswith("Checking the order")).cancel()
    assert model.tokenizer.ordered is None
    qtbot.waitUntil(lambda: "was not checked to the end" in words(session))
    go_on.set()
    session.window.tokenizers.open(str(ordered))
    qtbot.waitUntil(lambda: model.tokenizer.ordered is True, timeout=10_000)


def test_the_next_start_checks_and_knows_the_result_already(
    start: Start, qtbot: QtBot, ordered: Path, home: Path
) -> None:
    session = start()
    open_and_select(session, qtbot, ordered, 0)
    qtbot.waitUntil(lambda: session.model.tokenizer.ordered is True, timeout=10_000)
    assert len(list((home / "cache" / "tokviz" / "orders").iterdir())) == 1
    again = start()  # with GPT-2 until the file is read
    qtbot.waitUntil(lambda: again.model.tokenizer.name == "ordered.json", timeout=10_000)
    qtbot.waitUntil(lambda: again.model.tokenizer.ordered is True, timeout=10_000)
