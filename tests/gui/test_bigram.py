"""The Learn mode by its buttons: learning, looking up, generating, saving."""

import csv
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFileDialog, QToolButton
from pytestqt.qtbot import QtBot

from tests.gui.replaying import Start
from tokviz.embedding.bigram import BigramTraining, train
from tokviz.embedding.bigram_files import read_bigram
from tokviz.embedding.bigram_settings import BigramSettings, split_text
from tokviz.gui.panels.map.embedding_panel import EmbeddingPanel
from tokviz.gui.panels.map.map_look import hollow_rows, hover_words
from tokviz.gui.session import Session
from tokviz.gui.widgets.mode_switch import Mode
from tokviz.gui.widgets.pictures import widget_png
from tokviz.gui.window.learn_area import LearnArea
from tokviz.point_values import by_gradient
from tokviz.tokenization.tokenizer import characters_tokenizer

torch = pytest.importorskip("torch")
Left = Qt.MouseButton.LeftButton
TEXT = "low lower newest widest, the lowest and the newest of them all. " * 20


@pytest.fixture
def session(start: Start, qtbot: QtBot) -> Session:
    session = start("characters")
    session.model.set_text(TEXT)
    session.model.set_tokenizer(characters_tokenizer(TEXT))
    buttons = session.window.modes.findChildren(QToolButton)
    (learn,) = [button for button in buttons if button.text() == Mode.LEARN.value]
    qtbot.mouseClick(learn, Left)
    return session


@pytest.fixture
def area(session: Session) -> LearnArea:
    area = session.window.docks.panel("learning")
    assert isinstance(area, LearnArea)
    return area


def learn(qtbot: QtBot, area: LearnArea, n_steps: int = 120) -> None:
    area.settings.fields.steps.setValue(n_steps)
    qtbot.mouseClick(area.settings.start_button, Left)
    wait_for_end(qtbot, area)


def wait_for_end(qtbot: QtBot, area: LearnArea) -> None:
    qtbot.waitUntil(lambda: area.settings.start_button.isEnabled(), timeout=20_000)


def expected_losses(n_steps: int) -> list[float]:
    ids = characters_tokenizer(TEXT).encode(TEXT).ids.astype(np.int64)
    part, _ = split_text(ids, 0.1)
    training = BigramTraining(part, len(set(TEXT)), BigramSettings())
    return [step.loss for step in train(training, n_steps)]


def test_one_button_learns_and_the_map_gets_the_table(
    session: Session, area: LearnArea, qtbot: QtBot
) -> None:
    learn(qtbot, area, 300)
    found = area.session
    assert list(found.losses) == expected_losses(300)
    assert found.begun is not None
    assert found.whole[0][0] == 0
    assert found.whole[-1][0] == 300
    optimum, entropy = found.begun.part.optimum, found.begun.part.unigram_entropy
    assert optimum < found.whole[-1][1] < entropy
    table = session.model.table
    assert table is not None
    assert found.table is not None
    assert (table.rows == found.table.rows).all()
    assert area.settings.words.text().startswith("Step 300: loss")


def test_the_map_moves_with_hollow_points_for_rows_that_were_never_learned(
    session: Session, area: LearnArea, qtbot: QtBot
) -> None:
    held_out_only = TEXT + "§" * 20
    session.model.set_text(held_out_only)
    places: list[object] = []
    session.model.points_changed.connect(lambda: places.append(session.model.points))
    panel = session.window.docks.panel("map")
    assert isinstance(panel, EmbeddingPanel)
    learn(qtbot, area, 300)
    qtbot.waitUntil(lambda: len(places) > 1, timeout=10_000)
    known = session.model.token_table
    assert known is not None
    never = hollow_rows(known)
    assert [known.tokenizer.vocab[row] for row in np.flatnonzero(never)] == ["§".encode()]
    gradient = by_gradient(known).values
    assert np.isnan(gradient[never]).all()
    assert (gradient[~np.isnan(gradient)] > 0).all()
    assert np.isfinite(gradient).any()
    row = int(np.flatnonzero(never)[0])
    assert "never seen in training: its row is still random" in hover_words(known, row, 0)[1]


def test_pausing_stepping_and_going_on_change_no_loss(area: LearnArea, qtbot: QtBot) -> None:
    settings = area.settings
    settings.fields.steps.setValue(40)
    qtbot.mouseClick(settings.step_button, Left)
    qtbot.waitUntil(lambda: area.session.table is not None, timeout=20_000)
    assert settings.pause_button.text() == "Resume"
    for n in (1, 2, 3):
        qtbot.mouseClick(settings.step_button, Left)
        qtbot.waitUntil(lambda n=n: len(area.session.losses) == n, timeout=5000)
        assert area.session.table is not None
        assert area.session.table.step == n
    qtbot.mouseClick(settings.pause_button, Left)
    wait_for_end(qtbot, area)
    assert settings.start_button.text() == "Learn on"
    qtbot.mouseClick(settings.start_button, Left)
    wait_for_end(qtbot, area)
    assert list(area.session.losses) == expected_losses(80)


def take_files(qtbot: QtBot, area: LearnArea, *paths: Path) -> None:
    corpus = area.session.corpus
    area.settings.source.take_files([str(path) for path in paths])
    qtbot.waitUntil(lambda: corpus.is_files and not corpus.is_reading, timeout=10_000)


def test_several_files_are_learned_from_one_after_the_other(
    session: Session, area: LearnArea, qtbot: QtBot, tmp_path: Path
) -> None:
    settings, n_vocab = area.settings, session.model.tokenizer.n_vocab
    files = {tmp_path / "one.txt": TEXT[:900], tmp_path / "two.txt": TEXT[900:] + "naïve" * 40}
    for path, text in files.items():
        path.write_text(text, "utf-8")
    take_files(qtbot, area, *files)
    assert settings.source.summary.text().startswith("2 files")
    assert settings.start_button.text() == "Learn from the files"
    learn(qtbot, area)
    tokenizer = session.model.tokenizer
    assert tokenizer.n_vocab == n_vocab + len(set("ïv") - set(TEXT))
    ids = tokenizer.encode("".join(files.values())).ids.astype(np.int64)
    part, _ = split_text(ids, 0.1)
    training = BigramTraining(part, tokenizer.n_vocab, BigramSettings())
    assert list(area.session.losses) == [step.loss for step in train(training, 120)]
    assert settings.start_button.text() == "Learn on"
    settings.source.take_open_text()
    assert settings.start_button.text() == "Learn from the open text"


def test_files_are_read_again_for_another_tokenizer(
    session: Session, area: LearnArea, qtbot: QtBot, tmp_path: Path
) -> None:
    (tmp_path / "one.txt").write_text("für " * 50, "utf-8")
    take_files(qtbot, area, tmp_path / "one.txt")
    assert area.session.corpus.sizes()[1:] == (4, 200)
    session.window.chooser.choose("bytes")
    qtbot.waitUntil(lambda: area.session.corpus.sizes() == (256, 5, 250), timeout=10_000)


def test_the_tokens_of_a_long_open_text_are_counted_beside_the_window(
    session: Session, area: LearnArea, qtbot: QtBot
) -> None:
    model = session.model
    model.set_text("low lower " * 20_000)
    qtbot.waitUntil(lambda: model.text.complete)
    n_vocab = model.tokenizer.n_vocab
    assert area.session.corpus.sizes() == (n_vocab, n_vocab, 200_000)
    qtbot.waitUntil(
        lambda: area.session.corpus.sizes() == (n_vocab, len(set("low lower ")), 200_000)
    )


def test_a_file_that_cannot_be_learned_from_is_said_and_refused(
    area: LearnArea, qtbot: QtBot, tmp_path: Path
) -> None:
    (tmp_path / "binary.txt").write_bytes(b"\x00\xff\x00\xfe" * 100)
    take_files(qtbot, area, tmp_path / "binary.txt")
    qtbot.waitUntil(lambda: "leave the binary file out" in area.settings.words.text())
    qtbot.mouseClick(area.settings.start_button, Left)
    assert "binary.txt is not UTF-8" in area.settings.words.text()
    assert not area.session.is_running


def test_cancel_answers_at_once_and_keeps_what_was_learned(area: LearnArea, qtbot: QtBot) -> None:
    area.settings.fields.steps.setValue(1_000_000)
    qtbot.mouseClick(area.settings.start_button, Left)
    qtbot.waitUntil(lambda: len(area.session.whole) > 1, timeout=20_000)
    qtbot.mouseClick(area.settings.cancel_button, Left)
    assert not area.session.is_running
    assert area.settings.start_button.isEnabled()
    step = area.session.step_number
    qtbot.wait(100)
    assert area.session.step_number == step
    assert area.session.table is not None
    qtbot.mouseClick(area.settings.reset_button, Left)
    assert area.session.table is None
    assert area.settings.start_button.text() == "Learn from the open text"


def test_the_curves_are_those_of_the_losses_in_either_unit(area: LearnArea, qtbot: QtBot) -> None:
    learn(qtbot, area)
    nats = area.curves.curves(bits=False)
    assert [c.name for c in nats] == ["training", "held out", "uniform, ln V", "unigram", "optimum"]
    qtbot.mouseClick(area.curves.unit, Left)
    assert area.curves.bits_plot.isVisibleTo(area)
    bits = area.curves.curves(bits=True)
    # The text is ASCII and its tokens are characters, so a token is a byte.
    assert bits[0].y == pytest.approx(nats[0].y / np.log(2))
    assert bits[1].y == pytest.approx(nats[1].y / np.log(2))


def test_curves_are_saved_as_csv_and_pictures(
    area: LearnArea, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    learn(qtbot, area)
    menu = area.curves.export.menu()
    for action, start in zip(menu.actions(), (b"step,", b"\x89PNG", b"<?xml"), strict=True):
        path = tmp_path / "losses"
        monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_, p=path: (str(p), ""))
        action.trigger()
        (written,) = tmp_path.glob("losses.*")
        assert written.read_bytes().startswith(start)
        if written.suffix == ".csv":
            rows = list(csv.DictReader(written.read_text("ascii").splitlines()))
            losses = [float(row["batch loss"]) for row in rows if row["batch loss"]]
            assert losses == pytest.approx(area.session.losses, abs=1e-6)
            assert float(rows[-1]["training loss"]) == pytest.approx(area.session.whole[-1][1])
        written.unlink()


def test_the_learned_table_stands_beside_the_counted_one(
    session: Session, area: LearnArea, qtbot: QtBot
) -> None:
    learn(qtbot, area, 600)
    begun, logs = area.session.begun, area.session.logs
    assert begun is not None
    assert logs is not None
    often = begun.counted > -1
    assert np.abs(logs - begun.counted)[often].mean() < 0.3
    learned = area.table.learned
    place = learned.place_of(3, 5).center().toPoint()
    qtbot.mouseClick(learned, Left, pos=place)
    assert session.model.selection.ids == (int(begun.shown[3]),)
    qtbot.mouseMove(learned, place)
    assert " → " in area.table.words.text()


@pytest.mark.parametrize("width", [1000, 1440, 1920])
def test_the_learned_and_the_counted_table_have_one_size(
    session: Session, area: LearnArea, qtbot: QtBot, width: int
) -> None:
    session.window.resize(width, 900)
    table = area.table
    qtbot.waitUntil(lambda: abs(table.learned.area().width() - table.counted.area().width()) <= 1)


def test_a_token_is_looked_up_card_by_card(session: Session, area: LearnArea, qtbot: QtBot) -> None:
    area.tabs.setCurrentWidget(area.look_up)
    assert isinstance(area.look_up.prediction(), str)
    learn(qtbot, area)
    session.model.select_token(5)
    found = area.look_up.prediction()
    assert not isinstance(found, str)
    table = area.session.table
    assert table is not None
    ids = session.model.text.ids()
    assert (found.id, found.label) == (int(ids[5]), TEXT[5])
    logs = table.log_probabilities([ids[5]])[0]
    assert found.loss == pytest.approx(-logs[ids[6]], abs=1e-5)
    assert [bar.is_target for bar in found.bars].count(True) == 1
    qtbot.mouseClick(area.look_up.first, Left)
    few = widget_png(area.look_up.strip)
    qtbot.mouseClick(area.look_up.on, Left)
    assert area.look_up.words.text() == "2 of 6"
    assert widget_png(area.look_up.strip) != few
    qtbot.mouseClick(area.look_up.after, Left)
    assert session.model.selection.place == 6
    session.model.select_token(len(TEXT) - 1)
    last = area.look_up.prediction()
    assert isinstance(last, str)
    assert last.startswith("Nothing comes after")


def test_text_is_generated_token_by_token_and_can_be_stopped(area: LearnArea, qtbot: QtBot) -> None:
    learn(qtbot, area)
    area.tabs.setCurrentWidget(area.generation)
    panel = area.generation
    panel.n_tokens.setValue(12)
    texts = []
    for _ in range(2):
        qtbot.mouseClick(panel.button, Left)
        qtbot.waitUntil(lambda: panel.button.text() == "Generate", timeout=10_000)
        texts.append([token.id for token in panel.view.tokens])
    assert texts[0] == texts[1]
    assert len(texts[0]) == 13
    by_token = panel.view.background_of(3)
    qtbot.mouseClick(panel.by_probability, Left)
    assert panel.view.background_of(3) != by_token
    assert "drawn with probability" in panel.view.words_at(3)
    panel.n_tokens.setValue(5000)
    qtbot.mouseClick(panel.button, Left)
    qtbot.waitUntil(lambda: len(panel.view.tokens) > 2, timeout=5000)
    qtbot.mouseClick(panel.button, Left)
    assert panel.button.text() == "Generate"
    assert len(panel.view.tokens) < 5000


def test_what_is_saved_is_opened_and_learned_on(
    session: Session, area: LearnArea, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    learn(qtbot, area)
    path = str(tmp_path / "model.safetensors")
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (path, ""))
    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *_: (path, ""))
    open_it, save_it = area.settings.file_button.menu().actions()
    save_it.trigger()
    kept = read_bigram(Path(path), session.model.tokenizer.n_vocab, "characters")
    assert kept.step == 120
    qtbot.mouseClick(area.settings.reset_button, Left)
    open_it.trigger()
    assert "Opened model.safetensors, learned in 120 steps" in area.settings.words.text()
    assert area.session.table is not None
    assert (area.session.table.rows == kept.rows).all()
    shown = area.table.learned._values  # without counts: the most frequent token of the text first
    order = np.argsort(-np.bincount(session.model.text.ids()), kind="stable")
    assert np.array_equal(shown, kept.log_probabilities(order)[:, order])
    assert "Counting begins when it learns on" in area.table.words.text()
    learn(qtbot, area, 10)
    assert area.session.step_number == 130


def test_a_file_for_another_vocabulary_changes_nothing(
    session: Session, area: LearnArea, qtbot: QtBot, tmp_path: Path
) -> None:
    learn(qtbot, area)
    table = area.session.table
    area.session.save(str(tmp_path / "model.safetensors"))
    (tmp_path / "model.tokenizer.json").unlink()
    session.window.chooser.choose("bytes")
    qtbot.waitUntil(lambda: session.model.tokenizer.name == "bytes")
    area.session.load(str(tmp_path / "model.safetensors"))
    assert f"{len(set(TEXT))} rows and the tokenizer bytes has 256" in area.settings.words.text()
    assert area.session.table is table


def test_what_cannot_be_learned_is_said_in_place(
    session: Session, area: LearnArea, qtbot: QtBot
) -> None:
    settings = area.settings
    settings.fields.rate.setText("quick")
    qtbot.mouseClick(settings.start_button, Left)
    assert "'quick' is no learning rate" in settings.words.text()
    settings.fields.rate.setText("1e38")
    settings.fields.optimizer.setCurrentText("SGD")
    qtbot.mouseClick(settings.start_button, Left)
    wait_for_end(qtbot, area)
    assert "is too high; take a lower one" in settings.words.text()
    assert area.session.table is not None
    assert area.session.table.is_finite
    session.model.set_text("x")
    settings.fields.rate.setText("0.01")
    qtbot.mouseClick(settings.start_button, Left)
    assert "The text has one token" in settings.words.text()


def test_a_table_that_does_not_fit_is_replaced_before_it_starts(start: Start, qtbot: QtBot) -> None:
    session = start("gpt2")
    session.window.modes.picked.emit(Mode.LEARN)
    area = session.window.docks.panel("learning")
    assert isinstance(area, LearnArea)
    qtbot.waitUntil(lambda: "70.9 GB" in area.settings.memory.text(), timeout=5000)
    assert "Taken instead: a row for each of the" in area.settings.memory.text()
    area.settings.fields.kind.setCurrentIndex(0)
    area.settings.fields.kind.activated.emit(0)
    qtbot.mouseClick(area.settings.start_button, Left)
    assert "needs 70.9 GB of memory to train" in area.settings.words.text()
    assert not area.session.is_running


def test_without_torch_a_sentence_says_how_to_get_it(
    area: LearnArea, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda _name: None)
    qtbot.mouseClick(area.settings.start_button, Left)
    assert "PyTorch, which is not installed: pip install" in area.settings.words.text()
    assert area.session.table is None
