"""Honesty: what is measured of every map that is shown, on some of its rows, beside a control."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from tokviz.embedding.faithfulness import (
    Measure,
    excess_ranks,
    map_neighbors,
    sample_rows,
    shuffled,
    trust_of,
    variance_measure,
)
from tokviz.embedding.neighbors import Metric, NeighborSearch
from tokviz.embedding.table import Float32s, Int64s

N_SAMPLED = 300
MOST_NEIGHBORS = 10
_AT_A_TIME = 60  # rows for which the table is read once, and a word is said of it
_ROUNDING = 1e-5  # of a cosine in float32: what is so close is compared again in float64


@dataclass(frozen=True)
class Honesty:
    """Recall of the `k` nearest rows, trustworthiness, variance explained; `None`: not known yet.

    `n_sampled` rows have been looked at, each against all others; the variance is that of all.
    """

    k: int
    n_sampled: int
    recall: Measure | None = None
    trust: Measure | None = None
    variance: Measure | None = None


class HonestySample:
    """Some rows of a table and their true neighbours, found at the first map and then known."""

    def __init__(self, search: NeighborSearch, seed: int = 0) -> None:
        self._search = search
        table = search.table
        usable = np.delete(np.arange(table.n_rows), table.not_finite)
        # Shuffled: early ids are unlike late ones, and what is known so far shall be of all kinds.
        chosen = sample_rows(len(usable), N_SAMPLED, seed)
        self.rows: Int64s = usable[np.random.default_rng(seed).permutation(chosen)]
        self.k = max(0, min(MOST_NEIGHBORS, (len(usable) - 1) // 2))
        self._true: dict[int, Int64s] = {}

    def measure(self, points: Float32s, seed: int = 0) -> Iterator[Honesty]:
        """Measure a map; yields what is known so far, at the end all of it.

        The control is the same points dealt to the rows at random. A table of one or two rows has
        no neighbours to keep, and so no recall.
        """
        variance = variance_measure(points, self._search.table, seed)
        found = Honesty(self.k, 0, variance=variance)
        yield found
        if self.k == 0:
            return
        maps = (points, shuffled(points, seed))
        near = [map_neighbors(points, self.rows, self.k) for points in maps]
        n_kept, penalties = [0, 0], [0, 0]
        for start in range(0, len(self.rows), _AT_A_TIME):
            some = self.rows[start : start + _AT_A_TIME]
            for i, cosines in enumerate(self._search.cosines(some), start):
                cosines[self.rows[i]] = -np.inf
                rising = np.sort(cosines)
                true = self._true_neighbors(int(self.rows[i]), cosines, rising[-self.k])
                for which in (0, 1):
                    n_kept[which] += int(np.isin(near[which][i], true).sum())
                    penalties[which] += excess_ranks(rising, cosines[near[which][i]])
            n = start + len(some)
            recall = Measure(*(kept / (n * self.k) for kept in n_kept))
            trust = Measure(*(trust_of(p, n, len(points), self.k) for p in penalties))
            yield Honesty(self.k, n, recall, trust, variance)

    def _true_neighbors(
        self, row: int, cosines: npt.NDArray[np.float32], last: np.float32
    ) -> Int64s:
        """The k nearest rows; `last` is the cosine of the k-th to seven digits."""
        if row not in self._true:
            likely = np.flatnonzero(cosines >= last - _ROUNDING)
            exact = self._search.similarities(self._search.vector(row), likely, Metric.COSINE)
            exact[~np.isfinite(cosines[likely])] = -np.inf
            self._true[row] = likely[np.argsort(-exact, kind="stable")[: self.k]]
        return self._true[row]
