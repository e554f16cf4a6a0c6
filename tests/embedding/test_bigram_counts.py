"""Counts of pairs and what follows from them, against loops and against torch's cross-entropy."""

import math
from collections import Counter
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tokviz.embedding import bigram_counts
from tokviz.embedding.bigram_counts import count_pairs
from tokviz.embedding.bigram_table import BigramTable, TableKind

texts = st.lists(st.integers(0, 6), min_size=2, max_size=60)


@given(texts)
def test_pairs_are_counted_as_a_loop_does(ids: list[int]) -> None:
    found = count_pairs(np.array(ids), 7)
    pairs = zip(found.lefts.tolist(), found.rights.tolist(), strict=True)
    assert dict(zip(pairs, found.counts.tolist(), strict=True)) == Counter(pairwise(ids))
    assert found.total == len(ids) - 1


@given(texts)
def test_the_optimum_is_the_loss_of_the_counted_probabilities(ids: list[int]) -> None:
    found = count_pairs(np.array(ids), 7)
    before = Counter(ids[:-1])
    after = Counter(ids[1:])
    pairs = Counter(pairwise(ids))
    n = len(ids) - 1
    optimum = -sum(math.log(pairs[a, b] / before[a]) for a, b in pairwise(ids)) / n
    unigram = -sum(math.log(after[b] / n) for b in ids[1:]) / n
    assert found.optimum == pytest.approx(optimum, abs=1e-9)
    assert found.unigram_entropy == pytest.approx(unigram, abs=1e-9)
    assert found.optimum <= found.unigram_entropy + 1e-9 <= found.uniform_loss + 2e-9


@given(texts, st.integers(0, 2**32 - 1))
def test_the_loss_over_the_whole_text_is_the_mean_over_its_predictions(
    ids: list[int], seed: int
) -> None:
    rows = np.random.default_rng(seed).standard_normal((7, 7)).astype(np.float32) * 3
    table = BigramTable(TableKind.FULL, rows)
    logs = rows - np.log(np.exp(rows.astype(np.float64)).sum(axis=1))[:, None]
    expected = -np.mean([logs[a, b] for a, b in pairwise(ids)])
    assert count_pairs(np.array(ids), 7).loss(table) == pytest.approx(expected, abs=1e-5)


def test_counting_in_parts_is_counting_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    ids = np.random.default_rng(1).integers(0, 9, 1000)
    whole = count_pairs(ids, 9)
    monkeypatch.setattr(bigram_counts, "_AT_ONCE", 64)
    monkeypatch.setattr(bigram_counts, "_BLOCK_VALUES", 18)
    parts = count_pairs(ids, 9)
    assert (parts.lefts == whole.lefts).all()
    assert (parts.counts == whole.counts).all()
    table = BigramTable(TableKind.FULL, np.eye(9, dtype=np.float32))
    assert parts.loss(table) == pytest.approx(whole.loss(table))


def test_counted_log_probabilities() -> None:
    found = count_pairs(np.array([0, 1, 0, 2, 0, 1]), 4)
    logs = found.log_probabilities(np.array([0, 1, 3]), np.array([1, 2, 0]))
    assert np.exp(logs[0]) == pytest.approx([2 / 3, 1 / 3, 0])
    assert np.exp(logs[1]) == pytest.approx([0, 0, 1])
    assert np.isnan(logs[2]).all()
