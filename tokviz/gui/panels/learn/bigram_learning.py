"""What a training of the language model tells the window, made beside it: no Qt, no drawing."""

import sys
from collections.abc import Callable, Generator, Iterator
from dataclasses import dataclass
from time import monotonic

import numpy as np
import numpy.typing as npt

from tokviz.embedding.bigram import BigramTraining, TrainingStep, train
from tokviz.embedding.bigram_counts import PairCounts, bits_per_byte, counting_pairs
from tokviz.embedding.bigram_settings import BigramSettings, split_text
from tokviz.embedding.bigram_table import BigramTable, TableKind, occurring
from tokviz.embedding.table import Float32s, Int64s
from tokviz.tokenization.tokenizer import Tokenizer

_BATCH_SECONDS = 0.015
_TABLE_SECONDS = 0.1
MOST_SHOWN = 256
_PATIENCE = 20  # what is measured along with the training takes a twentieth of the time at most


def _no_rest() -> None:
    pass


@dataclass
class Pace:
    """`single`: each step is told by itself, with its table. One thread sets it, another reads.

    `rest` is called between two steps, to let whoever shows them come first.
    """

    single: bool = False
    rest: Callable[[], None] = _no_rest


@dataclass(frozen=True)
class Preparing:
    """What is done before the first step, in words."""

    words: str


@dataclass(frozen=True, eq=False)
class Begun:
    """A training and what it is measured by. `shown`: the rows of the heat map, most frequent
    tokens first; `counted`: the log-probabilities from counts for them."""

    training: BigramTraining
    settings: BigramSettings
    tokenizer: Tokenizer
    part: PairCounts
    aside: PairCounts | None
    lengths: Int64s
    shown: Int64s
    counted: Float32s

    @property
    def bits(self) -> float:
        """What nats a token of the training part times this are bits per byte."""
        return bits_per_byte(1.0, self.part.total, self.part.n_bytes(self.lengths))

    @property
    def bits_aside(self) -> float:
        if self.aside is None:
            return np.nan
        return bits_per_byte(1.0, self.aside.total, self.aside.n_bytes(self.lengths))


@dataclass(frozen=True, eq=False)
class Learned:
    """Some steps: each one's loss, and now and then the table with its losses over whole parts."""

    step: int
    losses: list[float]
    table: BigramTable | None = None
    loss: float = np.nan
    held_out: float = np.nan
    logs: Float32s | None = None


Report = Preparing | Begun | Learned


def learn(
    encode: Callable[[], npt.NDArray[np.integer]],
    tokenizer: Tokenizer,
    settings: BigramSettings,
    n_steps: int,
    pace: Pace,
    begin: BigramTable | None = None,
) -> Iterator[Report]:
    """Encode, count, train: yields `Preparing` now and then, `Begun` once, then `Learned`."""
    ids = encode().astype(np.int64)
    split_text(ids, settings.held_out)
    used, n_rows = None, tokenizer.n_vocab
    if settings.kind is TableKind.OCCURRING:
        used, ids = occurring(ids, tokenizer.n_vocab)
        n_rows = len(used)
    part_ids, aside_ids = split_text(ids, settings.held_out)
    part = yield from _counted(part_ids, n_rows, pace)
    aside = None
    if settings.held_out:
        aside = yield from _counted(aside_ids, n_rows, pace)
    if "torch" not in sys.modules and not pace.single:
        yield Preparing("Loading PyTorch, once …")
    if begin is not None and not _continues(begin, settings, n_rows, used):
        begin = None
    training = BigramTraining(part_ids, n_rows, settings, used, begin)
    lengths = np.array([len(data or b"") for data in tokenizer.vocab], np.int64)
    shown = np.argsort(-(part.row_totals + part.next_totals), kind="stable")[:MOST_SHOWN]
    counted = part.log_probabilities(shown, shown)
    lengths = lengths if used is None else lengths[used]
    begun = Begun(training, settings, tokenizer, part, aside, lengths, shown, counted)
    yield begun
    yield from go_on(begun, training.n_steps + n_steps, pace)


def _continues(
    begin: BigramTable, settings: BigramSettings, n_rows: int, used: Int64s | None
) -> bool:
    """Whether a table that was opened has the rows that this training needs."""
    dim = settings.dim if settings.kind.has_output_layer else n_rows
    if begin.kind is not settings.kind or begin.rows.shape != (n_rows, dim):
        return False
    return used is None or (begin.ids is not None and bool((begin.ids == used).all()))


def _counted(
    ids: npt.NDArray[np.integer], n_rows: int, pace: Pace
) -> Generator[Preparing, None, PairCounts]:
    for found in counting_pairs(ids, n_rows):
        if isinstance(found, PairCounts):
            return found
        if not pace.single:
            yield Preparing(f"Counting pairs: {found:,}")
    raise AssertionError  # the last one always has the counts


def go_on(begun: Begun, n_steps: int, pace: Pace) -> Iterator[Learned]:
    """Train on until `n_steps` are done. Raises `DivergedError`."""
    meter = _Meter(begun)
    training = begun.training
    yield meter.read(training.n_steps, [], training.table())
    losses: list[float] = []
    told = monotonic()
    for step in train(training, n_steps, _TABLE_SECONDS, n_spared=1):
        pace.rest()
        losses.append(step.loss)
        table = training.table() if pace.single else step.table
        if table is not None or monotonic() - told > _BATCH_SECONDS:
            yield meter.read(step.step, losses, table, last=_is_last(step, n_steps))
            losses, told = [], monotonic()


def _is_last(step: TrainingStep, n_steps: int) -> bool:
    return step.step >= n_steps


class _Meter:
    """Measures a table over whole parts of the text, as often as that costs little."""

    def __init__(self, begun: Begun) -> None:
        self._begun = begun
        self._next = 0.0

    def read(
        self, step: int, losses: list[float], table: BigramTable | None, *, last: bool = False
    ) -> Learned:
        if table is None:
            return Learned(step, losses)
        start = monotonic()
        if start < self._next and not last:
            return Learned(step, losses, table)
        begun = self._begun
        loss = begun.part.loss(table)
        held_out = np.nan if begun.aside is None else begun.aside.loss(table)
        logs = table.log_probabilities(begun.shown)[:, begun.shown]
        end = monotonic()
        self._next = end + _PATIENCE * (end - start)
        return Learned(step, losses, table, loss, held_out, logs)
