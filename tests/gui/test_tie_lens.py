"""The lens on ties beside the list of learned merges."""

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from tests.gui.replaying import Left, Start, click_row
from tests.gui.test_training_clock import TEXT, train
from tokviz.gui.panels.train.tie_lens_panel import TieLensPanel
from tokviz.gui.session import Session
from tokviz.tokenization.training.trainer import Training


@pytest.fixture
def session(start: Start, qtbot: QtBot) -> Session:
    session = start()
    qtbot.keyClick(session.window, Qt.Key.Key_3, Qt.KeyboardModifier.ControlModifier)
    qtbot.waitUntil(lambda: session.window.training.isVisible())
    pages = session.window.training.pages
    pages.setCurrentWidget(lens_of(session))
    return session


def lens_of(session: Session) -> TieLensPanel:
    lens = session.window.training.findChild(TieLensPanel)
    assert isinstance(lens, TieLensPanel)
    return lens


def tied_ranks(training: Training) -> list[int]:
    return [merge.rank for merge in training.merges if merge.n_ties]


def test_the_rivals_of_a_marked_tie_are_shown(session: Session, qtbot: QtBot) -> None:
    lens, training = lens_of(session), train(session)
    tied = tied_ranks(training)
    assert lens.summary.text().startswith(f"{len(tied)} of 25 merges were tied")
    qtbot.mouseClick(lens.next_button, Left)
    assert session.model.marked_rank == tied[0]
    assert lens.rivals.n_rows == training.merges[tied[0]].n_ties + 1
    assert f"Rank {tied[0]}: {lens.rivals.n_rows} pairs were tied." in lens.words.text()
    click_row(qtbot, lens.rivals, 1)
    assert set(session.model.selection.ids) == set(lens.rivals.source.pairs[1])  # type: ignore[attr-defined]
    session.model.mark(tied[-1])
    qtbot.mouseClick(lens.next_button, Left)
    assert session.model.marked_rank == tied[0]


def test_the_other_rule_is_learned_and_compared(session: Session, qtbot: QtBot) -> None:
    lens, training = lens_of(session), train(session)
    tokenizer = session.model.tokenizer
    qtbot.mouseClick(lens.retrain_button, Left)
    qtbot.waitUntil(lens.verdict.isVisible, timeout=10_000)
    assert lens.verdict.text().startswith("The rules part at rank ")
    rank = session.model.marked_rank
    assert rank in tied_ranks(training)
    assert f"The open text has {len(tokenizer.encode(TEXT).ids)} tokens here" in (
        lens.verdict.text().replace(",", "")
    )
    assert lens.tokens.n_rows > 0
    assert session.model.tokenizer is tokenizer
    qtbot.waitUntil(lens.retrain_button.isEnabled)
    session.model.set_training(None)
    assert not lens.retrain_button.isEnabled()
    assert not lens.verdict.isVisible()
    assert lens.summary.text().startswith("Ties are known of a tokenizer")
