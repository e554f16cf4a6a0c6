"""The Compare mode: panes beside the text that follow its edits, scrolling and selection."""

from dataclasses import replace

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QApplication, QPushButton, QToolButton
from pytestqt.qtbot import QtBot

from tests.gui.replaying import Start
from tokviz.gui.panels.compare.comparison_panel import ComparisonPanel
from tokviz.gui.session import Session
from tokviz.gui.widgets.mode_switch import Mode
from tokviz.gui.widgets.text.compared_pane import ComparedPane
from tokviz.tokenization.tokenizer import Tokenizer, bytes_tokenizer

Left = Qt.MouseButton.LeftButton
TEXT = "Straße costs 123456 tokens.\n" * 300


@pytest.fixture
def session(start: Start, qtbot: QtBot) -> Session:
    session = start()
    session.settings.compared = ["bytes"]
    session.model.set_text(TEXT)
    (button,) = [
        button
        for button in session.window.modes.findChildren(QToolButton)
        if button.text() == Mode.COMPARE.value
    ]
    qtbot.mouseClick(button, Left)
    qtbot.waitUntil(lambda: len(_panel(session).panes) == 1)
    return session


def _panel(session: Session) -> ComparisonPanel:
    panel = session.window.docks.panel("comparison")
    assert isinstance(panel, ComparisonPanel)
    return panel


def _pane(session: Session) -> ComparedPane:
    return _panel(session).panes[0]


def _ids(tokenizer: Tokenizer, text: str) -> list[int]:
    return tokenizer.encode(text).ids.tolist()


def _ids_shown(session: Session) -> list[int]:
    source = _pane(session).view.source
    return source.tokens(0, source.n_chars).ids.tolist()


def test_the_numbers_of_each_tokenizer_stand_in_rows(session: Session, qtbot: QtBot) -> None:
    rows = _panel(session).grid.rows
    n_first, n_bytes = session.model.text.n_tokens, session.model.text.n_bytes
    qtbot.waitUntil(lambda: len(rows()) == 2 and "so far" not in rows()[1][2])
    first, second = rows()
    assert first[:3] == ["GPT-2", "50,257", f"{n_first:,}"]
    assert second[:4] == ["Bytes", "256", f"{n_bytes:,}", "1.00"]
    assert second[4] == f"{100 * (n_bytes / n_first - 1):+.1f} % tokens"


def test_a_pane_follows_every_edit(session: Session, qtbot: QtBot) -> None:
    view = session.window.text_panel.view
    view.setFocus()
    view.set_caret(4)
    qtbot.keyClicks(view, "xy")
    qtbot.keyClick(view, Qt.Key.Key_Backspace)
    view.select(100, 160)
    qtbot.keyClicks(view, "z")
    view.undo()
    whole = str(session.model.text)
    assert whole.startswith("Straxße")
    qtbot.waitUntil(lambda: _pane(session).view.source.n_encoded == len(whole))
    assert _ids_shown(session) == _ids(bytes_tokenizer(), whole)


def test_what_changed_while_nobody_looked_is_taken_over(session: Session, qtbot: QtBot) -> None:
    session.window.set_mode(Mode.INSPECT)
    session.model.edit_text(0, 3, "A")
    session.model.edit_text(2, 0, "é")
    session.window.set_mode(Mode.COMPARE)
    whole = str(session.model.text)
    qtbot.waitUntil(lambda: _pane(session).view.source.n_encoded == len(whole))
    assert _ids_shown(session) == _ids(bytes_tokenizer(), whole)


def test_text_and_pane_scroll_together(session: Session, qtbot: QtBot) -> None:
    text, pane = session.window.text_panel.view, _pane(session).view
    text.verticalScrollBar().setValue(2000)
    qtbot.waitUntil(lambda: pane.scrolling.top > 0)
    lines = text.source.line_at(text.scrolling.top), pane.source.line_at(pane.scrolling.top)
    assert abs(lines[0] - lines[1]) <= 1
    pane.verticalScrollBar().setValue(0)
    qtbot.waitUntil(lambda: text.scrolling.top == 0)


def test_the_selection_is_shared(session: Session, qtbot: QtBot) -> None:
    session.model.select_token(3)
    start, _ = session.model.text.token_span(3)
    view = _pane(session).view
    qtbot.waitUntil(lambda: view._highlights.selected_index == view.source.index_at(start))
    rects = _pane(session).view.token_rects()
    _, rect, _ = next(r for r in rects if r[0] == 20)
    qtbot.mouseClick(_pane(session).view.viewport(), Left, pos=rect.center().toPoint())
    place = session.model.selection.place
    assert place is not None
    char = _pane(session).view.source.token_span(20)[0]
    assert place == session.model.text.index_at(char)


def test_tokens_that_the_text_has_not_are_framed(session: Session) -> None:
    places = _pane(session).view._highlights.places
    assert places is not None
    framed = places(0, 30)
    whole = session.model.text.tokens(0, 30)
    spans = set(zip(whole.starts.tolist(), whole.ends.tolist(), strict=True))
    assert (0, 1) in framed  # "S" alone
    # Of what is a token there, too, only ß, of which each of these tokens is a half.
    assert [span for span in framed if span in spans] == [(4, 5), (4, 5)]


def test_tokenizers_are_added_and_taken_away(session: Session, qtbot: QtBot) -> None:
    panel = _panel(session)
    panel._fill_menu()
    words = [action.text() for action in panel.menu.actions()]
    assert words[0] == "GPT-2, as it is now"
    panel.menu.actions()[0].trigger()
    assert len(panel.panes) == 2
    assert session.settings.compared == ["bytes", "gpt2"]
    qtbot.mouseClick(panel.panes[0].close_button, Left)
    assert [pane.frame.findChildren(QToolButton)[0] for pane in panel.panes]
    assert session.settings.compared == ["gpt2"]
    qtbot.waitUntil(lambda: [row[0] for row in panel.grid.rows()] == ["GPT-2", "GPT-2"])
    assert panel.grid.rows()[1][4] == "+0.0 % tokens"


def test_panes_with_long_names_get_the_room_in_a_small_window(
    session: Session, qtbot: QtBot
) -> None:
    panel = _panel(session)
    session.window.resize(1000, 700)
    for _ in range(2):
        panel.add(replace(session.model.tokenizer, name="somebody's tokenizer of 2026 " * 5))
    qtbot.wait(50)
    assert len(panel.panes) == 3
    assert session.window.width() == 1000
    views = [session.window.text_panel, *panel.panes]
    widths = [view.width() for view in views]
    assert max(widths) - min(widths) < 20
    assert min(widths) > 220
    qtbot.mouseClick(panel.panes[0].close_button, Left)
    qtbot.mouseClick(panel.panes[0].close_button, Left)
    qtbot.waitUntil(lambda: abs(session.window.text_panel.width() - panel.panes[0].width()) < 20)


def test_without_a_pane_others_are_offered(session: Session, qtbot: QtBot) -> None:
    panel = _panel(session)
    qtbot.mouseClick(panel.panes[0].close_button, Left)
    QApplication.processEvents()
    offered = [button for button in panel.findChildren(QPushButton) if button.isVisible()]
    names = ["cl100k · GPT-3.5/4", "o200k · GPT-4o", "SmolLM2-135M", "BERT base uncased"]
    assert [button.text() for button in offered] == names
    qtbot.mouseClick(offered[2], Left)
    qtbot.waitUntil(lambda: len(panel.panes) == 1, timeout=20_000)
    assert panel.panes[0].isVisible()
    assert not panel._alone.isVisible()


def test_a_wheel_over_a_pane_scrolls_the_text(session: Session, qtbot: QtBot) -> None:
    pane, text = _pane(session).view, session.window.text_panel.view
    pane.scroll_by(400)
    assert pane.mapToGlobal(QPoint(0, 0)).x() > text.mapToGlobal(QPoint(0, 0)).x()
    qtbot.waitUntil(lambda: text.scrolling.top > 0)
