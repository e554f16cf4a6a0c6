"""Exact neighbours and principal components, beside brute force in numpy and scikit-learn.

    python -m benchmarks.neighbors [ROWS] [DIM]      50,257 x 768 by default

The table is random with falling variance, so no cache and no shipped file plays a part. Every
figure says whether both sides found the same.
"""

import sys
from collections.abc import Iterator
from statistics import median

import numpy as np

from benchmarks.figures import Figure
from benchmarks.measure import Spent, interleaved, ratio, spent
from tokviz.embedding.neighbor_graph import NeighborGraph, graph_blocks, joined
from tokviz.embedding.neighbors import NeighborSearch
from tokviz.embedding.products import Float32Product, fastest_product
from tokviz.embedding.projections.pca import principal_components
from tokviz.embedding.table import EmbeddingTable, Float32s, Int64s

_K = 16
_QUERIES = 10
_ROUNDS = 3
_BRUTE_ROWS = 512


def main(n_rows: int, dim: int) -> None:
    table = _random_table(n_rows, dim)
    print(f"{n_rows:,} rows of {dim:,} numbers, {_K} neighbours")
    _print("one query / float32 product and argpartition", *_one_query(table))
    _print("two principal components / scikit-learn", *_components(table))
    ours, theirs, share, name = _graph(table)
    print(
        f"whole graph, {name} / float32 brute force: {ours}, {theirs}, "
        f"{theirs.clock / ours.clock:.2f}x ({theirs.work / ours.work:.2f}x of work); "
        f"{100 * share:.4f} % of the neighbours as float64 has them"
    )


def figures(quick: bool = False) -> Iterator[Figure]:
    table = _random_table(*((8_000, 256) if quick else (50_257, 768)))
    size = f"{table.n_rows:,} rows"
    rivals = {"neighbours of a token": _one_query, "principal components": _components}
    for name, measure in rivals.items():
        taken, same = measure(table)
        assert same, name
        yield Figure.of_times(f"{name}, {size}", taken["ours"], taken["peer"])
    ours, theirs, _, product = _graph(table)
    name = f"neighbour graph, {size}, {product}"
    yield Figure(name, ours.work, "s", theirs.work, theirs.work / ours.work)


def _random_table(n_rows: int, dim: int) -> EmbeddingTable:
    chance = np.random.default_rng(0)
    spread = np.linspace(2, 0.5, dim, dtype=np.float32)
    rows = chance.standard_normal((n_rows, dim), np.float32) * spread
    return EmbeddingTable.of_array("random", rows)


def _one_query(table: EmbeddingTable) -> tuple[dict[str, list[float]], bool]:
    search = NeighborSearch(table)
    unit = _unit_rows(table.rows)
    row = 4242 % table.n_rows
    same = search.of_row(row, _K).ids.tolist() == _brute(unit, slice(row, row + 1))[0].tolist()
    taken = interleaved(
        _QUERIES,
        {"ours": lambda: search.of_row(row, _K), "peer": lambda: _brute(unit, slice(row, row + 1))},
    )
    return taken, same


def _components(table: EmbeddingTable) -> tuple[dict[str, list[float]], bool]:
    from sklearn.decomposition import PCA

    def theirs() -> Float32s:
        points: Float32s = PCA(2).fit_transform(table.rows)
        return points

    def ours() -> Float32s:
        return principal_components(table).project(table)

    same = np.allclose(np.abs(ours()), np.abs(theirs()), atol=0.05)
    taken = interleaved(_ROUNDS, {"ours": ours, "peer": theirs})
    return taken, same


def _graph(table: EmbeddingTable) -> tuple[Spent, Spent, float, str]:
    """Our time, the peer's, the share of equal neighbours, and the kind of product."""
    unit = _unit_rows(table.rows)
    chosen = fastest_product(unit, _K)
    graphs: list[NeighborGraph] = []
    ours = spent(lambda: graphs.append(joined(graph_blocks(table, _K, product=chosen))))
    found: list[Int64s] = []

    def brute() -> None:
        for start in range(0, table.n_rows, _BRUTE_ROWS):
            found.append(_brute(unit, slice(start, start + _BRUTE_ROWS)))

    theirs = spent(brute)
    unlike = np.flatnonzero((np.concatenate(found) != graphs[0].ids).any(axis=1))
    exact = _exact(table, unlike)
    wrong = int((graphs[0].ids[unlike] != exact).sum())
    same = 1 - wrong / graphs[0].ids.size
    return ours, theirs, same, "float32" if chosen is Float32Product else "bfloat16"


def _exact(table: EmbeddingTable, rows: Int64s) -> Int64s:
    """The neighbours of some rows by brute force in float64, which decides where the two differ."""
    unit = table.rows.astype(np.float64)
    unit /= np.sqrt(np.square(unit).sum(axis=1, keepdims=True))
    found = np.empty((len(rows), _K), np.int64)
    for number, row in enumerate(rows.tolist()):
        scores = unit @ unit[row]
        scores[row] = -np.inf
        found[number] = np.argsort(-scores, kind="stable")[:_K]
    return found


def _unit_rows(rows: Float32s) -> Float32s:
    unit: Float32s = rows / np.linalg.norm(rows, axis=1, keepdims=True)
    return unit


def _brute(unit: Float32s, some: slice) -> Int64s:
    scores = unit[some] @ unit.T
    numbers = np.arange(some.start, min(some.stop, len(unit)))
    scores[np.arange(len(numbers)), numbers] = -np.inf
    best = np.argpartition(scores, -_K, axis=1)[:, -_K:]
    order = np.argsort(-np.take_along_axis(scores, best, axis=1), axis=1, kind="stable")
    return np.take_along_axis(best, order, axis=1)


def _print(name: str, taken: dict[str, list[float]], same: bool) -> None:
    ours, peer = (median(taken[who]) * 1e3 for who in ("ours", "peer"))
    verdict = "the same answer" if same else "NOT THE SAME ANSWER"
    print(
        f"{name}: {ours:.1f} ms, {peer:.1f} ms, {ratio(taken['ours'], taken['peer']):.2f}x; "
        f"{verdict}",
        flush=True,
    )


if __name__ == "__main__":
    sizes = [int(argument.replace(",", "")) for argument in sys.argv[1:3]]
    main(*(sizes + [50_257, 768][len(sizes) :]))
