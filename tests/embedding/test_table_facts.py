"""Facts of a whole table, held against the obvious computation."""

import numpy as np
import pytest

from tests.embedding.tables import random_table, shipped_table, table_of
from tokviz.embedding.neighbors import NeighborSearch
from tokviz.embedding.table_facts import facts_of_table


def test_facts_are_those_of_plain_numpy() -> None:
    table = random_table(60, 4, offset=1)
    found = facts_of_table(NeighborSearch(table))
    unit = table.rows / np.linalg.norm(table.rows, axis=1, keepdims=True)
    pairs = (unit @ unit.T)[~np.eye(60, dtype=bool)]
    assert found.mean_cosine == pytest.approx(pairs.mean(), abs=1e-6)
    assert np.allclose(found.norms, np.linalg.norm(table.rows, axis=1))
    variances = np.linalg.svd(table.rows - table.rows.mean(axis=0), compute_uv=False) ** 2
    assert np.allclose(found.shares, variances / variances.sum())
    assert found.components_for(1.0) == 4


def test_rows_without_a_direction_have_no_part_in_the_mean_cosine() -> None:
    found = facts_of_table(NeighborSearch(table_of([[1, 0], [1, 0], [0, 0], [np.nan, 1]])))
    assert found.mean_cosine == pytest.approx(1)
    assert found.norms.tolist() == [1, 1, 0, 0]


def test_the_shipped_table_is_far_from_isotropic() -> None:
    found = facts_of_table(NeighborSearch(shipped_table("smollm2")))
    assert 0 < found.mean_cosine < 0.5
    assert len(found.shares) == 576
    half = found.components_for(0.5)
    assert half is not None
    assert found.shares[:half].sum() >= 0.5 > found.shares[: half - 1].sum()
