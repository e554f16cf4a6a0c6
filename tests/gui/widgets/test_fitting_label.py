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
    narrow = label.fontMetrics().horizontalAdvance("371") - 1
    label.resize(narrow, 20)
    assert label.text() not in ("371", "37")  # the shortest is cut, and shows that it is
    assert label.text().endswith("…")
    assert label.toolTip() == "50,000 merges and 371 tokens"
    label.resize(600, 20)
    assert label.text() == "50,000 merges and 371 tokens"
