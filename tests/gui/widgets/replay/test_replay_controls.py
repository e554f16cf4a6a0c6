"""The replay's buttons, slider, keys and clock."""

from collections.abc import Iterator

import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QIcon, QMouseEvent
from PySide6.QtWidgets import QApplication, QLineEdit, QToolButton, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from tokviz.gui.palette import DARK
from tokviz.gui.widgets.replay.replay_clock import BASE_MS, LONGEST_MS, ReplayClock
from tokviz.gui.widgets.replay.replay_controls import ReplayControls


class Panel(QWidget):
    """What the keys belong to, with a place that has keys of its own."""

    def __init__(self) -> None:
        super().__init__()
        self.controls = ReplayControls()
        self.controls.take_keys_of(self)
        self.field = QLineEdit()
        column = QVBoxLayout(self)
        column.addWidget(self.controls)
        column.addWidget(self.field)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.steps: list[int] = []
        self.controls.step_changed.connect(self.steps.append)


@pytest.fixture
def panel(qtbot: QtBot) -> Iterator[Panel]:
    panel = Panel()
    qtbot.addWidget(panel)
    panel.resize(900, 120)
    panel.controls.set_steps(11)
    with qtbot.waitActive(panel):
        panel.show()
        panel.activateWindow()
    panel.setFocus()
    yield panel
    panel.controls.pause()


def button(panel: Panel, name: str) -> QToolButton:
    found = panel.findChild(QToolButton, name)
    assert isinstance(found, QToolButton)
    return found


def click(qtbot: QtBot, panel: Panel, name: str) -> None:
    qtbot.mouseClick(button(panel, name), Qt.MouseButton.LeftButton)


def test_the_buttons_go_first_back_on_and_last(qtbot: QtBot, panel: Panel) -> None:
    for name in ("next", "next", "last", "previous", "first"):
        click(qtbot, panel, name)
    assert panel.steps == [1, 2, 11, 10, 0]


def test_a_step_set_from_outside_is_shown_and_not_told(panel: Panel) -> None:
    controls = panel.controls
    controls.set_step(6)
    assert (controls.step, controls._scrubber.value(), controls._box.value()) == (6, 6, 6)
    controls.set_step(99)
    assert controls.step == 11
    controls.set_step(-1)
    assert controls.step == 0
    assert panel.steps == []


def test_another_replay_keeps_the_step_it_has_and_stops_playing(panel: Panel) -> None:
    controls = panel.controls
    controls.set_step(6)
    controls.play()
    controls.set_steps(20)
    assert (controls.step, controls.is_playing) == (6, False)
    controls.set_steps(4)
    assert controls.step == 4
    assert panel.steps == []


def test_the_keys_of_the_panel_move_the_replay(qtbot: QtBot, panel: Panel) -> None:
    for key in (Qt.Key.Key_Right, Qt.Key.Key_Right, Qt.Key.Key_Left, Qt.Key.Key_End):
        qtbot.keyClick(panel, key)
    qtbot.keyClick(panel, Qt.Key.Key_Home)
    assert panel.steps == [1, 2, 1, 11, 0]
    qtbot.keyClick(panel, Qt.Key.Key_Space)
    assert panel.controls.is_playing
    qtbot.keyClick(panel, Qt.Key.Key_Space)
    assert not panel.controls.is_playing


def test_a_text_field_in_the_panel_keeps_its_keys(qtbot: QtBot, panel: Panel) -> None:
    panel.field.setFocus()
    qtbot.keyClicks(panel.field, "a b")
    qtbot.keyClick(panel.field, Qt.Key.Key_Left)
    qtbot.keyClick(panel.field, Qt.Key.Key_Home)
    assert panel.field.text() == "a b"
    assert panel.field.cursorPosition() == 0
    assert (panel.steps, panel.controls.is_playing) == ([], False)


def test_space_on_a_focused_button_presses_that_button(qtbot: QtBot, panel: Panel) -> None:
    last = button(panel, "last")
    last.setFocus(Qt.FocusReason.TabFocusReason)
    qtbot.keyClick(last, Qt.Key.Key_Space)
    assert (panel.steps, panel.controls.is_playing) == ([11], False)


def test_a_press_on_the_slider_goes_to_the_nearest_step(qtbot: QtBot, panel: Panel) -> None:
    scrubber = panel.controls._scrubber
    middle = scrubber.height() // 2
    left = Qt.MouseButton.LeftButton
    none = Qt.KeyboardModifier.NoModifier
    qtbot.mousePress(scrubber, left, none, QPoint(round(scrubber.x_of(4)) + 3, middle))
    place = QPointF(scrubber.x_of(9) - 3, middle)
    everywhere = QPointF(scrubber.mapToGlobal(place))
    move = QMouseEvent(
        QEvent.Type.MouseMove, place, everywhere, Qt.MouseButton.NoButton, left, none
    )
    QApplication.sendEvent(scrubber, move)
    qtbot.mouseRelease(scrubber, left, none, place.toPoint())
    assert panel.steps == [4, 9]


def test_a_step_can_be_typed_and_the_keys_work_again_after_it(qtbot: QtBot, panel: Panel) -> None:
    box = panel.controls._box
    box.setFocus()
    box.selectAll()
    qtbot.keyClicks(box, "6")
    assert panel.steps == []
    qtbot.keyClick(box, Qt.Key.Key_Return)
    assert panel.steps == [6]
    focused = QApplication.focusWidget()
    assert focused is panel.controls._scrubber
    qtbot.keyClick(focused, Qt.Key.Key_Right)
    assert panel.steps == [6, 7]


def test_playing_goes_step_by_step_and_ends_at_the_end(qtbot: QtBot, panel: Panel) -> None:
    panel.controls.speed = 16
    panel.controls.set_step(8)
    panel.controls.play()
    qtbot.waitUntil(lambda: not panel.controls.is_playing)
    assert panel.steps == [9, 10, 11]


def test_playing_from_the_end_starts_again(qtbot: QtBot, panel: Panel) -> None:
    panel.controls.set_step(11)
    click(qtbot, panel, "play")
    assert panel.steps == [0]
    assert panel.controls.is_playing


def test_a_loop_goes_on_from_the_start(qtbot: QtBot, panel: Panel) -> None:
    controls = panel.controls
    controls.set_steps(2)
    controls.speed = 16
    click(qtbot, panel, "loop")
    assert controls.loop
    controls.play()
    qtbot.waitUntil(lambda: len(panel.steps) >= 5)
    assert controls.is_playing
    assert panel.steps[:5] == [1, 2, 0, 1, 2]


def test_what_the_user_does_by_hand_stops_the_playing(qtbot: QtBot, panel: Panel) -> None:
    panel.controls.play()
    assert button(panel, "play").text() == "pause"
    click(qtbot, panel, "next")
    assert not panel.controls.is_playing
    assert button(panel, "play").text() == "play"
    assert panel.steps == [1]


def test_a_hidden_replay_does_not_play(panel: Panel) -> None:
    panel.controls.play()
    panel.hide()
    assert not panel.controls.is_playing


def test_the_speed_menu_sets_the_speed(panel: Panel) -> None:
    controls = panel.controls
    actions = controls._speed.menu().actions()
    assert [action.text() for action in actions] == [
        f"{speed}×" for speed in ("0.25", "0.5", "1", "2", "4", "8", "16")
    ]
    actions[0].trigger()
    assert controls.speed == 0.25
    assert controls._speed.text() == "0.25×"
    controls.speed = 100
    assert controls.speed == 16
    assert actions[-1].isChecked()


def test_without_steps_there_is_nothing_to_play(qtbot: QtBot, panel: Panel) -> None:
    panel.controls.set_steps(0)
    panel.controls.play()
    for key in (Qt.Key.Key_Space, Qt.Key.Key_Right, Qt.Key.Key_End):
        qtbot.keyClick(panel, key)
    assert not panel.controls.is_playing
    assert panel.steps == []
    panel.controls.set_colors(DARK)
    panel.grab()


def test_a_button_that_cannot_be_pressed_is_faint_in_the_dark_too(panel: Panel) -> None:
    panel.controls.set_colors(DARK)
    panel.controls.set_steps(0)
    button = panel.findChild(QToolButton, "previous")
    assert button is not None
    lights = [
        button.icon().pixmap(16, mode).toImage().pixelColor(9, 8)
        for mode in (QIcon.Mode.Normal, QIcon.Mode.Disabled)
    ]
    assert lights == [DARK.text, DARK.faint]


def test_every_control_has_a_name_for_a_screen_reader(panel: Panel) -> None:
    for found in panel.controls.findChildren(QToolButton):
        assert found.accessibleName()
        assert found.toolTip()


@pytest.mark.parametrize("n_steps", [1, 42, 100, 1_000, 100_000])
@pytest.mark.parametrize("speed", [1.0, 16.0])
def test_a_whole_replay_lasts_no_longer_than_thirty_seconds(
    qtbot: QtBot, n_steps: int, speed: float
) -> None:
    parent = QWidget()
    qtbot.addWidget(parent)
    clock = ReplayClock(parent)
    clock.set_steps(n_steps)
    clock.speed = speed
    clock.play()
    ticks, interval = 0, clock._timer.interval()
    while clock.is_playing:
        clock._on_tick()
        ticks += 1
    expected = min(BASE_MS * n_steps, LONGEST_MS) / speed
    assert clock.step == n_steps
    assert ticks * interval == pytest.approx(expected, rel=0.05, abs=2 * interval)
