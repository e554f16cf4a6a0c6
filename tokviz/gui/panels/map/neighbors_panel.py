"""The neighbours panel: the exact nearest rows of the selected token, in the full dimension.

What the map does (filter, zoom, another projection, rows without their mean) never changes them.
"""

from collections.abc import Iterator

import numpy as np
import numpy.typing as npt
from PySide6.QtCore import QTimer, Signal
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QComboBox, QVBoxLayout, QWidget

from tokviz.embedding.neighbors import Metric, NearestRows, QueryError
from tokviz.gui.panels.map.neighbor_rows import NeighborRows, ordinal, ranks_on_map
from tokviz.gui.shared_table import ShownNeighbors
from tokviz.gui.task import Task, failure
from tokviz.gui.theme import Theme
from tokviz.gui.tokenizer_model import TokenizerModel
from tokviz.gui.widgets.fitting_label import FittingLabel
from tokviz.gui.widgets.tables.row_table import RowTable
from tokviz.token_tables import TokenTable, tokens_nearest
from tokviz.tokenization.vocabulary.visible_text import visible

_N_SHOWN = 50
_WIDEST = 110  # pixels of a column: one long token may not push the places on the map out of view
_METRICS = {
    Metric.COSINE: "cosine",
    Metric.EUCLIDEAN: "Euclidean distance",
    Metric.DOT: "dot product",
}


class NeighborsPanel(QWidget):
    """A table of rows; a click selects the neighbour, and its own neighbours follow.

    The choice of the metric, `metrics`, is to be placed by whoever places the panel.
    """

    problem = Signal(object)

    def __init__(self, model: TokenizerModel, theme: Theme) -> None:
        super().__init__()
        self._model = model
        self._theme = theme
        self._ready: TokenTable | None = None  # whose search is made
        self._task: Task | None = None
        self._task_for: tuple[object, ...] = ()
        self._soon = QTimer(self, singleShot=True, interval=0)
        self._soon.timeout.connect(self._update)
        self.metrics = QComboBox()
        for metric, words in _METRICS.items():
            self.metrics.addItem(words, metric)
        self.metrics.setMaximumWidth(130)
        self.metrics.setToolTip("How alike two rows are")
        self.words = FittingLabel("muted")
        self.table = RowTable(widest=_WIDEST)
        self.table.set_empty_words("")
        self._place_widgets()
        self._connect()
        self._on_theme_changed()

    def _place_widgets(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(8, 8, 8, 8)
        column.addWidget(self.words)
        column.addWidget(self.table, 1)

    def _connect(self) -> None:
        model = self._model
        self.metrics.currentIndexChanged.connect(self._on_metric_changed)
        self.table.row_picked.connect(self._on_row_picked)
        # The text and the map show a selection in the frame at hand, this panel in the next one.
        for signal in (model.selection_changed, model.table_changed, model.points_changed):
            signal.connect(self._soon.start)
        model.tokenizer_changed.connect(self._require_table)
        self._theme.changed.connect(self._on_theme_changed)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._require_table()
        self._update()

    def close_search(self) -> None:
        """End what runs."""
        self._soon.stop()
        if self._task is not None:
            self._task.cancel()
            self._task = None

    def _require_table(self) -> None:
        if self.isVisible():
            self._model.require_table()

    @property
    def _metric(self) -> Metric:
        return list(_METRICS)[self.metrics.currentIndex()]

    # -- what it shows -------------------------------------------------------------------------

    def _update(self) -> None:
        if not self.isVisible():
            return
        known, ids = self._model.token_table, self._model.selection.ids
        if known is None:
            self._show_nothing("No embedding table is open for this tokenizer.")
        elif len(ids) != 1:
            few = f"{len(ids):,} tokens are selected; select one." if ids else "Select a token."
            self._show_nothing(few)
        elif (row := known.row_of(ids[0])) is None:
            self._show_nothing(f"The token {ids[0]:,} has no row in {known.table.name}.")
        elif known is not self._ready:
            self._show_nothing("Reading the table …")
            self._run(_reading(known), self._on_search_made, known)
        else:
            self._show(known, row)

    def _show_nothing(self, words: str) -> None:
        self.words.set_wordings(words)
        nothing = NearestRows(np.zeros(0, np.int64), np.zeros(0))
        none = NeighborRows(self._model.tokenizer, nothing, nothing.ids, self._metric, None)
        self.table.set_source(none)
        self._model.set_neighbors(None)

    def _show(self, known: TokenTable, row: int) -> None:
        shown, metric = self._model.neighbors, self._metric
        if shown is not None and shown.row == row and shown.metric is metric:
            self._show_found(known, shown)
        elif known.table.is_large:  # of which each query decodes all rows again
            self._show_nothing("Comparing with every row …")
            self._run(_finding(known, row, metric), self._on_found, known, row, metric)
        else:
            try:
                self._show_found(known, _found(known, row, metric))
            except QueryError as error:
                self._show_nothing(str(error))

    def _show_found(self, known: TokenTable, shown: ShownNeighbors) -> None:
        row, points = shown.row, self._model.points
        ranks = None if points is None else ranks_on_map(points, row, shown.nearest.ids)
        before = self.table.source
        if isinstance(before, NeighborRows) and before.nearest is shown.nearest:
            before.map_ranks = ranks
            self.table.refresh()
        else:
            near = known.ids_of(shown.nearest.ids)
            rows = NeighborRows(self._model.tokenizer, shown.nearest, near, self._metric, ranks)
            self.table.set_source(rows)
        self.words.set_wordings(*_wordings(known, row, shown.nearest, ranks))
        self._model.set_neighbors(shown)

    def _on_metric_changed(self) -> None:
        self._update()

    def _on_row_picked(self, row: int) -> None:
        source = self.table.source
        if isinstance(source, NeighborRows):
            self._model.select([source.token_id(row)])

    def _on_theme_changed(self) -> None:
        self.table.set_colors(self._theme.palette)

    # -- what takes long: reading the table once, and a large one for each query ---------------

    def _run(self, work: Iterator[object], on_stepped: object, *wanted: object) -> None:
        """In a task; if one for the same is going on already, that goes on."""
        if self._task is not None and self._task_for == wanted:
            return
        self.close_search()
        task = Task(work, "Reading the embedding table", parent=self)
        task.stepped.connect(on_stepped)
        task.failed.connect(self._on_failed)
        self._task, self._task_for = task, wanted
        task.start()

    def _on_search_made(self, batch: list[TokenTable]) -> None:
        self._ready, self._task = batch[-1], None
        self._update()

    def _on_found(self, batch: list[ShownNeighbors]) -> None:
        self._task = None
        known, shown = self._model.token_table, batch[-1]
        ids = self._model.selection.ids
        if known is not None and known is self._ready and ids == (known.id_of(shown.row),):
            self._show_found(known, shown)

    def _on_failed(self, error: BaseException) -> None:
        self._task = None
        if isinstance(error, QueryError):
            self._show_nothing(str(error))
        else:
            self.problem.emit(failure("Reading the embedding table", error))


def _wordings(
    known: TokenTable, row: int, nearest: NearestRows, ranks: npt.NDArray[np.int64] | None
) -> tuple[str, ...]:
    """What the list shows, from the longest sentence to the shortest."""
    name = visible(known.vocab[row] or b"")
    if ranks is None or not len(ranks):
        return f"Nearest to {name} in the model, of all rows", f"Nearest to {name}"
    first = visible(known.vocab[int(nearest.ids[0])] or b"")
    place = f"{ordinal(int(ranks[0]))} on this map"
    return (
        f"{name}: {first} is 1st in the model, {place}",
        f"{first}: 1st in the model, {place}",
        f"{first}: {place}",
    )


def _found(known: TokenTable, row: int, metric: Metric) -> ShownNeighbors:
    """Raises `QueryError`."""
    return ShownNeighbors(row, tokens_nearest(known, known.search, row, _N_SHOWN, metric), metric)


def _finding(known: TokenTable, row: int, metric: Metric) -> Iterator[ShownNeighbors]:
    yield _found(known, row, metric)


def _reading(known: TokenTable) -> Iterator[TokenTable]:
    _ = known.search
    yield known
