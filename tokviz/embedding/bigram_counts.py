"""What counting pairs of neighbouring tokens tells: the statistics a bigram language model learns.

No bigram model can do better on a text than the `optimum` here, and backpropagation arrives at it.
"""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt

from tokviz.embedding.bigram_table import BigramTable, log_sum_exp
from tokviz.embedding.table import Float32s, Int64s

Float64s = npt.NDArray[np.float64]
_AT_ONCE = 1 << 18
"""Pairs sorted in one go: numpy holds the interpreter while it sorts."""
_BLOCK_VALUES = 1 << 22


@dataclass(frozen=True, eq=False)
class PairCounts:
    """How often each row's token is followed by each other: `lefts` rising, within them `rights`.

    `n_rows` is the number of rows of the language model, which both sides are numbers of.
    """

    n_rows: int
    lefts: Int64s
    rights: Int64s
    counts: Int64s

    @property
    def total(self) -> int:
        """All predictions: one less than there are tokens."""
        return int(self.counts.sum())

    @cached_property
    def row_totals(self) -> Float64s:
        """How often each token stands before another one, (n_rows,)."""
        found: Float64s = np.bincount(self.lefts, self.counts, self.n_rows).astype(np.float64)
        return found

    @cached_property
    def next_totals(self) -> Float64s:
        """How often each token is the next one, (n_rows,)."""
        found: Float64s = np.bincount(self.rights, self.counts, self.n_rows).astype(np.float64)
        return found

    @property
    def uniform_loss(self) -> float:
        """The loss of knowing nothing: ln of the number of tokens to choose from."""
        return math.log(self.n_rows)

    @cached_property
    def unigram_entropy(self) -> float:
        """The least loss without looking at the token before, in nats a token."""
        shares = self.next_totals[self.next_totals > 0] / self.total
        return float(-(shares * np.log(shares)).sum())

    @cached_property
    def optimum(self) -> float:
        """The least loss of any bigram model on this text, in nats a token.

        >>> found = count_pairs(np.array([0, 1, 0, 2, 0, 1]), 3)
        >>> round(found.optimum, 6) == round(3 / 5 * -(2 / 3 * math.log(2 / 3)
        ...                                 + 1 / 3 * math.log(1 / 3)), 6)
        True
        """
        shares = self.counts / self.row_totals[self.lefts]
        return float(-(self.counts * np.log(shares)).sum() / self.total)

    def log_probabilities(self, rows: Int64s, columns: Int64s) -> Float32s:
        """ln of how often `columns` follow `rows`, (rows, columns).

        Minus infinity where they never do, NaN in rows that never stand before a token.
        """
        keys = self.lefts * self.n_rows + self.rights
        wanted = rows[:, None] * self.n_rows + columns[None, :]
        if not len(keys):
            return np.full(wanted.shape, np.nan, np.float32)
        place = np.minimum(keys.searchsorted(wanted), len(keys) - 1)
        counts = np.where(keys[place] == wanted, self.counts[place], 0)
        with np.errstate(divide="ignore", invalid="ignore"):
            found: Float32s = np.log(counts / self.row_totals[rows][:, None]).astype(np.float32)
        return found

    def loss(self, table: BigramTable) -> float:
        """The mean loss of a language model over all these predictions, in nats a token."""
        rows, starts = np.unique(self.lefts, return_index=True)
        ends = np.append(starts[1:], len(self.lefts))
        step = max(1, _BLOCK_VALUES // self.n_rows)
        total = 0.0
        for first in range(0, len(rows), step):
            block = rows[first : first + step]
            logits = table.logits(block)
            norms = log_sum_exp(logits)
            here = slice(starts[first], ends[min(first + step, len(rows)) - 1])
            at = block.searchsorted(self.lefts[here])
            losses = norms[at] - logits[at, self.rights[here]]
            total += float((losses * self.counts[here]).sum())
        return total / self.total

    def n_bytes(self, lengths: Int64s) -> int:
        """Bytes of all predicted tokens; `lengths` are those of each row's token."""
        return int((lengths[self.rights] * self.counts).sum())


def bits_per_byte(nats_per_token: float, n_tokens: int, n_bytes: int) -> float:
    """A loss as tokenizers can be compared by: the bits it takes to write a byte of the text.

    >>> bits_per_byte(math.log(256), 10, 10)
    8.0
    """
    return nats_per_token * n_tokens / (math.log(2) * n_bytes) if n_bytes else math.nan


def count_pairs(ids: npt.ArrayLike, n_rows: int) -> PairCounts:
    """The counts of all neighbouring pairs of a text's tokens, given as numbers of rows."""
    *_, last = counting_pairs(np.asarray(ids), n_rows)
    assert isinstance(last, PairCounts)
    return last


def counting_pairs(ids: npt.NDArray[np.integer], n_rows: int) -> Iterator[int | PairCounts]:
    """Count part by part: yields the number of pairs counted so far, and last the counts."""
    parts = []
    for start in range(0, len(ids) - 1, _AT_ONCE):
        part = ids[start : start + _AT_ONCE + 1].astype(np.int64)
        parts.append(np.unique(part[:-1] * n_rows + part[1:], return_counts=True))
        yield start + len(part) - 1
    yield _joined(parts, n_rows)


def _joined(parts: list[tuple[Int64s, Int64s]], n_rows: int) -> PairCounts:
    nothing = np.zeros(0, np.int64)
    all_keys = np.concatenate([nothing, *(keys for keys, _ in parts)])
    keys, place = np.unique(all_keys, return_inverse=True)
    weights = np.concatenate([nothing, *(counts for _, counts in parts)])
    counts = np.bincount(place, weights, len(keys)).astype(np.int64)
    return PairCounts(n_rows, keys // n_rows, keys % n_rows, counts)
