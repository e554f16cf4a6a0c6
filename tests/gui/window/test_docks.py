"""The modes: which panels each shows, and how a changed layout is kept and reset."""

import time
from collections.abc import Iterator

import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, QRect, Qt
from PySide6.QtGui import QAction, QMouseEvent
from PySide6.QtWidgets import QApplication, QDockWidget, QLabel, QToolButton, QWidget
from pytestqt.qtbot import QtBot

from tests.gui.replaying import Start
from tokviz.gui.panels.go_to import actions_below
from tokviz.gui.session import Session
from tokviz.gui.task import Task
from tokviz.gui.widgets.mode_switch import Mode
from tokviz.gui.window.arrangements import ARRANGEMENTS, PANELS
from tokviz.gui.window.docks import _Dock
from tokviz.gui.window.replay_area import ReplayArea


def _pick(session: Session, qtbot: QtBot, mode: Mode) -> None:
    buttons = session.window.modes.findChildren(QToolButton)
    (button,) = [button for button in buttons if button.text() == mode.value]
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
    QApplication.processEvents()


def _shown(session: Session) -> set[str]:
    docks = session.window.findChildren(QDockWidget)
    return {dock.objectName() for dock in docks if dock.isVisible()}


def _view_action(session: Session, text: str) -> QAction:
    (view,) = [a for a in session.window.menuBar().actions() if a.text() == "&View"]
    (action,) = [a for a in actions_below(view.menu()) if a.text().replace("&", "") == text]
    return action


@pytest.mark.parametrize("mode", Mode)
def test_a_mode_shows_its_panels(start: Start, qtbot: QtBot, mode: Mode) -> None:
    session = start()
    session.settings.compared = []  # a vocabulary that loads would outlive the test
    _pick(session, qtbot, mode)
    wanted = ARRANGEMENTS[mode]
    assert _shown(session) == {name for row in wanted.right for name in row} | set(wanted.bottom)


def test_panels_are_made_when_they_are_first_shown(start: Start, qtbot: QtBot) -> None:
    session = start()
    docks = {dock.objectName(): dock for dock in session.window.findChildren(QDockWidget)}
    qtbot.waitUntil(lambda: session.window.docks.is_complete)
    assert docks["replay"].findChild(ReplayArea) is None
    _view_action(session, "Merge history").trigger()
    assert not session.window.docks.is_complete
    qtbot.waitUntil(lambda: session.window.docks.is_complete)
    assert docks["replay"].findChild(ReplayArea) is session.window.replay
    assert set(docks) == {panel.name for panel in PANELS}


def test_panels_that_are_shown_together_are_not_made_in_the_same_turns(
    start: Start, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    session = start()
    qtbot.waitUntil(lambda: session.window.docks.is_complete)
    steps: list[str] = []
    take_step = _Dock.take_step

    def watched(dock: _Dock) -> None:
        steps.append(dock.objectName())
        take_step(dock)

    monkeypatch.setattr(_Dock, "take_step", watched)
    _pick(session, qtbot, Mode.MAP)
    qtbot.waitUntil(lambda: session.window.docks.is_complete)
    assert steps == sorted(steps)  # first the map, then the neighbours
    assert set(steps) == {"map", "neighbors"}


def test_a_panel_that_is_asked_for_amid_its_making_is_made_at_once(
    start: Start, qtbot: QtBot
) -> None:
    session = start()
    told: list[QWidget] = []
    session.window.docks.panel_made.connect(told.append)
    _view_action(session, "Merge history").trigger()
    QApplication.processEvents()
    (dock,) = [d for d in session.window.findChildren(QDockWidget) if d.objectName() == "replay"]
    assert dock.findChild(ReplayArea) is None
    panel = session.window.replay
    assert told[-1] is panel
    qtbot.waitUntil(lambda: session.window.docks.is_complete)
    assert panel.isVisible()
    assert told.count(panel) == 1


def test_each_mode_keeps_its_layout_until_it_is_reset(start: Start, qtbot: QtBot) -> None:
    session = start()
    _pick(session, qtbot, Mode.REPLAY)
    _view_action(session, "Token card").trigger()
    assert _shown(session) == {"replay"}
    _pick(session, qtbot, Mode.INSPECT)
    assert _shown(session) == {"token", "lists"}
    _pick(session, qtbot, Mode.REPLAY)
    assert _shown(session) == {"replay"}
    again = start()
    assert _shown(again) == {"replay"}
    _view_action(again, "Reset layout").trigger()
    assert _shown(again) == {"token", "replay"}


def test_going_back_to_a_mode_leaves_the_window_as_wide(start: Start, qtbot: QtBot) -> None:
    session = start()
    session.window.resize(1440, 900)
    for mode in (Mode.REPLAY, Mode.TRAIN, Mode.REPLAY, Mode.TRAIN):
        _pick(session, qtbot, mode)
        qtbot.wait(50)
        assert session.window.width() == 1440


def _waiting() -> Iterator[None]:
    while True:
        time.sleep(0.01)
        yield None


def test_a_small_window_full_of_bars_and_notices_does_not_grow(start: Start, qtbot: QtBot) -> None:
    session = start()
    session.settings.compared = []
    window = session.window
    window.resize(1000, 700)
    tasks = [Task(_waiting(), f"Task {i} of many words " * 9, parent=window) for i in range(4)]
    for task in tasks:
        window.notices.show_task(task)
        task.start()
    window.notices.show_problem("A sentence that says what went wrong, and a remedy. " * 2)
    window.text_area.open_find_bar()
    window.text_panel.switches[-1].click()  # windows
    cancels = [b for b in window.notices.findChildren(QToolButton) if b.text() == "Cancel"]
    qtbot.waitUntil(lambda: sum(b.isVisible() for b in cancels) == 2)
    for mode in Mode:
        _pick(session, qtbot, mode)
        qtbot.wait(50)
        assert (window.width(), window.height()) == (1000, 700)
        view = window.text_panel.view
        assert view.viewport().height() >= view.fontMetrics().height()  # a row is seen
        for dock in window.findChildren(QDockWidget):
            if dock.isVisible():
                assert dock.geometry().bottom() < window.status.geometry().top()
    assert any(label.text() == "and 2 more" for label in window.notices.findChildren(QLabel))
    for task in tasks:
        task.cancel()
    _pick(session, qtbot, Mode.REPLAY)
    window.notices.close_problem()
    window.text_area.find_bar.leave()
    window.text_panel.switches[-1].click()
    qtbot.waitUntil(window.scrubber.isVisible)  # there is room for it again


def test_without_merges_the_text_ends_where_the_panels_beside_it_end(
    start: Start, qtbot: QtBot
) -> None:
    session = start("characters")
    window = session.window
    qtbot.waitUntil(lambda: window.docks.is_complete)
    assert window.scrubber.isHidden()
    below = [
        panel.mapTo(window, panel.rect().bottomLeft()).y()
        for panel in (window.text_area, window.docks.panel("lists"))
    ]
    assert below[0] == below[1]


def test_panels_side_by_side_are_as_far_apart_as_those_below_each_other(
    start: Start, qtbot: QtBot
) -> None:
    session = start()
    window = session.window
    _pick(session, qtbot, Mode.MAP)
    qtbot.waitUntil(lambda: window.docks.is_complete)

    def edges(name: str) -> QRect:
        panel = window.docks.panel(name)
        return QRect(panel.mapTo(window, panel.rect().topLeft()), panel.size())

    def are_as_far_apart() -> bool:
        apart = edges("neighbors").left() - edges("token").right()
        return apart == edges("token").top() - edges("map").bottom()

    qtbot.waitUntil(are_as_far_apart)
    right = edges("neighbors").right()
    assert right == edges("map").right()
    _view_action(session, "Neighbours").trigger()
    QApplication.processEvents()
    assert edges("token").right() == right


@pytest.mark.parametrize("mode", [Mode.REPLAY, Mode.LEARN, Mode.INSPECT])
def test_text_and_panels_are_as_far_from_what_is_below_them_as_from_each_other(
    start: Start, qtbot: QtBot, mode: Mode
) -> None:
    session = start()
    window = session.window
    _pick(session, qtbot, mode)
    qtbot.waitUntil(lambda: window.docks.is_complete)
    shown = ARRANGEMENTS[mode]
    beside = window.docks.panel(shown.right[-1][0])
    below: QWidget = window.status
    for name in shown.bottom:
        below = window.docks.panel(name)

    def gaps() -> list[int]:
        foot = below.mapTo(window, below.rect().topLeft()).y()
        panels = (window.scrubber, beside)
        return [foot - p.mapTo(window, p.rect().bottomLeft()).y() - 1 for p in panels]

    qtbot.waitUntil(lambda: gaps() == [8, 8])  # the layout follows the panels a moment later


SIZES = ((1000, 700), (1920, 1200), (1280, 820))


def _part_beside(session: Session) -> float:
    """The part of the window's width that is beside the text."""
    window = session.window
    return 1 - window.text_area.mapTo(window, window.text_area.rect().topRight()).x() / (
        window.width()
    )


def _resize(session: Session, width: int, height: int) -> None:
    session.window.resize(width, height)
    QApplication.processEvents()


def _drag_between(session: Session, qtbot: QtBot, by: int) -> None:
    """Drag what lies between the text and the panels beside it."""
    window, area = session.window, session.window.text_area
    start = area.mapTo(window, area.rect().center())
    start.setX(area.mapTo(window, area.rect().topRight()).x() + 5)
    end = start + QPoint(by, 0)
    qtbot.mouseMove(window, start)
    qtbot.mousePress(window, Qt.MouseButton.LeftButton, pos=start)
    # qtbot.mouseMove tells no button.
    moved = QMouseEvent(
        QEvent.Type.MouseMove,
        QPointF(end),
        QPointF(window.mapToGlobal(end)),
        Qt.MouseButton.NoButton,
        Qt.MouseButton.LeftButton,
        Qt.KeyboardModifier.NoModifier,
    )
    QApplication.sendEvent(window, moved)
    QApplication.processEvents()  # Qt moves it a moment later
    qtbot.mouseRelease(window, Qt.MouseButton.LeftButton, pos=end)
    QApplication.processEvents()


@pytest.mark.parametrize("mode", [Mode.INSPECT, Mode.MAP])
def test_a_larger_window_is_shared_by_text_and_panels(
    start: Start, qtbot: QtBot, mode: Mode
) -> None:
    session = start()
    _pick(session, qtbot, mode)
    for size in SIZES:
        _resize(session, *size)
        assert _part_beside(session) == pytest.approx(ARRANGEMENTS[mode].right_share, abs=0.02)


def test_a_higher_window_is_shared_by_text_and_panels_below(start: Start, qtbot: QtBot) -> None:
    session = start()
    _pick(session, qtbot, Mode.REPLAY)
    for size in SIZES:
        _resize(session, *size)
        (replay,) = [d for d in session.window.docks.docks if d.objectName() == "replay"]
        assert replay.height() / size[1] == pytest.approx(0.52, abs=0.02)


def test_panels_keep_the_part_one_drags_them_to(start: Start, qtbot: QtBot) -> None:
    session = start()
    _resize(session, 1280, 820)
    before = _part_beside(session)
    _drag_between(session, qtbot, by=-128)
    dragged = _part_beside(session)
    assert dragged == pytest.approx(before + 0.1, abs=0.02)
    for _ in range(5):  # nothing creeps
        for size in SIZES:
            _resize(session, *size)
            assert _part_beside(session) == pytest.approx(dragged, abs=0.005)
    _pick(session, qtbot, Mode.REPLAY)
    assert _part_beside(session) == pytest.approx(before, abs=0.005)
    _resize(session, 1600, 1000)
    _pick(session, qtbot, Mode.INSPECT)
    assert _part_beside(session) == pytest.approx(dragged, abs=0.005)
    _view_action(session, "Reset layout").trigger()
    QApplication.processEvents()
    assert _part_beside(session) == pytest.approx(before, abs=0.005)


def test_a_restored_layout_stays_as_it_was_in_whatever_window(start: Start, qtbot: QtBot) -> None:
    session = start()
    _resize(session, 1280, 820)
    _drag_between(session, qtbot, by=-128)
    dragged = _part_beside(session)
    for size in (*SIZES, *SIZES):  # `start` begins with a window of another size than it ends with
        session = start()
        QApplication.processEvents()
        assert _part_beside(session) == pytest.approx(dragged, abs=0.005)
        _resize(session, *size)
        assert _part_beside(session) == pytest.approx(dragged, abs=0.005)
