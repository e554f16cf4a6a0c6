"""The stages of encoding beside the replay: text, pre-tokens, bytes, merges and ids."""

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from tests.gui.replaying import (
    Left,
    Start,
    chips,
    click_stage,
    key,
    open_replay,
    open_tokenization,
    panel_of,
    scope,
    words_on,
)
from tokviz.gui.session import Session

Key = Qt.Key


@pytest.fixture
def session(start: Start, qtbot: QtBot) -> Session:
    return open_tokenization(start, qtbot)


def test_a_click_on_a_stage_shows_it(session: Session, qtbot: QtBot) -> None:
    panel = panel_of(session)
    click_stage(qtbot, panel, "text")
    assert chips(panel) == (list("·tokenization"), [])
    click_stage(qtbot, panel, "pre-tokens")
    assert chips(panel) == (["·tokenization"], [])
    click_stage(qtbot, panel, "bytes")
    assert chips(panel)[0][:3] == ["20", "74", "6f"]
    assert panel.controls.step == 0
    click_stage(qtbot, panel, "ids")
    assert chips(panel) == (["·token", "ization"], [])
    assert panel.controls.step == 11
    click_stage(qtbot, panel, "merges")
    assert chips(panel) == (["·to", "ken", "ization"], ["·token", "ization"])


def test_the_ids_at_the_end_are_links_and_bytes_are_none(session: Session, qtbot: QtBot) -> None:
    panel = panel_of(session)
    click_stage(qtbot, panel, "ids")
    second = panel.row._rows[0].chips[1]
    assert second.link is not None
    qtbot.mouseClick(panel.row, Left, pos=second.link.center().toPoint())
    assert session.model.selection.ids == (1634,)
    click_stage(qtbot, panel, "text")
    chip = panel.row._rows[0].chips[0]
    assert chip.link is None
    qtbot.mouseClick(panel.row, Left, pos=chip.rect.center().toPoint())
    assert session.model.selection.ids == (1634,)


def test_the_stages_of_a_whole_text_show_the_whole_text(session: Session, qtbot: QtBot) -> None:
    panel = panel_of(session)
    scope(panel, "Whole text")
    click_stage(qtbot, panel, "pre-tokens")
    assert chips(panel)[0] == ["Some", "·tokenization", "·of", "·words", "."]
    click_stage(qtbot, panel, "ids")
    ids = [chip.token.id for chip in panel.row._rows[0].chips]
    assert ids == session.model.text.ids().tolist()
    assert words_on(panel)[4] == f"ids {len(ids)}"


def test_moving_on_from_a_stage_shows_the_merges(session: Session, qtbot: QtBot) -> None:
    panel = panel_of(session)
    click_stage(qtbot, panel, "bytes")
    key(qtbot, panel, Key.Key_Right)
    before, after = chips(panel)
    assert (len(before), len(after)) == (13, 12)


def test_thousands_of_pre_tokens_are_shown_as_a_row(start: Start, qtbot: QtBot) -> None:
    session = open_replay(start, qtbot, "one two three " * 4000)
    panel = panel_of(session)
    scope(panel, "Whole text")
    click_stage(qtbot, panel, "pre-tokens")
    assert words_on(panel)[1] == "pre-tokens 12,001"
    assert chips(panel)[0][:3] == ["one", "·two", "·three"]
    (words, _) = panel.row.notes()[0]
    assert words.startswith("… 1")
