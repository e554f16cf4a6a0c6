"""Turns: parts in order, each in a turn of the event loop of its own."""

from PySide6.QtCore import QObject, QTimer
from pytestqt.qtbot import QtBot

from tokviz.gui.turns import Turns


def test_parts_are_done_in_order_with_other_events_in_between(qtbot: QtBot) -> None:
    owner = QObject()
    done: list[str] = []
    turns = Turns(owner)
    other = QTimer(owner, interval=0)
    other.timeout.connect(lambda: done.append("other"))
    other.start()
    turns.add(*(lambda name=name: done.append(name) for name in "abc"))
    assert not turns.is_done
    assert done == []
    qtbot.waitUntil(lambda: turns.is_done)
    assert [name for name in done if name != "other"] == ["a", "b", "c"]
    assert "other" in done[done.index("a") : done.index("b")]
    assert "other" in done[done.index("b") : done.index("c")]


def test_what_was_cleared_is_not_done_and_what_comes_later_is(qtbot: QtBot) -> None:
    owner = QObject()
    done: list[str] = []
    turns = Turns(owner)
    turns.add(turns.clear, lambda: done.append("cleared"))
    qtbot.waitUntil(lambda: turns.is_done)
    turns.add(lambda: turns.add(lambda: done.append("second")), lambda: done.append("first"))
    qtbot.waitUntil(lambda: turns.is_done)
    assert done == ["first", "second"]
