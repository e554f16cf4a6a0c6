"""The card of an empty panel."""

from PySide6.QtWidgets import QPushButton
from pytestqt.qtbot import QtBot

from tokviz.gui.widgets.message_card import MessageCard


def test_the_words_of_a_button_are_never_cut(qtbot: QtBot) -> None:
    card = MessageCard()
    qtbot.addWidget(card)
    names = ["Open", "Open the table and the tokenizer that lie together in the folder of a model"]
    card.set_message("Nothing yet", "Choose.", [(name, card.hide) for name in names])
    buttons = card.findChildren(QPushButton)
    assert [button.text() for button in buttons] == names
    assert len({button.width() for button in buttons}) == 1
    assert all(button.width() >= button.sizeHint().width() for button in buttons)
