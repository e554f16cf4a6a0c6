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
_AT_A_TIME, _AT_A_TIME_OF_LARGE = 8, 64  # a large table is decoded anew for each reading
_ROUNDING = 1e-5  # of a cosine in float32: what is so close is compared again in float64


@dataclass(frozen=True)
class Honesty:
    """Recall of the `k` nearest rows, trustworthiness, variance explained; `None`: not known yet.

    `n_sampled` rows were looked at, each against all others.
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
        self.rows: Int64s = usable[sample_rows(len(usable), N_SAMPLED, seed)]
        self.k = max(0, min(MOST_NEIGHBORS, (len(usable) - 1) // 2))
        self._true: dict[int, Int64s] = {}

    def measure(self, points: Float32s, seed: int = 0) -> Iterator[Honesty]:
        """Measure a map; yields what is known so far, at the end all of it.

        The control is the same points dealt to the rows at random. A table of one or two rows has
        no neighbours to keep, and so no recall.
        """
        variance = variance_measure(points, self._search.table, self.rows, seed)
        found = Honesty(self.k, len(self.rows), variance=variance)
        yield found
        if self.k == 0:
            return
        maps = (points, shuffled(points, seed))
        n_kept, penalties = [0, 0], [0, 0]
        step = _AT_A_TIME_OF_LARGE if self._search.table.is_large else _AT_A_TIME
        for start in range(0, len(self.rows), step):
            some = self.rows[start : start + step]
            near = [map_neighbors(points, some, self.k) for points in maps]
            for i, cosines in enumerate(self._search.cosines(some)):
                cosines[some[i]] = -np.inf
                true = self._true_neighbors(int(some[i]), cosines)
                for which in (0, 1):
                    n_kept[which] += int(np.isin(near[which][i], true).sum())
                    penalties[which] += excess_ranks(cosines, near[which][i])
            yield found
        wanted = len(self.rows) * self.k
        trusts = [trust_of(p, len(self.rows), len(points), self.k) for p in penalties]
        recall = Measure(n_kept[0] / wanted, n_kept[1] / wanted)
        yield Honesty(self.k, len(self.rows), recall, Measure(*trusts), variance)

    def _true_neighbors(self, row: int, cosines: npt.NDArray[np.float32]) -> Int64s:
        if row not in self._true:
            last = np.partition(cosines, -self.k)[-self.k]
            likely = np.flatnonzero(cosines >= last - _ROUNDING)
            exact = self._search.similarities(self._search.vector(row), likely, Metric.COSINE)
            exact[~np.isfinite(cosines[likely])] = -np.inf
            self._true[row] = likely[np.argsort(-exact, kind="stable")[: self.k]]
        return self._true[row]
