"""What is measured of a map, held against the plain measures and scikit-learn."""

import numpy as np
import pytest
from sklearn.manifold import trustworthiness

from tests.embedding.tables import random_table, table_of
from tokviz.embedding.faithfulness import recall_measure, variance_measure
from tokviz.embedding.honesty import Honesty, HonestySample
from tokviz.embedding.neighbor_graph import graph_blocks, joined
from tokviz.embedding.neighbors import NeighborSearch
from tokviz.embedding.projections.pca import principal_components


def test_each_measure_is_that_of_its_own_function() -> None:
    table = random_table(200, 5)
    points = principal_components(table).project(table)
    *_, found = HonestySample(NeighborSearch(table)).measure(points)
    rows = np.arange(200)
    graph = joined(graph_blocks(table, 10))
    assert found.recall == recall_measure(points, graph, rows)
    assert found.variance == variance_measure(points, table)
    assert found.trust is not None
    expected = trustworthiness(table.rows, points, n_neighbors=10, metric="cosine")
    assert found.trust.value == pytest.approx(expected, abs=1e-5)
    assert (found.k, found.n_sampled) == (10, 200)


def test_until_it_is_measured_it_is_not_known() -> None:
    table = random_table(40, 5)
    first = next(HonestySample(NeighborSearch(table)).measure(table.rows[:, :2].copy()))
    assert first.variance is not None
    assert (first.recall, first.trust) == (None, None)


def test_rows_that_are_not_finite_are_not_asked() -> None:
    rows = random_table(30, 4).rows.copy()
    rows[3] = np.nan
    table = table_of(rows)
    *_, found = HonestySample(NeighborSearch(table)).measure(table.rows[:, :2].copy())
    assert found.n_sampled == 29
    assert found.recall is not None


@pytest.mark.parametrize("n_rows", [1, 2])
def test_one_or_two_rows_have_nothing_to_recall(n_rows: int) -> None:
    table = random_table(n_rows, 3)
    *_, found = HonestySample(NeighborSearch(table)).measure(np.zeros((n_rows, 2), np.float32))
    assert isinstance(found, Honesty)
    assert (found.k, found.recall, found.trust) == (0, None, None)
