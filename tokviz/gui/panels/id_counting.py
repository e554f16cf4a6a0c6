"""IdCounting: how often each id occurs in the text; a long text is counted in a task."""

import numpy as np
from PySide6.QtCore import QObject, Signal

from tokviz.gui.task import Task
from tokviz.gui.tokenizer_model import TokenizerModel
from tokviz.tokenization.encoding import Int64s
from tokviz.tokenization.token_list import count_ids, id_counts

_AT_ONCE = 1 << 17  # characters of a text that is counted within a frame


class IdCounting(QObject):
    """`counted`: there are other counts, or those asked for were known already."""

    counted = Signal()

    def __init__(self, model: TokenizerModel, parent: QObject) -> None:
        super().__init__(parent)
        self._model = model
        self._task: Task | None = None
        self._known: tuple[object, ...] = ()
        self.counts: Int64s = np.zeros(model.tokenizer.n_vocab, np.int64)

    def begin(self) -> None:
        """Count what is encoded so far, as it is shown, unless that is known."""
        model, text = self._model, self._model.text
        asked = (model.revision, text, text.tokenizer, text.n_encoded, text.n_merges)
        self._cancel()
        if asked == self._known:
            self.counted.emit()
        elif text.n_encoded <= _AT_ONCE:
            self._take(asked, id_counts(text))
        else:
            self._count_beside(asked)

    def _count_beside(self, asked: tuple[object, ...]) -> None:
        n_vocab = self._model.tokenizer.n_vocab
        if len(self.counts) != n_vocab:  # of another tokenizer: the rows are shown without counts
            self._take((), np.zeros(n_vocab, np.int64))
        counting = count_ids(self._model.text)
        self._task = Task(counting, "Counting the tokens", parent=self)
        self._task.stepped.connect(lambda batch: self._on_stepped(asked, batch))
        self._task.start()

    def _on_stepped(self, asked: tuple[object, ...], batch: list[Int64s | None]) -> None:
        counts = batch[-1]
        if counts is not None:
            self._task = None
            self._take(asked, counts)

    def _take(self, asked: tuple[object, ...], counts: Int64s) -> None:
        self._known, self.counts = asked, counts
        self.counted.emit()

    def _cancel(self) -> None:
        task, self._task = self._task, None
        if task is not None:
            task.cancel()
