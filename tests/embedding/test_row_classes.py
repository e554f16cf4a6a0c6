"""Padding, zero, duplicate and damaged rows, and tables that are too short."""

import numpy as np
import pytest

from tests.embedding.tables import shipped_table, table_of
from tokviz.embedding import row_classes as module
from tokviz.embedding.row_classes import MissingRowsError, RowClass, row_classes


def test_every_class_is_found() -> None:
    table = table_of([[0, 0], [1, 2], [1, 2], [0, -0.0], [np.nan, 1], [5, 6], [1, 2], [9, 9]])
    found = row_classes(table, n_vocab=7)
    assert found.classes.tolist() == [
        RowClass.ZERO,
        RowClass.DUPLICATE,
        RowClass.DUPLICATE,
        RowClass.ZERO,
        RowClass.NOT_FINITE,
        RowClass.ORDINARY,
        RowClass.DUPLICATE,
        RowClass.PADDING,
    ]
    assert found.first_equal[:4].tolist() == [0, 1, 1, 0]
    assert found.count(RowClass.DUPLICATE) == 3
    assert found.n_missing == 0


def test_equal_hashes_of_different_rows_are_no_duplicates(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_hashes", lambda block: np.zeros(len(block), np.uint64))
    found = row_classes(table_of([[1, 2], [3, 4], [1, 2]]), n_vocab=3)
    assert found.first_equal.tolist() == [0, 1, 0]


def test_tokens_beyond_the_last_row_are_counted() -> None:
    assert row_classes(table_of([[1, 2]]), n_vocab=3, n_ordinary=1).n_missing == 2


def test_too_few_rows_are_told_with_both_numbers() -> None:
    with pytest.raises(MissingRowsError, match="49,152 rows for 50,256 ordinary tokens"):
        row_classes(shipped_table("smollm2"), 50257, 50256)


@pytest.mark.parametrize("name", ["smollm2", "gpt2"])
def test_duplicates_of_the_shipped_tables_are_those_numpy_finds(name: str) -> None:
    table = shipped_table(name)
    found = row_classes(table, table.n_rows)
    whole = np.ascontiguousarray(table.stored).view(f"V{table.stored.shape[1]}").ravel()
    _, numbers, counts = np.unique(whole, return_inverse=True, return_counts=True)
    assert ((found.classes == RowClass.DUPLICATE) == (counts[numbers] > 1)).all()
