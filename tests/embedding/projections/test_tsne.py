"""t-SNE: the same seed gives the same bits, neighbours stay together, it ends by itself."""

import numpy as np
import pytest

from tests.embedding.tables import random_table, table_of
from tokviz.embedding.faithfulness import recall_measure
from tokviz.embedding.neighbor_graph import graph_blocks, joined
from tokviz.embedding.projections import tsne
from tokviz.embedding.projections.layout import Layout, Options, ProjectionError
from tokviz.embedding.projections.tsne import PROJECTION
from tokviz.embedding.table import EmbeddingTable


def groups() -> EmbeddingTable:
    chance = np.random.default_rng(0)
    centers = chance.standard_normal((8, 20)) * 5
    return table_of(np.repeat(centers, 50, axis=0) + chance.standard_normal((400, 20)))


def layouts(table: EmbeddingTable, seed: int, most: int = 60) -> list[Layout]:
    return list(PROJECTION.layouts(table, Options(seed=seed, most_iterations=most)))


def test_the_same_seed_gives_the_same_bits() -> None:
    one, again, other = (layouts(groups(), seed)[-1].points for seed in (1, 1, 2))
    assert one.tobytes() == again.tobytes()
    assert one.tobytes() != other.tobytes()


def test_every_iteration_is_a_layout_of_its_own() -> None:
    found = layouts(groups(), 0)
    assert len({layout.points.tobytes() for layout in found[-50:]}) == 50
    done = [layout.done for layout in found]
    assert done == sorted(done)
    assert (done[0], done[-1]) == (0, 1)
    assert all(np.isfinite(layout.points).all() for layout in found)


def test_it_ends_when_the_recall_is_level() -> None:
    table = groups()
    graph = joined(graph_blocks(table, 15))
    found = list(PROJECTION.layouts(table, Options(graph=graph, most_iterations=1500)))
    n_iterations = len(found) - 1
    assert tsne._EARLY_ITERATIONS < n_iterations < 1500
    assert found[-1].done == 1
    recalls = [layout.recall for layout in found if layout.recall is not None]
    assert len(recalls) == n_iterations // 50
    measure = recall_measure(found[-1].points, graph, np.arange(400))
    assert measure.value > 0.4
    assert measure.control < 0.1


def test_equal_and_damaged_rows_do_no_harm() -> None:
    rows = groups().rows.copy()
    rows[:30] = rows[0]
    rows[40] = np.nan
    assert np.isfinite(layouts(table_of(rows), 0, 20)[-1].points).all()


@pytest.mark.parametrize(("n_rows", "dim"), [(0, 4), (3, 4), (9, 1)])
def test_too_small_a_table_is_told(n_rows: int, dim: int) -> None:
    with pytest.raises(ProjectionError, match="too few for t-SNE"):
        layouts(random_table(n_rows, dim), 0)


def test_five_rows_are_enough() -> None:
    assert layouts(random_table(5, 3), 0, 5)[-1].points.shape == (5, 2)
