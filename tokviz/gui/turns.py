"""Turns: does several things one after another, with frames and keys in between.

What follows from one event is usually shown in one turn of the event loop. Where that is more than
a frame has time for, each part gets a turn of its own.
"""

from collections import deque
from collections.abc import Callable

from PySide6.QtCore import QObject, QTimer

_PAUSE_MS = 4  # long enough for the last part to be painted first


class Turns(QObject):
    """Nothing of what waits is done after `clear`; what it leaves half done is up to the caller."""

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._waiting: deque[Callable[[], object]] = deque()
        self._timer = QTimer(self, singleShot=True, interval=_PAUSE_MS)
        self._timer.timeout.connect(self._do_next)

    @property
    def is_done(self) -> bool:
        return not self._waiting

    def add(self, *parts: Callable[[], object]) -> None:
        """Do these parts, too, each in a turn of its own."""
        self._waiting.extend(parts)
        if parts and not self._timer.isActive():
            self._timer.start()

    def clear(self) -> None:
        self._waiting.clear()
        self._timer.stop()

    def _do_next(self) -> None:
        part = self._waiting.popleft()
        if self._waiting:  # before the part, which may clear or add
            self._timer.start()
        part()
