"""How much of the table a map shows: recall of neighbours, trustworthiness, variance explained.

Each comes with its control: the same points dealt to the rows at random. A map that is no better
than its control shows nothing.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from tokviz.embedding.neighbor_graph import NeighborGraph
from tokviz.embedding.neighbors import NeighborSearch, centered_blocks, mean_row
from tokviz.embedding.table import EmbeddingTable, Float32s, Int64s


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
    """The k nearest points of some rows among all of them, int64 (len(rows), k), nearest first."""
    from scipy.spatial import cKDTree  # slow to import, and not needed to start

    k = min(k, len(points) - 1)
    if k < 1 or not len(rows):
        return np.empty((len(rows), max(k, 0)), np.int64)
    # A balanced tree would take long where many points are equal.
    tree = cKDTree(points, balanced_tree=False, compact_nodes=False)
    found = np.asarray(tree.query(points[rows], k + 1)[1], np.int64)
    own = found == rows[:, None]
    own[~own.any(axis=1), -1] = True  # so many equal points that the row itself is not among them
    others: Int64s = found[~own].reshape(len(rows), k)
    return others


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
        penalty += excess_ranks(np.sort(similarities), similarities[near])
    return trust_of(penalty, len(rows), n_points, k)


def excess_ranks(rising: npt.NDArray[np.floating], near: npt.NDArray[np.floating]) -> int:
    """How far beyond k the true ranks of the k rows lie that are near on a map, summed up.

    `rising` are the similarities of all rows to one, sorted, its own -inf; `near` those of the k.
    """
    ranks = len(rising) - np.searchsorted(rising, near, side="right") + 1
    return int(np.maximum(ranks - len(near), 0).sum())


def trust_of(penalty: int, n_sampled: int, n_points: int, k: int) -> float:
    """The trustworthiness that a sum of `excess_ranks` comes to."""
    worst = n_sampled * k * (2 * n_points - 3 * k - 1) / 2
    return 1 - penalty / worst if worst > 0 else 0.0


def variances_explained(table: EmbeddingTable, maps: Sequence[Float32s]) -> list[float]:
    """The part of the variance of all rows that a linear map of the points gives back, from 0 to 1.

    For principal components it is what they hold; for others the best linear reconstruction. One
    reading of the table serves several maps.
    """
    bases = [_basis(points, table.not_finite) for points in maps]
    ends = np.cumsum([basis.shape[1] for basis in bases])[:-1]
    together = np.concatenate(bases, axis=1).astype(np.float32)
    image, total = np.zeros((table.dim, together.shape[1])), 0.0
    for start, rows in centered_blocks(table, mean_row(table)):
        image += rows.T @ together[start : start + len(rows)]
        total += float(np.einsum("nd,nd->", rows, rows, dtype=np.float64))
    parts = np.split(np.square(image).sum(axis=0), ends)
    return [float(part.sum() / total) if total > 0 else 0.0 for part in parts]


def _basis(points: Float32s, not_finite: Int64s) -> npt.NDArray[np.float64]:
    """Orthonormal columns, (n_rows, 0 to 2), that span the points around their mean."""
    spread = points.astype(np.float64)
    spread[not_finite] = np.nan
    spread -= np.nanmean(spread, axis=0)
    spread[not_finite] = 0
    lengths, turns = np.linalg.eigh(spread.T @ spread)
    kept = lengths > 1e-12 * max(1e-300, float(lengths[-1]))
    basis: npt.NDArray[np.float64] = spread @ (turns[:, kept] / np.sqrt(lengths[kept]))
    return basis


def variance_measure(points: Float32s, table: EmbeddingTable, seed: int = 0) -> Measure:
    """`variances_explained`, with its control."""
    return Measure(*variances_explained(table, (points, shuffled(points, seed))))
