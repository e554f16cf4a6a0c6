"""Whether neighbours, measures and maps of the shipped tables are what they claim to be.

    python -m benchmarks.map_truth [--tsne]      with t-SNE to its end, which takes minutes

Too long for the tests. Neighbours are held against brute force in float64, components, recall and
trustworthiness against scikit-learn, the finished t-SNE against the true neighbours of 10,000 rows.
"""

import sys

import numpy as np

from tokviz.catalog import load_table
from tokviz.embedding.faithfulness import recall, sample_rows, trustworthiness
from tokviz.embedding.layout_cache import LayoutCache, cache_folder
from tokviz.embedding.map_maker import MapMaker, MapWish
from tokviz.embedding.neighbor_graph import graph_blocks, joined
from tokviz.embedding.neighbors import NeighborSearch
from tokviz.embedding.projections.pca import principal_components
from tokviz.embedding.table import EmbeddingTable, Int64s

_N_TOKENS, _K = 1000, 10
_N_MEASURED = 2000
_N_OF_MAP = 10_000
_TABLES = {"smollm2": 0.35, "gpt2": 0.12}  # and the recall that a finished map must reach


def main(with_tsne: bool) -> None:
    for name, least in _TABLES.items():
        table = load_table(name)
        assert table is not None
        print(f"{table.name}, {table.n_rows:,} x {table.dim:,}")
        _neighbors(table)
        _components(table)
        _measures(table)
        if with_tsne:
            _finished_map(table, least)


def _neighbors(table: EmbeddingTable) -> None:
    rows = sample_rows(table.n_rows, _N_TOKENS)
    search = NeighborSearch(table)
    ours = np.array([search.of_row(row, _K).ids for row in rows.tolist()])
    same = float((ours == _brute(table, rows)).mean())
    print(
        f"  neighbours of {len(rows):,} tokens x {_K}: {100 * same:.2f} % as in float64", flush=True
    )


def _brute(table: EmbeddingTable, rows: Int64s) -> Int64s:
    unit = table.rows.astype(np.float64)
    unit /= np.sqrt(np.square(unit).sum(axis=1, keepdims=True))
    found = np.empty((len(rows), _K), np.int64)
    for start in range(0, len(rows), 100):
        some = rows[start : start + 100]
        scores = unit[some] @ unit.T
        scores[np.arange(len(some)), some] = -np.inf
        found[start : start + 100] = np.argsort(-scores, axis=1, kind="stable")[:, :_K]
    return found


def _components(table: EmbeddingTable) -> None:
    from sklearn.decomposition import PCA

    theirs = PCA(2, svd_solver="full").fit_transform(table.rows)
    ours = principal_components(table).project(table)
    signs = np.sign((theirs * ours).sum(axis=0))
    away = float(np.abs(ours - theirs * signs).max() / np.abs(theirs).max())
    print(f"  components up to sign: at most {away:.1e} of the picture away", flush=True)


def _measures(table: EmbeddingTable) -> None:
    """Of a part of the table that scikit-learn can hold, all rows of it."""
    from sklearn import manifold
    from sklearn.neighbors import NearestNeighbors

    part = EmbeddingTable.of_array("part", table.rows[sample_rows(table.n_rows, _N_MEASURED)])
    points = principal_components(part).project(part)
    every = np.arange(_N_MEASURED)
    ours = trustworthiness(points, NeighborSearch(part), every)
    theirs = manifold.trustworthiness(part.rows, points, n_neighbors=_K, metric="cosine")
    near = [
        NearestNeighbors(n_neighbors=_K, metric=metric).fit(rows).kneighbors(return_distance=False)
        for rows, metric in ((part.rows, "cosine"), (points, "euclidean"))
    ]
    common = [len(set(a) & set(b)) for a, b in zip(*(n.tolist() for n in near), strict=True)]
    kept, expected = recall(points, joined(graph_blocks(part, _K)), every), np.mean(common) / _K
    print(
        f"  trustworthiness {ours:.6f}, scikit-learn's {theirs:.6f}; "
        f"recall@{_K} {kept:.6f}, scikit-learn's {expected:.6f}",
        flush=True,
    )


def _finished_map(table: EmbeddingTable, least: float) -> None:
    maker = MapMaker(table, LayoutCache(cache_folder()))
    *_, last = maker.layouts(MapWish("tsne"))
    *_, _ = maker.find_graph()
    assert maker.graph is not None
    kept = recall(last.points, maker.graph, sample_rows(table.n_rows, _N_OF_MAP), _K)
    verdict = "enough" if kept >= least else "TOO FEW"
    print(
        f"  t-SNE, {last.note}: recall@{_K} {kept:.3f} of {_N_OF_MAP:,} rows against all, "
        f"{verdict} ({least})",
        flush=True,
    )


if __name__ == "__main__":
    main("--tsne" in sys.argv[1:])
