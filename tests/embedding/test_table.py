"""EmbeddingTable: decoding on demand, rows that are not finite, hashes."""

import numpy as np
import pytest

from tests.embedding.tables import random_table, shipped_table, table_of
from tokviz.embedding import table as table_module
from tokviz.embedding.table import EmbeddingTable, as_float32


@pytest.mark.parametrize(("name", "shape"), [("smollm2", (49152, 576)), ("gpt2", (50257, 384))])
def test_the_shipped_tables_have_the_sizes_they_promise(name: str, shape: tuple[int, int]) -> None:
    table = shipped_table(name)
    assert (table.n_rows, table.dim, table.dtype, table.tied) == (*shape, "Q8_0", True)
    assert table.rows.shape == shape
    assert not table.rows.flags.writeable
    assert len(table.not_finite) == 0


def test_whispers_rows_are_called_what_they_are() -> None:
    assert shipped_table("gpt2").name == "Whisper tiny.en decoder (GPT-2's vocabulary)"


def test_blocks_and_gathered_rows_are_the_rows() -> None:
    rows = np.random.default_rng(0).standard_normal((1000, 8)).astype(np.float16)
    lazy = EmbeddingTable("t", "", rows, 8, "F16")
    assert (lazy.gather([7, 3]) == rows[[7, 3]]).all()
    assert (lazy.block(10, 20) == rows[10:20]).all()
    assert "rows" not in lazy.__dict__
    assert (lazy.rows == rows).all()
    assert (lazy.block(10, 20) == rows[10:20]).all()


def test_a_large_table_is_never_held_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(table_module, "LARGE", 1000)
    monkeypatch.setattr(table_module, "_BLOCK_VALUES", 64)
    table = random_table(100, 8)
    parts = list(table.blocks())
    assert [start for start, _ in parts] == list(range(0, 100, 8))
    assert (np.concatenate([block for _, block in parts]) == table.stored).all()
    assert "rows" not in table.__dict__


def test_rows_that_are_not_finite_are_named_and_come_as_zeros() -> None:
    table = table_of([[1, 2], [np.nan, 1], [3, 4], [np.inf, -np.inf], [3e38, 3e38]])
    assert table.not_finite.tolist() == [1, 3]
    assert table.rows[[0, 1, 2, 3]].tolist() == [[1, 2], [0, 0], [3, 4], [0, 0]]
    assert np.isfinite(table.rows).all()
    assert table.rows[4].max() > 2e38


def test_a_number_too_large_for_float32_is_not_finite() -> None:
    table = EmbeddingTable.of_array("t", np.array([[1e300, 0], [1, 1]]))
    assert table.not_finite.tolist() == [0]


def test_the_hash_tells_tables_apart() -> None:
    one, same, other = random_table(50, 4), random_table(50, 4), random_table(50, 4, seed=1)
    assert one.fingerprint == same.fingerprint
    assert one.fingerprint != other.fingerprint
    reshaped = EmbeddingTable.of_array("t", one.stored.reshape(25, 8))
    assert reshaped.fingerprint != one.fingerprint
    changed = EmbeddingTable("t", "", one.stored, 4, one.dtype, variant="centred")
    assert changed.fingerprint != one.fingerprint


def test_columns_that_come_first_are_turned() -> None:
    stored = np.asfortranarray(np.arange(6, dtype=np.float64).reshape(2, 3))
    assert as_float32(stored).tolist() == [[0, 1, 2], [3, 4, 5]]
