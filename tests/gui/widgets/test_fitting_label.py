"""A label that says less where there is less room."""

from pytestqt.qtbot import QtBot

from tokviz.gui.widgets.fitting_label import FittingLabel


def test_it_says_what_fits(qtbot: QtBot) -> None:
    label = FittingLabel()
    qtbot.addWidget(label)
    label.resize(600, 20)
    label.show()
    label.set_wordings("50,000 merges and 371 tokens", "371 tokens", "371")
    assert label.text() == "50,000 merges and 371 tokens"
    wide = label.fontMetrics().horizontalAdvance("371 tokens")
    label.resize(wide, 20)
    assert label.text() == "371 tokens"
    label.resize(wide - 1, 20)
    assert label.text() == "371"
    label.resize(1, 20)
    assert label.text() == "371"  # the shortest is cut off
    assert label.toolTip() == "50,000 merges and 371 tokens"
    label.resize(600, 20)
    assert label.text() == "50,000 merges and 371 tokens"
