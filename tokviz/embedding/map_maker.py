"""MapMaker: from one table and a wish to layouts. What can be used again it keeps, also on disk."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np

from tokviz.embedding.layout_cache import Arrays, LayoutCache
from tokviz.embedding.neighbor_graph import NeighborGraph, graph_blocks, joined
from tokviz.embedding.projections import PROJECTIONS
from tokviz.embedding.projections.layout import (
    Layout,
    Options,
    Projection,
    ProjectionError,
)
from tokviz.embedding.projections.pca import Pca, components_in_passes, principal_components
from tokviz.embedding.table import EmbeddingTable
from tokviz.embedding.transforms import Transform, Transformed, transformed

N_NEIGHBORS = 16
_STARTING = "Starting from the principal components"
_FINDING = "Finding the true neighbours of every row"
_GRAPH_SHARE = 0.4  # of the time of a map of t-SNE
_AS_IT_IS = Transform()
_SLOW = 2**23  # numbers in a table
_SOME = 4096
_SO_FAR = "The principal components of {:,} rows so far."


@dataclass(frozen=True)
class MapWish:
    """A projection by its name, its options, and what is done to the rows before."""

    projection: str = "pca"
    components: tuple[int, int] = (0, 1)
    axes: tuple[tuple[int, int], ...] = ()
    seed: int = 0
    transform: Transform = _AS_IT_IS


class MapMaker:
    """Makes the maps of one table, for one thread at a time."""

    def __init__(self, table: EmbeddingTable, cache: LayoutCache | None = None) -> None:
        self.table = table
        self._cache = cache
        self._changed: tuple[Transform, Transformed] | None = None
        self._pca: tuple[Transform, Pca] | None = None
        self._graphs: dict[Transform, NeighborGraph] = {}

    @property
    def graph(self) -> NeighborGraph | None:
        """The neighbours of every row as it is in the file, if they have been found."""
        return self._graphs.get(_AS_IT_IS)

    @property
    def pca(self) -> Pca | None:
        """The components of the last map of principal components."""
        return None if self._pca is None else self._pca[1]

    def layouts(self, wish: MapWish) -> Iterator[Layout]:
        """Better and better layouts; the last one is the answer. Raises `ProjectionError`."""
        changed = self._transformed(wish.transform)
        if wish.projection == "pca":
            found = self._component_layouts(changed.table, wish)
        elif wish.projection == "tsne":
            found = self._descent(changed.table, wish)
        else:
            options = Options(axes=wish.axes)
            found = _projection(wish.projection).layouts(changed.table, options)
        for layout in found:
            note = f"{layout.note} {changed.words}" if changed.words else layout.note
            yield replace(layout, note=note)

    def find_graph(self, transform: Transform = _AS_IT_IS) -> Iterator[float]:
        """Find all neighbours, from disk if they are there; yields the part done, up to 1."""
        table = self._transformed(transform).table
        graph = self._graphs.get(transform) or self._kept_graph(table)
        if graph is None:
            blocks = []
            for block in graph_blocks(table, N_NEIGHBORS):
                blocks.append(block)
                yield block.done * 0.999
            graph = joined(blocks)
            if self._cache is not None:
                arrays = {"ids": graph.ids, "similarities": graph.similarities}
                self._cache.store(arrays, "graph", table.fingerprint)
        self._graphs[transform] = graph
        yield 1.0

    def _transformed(self, transform: Transform) -> Transformed:
        if self._changed is None or self._changed[0] != transform:
            self._changed = transform, transformed(self.table, transform)
        return self._changed[1]

    def _component_layouts(self, table: EmbeddingTable, wish: MapWish) -> Iterator[Layout]:
        if self._pca is not None and self._pca[0] == wish.transform:
            yield _along(self._pca[1], table, wish.components)
            return
        if (some := _some_rows(table)) is not None:
            layout = _along(principal_components(some), table, wish.components)
            yield replace(layout, done=0.5, note=_SO_FAR.format(some.n_rows))
        for found in components_in_passes(table):
            layout = _along(found, table, wish.components)
            self._pca = wish.transform, found
            yield layout

    def _descent(self, table: EmbeddingTable, wish: MapWish) -> Iterator[Layout]:
        """Layouts of t-SNE: from disk, or computed with the principal components to begin with."""
        projection = _projection(wish.projection)
        key = "layout", table.fingerprint, projection.name, projection.edition, wish.seed
        kept = None if self._cache is None else self._cache.load(*key)
        if kept is not None and (layout := _layout_of(kept, table.n_rows)) is not None:
            yield layout
            return
        *_, start = self._component_layouts(table, MapWish(transform=wish.transform))
        for done in self.find_graph(wish.transform):
            yield replace(start, done=_GRAPH_SHARE * done, note=f"{_FINDING}: {done:.0%}")
        options = Options(seed=wish.seed, graph=self._graphs[wish.transform])
        last = start
        for last in projection.layouts(table, options):
            note = last.note if last.done else _STARTING
            yield replace(last, done=max(last.done, _GRAPH_SHARE), note=note)
        if self._cache is not None:
            self._cache.store(_arrays_of(last), *key)

    def _kept_graph(self, table: EmbeddingTable) -> NeighborGraph | None:
        kept = None if self._cache is None else self._cache.load("graph", table.fingerprint)
        return None if kept is None else _graph_of(kept, table.n_rows)


def _projection(name: str) -> Projection:
    found = next((known for known in PROJECTIONS if known.name == name), None)
    if found is None:
        names = ", ".join(known.name for known in PROJECTIONS)
        raise ProjectionError(f"There is no projection {name!r}; the names are {names}.")
    return found


def _some_rows(table: EmbeddingTable) -> EmbeddingTable | None:
    """Rows to find components from at once; `None` where all of them take no longer."""
    if table.n_rows * table.dim < _SLOW or table.is_large:
        return None
    rows = table.rows[:: max(1, table.n_rows // _SOME)]
    return EmbeddingTable.of_array(table.name, rows)


def _along(found: Pca, table: EmbeddingTable, components: tuple[int, int]) -> Layout:
    n = len(found.variances)
    if not all(0 <= which < n for which in components):
        raise ProjectionError(f"{table.name} has the components 1 to {n}; choose two of these.")
    return Layout(found.project(table, components), 1.0, found.words(components))


def _arrays_of(layout: Layout) -> Arrays:
    recall = np.nan if layout.recall is None else layout.recall
    return {"points": layout.points, "note": np.array(layout.note), "recall": np.array(recall)}


def _layout_of(kept: Arrays, n_rows: int) -> Layout | None:
    points, note, recall = (kept.get(name) for name in ("points", "note", "recall"))
    if points is None or note is None or recall is None or points.shape != (n_rows, 2):
        return None
    known = None if np.isnan(float(recall)) else float(recall)
    return Layout(points.astype(np.float32), 1.0, str(note), known)


def _graph_of(kept: Arrays, n_rows: int) -> NeighborGraph | None:
    ids, similarities = kept.get("ids"), kept.get("similarities")
    if ids is None or similarities is None or len(ids) != n_rows:
        return None
    if ids.shape != similarities.shape or ids.ndim != 2 or not (ids < n_rows).all():
        return None
    return NeighborGraph(ids.astype(np.int32), similarities.astype(np.float32))
