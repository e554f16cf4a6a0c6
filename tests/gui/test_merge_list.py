"""The merge list: its rows, filters and menu, and what a click marks."""

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QContextMenuEvent, QGuiApplication
from PySide6.QtWidgets import QApplication, QMenu
from pytestqt.qtbot import QtBot

from tests.gui.replaying import Left, Start, click_row, open_replay, settle
from tokviz.gui.panels.replay.merge_list_panel import MergeListPanel
from tokviz.gui.session import Session
from tokviz.tokenization.tokenizer import Tokenizer

TEXT = "the then there, atlas the 👩‍👩‍👧‍👦 tokenization"


@pytest.fixture
def session(start: Start, qtbot: QtBot) -> Session:
    return open_replay(start, qtbot, TEXT)


def panel_of(session: Session) -> MergeListPanel:
    return session.window.replay.merges


def ranks(session: Session) -> list[int]:
    source = panel_of(session).table.source
    return [int(source.cell(row, 0).replace(",", "")) for row in range(source.n_rows())]


def type_filter(qtbot: QtBot, session: Session, words: str) -> None:
    field = panel_of(session).filter
    field.setFocus()
    field.selectAll()
    if words:
        qtbot.keyClicks(field, words)
    else:
        qtbot.keyClick(field, Qt.Key.Key_Delete)
    qtbot.wait(300)  # it waits for the next key


def test_all_merges_are_listed_by_rank(session: Session) -> None:
    source = panel_of(session).table.source
    assert source.n_rows() == 50_000
    assert source.headings == ("rank", "fires", "left", "right", "token", "id", "bytes")
    row = [source.cell(10_985, column) for column in range(7)]
    assert row == ["10,985", "1", "·to", "ken", "·token", "11241", "6"]
    assert source.cell(49_999, 1) == ""
    assert panel_of(session).message.text().startswith("50,000 merges.")


@pytest.mark.parametrize(
    ("words", "n"),
    [("hex:e2 80 a6", 24), ("/^ tok/", 9), ("rank:100-199", 100), ("rank:39", 1), ("zzzzz", 0)],
)
def test_the_list_is_filtered_as_one_types(
    session: Session, qtbot: QtBot, words: str, n: int
) -> None:
    type_filter(qtbot, session, words)
    gpt2 = session.model.tokenizer
    found = ranks(session)
    if words.startswith("/"):
        tokens = [gpt2.token_bytes(gpt2.merges[rank].id) for rank in found]
        assert tokens
        assert all(token.startswith(b" tok") for token in tokens)
    elif words.startswith("hex"):
        assert all(b"\xe2\x80\xa6" in gpt2.token_bytes(gpt2.merges[rank].id) for rank in found)
    else:
        assert len(found) == n
    expected = f"{len(found):,} of 50,000 merges." if found else "No merge matches the filter."
    assert panel_of(session).message.text().startswith(expected)
    type_filter(qtbot, session, "")
    assert len(ranks(session)) == 50_000


def test_that_nothing_matches_is_told_beside_a_marked_merge(session: Session, qtbot: QtBot) -> None:
    session.model.mark(2)
    message = panel_of(session).message
    assert message.text().startswith("Rank 2 ")
    type_filter(qtbot, session, "100-120")
    assert message.text() == "No merge matches the filter."
    type_filter(qtbot, session, "")
    assert message.text().startswith("Rank 2 ")


@pytest.mark.parametrize(
    ("words", "sentence"),
    [("/(/", "/(/ is no valid expression"), ("rank:9-1", "is outside"), ("hex:g", "is not hex")],
)
def test_a_filter_that_is_none_is_told_and_the_rows_stay(
    session: Session, qtbot: QtBot, words: str, sentence: str
) -> None:
    type_filter(qtbot, session, "rank:0-9")
    type_filter(qtbot, session, words)
    assert sentence in panel_of(session).message.text()
    assert ranks(session) == list(range(10))


def test_only_what_fires_in_the_text(session: Session, qtbot: QtBot) -> None:
    panel = panel_of(session)
    qtbot.mouseClick(panel.fires_only, Left)
    found = ranks(session)
    gaps = session.model.text.gap_ranks()
    assert gaps is not None
    assert found == sorted({rank for rank in gaps.tolist() if rank >= 0})
    type_filter(qtbot, session, "rank:0-99")
    assert ranks(session) == [rank for rank in found if rank < 100]
    qtbot.mouseClick(panel.fires_only, Left)
    assert ranks(session) == list(range(100))


def test_the_firings_in_a_long_text_come_when_they_are_counted(
    session: Session, qtbot: QtBot
) -> None:
    model, source = session.model, panel_of(session).table.source
    model.set_text("token " * 40_000)
    qtbot.waitUntil(lambda: model.text.complete)
    qtbot.waitUntil(lambda: source.cell(10_985, 1) == "39,999")
    assert source.n_rows() == 50_000
    view = session.window.text_panel.view
    view.set_caret(0)
    view.insert_text(" token ")
    qtbot.waitUntil(lambda: source.cell(10_985, 1) == "40,001")


def test_a_click_marks_every_place_and_seeks_the_replay(session: Session, qtbot: QtBot) -> None:
    panel, model = panel_of(session), session.model
    click_row(qtbot, panel.table, 2)  # h + e
    settle(qtbot, session)
    assert model.marked_rank == 2
    assert model.selection.ids == (258,)
    places = session.window.text_panel.view._highlights.places
    assert places is not None
    at = [i for i in range(len(TEXT)) if TEXT.startswith("he", i)]
    assert places(0, len(TEXT)) == [(i, i + 2) for i in at]
    sentence = panel.message.text()
    assert sentence.startswith("Rank 2 fired 4 times, survives in 0 final tokens, absorbed by ")
    assert "the (1)" in sentence
    history = session.window.replay.history
    assert history.sentence.text().startswith("Step 1 of 2 · rank 2 · h + e → he")
    assert history.stretch is not None
    assert history.stretch.text == "the"


def test_what_a_merge_became_in_a_long_text_is_told_when_it_is_found(
    session: Session, qtbot: QtBot
) -> None:
    panel, model = panel_of(session), session.model
    model.set_text("the other " * 20_000)
    qtbot.waitUntil(lambda: model.text.complete, timeout=10_000)
    model.mark(2)  # h + e
    assert panel.message.text() == "Rank 2: looking for where it fires …"
    qtbot.waitUntil(lambda: panel.message.text().startswith("Rank 2 fired 40,000 times"))
    model.mark(2_000)
    model.mark(2)
    model.mark(None)
    qtbot.wait(100)  # what was looked for is not told any more
    assert panel.message.text().startswith("50,000 merges.")


def test_the_marked_places_are_framed_in_the_text(session: Session, qtbot: QtBot) -> None:
    view = session.window.text_panel.view
    session.model.select([])
    QApplication.processEvents()
    before = view.viewport().grab().toImage()
    session.model.mark(2)
    QApplication.processEvents()
    assert view.viewport().grab().toImage() != before


def test_a_merge_that_does_not_fire_is_told(session: Session, qtbot: QtBot) -> None:
    type_filter(qtbot, session, "rank:49999")
    click_row(qtbot, panel_of(session).table, 0)
    assert panel_of(session).message.text() == "Rank 49,999 does not fire in this text."
    assert "does not fire" in session.window.replay.history.sentence.text()


def test_the_keys_walk_the_list(session: Session, qtbot: QtBot) -> None:
    table = panel_of(session).table
    click_row(qtbot, table, 0)
    table.setFocus()
    for _ in range(3):
        qtbot.keyClick(table, Qt.Key.Key_Down)
    assert session.model.marked_rank == 3
    qtbot.keyClick(table, Qt.Key.Key_End)
    assert session.model.marked_rank == 49_999
    qtbot.keyClick(table, Qt.Key.Key_Home)
    assert session.model.marked_rank == 0


def test_a_rank_entered_elsewhere_is_shown_in_the_list(session: Session, qtbot: QtBot) -> None:
    session.model.mark(10_985)
    QApplication.processEvents()
    assert panel_of(session).table.row == 10_985
    assert panel_of(session).message.text().startswith("Rank 10,985 fired once, survives in 1 ")


@pytest.mark.qt_log_ignore("This plugin does not support")
def test_a_right_click_copies_and_leads_on(session: Session, qtbot: QtBot) -> None:
    panel, model = panel_of(session), session.model
    type_filter(qtbot, session, "rank:10985")
    view = panel.table.viewport()
    place = QPoint(20, panel.table.rowViewportPosition(0) + 5)
    reason = QContextMenuEvent.Reason.Mouse
    event = QContextMenuEvent(reason, place, view.mapToGlobal(place))
    QApplication.sendEvent(view, event)
    menu = QApplication.activePopupWidget()
    assert isinstance(menu, QMenu)
    actions = {action.text(): action for action in menu.actions()}
    actions["Copy"].trigger()
    assert QGuiApplication.clipboard().text() == "10,985\t·to\tken\t·token"
    actions["Show the left part"].trigger()
    assert model.selection.ids == (model.tokenizer.id_of_bytes[b" to"],)
    actions["Show the right part"].trigger()
    assert model.selection.ids == (model.tokenizer.id_of_bytes[b"ken"],)
    actions["Merges of ·token"].trigger()
    menu.close()
    qtbot.wait(300)
    assert panel.filter.text() == "id:11241"
    made = {m.rank for m in model.tokenizer.merges if 11241 in (m.left, m.right, m.id)}
    assert set(ranks(session)) == made


def test_an_edit_counts_anew_and_leaves_the_list_where_it_is(
    session: Session, qtbot: QtBot
) -> None:
    panel, view = panel_of(session), session.window.text_panel.view
    panel.table.scrollTo(panel.table.model().index(20_000, 0))
    scrolled = panel.table.verticalScrollBar().value()
    assert panel.table.source.cell(2, 1) == "4"
    view.set_caret(0)
    view.insert_text("the ")
    qtbot.waitUntil(lambda: panel.table.source.cell(2, 1) == "5")
    assert panel.table.verticalScrollBar().value() == scrolled


def test_scrubbing_leaves_the_list_alone(session: Session, qtbot: QtBot) -> None:
    source = panel_of(session).table.source
    session.model.set_n_merges(1)
    qtbot.wait(300)
    assert panel_of(session).table.source is source
    assert source.cell(2, 1) == "4"


def test_another_tokenizer_lists_its_merges(
    session: Session, qtbot: QtBot, smollm2: Tokenizer
) -> None:
    click_row(qtbot, panel_of(session).table, 0)
    session.model.set_tokenizer(smollm2)
    settle(qtbot, session)
    assert len(ranks(session)) == len(smollm2.merges)
    assert session.model.marked_rank is None


def test_a_tokenizer_without_merges_says_so(start: Start, qtbot: QtBot) -> None:
    session = open_replay(start, qtbot, "abc", tokenizer="characters")
    assert panel_of(session).table.n_rows == 0
    assert panel_of(session).message.text().startswith("This tokenizer has no merges.")
    type_filter(qtbot, session, "rank:5")
    assert "no merges" in panel_of(session).message.text()
