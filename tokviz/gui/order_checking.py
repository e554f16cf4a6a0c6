"""OrderChecking: finds out in a task whether the order of a tokenizer's merges holds."""

import os
from collections.abc import Iterator
from pathlib import Path

from PySide6.QtCore import QObject, Signal

from tokviz.gui.task import Task, failure
from tokviz.tokenization.replay.left_parts import AT_ONCE
from tokviz.tokenization.replay.merge_order import OrderCheck, check_order
from tokviz.tokenization.tokenizer import Tokenizer


class OrderChecking(QObject):
    """A part of the model. `checked`: `result` tells of the tokenizer that was to be checked.

    `changed`: a check began, ended or was given up.
    """

    checked = Signal()
    changed = Signal()
    task_started = Signal(object)
    problem = Signal(object)

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._task: Task | None = None
        self._name = ""
        self.result: OrderCheck | None = None

    @property
    def is_running(self) -> bool:
        return self._task is not None

    def begin(self, tokenizer: Tokenizer) -> None:
        """Check a tokenizer of which it is not known yet; nothing to do for others."""
        self.cancel()
        self.result = None
        if tokenizer.ordered is not None or not len(tokenizer.merges):
            return
        self._name = tokenizer.name
        n_steps = len(tokenizer.merges) // AT_ONCE + 1
        task = Task(_checking(tokenizer, _folder()), self._title, n_steps, parent=self)
        task.stepped.connect(self._on_stepped)
        task.failed.connect(self._on_failed)
        task.finished.connect(self._on_finished)
        self._task = task
        self.task_started.emit(task)
        task.start()
        self.changed.emit()

    def cancel(self) -> None:
        """Leave it unknown."""
        task, self._task = self._task, None
        if task is not None:
            task.cancel()

    @property
    def _title(self) -> str:
        return f"Checking the order of the merges of {self._name}"

    def _on_stepped(self, batch: list[OrderCheck]) -> None:
        if batch[-1].tokenizer is not None:
            self.result = batch[-1]
            self.checked.emit()

    def _on_failed(self, error: BaseException) -> None:
        self.problem.emit(failure(self._title, error))

    def _on_finished(self) -> None:
        self._task = None
        self.changed.emit()


def _checking(tokenizer: Tokenizer, cache: Path) -> Iterator[OrderCheck]:
    for found in check_order(tokenizer, cache):
        if found.tokenizer is not None:
            # Made here, so that the window need not wait for it when it takes the tokenizer over.
            _ = found.tokenizer.fingerprint, found.tokenizer.encoder()
        yield found


def _folder() -> Path:
    """Where results are kept; what is lost there is computed again."""
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "tokviz" / "orders"
