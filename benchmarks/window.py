"""The real window, opened as the program opens it, and how long it takes to answer and to paint."""

import gc
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from statistics import quantiles
from time import perf_counter, thread_time
from typing import Any

from PySide6.QtCore import QEvent, QEventLoop, QObject, Qt, QTimer
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QApplication, QWidget

from tokviz.gui.session import Session
from tokviz.gui.settings import Settings
from tokviz.gui.task import share_the_heap, share_the_interpreter

SIZE = (1280, 820)
_TYPED = "the quick brown fox, "


def open_window() -> tuple[Session, "Frames"]:
    """The program with its window, painted once, and the frames of its text."""
    app = QApplication([])
    share_the_interpreter()  # as the program does, here and in the next line
    share_the_heap()
    session = Session(app, Settings())
    window, view = session.window, session.window.text_panel.view
    window.resize(*SIZE)
    window.show()
    window.activateWindow()
    frames = Frames(view.viewport())
    frames.until_painted(view.viewport().update)
    gc.freeze()  # as the program does
    return session, frames


class Frames(QObject):
    """Counts the frames a widget was painted in."""

    def __init__(self, widget: QWidget) -> None:
        super().__init__(widget)
        self.n_painted = 0
        self.processor: list[float] = []  # what each act took of it, whatever else ran beside
        widget.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Paint:
            self.n_painted += 1
        return super().eventFilter(watched, event)

    def until_painted(self, act: Callable[[], object]) -> float:
        """Seconds from an act to the end of the next frame, which is then on the screen."""
        before, begun, used = self.n_painted, perf_counter(), thread_time()
        act()
        while self.n_painted == before:
            QApplication.processEvents(QEventLoop.ProcessEventsFlag.AllEvents)
        self.processor.append(thread_time() - used)
        return perf_counter() - begun


class Gaps:
    """How late a timer of 5 ms fires: how long the window would not have answered."""

    def __init__(self) -> None:
        self.all: list[float] = []
        self.processor: list[float] = []
        self._last, self._used = perf_counter(), thread_time()
        self._timer = QTimer(interval=5, timerType=Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(self._tick)
        self._timer.start()

    def _tick(self) -> None:
        now, used = perf_counter(), thread_time()
        self.all.append(now - self._last)
        self.processor.append(used - self._used)
        self._last, self._used = now, used

    def stop(self) -> float:
        """End; the largest gap."""
        self._timer.stop()
        self._tick()
        return max(self.all)


def press(widget: QWidget, key: int, text: str = "") -> None:
    for kind in (QEvent.Type.KeyPress, QEvent.Type.KeyRelease):
        QApplication.sendEvent(widget, QKeyEvent(kind, key, Qt.KeyboardModifier.NoModifier, text))


def type_one(widget: QWidget, frames: Frames, number: int, pause: float = 0.01) -> float:
    """Seconds from a letter's key press to the painted frame; then the event loop turns a while."""
    taken = frames.until_painted(lambda: press(widget, 0, _TYPED[number % len(_TYPED)]))
    spend(pause)
    return taken


def spend(seconds: float) -> None:
    loop = QEventLoop()
    QTimer.singleShot(round(seconds * 1000), loop.quit)
    loop.exec()


def open_file(session: Session, path: Path) -> dict[str, float]:
    """Open a file as the menu does; the event loop is watched until the whole text is checked."""
    view, model = session.window.text_panel.view, session.model
    frames = Frames(view.viewport())
    n_bytes = path.stat().st_size

    def first_page() -> bool:
        return model.text.n_bytes == n_bytes and model.text.n_tokens > 0

    def encoded() -> bool:
        return first_page() and model.text.complete

    found: dict[str, float] = {}
    gaps, begun = Gaps(), perf_counter()
    session.window.document.open(str(path))
    for name, reached in (("first page", first_page), ("encoded", encoded)):
        while not reached():
            QApplication.processEvents(QEventLoop.ProcessEventsFlag.WaitForMoreEvents)
        frames.until_painted(view.viewport().update)
        found[name] = perf_counter() - begun
    found["largest gap"] = gaps.stop()
    found["gaps p99"] = quantiles(gaps.all, n=100)[-1]
    found["largest gap's processor time"] = max(gaps.processor)
    found["memory"] = _megabytes()
    gaps = Gaps()
    while not session.window.status.is_settled:
        QApplication.processEvents(QEventLoop.ProcessEventsFlag.WaitForMoreEvents)
    found["checked"] = perf_counter() - begun
    found["largest gap while checked"] = gaps.stop()
    return found


def _megabytes() -> float:
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 2**20


def measured_in_a_process(script: str, text: str, *words: str) -> dict[str, Any]:
    """What a script's `--measure` finds in a process of its own, which is handed the text as a
    file: made there it would count among the memory of the program."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "text.txt"
        path.write_bytes(text.encode())
        done = subprocess.run(
            [sys.executable, "-m", script, "--measure", str(path), *words],
            capture_output=True,
            text=True,
        )
    if done.returncode:
        sys.exit(done.stderr)
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return found
