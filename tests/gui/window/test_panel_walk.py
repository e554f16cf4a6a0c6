"""F6 takes the keyboard out of the text, from panel to panel, and back."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QDockWidget, QWidget
from pytestqt.qtbot import QtBot

from tests.gui.replaying import Start
from tokviz.gui.session import Session
from tokviz.gui.widgets.mode_switch import Mode

Shift, No = Qt.KeyboardModifier.ShiftModifier, Qt.KeyboardModifier.NoModifier


def _walk(session: Session, qtbot: QtBot, modifier: Qt.KeyboardModifier = No) -> str:
    """Press F6; the name of the part of the window that has the keyboard then."""
    focused = QApplication.focusWidget()
    assert focused is not None
    qtbot.keyClick(focused, Qt.Key.Key_F6, modifier)
    widget: QWidget | None = QApplication.focusWidget()
    if widget is session.window.text_panel.view:
        return "text"
    assert widget is not None
    assert widget.isVisible()
    while widget is not None and not isinstance(widget, QDockWidget):
        if widget is session.window.scrubber or widget.objectName() == "toolbar":
            return widget.objectName()
        widget = widget.parentWidget()
    return "" if widget is None else widget.objectName()


def test_the_walk_goes_round_the_panels_of_a_mode_both_ways(start: Start, qtbot: QtBot) -> None:
    session = start()
    session.window.activateWindow()
    qtbot.waitUntil(session.window.text_panel.view.hasFocus)
    session.window.set_mode(Mode.REPLAY)
    session.model.select_token(2)
    qtbot.waitUntil(lambda: session.window.docks.is_complete)
    qtbot.wait(100)  # the card's chips are there
    there = [_walk(session, qtbot) for _ in range(5)]
    assert there == ["token", "replay", "panel", "toolbar", "text"]
    back = [_walk(session, qtbot, Shift) for _ in range(5)]
    assert back == ["toolbar", "panel", "replay", "token", "text"]


def test_f11_fills_the_screen_and_goes_back(start: Start, qtbot: QtBot) -> None:
    window = start().window
    for full in (True, False):
        qtbot.keyClick(window.text_panel.view, Qt.Key.Key_F11)
        assert window.isFullScreen() is full
