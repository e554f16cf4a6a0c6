"""BigramSession: one language model that learns, and what the parts of the Learn mode share of it.

No widget of its own. The parts listen to its signals and read it; the embedding table goes to the
`TokenizerModel` as well, so that maps move while it learns.
"""

import math
from array import array
from dataclasses import replace
from pathlib import Path
from time import monotonic

import numpy as np
from PySide6.QtCore import QObject, Signal

from tokviz.embedding.bigram import torch_is_missing
from tokviz.embedding.bigram_files import read_bigram, to_safetensors, tokenizer_path
from tokviz.embedding.bigram_memory import check_memory, free_memory, memory_need
from tokviz.embedding.bigram_settings import BigramSettings, NoTrainingError, split_text
from tokviz.embedding.bigram_table import BigramTable
from tokviz.embedding.row_classes import MissingRowsError
from tokviz.embedding.table import EmbeddingTable, Float32s
from tokviz.gui.panels.learn.bigram_corpus import BigramCorpus
from tokviz.gui.panels.learn.bigram_learning import (
    Begun,
    Learned,
    Pace,
    Preparing,
    Report,
    go_on,
    learn,
)
from tokviz.gui.task import Task, failure, let_frames_pass
from tokviz.gui.tokenizer_model import TokenizerModel
from tokviz.text_files import TextFileError, write_bytes
from tokviz.tokenization.formats import TokenizerFileError
from tokviz.tokenization.formats.any_file import open_tokenizer
from tokviz.tokenization.formats.huggingface_json import to_tokenizer_json
from tokviz.tokenization.tokenizer import Tokenizer
from tokviz.tokenization.vocabulary.visible_text import visible

_LARGEST_ON_MAP = 1 << 22  # weights; a copy of more than that ten times a second is felt

_TELL_SECONDS = 0.1  # between two pictures of the losses
_UNSEEN_SECONDS = 1.0  # between two tables for a map that nobody looks at
_PATIENCE = 5  # a map is computed in a fifth of the time at most


class BigramSession(QObject):
    """Runs trainings, one at a time. `table` is what is learned so far, by `tokenizer`."""

    begun_changed = Signal()  # another training, or none
    learned = Signal()  # more steps; a new table now and then
    state_changed = Signal()  # it runs, stands, has ended
    told = Signal(object)  # a sentence
    task_started = Signal(object)

    def __init__(self, model: TokenizerModel, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._model = model
        self.corpus = BigramCorpus(model, self)
        self.corpus.task_started.connect(self.task_started)
        self._task: Task | None = None
        self._last_task: Task | None = None
        self._pace = Pace()
        self._of: tuple[object, str, BigramSettings] | None = None
        self._loaded: BigramTable | None = None
        self.begun: Begun | None = None
        self.table: BigramTable | None = None
        self.tokenizer: Tokenizer | None = None
        self.logs: Float32s | None = None
        self.losses = array("d")  # millions, read again with each picture of the curves
        self.whole: list[tuple[int, float, float]] = []  # step, loss and held-out loss
        self.step_number = 0
        self._told_at = self._mapped_at = self._map_took = 0.0
        model.points_changed.connect(self._on_points_changed)
        self._waiting: BigramTable | None = None  # for the map

    # -- what it is doing ----------------------------------------------------------------------

    @property
    def is_running(self) -> bool:
        return self._task is not None and not self._task.is_paused

    @property
    def is_paused(self) -> bool:
        return self._task is not None and self._task.is_paused

    def goes_on(self, settings: BigramSettings) -> bool:
        """Whether starting with these settings continues what is learned already."""
        return self.begun is not None and self._of == self._key(settings)

    # -- training ------------------------------------------------------------------------------

    def start(self, settings: BigramSettings, n_steps: int, *, paused: bool = False) -> None:
        """Train `n_steps` more: from where it stands, or anew for another text or settings.

        Raises `NoTrainingError` for what cannot be trained; nothing has changed then.
        """
        if self._task is not None:
            return
        if self._last_task is not None:
            self._last_task.wait()  # a cancelled step may still be under way
        self._pace = Pace(paused, let_frames_pass)
        if self.goes_on(settings):
            assert self.begun is not None
            total = self.begun.training.n_steps + n_steps
            self._run(Task(go_on(self.begun, total, self._pace), "Learning", parent=self), paused)
            return
        self._check(settings)
        grown = self.corpus.tokenizer()
        if grown.fingerprint != self._model.tokenizer.fingerprint:
            self._model.set_tokenizer(grown)  # files have characters that the open text has not
        begin, tokenizer = self._loaded, self._model.tokenizer
        if tokenizer is not self.tokenizer:
            begin = None
        self._forget()
        self._of, self.tokenizer = self._key(settings), tokenizer
        encode = self.corpus.encoding()
        work = learn(encode, tokenizer, settings, n_steps, self._pace, begin)
        self._run(Task(work, "Learning", parent=self), paused)

    def _check(self, settings: BigramSettings) -> None:
        if (missing := torch_is_missing()) is not None:
            raise NoTrainingError(missing)
        _ = self.corpus.tokenizer()
        n_vocab, n_used, n_ids = self.corpus.sizes()
        split_text(np.zeros(n_ids, np.int8), settings.held_out)
        check_memory(memory_need(n_vocab, n_used, n_ids, settings), free_memory())

    def _key(self, settings: BigramSettings) -> tuple[object, str, BigramSettings]:
        return self.corpus.key(), self._model.tokenizer.fingerprint, settings

    def _run(self, task: Task, paused: bool) -> None:
        task.stepped.connect(self._on_stepped)
        task.failed.connect(self._on_failed)
        task.finished.connect(self._on_finished)
        self._task = self._last_task = task
        self.state_changed.emit()
        self.task_started.emit(task)
        if paused:
            task.pause()
            for _ in range(2 if self.begun is None else 1):  # the counts, then the first table
                task.step()
        task.start()

    def pause(self) -> None:
        if self._task is not None:
            self._pace.single = True
            self._task.pause()
            self.state_changed.emit()

    def resume(self) -> None:
        if self._task is not None:
            self._pace.single = False
            self._task.resume()
            self.state_changed.emit()

    def step(self) -> None:
        """One step of a training that is paused."""
        if self._task is not None:
            self._task.step()

    def cancel(self) -> None:
        """Stop at once; what was learned is kept."""
        if self._task is not None:
            self._task.cancel()

    def reset(self) -> None:
        """Stop and forget everything."""
        self.cancel()
        self._forget()
        self.begun_changed.emit()
        self.state_changed.emit()

    def _forget(self) -> None:
        self._of = self._loaded = self._waiting = self.begun = self.table = self.logs = None
        self.losses, self.whole, self.step_number = array("d"), [], 0

    # -- what comes in -------------------------------------------------------------------------

    def _on_stepped(self, batch: list[Report]) -> None:
        table = None
        for report in batch:
            if isinstance(report, Preparing):
                self.told.emit(report.words)
            elif isinstance(report, Begun):
                self.begun = report
                self.begun_changed.emit()
            else:
                table = self._take(report) or table
        if table is not None:
            self.table = table
            self._show_on_map(table)
        if table is not None or monotonic() - self._told_at > _TELL_SECONDS:
            self._told_at = monotonic()
            self.learned.emit()

    def _take(self, report: Learned) -> BigramTable | None:
        self.losses.extend(loss for loss in report.losses if math.isfinite(loss))
        self.step_number = report.step
        if np.isfinite(report.loss):
            self.whole.append((report.step, report.loss, report.held_out))
        if report.logs is not None:
            self.logs = report.logs
        return report.table

    def _show_on_map(self, table: BigramTable) -> None:
        """Give the table to the model, once what was given last has become points of a map.

        Else a map that takes longer than the time between two tables would never be seen. A slow
        map comes less often, so that most of the time is left for learning.
        """
        if table.rows.size > _LARGEST_ON_MAP:
            return
        if self.tokenizer is not self._model.tokenizer:
            return
        is_seen = self._model.points is not None or self._model.table is None
        pause = min(_PATIENCE * self._map_took, _UNSEEN_SECONDS) if is_seen else _UNSEEN_SECONDS
        if monotonic() - self._mapped_at < pause:
            self._waiting = table
            return
        self._waiting, self._mapped_at = None, monotonic()
        shown = EmbeddingTable.of_array("Bigram table", table.rows, "learned here")
        never, norms = table.never_updated, table.gradient_norms
        try:
            self._model.set_table(
                replace(shown, never_updated=never, gradient_norms=norms, ids=table.ids)
            )
        except MissingRowsError:
            return  # the text has grown characters since

    def _on_points_changed(self) -> None:
        if self._model.points is not None and self._task is not None:
            self._map_took = monotonic() - self._mapped_at

    def _on_failed(self, error: BaseException) -> None:
        self.learned.emit()
        self._told_at = math.inf  # the sentence is to stay
        self.told.emit(failure("Learning", error))

    def _on_finished(self) -> None:
        if self._task is not None and not self._task.is_active:
            self._task = None
        self._mapped_at = 0.0
        if self._waiting is not None:
            self._show_on_map(self._waiting)
        if self._told_at < math.inf:
            self.learned.emit()
        self._told_at = 0.0
        self.state_changed.emit()

    # -- tokens -----------------------------------------------------------------------

    def label_of_id(self, token_id: int) -> str:
        """A token of the language model in visible characters."""
        if self.tokenizer is None or token_id >= self.tokenizer.n_vocab:
            return ""
        data = self.tokenizer.vocab[token_id]
        return "" if data is None else visible(data)

    # -- files ---------------------------------------------------------------------------------

    def save(self, path: str) -> None:
        """Write the language model and its tokenizer; tells what goes wrong."""
        if self.table is None or self.tokenizer is None:
            self.told.emit("Nothing is learned yet that could be saved.")
            return
        try:
            beside = tokenizer_path(Path(path))
            write_bytes(str(beside), to_tokenizer_json(self.tokenizer))
            write_bytes(path, to_safetensors(self.table))
        except (TextFileError, TokenizerFileError) as error:
            self.told.emit(str(error))
            return
        self.told.emit(f"Saved {Path(path).name}, and its tokenizer in {beside.name}.")

    def load(self, path: str) -> None:
        """Open a language model, with the tokenizer beside it if there is one."""
        file, beside = Path(path), tokenizer_path(Path(path))
        try:
            there = beside.is_file()
            tokenizer = open_tokenizer(beside) if there else self._model.tokenizer
            table = read_bigram(file, tokenizer.n_vocab, tokenizer.name)
        except OSError as error:
            reason = (error.strerror or str(error)).lower()
            self.told.emit(f"{file.name} cannot be read: {reason}; choose another file.")
            return
        except ValueError as error:
            self.told.emit(str(error))
            return
        self.reset()
        if tokenizer.fingerprint != self._model.tokenizer.fingerprint:
            self._model.set_tokenizer(tokenizer)
        self.tokenizer = tokenizer = self._model.tokenizer
        self.table = self._loaded = table
        self.step_number = table.step
        self._show_on_map(table)
        self.begun_changed.emit()
        self.learned.emit()
        self.told.emit(f"Opened {file.name}, learned in {table.step:,} steps.")
