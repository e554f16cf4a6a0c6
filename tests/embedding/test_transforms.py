"""Rows changed before they are projected, held against plain numpy."""

import numpy as np
import pytest

from tests.embedding.tables import random_table, table_of
from tokviz.embedding.projections.layout import ProjectionError
from tokviz.embedding.transforms import Transform, transformed


def test_nothing_to_change_gives_the_same_table() -> None:
    table = random_table(5, 3)
    assert transformed(table, Transform()).table is table


def test_the_mean_is_taken_away() -> None:
    table = random_table(50, 4, offset=3)
    found = transformed(table, Transform(centered=True))
    assert np.allclose(found.table.rows, table.rows - table.rows.mean(axis=0), atol=1e-5)
    squares = np.square(table.rows).sum()
    part = 100 * 50 * np.square(table.rows.mean(axis=0)).sum() / squares
    assert found.words == f"The mean row, {part:.0f} % of the rows' squared length, is taken away."


def test_every_row_gets_length_one_but_a_row_of_zeros() -> None:
    found = transformed(
        table_of([[3, 4], [0, 0], [np.nan, 1], [6, 8]]), Transform(unit_length=True)
    )
    assert np.allclose(np.linalg.norm(found.table.rows, axis=1), [1, 0, 0, 1])
    assert found.words == "Lengths went from 0 to 10; now each is 1."


def test_the_first_components_are_gone() -> None:
    table = random_table(200, 5, offset=2)
    found = transformed(table, Transform(n_dropped=2))
    centered = table.rows - table.rows.mean(axis=0)
    _, strengths, directions = np.linalg.svd(centered, full_matrices=False)
    left = found.table.rows - found.table.rows.mean(axis=0)
    assert np.abs(left @ directions[:2].T).max() < 1e-4
    assert np.allclose(left @ directions[2:].T, centered @ directions[2:].T, atol=1e-4)
    part = 100 * np.square(strengths[:2]).sum() / np.square(strengths).sum()
    assert f"The first 2 components, {part:.1f} % of the variation" in found.words


def test_all_three_have_a_variant_of_their_own_for_caches() -> None:
    table = random_table(20, 4)
    prints = {table.fingerprint}
    for transform in (
        Transform(centered=True),
        Transform(unit_length=True),
        Transform(n_dropped=1),
        Transform(n_dropped=2),
        Transform(True, 1, True),
    ):
        prints.add(transformed(table, transform).table.fingerprint)
    assert len(prints) == 6


def test_rows_decoded_by_number_are_changed_too() -> None:
    table = random_table(30, 4)
    found = transformed(table, Transform(True, 1, True)).table
    some = found.gather([7, 3])
    assert np.allclose(some, found.rows[[7, 3]], atol=1e-6)


def test_dropping_all_components_is_refused() -> None:
    with pytest.raises(ProjectionError, match="4 known components; drop fewer"):
        transformed(random_table(30, 4), Transform(n_dropped=4))
