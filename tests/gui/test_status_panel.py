"""The counts below the window, and the badge that says whether the text comes back."""

from collections.abc import Callable

from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from tests.gui.window_parts import badge_of, set_text, status_of, until_checked
from tokviz.gui.session import Session

Start = Callable[..., Session]
Left = Qt.MouseButton.LeftButton


def test_the_status_bar_counts_the_text(start: Start, qtbot: QtBot) -> None:
    session = start()
    set_text(session, "né 👩‍🚀\r\n")
    n_tokens = session.model.text.n_tokens
    qtbot.waitUntil(lambda: "5 graphemes" in status_of(session))
    assert f"8 characters 5 graphemes 17 bytes {n_tokens} tokens" in status_of(session)
    assert f"{17 / n_tokens:.2f} bytes a token" in status_of(session)
    assert f"{1024 - n_tokens:,} left of 1,024" in status_of(session)


def test_an_empty_text_has_nothing_to_count(start: Start, qtbot: QtBot) -> None:
    session = start()
    set_text(session, "")
    assert until_checked(qtbot, session) == "✓ round trip"
    assert "0 characters 0 graphemes 0 bytes 0 tokens – bytes a token" in status_of(session)
    session.model.set_text("a")
    one = "1 character 1 grapheme 1 byte 1 token 1.00 bytes a token"
    qtbot.waitUntil(lambda: one in status_of(session))


def test_the_status_bar_counts_the_selected_part(start: Start, qtbot: QtBot) -> None:
    session = start()
    set_text(session, "one né three")
    view = session.window.text_panel.view
    view.set_caret(3)
    for _ in range(3):
        qtbot.keyClick(view, Qt.Key.Key_Right, Qt.KeyboardModifier.ShiftModifier)
    n_tokens = session.model.text.n_tokens
    n_selected = session.model.text.n_tokens_before(6) - session.model.text.n_tokens_before(3)
    expected = (
        f"Selected: 3 of 12 characters 3 graphemes 4 of 13 bytes {n_selected} of {n_tokens} tokens"
    )
    assert expected in status_of(session)
    qtbot.keyClick(view, Qt.Key.Key_Home)
    assert "Selected" not in status_of(session)


def test_the_badge_says_that_the_text_comes_back(start: Start, qtbot: QtBot) -> None:
    session = start()
    assert until_checked(qtbot, session) == "✓ round trip"
    qtbot.keyClicks(session.window.text_panel.view, "x")
    assert "checking" in badge_of(session).text()  # never a claim about an older text
    assert until_checked(qtbot, session) == "✓ round trip"


def test_the_badge_says_where_the_vocabulary_loses_text_and_shows_it(
    start: Start, qtbot: QtBot
) -> None:
    session = start("smollm2")
    set_text(session, "fine\n" * 200 + "=\x04=")
    assert until_checked(qtbot, session) == "✗ text lost at character 1,001"
    view = session.window.text_panel.view
    view.set_caret(0)
    qtbot.mouseClick(badge_of(session), Left)
    assert view.selection() == (1001, 1002)
    assert view.viewport().rect().contains(view.caret_rect().center().toPoint())
    assert view.hasFocus()
    set_text(session, "=4=")
    assert until_checked(qtbot, session) == "✓ round trip"


def test_a_lone_surrogate_is_a_loss(start: Start, qtbot: QtBot) -> None:
    session = start()
    set_text(session, "ab\ud800c")
    assert until_checked(qtbot, session) == "✗ text lost at character 2"
