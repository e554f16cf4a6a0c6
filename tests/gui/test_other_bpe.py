"""The replay of BPE that is not plain: SentencePiece's, and pre-tokens that are taken whole."""

import json

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot

from tests.gui.replaying import (
    Left,
    Start,
    chips,
    click_row,
    click_token,
    key,
    open_replay,
    settle,
    show_tab,
)
from tokviz.gui.session import Session
from tokviz.tokenization.formats.huggingface_json import tokenizer_from_json

Key = Qt.Key


@pytest.fixture
def mistral(start: Start, qtbot: QtBot) -> Session:
    return open_replay(start, qtbot, " tokenization 👩", tokenizer="mistral-7b-v1")


@pytest.fixture
def whole(start: Start, qtbot: QtBot) -> Session:
    """`abc` is a token that no merge makes, `ab` one that a merge makes; `abd` is none."""
    letters = {letter: i for i, letter in enumerate("abcd")}
    content = {
        "version": "1.0",
        "added_tokens": [],
        "pre_tokenizer": {"type": "ByteLevel", "add_prefix_space": False, "use_regex": True},
        "decoder": {"type": "ByteLevel"},
        "model": {
            "type": "BPE",
            "ignore_merges": True,
            "vocab": {**letters, "Ġ": 4, "ab": 5, "abc": 6},
            "merges": ["a b"],
        },
    }
    session = open_replay(start, qtbot, "abc")
    session.model.set_tokenizer(tokenizer_from_json(json.dumps(content).encode(), "small", "s"))
    settle(qtbot, session)
    return session


def said(session: Session) -> list[str]:
    labels = session.window.replay.boundary.findChildren(QLabel)
    return [label.text() for label in labels if label.text()]


def test_sentencepiece_merges_characters_behind_a_space_of_its_own(
    mistral: Session, qtbot: QtBot
) -> None:
    click_token(qtbot, mistral, "token")
    panel = mistral.window.replay.history
    assert [b.text() for b in panel.strip._buttons.buttons()][2] == "characters 13"
    key(qtbot, panel, Key.Key_Home)
    assert panel.sentence.text() == (
        "14 characters, the first a space put before the text; the lowest rank among them is 0"
    )
    assert chips(panel)[0][:3] == ["·", "·", "t"]


def test_a_character_that_is_no_token_falls_back_to_bytes(mistral: Session, qtbot: QtBot) -> None:
    show_tab(qtbot, mistral, "Why this boundary?")
    click_token(qtbot, mistral, "👩")
    panel = mistral.window.replay.history
    assert panel.sentence.text() == "No merge applies · 👩 is no token: its 4 bytes stand for it"
    assert chips(panel)[0] == ["·", "👩"]
    source = panel.pairs.source
    assert [source.cell(0, column) for column in range(3)] == ["no rule", "·", "👩"]
    assert "👩 is not in the vocabulary, so each of its bytes is a token." in said(mistral)
    chip = panel.row._rows[0].chips[1]
    before = mistral.model.selection
    qtbot.mouseClick(panel.row, Left, pos=chip.rect.center().toPoint())
    assert mistral.model.selection == before


def test_a_pre_token_that_is_a_token_is_taken_whole(whole: Session, qtbot: QtBot) -> None:
    show_tab(qtbot, whole, "Why this boundary?")
    panel = whole.window.replay.history
    assert panel.sentence.text() == (
        "abc is a token, so the pre-token is taken whole without any merge; the merges would give "
        "ab + c."
    )
    assert chips(panel)[0] == ["abc"]
    source = panel.pairs.source
    rows = [[source.cell(row, column) for column in (0, 1)] for row in range(source.n_rows())]
    assert rows == [["ab", "5"], ["c", "2"]]
    whole.window.text_panel.view.setFocus()
    whole.window.text_panel.view.set_caret(1)
    qtbot.waitUntil(
        lambda: "No boundary: abc is a token, so the pre-token was taken whole." in said(whole)
    )


def test_what_is_no_token_is_merged(whole: Session, qtbot: QtBot) -> None:
    whole.model.set_text("abd")
    settle(qtbot, whole)
    panel = whole.window.replay.history
    assert panel.sentence.text().startswith("Step 1 of 1 · rank 0 · a + b → ab")
    click_row(qtbot, panel.pairs, 0)
    assert panel.controls.n_steps == 1
