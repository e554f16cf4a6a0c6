"""Switches that have no room in a panel's header stand in a menu."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QToolButton, QWidget
from pytestqt.qtbot import QtBot

from tokviz.gui.widgets.panel_frame import PanelFrame

Left = Qt.MouseButton.LeftButton
NAMES = ("invisibles", "wrap", "byte ruler", "pre-tokens")


def _frame(qtbot: QtBot) -> tuple[PanelFrame, list[QToolButton]]:
    frame = PanelFrame("Text", QWidget())
    switches = [frame.add_switch(name, f"What {name} does", checked=False) for name in NAMES]
    qtbot.addWidget(frame)
    frame.resize(700, 100)
    frame.show()
    return frame, switches


def _narrow(frame: PanelFrame, width: int) -> QToolButton:
    """Make the frame so wide; the button of what has no room."""
    frame.resize(width, 100)
    QApplication.processEvents()
    (rest,) = [b for b in frame.findChildren(QToolButton) if b.text() == "⋯"]
    return rest


def test_a_wide_panel_shows_every_switch_within_its_header(qtbot: QtBot) -> None:
    frame, switches = _frame(qtbot)
    rest = _narrow(frame, 700)
    assert all(switch.isVisible() for switch in switches)
    assert not rest.isVisible()
    ends = [switch.mapTo(frame, switch.rect().topRight()).x() for switch in switches]
    assert ends == sorted(ends)
    assert 680 < ends[-1] < 700


def test_what_has_no_room_stands_in_the_menu_and_works_there(qtbot: QtBot) -> None:
    frame, switches = _frame(qtbot)
    rest = _narrow(frame, 280)
    hidden = [switch for switch in switches if not switch.isVisible()]
    assert rest.isVisible()
    assert hidden == switches[len(switches) - len(hidden) :]
    assert 0 < len(hidden) < len(switches)
    menu = rest.menu()
    menu.aboutToShow.emit()
    assert [action.text() for action in menu.actions()] == [switch.text() for switch in hidden]
    menu.actions()[-1].trigger()
    assert switches[-1].isChecked()
    menu.aboutToShow.emit()
    assert menu.actions()[-1].isChecked()


def test_a_panel_may_be_as_narrow_as_the_menu(qtbot: QtBot) -> None:
    frame, switches = _frame(qtbot)
    assert frame.minimumSizeHint().width() < 140
    rest = _narrow(frame, frame.minimumSizeHint().width())
    assert rest.isVisible()
    assert not any(switch.isVisible() for switch in switches)
    assert frame.rect().contains(rest.mapTo(frame, rest.rect().bottomRight()))
    assert not _narrow(frame, 700).isVisible()


def test_a_switch_whose_words_grow_takes_its_room(qtbot: QtBot) -> None:
    frame, switches = _frame(qtbot)
    _narrow(frame, 700)
    switches[0].setText("invisible characters and more")
    qtbot.waitUntil(lambda: switches[0].width() == switches[0].sizeHint().width())
    assert switches[1].x() > switches[0].geometry().right()
    assert all(switch.isVisible() for switch in switches)
