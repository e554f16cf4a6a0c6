"""Training on the open text, by the buttons."""

import pytest
from pytestqt.qtbot import QtBot

from tests.gui.replaying import Start
from tests.gui.training import TEXT, Left, open_training, train, until_trained
from tokviz.catalog import load_tokenizer
from tokviz.gui.panels.train.learned_rows import LearnedRows
from tokviz.gui.session import Session


@pytest.fixture
def session(start: Start, qtbot: QtBot) -> Session:
    return open_training(start, qtbot)


def test_one_button_learns_a_vocabulary_that_the_text_is_shown_in(
    session: Session, qtbot: QtBot
) -> None:
    panel = session.window.training
    train(qtbot, panel, 280)
    tokenizer = session.model.tokenizer
    assert tokenizer.n_vocab == 280
    assert len(tokenizer.merges) == 24
    assert tokenizer.decode(session.model.text.ids().tolist()) == TEXT.encode()
    assert session.model.text.ids().tolist() == tokenizer.encode(TEXT).ids.tolist()
    told = "24 merges learned: a vocabulary of 280 tokens."
    assert panel.words.text() == f"{told} The text is too short to keep a tenth aside."
    panel.settings.hold_out.setChecked(False)
    train(qtbot, panel, 280)
    assert panel.words.text() == told


def test_a_text_without_a_pair_leaves_the_tokenizer_and_draws_no_curve(
    session: Session, qtbot: QtBot
) -> None:
    panel, before = session.window.training, session.model.tokenizer
    session.model.set_text("a")
    qtbot.waitUntil(lambda: panel.settings.source.summary.text() == "1 character")
    train(qtbot, panel, 300)
    assert panel.words.text().startswith("No pair occurs often enough")
    assert session.model.tokenizer is before
    assert not panel.plot._curves


def test_the_table_tells_counts_and_replacements_newest_first(
    session: Session, qtbot: QtBot
) -> None:
    panel = session.window.training
    panel.settings.hold_out.setChecked(False)
    train(qtbot, panel, 260)
    rows = panel.table.source
    assert isinstance(rows, LearnedRows)
    assert rows.n_rows() == 4
    assert [rows.cell(row, 0) for row in range(4)] == ["3", "2", "1", "0"]
    first = rows.merge(3)
    pair = bytes([first.left]) + bytes([first.right])
    assert first.count == TEXT.encode().count(pair)


def test_ties_are_flagged_in_the_list(session: Session, qtbot: QtBot) -> None:
    panel = session.window.training
    train(qtbot, panel, 300)
    rows = panel.table.source
    assert isinstance(rows, LearnedRows)
    flags = {
        rows.merge(row).n_ties: rows.cell(row, rows.headings.index("ties"))
        for row in range(rows.n_rows())
    }
    assert flags[0] == ""
    assert [flag for n, flag in flags.items() if n] == [f"= {n:,}" for n in flags if n]
    assert len(flags) > 1


def test_the_model_knows_the_training_of_its_tokenizer_once_it_is_finished(
    session: Session, qtbot: QtBot
) -> None:
    model, panel = session.model, session.window.training
    told: list[bool] = []
    model.training_changed.connect(lambda: told.append(model.training is not None))
    train(qtbot, panel, 280)
    training = model.training
    assert training is not None
    assert [m.id for m in training.merges] == [m.id for m in model.tokenizer.merges]
    trained, gpt2 = model.tokenizer, load_tokenizer("gpt2")
    model.set_tokenizer(gpt2)
    assert model.training is None
    model.set_tokenizer(trained)
    assert model.training is training
    assert told == [True, False, True]
    panel.settings.number.setValue(282)
    qtbot.mouseClick(panel.continue_button, Left)
    assert model.training is None
    until_trained(qtbot, panel)
    assert model.training is training
    assert len(training.merges) == len(model.tokenizer.merges) == 26


def test_a_trained_tokenizer_is_chosen_like_any_other(session: Session, qtbot: QtBot) -> None:
    train(qtbot, session.window.training, 275)
    titles = [action.text() for action in session.window.chooser.menu.actions()]
    assert "trained-275" in titles
    session.window.chooser.choose("gpt2")
    qtbot.waitUntil(lambda: session.model.tokenizer.name == "gpt2")
    session.window.chooser.choose("trained-275")
    assert session.model.tokenizer.n_vocab == 275


def test_going_on_learns_what_one_run_would_have(session: Session, qtbot: QtBot) -> None:
    panel = session.window.training
    train(qtbot, panel, 280)
    whole = [(m.left, m.right) for m in session.model.tokenizer.merges]
    train(qtbot, panel, 270)
    panel.settings.number.setValue(280)
    qtbot.mouseClick(panel.continue_button, Left)
    until_trained(qtbot, panel)
    assert [(m.left, m.right) for m in session.model.tokenizer.merges] == whole


def test_cancel_keeps_what_was_learned(session: Session, qtbot: QtBot) -> None:
    panel = session.window.training
    session.model.set_text(" ".join(str(number) for number in range(60_000)))
    panel.settings.number.setValue(60_000)
    panel.settings.min_count.setValue(1)
    qtbot.mouseClick(panel.train_button, Left)
    qtbot.waitUntil(lambda: len(session.model.tokenizer.merges) < 50_000, timeout=10_000)
    qtbot.mouseClick(panel.cancel_button, Left)
    until_trained(qtbot, panel)
    n_merges = len(session.model.tokenizer.merges)
    assert 0 < n_merges < 59_744
    qtbot.wait(200)
    assert len(session.model.tokenizer.merges) == n_merges
    assert panel.train_button.isEnabled()


def test_no_text_and_a_wrong_pattern_are_said_in_place(session: Session, qtbot: QtBot) -> None:
    panel = session.window.training
    panel.settings.split.combo.setCurrentText("(unclosed")
    qtbot.mouseClick(panel.train_button, Left)
    until_trained(qtbot, panel)
    assert "missing ) at position 9" in panel.words.text()
    session.model.set_text("")
    panel.settings.split.combo.setCurrentText("gpt2")
    qtbot.mouseClick(panel.train_button, Left)
    assert panel.words.text().startswith("There is no text to learn from")
    assert session.model.tokenizer.name == "gpt2"


def test_what_fails_leaves_the_last_training_and_its_error_goes_with_the_next_change(
    session: Session, qtbot: QtBot
) -> None:
    panel = session.window.training
    panel.settings.hold_out.setChecked(False)
    train(qtbot, panel, 257)
    told = panel.words.text()
    assert told == "1 merge learned: a vocabulary of 257 tokens."
    panel.settings.split.combo.setCurrentText("(unclosed")
    qtbot.mouseClick(panel.train_button, Left)
    until_trained(qtbot, panel)
    assert "missing )" in panel.words.text()
    panel.table.row_picked.emit(0)
    assert session.model.selection.ids == (256,)
    panel.settings.split.combo.setCurrentText("gpt2")
    assert panel.words.text() == told


def test_a_run_that_was_cancelled_before_it_learned_says_what_is_shown(
    session: Session, qtbot: QtBot
) -> None:
    panel = session.window.training
    before = panel.words.text()
    session.model.set_text(" ".join(str(number) for number in range(200_000)))
    qtbot.mouseClick(panel.train_button, Left)
    qtbot.mouseClick(panel.cancel_button, Left)
    until_trained(qtbot, panel)
    assert panel.words.text() == before
    assert session.model.tokenizer.name == "gpt2"


def test_it_runs_until_all_of_the_result_is_shown(session: Session, qtbot: QtBot) -> None:
    panel, model = session.window.training, session.model
    may_train: list[bool] = []
    for changed in (model.tokenizer_changed, model.training_changed):
        changed.connect(lambda: may_train.append(panel.train_button.isEnabled()))
    train(qtbot, panel, 270)
    assert set(may_train) == {False}
    assert panel.table.n_rows == len(model.tokenizer.merges) == 14
    assert model.training is not None


def test_what_an_earlier_run_learned_does_not_stand_beside_a_new_one(
    session: Session, qtbot: QtBot
) -> None:
    panel = session.window.training
    train(qtbot, panel, 257)
    session.model.set_text(" ".join(str(number) for number in range(30_000)))
    panel.settings.number.setValue(20_000)
    told: list[tuple[str, int]] = []
    panel.task_started.connect(
        lambda task: task.stepped.connect(
            lambda _: told.append((panel.words.text(), panel.table.n_rows))
        )
    )
    train(qtbot, panel)
    so_far = [n_rows for words, n_rows in told if "so far" in words]
    assert so_far
    assert 1 not in so_far
