"""TrainingSteps: finds steps of the training replay as they are asked for, beside the GUI if they
take longer than a frame.

What is asked for last is found last; what was asked for while another step was being found, and is
not wanted any more, is left out.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from PySide6.QtCore import QObject, Signal

from tokviz.gui.task import Task
from tokviz.tokenization.training.trainer import Training
from tokviz.tokenization.training.training_replay import Example, TrainingReplay, TrainingStep
from tokviz.tokenization.vocabulary.visible_text import visible

_AT_ONCE = 100_000
"""Symbols of a corpus whose steps are counted within a frame."""


@dataclass(frozen=True)
class FoundStep:
    """All there is to show of a step."""

    step: TrainingStep
    examples: list[Example]


class _Source:
    """A training, and its replay once a thread has made it."""

    def __init__(self, training: Training) -> None:
        self.training = training

    @cached_property
    def replay(self) -> TrainingReplay:
        return TrainingReplay(self.training)

    def finding(self, rank: int) -> Iterator[FoundStep]:
        yield FoundStep(self.replay.step(rank), self.replay.examples(rank))


class TrainingSteps(QObject):
    """`found` carries each step once it is known, at once or later; `failed` an exception."""

    found = Signal(object)
    failed = Signal(object)

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._source: _Source | None = None
        self._wanted: int | None = None
        self._task: Task | None = None

    def open(self, training: Training | None) -> None:
        """The steps of another training, or none. No thread may learn in it meanwhile."""
        self.close()
        self._source = None if training is None else _Source(training)

    def close(self) -> None:
        """Ask for nothing any more."""
        task, self._task, self._wanted = self._task, None, None
        if task is not None:
            task.cancel()

    def want(self, rank: int) -> None:
        """Find the step of a merge."""
        source = self._source
        if source is None:
            return
        self._wanted = rank
        if len(source.training.corpus.symbols) <= _AT_ONCE:
            for found in source.finding(rank):
                self.found.emit(found)
        elif self._task is None:
            self._begin(source, rank)

    def name(self, token_id: int) -> str:
        """A token as it is shown."""
        return "" if self._source is None else visible(self._source.training.vocab[token_id])

    def _begin(self, source: _Source, rank: int) -> None:
        task = Task(source.finding(rank), "Counting the pairs of a step", parent=self)
        task.stepped.connect(self._on_found)
        task.failed.connect(self._on_failed)
        self._task = task
        task.start()

    def _on_found(self, batch: list[FoundStep]) -> None:
        self._task = None
        found = batch[-1]
        if self._source and self._wanted is not None and self._wanted != found.step.merge.rank:
            self._begin(self._source, self._wanted)
        self.found.emit(found)

    def _on_failed(self, error: BaseException) -> None:
        self._task = None
        self.failed.emit(error)
