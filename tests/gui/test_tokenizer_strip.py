"""The strip below the text: what a tokenizer cannot show, and what it normalizes."""

from collections.abc import Callable

from PySide6.QtCore import QEvent, Qt
from PySide6.QtWidgets import QApplication, QLabel
from pytestqt.qtbot import QtBot

from tokviz.gui.session import Session

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
    QApplication.processEvents()
    words = [label.text() for label in session.window.card.findChildren(QLabel)]
    assert words[words.index("normalized") + 1] == "words"
    session.model.select_token(2)
    QApplication.processEvents()
    QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
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
