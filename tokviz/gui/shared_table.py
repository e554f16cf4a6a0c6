"""SharedTable: the facts about the embedding table that several panels need. A part of the model.

The table follows the tokenizer: one that fits it stays, another is put aside and comes back with
its own. What was computed from a table (points, neighbours) goes with it.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from tokviz.gui.task import Task, failure

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    from tokviz.embedding.neighbor_graph import NeighborGraph
    from tokviz.embedding.neighbors import Metric, NearestRows
    from tokviz.embedding.table import EmbeddingTable
    from tokviz.token_tables import TableShelf, TokenTable
    from tokviz.tokenization.tokenizer import Tokenizer


@dataclass(frozen=True, eq=False)
class ShownNeighbors:
    """The rows nearest to `row` in the full dimension, by one metric."""

    row: int
    nearest: "NearestRows"
    metric: "Metric"


class SharedTable(QObject):
    """The table, where its rows lie on the map, and the neighbours that are shown of one row."""

    table_changed = Signal()
    points_changed = Signal()
    neighbors_changed = Signal()
    graph_changed = Signal()
    task_started = Signal(object)
    problem = Signal(object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._token_table: TokenTable | None = None
        self._points: npt.NDArray[np.float32] | None = None
        self._neighbors: ShownNeighbors | None = None
        self._graph: NeighborGraph | None = None
        self._shelf: TableShelf | None = None
        self._loading: tuple[Tokenizer, Task] | None = None
        self._failed: Tokenizer | None = None

    @property
    def table(self) -> "EmbeddingTable | None":
        """The embedding table whose row n is the vector of token n."""
        return None if self._token_table is None else self._token_table.table

    @property
    def token_table(self) -> "TokenTable | None":
        """The table with its vocabulary and what follows from both."""
        return self._token_table

    @property
    def points(self) -> "npt.NDArray[np.float32] | None":
        """Where each row lies on the map, (n_rows, 2)."""
        return self._points

    @property
    def neighbors(self) -> ShownNeighbors | None:
        return self._neighbors

    @property
    def graph(self) -> "NeighborGraph | None":
        """The nearest rows of every row, once somebody has computed them."""
        return self._graph

    @property
    def is_loading_table(self) -> bool:
        return self._loading is not None

    def set_table_for(self, tokenizer: "Tokenizer", table: "EmbeddingTable | None") -> None:
        """Show a table that was opened or trained for `tokenizer`.

        Raises `MissingRowsError` if the table is too short for it; nothing has changed then.
        """
        from tokviz.token_tables import TokenTable

        if table is self.table:
            return
        self.set_token_table(None if table is None else TokenTable(table, tokenizer))

    def require_table_for(self, tokenizer: "Tokenizer") -> None:
        """Load the shipped table of a tokenizer, in a task, unless a table is there already."""
        from tokviz.catalog import TABLES, load_table

        shipped = any(shipped.tokenizer == tokenizer.name for shipped in TABLES)
        if self.table is not None or not shipped or tokenizer is self._failed:
            return
        if self._loading is not None:
            return

        def loading() -> Iterator["EmbeddingTable | None"]:
            yield load_table(tokenizer.name)

        task = Task(loading(), "Loading the embedding table", parent=self)
        task.stepped.connect(self._on_table_loaded)
        task.failed.connect(self._on_table_failed)
        self._loading = tokenizer, task
        self.task_started.emit(task)
        task.start()

    def set_points(self, points: "npt.NDArray[np.float32] | None") -> None:
        if points is not self._points:
            self._points = points
            self.points_changed.emit()

    def set_neighbors(self, neighbors: ShownNeighbors | None) -> None:
        if neighbors is not self._neighbors:
            self._neighbors = neighbors
            self.neighbors_changed.emit()

    def set_graph(self, graph: "NeighborGraph | None") -> None:
        if graph is not self._graph:
            self._graph = graph
            self.graph_changed.emit()

    def fit_table_to(self, tokenizer: "Tokenizer") -> None:
        """After another tokenizer: keep the table, or change it for the one that fits."""
        here = self._token_table
        if here is None and self._shelf is None:
            self._cancel_loading()
            return
        if here is not None and here.fits(tokenizer):
            return
        self.set_token_table(None if self._shelf is None else self._shelf.table_for(tokenizer))

    def set_token_table(self, table: "TokenTable | None") -> None:
        """Show a table with the vocabulary it is for."""
        from tokviz.token_tables import TableShelf

        if table is self._token_table:
            return
        self._cancel_loading()
        self._token_table = table
        if table is not None:
            self._shelf = (self._shelf or TableShelf()).with_table(table)
        had = self._points, self._neighbors, self._graph
        self._points = self._neighbors = self._graph = None
        self.table_changed.emit()
        signals = (self.points_changed, self.neighbors_changed, self.graph_changed)
        for before, signal in zip(had, signals, strict=True):
            if before is not None:
                signal.emit()

    # -- the shipped table ---------------------------------------------------------------------

    def _cancel_loading(self) -> None:
        loading, self._loading = self._loading, None
        if loading is not None:
            loading[1].cancel()

    def _on_table_loaded(self, batch: "list[EmbeddingTable | None]") -> None:
        assert self._loading is not None
        tokenizer, _task = self._loading
        self._loading = None
        if batch[-1] is not None:
            self.set_table_for(tokenizer, batch[-1])

    def _on_table_failed(self, error: BaseException) -> None:
        assert self._loading is not None
        self._failed, _task = self._loading  # or every panel that is shown would try again
        self._loading = None
        self.problem.emit(failure("Loading the embedding table", error))
