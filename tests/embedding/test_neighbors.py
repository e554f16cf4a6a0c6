"""Nearest rows: the known neighbours of real tokens, and equality with brute force."""

import numpy as np
import pytest

from tests.embedding.tables import random_table, shipped_table, slow_nearest, table_of
from tests.tokenization.oracles import shipped
from tokviz.embedding import table as table_module
from tokviz.embedding.neighbors import Metric, NeighborSearch, QueryError, exact_similarities
from tokviz.embedding.table import EmbeddingTable


def neighbors_of(tokenizer: str, text: str, k: int, centered: bool = False) -> list[str]:
    names = shipped(tokenizer)
    (row,) = names.encode(text).ids.tolist()
    found = NeighborSearch(shipped_table(tokenizer), centered).of_row(row, k)
    return [names.token_bytes(i).decode() for i in found.ids.tolist()]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (" Paris", ["Paris", " London", " France", " Berlin", " Montreal"]),
        (" seven", [" eight", " six", " nine", " five", " four"]),
    ],
)
def test_smollm2_knows_cities_and_numbers(text: str, expected: list[str]) -> None:
    assert neighbors_of("smollm2", text, 5) == expected


def test_a_queen_is_near_a_king() -> None:
    assert " queen" in neighbors_of("smollm2", " king", 5)
    assert neighbors_of("smollm2", " dog", 2) == [" Dog", " dogs"]


def test_whisper_knows_colours() -> None:
    found = neighbors_of("gpt2", " blue", 6, centered=True)
    assert found[0] == " Blue"
    assert {" green", " white"} <= set(found)


@pytest.mark.parametrize("name", ["smollm2", "gpt2"])
@pytest.mark.parametrize("centered", [False, True])
def test_real_tables_give_what_float64_gives(name: str, centered: bool) -> None:
    table = shipped_table(name)
    search = NeighborSearch(table, centered)
    exact = table.rows.astype(np.float64) - search.mean
    queries = np.random.default_rng(7).choice(table.n_rows, 4, replace=False).tolist()
    for query in queries:
        for metric in Metric:
            found = search.of_row(query, 10, metric)
            similarities = exact_similarities(exact[query], exact, metric)
            similarities[query] = -np.inf
            order = np.argsort(-similarities, kind="stable")[:10]
            assert found.ids.tolist() == order.tolist()
            assert found.similarities.tolist() == similarities[order].tolist()


@pytest.mark.parametrize("metric", Metric)
@pytest.mark.parametrize("centered", [False, True])
@pytest.mark.parametrize("scale", [1.0, 1e-20, 1e18])
def test_small_tables_give_what_the_definition_gives(
    metric: Metric, centered: bool, scale: float
) -> None:
    rows = np.random.default_rng(5).integers(-2, 3, (60, 3)) + 1.0  # many ties, zero rows
    table = table_of(rows * scale)
    search = NeighborSearch(table, centered)
    for query in range(60):
        found = search.of_row(query, 20, metric).similarities
        expected = slow_nearest(table.rows, query, 20, metric, centered)
        vectors = table.rows.astype(np.float64) - search.mean
        told = exact_similarities(vectors[query], vectors[expected], metric)
        assert found == pytest.approx(told, rel=1e-9, abs=1e-12)


@pytest.mark.parametrize("metric", Metric)
def test_rows_that_float32_cannot_tell_apart_are_in_the_right_order(metric: Metric) -> None:
    chance = np.random.default_rng(3)
    base = chance.standard_normal(64).astype(np.float32)
    rows = np.tile(base, (300, 1))
    rows[np.arange(300), chance.integers(64, size=300)] *= np.float32(1 + 2**-20)
    search = NeighborSearch(table_of(rows))
    for query in (0, 100, 299):
        found = search.of_row(query, 12, metric).ids.tolist()
        exact = exact_similarities(rows[query].astype(np.float64), rows.astype(np.float64), metric)
        exact[query] = -np.inf
        assert found == np.argsort(-exact, kind="stable")[:12].tolist()


def test_equal_rows_come_by_id_and_the_query_never() -> None:
    table = table_of([[1, 1], [2, 2], [1, 1], [1, 1], [0, 0]])
    found = NeighborSearch(table).of_row(2, 4, Metric.EUCLIDEAN)
    assert found.ids.tolist() == [0, 3, 1, 4]
    assert found.similarities[:2].tolist() == [0, 0]


def test_rows_that_are_not_finite_are_nobodys_neighbours() -> None:
    search = NeighborSearch(table_of([[1, 0], [np.nan, 0], [0, 1], [np.inf, 1]]))
    assert search.of_row(0, 9).ids.tolist() == [2]
    with pytest.raises(QueryError, match="Row 1 of small holds a NaN"):
        search.of_row(1, 1)


@pytest.mark.parametrize("row", [-1, 4])
def test_a_row_that_is_not_there_is_told(row: int) -> None:
    with pytest.raises(QueryError, match="they go to 3"):
        NeighborSearch(random_table(4, 2)).of_row(row, 1)


def test_one_row_has_no_neighbours() -> None:
    assert NeighborSearch(random_table(1, 4)).of_row(0, 3).ids.tolist() == []


def test_ranks_count_from_one() -> None:
    table = random_table(200, 5, seed=2)
    search = NeighborSearch(table)
    for metric in Metric:
        order = slow_nearest(table.rows, 17, 199, metric)
        assert [search.rank(17, other, metric) for other in order] == list(range(1, 200))


def test_a_large_table_is_searched_in_blocks(monkeypatch: pytest.MonkeyPatch) -> None:
    rows = np.random.default_rng(0).standard_normal((500, 16)).astype(np.float32)
    whole = NeighborSearch(EmbeddingTable.of_array("t", rows)).of_row(3, 10)
    monkeypatch.setattr(table_module, "LARGE", 1)
    monkeypatch.setattr(table_module, "_BLOCK_VALUES", 100)
    table = EmbeddingTable.of_array("t", rows)
    parts = NeighborSearch(table).of_row(3, 10)
    assert parts.ids.tolist() == whole.ids.tolist()
    assert "rows" not in table.__dict__


def test_cosines_of_several_rows_are_those_of_each() -> None:
    rows = random_table(40, 6, offset=1).rows.copy()
    rows[5], rows[7] = 0, np.nan
    for centered in (False, True):
        search = NeighborSearch(table_of(rows), centered)
        found = search.cosines(np.array([3, 5, 9]))
        for i, row in enumerate((3, 5, 9)):
            expected = search.all_similarities(row)
            expected[7] = -np.inf
            assert np.allclose(found[i], expected, atol=1e-5)
