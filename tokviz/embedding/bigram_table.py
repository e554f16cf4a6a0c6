"""BigramTable: what a bigram language model knows at one moment, as arrays that never change.

Row n of the table is fetched by a token's number; it is the logits of the next token, or becomes
them in an output layer. Looking up and sampling need no torch.
"""

from dataclasses import dataclass
from enum import Enum

import numpy as np
import numpy.typing as npt

from tokviz.embedding.table import Float32s, Int64s


class TableKind(Enum):
    """What a language model's table looks like; the value is its name on the command line."""

    FULL = "full"  # V × V: each row is the logits of the next token
    OCCURRING = "occurring"  # the same, for the tokens that occur in the text alone
    FACTORED = "factored"  # V × d, and an output layer of d × V
    TIED = "tied"  # V × d, and the output layer uses the same rows

    @property
    def has_output_layer(self) -> bool:
        return self in (TableKind.FACTORED, TableKind.TIED)


@dataclass(frozen=True, eq=False)
class BigramTable:
    """`rows` (n, n), or (n, d) with an `output` layer (n, d), which is `rows` again where tied.

    `ids` (n,) rising: the tokens the rows belong to, None where row n is token n. `n_updates` tells
    how often each row was fetched in training, `gradient_norms` how hard it was pulled last;
    None where that is not known.
    """

    kind: TableKind
    rows: Float32s
    output: Float32s | None = None
    ids: Int64s | None = None
    step: int = 0
    n_updates: Int64s | None = None
    gradient_norms: Float32s | None = None

    @property
    def n_rows(self) -> int:
        return len(self.rows)

    @property
    def is_finite(self) -> bool:
        layers = (self.rows,) if self.output is None else (self.rows, self.output)
        return all(bool(np.isfinite(layer).all()) for layer in layers)

    @property
    def never_updated(self) -> npt.NDArray[np.bool_] | None:
        """Which rows are still as random as they began; None where that is not known."""
        if self.n_updates is None:
            return None
        if self.kind is TableKind.TIED and self.step:
            return np.zeros(self.n_rows, np.bool_)  # as outputs all rows are pulled in every step
        never: npt.NDArray[np.bool_] = self.n_updates == 0
        return never

    def logits(self, rows: npt.ArrayLike) -> Float32s:
        """The logits of the next token after each of `rows`, (len(rows), n)."""
        fetched = self.rows[np.asarray(rows)]
        output = self.rows if self.kind is TableKind.TIED else self.output
        found: Float32s = fetched if output is None else fetched @ output.T
        return found

    def log_probabilities(self, rows: npt.ArrayLike) -> Float32s:
        """ln of the probabilities of the next token, (len(rows), n)."""
        logits = self.logits(rows)
        return logits - log_sum_exp(logits)[:, None]

    def rows_of(self, ids: npt.ArrayLike) -> Int64s:
        """The rows of some tokens, -1 where a token has none."""
        wanted = np.asarray(ids, np.int64)
        if self.ids is None:
            return np.where((wanted >= 0) & (wanted < self.n_rows), wanted, -1)
        place = np.minimum(self.ids.searchsorted(wanted), len(self.ids) - 1)
        return np.where(self.ids[place] == wanted, place, -1)

    def id_of(self, row: int) -> int:
        """The token that a row belongs to."""
        return row if self.ids is None else int(self.ids[row])


@dataclass(frozen=True, eq=False)
class LookUp:
    """One prediction from the row to the loss, with the gradient it sends back into the row."""

    row: int
    target: int
    logits: Float32s
    probabilities: Float32s
    loss: float
    gradient: Float32s

    def likeliest(self, k: int) -> Int64s:
        """The `k` rows with the highest probability, falling."""
        return np.argsort(-self.probabilities, kind="stable")[:k]


def look_up(table: BigramTable, row: int, target: int) -> LookUp:
    """Predict after `row`, where `target` is what comes: by hand what torch does by autograd."""
    logits = table.logits([row])[0]
    probabilities = np.exp(logits - log_sum_exp(logits[None])[0])
    error = probabilities.copy()
    error[target] -= 1
    gradient = error
    if table.kind is TableKind.TIED:
        # The row takes part twice: as the one fetched, and as one of the outputs.
        gradient = error @ table.rows + error[row] * table.rows[row]
    elif table.output is not None:
        gradient = error @ table.output
    loss = float(log_sum_exp(logits[None])[0] - logits[target])
    return LookUp(row, target, logits, probabilities, loss, gradient)


def log_sum_exp(logits: Float32s) -> Float32s:
    """ln of the sum of exponentials along the last axis, without overflow.

    >>> log_sum_exp(np.zeros((1, 4), np.float32)).tolist() == [np.log(np.float32(4))]
    True
    """
    highest = logits.max(axis=-1)
    found: Float32s = np.log(np.exp(logits - highest[..., None]).sum(axis=-1)) + highest
    return found


def occurring(ids: npt.NDArray[np.integer], n_vocab: int) -> tuple[Int64s, Int64s]:
    """The tokens that occur, rising, and the text as numbers of those.

    >>> used, rows = occurring(np.array([7, 3, 7]), 9)
    >>> used.tolist(), rows.tolist()
    ([3, 7], [1, 0, 1])
    """
    used = np.flatnonzero(np.bincount(ids, minlength=n_vocab))
    row_of = np.full(n_vocab, -1, np.int64)
    row_of[used] = np.arange(len(used))
    return used, row_of[ids]
