"""IdCounting: how often each id occurs in the text; a long text is counted in a task."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QObject, Signal

from tokviz.gui.task import Task, failure
from tokviz.tokenization.encoding import Int64s
from tokviz.tokenization.text.token_list import count_ids, id_counts

if TYPE_CHECKING:
    from tokviz.gui.tokenizer_model import TokenizerModel

_AT_ONCE = 1 << 17  # characters of a text that is counted within a frame


class IdCounting(QObject):
    """A part of the model. It counts when a panel that somebody looks at asks it to.

    `counted`: `counts`, (n_vocab,) int64, are others.
    """

    counted = Signal()
    problem = Signal(object)

    def __init__(self, model: TokenizerModel) -> None:
        super().__init__(model)
        self._model = model
        self._task: Task | None = None
        self._asked: tuple[object, ...] = ()
        self._known: tuple[object, ...] = ()
        self.counts: Int64s = np.zeros(model.tokenizer.n_vocab, np.int64)

    @property
    def is_known(self) -> bool:
        """Whether the counts are those of the text as it is encoded and shown now."""
        return self._known == self._present()

    def count_of(self, token_id: int) -> int | None:
        """How often an id occurs in the text, None until that is counted."""
        if not self.is_known or token_id >= len(self.counts):
            return None
        return int(self.counts[token_id])

    def begin(self) -> bool:
        """Count what is encoded so far, as it is shown, unless that is known or on its way.

        True if `counts` are others at once, as `counted` has told then.
        """
        asked, text = self._present(), self._model.text
        if self._task is not None and asked == self._asked:
            return False
        self.cancel()
        self._asked = asked
        if self.is_known:
            return False
        if text.n_encoded <= _AT_ONCE:
            self._take(id_counts(text))
            return True
        self._task = Task(count_ids(text), "Counting the tokens", parent=self)
        self._task.stepped.connect(self._on_stepped)
        self._task.failed.connect(self._on_failed)
        self._task.start()
        if len(self.counts) == text.tokenizer.n_vocab:
            return False
        self.counts = np.zeros(text.tokenizer.n_vocab, np.int64)  # those were another tokenizer's
        self.counted.emit()
        return True

    def cancel(self) -> None:
        """End what runs."""
        task, self._task = self._task, None
        if task is not None:
            task.cancel()

    def _present(self) -> tuple[object, ...]:
        text = self._model.text
        return self._model.revision, text.tokenizer, text.n_encoded, text.n_merges, text.special

    def _on_stepped(self, batch: list[Int64s | None]) -> None:
        counts = batch[-1]
        if counts is not None:
            self._task = None
            self._take(counts)

    def _on_failed(self, error: BaseException) -> None:
        # The task is kept, so that the panels that go on asking do not begin the same one again.
        self.problem.emit(failure("Counting the tokens", error))

    def _take(self, counts: Int64s) -> None:
        self._known, self.counts = self._asked, counts
        self.counted.emit()
