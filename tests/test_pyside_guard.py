"""Refuses a PySide6 that loses references to `None`.

PySide6 6.12.0 does on Python 3.10 and 3.11, at every call that returns nothing and at every
override called from C++; a window that repaints dies within seconds (`none_dealloc`).
"""

import sys

from PySide6.QtCore import QCoreApplication, QEvent, QObject
from pytestqt.qtbot import QtBot


class _Listener(QObject):
    n_events = 0

    def customEvent(self, event: QEvent) -> None:
        self.n_events += 1


def test_calls_that_return_nothing_keep_the_references_to_none(qtbot: QtBot) -> None:
    listener = _Listener()
    before = sys.getrefcount(None)
    for _ in range(1000):
        listener.setObjectName("")
    assert abs(sys.getrefcount(None) - before) < 50


def test_overrides_called_from_qt_keep_the_references_to_none(qtbot: QtBot) -> None:
    listener = _Listener()
    before = sys.getrefcount(None)
    for _ in range(1000):
        QCoreApplication.sendEvent(listener, QEvent(QEvent.Type.User))
    assert listener.n_events == 1000
    assert abs(sys.getrefcount(None) - before) < 50
