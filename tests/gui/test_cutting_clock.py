"""WordPiece and Unigram as a person watches them: attempts, lattice, keys, clicks, saving."""

import csv
import json
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QFileDialog, QLabel, QPushButton
from pytestqt.qtbot import QtBot

from tests.gui.replaying import Left, Start, click_row, click_token, open_replay, settle, show_tab
from tokviz.gui.panels.replay.merge_history_panel import MergeHistoryPanel
from tokviz.gui.session import Session
from tokviz.gui.widgets.replay.tried_word_view import Stretch
from tokviz.tokenization.formats.bert_vocab import tokenizer_from_bert_vocab
from tokviz.tokenization.formats.huggingface_json import tokenizer_from_json

Key = Qt.Key
Control = Qt.KeyboardModifier.ControlModifier
WORDS = "[UNK]\n[CLS]\n[SEP]\na\nun\n##aff\n##able\naff\nable\n##e\n##a\n"
METASPACE = {"type": "Metaspace", "replacement": "▁", "prepend_scheme": "always", "split": True}
PIECES = [
    ("<unk>", 0.0), ("▁", -2.0), ("a", -3.0), ("b", -3.5), ("ab", -4.0), ("ba", -4.25),
    ("aab", -7.0), ("▁a", -4.5),
]  # fmt: skip


@pytest.fixture
def wordpiece(start: Start, qtbot: QtBot) -> Session:
    session = open_replay(start, qtbot, "Unaffable  ax ÀBLE.")
    session.model.set_tokenizer(tokenizer_from_bert_vocab(WORDS.encode(), "small", "small"))
    settle(qtbot, session)
    return session


@pytest.fixture
def unigram(start: Start, qtbot: QtBot) -> Session:
    content = {
        "version": "1.0",
        "added_tokens": [],
        "pre_tokenizer": METASPACE,
        "decoder": METASPACE,
        "model": {"type": "Unigram", "unk_id": 0, "byte_fallback": False, "vocab": PIECES},
    }
    session = open_replay(start, qtbot, "aab ba☃")
    session.model.set_tokenizer(tokenizer_from_json(json.dumps(content).encode(), "small", "s"))
    settle(qtbot, session)
    return session


def panel_of(session: Session) -> MergeHistoryPanel:
    return session.window.replay.history


def press(qtbot: QtBot, panel: MergeHistoryPanel, which: Qt.Key, modifier=Control) -> None:  # type: ignore[no-untyped-def]
    panel.controls.setFocus()
    qtbot.keyClick(panel.view, which, modifier)
    QApplication.processEvents()


def step_to(qtbot: QtBot, panel: MergeHistoryPanel, step: int) -> None:
    none = Qt.KeyboardModifier.NoModifier
    press(qtbot, panel, Key.Key_Home, none)
    for _ in range(step):
        press(qtbot, panel, Key.Key_Right, none)


def rows(table) -> list[list[str]]:  # type: ignore[no-untyped-def]
    source = table.source
    columns = range(len(source.headings))
    return [[source.cell(row, column) for column in columns] for row in range(source.n_rows())]


def tokens(view) -> list[tuple[str, int]]:  # type: ignore[no-untyped-def]
    return [(chip.token.label, chip.token.id) for chip in view._rows[0].chips]


# -- WordPiece ---------------------------------------------------------------------------------


def test_the_longest_match_is_looked_for_step_by_step(wordpiece: Session, qtbot: QtBot) -> None:
    click_token(qtbot, wordpiece, "Una")
    panel = panel_of(wordpiece)
    view = panel.view.attempts
    assert panel.clock.text().startswith("Encoding replay")
    assert view.isVisible()
    assert not panel.strip.isVisible()
    assert not panel.rank.isVisible()
    assert not panel.scope.isVisible()
    assert view.written.text() == "Unaffable is looked up as unaffable"
    assert panel.controls.n_steps == panel.controls.step == 14
    assert tokens(view.row) == [("un", 4), ("##aff", 5), ("##able", 6)]
    step_to(qtbot, panel, 2)
    assert panel.sentence.text() == (
        "Look 2 of 14 · unaffabl? not in the vocabulary · one character less is tried next"
    )
    assert view.word.tried == Stretch(0, 8, False)
    assert rows(view.attempts) == [
        ["2", "unaffabl", "✗ not there"],
        ["1", "unaffable", "✗ not there"],
    ]
    step_to(qtbot, panel, 8)
    assert panel.sentence.text() == "Look 8 of 14 · un ✓ id 4 · 7 characters are left"
    assert (list(view.word.pieces), view.word.tried) == ([(0, 2)], Stretch(0, 2, True))


def test_a_found_piece_is_selected_everywhere(wordpiece: Session, qtbot: QtBot) -> None:
    click_token(qtbot, wordpiece, "Una")
    view = panel_of(wordpiece).view.attempts
    click_row(qtbot, view.attempts, 0)
    assert wordpiece.model.selection.ids == (6,)
    chip = view.row._rows[0].chips[1]
    qtbot.mouseClick(view.row, Left, pos=chip.rect.center().toPoint())
    assert wordpiece.model.selection.ids == (5,)
    click_row(qtbot, view.attempts, 1)  # what is not there selects nothing
    assert wordpiece.model.selection.ids == (5,)


def test_an_unknown_word_says_so_and_keys_pass_white_space(
    wordpiece: Session, qtbot: QtBot
) -> None:
    click_token(qtbot, wordpiece, "Una")
    panel = panel_of(wordpiece)
    press(qtbot, panel, Key.Key_Right)
    assert panel.sentence.text() == (
        "Look 3 of 3 · ##x? not in the vocabulary · nothing goes on here, so the word is [UNK]"
    )
    assert panel.view.attempts.found.text() == "The whole word becomes"
    assert tokens(panel.view.attempts.row) == [("[UNK]", 0)]
    press(qtbot, panel, Key.Key_Right)
    assert panel.view.attempts.written.text() == "ÀBLE is looked up as able"
    press(qtbot, panel, Key.Key_Left)
    press(qtbot, panel, Key.Key_Left)
    assert tokens(panel.view.attempts.row)[0] == ("un", 4)


def test_a_word_that_is_too_long_is_told(wordpiece: Session, qtbot: QtBot) -> None:
    wordpiece.model.set_text("a" * 101)
    settle(qtbot, wordpiece)
    assert panel_of(wordpiece).sentence.text() == (
        "101 characters: a word of more than 100 is not looked up and becomes [UNK]."
    )


def test_why_a_word_is_cut_here(wordpiece: Session, qtbot: QtBot) -> None:
    show_tab(qtbot, wordpiece, "Why this boundary?")
    click_token(qtbot, wordpiece, "affable")
    boundary = wordpiece.window.replay.boundary
    said = [label.text() for label in boundary.findChildren(QLabel) if label.text()]
    assert (
        "un is the longest match that begins at its place: 7 longer ones were looked up in vain, "
        "from unaffable down. What is left begins anew, with ##aff."
    ) in said
    button = boundary.findChildren(QPushButton)[0]
    qtbot.mouseClick(button, Left)
    assert panel_of(wordpiece).controls.step == 8


def test_attempts_are_saved(
    wordpiece: Session, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    click_token(qtbot, wordpiece, "ax")
    file = tmp_path / "steps.csv"
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *a, **k: (str(file), ""))
    panel = panel_of(wordpiece)
    actions = panel.export.menu().actions()
    assert [action.text() for action in actions] == [
        "Steps as CSV …", "Steps as JSON …", "Panel as SVG …", "Panel as PNG …",
    ]  # fmt: skip
    actions[0].trigger()
    with file.open(encoding="utf-8", newline="") as lines:
        found = [(row["text"], row["id"]) for row in csv.DictReader(lines)]
    assert found == [("ax", ""), ("a", "3"), ("x", "")]


# -- Unigram -----------------------------------------------------------------------------------


def test_the_lattice_is_filled_and_the_path_walked_back(unigram: Session, qtbot: QtBot) -> None:
    click_token(qtbot, unigram, "aab")
    panel = panel_of(unigram)
    body = panel.view.lattice
    assert body.isVisible()
    assert not panel.view.attempts.isVisible()
    assert body.written.text() == "aab is written ▁aab"
    assert panel.controls.n_steps == 4 + 2
    assert panel.sentence.text() == "The best path: ▁a + ab, together -8.5000"
    assert len(body.lattice.state.path) == 2
    step_to(qtbot, panel, 4)
    assert panel.sentence.text() == (
        "Place 4 of 4 · ab wins with -8.5000 · next best was aab with -9.0000"
    )
    assert rows(body.candidates) == [
        ["-8.5000", "ab", "-4.0000", "2", "4"],
        ["-9.0000", "aab", "-7.0000", "1", "6"],
        ["-11.0000", "b", "-3.5000", "3", "3"],
    ]
    assert not body.lattice.state.path
    assert not body.row.isVisible()
    step_to(qtbot, panel, 5)
    assert panel.sentence.text() == "Back from place 4: ab came from place 2"
    assert tokens(body.row) == [("ab", 4)]


def test_an_arc_is_selected_everywhere(unigram: Session, qtbot: QtBot) -> None:
    click_token(qtbot, unigram, "aab")
    lattice = panel_of(unigram).view.lattice.lattice
    index = next(i for i, arc in enumerate(lattice._arcs) if arc.label == "aab")
    qtbot.mouseClick(lattice, Left, pos=lattice.label_rect(index).center().toPoint())
    assert unigram.model.selection.ids == (6,)


def test_an_unknown_character_is_told(unigram: Session, qtbot: QtBot) -> None:
    click_token(qtbot, unigram, "☃")
    panel = panel_of(unigram)
    assert panel.sentence.text() == ("The best path: ▁ + ba + ☃?, together -23.2500 · ☃ is unknown")
    assert tokens(panel.view.lattice.row)[-1] == ("<unk>", 0)


def test_why_the_path_has_a_boundary_here(unigram: Session, qtbot: QtBot) -> None:
    show_tab(qtbot, unigram, "Why this boundary?")
    click_token(qtbot, unigram, "aab")
    boundary = unigram.window.replay.boundary
    said = [label.text() for label in boundary.findChildren(QLabel) if label.text()]
    assert (
        "The likeliest way has a boundary here and scores -8.5000. The likeliest without one, over "
        "aab, scores -9.0000."
    ) in said


def test_the_lattice_is_saved(
    unigram: Session, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    click_token(qtbot, unigram, "aab")
    actions = {a.text(): a for a in panel_of(unigram).export.menu().actions()}
    for words, name in (("Steps as JSON …", "s.json"), ("Lattice as SVG …", "l.svg")):
        file = tmp_path / name
        monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *a, f=file, **k: (str(f), ""))
        actions[words].trigger()
    found = json.loads((tmp_path / "s.json").read_text(encoding="utf-8"))
    assert [row["text"] for row in found if row["on_path"]] == ["▁a", "ab"]
    assert "polyline" in (tmp_path / "l.svg").read_text(encoding="utf-8")


def test_another_tokenizer_brings_the_merges_back(unigram: Session, qtbot: QtBot) -> None:
    panel = panel_of(unigram)
    unigram.window.chooser.choose("gpt2")
    qtbot.waitUntil(panel.strip.isVisible)
    settle(qtbot, unigram)
    assert panel.scope.isVisible()
    assert panel.rank.isVisible()
    assert not panel.view.lattice.isVisible()
    assert panel.controls.n_steps > 0
