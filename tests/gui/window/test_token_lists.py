"""The lists beside the text: vocabulary, tokens of the text, ids. By keys and clicks."""

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QLineEdit
from pytestqt.qtbot import QtBot

from tests.gui.replaying import Start
from tokviz.gui.session import Session
from tokviz.gui.widgets.tables.row_table import RowTable
from tokviz.gui.window.token_lists import TokenLists

Left = Qt.MouseButton.LeftButton
TEXT = "the cat and the hat and the end of tokenization"


@pytest.fixture
def session(start: Start, qtbot: QtBot) -> Session:
    session = start()
    session.model.set_text(TEXT)
    qtbot.waitUntil(lambda: _lists(session).vocabulary.isVisible())
    return session


def _lists(session: Session) -> TokenLists:
    panel = session.window.docks.panel("lists")
    assert isinstance(panel, TokenLists)
    return panel


def _tab(qtbot: QtBot, session: Session, index: int) -> None:
    bar = _lists(session).tabs.tabBar()
    qtbot.mouseClick(bar, Left, pos=bar.tabRect(index).center())


def _column(table: RowTable, column: int) -> list[str]:
    return [table.source.cell(row, column) for row in range(table.source.n_rows())]


def _type(qtbot: QtBot, field: QLineEdit, words: str) -> None:
    field.setFocus()
    field.selectAll()
    qtbot.keyClicks(field, words)
    qtbot.wait(300)  # it waits for the next key


def _click_row(qtbot: QtBot, table: RowTable, row: int) -> None:
    y = table.rowViewportPosition(row) + table.rowHeight(row) // 2
    qtbot.mouseClick(table.viewport(), Left, pos=QPoint(20, y))


def _click_heading(qtbot: QtBot, table: RowTable, column: int) -> None:
    header = table.horizontalHeader()
    x = header.sectionViewportPosition(column) + 10
    qtbot.mouseClick(header.viewport(), Left, pos=QPoint(x, header.height() // 2))


def test_the_vocabulary_counts_the_tokens_of_the_text(session: Session, qtbot: QtBot) -> None:
    panel = _lists(session).vocabulary
    qtbot.waitUntil(lambda: "9 occur in the text" in panel.message.text())
    assert panel.table.source.n_rows() == 50_257
    qtbot.mouseClick(panel.here_only, Left)
    assert _column(panel.table, 1)[:2] == ["·the", "·and"]
    assert _column(panel.table, 2)[:2] == ["2", "2"]
    _click_heading(qtbot, panel.table, 1)
    assert _column(panel.table, 1)[:2] == ["·and", "·cat"]


def test_the_vocabulary_is_searched_as_one_types(session: Session, qtbot: QtBot) -> None:
    panel = _lists(session).vocabulary
    _type(qtbot, panel.filter, "hex:20 74 6f 6b")
    assert "·token" in _column(panel.table, 1)
    before = _column(panel.table, 0)
    _type(qtbot, panel.filter, "/(/")
    assert "is no valid expression" in panel.message.text()
    assert _column(panel.table, 0) == before


def test_one_selection_in_the_vocabulary_and_the_text(session: Session, qtbot: QtBot) -> None:
    panel = _lists(session).vocabulary
    session.model.select_token(10)
    assert panel.table.source.cell(panel.table.row, 0) == "1634"
    _type(qtbot, panel.filter, "id:262")
    _click_row(qtbot, panel.table, 0)
    assert session.model.selection.ids == (262,)


def test_the_tokens_of_the_text_stand_in_rows(session: Session, qtbot: QtBot) -> None:
    _tab(qtbot, session, 1)
    panel = _lists(session).tokens
    table = panel.table
    assert _column(table, 2) == [str(i) for i in session.model.text.ids()]
    last = [table.source.cell(10, column) for column in range(7)]
    assert last == ["10", "ization", "1634", "69 7a 61 74 69 6f 6e", "40–47", "40–47", last[6]]
    assert last[6] == "·tokenization"
    _click_row(qtbot, table, 3)
    assert session.model.selection.place == 3
    session.model.select_token(5)
    assert table.row == 5


def test_the_tokens_are_filtered_sorted_and_their_ids_copied(
    session: Session, qtbot: QtBot
) -> None:
    _tab(qtbot, session, 1)
    panel = _lists(session).tokens
    _type(qtbot, panel.filter, "a")
    assert panel.message.text() == "5 of 11 tokens."
    _click_heading(qtbot, panel.table, 1)
    shown = _column(panel.table, 1)
    spaced = [token.replace("·", " ") for token in shown]
    assert spaced == sorted(spaced)
    qtbot.mouseClick(panel.copy_button, Left)
    copied = QGuiApplication.clipboard().text()
    assert copied == str([int(i) for i in _column(panel.table, 2)])


def test_the_list_follows_what_is_typed(session: Session, qtbot: QtBot) -> None:
    _tab(qtbot, session, 1)
    table = _lists(session).tokens.table
    view = session.window.text_panel.view
    view.setFocus()
    view.set_caret(0)
    qtbot.keyClicks(view, "Oh ")
    qtbot.waitUntil(lambda: table.n_rows == session.model.text.n_tokens)
    assert _column(table, 2) == [str(i) for i in session.model.text.ids()]
    session.model.set_text("")
    qtbot.waitUntil(lambda: table.n_rows == 0)


def test_pasted_ids_are_decoded_with_their_spans(session: Session, qtbot: QtBot) -> None:
    _tab(qtbot, session, 2)
    panel = _lists(session).ids
    panel.field.setFocus()
    qtbot.keyClicks(panel.field, "[11241, 1634]")
    qtbot.waitUntil(lambda: panel.table.n_rows == 2)
    assert _column(panel.table, 2) == ["·token", "ization"]
    assert _column(panel.table, 3) == ["0–6", "6–13"]
    assert "gives these ids again" in panel.message.text()
    _click_row(qtbot, panel.table, 1)
    assert session.model.selection.ids == (1634,)
    qtbot.mouseClick(panel.open_button, Left)
    assert str(session.model.text) == " tokenization"
    session.window.text_panel.view.undo()
    assert str(session.model.text) == TEXT


def test_ids_that_are_none_are_told(session: Session, qtbot: QtBot) -> None:
    _tab(qtbot, session, 2)
    panel = _lists(session).ids
    qtbot.keyClicks(panel.field, "12, 99999")
    qtbot.waitUntil(lambda: "no token with the id 99999" in panel.message.text())
    assert not panel.open_button.isEnabled()
    qtbot.mouseClick(panel.take_button, Left)
    assert panel.field.toPlainText() == str(session.model.text.ids().tolist())
