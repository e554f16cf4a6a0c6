"""The bigram language model in torch, as every course builds it, and its training.

`nn.Embedding(V, V)`: a token's number fetches a row, and the row is the logits of the next token.
torch is imported when a training begins. Everything handed out is a copy, so that a training may
run in one thread while others look at what it has learned.
"""

import math
from collections.abc import Iterator
from contextlib import contextmanager
from time import monotonic
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import numpy.typing as npt

from tokviz.embedding.bigram_optimizer import Descent
from tokviz.embedding.bigram_settings import (
    BigramSettings,
    DivergedError,
    NoTrainingError,
)
from tokviz.embedding.bigram_table import BigramTable, TableKind
from tokviz.embedding.table import Int64s

if TYPE_CHECKING:
    import torch

_SMALL = 1 << 21  # weights
INSTALL_TORCH = "pip install 'torch>=2.10,<2.14'"


class TrainingStep(NamedTuple):
    """`loss` of the step's own batch, before its update; `table` now and then."""

    step: int
    loss: float
    table: BigramTable | None = None


def torch_is_missing() -> str | None:
    """A sentence with the remedy where torch is not installed. Does not import it."""
    from importlib.util import find_spec

    if find_spec("torch") is not None:
        return None
    return f"Training needs PyTorch, which is not installed: {INSTALL_TORCH} installs it."


class BigramTraining:
    """A language model, its optimiser and its random numbers, between two calls of `train`.

    `ids` are the training part as numbers of rows, of which there are `n_rows`; `token_ids` says
    which tokens those are, where they are not all. Continues from `begin` if given. All random
    numbers come from one generator seeded with `settings.seed`, in the order in which a plain
    script would draw them: rows first, then each step's places in the text. Raises
    `NoTrainingError`.
    """

    def __init__(
        self,
        ids: npt.NDArray[np.integer],
        n_rows: int,
        settings: BigramSettings,
        token_ids: Int64s | None = None,
        begin: BigramTable | None = None,
    ) -> None:
        missing = torch_is_missing()
        if missing is not None:
            raise NoTrainingError(missing)
        import torch

        if len(ids) < 2:
            raise NoTrainingError("The training part has no pair of tokens; take a longer text.")
        self.settings = settings
        self.n_rows = n_rows
        self.token_ids = token_ids
        self.n_steps = 0
        self.context = min(settings.context, len(ids) - 1)
        self._device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
        self._random = torch.Generator().manual_seed(settings.seed)
        self.modules = language_model(n_rows, settings, self._random)
        if begin is not None:
            _load(self.modules, begin)
            self.n_steps = begin.step
        self.modules.to(self._device)
        self._optimizer = Descent(self.modules.parameters(), self.settings)
        self._ids = torch.from_numpy(ids.astype(np.int64)).to(self._device)
        self._offsets = torch.arange(self.context + 1)
        self._n_updates = np.zeros(n_rows, np.int64)
        if begin is not None and begin.n_updates is not None:
            self._n_updates += begin.n_updates
        self._places: list[torch.Tensor] = []  # of batches not counted in `_n_updates` yet
        self._n_whole = 0  # steps over the whole part not counted yet

    def step(self) -> float:
        """One update; the loss of its batch before it. Where that is no number nothing is done."""
        loss = self._loss()
        value = float(loss.item())
        if math.isfinite(value):
            self._optimizer.forget_gradients()
            loss.backward()
            self._optimizer.step()
            self.n_steps += 1
        return value

    def _loss(self) -> "torch.Tensor":
        from torch.nn import functional

        seen, target = self._batch()
        found = self.modules["token_embedding_table"](seen)
        if "lm_head" in self.modules:
            found = self.modules["lm_head"](found)
        return functional.cross_entropy(found.reshape(-1, self.n_rows), target.reshape(-1))

    def _batch(self) -> "tuple[torch.Tensor, torch.Tensor]":
        import torch

        size = self.settings.batch_size
        if not size:
            self._n_whole += 1
            return self._ids[:-1], self._ids[1:]
        n_places = len(self._ids) - self.context
        places = torch.randint(n_places, (size,), generator=self._random)
        self._places.append(places)
        windows = self._ids[(places[:, None] + self._offsets).to(self._device)]
        return windows[:, :-1], windows[:, 1:]

    def table(self) -> BigramTable:
        """A copy of what is learned so far."""
        weight = self.modules["token_embedding_table"].weight
        output = None
        if self.settings.kind is TableKind.FACTORED:
            output = self.modules["lm_head"].weight.detach().cpu().numpy().copy()
        norms = None if weight.grad is None else weight.grad.norm(dim=1).cpu().numpy()
        return BigramTable(
            self.settings.kind,
            weight.detach().cpu().numpy().copy(),
            output,
            self.token_ids,
            self.n_steps,
            self._count_updates(),
            norms,
        )

    def _count_updates(self) -> Int64s:
        """How often each row was fetched, counted for many batches at once."""
        import torch

        if self._n_whole:
            rows = self._ids[:-1].cpu().numpy()
            self._n_updates += self._n_whole * np.bincount(rows, minlength=self.n_rows)
            self._n_whole = 0
        if self._places:
            windows = torch.cat(self._places)[:, None] + self._offsets[:-1]
            rows = self._ids[windows.reshape(-1).to(self._device)].cpu().numpy()
            self._n_updates += np.bincount(rows, minlength=self.n_rows)
            self._places.clear()
        return self._n_updates.copy()

    def go_back(self, table: BigramTable) -> None:
        """Put the rows back to an earlier state; the optimiser forgets what it has seen."""
        _load(self.modules, table)
        self.n_steps = table.step
        self._optimizer = Descent(self.modules.parameters(), self.settings)


def train(
    training: BigramTraining, n_steps: int, table_seconds: float = 0.1, n_spared: int = 0
) -> Iterator[TrainingStep]:
    """Train until `n_steps` are done: yields each step's loss, and a table now and then.

    `n_spared` processors are left to others, such as a window that shows it.

    The last step always carries its table. Raises `DivergedError` when the loss is no number any
    more; the training is back then at the last table whose loss was one, which was yielded.
    """
    with _threads_for(training, n_spared):
        yield from _train(training, n_steps, table_seconds)


def _train(training: BigramTraining, n_steps: int, table_seconds: float) -> Iterator[TrainingStep]:
    good, shown = training.table(), monotonic()
    while training.n_steps < n_steps:
        value, table = training.step(), None
        done = training.n_steps
        is_good = math.isfinite(value)
        if is_good and (done >= n_steps or monotonic() - shown >= table_seconds):
            table = training.table()
            is_good = table.is_finite
            shown = monotonic()
        if not is_good:
            training.go_back(good)
            yield TrainingStep(good.step, math.nan, good)
            raise _diverged(training, done)
        good = good if table is None else table
        yield TrainingStep(done, value, table)


@contextmanager
def _threads_for(training: BigramTraining, n_spared: int) -> Iterator[None]:
    """A small table in one thread: others would spend more time on waiting than on work."""
    import torch

    before = torch.get_num_threads()
    n_weights = sum(parameter.numel() for parameter in training.modules.parameters())
    torch.set_num_threads(1 if n_weights <= _SMALL else max(1, before - n_spared))
    try:
        yield
    finally:
        torch.set_num_threads(before)


def _diverged(training: BigramTraining, step: int) -> DivergedError:
    rate = training.settings.learning_rate
    return DivergedError(
        f"The loss became no number (NaN or infinite) after step {step:,}: a learning rate of "
        f"{rate:g} is too high; take a lower one. The table of step {training.n_steps:,} is kept."
    )


def language_model(
    n_rows: int, settings: BigramSettings, random: "torch.Generator"
) -> "torch.nn.ModuleDict":
    """The layers by the names they have in saved files, with random rows."""
    import torch
    from torch import nn

    dim = settings.dim if settings.kind.has_output_layer else n_rows
    rows = torch.empty(n_rows, dim)
    # Rows that are outputs too begin small, as in GPT-2: each would predict itself otherwise.
    spread = 0.02 if settings.kind is TableKind.TIED else 1.0
    nn.init.normal_(rows, 0.0, spread, generator=random)
    table = nn.Embedding.from_pretrained(rows, freeze=False)
    layers: dict[str, nn.Module] = {"token_embedding_table": table}
    if settings.kind.has_output_layer:
        output = nn.utils.skip_init(nn.Linear, dim, n_rows, bias=False)
        if settings.kind is TableKind.TIED:
            output.weight = table.weight
        else:
            nn.init.kaiming_uniform_(output.weight, math.sqrt(5), generator=random)
        layers["lm_head"] = output
    return nn.ModuleDict(layers)


def _load(modules: "torch.nn.ModuleDict", table: BigramTable) -> None:
    import torch

    with torch.no_grad():
        modules["token_embedding_table"].weight.copy_(torch.tensor(table.rows))
        if table.output is not None:
            modules["lm_head"].weight.copy_(torch.tensor(table.output))
