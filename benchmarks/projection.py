"""Maps of whole tables beside scikit-learn and openTSNE with their defaults, in one run.

    python -m benchmarks.projection [pca] [tsne] [wide]      all three by default

`pca`: two components of 50,257 x 768 numbers. `tsne`: 250 iterations for all rows of SmolLM2's
table, both from the same start; which neighbours are kept is measured alike for both. `wide`:
151,936 x 4,096 in bfloat16, in a file that is made in a temporary folder and deleted.
"""

import gc
import sys
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter, process_time
from typing import Any

import numpy as np
import numpy.typing as npt

from benchmarks.measure import Spent, spent
from tokviz.catalog import load_table
from tokviz.embedding.faithfulness import recall, sample_rows
from tokviz.embedding.formats.matrices import bfloat16_to_float32
from tokviz.embedding.map_maker import MapMaker, MapWish
from tokviz.embedding.neighbor_graph import NeighborGraph, graph_blocks, joined
from tokviz.embedding.projections.layout import Layout, Options
from tokviz.embedding.projections.pca import components_in_passes, principal_components
from tokviz.embedding.projections.tsne import PROJECTION
from tokviz.embedding.table import EmbeddingTable, Float32s

_ROUNDS = 3
_ITERATIONS = 250
_SAMPLED = 2000
_WIDE = 151_936, 4096


def main(parts: list[str]) -> None:
    if "pca" in parts:
        _components()
    if "tsne" in parts:
        _neighbors_kept()
    if "wide" in parts:
        _wide()


def _components() -> None:
    from sklearn.decomposition import PCA

    chance = np.random.default_rng(0)
    spread = np.linspace(2, 0.5, 768, dtype=np.float32)
    rows = chance.standard_normal((50_257, 768), np.float32) * spread
    table = EmbeddingTable.of_array("random", rows)
    rivals = {
        "first map": lambda: next(_maps(rows)),
        "ours": lambda: principal_components(table).project(table),
        "scikit-learn": lambda: PCA(2).fit_transform(rows),
    }
    print("two components of 50,257 x 768, the least of each:")
    taken: dict[str, list[Spent]] = {name: [] for name in rivals}
    for _ in range(_ROUNDS):
        for name, rival in rivals.items():
            taken[name].append(spent(rival))
    for name, times in taken.items():
        least = Spent(min(one.clock for one in times), min(one.work for one in times))
        print(f"  {name}: {least}", flush=True)


def _maps(rows: Float32s) -> Iterator[Layout]:
    """Of a table that was opened just now, of which nothing is known."""
    return MapMaker(EmbeddingTable.of_array("random", rows)).layouts(MapWish())


def _neighbors_kept() -> None:
    """Ours from the exact graph, the peer as it comes: 50 components, approximate neighbours."""
    table = load_table("smollm2")
    assert table is not None
    begun = perf_counter()
    graph = joined(graph_blocks(table, 16))
    print(f"exact neighbours of {table.n_rows:,} rows: {perf_counter() - begun:.1f} s", flush=True)
    _tell_kept("ours", graph, *_our_layout(table, graph))
    _tell_kept("openTSNE's defaults", graph, *_their_layout(table))


def _tell_kept(name: str, graph: NeighborGraph, points: Float32s, seconds: float) -> None:
    kept = recall(points, graph, sample_rows(len(points), _SAMPLED))
    print(
        f"{name}: {_ITERATIONS} iterations in {seconds:.1f} s, {_ITERATIONS / seconds:.1f} a "
        f"second; {100 * kept:.1f} % of the 10 true neighbours kept",
        flush=True,
    )


def _our_layout(table: EmbeddingTable, graph: NeighborGraph) -> tuple[Float32s, float]:
    layouts = PROJECTION.layouts(table, Options(graph=graph, most_iterations=_ITERATIONS))
    next(layouts)  # the start, for which the components are computed
    begun = perf_counter()
    *_, last = layouts
    return last.points, perf_counter() - begun


def _their_layout(table: EmbeddingTable) -> tuple[Float32s, float]:
    """By openTSNE, whose usual course is 250 exaggerated iterations to begin with."""
    from openTSNE import TSNEEmbedding, affinity, initialization
    from sklearn.decomposition import PCA

    components = PCA(50).fit_transform(table.rows)
    near = affinity.PerplexityBasedNN(components, perplexity=30, n_jobs=-1, random_state=0)
    start = initialization.pca(components, random_state=0)
    layout = TSNEEmbedding(start, near, n_jobs=-1, random_state=0)
    begun = perf_counter()
    layout.optimize(n_iter=_ITERATIONS, exaggeration=12, inplace=True)
    return np.asarray(layout, np.float32), perf_counter() - begun


def _wide() -> None:
    with TemporaryDirectory() as folder:
        path = Path(folder, "rows.bin")
        _write_rows(path)
        stored = np.memmap(path, np.uint16, "r", shape=_WIDE)
        table = EmbeddingTable("wide", "", stored, _WIDE[1], "BF16", decode=bfloat16_to_float32)
        before = _own_megabytes()
        most = 0.0
        begun = perf_counter(), process_time()
        for found in components_in_passes(table):
            points = found.project(table)
            most = max(most, _own_megabytes() - before)
            ours = Spent(perf_counter() - begun[0], process_time() - begun[1])
            print(f"  a map after {ours}", flush=True)
        theirs, same = _wide_by_scikit_learn(stored, points)
        print(
            f"two components of {_WIDE[0]:,} x {_WIDE[1]:,} bfloat16: ours {ours} and {most:.0f} "
            f"MB, scikit-learn {theirs}, {theirs.clock / ours.clock:.1f}x "
            f"({theirs.work / ours.work:.1f}x of work); the coordinates agree to "
            f"{100 * same:.2f} % in correlation"
        )


def _wide_by_scikit_learn(stored: npt.NDArray[Any], points: Float32s) -> tuple[Spent, float]:
    """Its time, all rows decoded in memory, and the lower correlation of the two axes."""
    from sklearn.decomposition import PCA

    gc.collect()
    found: list[Float32s] = []

    def fit() -> None:
        found.append(PCA(2, random_state=0).fit_transform(bfloat16_to_float32(stored)))

    seconds = spent(fit)
    pairs = zip(points.T, found[0].T, strict=True)
    return seconds, min(abs(float(np.corrcoef(one, other)[0, 1])) for one, other in pairs)


def _write_rows(path: Path) -> None:
    """Rows with falling variance and a mean that is not zero, as tables of tokens have."""
    chance = np.random.default_rng(0)
    spread = np.linspace(1, 0.1, _WIDE[1], dtype=np.float32) ** 2
    spread[:6] *= np.array([6, 5, 4, 3, 2.5, 2], np.float32)
    with path.open("wb") as file:
        for start in range(0, _WIDE[0], 2048):
            shape = (min(2048, _WIDE[0] - start), _WIDE[1])
            rows = chance.standard_normal(shape, np.float32) * spread + np.float32(0.3)
            (rows.view(np.uint32) >> 16).astype(np.uint16).tofile(file)


def _own_megabytes() -> float:
    """Memory of the process that belongs to no file."""
    for line in Path("/proc/self/status").read_text(encoding="ascii").splitlines():
        if line.startswith("RssAnon"):
            return int(line.split()[1]) / 1024
    return float("nan")


if __name__ == "__main__":
    main(sys.argv[1:] or ["pca", "tsne", "wide"])
