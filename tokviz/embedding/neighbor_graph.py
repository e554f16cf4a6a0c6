"""The k nearest rows of every row of a table, by cosine: the whole graph, exact, as a generator.

The table is multiplied with itself in square tiles, in float32 or where it is faster in bfloat16.
A tile serves its rows and, transposed, its columns, so half of the tiles are enough. A row keeps
what comes within the product's error of its k-th best so far; what is left is sifted in float32 and
compared in float64. So the graph is that of brute force in float64.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from tokviz.embedding.neighbors import Metric, exact_similarities
from tokviz.embedding.products import Product, fastest_product, float32_error
from tokviz.embedding.table import EmbeddingTable, Float32s, Int64s

Int32s = npt.NDArray[np.int32]

_TILE = 2048
_AT_ONCE = 2**20
_GROUPS_A_NEIGHBOR = 4
_MOST_KEPT = 64  # of one row, for each neighbour wanted
_NOTHING = np.float32(-np.inf)


@dataclass(frozen=True)
class GraphBlock:
    """The neighbours of the rows from `start` on, and how much of the work is done (0 to 1).

    `ids` int32 (m, k), nearest first, equal ones by id; `similarities` float32 (m, k). `m` is 0
    where there is progress to tell and no row is finished. A row with fewer neighbours than k, or
    with none because it is not finite, is filled with its own id and -inf.
    """

    start: int
    ids: Int32s
    similarities: Float32s
    done: float


@dataclass(frozen=True, eq=False)
class NeighborGraph:
    """`ids` int32 (n_rows, k) and `similarities` float32 (n_rows, k) of a whole table."""

    ids: Int32s
    similarities: Float32s

    def popularity(self) -> Int64s:
        """How many rows have each row among their neighbours, (n_rows,): the hubs stand out."""
        own = np.arange(len(self.ids))[:, None]
        return np.bincount(self.ids[self.ids != own], minlength=len(self.ids))


def joined(blocks: Iterable[GraphBlock]) -> NeighborGraph:
    """The whole graph from all blocks of `graph_blocks`."""
    finished = [block for block in blocks if len(block.ids)]
    return NeighborGraph(
        np.concatenate([block.ids for block in finished]),
        np.concatenate([block.similarities for block in finished]),
    )


def graph_blocks(
    table: EmbeddingTable, k: int, product: Product | None = None
) -> Iterator[GraphBlock]:
    """The `k` nearest rows of each row, in blocks; closing the generator cancels the work.

    Where more than 64 k rows are as near as the k-th within rounding (a table of copies), which of
    them are named may differ from float64. `product` defaults to the fastest one here.
    """
    k = min(k, table.n_rows - 1)
    if k < 1:
        ids = np.zeros((table.n_rows, 0), np.int32)
        yield GraphBlock(0, ids, ids.astype(np.float32), 1.0)
        return
    rows = _directions(table)
    multiply = fastest_product(rows, k) if product is None else product
    product_of = multiply(rows)
    search = _Candidates(table.n_rows, k, product_of.error)
    bounds = range(0, table.n_rows, _TILE)
    n_tiles, n_done = len(bounds) * (len(bounds) + 1) // 2, 0
    unusable = np.zeros(table.n_rows, np.bool_)
    unusable[table.not_finite] = True
    for i in bounds:
        for j in range(i, table.n_rows, _TILE):
            part_i, part_j = slice(i, i + _TILE), slice(j, j + _TILE)
            scores = product_of(part_i, part_j)
            scores[unusable[part_i]] = _NOTHING
            scores[:, unusable[part_j]] = _NOTHING
            if i == j:
                np.fill_diagonal(scores, _NOTHING)
            search.take(i, j, scores)
            if i != j:
                search.take_columns(j, i, scores)
            n_done += 1
            if j + _TILE < table.n_rows:
                yield GraphBlock(i, *_empty(k), n_done / n_tiles)
        row_of, ids = search.finish(i)
        n_here = min(_TILE, table.n_rows - i)
        if product_of.error > float32_error(table.dim):
            row_of, ids = _sifted(rows, k, slice(i, i + n_here), row_of, ids)
        yield _ranked(table, k, i, n_here, row_of, ids, n_done / n_tiles)


def _empty(k: int) -> tuple[Int32s, Float32s]:
    return np.zeros((0, k), np.int32), np.zeros((0, k), np.float32)


def _directions(table: EmbeddingTable) -> Float32s:
    """The rows scaled to length 1, (n_rows, dim), so that a product is a cosine; zeros stay."""
    rows = np.empty((table.n_rows, table.dim), np.float32)
    for start, block in table.blocks():
        exact = block.astype(np.float64)
        length = np.sqrt(np.square(exact).sum(axis=1))
        exact /= np.where(length > 0, length, 1)[:, None]
        rows[start : start + len(block)] = exact
    return rows


class _Candidates:
    """What may still be among the k nearest of each row, as flat arrays a block of rows."""

    def __init__(self, n_rows: int, k: int, error: float) -> None:
        self._k, self._error = k, np.float32(error)
        self._bars = np.full(n_rows, _NOTHING)  # the k-th best score so far, or less
        self._kept: dict[int, list[tuple[Int32s, Int32s, Float32s]]] = {}
        self._n_new: dict[int, int] = {}

    def take(self, start: int, column: int, scores: Float32s) -> None:
        """Look at the scores (m, n) of the rows from `start` on with those from `column` on."""
        n_rows, n_columns = scores.shape
        if start not in self._kept and (size := self._group_size(n_columns)):
            groups = scores[:, : n_columns // size * size].reshape(n_rows, size, -1).max(axis=1)
            self._raise_bars(start, np.partition(groups, -self._k, axis=1)[:, -self._k])
        above = np.flatnonzero(scores >= self._floor(start, n_rows)[:, None])
        row, place = np.divmod(above, n_columns)
        self._keep(start, n_rows, row, place + column, scores.ravel()[above])

    def take_columns(self, start: int, column: int, scores: Float32s) -> None:
        """The same for scores (n, m) whose columns are the rows from `start` on.

        They are not turned around: that would take three times as long as all the rest.
        """
        n_columns, n_rows = scores.shape
        if start not in self._kept and (size := self._group_size(n_columns)):
            groups = scores[: n_columns // size * size].reshape(size, -1, n_rows).max(axis=0)
            self._raise_bars(start, np.partition(groups, -self._k, axis=0)[-self._k])
        above = np.flatnonzero(scores >= self._floor(start, n_rows))
        place, row = np.divmod(above, n_rows)
        self._keep(start, n_rows, row, place + column, scores.ravel()[above])

    def finish(self, start: int) -> tuple[Int32s, Int32s]:
        """Rows (from 0 in the block, rising) and ids of all candidates; they are forgotten here."""
        self._tidy(start)
        ((rows, ids, _),) = self._kept.pop(start)
        return rows, ids

    def _group_size(self, n_columns: int) -> int:
        """Columns a group, for a first bar: k groups have a maximum that reaches it.

        0 if there are too few columns for k groups.
        """
        return (
            n_columns
            // min(max(1, n_columns), _GROUPS_A_NEIGHBOR * self._k)
            * (n_columns >= self._k)
        )

    def _raise_bars(self, start: int, reached: Float32s) -> None:
        bars = self._bars[start : start + len(reached)]
        np.maximum(bars, reached, out=bars)

    def _floor(self, start: int, n_rows: int) -> Float32s:
        """What a score must reach, (n_rows,); never -inf, which marks what is no neighbour."""
        floor = self._bars[start : start + n_rows] - 2 * self._error
        lowest: Float32s = np.maximum(floor, np.finfo(np.float32).min)
        return lowest

    def _keep(self, start: int, n_rows: int, rows: Int64s, ids: Int64s, scores: Float32s) -> None:
        found = rows.astype(np.int32), ids.astype(np.int32), scores
        self._kept.setdefault(start, []).append(found)
        self._n_new[start] = self._n_new.get(start, 0) + len(rows)
        if self._n_new[start] > 2 * self._k * n_rows:
            self._tidy(start)

    def _tidy(self, start: int) -> None:
        """Drop what is below the k-th best by more than the error, and raise the bars."""
        parts = self._kept[start]
        rows, ids, scores = (np.concatenate(column) for column in zip(*parts, strict=True))
        order = _falling_by_row(rows, scores)
        rows, ids, scores = rows[order], ids[order], scores[order]
        begins = np.searchsorted(rows, np.arange(rows[-1] + 2 if len(rows) else 0, dtype=np.int32))
        rank = np.arange(len(rows)) - begins[rows] if len(rows) else np.zeros(0, np.int64)
        kth = rank == self._k - 1
        self._bars[start + rows[kth]] = scores[kth]
        floor = self._bars[start + rows] - 2 * self._error
        keep = (scores >= floor) & (rank < _MOST_KEPT * self._k)
        self._kept[start] = [(rows[keep], ids[keep], scores[keep])]
        self._n_new[start] = 0


def _falling_by_row(rows: Int32s, scores: Float32s) -> Int64s:
    """The order of rising rows, and in each of falling scores; equal ones as it happens.

    As one number each, row above score, they are sorted ten times as fast as by two keys. The bits
    of a float are in the order of its values once those below zero are turned around.
    """
    bits = scores.view(np.int32)
    falling = np.where(bits < 0, bits, ~bits & np.int32(0x7FFFFFFF)).view(np.uint32)
    keys = rows.astype(np.uint64) << np.uint64(32) | falling
    return np.argsort(keys)


def _sifted(
    rows: Float32s, k: int, block: slice, row_of: Int32s, ids: Int32s
) -> tuple[Int32s, Int32s]:
    """The candidates that products in float32 leave, a third of those of bfloat16 or less: each
    one that is left costs as much again in float64."""
    own, scores = rows[block], np.empty(len(ids), np.float32)
    for at in range(0, len(ids), step := max(1, _AT_ONCE // rows.shape[1])):
        some = slice(at, at + step)
        np.einsum("nd,nd->n", own[row_of[some]], rows[ids[some]], out=scores[some])
    order = _falling_by_row(row_of, scores)
    row_of, ids, scores = row_of[order], ids[order], scores[order]
    rank = np.arange(len(ids)) - np.searchsorted(row_of, np.arange(len(own)))[row_of]
    floor, kth = np.full(len(own), _NOTHING), rank == k - 1
    floor[row_of[kth]] = scores[kth] - np.float32(2 * float32_error(rows.shape[1]))
    keep = scores >= floor[row_of]
    return row_of[keep], ids[keep]


def _ranked(
    table: EmbeddingTable,
    k: int,
    start: int,
    n_rows: int,
    row_of: Int32s,
    ids: Int32s,
    done: float,
) -> GraphBlock:
    """The k best candidates of each row by float64."""
    similarities = np.empty(len(ids))
    own = table.block(start, start + n_rows).astype(np.float64)
    for at in range(0, len(ids), step := max(1, _AT_ONCE // table.dim)):
        some = slice(at, at + step)
        others = table.gather(ids[some]).astype(np.float64)
        similarities[some] = exact_similarities(own[row_of[some]], others, Metric.COSINE)
    order = np.lexsort((ids, -similarities, row_of))
    row_of, ids, similarities = row_of[order], ids[order], similarities[order]
    rank = np.arange(len(ids)) - np.searchsorted(row_of, np.arange(n_rows))[row_of]
    best = rank < k
    found = np.repeat(np.arange(start, start + n_rows, dtype=np.int32)[:, None], k, axis=1)
    values = np.full((n_rows, k), _NOTHING)
    found[row_of[best], rank[best]] = ids[best]
    values[row_of[best], rank[best]] = similarities[best]
    return GraphBlock(start, found, values, done)
