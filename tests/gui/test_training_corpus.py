"""What is trained on: files, folders, words with counts; and the split pattern, tried live."""

import gzip
import json
from pathlib import Path

import pytest
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QApplication, QFileDialog
from pytestqt.qtbot import QtBot

from tests.gui.replaying import Start
from tests.gui.training import Left, open_training, train, until_trained
from tokviz.gui.panels.train.bpe_training_panel import BpeTrainingPanel
from tokviz.gui.panels.train.learned_rows import LearnedRows
from tokviz.gui.session import Session
from tokviz.tokenization.training.pair_ranking import TieRule

CLASSIC = [
    ("e", "s", 9),
    ("es", "t", 9),
    ("est", "</w>", 9),
    ("l", "o", 7),
    ("lo", "w", 7),
    ("n", "e", 6),
    ("ne", "w", 6),
    ("new", "est</w>", 6),
    ("low", "</w>", 5),
    ("w", "i", 3),
]


@pytest.fixture
def session(start: Start, qtbot: QtBot) -> Session:
    return open_training(start, qtbot)


@pytest.fixture
def panel(session: Session) -> BpeTrainingPanel:
    return session.window.training


def _take_files(qtbot: QtBot, panel: BpeTrainingPanel, *paths: Path) -> None:
    with qtbot.waitSignal(panel.settings.source.changed, timeout=5000):
        panel.settings.source.take_files([str(path) for path in paths])


def _drop(panel: BpeTrainingPanel, path: Path) -> None:
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(path))])
    action = Qt.DropAction.CopyAction
    no_keys = Qt.KeyboardModifier.NoModifier
    QApplication.sendEvent(panel, QDragEnterEvent(QPoint(20, 20), action, data, Left, no_keys))
    QApplication.sendEvent(panel, QDropEvent(QPointF(20, 20), action, data, Left, no_keys))


def _learned(panel: BpeTrainingPanel) -> list[tuple[str, str, str]]:
    rows = panel.table.source
    assert isinstance(rows, LearnedRows)
    order = reversed(range(rows.n_rows()))
    return [(rows.cell(row, 3), rows.cell(row, 4), rows.cell(row, 1)) for row in order]


def test_a_dropped_folder_is_trained_on_and_told_in_a_line(
    session: Session, panel: BpeTrainingPanel, qtbot: QtBot, tmp_path: Path
) -> None:
    folder = tmp_path / "corpus"
    folder.mkdir()
    (folder / "a.txt").write_bytes(b"zebra zebra zebra zebra")
    with gzip.open(folder / "b.txt.gz", "wb") as file:
        file.write(b" quagga" * 9)
    (folder / "picture.png").write_bytes(b"\0\1\2")
    n_bytes = 23 + (folder / "b.txt.gz").stat().st_size
    with qtbot.waitSignal(panel.settings.source.changed, timeout=5000):
        _drop(panel, folder)
    assert panel.settings.source.summary.text() == f"2 files, {n_bytes:,} bytes"
    assert panel.settings.source.button.text() == "corpus  ▾"
    panel.settings.hold_out.setChecked(False)
    train(qtbot, panel, 270)
    vocab = [bytes(token) for token in session.model.tokenizer.vocab if token]
    assert b" quagga" in vocab
    assert b" zebra" in vocab
    assert session.model.tokenizer.name.startswith("corpus-")


def test_the_field_of_lines_of_json_is_chosen_among_those_there(
    session: Session, panel: BpeTrainingPanel, qtbot: QtBot, tmp_path: Path
) -> None:
    path = tmp_path / "lines.jsonl"
    lines = [{"title": "xx xx", "body": "mnmn mnmn", "n": 3}] * 5
    path.write_text("\n".join(map(json.dumps, lines)))
    _take_files(qtbot, panel, path)
    field = panel.settings.source.field
    assert field.isVisible()
    assert [field.itemText(i) for i in range(field.count())] == ["title", "body"]
    panel.settings.hold_out.setChecked(False)
    field.setCurrentText("body")
    train(qtbot, panel, 258)
    assert _learned(panel)[0] == ("m", "n", "20")
    field.setEditText("text")
    train(qtbot, panel, 258)
    assert panel.words.text().endswith(
        "line 1 has no text under 'text'; name the field that holds the text."
    )
    assert _learned(panel)[0] == ("m", "n", "20")


def test_an_encoding_is_asked_for_and_utf8_beside_it_stays_utf8(
    session: Session,
    panel: BpeTrainingPanel,
    qtbot: QtBot,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    (tmp_path / "old.txt").write_bytes("éé".encode("latin-1") * 20)
    (tmp_path / "new.txt").write_bytes("üü".encode() * 20)
    asked: list[str] = []

    def answer(_window: object, name: str, _error: object) -> str:
        asked.append(name)
        return "latin-1"

    monkeypatch.setattr("tokviz.gui.panels.train.bpe_training_panel.ask_for_encoding", answer)
    _take_files(qtbot, panel, tmp_path / "new.txt", tmp_path / "old.txt")
    panel.settings.hold_out.setChecked(False)
    panel.settings.alphabet.setCurrentText("the text's characters")
    panel.settings.number.setValue(4)
    qtbot.mouseClick(panel.train_button, Left)
    qtbot.waitUntil(lambda: session.model.tokenizer.n_vocab == 4, timeout=5000)
    until_trained(qtbot, panel)
    assert asked == [str(tmp_path / "old.txt")]
    assert [session.model.tokenizer.vocab[i] for i in (0, 1)] == ["é".encode(), "ü".encode()]
    assert "read as LATIN-1" in panel.settings.source.summary.text()


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "The corpus has no text to learn from; add some, or hold less back."),
        (b"abc\xff\0\0", "leave the binary file out."),
    ],
)
def test_a_bad_file_is_said_and_changes_nothing(
    session: Session,
    panel: BpeTrainingPanel,
    qtbot: QtBot,
    tmp_path: Path,
    content: bytes,
    sentence: str,
) -> None:
    before = session.model.tokenizer
    path = tmp_path / "bad.txt"
    path.write_bytes(content)
    _take_files(qtbot, panel, path)
    train(qtbot, panel)
    assert panel.words.text().endswith(sentence)
    assert session.model.tokenizer is before
    assert not panel.continue_button.isEnabled()


def test_a_folder_without_text_leaves_the_open_text_chosen(
    panel: BpeTrainingPanel, qtbot: QtBot, tmp_path: Path
) -> None:
    panel.settings.source.take_files([str(tmp_path / "empty")])
    qtbot.waitUntil(lambda: "there is no such file" in panel.words.text(), timeout=5000)
    (tmp_path / "folder").mkdir()
    _drop(panel, tmp_path / "folder")
    qtbot.waitUntil(lambda: "a folder without text files" in panel.words.text(), timeout=5000)
    assert panel.settings.source.button.text() == "the open text  ▾"


def test_a_vocabulary_smaller_than_the_alphabet_is_refused(
    session: Session, panel: BpeTrainingPanel, qtbot: QtBot
) -> None:
    before = session.model.tokenizer
    panel.settings.special.setText("<a> <b>")
    train(qtbot, panel, 200)
    assert panel.words.text() == (
        "The base alphabet and the special tokens alone are 258 tokens; ask for a vocabulary of "
        "more than that."
    )
    assert session.model.tokenizer is before


def test_special_tokens_come_last_and_are_part_of_the_size(
    session: Session, panel: BpeTrainingPanel, qtbot: QtBot
) -> None:
    qtbot.mouseClick(panel.settings.more, Left)
    assert panel.settings.special.isVisible()
    qtbot.keyClicks(panel.settings.special, "<|end|>  <pad>")
    train(qtbot, panel, 270)
    tokenizer = session.model.tokenizer
    assert tokenizer.special_tokens == {"<|end|>": 268, "<pad>": 269}
    assert len(tokenizer.merges) == 12
    panel.settings.size_kind.setCurrentText("number of merges")
    train(qtbot, panel, 20)
    assert len(session.model.tokenizer.merges) == 20
    assert session.model.tokenizer.n_vocab == 278


# -- the split pattern ---------------------------------------------------------------------------


def test_a_pattern_of_ones_own_is_tried_as_it_is_typed(
    session: Session, panel: BpeTrainingPanel, qtbot: QtBot
) -> None:
    session.model.set_text("ab12 cd")
    combo, pieces = panel.settings.split.combo, panel.settings.split.pieces
    qtbot.waitUntil(lambda: pieces.pieces == ["ab", "12", "·cd"], timeout=5000)
    combo.lineEdit().selectAll()
    qtbot.keyClicks(combo.lineEdit(), "[a-z]|[0-9]+")
    qtbot.waitUntil(lambda: pieces.pieces == ["a", "b", "12", "·", "c", "d"], timeout=5000)
    qtbot.keyClicks(combo.lineEdit(), "(")
    qtbot.waitUntil(lambda: "missing )" in pieces.words, timeout=5000)
    session.model.set_caret(4, 4)
    combo.setCurrentText("whitespace")
    qtbot.waitUntil(lambda: pieces.pieces == ["·", "cd"], timeout=5000)
    session.model.set_text("word " * 40)  # the sample ends inside the last word it has
    session.model.set_caret(0, 0)
    qtbot.waitUntil(lambda: len(pieces.pieces) > 2, timeout=5000)
    assert set(pieces.pieces) == {"word", "·"}


def test_a_pattern_that_matches_nothing_is_refused(
    session: Session, panel: BpeTrainingPanel, qtbot: QtBot
) -> None:
    before = session.model.tokenizer
    panel.settings.split.combo.setEditText("q{3}")
    pieces = panel.settings.split.pieces
    qtbot.waitUntil(lambda: "matches nothing in the text" in pieces.words, timeout=5000)
    train(qtbot, panel)
    assert panel.words.text().startswith("The split pattern matches nothing in the text")
    assert session.model.tokenizer is before


# -- words with counts ---------------------------------------------------------------------------


def test_the_classic_example_is_trained_and_its_words_are_offered_as_text(
    session: Session, panel: BpeTrainingPanel, qtbot: QtBot
) -> None:
    before = str(session.model.text)
    panel.settings.number.setValue(555)
    (action,) = [a for a in panel.settings.source.menu.actions() if "classic" in a.text()]
    action.trigger()
    assert not panel.settings.split.isVisible()
    assert panel.settings.wishes.ties is TieRule.FIRST
    train(qtbot, panel)
    assert [(left, right, int(n)) for left, right, n in _learned(panel)] == CLASSIC
    rows = panel.table.source
    assert isinstance(rows, LearnedRows)
    assert [rows.merge(9 - i).n_ties > 0 for i in range(10)] == [
        rows.cell(9 - i, 2).startswith("=") for i in range(10)
    ]
    assert rows.merge(9).n_ties == 2
    qtbot.mouseClick(panel.words_button, Left)
    model = session.model
    assert str(model.text).startswith("low low low low low lower lower newest ")
    rest = model.text.tokens(0, model.text.n_chars)
    shown = [bytes(model.tokenizer.token_bytes(i)) for i in rest.ids.tolist()]
    assert shown[:5] == [b"low "] * 5
    assert shown.count(b"newest ") == 6
    session.window.text_panel.view.undo()
    assert str(model.text) == before
    panel.settings.source.take_open_text()
    assert panel.settings.number.value() == 555
    assert panel.settings.wishes.ties is TieRule.LOWEST


def test_words_with_counts_come_from_a_file(
    panel: BpeTrainingPanel, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "words.json"
    path.write_text('{"x y x y </w>": 4}')
    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *_a, **_k: (str(path), ""))
    action = panel.settings.source.menu.actions()[-1]
    with qtbot.waitSignal(panel.settings.source.changed, timeout=5000):
        action.trigger()
    train(qtbot, panel)
    assert _learned(panel)[0] == ("x", "y", "8")
    path.write_text('{"x y": -4}')
    action.trigger()
    qtbot.waitUntil(lambda: "the count is -4" in panel.words.text(), timeout=5000)
    assert panel.settings.source.is_words


def test_symbols_that_no_text_has_are_trained_without_a_tokenizer(
    session: Session, panel: BpeTrainingPanel, qtbot: QtBot, tmp_path: Path
) -> None:
    path = tmp_path / "words.json"
    path.write_text('{"ka ki ka ki": 4}')
    before = session.model.tokenizer
    with qtbot.waitSignal(panel.settings.source.changed, timeout=5000):
        panel.settings.source.take_words(str(path))
    train(qtbot, panel)
    assert _learned(panel)[0] == ("ka", "ki", "8")
    assert "no single characters" in panel.words.text()
    assert session.model.tokenizer is before
