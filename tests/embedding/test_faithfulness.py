"""How far a map may be trusted: against scikit-learn and against what is known."""

import numpy as np
import pytest

from tests.embedding.tables import random_table, slow_nearest, table_of
from tokviz.embedding.faithfulness import (
    map_neighbors,
    recall_measure,
    sample_rows,
    shuffled,
    trustworthiness,
    variance_measure,
    variances_explained,
)
from tokviz.embedding.neighbor_graph import NeighborGraph
from tokviz.embedding.neighbors import Metric, NeighborSearch
from tokviz.embedding.projections.pca import principal_components


def test_a_flat_table_is_shown_without_loss() -> None:
    table = random_table(400, 2)
    rows = np.arange(400)
    near = [slow_nearest(table.rows, row, 10, Metric.EUCLIDEAN) for row in range(400)]
    graph = NeighborGraph(np.array(near, np.int32), np.zeros((400, 10), np.float32))
    found = recall_measure(table.rows, graph, rows)
    assert found.value == 1
    assert found.control < 0.1
    assert variance_measure(table.rows, table).value == pytest.approx(1)


def test_the_nearest_points_are_those_of_brute_force() -> None:
    points = random_table(300, 2).rows
    found = map_neighbors(points, np.array([5, 290]), 8)
    for row, near in zip((5, 290), found, strict=True):
        away = np.square(points - points[row]).sum(axis=1)
        away[row] = np.inf
        assert sorted(near.tolist()) == sorted(np.argsort(away)[:8].tolist())


def test_trustworthiness_is_that_of_scikit_learn() -> None:
    manifold = pytest.importorskip("sklearn.manifold")
    table = random_table(200, 6)
    points = principal_components(table).project(table)
    ours = trustworthiness(points, NeighborSearch(table), np.arange(200))
    theirs = manifold.trustworthiness(table.rows, points, n_neighbors=10, metric="cosine")
    assert ours == pytest.approx(theirs, abs=1e-6)
    mixed = trustworthiness(shuffled(points), NeighborSearch(table), np.arange(200))
    assert ours > mixed + 0.1


def test_the_variance_explained_is_that_of_the_components() -> None:
    table = random_table(500, 8)
    found = principal_components(table)
    measure = variance_measure(found.project(table), table)
    assert measure.value == pytest.approx(found.explained(0, 1), rel=1e-6)
    assert measure.control < measure.value / 3


def test_rows_that_are_not_finite_have_no_part_in_the_variance() -> None:
    rows = random_table(60, 5).rows
    clean, spoiled = table_of(rows), table_of(np.concatenate((rows, [[np.nan] * 5])))
    points = principal_components(clean).project(clean)
    more = np.concatenate((points, np.zeros((1, 2), np.float32)))
    expected = variances_explained(clean, (points,))
    assert variances_explained(spoiled, (more,)) == pytest.approx(expected, rel=1e-6)


def test_equal_points_have_other_points_for_neighbours() -> None:
    points = np.zeros((50, 2), np.float32)
    found = map_neighbors(points, np.arange(50), 4)
    assert found.shape == (50, 4)
    assert (found != np.arange(50)[:, None]).all()
    assert all(len(set(near)) == 4 for near in found.tolist())


def test_a_sample_has_no_row_twice() -> None:
    assert sample_rows(5, 10).tolist() == [0, 1, 2, 3, 4]
    found = sample_rows(1000, 100, seed=3)
    assert len(set(found.tolist())) == 100
    assert found.tolist() == sorted(found.tolist())
