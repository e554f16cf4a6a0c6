"""The exact nearest rows of one row or of any vector, in the full dimension.

A float32 product over the whole table is fast and a little wrong. Its error has a bound, so every
row that could belong to the answer is compared again in float64: the answer is that of brute force
in float64, however close the rows are.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum

import numpy as np
import numpy.typing as npt

from tokviz.embedding.table import EmbeddingTable, Float32s, Int64s

Float64s = npt.NDArray[np.float64]

_ROUNDING = 2.0**-24
_AT_ONCE = 2**21


class Metric(Enum):
    """How alike two rows are. The Euclidean distance counts negative, so that more is nearer."""

    COSINE = "cosine"
    DOT = "dot"
    EUCLIDEAN = "euclidean"


class QueryError(ValueError):
    """A query that has no answer: the sentence says why."""


@dataclass(frozen=True)
class NearestRows:
    """`ids` int64 (k,), nearest first, equal ones by id; `similarities` float64 (k,)."""

    ids: Int64s
    similarities: Float64s


class NeighborSearch:
    """Answers queries about one table. With `centered`, the mean row is taken from all rows first.

    Making one reads the table once (norms and mean). Rows that are not finite are nobody's
    neighbours; the cosine with a row of zeros is 0.
    """

    def __init__(self, table: EmbeddingTable, centered: bool = False) -> None:
        self.table, self.centered = table, centered
        self.mean: Float64s = mean_row(table) if centered else np.zeros(table.dim)
        self._norms = np.empty(table.n_rows)  # of the rows as they are
        self._centered_norms = np.empty(table.n_rows)
        self._usable = np.ones(table.n_rows, np.bool_)
        self._usable[table.not_finite] = False
        for start, block in table.blocks():
            part = slice(start, start + len(block))
            squares = np.einsum("nd,nd->n", block, block, dtype=np.float64)
            self._norms[part] = np.sqrt(squares)
            if centered:  # not from the squares above, whose difference could be all rounding
                squares = np.square(block - self.mean).sum(axis=1)
            self._centered_norms[part] = np.sqrt(squares)

    @property
    def norms(self) -> Float64s:
        """The lengths of the rows as they are in the table, (n_rows,)."""
        return self._norms

    def vector(self, row: int) -> Float64s:
        """A row as the search sees it, float64 (dim,). Raises `QueryError`."""
        if not 0 <= row < self.table.n_rows:
            last = self.table.n_rows - 1
            raise QueryError(f"There is no row {row:,} in {self.table.name}; they go to {last:,}.")
        if not self._usable[row]:
            raise QueryError(
                f"Row {row:,} of {self.table.name} holds a NaN or an infinity and has no "
                f"neighbours; choose another one."
            )
        vector: Float64s = self.table.gather([row])[0] - self.mean
        return vector

    def of_row(self, row: int, k: int, metric: Metric = Metric.COSINE) -> NearestRows:
        """The `k` rows nearest to a row, itself left out. Raises `QueryError`."""
        return self.of_vector(self.vector(row), k, metric, without=(row,))

    def of_vector(
        self,
        vector: npt.ArrayLike,
        k: int,
        metric: Metric = Metric.COSINE,
        without: tuple[int, ...] = (),
    ) -> NearestRows:
        """The `k` rows nearest to a vector (dim,), which is taken as centred already if rows are.

        `without` names rows that are no answer. Fewer than `k` come back from a small table.
        """
        query = np.asarray(vector, np.float64)
        approximate, error = self._approximate(query, metric)
        approximate[~self._usable] = -np.inf
        approximate[list(without)] = -np.inf
        n_answers = min(k, int(np.count_nonzero(approximate > -np.inf)))
        if n_answers <= 0:
            return NearestRows(np.zeros(0, np.int64), np.zeros(0))
        surely = np.partition(approximate - error, -n_answers)[-n_answers]
        possible = np.flatnonzero((approximate + error >= surely) & (approximate > -np.inf))
        exact = self.similarities(query, possible, metric)
        order = np.lexsort((possible, -exact))[:n_answers]
        return NearestRows(possible[order], exact[order])

    def all_similarities(self, row: int, metric: Metric = Metric.COSINE) -> Float64s:
        """The similarity of every row to a row, (n_rows,), to seven digits or so: for colours."""
        found, _ = self._approximate(self.vector(row), metric)
        return found

    def cosines(self, rows: Int64s) -> npt.NDArray[np.float32]:
        """The cosine of every row to each of some rows, (len(rows), n_rows), in one reading.

        To seven digits or so; 0 with a row of zeros, and -inf with one that is not finite.
        """
        queries = self.table.gather(rows) - self.mean
        lengths = np.sqrt(np.square(queries).sum(axis=1))
        directions = (queries / np.where(lengths > 0, lengths, 1)[:, None]).astype(np.float32)
        found = np.empty((len(rows), self.table.n_rows), np.float32)
        for start, block in self.table.blocks():
            found[:, start : start + len(block)] = directions @ block.T
        found -= (directions @ self.mean.astype(np.float32))[:, None]
        found /= np.where(self._centered_norms > 0, self._centered_norms, 1).astype(np.float32)
        found[:, ~self._usable] = -np.inf
        return found

    def rank(self, row: int, other: int, metric: Metric = Metric.COSINE) -> int:
        """Which nearest row of `row` the row `other` is, from 1. Raises `QueryError`."""
        query = self.vector(row)
        self.vector(other)
        approximate, error = self._approximate(query, metric)
        bar = self.similarities(query, np.array([other]), metric)[0]
        others = self._usable.copy()
        others[[row, other]] = False
        nearer = int(np.count_nonzero(others & (approximate - error > bar)))
        unsure = np.flatnonzero(others & (np.abs(approximate - bar) <= error))
        exact = self.similarities(query, unsure, metric)
        return (
            1 + nearer + int(np.count_nonzero((exact > bar) | ((exact == bar) & (unsure < other))))
        )

    def similarities(self, query: Float64s, ids: Int64s, metric: Metric) -> Float64s:
        """Similarities computed in float64, one for each of `ids`."""
        found = np.empty(len(ids))
        step = max(1, _AT_ONCE // self.table.dim)
        for start in range(0, len(ids), step):
            rows = self.table.gather(ids[start : start + step]) - self.mean
            found[start : start + step] = exact_similarities(query, rows, metric)
        return found

    def _approximate(self, query: Float64s, metric: Metric) -> tuple[Float64s, Float64s]:
        """Similarities from a float32 product, and a bound of the error of each."""
        length = np.sqrt(query @ query)
        unit = query / length if length > 0 else query
        direction = unit.astype(np.float32)
        products = np.empty(self.table.n_rows)
        with np.errstate(over="ignore", invalid="ignore"):
            if self.table.is_large:
                for start, block in self.table.blocks():
                    products[start : start + len(block)] = block @ direction
            else:  # one product: many short ones wait for BLAS's threads 3 times as long
                products[:] = self.table.rows @ direction
        products -= self.mean @ unit
        # Each of dim products and sums rounds once; 2 dim covers the sum, the query and the mean.
        reach = self._norms + np.sqrt(self.mean @ self.mean)
        error = (2 * self.table.dim + 16) * _ROUNDING * reach
        norms = self._centered_norms
        if metric is Metric.DOT:
            products, error = products * length, error * length
        elif metric is Metric.COSINE:
            safe = np.where(norms > 2 * error, norms, np.inf)  # else the cosine could be anything
            products, error = products / safe, np.where(np.isinf(safe), 1.0, 3 * error / safe)
        else:
            # The square's error counts whole where the distance is small.
            squares = length**2 + norms**2 - 2 * length * products
            error = 2 * (length + reach) * error
            high = np.sqrt(np.maximum(squares + error, 0))
            low = np.sqrt(np.maximum(squares - error, 0))
            products, error = -(high + low) / 2, (high - low) / 2 + 1e-12 * high
        spoiled = ~np.isfinite(products)  # numbers near the end of float32's range
        if spoiled.any():
            some = np.flatnonzero(spoiled & self._usable)
            products[some] = self.similarities(query, some, metric)
            error[some] = np.abs(products[some]) * 1e-9
        return products, error


def exact_similarities(query: Float64s, rows: Float64s, metric: Metric) -> Float64s:
    """Brute force in float64: the similarity of a query (dim,) to each of some rows (n, dim).

    Of queries (n, dim), each goes with the row of the same number.

    Each row is summed by itself, so equal rows are equally similar.
    """
    if metric is Metric.EUCLIDEAN:
        away: Float64s = np.sqrt(np.square(rows - query).sum(axis=1))
        return 0.0 - away
    products: Float64s = (rows * query).sum(axis=1)
    if metric is Metric.DOT:
        return products
    norms = np.sqrt(np.square(rows).sum(axis=1)) * np.sqrt(np.square(query).sum(axis=-1))
    cosines: Float64s = np.divide(products, norms, out=np.zeros_like(products), where=norms > 0)
    return cosines


def mean_row(table: EmbeddingTable) -> Float64s:
    """The mean of all finite rows, float64 (dim,)."""
    total = np.zeros(table.dim)
    for _, block in table.blocks():
        total += block.sum(axis=0, dtype=np.float64)  # rows that are not finite come as zeros
    mean: Float64s = total / max(1, table.n_rows - len(table.not_finite))
    return mean


def centered_blocks(table: EmbeddingTable, mean: Float64s) -> Iterator[tuple[int, Float32s]]:
    """Rows minus the mean, with the first one's number; what is not finite lies at the mean."""
    shift, bad = mean.astype(np.float32), table.not_finite
    for start, block in table.blocks():
        centered = block - shift
        first, last = np.searchsorted(bad, (start, start + len(block)))
        centered[bad[first:last] - start] = 0
        yield start, centered
