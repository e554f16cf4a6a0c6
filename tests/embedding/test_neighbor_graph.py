"""The whole neighbour graph against brute force, tables of copies, progress and cancelling."""

import numpy as np
import pytest

from tests.embedding.tables import random_table, shipped_table, slow_nearest, table_of
from tokviz.embedding import neighbor_graph
from tokviz.embedding.neighbor_graph import NeighborGraph, graph_blocks, joined
from tokviz.embedding.neighbors import Metric, NeighborSearch
from tokviz.embedding.products import Bfloat16Product, Float32Product, Product, fastest_product
from tokviz.embedding.table import EmbeddingTable


@pytest.fixture
def small_tiles(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(neighbor_graph, "_TILE", 64)


def products() -> list[Product]:
    try:
        import torch  # noqa: F401
    except ImportError:
        return [Float32Product]
    return [Float32Product, Bfloat16Product]


@pytest.mark.usefixtures("small_tiles")
@pytest.mark.parametrize("product", products())
def test_the_graph_is_that_of_brute_force(product: Product) -> None:
    table = random_table(300, 12, seed=4, offset=0.5)
    graph = joined(graph_blocks(table, 7, product))
    for row in range(300):
        assert graph.ids[row].tolist() == slow_nearest(table.rows, row, 7, Metric.COSINE)


@pytest.mark.parametrize("product", products())
def test_a_part_of_a_real_table_is_exact_too(product: Product) -> None:
    table = EmbeddingTable.of_array("part", shipped_table("gpt2").rows[:2500])
    graph = joined(graph_blocks(table, 16, product=product))
    search = NeighborSearch(table)
    for row in range(0, 2500, 50):
        found = search.of_row(row, 16)
        assert graph.ids[row].tolist() == found.ids.tolist()
        assert graph.similarities[row] == pytest.approx(found.similarities, rel=1e-6)


@pytest.mark.usefixtures("small_tiles")
def test_blocks_cover_the_rows_in_order_and_progress_rises() -> None:
    blocks = list(graph_blocks(random_table(300, 4), 3))
    done = [block.done for block in blocks]
    assert done == sorted(done)
    assert done[-1] == 1
    finished = [block for block in blocks if len(block.ids)]
    assert [block.start for block in finished] == [0, 64, 128, 192, 256]
    assert len(blocks) == 15


def test_closing_the_generator_ends_the_work() -> None:
    blocks = graph_blocks(random_table(5000, 4), 3)
    next(blocks)
    blocks.close()
    assert list(blocks) == []


@pytest.mark.usefixtures("small_tiles")
def test_a_table_of_copies_is_answered() -> None:
    graph = joined(graph_blocks(table_of(np.ones((500, 4))), 3))
    assert graph.similarities == pytest.approx(1.0)
    assert (graph.ids < 500).all()
    assert (graph.ids != np.arange(500)[:, None]).all()


@pytest.mark.parametrize("n_rows", [1, 2, 3])
def test_few_rows_have_few_neighbours(n_rows: int) -> None:
    graph = joined(graph_blocks(random_table(n_rows, 4), 10))
    assert graph.ids.shape == (n_rows, n_rows - 1)


def test_rows_that_are_not_finite_point_to_themselves() -> None:
    graph = joined(graph_blocks(table_of([[1, 0], [np.nan, 1], [1, 1], [0, 1]]), 2))
    assert graph.ids[1].tolist() == [1, 1]
    assert not (graph.ids[[0, 2, 3]] == 1).any()
    assert graph.popularity()[1] == 0


def test_popular_rows_are_among_the_neighbours_of_many() -> None:
    graph = NeighborGraph(np.array([[1, 2], [0, 2], [3, 0], [2, 1]], np.int32), np.zeros((4, 2)))
    assert graph.popularity().tolist() == [2, 2, 3, 1]


def test_the_bounds_of_the_error_hold() -> None:
    rows = random_table(512, 96, seed=9).rows.copy()
    rows /= np.linalg.norm(rows, axis=1, keepdims=True)
    true = rows.astype(np.float64) @ rows.astype(np.float64).T
    for product in products():
        made = product(rows)
        found = made(slice(0, 512), slice(0, 512))
        assert np.abs(found - true).max() < made.error
    assert fastest_product(rows, 5) is Float32Product  # too few to try


def test_rows_that_are_much_alike_are_multiplied_in_float32() -> None:
    rows = random_table(2048, 32, offset=20).rows.copy()
    rows /= np.linalg.norm(rows, axis=1, keepdims=True)
    assert fastest_product(rows, 16) is Float32Product
