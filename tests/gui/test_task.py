"""Task: a generator beside the GUI, its batches, and all the ways in which it ends."""

import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from pytestqt.qtbot import QtBot

from tokviz.gui import task as task_module
from tokviz.gui.task import Task, failure


class _Watched:
    """A task with a record of everything it says."""

    def __init__(self, generator: Iterator[Any], total: int | None = None) -> None:
        self.task = Task(generator, "counting", total)
        self.items: list[Any] = []
        self.batches: list[int] = []
        self.threads: set[threading.Thread] = set()
        self.errors: list[BaseException] = []
        self.n_finished = 0
        self.task.stepped.connect(self._on_stepped)
        self.task.failed.connect(self.errors.append)
        self.task.finished.connect(self._on_finished)

    def _on_stepped(self, batch: list[Any]) -> None:
        self.items += batch
        self.batches.append(len(batch))
        self.threads.add(threading.current_thread())

    def _on_finished(self) -> None:
        self.n_finished += 1
        self.threads.add(threading.current_thread())


def _until(qtbot: QtBot, condition: Callable[[], bool]) -> None:
    qtbot.waitUntil(condition, timeout=5000)


def test_results_come_in_order_in_batches_and_on_the_gui_thread(qtbot: QtBot) -> None:
    watched = _Watched(iter(range(1000)), total=1000)
    watched.task.start()
    _until(qtbot, lambda: watched.n_finished == 1)
    assert watched.items == list(range(1000))
    assert len(watched.batches) < 1000
    assert watched.threads == {threading.main_thread()}
    assert watched.task.done == 1000
    assert not watched.task.is_active
    assert not watched.errors


def test_a_generator_without_results_finishes(qtbot: QtBot) -> None:
    watched = _Watched(iter(()))
    watched.task.start()
    _until(qtbot, lambda: watched.n_finished == 1)
    assert watched.batches == []


def test_no_more_results_wait_than_the_queue_holds(qtbot: QtBot) -> None:
    n_made = 0

    def make() -> Iterator[int]:
        nonlocal n_made
        while True:
            n_made += 1
            yield n_made

    watched = _Watched(make())
    watched.task.start()
    time.sleep(0.2)  # no event is processed, so nothing is taken out
    assert n_made <= task_module._UNREAD + 1
    watched.task.cancel()
    assert watched.task.wait()


def test_a_paused_task_stands_still_steps_once_when_told_and_goes_on(qtbot: QtBot) -> None:
    def slowly() -> Iterator[int]:
        for i in range(10_000):
            time.sleep(0.001)
            yield i

    watched = _Watched(slowly())
    watched.task.start()
    _until(qtbot, lambda: len(watched.items) > 3)
    watched.task.step()  # it runs: there is nothing to let go
    watched.task.pause()
    assert watched.task.is_paused
    qtbot.wait(150)  # the step that was under way
    n = len(watched.items)
    qtbot.wait(200)
    assert len(watched.items) == n
    watched.task.step()
    _until(qtbot, lambda: len(watched.items) == n + 1)
    qtbot.wait(150)
    assert len(watched.items) == n + 1
    watched.task.resume()
    assert not watched.task.is_paused
    _until(qtbot, lambda: len(watched.items) > n + 10)
    assert watched.items == list(range(len(watched.items)))
    watched.task.cancel()
    assert watched.task.wait()


def test_steps_that_nobody_waited_for_do_not_leak_into_the_next_pause(qtbot: QtBot) -> None:
    def slowly() -> Iterator[int]:
        while True:
            time.sleep(0.005)
            yield 1

    watched = _Watched(slowly())
    watched.task.start()
    watched.task.pause()
    for _ in range(50):
        watched.task.step()
    watched.task.resume()
    watched.task.pause()
    qtbot.wait(150)
    n = len(watched.items)
    qtbot.wait(300)
    assert len(watched.items) == n
    watched.task.cancel()
    assert watched.task.wait()


def test_cancel_answers_at_once_while_the_generator_is_busy(qtbot: QtBot) -> None:
    released, closed = threading.Event(), threading.Event()

    def busy() -> Iterator[int]:
        try:
            yield 1
            released.wait(5)  # a step that takes its time and cannot be interrupted
            yield 2
        finally:
            closed.set()

    watched = _Watched(busy())
    watched.task.start()
    _until(qtbot, lambda: watched.items == [1])
    watched.task.cancel()  # does not wait for the step
    assert not closed.is_set()
    assert watched.n_finished == 1
    assert not watched.task.is_active
    released.set()
    assert watched.task.wait()
    assert closed.is_set()
    qtbot.wait(100)
    assert watched.items == [1]
    assert watched.n_finished == 1


def test_cancel_frees_a_thread_that_waits_at_a_full_queue(qtbot: QtBot) -> None:
    closed = threading.Event()

    def endless() -> Iterator[int]:
        try:
            while True:
                yield 0
        finally:
            closed.set()

    watched = _Watched(endless())
    watched.task.start()
    time.sleep(0.15)
    watched.task.cancel()
    assert watched.task.wait(1)
    assert closed.is_set()
    assert watched.items == []


def test_a_paused_task_can_be_cancelled(qtbot: QtBot) -> None:
    watched = _Watched(iter(range(10**9)))
    watched.task.start()
    watched.task.pause()
    watched.task.cancel()
    assert watched.task.wait(1)
    assert watched.n_finished == 1


def test_cancelling_twice_or_after_the_end_says_nothing_more(qtbot: QtBot) -> None:
    watched = _Watched(iter([1]))
    watched.task.start()
    _until(qtbot, lambda: watched.n_finished == 1)
    qtbot.wait(50)  # it has deleted itself by now
    watched.task.cancel()
    watched.task.cancel()
    assert watched.n_finished == 1


@pytest.mark.parametrize("error", [ValueError("no"), SystemExit(3), KeyboardInterrupt()])
def test_whatever_the_generator_raises_is_handed_on_after_its_results(
    qtbot: QtBot, error: BaseException
) -> None:
    def failing() -> Iterator[int]:
        yield 1
        yield 2
        raise error

    watched = _Watched(failing())
    watched.task.start()
    _until(qtbot, lambda: watched.n_finished == 1)
    assert watched.items == [1, 2]
    assert watched.errors == [error]


def test_a_slot_that_cancels_gets_nothing_more(qtbot: QtBot) -> None:
    def failing() -> Iterator[int]:
        yield 1
        raise ValueError("after the cancel")

    watched = _Watched(failing())
    watched.task.stepped.connect(lambda _batch: watched.task.cancel())
    watched.task.start()
    _until(qtbot, lambda: watched.n_finished == 1)
    qtbot.wait(100)
    assert watched.items == [1]
    assert watched.errors == []
    assert watched.n_finished == 1
    assert watched.task.wait()


def test_the_thread_touches_no_qt(qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> None:
    """Signals and timers of the task are reached from the GUI thread alone."""
    users: set[str] = set()

    def tell(name: str) -> Callable[..., None]:
        original = getattr(Task, name)

        def told(self: Task, *rest: Any) -> None:
            users.add(threading.current_thread().name)
            original(self, *rest)

        return told

    for name in ("_drain", "_stop", "_finish"):
        monkeypatch.setattr(Task, name, tell(name))
    watched = _Watched(iter(range(10)))
    watched.task.start()
    _until(qtbot, lambda: watched.n_finished == 1)
    assert users == {threading.main_thread().name}


def test_a_finished_task_deletes_itself(qtbot: QtBot) -> None:
    gone: list[bool] = []
    watched = _Watched(iter([1]))
    watched.task.destroyed.connect(lambda: gone.append(True))
    watched.task.start()
    _until(qtbot, lambda: gone == [True])


def test_a_failure_is_told_in_one_sentence() -> None:
    assert failure("Opening a", ValueError("a is a folder.")) == "a is a folder."
    assert failure("Opening a", ValueError()) == "Opening a failed (ValueError())."
    assert failure("Opening a", MemoryError()) == ("Opening a failed: there is not enough memory.")
    assert failure("Opening a", OSError("gone")) == "Opening a failed (OSError('gone'))."


def test_the_program_ends_well_while_a_cancelled_task_is_in_compiled_code() -> None:
    code = """
import numpy as np
from PySide6.QtCore import QCoreApplication, QTimer
from tokviz.gui.task import Task, end_process

def sorting():
    numbers = np.random.default_rng(0).random(30_000_000)
    while True:
        yield np.sort(numbers)[0]

app = QCoreApplication([])
task = Task(sorting(), "Sorting")
task.start()
QTimer.singleShot(700, app.quit)
app.exec()
task.cancel()
end_process(7)
raise SystemExit(7)
"""
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, timeout=120, check=False
    )
    assert (done.returncode, done.stderr) == (7, "")
