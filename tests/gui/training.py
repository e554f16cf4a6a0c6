"""The window in its Train mode, for the tests of the panel there."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QToolButton
from pytestqt.qtbot import QtBot

from tests.gui.replaying import Start
from tokviz.gui.panels.train.bpe_training_panel import BpeTrainingPanel
from tokviz.gui.session import Session
from tokviz.gui.widgets.mode_switch import Mode

Left = Qt.MouseButton.LeftButton
TEXT = "low lower newest widest, the lowest and the newest of them all. " * 40


def open_training(start: Start, qtbot: QtBot, text: str = TEXT) -> Session:
    """Start the window with a text and switch to Train by its button."""
    session = start()
    session.model.set_text(text)
    buttons = session.window.modes.findChildren(QToolButton)
    (train,) = [button for button in buttons if button.text() == Mode.TRAIN.value]
    qtbot.mouseClick(train, Left)
    return session


def train(qtbot: QtBot, panel: BpeTrainingPanel, number: int | None = None) -> None:
    """Press the button, to so many tokens or merges, and wait for the end."""
    if number is not None:
        panel.settings.number.setValue(number)
    qtbot.mouseClick(panel.train_button, Left)
    until_trained(qtbot, panel)


def until_trained(qtbot: QtBot, panel: BpeTrainingPanel) -> None:
    qtbot.waitUntil(lambda: not panel.cancel_button.isEnabled(), timeout=20_000)
