"""Small tables for tests, and the obvious slow search that the fast one is held against."""

from functools import cache
from typing import Any

import numpy as np
import numpy.typing as npt

from tokviz.catalog import load_table
from tokviz.embedding.neighbors import Metric
from tokviz.embedding.table import EmbeddingTable


@cache
def shipped_table(name: str) -> EmbeddingTable:
    table = load_table(name)
    assert table is not None
    return table


def table_of(rows: npt.ArrayLike) -> EmbeddingTable:
    return EmbeddingTable.of_array("small", np.asarray(rows, np.float32))


def random_table(n_rows: int, dim: int, seed: int = 0, offset: float = 0.0) -> EmbeddingTable:
    rows = np.random.default_rng(seed).standard_normal((n_rows, dim)) + offset
    return table_of(rows)


def slow_nearest(
    rows: npt.NDArray[Any], query: int, k: int, metric: Metric, centered: bool = False
) -> list[int]:
    """Brute force in float64, written down as the definition says."""
    exact = rows.astype(np.float64)
    if centered:
        exact = exact - exact.mean(axis=0)
    there = exact[query]
    similarity = []
    for number, row in enumerate(exact):
        if metric is Metric.DOT:
            value = float((row * there).sum())
        elif metric is Metric.EUCLIDEAN:
            value = -float(np.sqrt(((row - there) ** 2).sum()))
        else:
            norms = np.sqrt((row**2).sum()) * np.sqrt((there**2).sum())
            value = float((row * there).sum() / norms) if norms > 0 else 0.0
        if number != query:
            similarity.append((-value, number))
    return [number for _, number in sorted(similarity)[:k]]
