"""The kind of each row of a table: ordinary, duplicate, all zeros, not finite, padding."""

from dataclasses import dataclass
from enum import IntEnum

import numpy as np
import numpy.typing as npt

from tokviz.embedding.table import EmbeddingTable, Float32s, Int64s


class RowClass(IntEnum):
    """The class of a row; where several hold, the highest number wins."""

    ORDINARY = 0
    DUPLICATE = 1
    ZERO = 2
    NOT_FINITE = 3
    PADDING = 4


class MissingRowsError(ValueError):
    """A table with fewer rows than the vocabulary has ordinary tokens."""


@dataclass(frozen=True)
class RowClasses:
    """`classes` uint8 (n_rows,); `first_equal` int64 (n_rows,): the lowest id with equal values.

    `n_missing` counts the tokens beyond the last row, which have none.
    """

    classes: npt.NDArray[np.uint8]
    first_equal: Int64s
    n_missing: int

    def count(self, kind: RowClass) -> int:
        return int(np.count_nonzero(self.classes == kind))


def row_classes(table: EmbeddingTable, n_vocab: int, n_ordinary: int | None = None) -> RowClasses:
    """Sort the rows of a table into classes; rows from `n_vocab` on are padding.

    `n_ordinary` is the highest id of an ordinary token + 1. Raises `MissingRowsError` if the table
    has fewer rows than that.

    >>> rows = np.array([[1, 2], [0, 0], [1, 2], [3, 4], [5, 6]], np.float32)
    >>> found = row_classes(EmbeddingTable.of_array("small", rows), n_vocab=4)
    >>> [RowClass(c).name for c in found.classes]
    ['DUPLICATE', 'ZERO', 'DUPLICATE', 'ORDINARY', 'PADDING']
    >>> found.first_equal.tolist()
    [0, 1, 0, 3, 4]
    """
    if n_ordinary is not None:
        check_enough_rows(table, n_ordinary)
    hashes = np.empty(table.n_rows, np.uint64)
    zero = np.empty(table.n_rows, np.bool_)
    for start, block in table.blocks():
        hashes[start : start + len(block)] = _hashes(block)
        zero[start : start + len(block)] = ~block.any(axis=1)
    first = _first_equal(table, hashes)
    copies = np.bincount(first, minlength=table.n_rows)
    classes = np.where(copies[first] > 1, RowClass.DUPLICATE, RowClass.ORDINARY).astype(np.uint8)
    classes[zero] = RowClass.ZERO
    classes[table.not_finite] = RowClass.NOT_FINITE
    classes[n_vocab:] = RowClass.PADDING
    return RowClasses(classes, first, max(0, n_vocab - table.n_rows))


def check_enough_rows(table: EmbeddingTable, n_ordinary: int) -> None:
    """Raises `MissingRowsError` if the rows do not reach the last ordinary token."""
    if table.n_rows < n_ordinary:
        raise MissingRowsError(
            f"{table.name} has {table.n_rows:,} rows for {n_ordinary:,} ordinary tokens; "
            f"open the table that was trained with this tokenizer."
        )


def _hashes(block: Float32s) -> npt.NDArray[np.uint64]:
    """A number a row, equal for equal rows: a sum with odd weights, modulo 2^64."""
    words = np.ascontiguousarray(block + np.float32(0)).view(np.uint32)  # -0.0 + 0 is 0.0
    weights = np.random.default_rng(0).integers(2**63, size=words.shape[1], dtype=np.uint64) | 1
    step = max(1, 2**18 // max(1, words.shape[1]))
    found = np.empty(len(words), np.uint64)
    for start in range(0, len(words), step):
        found[start : start + step] = (words[start : start + step] * weights).sum(axis=1)
    return found


def _first_equal(table: EmbeddingTable, hashes: npt.NDArray[np.uint64]) -> Int64s:
    first = np.arange(table.n_rows)
    order = np.argsort(hashes, kind="stable")  # equal hashes stay in order of ids
    starts = np.concatenate(([True], hashes[order][1:] != hashes[order][:-1]))[: len(order)]
    leaders = order[np.flatnonzero(starts)[np.cumsum(starts) - 1]]
    followers = np.flatnonzero(leaders != order)
    step = max(1, 2**20 // max(1, table.dim))
    for at in range(0, len(followers), step):
        some = followers[at : at + step]
        equal = (table.gather(order[some]) == table.gather(leaders[some])).all(axis=1)
        first[order[some][equal]] = leaders[some][equal]
    return first
