"""Task: runs a generator beside the GUI. The only file of the program with a thread in it.

The thread iterates the generator into a bounded queue and never touches Qt; a timer on the GUI
thread takes batches out. A panel sees results in order, at most thirty times a second.
"""

import ctypes
import logging
import os
import queue
import sys
import threading
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from time import monotonic
from typing import Any

from PySide6.QtCore import QAbstractEventDispatcher, QObject, QTimer, Signal

_TICK_MS = 33
_UNREAD = 64  # items that may wait before the thread does
_WAIT = 0.05  # seconds after which a waiting thread looks whether it was cancelled
_COURTESY = 0.03  # seconds that a step waits at most for the GUI to have nothing to do: a frame
_WORK = 0.01  # seconds that work goes on beside a frame that takes longer
_THREADS = "task: "  # how the names of tasks' threads begin
_TURN = 0.05  # seconds that a step waits at most for another task's step to end
_LAST_WAIT = 0.3  # seconds for the threads of cancelled tasks at the program's end
_M_ARENA_MAX = -8  # from glibc's malloc.h
_log = logging.getLogger("tokviz")


class _Courtesy:
    """Lets a step begin while the GUI thread waits for events, so that frames come first.

    Each call into Qt gives the interpreter away, and beside busy Python code it comes back only
    after a switch interval: a frame of a hundred calls would take ten times as long.
    """

    def __init__(self) -> None:
        self._gui_waits = threading.Event()
        self._dispatcher: QAbstractEventDispatcher | None = None
        self._waited_until = 0.0

    def watch(self) -> None:
        """Follow the event loop of this thread, the GUI's."""
        dispatcher = QAbstractEventDispatcher.instance()
        if dispatcher is None or dispatcher is self._dispatcher:
            return
        self._dispatcher = dispatcher
        dispatcher.aboutToBlock.connect(self._gui_waits.set)
        dispatcher.awake.connect(self._gui_waits.clear)

    def wait(self) -> None:
        """Waited in vain, it does so again after `_WORK` only: beside a loop that never waits, as a
        program that only polls it, the work still has a quarter of the time."""
        if monotonic() - self._waited_until > _WORK and not self._gui_waits.wait(_COURTESY):
            self._waited_until = monotonic()


_courtesy = _Courtesy()
_turns = threading.Lock()


@contextmanager
def _turn() -> Iterator[None]:
    """Steps are taken one at a time, and between frames: the window then has one rival at most.

    A step that takes long holds nobody up for longer than `_TURN`.
    """
    is_ours = _turns.acquire(timeout=_TURN)
    try:
        _courtesy.wait()
        yield
    finally:
        if is_ours:
            _turns.release()


def let_frames_pass() -> None:
    """For work beside the GUI that takes many small steps between two items: wait while the GUI
    thread has something to do, for the length of a frame at most."""
    _courtesy.wait()


def share_the_interpreter() -> None:
    """Let pure Python work in a thread give way after a tenth of a millisecond, instead of five.

    Each call into Qt or numpy hands the interpreter over, and a frame of some hundred calls waits
    for it as often. More switches cost busy threads little: only one that waits asks for them.
    """
    sys.setswitchinterval(1e-4)


def share_the_heap() -> None:
    """Let all threads allocate from one heap, where the C library is glibc.

    By default each thread has an arena of its own and keeps there what it has freed: with another
    tokenizer chosen twice for ten megabytes, the process held 200 MB that nothing used.
    """
    mallopt = getattr(ctypes.CDLL(None), "mallopt", None) if sys.platform == "linux" else None
    if mallopt is not None:
        mallopt(_M_ARENA_MAX, 1)


class _End:
    """The generator is exhausted, or raised `error`."""

    def __init__(self, error: BaseException | None) -> None:
        self.error = error


class Task(QObject):
    """Runs `generator` in a thread; `total` is the number of items expected, if known.

    `stepped` carries the list of items since the last one. After `cancel` no signal but
    `finished` is sent, at once; the thread ends at its next step and closes the generator. The
    object deletes itself after `finished`.
    """

    stepped = Signal(object)  # not `Signal(list)`: that copies, and loses characters
    failed = Signal(object)
    finished = Signal()

    def __init__(
        self,
        generator: Iterator[Any],
        title: str,
        total: int | None = None,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self.title = title
        self.total = total
        self.done = 0
        self._generator = generator
        self._queue: queue.Queue[Any] = queue.Queue(_UNREAD)
        self._cancelled = threading.Event()
        self._running = threading.Event()
        self._steps = threading.Semaphore(0)
        self._running.set()
        self._thread = threading.Thread(target=self._run, name=f"{_THREADS}{title}", daemon=True)
        self._timer = QTimer(self, interval=_TICK_MS)
        self._timer.timeout.connect(self._drain)

    @property
    def is_active(self) -> bool:
        """Neither finished nor cancelled."""
        return not self._cancelled.is_set()

    @property
    def is_paused(self) -> bool:
        return not self._running.is_set()

    def start(self) -> None:
        """Begin; a task that was cancelled before does nothing."""
        if self._cancelled.is_set():
            return
        _courtesy.watch()
        self._timer.start()
        self._thread.start()

    def pause(self) -> None:
        while self._steps.acquire(blocking=False):
            pass  # steps of an earlier pause that nobody waits for any more
        self._running.clear()

    def resume(self) -> None:
        self._running.set()

    def step(self) -> None:
        """Let a paused task take one step."""
        if self.is_paused:
            self._steps.release()

    def cancel(self) -> None:
        """Discard what is still to come; answers at once."""
        if self._cancelled.is_set():
            return
        self._stop()
        self._finish()

    def wait(self, seconds: float = 2.0) -> bool:
        """Wait for the thread to end; True if it did. For the program's end and for tests."""
        if self._thread.ident is None:
            return True  # it never began
        self._thread.join(seconds)
        return not self._thread.is_alive()

    def _stop(self) -> None:
        self._timer.stop()
        self._cancelled.set()
        self._running.set()

    def _finish(self) -> None:
        self.finished.emit()
        self.deleteLater()

    def _drain(self) -> None:
        batch: list[Any] = []
        end: _End | None = None
        while end is None:
            try:
                item = self._queue.get_nowait()
            except queue.Empty:
                break
            if isinstance(item, _End):
                end = item
            else:
                batch.append(item)
        if batch:
            self.done += len(batch)
            self.stepped.emit(batch)
        # A slot of `stepped` may have cancelled the task.
        if end is not None and self.is_active:
            self._stop()
            if end.error is not None:
                self._tell(end.error)
            self._finish()

    def _tell(self, error: BaseException) -> None:
        if not isinstance(error, ValueError):  # those carry a sentence for the user
            _log.error("%s failed", self.title, exc_info=error)
        self.failed.emit(error)

    def _run(self) -> None:
        error: BaseException | None = None
        try:
            while not self._cancelled.is_set():
                self._wait_while_paused()
                with _turn():
                    if self._cancelled.is_set():
                        break
                    item = next(self._generator)
                self._put(item)
        except StopIteration:
            pass  # the usual end
        except BaseException as caught:  # noqa: BLE001 - handed on by `failed`
            # Rust extensions raise a PanicException, which is no Exception.
            error = caught
        finally:
            if isinstance(self._generator, Generator):
                self._generator.close()
            self._put(_End(error))

    def _wait_while_paused(self) -> None:
        while not self._running.wait(_WAIT):
            if self._steps.acquire(blocking=False):
                return

    def _put(self, item: Any) -> None:
        while not self._cancelled.is_set():
            try:
                self._queue.put(item, timeout=_WAIT)
                return
            except queue.Full:
                continue


def end_process(status: int) -> None:
    """End the program; returns where no task's thread is left, to let Python end as it does.

    A thread that is in the middle of compiled code when the interpreter goes away is torn down
    inside of it, and C++ code aborts the process then. A cancelled task may take a while to come
    out of a step, so the process ends without waiting for it: everything is saved by now.
    """
    left = [thread for thread in threading.enumerate() if thread.name.startswith(_THREADS)]
    for thread in left:
        thread.join(_LAST_WAIT / len(left))
    if any(thread.is_alive() for thread in left):
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(status)


def failure(title: str, error: BaseException) -> str:
    """One sentence for the user about a task that failed.

    >>> failure("Opening a.txt", MemoryError())
    'Opening a.txt failed: there is not enough memory.'
    """
    if isinstance(error, MemoryError):
        return f"{title} failed: there is not enough memory."
    if isinstance(error, ValueError) and str(error):
        return str(error)
    return f"{title} failed ({error!r})."
