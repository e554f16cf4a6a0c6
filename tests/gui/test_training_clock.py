"""The training replay in the merge history: two clocks, one set of controls."""

import pytest
from PySide6.QtCore import QEvent, QPoint, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QApplication, QSpinBox, QToolButton
from pytestqt.qtbot import QtBot

from tests.gui.replaying import Left, Start, click_row, open_replay, settle
from tokviz.catalog import load_tokenizer
from tokviz.gui.panels.replay import training_steps
from tokviz.gui.panels.replay.merge_history_panel import MergeHistoryPanel
from tokviz.gui.session import Session
from tokviz.gui.widgets.mode_switch import Mode
from tokviz.gui.widgets.replay.clock_switch import Clock
from tokviz.tokenization.pre_tokenization.known_patterns import GPT2
from tokviz.tokenization.training.pair_ranking import TieRule
from tokviz.tokenization.training.pre_token_counts import count_pre_tokens
from tokviz.tokenization.training.trained_tokenizer import trained_tokenizer
from tokviz.tokenization.training.trainer import Training, learn_merges
from tokviz.tokenization.training.training_corpus import lay_out
from tokviz.tokenization.training.training_replay import TrainingReplay
from tokviz.tokenization.training.word_counts import (
    CLASSIC_EXAMPLE,
    parse_words,
    word_count_tokenizer,
    word_count_training,
)

Key = Qt.Key
TEXT = "low lower newest widest, the lowest and the newest of them all. " * 20


def train(session: Session, text: str = TEXT, n_merges: int = 25) -> Training:
    """Give the window a tokenizer trained on its text."""
    *_, last = count_pre_tokens([text], GPT2)
    assert last.counts is not None
    training = Training(lay_out(last.counts))
    for _ in learn_merges(training, n_merges):
        pass
    session.model.set_text(text)
    session.model.set_tokenizer(trained_tokenizer(training, GPT2))
    session.model.set_training(training)
    return training


def train_classic_example(session: Session) -> Training:
    words = parse_words(list(CLASSIC_EXAMPLE.items()), "the example")
    training = word_count_training(words)
    for _ in learn_merges(training, 10):
        pass
    tokenizer = word_count_tokenizer(training)
    assert tokenizer is not None
    session.model.set_tokenizer(tokenizer)
    session.model.set_training(training)
    return training


def switch(qtbot: QtBot, panel: MergeHistoryPanel, clock: Clock) -> None:
    """Click the clock's button."""
    for button in panel.clock.findChildren(QToolButton):
        if button.accessibleName() == clock.title:
            qtbot.mouseClick(button, Left)
    assert panel.clock.clock is clock


def press(qtbot: QtBot, panel: MergeHistoryPanel, *keys: Qt.Key) -> None:
    target = panel.view.training.row
    target.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
    target.setFocus()
    for which in keys:
        qtbot.keyClick(target, which)
    QApplication.processEvents()


def cells(panel: MergeHistoryPanel) -> list[list[str]]:
    rows = panel.view.training.rivals.source
    return [[rows.cell(row, c) for c in range(3)] for row in range(rows.n_rows())]


@pytest.fixture
def session(start: Start, qtbot: QtBot) -> Session:
    return open_replay(start, qtbot, TEXT)


@pytest.fixture
def panel(session: Session) -> MergeHistoryPanel:
    return session.window.replay.history


def test_the_clocks_take_turns_and_each_keeps_its_step(
    session: Session, panel: MergeHistoryPanel, qtbot: QtBot
) -> None:
    train(session)
    settle(qtbot, session)
    panel.controls._go_to(1)
    encoding = panel.sentence.text(), panel.controls.n_steps
    switch(qtbot, panel, Clock.TRAINING)
    assert panel.clock.text().startswith("Training replay")
    assert panel.controls.n_steps == 25
    assert not panel.strip.isVisible()
    assert not panel.scope.isVisible()
    press(qtbot, panel, Key.Key_Home, Key.Key_Right, Key.Key_Right)
    assert panel.sentence.text().startswith("Step 2 of 25 · rank 1 · ")
    switch(qtbot, panel, Clock.ENCODING)
    assert panel.clock.text().startswith("Encoding replay")
    assert (panel.sentence.text(), panel.controls.n_steps) == encoding
    assert panel.strip.isVisible()
    switch(qtbot, panel, Clock.TRAINING)
    assert panel.sentence.text().startswith("Step 2 of 25 · rank 1 · ")


def test_the_classic_example_is_replayed_with_each_steps_counts(
    session: Session, panel: MergeHistoryPanel, qtbot: QtBot
) -> None:
    train_classic_example(session)
    switch(qtbot, panel, Clock.TRAINING)
    press(qtbot, panel, Key.Key_Home)
    assert panel.sentence.text() == (
        "Before the first merge: the corpus has 95 tokens, and the most frequent pair is e + s "
        "with 9"
    )
    assert [row[1] for row in cells(panel)] == [""] * len(cells(panel))
    press(qtbot, panel, Key.Key_Right)
    assert panel.sentence.text() == (
        "Step 1 of 10 · rank 0 · e + s → es · count 9 · 9 replaced in 2 distinct pre-tokens · "
        "corpus 95 → 86 tokens"
    )
    assert panel.view.training.ties.text() == (
        "A tie: s + t, t + </w> had 9, too. The pair that occurs first in the corpus is taken: "
        "e + s."
    )
    assert cells(panel)[:4] == [
        ["9", "−9", "e + s"],
        ["= 9", "−9", "s + t"],
        ["= 9", "", "t + </w>"],
        ["8", "−6", "w + e"],
    ]
    examples = panel.view.training.examples.source
    assert [[examples.cell(row, c) for c in range(3)] for row in range(2)] == [
        ["6", "n e w e s t </w>", "n e w es t </w>"],
        ["3", "w i d e s t </w>", "w i d es t </w>"],
    ]
    counts = []
    for _ in range(10):
        counts.append(panel.sentence.text().split("count ")[1].split(" ")[0])
        press(qtbot, panel, Key.Key_Right)
    assert counts == ["9", "9", "9", "7", "7", "6", "6", "6", "5", "3"]


def test_a_click_on_an_example_shows_the_merge_in_it(
    session: Session, panel: MergeHistoryPanel, qtbot: QtBot
) -> None:
    train_classic_example(session)
    switch(qtbot, panel, Clock.TRAINING)
    press(qtbot, panel, Key.Key_Home, Key.Key_Right)
    row = panel.view.training.row
    click_row(qtbot, panel.view.training.examples, 1)
    assert [token.label for token in row._before] == ["w", "i", "d", "e", "s", "t", "</w>"]
    assert [token.label for token in row._after or ()] == ["w", "i", "d", "es", "t", "</w>"]
    assert row._pair == 3
    _, rect = row.shown_after()[3]
    qtbot.mouseClick(row, Left, pos=rect.center().toPoint())
    assert session.model.selection.ids == (session.model.training.merges[0].id,)  # type: ignore[union-attr]


def test_a_click_on_a_rival_selects_its_tokens(
    session: Session, panel: MergeHistoryPanel, qtbot: QtBot
) -> None:
    train(session)
    switch(qtbot, panel, Clock.TRAINING)
    press(qtbot, panel, Key.Key_Home, Key.Key_Right)
    rivals = panel.view.training.rivals
    click_row(qtbot, rivals, 1)
    pair = rivals.source.pairs[1]  # type: ignore[attr-defined]
    assert session.model.selection.ids == tuple(sorted({pair.left, pair.right}))


def test_a_long_corpus_is_counted_beside_the_window_and_never_shown_wrong(
    session: Session, panel: MergeHistoryPanel, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(training_steps, "_AT_ONCE", 0)
    training = train(session)
    replay = TrainingReplay(training)
    seen = set()

    def check() -> None:
        words = panel.sentence.text()
        if not words.startswith("Step "):
            return
        number = int(words.split(" ")[1])
        step = replay.step(number - 1)
        assert f"count {step.merge.count:,} · {step.merge.replacements:,} replaced" in words
        assert int(cells(panel)[1][0].lstrip("= ")) == step.runners_up[0].count
        assert len(cells(panel)) == len(step.runners_up) + 1
        seen.add(number)

    panel.view.training.rivals.model().modelReset.connect(check)
    switch(qtbot, panel, Clock.TRAINING)
    qtbot.waitUntil(lambda: panel.sentence.text().startswith("Step 25 of 25"))
    panel.controls.speed = 16
    press(qtbot, panel, Key.Key_Space)
    qtbot.waitUntil(lambda: panel.controls.step == 25 and not panel.controls.is_playing)
    qtbot.waitUntil(lambda: panel.sentence.text().startswith("Step 25 of 25"))
    assert len(seen) > 3
    panel.controls._go_to(4)
    qtbot.waitUntil(lambda: panel.sentence.text().startswith("Step 4 of 25"))


def test_a_picked_merge_and_a_typed_rank_are_gone_to(
    session: Session, panel: MergeHistoryPanel, qtbot: QtBot
) -> None:
    train(session)
    switch(qtbot, panel, Clock.TRAINING)
    session.model.mark(7)
    assert panel.sentence.text().startswith("Step 8 of 25 · rank 7 · ")
    panel.rank.setFocus()
    qtbot.keyClicks(panel.rank, "12")
    qtbot.keyClick(panel.rank, Key.Key_Return)
    assert panel.sentence.text().startswith("Step 13 of 25 · rank 12 · ")
    for wrong in ("25", "-1", "x", "9" * 20):
        panel.rank.setText(wrong)
        qtbot.keyClick(panel.rank, Key.Key_Return)
        assert panel.sentence.text() == f"{wrong!r} is no rank: the ranks run from 0 to 24."
    assert panel.controls.step == 13


@pytest.mark.parametrize(
    ("tokenizer", "sentence"),
    [
        ("gpt2", "GPT-2's counts were never published"),
        ("bytes", "has no merges, so none was ever learned."),
    ],
)
def test_what_was_not_trained_here_says_so_and_offers_to_train(
    session: Session, panel: MergeHistoryPanel, qtbot: QtBot, tokenizer: str, sentence: str
) -> None:
    session.model.set_tokenizer(load_tokenizer(tokenizer))
    switch(qtbot, panel, Clock.TRAINING)
    assert sentence in panel.sentence.text()
    assert panel.controls.n_steps == 0
    qtbot.keyClick(panel.rank, Key.Key_Return)
    assert panel.sentence.text() == "There is no rank '': there are no merges."
    switch(qtbot, panel, Clock.ENCODING)
    switch(qtbot, panel, Clock.TRAINING)
    qtbot.mouseClick(panel.view.remedy, Left)
    assert session.window.modes.mode is Mode.TRAIN
    qtbot.waitUntil(session.window.training.isVisible)


def test_a_finished_training_takes_the_place_of_the_sentence(
    session: Session, panel: MergeHistoryPanel, qtbot: QtBot
) -> None:
    switch(qtbot, panel, Clock.TRAINING)
    assert panel.view.remedy.isVisible()
    training = train(session)
    assert panel.sentence.text().startswith("Step 25 of 25")
    assert not panel.view.remedy.isVisible()
    session.model.set_training(None)
    assert panel.sentence.text().startswith("The text that trained learned from is not at hand")
    assert panel.view.training.rivals.n_rows == 0
    session.model.set_training(training)
    assert panel.sentence.text().startswith("Step 25 of 25")


def test_both_rules_for_ties_are_told(
    session: Session, panel: MergeHistoryPanel, qtbot: QtBot
) -> None:
    words = parse_words([("b a", 1), ("a b", 1)], "two words")
    switch(qtbot, panel, Clock.TRAINING)
    for rule, said in ((TieRule.LOWEST, "The lowest pair"), (TieRule.FIRST, "The pair that")):
        training = word_count_training(words, rule)
        training.learn()
        session.model.set_training(training)
        assert said in panel.view.training.ties.text()


@pytest.mark.parametrize("clock", list(Clock))
def test_playing_in_a_loop_begins_again_by_itself(
    session: Session, panel: MergeHistoryPanel, qtbot: QtBot, clock: Clock
) -> None:
    train(session)
    settle(qtbot, session)
    switch(qtbot, panel, clock)
    buttons = {b.objectName(): b for b in panel.controls.findChildren(QToolButton)}
    steps: list[int] = []
    panel.controls.step_changed.connect(steps.append)
    panel.controls.speed = 16
    qtbot.mouseClick(buttons["loop"], Left)
    qtbot.mouseClick(buttons["play"], Left)
    qtbot.waitUntil(lambda: steps.count(0) >= 2, timeout=20_000)
    assert panel.controls.is_playing
    assert steps.count(panel.controls.n_steps) >= 1
    qtbot.mouseClick(buttons["loop"], Left)
    qtbot.waitUntil(lambda: not panel.controls.is_playing, timeout=20_000)
    assert panel.controls.step == panel.controls.n_steps


def test_boxes_with_the_focus_keep_their_keys(
    session: Session, panel: MergeHistoryPanel, qtbot: QtBot
) -> None:
    train(session)
    settle(qtbot, session)
    step = panel.controls.step
    panel.scope.setFocus()
    qtbot.keyClick(panel.scope, Key.Key_End)
    assert panel.scope.currentText() == "Whole text"
    qtbot.keyClick(panel.scope, Key.Key_Home)
    assert panel.scope.currentText() == "This pre-token"
    # A list that opens would warn without a screen: ask as Qt does whose key it is.
    asked = QKeyEvent(
        QEvent.Type.ShortcutOverride, Key.Key_Space, Qt.KeyboardModifier.NoModifier, " "
    )
    asked.ignore()
    QApplication.sendEvent(panel.scope, asked)
    assert asked.isAccepted()
    box = panel.controls.findChild(QSpinBox)
    assert isinstance(box, QSpinBox)
    box.setFocus()
    qtbot.keyClick(box, Key.Key_End)
    qtbot.keyClick(box, Key.Key_Home)
    assert box.lineEdit().cursorPosition() == 0
    qtbot.keyClick(box, Key.Key_Space)
    assert not panel.controls.is_playing
    assert panel.controls.step == step


@pytest.mark.parametrize("clock", list(Clock))
def test_the_window_fits_a_small_screen(
    session: Session, panel: MergeHistoryPanel, qtbot: QtBot, clock: Clock
) -> None:
    train(session)
    switch(qtbot, panel, clock)
    window = session.window
    window.resize(1000, 700)
    QApplication.processEvents()
    assert (window.width(), window.height()) == (1000, 700)
    views = panel.view.training if clock is Clock.TRAINING else panel.pairs
    corner = views.mapTo(window, QPoint(views.width(), views.height()))
    assert window.rect().contains(corner)
    if clock is Clock.ENCODING:
        tree = panel.tree
        assert tree.place_of(0).y() + 20 < tree.viewport().height()
