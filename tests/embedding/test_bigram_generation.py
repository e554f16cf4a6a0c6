"""Sampling: the distribution, the seed, and what can be wrong."""

import numpy as np
import pytest

from tokviz.embedding.bigram_generation import GenerationError, generate
from tokviz.embedding.bigram_table import BigramTable, TableKind

ROWS = np.log(np.array([[0.1, 0.2, 0.7], [0.5, 0.25, 0.25], [1, 1e-30, 1e-30]], np.float32))
TABLE = BigramTable(TableKind.FULL, ROWS)


def drawn(**wishes: float) -> list[int]:
    return [token.id for token in generate(TABLE, 0, 3000, **wishes)]  # type: ignore[arg-type]


def test_tokens_come_as_often_as_their_probability_says() -> None:
    ids = np.array([0, *drawn()])
    after = ids[1:][ids[:-1] == 0]
    assert np.bincount(after) / len(after) == pytest.approx([0.1, 0.2, 0.7], abs=0.04)


def test_the_same_seed_draws_the_same() -> None:
    assert drawn(seed=3) == drawn(seed=3)
    assert drawn(seed=3) != drawn(seed=4)


def test_temperature_zero_and_top_one_take_the_likeliest() -> None:
    assert drawn(temperature=0)[:4] == drawn(top_k=1)[:4] == [2, 0, 2, 0]
    cold, hot = drawn(temperature=0.5), drawn(temperature=50)
    assert cold.count(1) < drawn().count(1) < hot.count(1)
    assert set(drawn(top_k=2)) == {0, 1, 2}
    assert (
        1 not in [b for a, b in zip(drawn(top_k=2), drawn(top_k=2)[1:], strict=False) if a == 2][9:]
    )


def test_the_probability_is_the_language_models_whatever_it_was_drawn_with() -> None:
    token = next(generate(TABLE, 0, 1, temperature=0))
    assert token == (2, pytest.approx(0.7))


def test_tokens_keep_their_ids_where_only_some_have_rows() -> None:
    table = BigramTable(TableKind.OCCURRING, ROWS, ids=np.array([10, 20, 30]))
    assert {token.id for token in generate(table, 20, 200)} == {10, 20, 30}
    with pytest.raises(GenerationError, match="token 11 has no row"):
        next(generate(table, 11, 1))


def test_a_temperature_below_zero_is_refused() -> None:
    with pytest.raises(GenerationError, match="temperature -1"):
        next(generate(TABLE, 0, 1, temperature=-1))
    with pytest.raises(GenerationError, match="Top -1"):
        next(generate(TABLE, 0, 1, top_k=-1))
