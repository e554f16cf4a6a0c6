"""The strip above the text: what a tokenizer cannot show, and whether its order of merges holds."""

from collections.abc import Callable
from dataclasses import replace

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot

from tokviz.gui.app import Session
from tokviz.tokenization.tokenizer import Tokenizer

Start = Callable[..., Session]
LEFT = Qt.MouseButton.LeftButton


def test_it_tells_of_another_algorithm_and_of_what_it_normalizes(
    start: Start, qtbot: QtBot
) -> None:
    session = start()
    strip = session.window.text_area.strip
    assert not strip.isVisible()
    session.model.set_text("Two Words here")
    session.window.chooser.choose("bert-base-uncased")
    qtbot.waitUntil(strip.isVisible)
    qtbot.waitUntil(lambda: "changes 2 pre-tokens" in strip.message.text(), timeout=10_000)
    assert "WordPiece takes" in strip.message.text()
    session.model.select_token(1)
    words = [label.text() for label in session.window.card.findChildren(QLabel)]
    assert words[words.index("normalized") + 1] == "words"
    session.model.select_token(2)
    assert "normalized" not in [w.text() for w in session.window.card.findChildren(QLabel)]
    qtbot.mouseClick(strip.close_button, LEFT)
    assert not strip.isVisible()
    view = session.window.text_panel.view
    view.select_all()
    qtbot.keyClicks(view, "One")
    qtbot.wait(400)
    assert not strip.isVisible()
    session.window.chooser.choose("gpt2")
    session.window.chooser.choose("bert-base-uncased")
    qtbot.waitUntil(strip.isVisible)


def test_the_order_of_merges_is_checked_and_the_tokens_stay(
    start: Start, qtbot: QtBot, gpt2: Tokenizer
) -> None:
    session = start()
    small = gpt2.truncated(300)
    session.model.set_tokenizer(replace(small, name="mine", ordered=None))
    session.model.select_token(2)
    before = session.model.text.ids().tolist()
    assert "being checked" in session.window.text_area.strip.message.text()
    assert not session.window.scrubber.isVisible()
    qtbot.waitUntil(lambda: session.model.tokenizer.ordered is True, timeout=10_000)
    assert session.window.scrubber.isVisible()
    assert not session.window.text_area.strip.isVisible()
    assert session.model.text.ids().tolist() == before
    assert session.model.selection.place == 2
    qtbot.keyClicks(session.window.text_panel.view, "x")
    words = str(session.model.text)
    assert session.model.text.ids().tolist() == small.encode(words).ids.tolist()


def test_an_order_that_does_not_hold_is_told(start: Start, qtbot: QtBot, gpt2: Tokenizer) -> None:
    merges = gpt2.merges[:300]
    turned = replace(gpt2.truncated(300), name="turned", ordered=None, merges=merges[::-1])
    session = start()
    session.model.set_tokenizer(turned)
    strip = session.window.text_area.strip
    qtbot.waitUntil(lambda: "does not hold" in strip.message.text(), timeout=10_000)
    assert strip.isVisible()
    assert not session.window.scrubber.isVisible()
