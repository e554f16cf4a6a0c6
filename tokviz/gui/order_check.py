"""OrderCheck: whether the order of a tokenizer's merges holds, found out in a task and kept."""

from pathlib import Path

from PySide6.QtCore import QObject, QStandardPaths, Signal

from tokviz.gui.task import Task, failure
from tokviz.gui.tokenizer_model import TokenizerModel
from tokviz.tokenization import merge_order
from tokviz.tokenization.tokenizer import Tokenizer


class OrderCheck(QObject):
    """Checks each tokenizer that nothing is known of yet; the model is told what comes out."""

    problem = Signal(object)
    task_started = Signal(object)

    def __init__(self, model: TokenizerModel, parent: QObject) -> None:
        super().__init__(parent)
        self._model = model
        self._task: Task | None = None
        self._checked: Tokenizer | None = None
        model.tokenizer_changed.connect(self._check)
        self._check()

    def close(self) -> None:
        """End what runs."""
        task, self._task = self._task, None
        if task is not None:
            task.cancel()

    def _check(self) -> None:
        tokenizer = self._model.tokenizer
        if tokenizer is self._checked:
            return
        self.close()
        self._checked = tokenizer
        if tokenizer.ordered is not None or not len(tokenizer.merges):
            return
        title = f"Checking the order of merges of {tokenizer.name}"
        task = Task(merge_order.check_order(tokenizer, _cache()), title, parent=self)
        task.stepped.connect(self._on_stepped)
        task.failed.connect(lambda error: self.problem.emit(failure(title, error)))
        self._task = task
        self.task_started.emit(task)
        task.start()

    def _on_stepped(self, batch: list[merge_order.OrderCheck]) -> None:
        told = batch[-1].tokenizer
        if told is not None and self._model.tokenizer is self._checked:
            self._model.refine_tokenizer(told)


def _cache() -> Path:
    location = QStandardPaths.StandardLocation.GenericCacheLocation
    return Path(QStandardPaths.writableLocation(location)) / "tokviz"
