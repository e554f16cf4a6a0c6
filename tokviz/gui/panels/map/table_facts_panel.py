"""Facts of the whole table: lengths of rows, isotropy, spectrum of variance, hubs."""

from collections.abc import Iterator

import numpy as np
from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QLabel, QPushButton, QVBoxLayout, QWidget

from tokviz.embedding.table_facts import TableFacts, facts_of_table
from tokviz.gui.panels.map.hub_rows import HubRows
from tokviz.gui.panels.map.map_graph import GraphFinding
from tokviz.gui.task import Task, failure
from tokviz.gui.theme import Theme
from tokviz.gui.tokenizer_model import TokenizerModel
from tokviz.gui.widgets.plots.histogram_view import HistogramView
from tokviz.gui.widgets.plots.line_plot import Curve, LinePlot
from tokviz.gui.widgets.scrolled import scrolled
from tokviz.gui.widgets.tables.row_table import RowTable
from tokviz.token_tables import TokenTable


class TableFactsPanel(QWidget):
    """A range of lengths chosen on the histogram selects its tokens; so does a click on a hub."""

    problem = Signal(object)
    task_started = Signal(object)

    def __init__(self, model: TokenizerModel, theme: Theme) -> None:
        super().__init__()
        self._model = model
        self._theme = theme
        self._shown: TokenTable | None = None
        self._facts: TableFacts | None = None
        self._task: Task | None = None
        self.graph = GraphFinding(model, self)
        self.words = QLabel()
        self.words.setTextFormat(Qt.TextFormat.PlainText)
        self.words.setWordWrap(True)
        self.histogram = HistogramView("length of the row")
        self.spectrum = LinePlot("component", "variation held, %")
        self.hub_words = QLabel("Hubs are tokens that many others have among their nearest 16.")
        self.hub_words.setWordWrap(True)
        self.hub_words.setObjectName("muted")
        self.find_hubs = QPushButton("Find the hubs")
        self.find_hubs.setToolTip("Compares every row with every other; kept for the next time")
        self.hubs = RowTable()
        self._place_widgets()
        self._connect()
        self._on_theme_changed()

    def _place_widgets(self) -> None:
        inside = QWidget()
        inside.setObjectName("cardContent")
        column = QVBoxLayout(inside)
        column.setContentsMargins(10, 8, 10, 8)
        for widget, height in (
            (self.words, 0),
            (self.histogram, 130),
            (self.spectrum, 150),
            (self.hub_words, 0),
            (self.find_hubs, 0),
            (self.hubs, 220),
        ):
            if height:
                widget.setMinimumHeight(height)
            column.addWidget(widget)
        column.addStretch(1)
        scroll = scrolled(inside)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addWidget(scroll)

    def _connect(self) -> None:
        model = self._model
        model.table_changed.connect(self._update)
        model.graph_changed.connect(self._show_hubs)
        self.histogram.range_chosen.connect(self._on_range_chosen)
        self.find_hubs.clicked.connect(self.graph.find)
        self.graph.progressed.connect(self._on_progressed)
        self.graph.ended.connect(self._show_hubs)
        self.graph.problem.connect(self.problem)
        self.graph.task_started.connect(self.task_started)
        self.hubs.row_picked.connect(self._on_hub_picked)
        self._theme.changed.connect(self._on_theme_changed)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._update()

    # -- reading the table ---------------------------------------------------------------------

    def _update(self) -> None:
        known = self._model.token_table
        if not self.isVisible() or known is self._shown:
            return
        self._shown, self._facts = known, None
        if self._task is not None:
            self._task.cancel()
            self._task = None
        self.histogram.set_values(np.zeros(0))
        self.spectrum.set_curves([])
        self._show_hubs()
        for part in (self.histogram, self.spectrum, self.hub_words):
            part.setVisible(known is not None)
        if known is None:
            self.words.setText("No embedding table is open for this tokenizer.")
            return
        self.words.setText("Reading the table …")
        task = Task(_reading(known), "Reading the facts of the table", parent=self)
        task.stepped.connect(self._on_read)
        task.failed.connect(self._on_failed)
        self._task = task
        task.start()

    def _on_read(self, batch: list[TableFacts | None]) -> None:
        facts = batch[-1]
        if facts is None or self._shown is None:
            return
        self._task, self._facts = None, facts
        known = self._shown
        self.words.setText(f"{known.audit()}\n{_sentences(facts, known.table.dim)}")
        norms = facts.norms.copy()
        norms[known.table.not_finite] = np.nan
        self.histogram.set_values(norms)
        numbers = np.arange(1, len(facts.shares) + 1, dtype=np.float64)
        self.spectrum.set_curves(
            [
                Curve("together", numbers, 100 * np.cumsum(facts.shares)),
                Curve("each", numbers, 100 * facts.shares, dashed=True),
            ]
        )

    def _on_failed(self, error: BaseException) -> None:
        self.words.setText("")
        self.problem.emit(failure("Reading the table", error))

    # -- what one picks ------------------------------------------------------------------------

    def _on_range_chosen(self, chosen: tuple[float, float] | None) -> None:
        known, facts = self._shown, self._facts
        if known is None or facts is None:
            return
        if chosen is None:
            self._model.select([])
            return
        low, high = chosen
        rows = np.flatnonzero((facts.norms >= low) & (facts.norms <= high)).tolist()
        without = set(known.without_token)
        found = known.ids_of([row for row in rows if row not in without])
        self._model.select(found.tolist())

    def _show_hubs(self) -> None:
        known, graph = self._model.token_table, self._model.graph
        found = known is not None and graph is not None
        self.hubs.setVisible(found)
        self.find_hubs.setVisible(known is not None and not found)
        if known is not None and graph is not None:
            self.hubs.set_source(HubRows(known, graph))
        self.find_hubs.setText("Find the hubs")

    def _on_progressed(self, done: float) -> None:
        self.find_hubs.setText(f"Finding the neighbours of every row: {done:.0%}")

    def _on_hub_picked(self, row: int) -> None:
        source = self.hubs.source
        if isinstance(source, HubRows):
            self._model.select([source.token_id(row)])

    def _on_theme_changed(self) -> None:
        palette = self._theme.palette
        self.histogram.set_colors(palette)
        self.spectrum.set_colors(palette)
        self.hubs.set_colors(palette)


def _reading(known: TokenTable) -> Iterator[TableFacts | None]:
    _ = known.search
    yield None
    _ = known.classes
    yield None
    yield facts_of_table(known.search)


def _sentences(facts: TableFacts, dim: int) -> str:
    half = facts.components_for(0.5)
    number = f"more than {len(facts.shares):,}" if half is None else f"{half:,}"
    return (
        f"Half of the variation lies in {number} of {dim:,} components. The mean cosine of two "
        f"rows is {facts.mean_cosine:.3f}: 0 where they point everywhere, 1 where all point one "
        f"way."
    )
