"""Principal components against numpy's SVD, wide tables, signs that never change."""

import numpy as np
import pytest

from tests.embedding.tables import random_table, shipped_table, table_of
from tokviz.embedding import table as table_module
from tokviz.embedding.projections import pca
from tokviz.embedding.projections.layout import Options, ProjectionError
from tokviz.embedding.projections.pca import PROJECTION, components_in_passes, principal_components
from tokviz.embedding.table import EmbeddingTable


def stretched(n_rows: int, dim: int) -> EmbeddingTable:
    rows = np.random.default_rng(1).standard_normal((n_rows, dim)) * np.linspace(3, 1, dim) ** 2
    return table_of(rows + 5)


def test_components_are_those_of_the_singular_values() -> None:
    table = stretched(500, 40)
    found = principal_components(table)
    rows = table.rows.astype(np.float64)
    _, strengths, vectors = np.linalg.svd(rows - rows.mean(axis=0), full_matrices=False)
    assert found.variances == pytest.approx(strengths**2 / 499, rel=1e-4)
    assert found.total == pytest.approx(rows.var(axis=0, ddof=1).sum(), rel=1e-5)
    assert np.abs(np.sum(found.components * vectors, axis=1)) == pytest.approx(1, abs=1e-3)
    expected = (rows - rows.mean(axis=0)) @ found.components[[0, 3]].T
    assert found.project(table, (0, 3)) == pytest.approx(expected, abs=1e-3)


@pytest.mark.parametrize(("name", "percent"), [("smollm2", 14), ("gpt2", 25)])
def test_two_components_hold_what_is_known(name: str, percent: int) -> None:
    found = principal_components(shipped_table(name))
    assert round(100 * found.explained(0, 1)) == percent
    assert found.words((0, 1)) == f"These two axes hold {percent} % of the variation."


def test_scikit_learn_sees_the_same_picture() -> None:
    decomposition = pytest.importorskip("sklearn.decomposition")
    table = stretched(400, 30)
    theirs = decomposition.PCA(2, svd_solver="full").fit(table.rows)
    ours = principal_components(table)
    signs = np.sign((theirs.components_ * ours.components[:2]).sum(axis=1))
    points = theirs.transform(table.rows) * signs
    assert ours.project(table) == pytest.approx(points, abs=1e-3)


def test_each_component_points_to_its_largest_number() -> None:
    for table in (stretched(100, 10), table_of(-stretched(100, 10).rows)):
        found = principal_components(table)
        largest = np.abs(found.components).argmax(axis=1)
        assert (found.components[np.arange(10), largest] > 0).all()


def test_a_wide_table_is_read_a_few_times_and_gives_the_same(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    table = stretched(800, 120)
    exact = principal_components(table)
    monkeypatch.setattr(pca, "_ALL_UP_TO", 100)
    passes = list(components_in_passes(table))
    assert 1 <= len(passes) <= 8
    found = passes[-1]
    assert found.variances[:2] == pytest.approx(exact.variances[:2], rel=1e-4)
    assert found.total == pytest.approx(exact.total, rel=1e-5)
    cosines = np.abs(np.sum(found.components[:2] * exact.components[:2], axis=1))
    assert cosines == pytest.approx(1, abs=1e-3)
    assert found.project(table) == pytest.approx(exact.project(table), abs=0.5)


def test_a_wide_table_far_from_zero_with_rows_that_are_not_finite(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(table_module, "_BLOCK_VALUES", 4000)
    rows = stretched(3000, 120).rows + 40
    clean = principal_components(table_of(rows))
    monkeypatch.setattr(pca, "_ALL_UP_TO", 100)
    spoiled = table_of(np.concatenate((rows, [[np.nan] * 120, [np.inf] * 120])))
    found = principal_components(spoiled)
    assert found.variances[:2] == pytest.approx(clean.variances[:2], rel=1e-3)
    assert found.total == pytest.approx(clean.total, rel=1e-3)
    points, expected = found.project(spoiled), clean.project(table_of(rows))
    assert points[-2:].tolist() == [[0, 0], [0, 0]]
    assert points[:-2] == pytest.approx(expected, abs=0.05 * float(np.abs(expected).max()))


def test_rows_that_are_not_finite_change_nothing() -> None:
    rows = stretched(100, 5).rows
    clean = principal_components(table_of(rows))
    spoiled = table_of(np.concatenate((rows, [[np.nan, 1e5, 1e5, 1e5, 1e5]])))
    found = principal_components(spoiled)
    assert found.variances == pytest.approx(clean.variances, rel=1e-5)
    points = found.project(spoiled)
    assert points[-1].tolist() == [0, 0]
    assert np.isfinite(points).all()


def test_equal_rows_lie_on_one_point() -> None:
    found = principal_components(table_of(np.ones((5, 3))))
    assert found.explained(0, 1) == 0
    assert (found.project(table_of(np.ones((5, 3)))) == 0).all()


@pytest.mark.parametrize("n_rows", [0, 1])
def test_one_row_is_no_map(n_rows: int) -> None:
    with pytest.raises(ProjectionError, match="needs at least two"):
        principal_components(random_table(n_rows, 4))


def test_two_rows_are() -> None:
    assert principal_components(random_table(2, 4)).explained(0) == pytest.approx(1)


def test_a_component_that_is_not_there_is_told() -> None:
    with pytest.raises(ProjectionError, match="components 1 to 4"):
        list(PROJECTION.layouts(random_table(9, 4), Options(components=(0, 4))))


@pytest.mark.parametrize("dim", [8, 1100])
def test_numbers_whose_squares_are_too_large_are_told(dim: int) -> None:
    rows = random_table(40, dim).rows
    with pytest.raises(ProjectionError, match="so large"):
        principal_components(table_of(rows * np.float32(1e37)))
