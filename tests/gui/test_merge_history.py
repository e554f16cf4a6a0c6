"""The merge history as a person uses it: scope, order, keys and clicks."""

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtWidgets import QApplication, QLineEdit, QSpinBox
from pytestqt.qtbot import QtBot

from tests.gui.replaying import (
    TOKENIZATION,
    Left,
    Start,
    chips,
    click_stage,
    click_token,
    key,
    open_replay,
    open_tokenization,
    panel_of,
    scope,
    settle,
    words_on,
)
from tokviz.gui.palette import DARK
from tokviz.gui.panels.replay.merge_history_panel import MergeHistoryPanel
from tokviz.gui.session import Session
from tokviz.gui.theme import ThemeMode
from tokviz.tokenization.tokenizer import Tokenizer

Key = Qt.Key
Control = Qt.KeyboardModifier.ControlModifier
LONG_WORD = "supercalifragilisticexpialidociousqz" * 290


@pytest.fixture
def session(start: Start, qtbot: QtBot) -> Session:
    return open_tokenization(start, qtbot)


@pytest.mark.parametrize("tokenizer", ["gpt2", "bert-base-uncased"])
def test_what_was_selected_before_replay_was_opened_is_replayed(
    start: Start, qtbot: QtBot, tokenizer: str
) -> None:
    session = start(tokenizer)
    session.window.resize(1300, 900)
    session.window.activateWindow()
    session.model.set_text(TOKENIZATION)
    settle(qtbot, session)
    click_token(qtbot, session, "words" if tokenizer.startswith("bert") else " words")
    qtbot.keyClick(session.window, Key.Key_2, Control)
    settle(qtbot, session)
    panel = panel_of(session)
    qtbot.waitUntil(lambda: "words" in panel.sentence.text())


# -- the two clocks ----------------------------------------------------------------------------


def test_the_header_says_which_clock_runs(session: Session, qtbot: QtBot) -> None:
    clock = panel_of(session).clock
    session.window.resize(1800, 900)
    qtbot.waitUntil(lambda: clock.text() == "Encoding replay: rules fixed, the lowest rank wins")
    session.window.resize(1000, 700)
    qtbot.waitUntil(lambda: clock.text() == "Encoding replay")


# -- a pre-token -------------------------------------------------------------------------------


def test_a_click_on_a_token_replays_its_pre_token(session: Session, qtbot: QtBot) -> None:
    panel = panel_of(session)
    assert words_on(panel) == ["text 13", "pre-tokens 1", "bytes 13", "merges 11", "ids 2"]
    assert (panel.controls.step, panel.controls.n_steps) == (11, 11)
    click_token(qtbot, session, "Some")
    assert words_on(panel)[0] == "text 4"


def test_a_step_is_told_in_a_sentence_a_row_and_pairs(session: Session, qtbot: QtBot) -> None:
    panel = panel_of(session)
    for _ in range(5):
        key(qtbot, panel, Key.Key_Left)
    assert panel.sentence.text() == "Step 6 of 11 · rank 39 · i + on → ion · next best was rank 272"
    assert chips(panel) == (
        ["·to", "k", "en", "i", "z", "at", "i", "on"],
        ["·to", "k", "en", "i", "z", "at", "ion"],
    )
    source = panel.pairs.source
    rows = [[source.cell(row, column) for column in range(4)] for row in range(source.n_rows())]
    assert rows == [
        ["39", "i", "on", "7"],
        ["272", "i", "z", "4"],
        ["3,208", "k", "en", "2"],
        ["6,990", "at", "i", "6"],
        ["43,594", "en", "i", "3"],
        ["no rule", "·to", "k", "1"],
        ["no rule", "z", "at", "5"],
    ]
    assert source.is_emphasised(0)
    assert not source.is_emphasised(1)


def test_the_keys_walk_through_the_steps(session: Session, qtbot: QtBot) -> None:
    panel = panel_of(session)
    steps = []
    for which in (Key.Key_Home, Key.Key_Right, Key.Key_Right, Key.Key_Left, Key.Key_End):
        key(qtbot, panel, which)
        steps.append((panel.controls.step, panel.tree.n_steps_done))
    assert steps == [(0, 0), (1, 1), (2, 2), (1, 1), (11, 11)]
    assert panel.sentence.text().startswith("Step 11 of 11 · rank 10,985 · ·to + ken → ·token")
    key(qtbot, panel, Key.Key_Home)
    assert panel.sentence.text() == "13 bytes; the lowest rank among them is 0"


def test_space_plays_and_pauses(session: Session, qtbot: QtBot) -> None:
    panel = panel_of(session)
    panel.controls.speed = 16
    key(qtbot, panel, Key.Key_Space)
    assert panel.controls.is_playing
    qtbot.waitUntil(lambda: 0 < panel.controls.step < 11)
    key(qtbot, panel, Key.Key_Space)
    assert not panel.controls.is_playing
    assert panel.tree.n_steps_done == panel.controls.step


def test_ctrl_and_the_arrows_go_to_the_neighbouring_pre_token(
    session: Session, qtbot: QtBot
) -> None:
    panel = panel_of(session)

    def replayed() -> str:
        assert panel.stretch is not None
        return panel.stretch.text

    key(qtbot, panel, Key.Key_Right, Control)
    assert replayed() == " of"
    key(qtbot, panel, Key.Key_Right, Control)
    key(qtbot, panel, Key.Key_Right, Control)
    key(qtbot, panel, Key.Key_Right, Control)
    assert replayed() == "."
    for _ in range(6):
        key(qtbot, panel, Key.Key_Left, Control)
    assert replayed() == "Some"


def test_the_step_field_goes_to_a_step(session: Session, qtbot: QtBot) -> None:
    panel = panel_of(session)
    box = panel.controls.findChild(QSpinBox)
    assert isinstance(box, QSpinBox)
    box.setFocus()
    box.selectAll()
    qtbot.keyClicks(box, "4")
    qtbot.keyClick(box, Key.Key_Return)
    assert panel.controls.step == 4
    assert panel.sentence.text().startswith("Step 4 of 11 · rank 12 · e + n → en")


def type_rank(qtbot: QtBot, field: QLineEdit, words: str) -> None:
    field.setFocus()
    field.selectAll()
    qtbot.keyClicks(field, words)
    qtbot.keyClick(field, Key.Key_Return)
    QApplication.processEvents()


def test_a_rank_leads_to_its_step(session: Session, qtbot: QtBot) -> None:
    panel = panel_of(session)
    type_rank(qtbot, panel.rank, "1,378")
    assert panel.controls.step == 9
    assert session.model.marked_rank == 1378
    key(qtbot, panel, Key.Key_Home)
    type_rank(qtbot, panel.rank, "1378")  # the same once more
    assert panel.controls.step == 9


def test_a_rank_of_another_pre_token_leads_there(session: Session, qtbot: QtBot) -> None:
    panel = panel_of(session)
    gpt2 = session.model.tokenizer
    rank = gpt2.merges.rank_of_id[gpt2.id_of_bytes[b" of"]]
    type_rank(qtbot, panel.rank, str(rank))
    assert panel.stretch is not None
    assert panel.stretch.text == " of"
    assert f"rank {rank}" in panel.sentence.text()


@pytest.mark.parametrize("words", ["50000", "-1", "x", "", "½"])
def test_a_rank_that_is_none_is_told_in_place(session: Session, qtbot: QtBot, words: str) -> None:
    panel = panel_of(session)
    type_rank(qtbot, panel.rank, words)
    assert panel.sentence.text() == f"{words!r} is no rank: the ranks run from 0 to 49,999."
    assert panel.controls.step == 11


def test_a_rank_that_fires_nowhere_is_told_in_place(session: Session, qtbot: QtBot) -> None:
    panel = panel_of(session)
    type_rank(qtbot, panel.rank, "49999")
    assert panel.sentence.text() == "Rank 49,999 does not fire in this text."


# -- scope and order ---------------------------------------------------------------------------


def test_a_selection_is_replayed_with_its_whole_pre_tokens(session: Session, qtbot: QtBot) -> None:
    panel, view = panel_of(session), session.window.text_panel.view
    scope(panel, "Selected text")
    view.select(8, 19)  # within " tokenization" and " of"
    settle(qtbot, session)
    assert panel.stretch is not None
    assert panel.stretch.text == " tokenization of"
    assert words_on(panel)[1] == "pre-tokens 2"
    assert "pre-token 2 of 2" in panel.sentence.text()


def test_the_whole_text_in_both_orders_ends_in_the_ids(session: Session, qtbot: QtBot) -> None:
    panel = panel_of(session)
    scope(panel, "Whole text")
    assert panel.stretch is not None
    ids = session.model.text.ids().tolist()
    ranks: dict[str, list[int]] = {}
    orders = {"in text order": Key.Key_Up, "by rank, everywhere": Key.Key_Down}
    for order, which in orders.items():
        panel.order.setFocus()
        qtbot.keyClick(panel.order, which)
        assert panel.order.currentText() == order
        key(qtbot, panel, Key.Key_Home)
        found = []
        for _ in range(panel.controls.n_steps):
            key(qtbot, panel, Key.Key_Right)
            found.append(
                int(panel.sentence.text().split("rank ")[1].split(" ")[0].replace(",", ""))
            )
        ranks[order] = found
        assert panel.stretch.ids.tolist() == ids
    assert sorted(ranks["in text order"]) == ranks["by rank, everywhere"]
    assert ranks["in text order"] != ranks["by rank, everywhere"]


def test_within_a_whole_text_ctrl_and_the_arrows_go_from_pre_token_to_pre_token(
    session: Session, qtbot: QtBot
) -> None:
    panel = panel_of(session)
    scope(panel, "Whole text")
    click_token(qtbot, session, "Some")
    assert "pre-token 1 of 5" in panel.sentence.text()
    key(qtbot, panel, Key.Key_Right, Control)
    assert panel.sentence.text().endswith("the lowest rank among them is 0 · pre-token 2 of 5")
    key(qtbot, panel, Key.Key_Right)
    assert "rank 0 · · + t → ·t" in panel.sentence.text()
    key(qtbot, panel, Key.Key_Left, Control)
    key(qtbot, panel, Key.Key_Left, Control)
    assert "pre-token 1 of 5" in panel.sentence.text()


def test_the_whole_text_opens_at_the_pre_token_that_was_looked_at(
    session: Session, qtbot: QtBot
) -> None:
    panel = panel_of(session)
    click_token(qtbot, session, "ization")
    scope(panel, "Whole text")
    assert "pre-token 2 of 5" in panel.sentence.text()
    assert panel.tree.n_steps_done == 11
    assert panel.controls.step < panel.controls.n_steps
    session.window.text_panel.view.set_caret(0)
    session.window.text_panel.view.insert_text("x ")  # what is selected moves on
    settle(qtbot, session)
    assert "pre-token 3 of 6" in panel.sentence.text()


def test_a_click_on_a_token_of_the_whole_text_shows_its_pre_token(
    session: Session, qtbot: QtBot
) -> None:
    panel = panel_of(session)
    scope(panel, "Whole text")
    click_token(qtbot, session, "ization")
    assert "pre-token 2 of 5" in panel.sentence.text()
    assert panel.tree.n_steps_done == 11


# -- tree and row ------------------------------------------------------------------------------


def on_bar(panel: MergeHistoryPanel, node: int) -> QPoint:
    """A place on the bar of a node of ` tokenization`, beside the line that leads up from it."""
    return panel.tree.place_of(13 + node) - QPoint(8, 0)


def test_a_click_on_the_tree_selects_the_token_everywhere(session: Session, qtbot: QtBot) -> None:
    panel = panel_of(session)
    ion = on_bar(panel, 5)
    qtbot.mouseMove(panel.tree.viewport(), ion)
    assert session.model.hovered == 295
    qtbot.mouseClick(panel.tree.viewport(), Left, pos=ion)
    assert session.model.selection.ids == (295,)
    assert panel.row._selected == frozenset({295})
    qtbot.mouseClick(panel.tree.viewport(), Left, pos=panel.tree.place_of(1))
    assert session.model.selection.ids == (83,)  # a byte


def test_a_double_click_on_the_tree_goes_to_the_step(session: Session, qtbot: QtBot) -> None:
    panel = panel_of(session)
    qtbot.mouseDClick(panel.tree.viewport(), Left, pos=on_bar(panel, 5))
    assert panel.controls.step == 6


def test_a_click_on_the_row_selects_the_token_everywhere(session: Session, qtbot: QtBot) -> None:
    panel = panel_of(session)
    _, rect = panel.row.shown_after()[0]
    qtbot.mouseClick(panel.row, Left, pos=rect.center().toPoint())
    assert session.model.selection.ids == (11241,)
    highlighted = session.window.text_panel.view._highlights.selected_ids
    assert highlighted == frozenset({11241})


def test_heights_follow_the_rank_by_a_switch(session: Session, qtbot: QtBot) -> None:
    panel = panel_of(session)
    before = [panel.tree.place_of(13 + node).y() for node in range(11)]
    qtbot.mouseClick(panel.view.by_rank, Left)
    assert [panel.tree.place_of(13 + node).y() for node in range(11)] != before
    qtbot.mouseClick(panel.view.by_rank, Left)
    assert [panel.tree.place_of(13 + node).y() for node in range(11)] == before


# -- what changes meanwhile --------------------------------------------------------------------


def test_an_edit_of_the_pre_token_is_replayed(session: Session, qtbot: QtBot) -> None:
    panel, view = panel_of(session), session.window.text_panel.view
    view.set_caret(17)
    view.insert_text("s")
    settle(qtbot, session)
    assert panel.stretch is not None
    assert panel.stretch.text == " tokenizations"


def test_another_tokenizer_replays_the_same_pre_token(
    session: Session, qtbot: QtBot, smollm2: Tokenizer
) -> None:
    panel = panel_of(session)
    key(qtbot, panel, Key.Key_Left)
    session.model.set_tokenizer(smollm2)
    panel.window().grab()  # what is still shown has the names of the old one
    settle(qtbot, session)
    assert panel.stretch is not None
    assert panel.stretch.tokenizer is smollm2
    assert panel.stretch.ids.tolist() == smollm2.encode(panel.stretch.text).ids.tolist()


def test_scrubbing_leaves_the_replay_alone(session: Session, qtbot: QtBot) -> None:
    panel = panel_of(session)
    stretch = panel.stretch
    session.model.set_n_merges(100)
    settle(qtbot, session)
    assert panel.stretch is stretch
    assert panel.controls.n_steps == 11


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("", "There is no text to replay yet."),
        ("a", "One byte, one token: there is nothing to merge."),
        ("\x01\x02", "No merge applies: each byte stays a token of its own."),
    ],
)
def test_what_has_no_merges_is_told_in_place(
    start: Start, qtbot: QtBot, text: str, sentence: str
) -> None:
    session = open_replay(start, qtbot, text)
    panel = panel_of(session)
    assert panel.sentence.text() == sentence
    for which in (Key.Key_Home, Key.Key_Right, Key.Key_End, Key.Key_Space):
        key(qtbot, panel, which)
    key(qtbot, panel, Key.Key_Right, Control)
    assert panel.controls.step == 0


def test_characters_have_nothing_to_merge_and_the_panel_says_so(start: Start, qtbot: QtBot) -> None:
    session = open_replay(start, qtbot, "abc", tokenizer="characters")
    panel = panel_of(session)
    assert panel.sentence.text().startswith("There is nothing to merge: with characters each one")
    assert not panel.export.isEnabled()
    assert not session.window.scrubber.isVisible()


@pytest.mark.parametrize(
    ("stage", "which", "row"),
    [
        ("text", Key.Key_End, ["·token", "ization"]),  # from the last step but one
        ("bytes", Key.Key_End, ["·token", "ization"]),
        ("ids", Key.Key_Home, list("·tokenization")),
    ],
)
def test_a_step_to_either_end_is_seen_from_every_stage(
    session: Session, qtbot: QtBot, stage: str, which: Qt.Key, row: list[str]
) -> None:
    panel = panel_of(session)
    key(qtbot, panel, Key.Key_Left)
    click_stage(qtbot, panel, stage)
    key(qtbot, panel, which)
    before, after = chips(panel)
    assert (after or before) == row


def test_an_emoji_family_is_replayed_by_its_bytes(start: Start, qtbot: QtBot) -> None:
    session = open_replay(start, qtbot, "👩‍👩‍👧‍👦")
    panel = panel_of(session)
    assert words_on(panel)[:3] == ["text 7", "pre-tokens 1", "bytes 25"]
    texts = [character.text for character in panel.tree._shape.characters]
    assert [text for text in texts if len(text) == 1] == ["👩", "👩", "👧", "👦"]
    click_stage(qtbot, panel, "bytes")
    assert chips(panel)[0][:4] == ["f0", "9f", "91", "a9"]


def test_any_step_of_ten_thousand_bytes_is_shown_right(
    start: Start, qtbot: QtBot, gpt2: Tokenizer
) -> None:
    session = open_replay(start, qtbot, LONG_WORD)
    panel = panel_of(session)
    assert panel.stretch is not None
    assert panel.stretch.n_bytes >= 10_000
    n_steps = panel.controls.n_steps
    box = panel.controls.findChild(QSpinBox)
    assert isinstance(box, QSpinBox)
    for step in (1, n_steps // 2, n_steps - 1, 3, n_steps):
        box.setFocus()
        box.selectAll()
        qtbot.keyClicks(box, str(step))
        qtbot.keyClick(box, Key.Key_Return)
        assert panel.tree.n_steps_done == step
        assert panel.sentence.text().startswith(f"Step {step:,} of {n_steps:,} · ")
        assert panel.pairs.n_rows == panel.stretch.n_bytes - step  # before the merge
        assert len(panel.row._before) == panel.stretch.n_bytes - step + 1
    assert len(panel.row._after or ()) == len(gpt2.encode(LONG_WORD).ids)


def test_a_long_text_is_put_in_order_beside_the_window(start: Start, qtbot: QtBot) -> None:
    session = open_replay(start, qtbot, "the tokenization of words, " * 9000)
    panel = panel_of(session)
    scope(panel, "Whole text")
    qtbot.waitUntil(lambda: panel.controls.n_steps > 100_000, timeout=20_000)
    assert panel.stretch is not None
    assert panel.stretch.n_tokens == session.model.text.n_tokens
    key(qtbot, panel, Key.Key_Home)
    assert "lowest rank" in panel.sentence.text()


# -- the look ----------------------------------------------------------------------------------


def test_the_panel_follows_the_theme(session: Session) -> None:
    session.theme.set_mode(ThemeMode.DARK)
    QApplication.processEvents()
    image = panel_of(session).tree.viewport().grab().toImage()
    assert image.pixelColor(2, 2) == DARK.panel
    session.theme.set_mode(ThemeMode.LIGHT)


@pytest.mark.parametrize("size", [(1000, 700), (1440, 900), (1920, 1200)])
def test_nothing_is_cut_off(session: Session, size: tuple[int, int]) -> None:
    window, panel = session.window, panel_of(session)
    window.resize(*size)
    QApplication.processEvents()
    for widget in (panel.clock, panel.scope, panel.order, panel.export, panel.rank, panel.pairs):
        corner = widget.mapTo(panel, QPoint(widget.width(), widget.height()))
        assert panel.rect().contains(corner), widget
    for widget in (panel.clock, panel.scope, panel.order, panel.export):
        assert widget.width() >= widget.sizeHint().width(), widget
    tree = panel.tree
    assert tree.place_of(0).y() < tree.viewport().height()
    columns = panel.pairs.horizontalHeader()
    last = columns.count() - 1
    end = columns.sectionViewportPosition(last) + columns.sectionSize(last)
    assert end <= panel.pairs.viewport().width()


def test_a_wheel_turned_over_the_row_shows_other_tokens(start: Start, qtbot: QtBot) -> None:
    session = open_replay(start, qtbot, LONG_WORD)
    panel = panel_of(session)
    key(qtbot, panel, Key.Key_Home)
    first = panel.row.shown_before()[0][0]
    notes = panel.row.notes()
    qtbot.mouseClick(panel.row, Left, pos=QPointF(notes[-1][1].center()).toPoint())
    assert panel.row.shown_before()[0][0] > first
