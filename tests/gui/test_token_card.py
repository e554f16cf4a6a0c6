"""The card of the selected token."""

from collections.abc import Callable

from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QMouseEvent
from PySide6.QtWidgets import QApplication, QLabel
from pytestqt.qtbot import QtBot

from tests.gui.window_parts import card_of, chips_of, click_token, set_text
from tokviz.gui.session import Session
from tokviz.tokenization.tokenizer import Tokenizer

Start = Callable[..., Session]
Left = Qt.MouseButton.LeftButton
Alt = Qt.KeyboardModifier.AltModifier


def test_the_card_tells_everything_of_an_ordinary_token(start: Start, qtbot: QtBot) -> None:
    session = start()
    assert "Click a token" in card_of(session)
    set_text(session, "the end of the day")
    click_token(qtbot, session, 3)
    card = card_of(session)
    for fact in (
        "·the",
        "262",
        "20 74 68 65",
        "U+0020 SPACE",
        "U+0074 LATIN SMALL LETTER T",
        "rank 6",
        "1 of 5 in this text",
        "token 4, characters 10–14, bytes 10–14",
        "itself and the 3 tokens before it",
        "from the 3 tokens before it (up to 1,024)",
    ):
        assert fact in card, fact
    chips = {chip.text() for chip in chips_of(session)}
    assert {"·t", "he", "the", "The", "·The", "·THE"} <= chips


def test_the_first_token_was_predicted_from_nothing(start: Start, qtbot: QtBot) -> None:
    session = start()
    set_text(session, "the end")
    click_token(qtbot, session, 0)
    assert "itself only" in card_of(session)
    assert "from nothing" in card_of(session)


def test_the_card_knows_a_special_token(start: Start) -> None:
    session = start()
    session.model.select([50256])
    card = card_of(session)
    assert "<|endoftext|>" in card
    assert "special token" in card
    assert "no merge" in card
    assert "0 of" in card


def test_a_part_of_an_emoji_names_the_character_and_the_bytes_it_holds(
    start: Start, qtbot: QtBot, gpt2: Tokenizer
) -> None:
    session = start()
    set_text(session, "a🦤")
    n = session.model.text.n_tokens
    assert n == 4
    view = session.window.text_panel.view
    view.set_caret(0)
    cards = []
    for _ in range(n):
        qtbot.keyClick(view, Qt.Key.Key_Right, Alt)
        cards.append(card_of(session))
    assert "bytes 1–2 of the 4 of U+1F9A4 DODO" in cards[1]
    assert "byte 3 of the 4 of U+1F9A4 DODO" in cards[2]
    assert "byte 4 of the 4 of U+1F9A4 DODO" in cards[3]
    assert "not whole characters by themselves" in cards[1]


def test_chips_select_their_token_everywhere(start: Start, qtbot: QtBot) -> None:
    session = start()
    set_text(session, "the end, The")
    click_token(qtbot, session, 0)
    chip = next(chip for chip in chips_of(session) if chip.text() == "·The")
    qtbot.mouseClick(chip, Left)
    assert session.model.selection.ids == (383,)
    assert session.model.selection.place is None
    assert "1 of 4 in this text" in card_of(session)
    assert "383" in card_of(session)


def test_a_token_of_markup_is_shown_as_it_is(start: Start, qtbot: QtBot) -> None:
    session = start()
    set_text(session, "<b>&amp;</b>")
    for index in range(session.model.text.n_tokens):
        session.model.select_token(index)
        data = session.model.tokenizer.token_bytes(session.model.selection.ids[0])
        assert data.decode() in card_of(session).split("\n")


def test_alt_and_the_arrows_walk_the_tokens_and_update_the_card(
    start: Start, qtbot: QtBot, gpt2: Tokenizer
) -> None:
    session = start()
    set_text(session, "one two three")
    view = session.window.text_panel.view
    view.set_caret(0)
    places = []
    for key in (Qt.Key.Key_Right,) * 4 + (Qt.Key.Key_Left,) * 3:
        qtbot.keyClick(view, key, Alt)
        place = session.model.selection.place
        places.append(place)
        assert f"token {(place or 0) + 1}, characters" in card_of(session)
    assert places == [0, 1, 2, 2, 1, 0, 0]


def _hover(session: Session, index: int) -> None:
    """Rest the mouse on a token."""
    view = session.window.text_panel.view
    at = next(rect.center() for i, rect, _ in view.token_rects() if i == index)
    no = Qt.MouseButton.NoButton
    event = QMouseEvent(
        QEvent.Type.MouseMove,
        at,
        view.viewport().mapToGlobal(at),
        no,
        no,
        Qt.KeyboardModifier.NoModifier,
    )
    QApplication.sendEvent(view.viewport(), event)


def test_the_card_follows_the_keys_while_the_mouse_rests_on_a_token(
    start: Start, qtbot: QtBot
) -> None:
    session = start()
    set_text(session, "one two three")
    view = session.window.text_panel.view
    _hover(session, 2)
    qtbot.waitUntil(lambda: "·three" in card_of(session))
    assert session.model.selection.ids == ()
    view.set_caret(0)
    qtbot.keyClick(view, Qt.Key.Key_Right, Alt)
    assert "token 1, characters" in card_of(session)
    _hover(session, 1)
    qtbot.waitUntil(lambda: "·two" in card_of(session))
    QApplication.sendEvent(view.viewport(), QEvent(QEvent.Type.Leave))
    qtbot.waitUntil(lambda: "token 1, characters" in card_of(session))


def test_an_edit_updates_the_card(start: Start, qtbot: QtBot) -> None:
    session = start()
    set_text(session, "one two one")
    session.model.select_token(1)
    assert "1 of 3 in this text" in card_of(session)
    view = session.window.text_panel.view
    view.set_caret(0)
    qtbot.keyClicks(view, "a two b two ")
    qtbot.waitUntil(lambda: "3 of 7 in this text" in card_of(session))
    assert "token 6, characters" in card_of(session)


def test_the_card_of_an_arabic_token_stands_at_the_left(start: Start) -> None:
    session = start()
    session.model.set_text("العربية and more")
    session.model.select_token(0)
    told = card_of(session)
    assert "\u200eالعربية  matched" in told  # a mark that sets the sentence from left to right
    QApplication.processEvents()
    title = next(w for w in session.window.card.findChildren(QLabel) if w.text() == "\u200eال")
    picture = title.grab().toImage()
    ground = picture.pixelColor(picture.width() - 1, 0)
    inked = [
        x
        for x in range(picture.width())
        for y in range(picture.height())
        if picture.pixelColor(x, y) != ground
    ]
    assert max(inked) < picture.width() / 2
