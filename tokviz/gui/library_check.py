"""LibraryCheck: holds the open text's tokens against tiktoken, tokenizers or sentencepiece."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from tokviz.catalog import name_of_file
from tokviz.gui.settings import Settings
from tokviz.gui.task import Task, failure
from tokviz.gui.tokenizer_model import TokenizerModel

if TYPE_CHECKING:
    from tokviz.library_checks import CheckResult

_TITLE = "Checking against the tokenizer's library"


class LibraryCheck(QObject):
    """One check at a time, in a task. `told`: the result, a sentence."""

    told = Signal(str)
    problem = Signal(object)
    task_started = Signal(object)
    place_requested = Signal(int, int)  # the characters of the first difference

    def __init__(self, model: TokenizerModel, settings: Settings, parent: QObject) -> None:
        super().__init__(parent)
        self._model = model
        self._settings = settings
        self._task: Task | None = None

    def check(self) -> None:
        """Compare all ids of the text as it is now."""
        from tokviz.library_checks import check_with_library

        text, path = self._model.text, self._settings.tokenizer
        if not text.complete:
            self.problem.emit("The text is still being encoded; check it when that is done.")
            return
        if self._task is not None:
            self._task.cancel()
        is_file = os.path.isabs(path) and text.tokenizer.name == name_of_file(path)
        parts = text.encoded_parts()
        checking = check_with_library(
            text.tokenizer, Path(path) if is_file else None, parts, self._model.special
        )
        self._task = Task(checking, _TITLE, parent=self)
        self._task.stepped.connect(self._on_checked)
        self._task.failed.connect(lambda error: self.problem.emit(failure(_TITLE, error)))
        self.task_started.emit(self._task)
        self._task.start()

    def _on_checked(self, batch: list[CheckResult]) -> None:
        result = batch[-1]
        if result.place is None:
            self.told.emit(result.sentence)
        else:
            self.problem.emit(result.sentence)
            self.place_requested.emit(*result.place)
