"""BigramCorpus: the tokens that the language model learns from, of the open text or of files."""

from collections.abc import Callable, Iterator
from functools import partial

import numpy as np
import numpy.typing as npt
from PySide6.QtCore import QObject, Signal

from tokviz.corpus import Corpus, CorpusIds, encoding_corpus
from tokviz.embedding.bigram_settings import NoTrainingError
from tokviz.gui.task import Task, failure
from tokviz.gui.tokenizer_model import TokenizerModel
from tokviz.tokenization.tokenizer import Tokenizer

_TITLE = "Reading the files to learn from"
_NOT_YET = "The files are still being read; start in a moment."


class BigramCorpus(QObject):
    """Files are read and encoded beside the window as soon as they are chosen, so that what they
    need is known before anything starts; and again for another tokenizer."""

    changed = Signal()  # other tokens, or the same ones are known now
    progressed = Signal(int)  # tokens of the files so far
    failed = Signal(object)  # the exception
    task_started = Signal(object)

    def __init__(self, model: TokenizerModel, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._model = model
        self._files: Corpus | None = None
        self._read: CorpusIds | None = None
        self._task: Task | None = None
        self._wrong = _NOT_YET
        model.tokenizer_changed.connect(self._on_tokenizer_changed)

    @property
    def is_files(self) -> bool:
        return self._files is not None

    @property
    def is_reading(self) -> bool:
        return self._task is not None

    @property
    def problem(self) -> str:
        """Why there is nothing to learn from; empty where there is, or soon will be."""
        is_missing = self._files is not None and self._read is None and self._task is None
        return self._wrong if is_missing else ""

    def take(self, corpus: Corpus) -> None:
        """Learn from the files of a corpus; without any, from the text that is open."""
        files = corpus if corpus.paths else None
        if files != self._files:
            self._files = files
            self._start_reading()

    def key(self) -> object:
        """Equal for equal texts."""
        return str(self._model.text) if self._files is None else self._files

    def sizes(self) -> tuple[int, int, int]:
        """Tokens of the vocabulary, of them in the texts, and tokens of the texts, so far.

        Those of a long open text are counted beside the window; until then it is told how many
        there can be at most.
        """
        if self._files is None:
            n_vocab, n_ids = self._model.tokenizer.n_vocab, self._model.text.n_tokens
            counting = self._model.id_counting
            counting.begin()
            is_known, used = counting.is_known, int(np.count_nonzero(counting.counts))
            return n_vocab, used if is_known else min(n_vocab, n_ids), n_ids
        if self._read is None:
            return self._model.tokenizer.n_vocab, 0, 0
        return self._read.tokenizer.n_vocab, self._read.n_used, len(self._read.ids)

    def tokenizer(self) -> Tokenizer:
        """The tokenizer of what is learned from. Raises `NoTrainingError` while there is none."""
        if self._files is None:
            return self._model.tokenizer
        if self._read is None:
            raise NoTrainingError(self._wrong)
        return self._read.tokenizer

    def encoding(self) -> Callable[[], npt.NDArray[np.integer]]:
        """What gives the ids, to be called beside the window."""
        if self._read is not None:
            return partial(getattr, self._read, "ids")
        return partial(_encoded, self._model.tokenizer, str(self._model.text))

    def close(self) -> None:
        """End what runs."""
        task, self._task = self._task, None
        if task is not None:
            task.cancel()

    # -- reading files -------------------------------------------------------------------------

    def _on_tokenizer_changed(self) -> None:
        if self._files is None:
            return
        ours, now = self._read, self._model.tokenizer
        if ours is None or ours.tokenizer.fingerprint != now.fingerprint:
            self._start_reading()

    def _start_reading(self) -> None:
        self.close()
        self._read, self._wrong = None, _NOT_YET
        if self._files is not None:
            task = Task(self._reading(self._files), _TITLE, parent=self)
            task.stepped.connect(self._on_stepped)
            task.failed.connect(self._on_failed)
            task.finished.connect(lambda: self._on_finished(task))
            self._task = task
            self.task_started.emit(task)
            task.start()
        self.changed.emit()

    def _reading(self, files: Corpus) -> Iterator[int | CorpusIds]:
        return encoding_corpus(files, self._model.tokenizer)

    def _on_stepped(self, batch: list[int | CorpusIds]) -> None:
        last = batch[-1]
        if isinstance(last, CorpusIds):
            self._read = last
        else:
            self.progressed.emit(last)

    def _on_failed(self, error: BaseException) -> None:
        self._wrong = failure(_TITLE, error)
        self.failed.emit(error)

    def _on_finished(self, task: Task) -> None:
        if task is self._task:
            self._task = None
            if self._read is None and self._wrong == _NOT_YET:
                self._wrong = "Reading the files was stopped; choose them again."
            self.changed.emit()


def _encoded(tokenizer: Tokenizer, text: str) -> npt.NDArray[np.integer]:
    return tokenizer.encode(text).ids
