"""How much of the table a map shows: recall of neighbours, trustworthiness, variance explained.

Each comes with its control: the same points dealt to the rows at random. A map that is no better
than its control shows nothing.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from tokviz.embedding.neighbor_graph import NeighborGraph
from tokviz.embedding.neighbors import NeighborSearch
from tokviz.embedding.table import EmbeddingTable, Float32s, Int64s

_AT_ONCE = 2**22


@dataclass(frozen=True)
class Measure:
    """A number from 0 to 1, and the same for shuffled points."""

    value: float
    control: float


def sample_rows(n_rows: int, n_sampled: int, seed: int = 0) -> Int64s:
    """Some rows, rising, each at most once; all if there are not more."""
    if n_sampled >= n_rows:
        return np.arange(n_rows)
    return np.sort(np.random.default_rng(seed).choice(n_rows, n_sampled, replace=False))


def shuffled(points: Float32s, seed: int = 0) -> Float32s:
    """The same points, each belonging to another row."""
    return points[np.random.default_rng(seed).permutation(len(points))]


def map_neighbors(points: Float32s, rows: Int64s, k: int) -> Int64s:
    """The k nearest points of some rows among all of them, int64 (len(rows), k), in no order."""
    n_points = len(points)
    k = min(k, n_points - 1)
    found = np.empty((len(rows), k), np.int64)
    x, y = (np.ascontiguousarray(points[:, axis]) for axis in (0, 1))
    step = max(1, _AT_ONCE // max(1, n_points))
    for start in range(0, len(rows), step):
        some = rows[start : start + step]
        squares = np.square(x - x[some, None]) + np.square(y - y[some, None])
        squares[np.arange(len(some)), some] = np.inf
        found[start : start + step] = np.argpartition(squares, k - 1, axis=1)[:, :k]
    return found


def recall(points: Float32s, graph: NeighborGraph, rows: Int64s, k: int = 10) -> float:
    """The part of the k true nearest rows that are among the k nearest points, for some rows."""
    true = graph.ids[rows, :k].astype(np.int64)
    if true.size == 0:
        return 0.0
    seen = map_neighbors(points, rows, true.shape[1])
    numbers = np.arange(len(rows))[:, None] * len(points)
    common = np.isin(true + numbers, seen + numbers)
    return float(common.mean())


def recall_measure(
    points: Float32s, graph: NeighborGraph, rows: Int64s, k: int = 10, seed: int = 0
) -> Measure:
    """`recall`, with its control."""
    value = recall(points, graph, rows, k)
    return Measure(value, recall(shuffled(points, seed), graph, rows, k))


def trustworthiness(points: Float32s, search: NeighborSearch, rows: Int64s, k: int = 10) -> float:
    """How near in the table the rows are that the map shows near; 1 if all are true neighbours.

    Over some rows, by cosine: 1 minus the scaled sum of true ranks beyond k of the k nearest
    points (Venna and Kaski, 2001). `rows` of finite numbers only; needs k < n / 2.
    """
    n_points = len(points)
    seen = map_neighbors(points, rows, k)
    penalty = 0
    for row, near in zip(rows.tolist(), seen, strict=True):
        similarities = search.all_similarities(row)
        similarities[row] = -np.inf
        penalty += excess_ranks(similarities, near)
    return trust_of(penalty, len(rows), n_points, k)


def excess_ranks(similarities: npt.NDArray[np.floating], near: Int64s) -> int:
    """How far beyond k the true ranks of the k rows `near` lie, summed up.

    `similarities` are those of all rows to the row that `near` belongs to, its own -inf.
    """
    ranks = [int(np.count_nonzero(similarities > similarities[row])) + 1 for row in near.tolist()]
    return sum(max(rank - len(near), 0) for rank in ranks)


def trust_of(penalty: int, n_sampled: int, n_points: int, k: int) -> float:
    """The trustworthiness that a sum of `excess_ranks` comes to."""
    worst = n_sampled * k * (2 * n_points - 3 * k - 1) / 2
    return 1 - penalty / worst if worst > 0 else 0.0


def trustworthiness_measure(
    points: Float32s, search: NeighborSearch, rows: Int64s, k: int = 10, seed: int = 0
) -> Measure:
    """`trustworthiness`, with its control."""
    value = trustworthiness(points, search, rows, k)
    return Measure(value, trustworthiness(shuffled(points, seed), search, rows, k))


def variance_explained(points: Float32s, table: EmbeddingTable, rows: Int64s) -> float:
    """The part of the rows' variance that a linear map of the points gives back, from 0 to 1.

    For principal components it is what they hold; for others the best linear reconstruction.
    """
    spread = points[rows].astype(np.float64)
    spread -= spread.mean(axis=0)
    vectors = table.gather(rows).astype(np.float64)
    vectors -= vectors.mean(axis=0)
    total = float(np.square(vectors).sum())
    if total == 0:
        return 0.0
    basis, strengths, _ = np.linalg.svd(spread, full_matrices=False)
    basis = basis[:, strengths > 1e-12 * max(1e-300, float(strengths[0]))]
    return float(np.square(basis.T @ vectors).sum() / total)


def variance_measure(
    points: Float32s, table: EmbeddingTable, rows: Int64s, seed: int = 0
) -> Measure:
    """`variance_explained`, with its control."""
    value = variance_explained(points, table, rows)
    return Measure(value, variance_explained(shuffled(points, seed), table, rows))
