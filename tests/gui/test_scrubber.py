"""The vocabulary scrubber: the whole text with fewer merges, by mouse, keys, number and playing."""

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QApplication, QLabel
from pytestqt.qtbot import QtBot

from tests.gui.replaying import Left, Start, click_token, open_replay, settle
from tokviz.gui.panels.scrubber_panel import ScrubberPanel
from tokviz.gui.session import Session
from tokviz.gui.widgets.fitting_label import FittingLabel
from tokviz.tokenization.tokenizer import Tokenizer

Key = Qt.Key
TEXT = "The tokenization of naïve 👩‍👩‍👧‍👦 words, 1,234 of them.\nمرحبا بالعالم and\tmore."


@pytest.fixture
def session(start: Start, qtbot: QtBot) -> Session:
    return open_replay(start, qtbot, TEXT)


def scrubber(session: Session) -> ScrubberPanel:
    return session.window.scrubber


def words(session: Session) -> str:
    """What it says, in full: where there is little height a part of it is on the tool tip."""
    return " ".join(label.toolTip() for label in scrubber(session).findChildren(FittingLabel))


def x_of(session: Session, k: int) -> QPoint:
    curve = scrubber(session).curve
    return QPoint(round(curve._axis().x_of(k)), curve.height() // 2)


def painted_ids(session: Session) -> list[int]:
    """The ids of the tokens as they are painted, each once, in order."""
    QApplication.processEvents()
    view, text = session.window.text_panel.view, session.model.text
    seen = dict.fromkeys(index for index, _, _ in view.token_rects())
    return [int(text.token(index).ids[0]) for index in sorted(seen)]


def check_shown(session: Session, k: int) -> None:
    """Text, counts and playhead are those of a tokenizer with k merges."""
    model = session.model
    ids = model.tokenizer.truncated(k).encode(str(model.text)).ids.tolist()
    assert model.text.ids().tolist() == ids
    assert painted_ids(session) == ids
    panel = scrubber(session)
    assert (panel.curve.value, panel.box.value()) == (k, k)
    assert panel.curve.tokens_at(k) == len(ids)
    n_vocab = model.tokenizer.n_vocab - len(model.tokenizer.merges) + k
    said = words(session)
    assert f"vocabulary of {n_vocab:,}" in said
    assert f"{len(ids):,} tokens" in said
    assert f"{model.text.n_bytes / len(ids):.2f} bytes a token" in said
    status = " ".join(label.text() for label in session.window.status.findChildren(QLabel))
    assert f"{len(ids):,}" in status


def test_at_first_all_merges_are_applied(session: Session) -> None:
    check_shown(session, 50_000)
    assert session.model.n_merges is None


def test_dragging_the_playhead_shows_the_text_with_fewer_merges(
    session: Session, qtbot: QtBot
) -> None:
    curve = scrubber(session).curve
    qtbot.mousePress(curve, Left, pos=x_of(session, 50_000))
    for k in (10_000, 1_000, 100, 10, 0):  # where a drag snaps
        qtbot.mouseMove(curve, x_of(session, k))
        check_shown(session, k)
    qtbot.mouseMove(curve, x_of(session, 300))
    between = session.model.n_merges
    assert between is not None
    assert 250 < between < 350
    check_shown(session, between)
    qtbot.mouseMove(curve, x_of(session, 50_000))
    qtbot.mouseRelease(curve, Left, pos=x_of(session, 50_000))
    check_shown(session, 50_000)
    assert session.model.n_merges is None


def test_a_click_on_the_curve_goes_there(session: Session, qtbot: QtBot) -> None:
    qtbot.mouseClick(scrubber(session).curve, Left, pos=x_of(session, 1_000))
    check_shown(session, 1_000)


def test_the_keys_go_from_change_to_change(session: Session, qtbot: QtBot) -> None:
    curve = scrubber(session).curve
    curve.setFocus()
    qtbot.keyClick(curve, Key.Key_Home)
    check_shown(session, 0)
    n_bytes = session.model.text.n_tokens
    qtbot.keyClick(curve, Key.Key_Right)
    assert session.model.n_merges is not None
    assert session.model.text.n_tokens < n_bytes
    check_shown(session, session.model.n_merges)
    qtbot.keyClick(curve, Key.Key_Left)
    check_shown(session, 0)
    qtbot.keyClick(curve, Key.Key_End)
    check_shown(session, 50_000)


@pytest.mark.parametrize("k", [256, 1_000, 10_000, 49_999])
def test_a_number_goes_there(session: Session, qtbot: QtBot, k: int) -> None:
    box = scrubber(session).box
    box.setFocus()
    box.selectAll()
    qtbot.keyClicks(box, str(k))
    qtbot.keyClick(box, Key.Key_Return)
    check_shown(session, k)


def test_playing_lets_the_text_coalesce_from_bytes(session: Session, qtbot: QtBot) -> None:
    panel = scrubber(session)
    counts: list[int] = []
    session.model.encoding_changed.connect(lambda: counts.append(session.model.text.n_tokens))
    qtbot.mouseClick(panel._play, Left)
    qtbot.waitUntil(lambda: len(counts) > 5)
    qtbot.mouseClick(panel._play, Left)
    n = len(counts)
    qtbot.wait(150)
    assert len(counts) == n  # it stands
    assert counts[0] == session.model.text.n_bytes
    assert counts == sorted(counts, reverse=True)
    k = session.model.n_merges
    assert k is not None
    check_shown(session, k)


def test_playing_ends_with_all_merges(session: Session, qtbot: QtBot) -> None:
    session.model.set_n_merges(49_000)
    qtbot.mouseClick(scrubber(session)._play, Left)
    qtbot.waitUntil(lambda: session.model.n_merges is None)
    qtbot.waitUntil(lambda: scrubber(session)._play.text() == "▶")
    check_shown(session, 50_000)


def test_an_edit_with_fewer_merges_shown_keeps_them(session: Session, qtbot: QtBot) -> None:
    session.model.set_n_merges(500)
    view = session.window.text_panel.view
    view.set_caret(4)
    view.setFocus()
    qtbot.keyClicks(view, "un")
    settle(qtbot, session)
    qtbot.waitUntil(lambda: scrubber(session).curve.tokens_at(500) == session.model.text.n_tokens)
    check_shown(session, 500)
    qtbot.keyClick(view, Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    settle(qtbot, session)
    qtbot.waitUntil(lambda: scrubber(session).curve.tokens_at(500) == session.model.text.n_tokens)
    check_shown(session, 500)


def test_another_tokenizer_begins_with_all_its_merges(
    session: Session, qtbot: QtBot, smollm2: Tokenizer
) -> None:
    session.model.set_n_merges(500)
    session.model.set_tokenizer(smollm2)
    settle(qtbot, session)
    check_shown(session, len(smollm2.merges))
    session.model.set_n_merges(2_000)
    check_shown(session, 2_000)


def test_bytes_the_vocabulary_lacks_are_shown_right_with_any_number_of_merges(
    start: Start, qtbot: QtBot
) -> None:
    session = open_replay(start, qtbot, "a =\x04= b \x04\x04 c", tokenizer="smollm2")
    for k in (0, 100, 10_000):
        session.model.set_n_merges(k)
        check_shown(session, k)


def test_a_token_clicked_while_scrubbed_is_the_one_shown(session: Session, qtbot: QtBot) -> None:
    session.model.set_n_merges(30)
    click_token(qtbot, session, "kenization")
    (selected,) = session.model.selection.ids
    assert session.model.tokenizer.token_bytes(selected) == b"k"
    stretch = session.window.replay.history.stretch
    assert stretch is not None
    assert stretch.text == " tokenization"
    session.model.set_n_merges(None)
    assert session.model.selection.ids == (selected,)
    assert session.model.selection.place is None


def test_an_empty_text_can_be_scrubbed(start: Start, qtbot: QtBot) -> None:
    session = open_replay(start, qtbot, "")
    curve = scrubber(session).curve
    qtbot.mouseClick(curve, Left, pos=QPoint(curve.width() // 2, 20))
    assert session.model.text.n_tokens == 0
    assert "0 tokens" in words(session)


def test_a_tokenizer_without_merges_has_no_scrubber(start: Start, qtbot: QtBot) -> None:
    session = open_replay(start, qtbot, "abc", tokenizer="bytes")
    assert not scrubber(session).isVisible()
    session.window.chooser.choose("gpt2")
    qtbot.waitUntil(scrubber(session).isVisible)


def test_the_curve_of_a_long_text_is_counted_beside_the_window(start: Start, qtbot: QtBot) -> None:
    session = open_replay(start, qtbot, "the tokenization of words, " * 9000)
    curve = scrubber(session).curve
    qtbot.waitUntil(lambda: curve.tokens_at(50_000) == session.model.text.n_tokens, timeout=20_000)
    session.model.set_n_merges(256)
    assert curve.tokens_at(256) == session.model.text.n_tokens
    tokens = [curve.tokens_at(k) for k in range(0, 50_001, 500)]
    assert (np.diff(tokens) <= 0).all()


def test_where_there_is_little_height_the_curve_is_a_strip_beside_the_box(
    session: Session, qtbot: QtBot
) -> None:
    panel, view = scrubber(session), session.window.text_panel.view
    assert panel.curve.geometry().left() > panel.box.geometry().right()
    assert view.viewport().height() > 120
    (label,) = panel.findChildren(QLabel)
    assert label.text().endswith(f"{session.model.text.n_tokens:,} tokens")
    assert "bytes a token" not in label.text()
    low = panel.height()
    qtbot.keyClick(view, Key.Key_1, Qt.KeyboardModifier.ControlModifier)
    qtbot.waitUntil(lambda: panel.height() > 2 * low)
    assert panel.curve.geometry().top() > panel.box.geometry().bottom()
    assert "vocabulary of 50,257" in label.text()
    qtbot.keyClick(view, Key.Key_2, Qt.KeyboardModifier.ControlModifier)
    qtbot.waitUntil(lambda: panel.height() == low)
