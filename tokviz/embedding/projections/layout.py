"""What every projection speaks: `Options` in, a generator of `Layout` out."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from tokviz.embedding.neighbor_graph import NeighborGraph
from tokviz.embedding.table import EmbeddingTable, Float32s


@dataclass(frozen=True)
class Layout:
    """`points` float32 (n_rows, 2), a copy; `done` from 0 to 1; `note` says in words what it is.

    `recall` is the part of true nearest rows that are nearest on this map, where it was measured.
    """

    points: Float32s
    done: float
    note: str
    recall: float | None = None


@dataclass(frozen=True)
class Options:
    """What a user may choose; each projection reads what concerns it.

    `axes` are pairs of ids: one or two directions, each from a token to another. `graph` is the
    neighbour graph of the same table where there is one already; else it is computed.
    """

    components: tuple[int, int] = (0, 1)
    axes: tuple[tuple[int, int], ...] = ()
    seed: int = 0
    graph: NeighborGraph | None = field(default=None, repr=False)
    most_iterations: int = 1500


@dataclass(frozen=True)
class Projection:
    """`layouts` yields better and better layouts; the last one is the answer.

    Count `edition` up when a table comes to be laid out otherwise: layouts kept on disk by an
    earlier version of the program are computed anew then.
    """

    name: str
    title: str
    layouts: Callable[[EmbeddingTable, Options], Iterator[Layout]]
    edition: int = 1


class ProjectionError(ValueError):
    """A table or options that cannot be projected: the sentence says why and what to do."""
