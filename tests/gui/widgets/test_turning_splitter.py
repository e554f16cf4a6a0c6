from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from tokviz.gui.widgets.turning_splitter import TurningSplitter


def test_two_widgets_turn_where_the_width_does_not_do_for_both(qtbot: QtBot) -> None:
    first, second = QWidget(), QWidget()
    split = TurningSplitter(first, second, wide=500, beside=(300, 200), below=(170, 150))
    qtbot.addWidget(split)
    split.resize(499, 400)
    split.show()
    assert split.orientation() == Qt.Orientation.Vertical
    assert second.y() > first.y()
    split.resize(500, 400)
    assert split.orientation() == Qt.Orientation.Horizontal
    assert second.x() > first.x()


def test_what_one_has_moved_stays_while_it_does_not_turn(qtbot: QtBot) -> None:
    split = TurningSplitter(QWidget(), QWidget(), wide=500, beside=(300, 200), below=(170, 150))
    qtbot.addWidget(split)
    split.resize(700, 400)
    split.show()
    split.setSizes([100, 590])
    split.resize(720, 400)
    assert split.sizes()[1] == 590  # what room there is more goes to the first
