"""The byte ruler and the notches of pre-tokens, as they are painted and clicked."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QApplication, QLabel, QToolButton
from pytestqt.qtbot import QtBot

from tests.gui.replaying import Start
from tests.tokenization.oracles import shipped
from tokviz.gui.session import Session
from tokviz.gui.widgets.text.painted_row import PaintedRow
from tokviz.tokenization.text.text_pre_tokens import pre_token_starts
from tokviz.tokenization.text.tokenized_text import TokenizedText

TEXT = "Tokenization of 👩‍👩‍👧‍👦 नमस्ते, 北京\r\nand é.\x04 " * 4


@pytest.fixture
def session(start: Start, qtbot: QtBot) -> Session:
    session = start()
    session.model.set_text(TEXT)
    _switch(session, qtbot, "byte ruler")
    return session


def _switch(session: Session, qtbot: QtBot, words: str) -> None:
    buttons = session.window.text_panel.findChildren(QToolButton)
    (button,) = [button for button in buttons if button.text() == words]
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
    QApplication.processEvents()


def _rows(session: Session) -> list[PaintedRow]:
    return session.window.text_panel.view.page.rows_in_view()


def test_every_byte_of_a_row_has_a_cell_of_its_tokens_colour(session: Session) -> None:
    text = session.model.text
    rows = _rows(session)
    assert rows[0].ruler is not None
    shown = b"".join(row.ruler.data for row in rows if row.ruler is not None)
    assert TEXT.encode().startswith(shown)
    colors = {}
    tokens = text.tokens(0, text.n_chars)
    spans = zip(tokens.byte_starts.tolist(), tokens.byte_ends.tolist(), strict=True)
    for (low, high), color in zip(spans, tokens.colors.tolist(), strict=True):
        colors.update(dict.fromkeys(range(low, high), color))
    for row in rows:
        assert row.ruler is not None
        wanted = [colors[row.first_byte + i] for i in range(len(row.ruler.data))]
        assert row.ruler.colors.tolist() == wanted


def test_no_ruler_is_wider_than_the_view(session: Session) -> None:
    page = session.window.text_panel.view.page
    for row in _rows(session):
        assert row.ruler is not None
        tail = len(row.row.tail) * page.style.byte_cell
        assert len(row.ruler.data) * page.style.byte_cell <= page.room + tail


@pytest.mark.parametrize("wrap", [True, False])
def test_every_byte_of_a_line_from_right_to_left_is_in_view(
    session: Session, qtbot: QtBot, wrap: bool
) -> None:
    session.model.set_text("العربية\n")
    if not wrap:
        _switch(session, qtbot, "wrap")
    view, row = session.window.text_panel.view, _rows(session)[0]
    assert row.ruler is not None
    left = row.left + row.ruler.left
    assert left >= view.page.gutter.width
    assert left + len(row.ruler.data) * row.style.byte_cell <= view.viewport().width()
    for byte in (0, 14):
        x = round(left + (byte + 0.5) * row.style.byte_cell)
        y = round(row.top + row.style.ruler_cells + 2)
        qtbot.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, pos=QPoint(x, y))
        assert session.model.selection.place is not None
        token = session.model.text.token(session.model.selection.place)
        assert token.byte_starts[0] <= byte < token.byte_ends[0]


@pytest.mark.parametrize("byte", [0, 7, 14])
def test_a_click_on_a_byte_selects_its_token(session: Session, qtbot: QtBot, byte: int) -> None:
    view = session.window.text_panel.view
    row, style = _rows(session)[0], view.page.style
    x = round(row.left + (byte + 0.5) * style.byte_cell)
    y = round(row.top + style.ruler_cells + 2)
    qtbot.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, pos=QPoint(x, y))
    place = session.model.selection.place
    assert place is not None
    token = session.model.text.token(place)
    assert token.byte_starts[0] <= byte < token.byte_ends[0]


def test_the_ruler_comes_and_goes_and_is_kept(session: Session, start: Start, qtbot: QtBot) -> None:
    tall = session.window.text_panel.view.page.style.row_height
    again = start()
    assert again.window.text_panel.view.page.style.row_height == tall
    _switch(again, qtbot, "byte ruler")
    assert again.window.text_panel.view.page.style.row_height < tall
    assert _rows(again)[0].ruler is None


def test_notches_stand_where_pre_tokens_begin(session: Session, qtbot: QtBot) -> None:
    view = session.window.text_panel.view
    before = view.grab().toImage()
    _switch(session, qtbot, "pre-tokens")
    assert view.grab().toImage() != before
    edges = view._highlights.edges
    assert edges is not None
    wanted = [start for start, _ in shipped("gpt2").encode(TEXT).pre_token_spans()]
    assert edges(0, len(TEXT)) == wanted


@given(st.text("ab 1,\n👩\u200d", max_size=40), st.integers(0, 40), st.integers(0, 40))
def test_starts_in_a_range_are_those_of_the_whole(text: str, start: int, end: int) -> None:
    encoded = TokenizedText(shipped("gpt2"), text)
    encoded.encode_more(100)
    start, end = sorted((min(start, len(text)), min(end, len(text))))
    every = [begin for begin, _ in shipped("gpt2").encode(text).pre_token_spans()]
    assert pre_token_starts(encoded, start, end) == [s for s in every if start <= s < end]


def test_the_card_names_the_pre_token_and_what_matched_it(session: Session) -> None:
    session.model.select_token(0)
    QApplication.processEvents()
    words = [label.text() for label in session.window.card.findChildren(QLabel)]
    assert any(w.startswith("Tokenization  matched  ?\\p{L}+") for w in words)
