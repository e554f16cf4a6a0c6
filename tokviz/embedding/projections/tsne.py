"""t-SNE of all rows, from the exact neighbours in the full dimension; a layout an iteration.

Van der Maaten and Hinton 2008, with weights alike for all neighbours; the gradient comes from
`forces`. Points are (2, n_rows) here.
"""

from collections.abc import Iterator

import numpy as np

from tokviz.embedding.faithfulness import recall, sample_rows
from tokviz.embedding.neighbor_graph import NeighborGraph, graph_blocks, joined
from tokviz.embedding.neighbors import Float64s
from tokviz.embedding.projections.forces import Attraction, Repulsion
from tokviz.embedding.projections.layout import Layout, Options, Projection, ProjectionError
from tokviz.embedding.projections.pca import principal_components
from tokviz.embedding.table import EmbeddingTable, Float32s

# Chosen by the recall@10 of all 49,152 rows of SmolLM2 at iteration 500. openTSNE's own choices
# (15 neighbours, 250 iterations exaggerated 12 times, momentum 0.8) kept 0.07 less there.
N_NEIGHBORS = 10
_EARLY_ITERATIONS = 100
_EARLY_EXAGGERATION = 4
_MOMENTUM = 0.9
_LONGEST_STEP = 5.0
_START_SPREAD = 1e-4
_LOOK_EVERY = 50
_PLATEAU = 100
_LEAST_GAIN = 0.005
_SAMPLE = 1000
_FEWEST_ROWS = 4


def _layouts(table: EmbeddingTable, options: Options) -> Iterator[Layout]:
    start = _start(table, options.seed)
    yield Layout(_shown(start), 0.0, "Finding the true neighbours of every row")
    graph = options.graph
    if graph is None:
        blocks = []
        for block in graph_blocks(table, N_NEIGHBORS):
            blocks.append(block)
            yield Layout(
                _shown(start), 0.4 * block.done, "Finding the true neighbours of every row"
            )
        graph = joined(blocks)
    yield from descent(start, graph, options.seed, options.most_iterations)


def _start(table: EmbeddingTable, seed: int) -> Float64s:
    """The principal components, made small, with a little noise to part equal rows."""
    if table.n_rows < _FEWEST_ROWS or table.dim < 2:
        raise ProjectionError(
            f"{table.name} has {table.n_rows} rows of {table.dim} numbers, too few for t-SNE; "
            f"look at its principal components."
        )
    points = principal_components(table).project(table).T.astype(np.float64, order="C")
    spread = float(points[0].std())
    points *= _START_SPREAD / spread if spread > 0 else 0.0
    noise = np.random.default_rng(seed).standard_normal(points.shape)
    return points + noise * _START_SPREAD / 100


def _shown(points: Float64s) -> Float32s:
    return np.ascontiguousarray(points.T, np.float32)


def descent(
    start: Float64s, graph: NeighborGraph, seed: int, most_iterations: int
) -> Iterator[Layout]:
    """Layouts from `start` (2, n_rows) on; ends when 100 iterations gain under 0.005 recall.

    `recall` is measured for 1,000 rows every 50 iterations. The same arguments give the same bits.
    """
    attraction, repulsion = Attraction(graph.ids[:, :N_NEIGHBORS]), Repulsion()
    points = start.copy()
    n_rows = points.shape[1]
    update, gains = np.zeros_like(points), np.ones_like(points)
    rows = sample_rows(n_rows, _SAMPLE, seed)
    recalls: dict[int, float] = {}
    for iteration in range(1, most_iterations + 1):
        early = iteration <= _EARLY_ITERATIONS
        exaggeration = _EARLY_EXAGGERATION if early else 1
        gradient = exaggeration * attraction(points) - repulsion(points)
        _step(points, gradient, update, gains, rate=max(200.0, n_rows / exaggeration))
        if iteration % _LOOK_EVERY == 0:
            recalls[iteration] = recall(_shown(points), graph, rows)
        last = iteration == most_iterations or (not early and _is_level(recalls, iteration))
        done = 1.0 if last else 0.4 + 0.6 * iteration / (most_iterations + 1)
        note = f"Iteration {iteration:,}"
        yield Layout(_shown(points), done, note, recalls.get(iteration))
        if last:
            return


def _step(
    points: Float64s,
    gradient: Float64s,
    update: Float64s,
    gains: Float64s,
    rate: float,
) -> None:
    """One step with momentum and a gain for each number (Jacobs 1988), as in van der Maaten's."""
    turned = np.sign(update) != np.sign(gradient)
    gains[:] = np.where(turned, gains + 0.2, gains * 0.8 + 0.01)
    update *= _MOMENTUM
    update -= rate * gains * gradient
    length = np.sqrt(np.square(update).sum(axis=0))
    update *= np.minimum(1.0, _LONGEST_STEP / np.maximum(length, 1e-300))
    points += update
    points -= points.mean(axis=1, keepdims=True)


def _is_level(recalls: dict[int, float], iteration: int) -> bool:
    """Whether the recall of 100 iterations ago is hardly lower; measured after the early phase."""
    before = recalls.get(iteration - _PLATEAU)
    now = recalls.get(iteration)
    settled = iteration - _PLATEAU > _EARLY_ITERATIONS
    return settled and before is not None and now is not None and now - before < _LEAST_GAIN


PROJECTION = Projection("tsne", "t-SNE of all rows", _layouts, edition=2)
