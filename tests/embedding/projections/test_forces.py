"""The forces of t-SNE beside the obvious sums over all pairs, and beside openTSNE's."""

import numpy as np
import pytest

from tokviz.embedding.neighbors import Float64s
from tokviz.embedding.projections.forces import Attraction, Repulsion
from tokviz.embedding.table import Int64s

N, K = 700, 5


def scattered(spread: float, seed: int = 0) -> Float64s:
    """Two clouds, one denser than the other, (2, N)."""
    chance = np.random.default_rng(seed)
    points = chance.standard_normal((2, N)) * spread
    points[:, : N // 3] = points[:, : N // 3] / 8 + spread
    return points


def neighbors(seed: int = 0) -> Int64s:
    chance = np.random.default_rng(seed)
    return np.array([chance.choice(np.delete(np.arange(N), i), K, False) for i in range(N)])


def pairs(points: Float64s) -> tuple[Float64s, Float64s]:
    """The way from each point to each other, (2, n, n), and 1 / (1 + distance²)."""
    away = points[:, :, None] - points[:, None, :]
    near = 1 / (1 + np.square(away).sum(axis=0))
    np.fill_diagonal(near, 0)
    return away, near


def all_repulsion(points: Float64s) -> Float64s:
    away, near = pairs(points)
    found: Float64s = (away * near**2).sum(axis=2) / near.sum()
    return found


def all_attraction(points: Float64s, ids: Int64s) -> Float64s:
    n, k = ids.shape
    weights = np.zeros((n, n))
    weights[np.repeat(np.arange(n), k), ids.ravel()] = 1
    weights += weights.T
    np.fill_diagonal(weights, 0)
    away, near = pairs(points)
    found: Float64s = (away * near * weights).sum(axis=2) / (2 * n * k)
    return found


def difference(found: Float64s, true: Float64s) -> float:
    """The root of the mean square of the differences, in those of the true ones."""
    return float(np.linalg.norm(found - true) / np.linalg.norm(true))


@pytest.mark.parametrize("spread", [1e-4, 0.03, 1.0, 4.0, 20.0])
def test_the_push_is_that_of_all_pairs(spread: float) -> None:
    points = scattered(spread)
    assert difference(Repulsion()(points), all_repulsion(points)) < 0.03


def test_a_layout_too_wide_for_a_fine_grid_is_pushed_about_right() -> None:
    points = scattered(150.0)  # some 900 wide
    assert difference(Repulsion()(points), all_repulsion(points)) < 0.5


def test_the_push_follows_points_from_grid_to_grid() -> None:
    push = Repulsion()
    for spread in (1e-4, 5.0, 5.5, 9.0, 1e-4):
        points = scattered(spread)
        assert push(points).tobytes() == Repulsion()(points).tobytes()


@pytest.mark.parametrize("spread", [1e-4, 1.0, 30.0])
def test_the_pull_is_that_of_all_pairs_of_neighbors(spread: float) -> None:
    points, ids = scattered(spread), neighbors()
    assert difference(Attraction(ids)(points), all_attraction(points, ids)) < 1e-9


def test_rows_without_neighbors_pull_nobody() -> None:
    points, ids = scattered(1.0), neighbors()
    ids[3:50] = np.arange(3, 50)[:, None]
    assert difference(Attraction(ids)(points), all_attraction(points, ids)) < 1e-9
    alone = np.repeat(np.arange(N)[:, None], K, axis=1)
    assert not Attraction(alone)(points).any()


def test_points_on_one_place_stay_there() -> None:
    points = np.full((2, 9), 3.25)
    assert np.abs(Repulsion()(points)).max() < 1e-9


def test_the_gradient_is_open_tsnes() -> None:
    tsne = pytest.importorskip("openTSNE.tsne")
    affinity = pytest.importorskip("openTSNE.affinity")
    nearest = pytest.importorskip("openTSNE.nearest_neighbors")
    points, ids = scattered(4.0), neighbors()
    index = nearest.PrecomputedNeighbors(ids, np.ones(ids.shape))
    weights = affinity.Uniform(knn_index=index, k_neighbors=K, symmetrize="mean").P
    fft = {"n_interpolation_points": 3, "min_num_intervals": 50, "ints_in_interval": 1}
    _, theirs = tsne.kl_divergence_fft(points.T.copy(), weights, dof=1, fft_params=fft)
    ours = Attraction(ids)(points) - Repulsion()(points)
    assert difference(ours, theirs.T) < 0.03
