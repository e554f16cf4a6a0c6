"""The map panel: every row of the embedding table as a point, linked with the text.

The parts have files of their own: the map is computed by `map_runner`, coloured by `map_coloring`,
tied to the selection by `map_links` and to the text by `map_counts`, its rows sorted into classes
by `map_audit`. This file decides what is shown when the table changes.
"""

from collections.abc import Callable
from dataclasses import replace
from functools import partial

import numpy as np
import numpy.typing as npt
from PySide6.QtCore import QTimer, Signal
from PySide6.QtGui import QDragEnterEvent, QDropEvent, QShowEvent
from PySide6.QtWidgets import QStackedWidget, QVBoxLayout, QWidget

from tokviz.catalog import title_of
from tokviz.embedding.honesty import Honesty
from tokviz.embedding.projections.alignment import aligned
from tokviz.embedding.projections.layout import Layout
from tokviz.gui.files.table_opening import TableOpening
from tokviz.gui.panels.map import map_look
from tokviz.gui.panels.map.map_audit import MapAudit
from tokviz.gui.panels.map.map_coloring import COLORS, MapColoring
from tokviz.gui.panels.map.map_counts import MapCounts
from tokviz.gui.panels.map.map_exporting import MapExporting, file_kinds
from tokviz.gui.panels.map.map_graph import GraphFinding
from tokviz.gui.panels.map.map_links import MapLinks
from tokviz.gui.panels.map.map_runner import MapRunner
from tokviz.gui.panels.map.map_wishes import PROJECTION_NAMES, AxisError, axis_texts, wish_of
from tokviz.gui.panels.map.map_words import (
    MOVES,
    layout_words,
    measured,
    no_table_words,
    tokenizers_with_table,
)
from tokviz.gui.theme import Theme
from tokviz.gui.tokenizer_model import TokenizerModel
from tokviz.gui.widgets.export_button import ExportButton
from tokviz.gui.widgets.file_drop import accept_files
from tokviz.gui.widgets.map.map_area import MapArea
from tokviz.gui.widgets.message_card import MessageCard
from tokviz.gui.widgets.mode_switch import Mode
from tokviz.gui.widgets.panel_frame import PanelFrame
from tokviz.gui.widgets.switch_button import switch_button
from tokviz.token_tables import TokenTable

_REST_MS = 2000  # without another table, before t-SNE takes the place of what moved
_LIVE_VALUES = 2**22  # a table of so many numbers may be projected anew while it is learned


class EmbeddingPanel(QWidget):
    """Shows the model's table as a map, or what one can do where there is none."""

    problem = Signal(object)
    task_started = Signal(object)
    mode_requested = Signal(object)
    tokenizer_requested = Signal(str)  # the name of a shipped one

    def __init__(self, model: TokenizerModel, theme: Theme) -> None:
        super().__init__()
        self._model = model
        self._theme = theme
        self._shown: TokenTable | None = None
        self._layout: Layout | None = None
        self._points: npt.NDArray[np.float32] | None = None  # as they are shown
        self._before: npt.NDArray[np.float32] | None = None  # of the same table, a moment ago
        self.area = MapArea(PROJECTION_NAMES, COLORS)
        self.message = MessageCard()
        self.opening = TableOpening(model, self)
        self.runner = MapRunner(self)
        self.audit = MapAudit(self)
        self.links = MapLinks(model, self.area.view)
        self.coloring = MapColoring(model, theme, self.area.view, self.area.legend)
        self.graph = GraphFinding(model, self)
        self.exporting = MapExporting(model, self.area.view)
        self.counts = MapCounts(model, self.area, self)
        self._place_widgets()
        self._rested = QTimer(self, singleShot=True, interval=_REST_MS)
        self._rested.timeout.connect(self._on_settings_changed)
        self._connect()
        self._on_theme_changed()
        self._on_measured(None)
        self._on_table_changed()
        self.setAcceptDrops(True)

    def _place_widgets(self) -> None:
        self._stack = QStackedWidget()
        self._stack.addWidget(self.message)
        self._stack.addWidget(self.area)
        self._frame = PanelFrame("Map", self._stack)
        self._open_button = switch_button(
            "Open …", "Open an embedding table: safetensors, GGUF, PyTorch, numpy"
        )
        self.export_button = ExportButton(file_kinds())
        self._frame.add_control(self._open_button)
        self._frame.add_control(self.export_button)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self._frame)

    def _connect(self) -> None:
        model, area = self._model, self.area
        bar, tools, view = area.bar, area.tools, area.view
        listed = (self.opening, self.runner, self.graph, self.exporting)
        for part in (*listed, self.audit, self.coloring):
            part.problem.connect(self.problem)
        for teller in listed:
            teller.task_started.connect(self.task_started)
        area.settings.changed.connect(self._on_settings_changed)
        bar.pause_requested.connect(self._on_pause_requested)
        bar.stop_requested.connect(self.runner.close)
        area.settings.axis_from_selection_requested.connect(self._on_axis_from_selection_requested)
        self.runner.laid_out.connect(self._on_laid_out)
        self.runner.ended.connect(self._on_ended)
        self.runner.measured.connect(self._on_measured)
        self.audit.audited.connect(self._on_audited)
        tools.tool_picked.connect(view.set_tool)
        tools.fit.clicked.connect(view.fit)
        tools.zoom_to_selection.clicked.connect(self._on_zoom_to_selection)
        tools.color_picked.connect(self.coloring.color_by)
        area.legend.picked.connect(self._on_category_picked)
        self.coloring.said.connect(self._on_coloring_said)
        self.coloring.graph_wanted.connect(self.graph.find)
        self.graph.progressed.connect(self._on_graph_progressed)
        self.graph.ended.connect(self._say)
        self.links.hovered.connect(self.counts.set_hovered)
        self.counts.noted.connect(self._frame.set_note)
        view.cleared.connect(lambda: model.select([]))
        self.export_button.chosen.connect(self.exporting.save)
        self._open_button.clicked.connect(self.opening.ask_and_open)
        model.table_changed.connect(self._on_table_changed)
        model.tokenizer_changed.connect(self._on_tokenizer_changed)
        self._theme.changed.connect(self._on_theme_changed)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._model.require_table()
        self._on_table_changed()
        self.counts.count()

    def close_map(self) -> None:
        """End what runs."""
        for part in (self.opening, self.runner, self.audit, self.coloring, self.graph):
            part.close()

    # -- the table -----------------------------------------------------------------------------

    def _on_tokenizer_changed(self) -> None:
        if self.isVisible():
            self._model.require_table()
            self._show_message()

    def _on_table_changed(self) -> None:
        """Show the model's table if anybody looks."""
        known = self._model.token_table
        if known is None or not self.isVisible():
            if known is None:
                self._forget()
            self._show_message()
            return
        if known is self._shown:
            return
        moves = self._is_next_of(known)
        if moves and self.runner.is_soon_done:
            return  # Tables may come faster than maps: this one, or a later one, is taken up then.
        self._before = self._points if moves else None
        self._shown = known
        self.runner.set_table(known, moves=moves)
        self.audit.set_table(known, moves=moves)
        self.counts.set_table(known)
        self._stack.setCurrentWidget(self.area)
        self.export_button.setEnabled(True)
        if not moves:
            self._layout = None
            self.area.settings.set_n_components(min(known.table.dim, known.table.n_rows))
        self._project()

    def _is_next_of(self, known: TokenTable) -> bool:
        """Whether it is the table shown, a little later in its learning."""
        before = self._shown
        return (
            before is not None
            and known.table.n_rows * known.table.dim <= _LIVE_VALUES
            and known.is_next_of(before)
        )

    def _forget(self) -> None:
        self.runner.set_table(None)
        self.audit.set_table(None)
        self.coloring.close()
        self._shown = self._layout = self._before = None
        self.counts.set_table(None)

    def _show_message(self) -> None:
        """What to do where there is no table."""
        self.export_button.setEnabled(self._model.table is not None)
        if self._model.table is not None:
            return
        self._stack.setCurrentWidget(self.message)
        if self._model.is_loading_table:
            self.message.set_message("Loading the embedding table …", "")
            return
        title, words = no_table_words(self._model.tokenizer.name)
        actions: list[tuple[str, Callable[[], object]]] = [
            ("Open an embedding table …", self.opening.ask_and_open),
            ("Open table and tokenizer from a model's folder …", self.opening.ask_and_open_folder),
            ("Train a bigram model on this text", partial(self.mode_requested.emit, Mode.LEARN)),
        ]
        for name in tokenizers_with_table(but=self._model.tokenizer.name):
            switch = partial(self.tokenizer_requested.emit, name)
            actions.append((f"Switch to {title_of(name)}", switch))
        self.message.set_message(title, words, actions)

    def _on_audited(self) -> None:
        self._show_classes()
        self._say()

    def _show_classes(self) -> None:
        """Rows that are not ordinary as rings, once they are known and there are points."""
        if self._shown is not None and self._layout is not None and self.audit.words:
            self.area.view.set_classes(map_look.hollow_rows(self._shown))

    # -- the map -------------------------------------------------------------------------------

    def _on_settings_changed(self) -> None:
        self._before = None  # another map need not lie as the last one did
        self._project()

    def _project(self) -> None:
        """Compute the map that is asked for."""
        if self._shown is None:
            return
        try:
            wish = wish_of(self.area.settings.choice, self._shown)
            if self._before is not None and wish.projection == "tsne":
                # t-SNE would begin anew with each of the tables, and never come to an end.
                wish = replace(wish, projection="pca", components=(0, 1))
                self._rested.start()
        except AxisError as error:
            self.area.say(str(error))
            return
        if self._before is None:
            self._layout = None
        self.runner.show(wish, quietly=self._before is not None)
        self._update_running()

    def _on_laid_out(self, layout: Layout) -> None:
        before = self._layout
        if self._shown is None:
            return
        self._layout = layout
        if before is None or layout.points is not before.points or self._model.points is None:
            self._place(layout.points, keep_view=before is not None)
        if before is None:
            self._dress()
        if layout.done == 1.0 and self.runner.maker is not None and self.runner.maker.graph:
            self._model.set_graph(self.runner.maker.graph)
        self._say()

    def _place(self, points: npt.NDArray[np.float32], *, keep_view: bool) -> None:
        if self._before is not None:
            points = aligned(points, self._before)
        self._points = points
        self.area.view.set_points(points, keep_view=keep_view)
        self._model.set_points(points)
        if self._before is not None and self._shown is not None:
            self.area.view.set_classes(self._shown.table.never_updated)
            self.links.update()

    def _dress(self) -> None:
        """Labels, colours and marks for new points."""
        self.counts.label_points()
        self._show_classes()
        self.audit.begin()  # not before: both would decode the table
        self.links.update()
        self.coloring.update()

    def _on_ended(self) -> None:
        self._update_running()
        self._say()
        self._on_table_changed()

    def _update_running(self) -> None:
        runs = self.runner.is_running and self.area.settings.choice.projection == "tsne"
        self.area.bar.set_running(running=runs, paused=self.runner.is_paused)

    def _on_pause_requested(self) -> None:
        if self.runner.is_paused:
            self.runner.resume()
        else:
            self.runner.pause()
        self._update_running()

    def _on_axis_from_selection_requested(self) -> None:
        if self._shown is None:
            return
        try:
            self.area.settings.set_axis(*axis_texts(self._model.selection.ids, self._shown))
        except AxisError as error:
            self.area.say(str(error))

    def _on_zoom_to_selection(self) -> None:
        if self._shown is not None:
            self.area.view.zoom_to(self._shown.rows_of(self._model.selection.ids))

    def _on_category_picked(self, category: int | None) -> None:
        """Show the points of one colour alone; the others are dimmed."""
        if category is None:
            self.links.update_selection()
        else:
            self.area.view.set_highlight(self.coloring.rows_of(category), True)

    def _on_graph_progressed(self, done: float) -> None:
        self.area.hint.setText(f"Finding the true neighbours of every row: {done:.0%}")

    # -- what is said --------------------------------------------------------------------------

    def _on_coloring_said(self, missing: str) -> None:
        if missing:
            self.area.hint.setText(missing)
        else:
            self._say()

    def _say(self) -> None:
        known, layout = self._shown, self._layout
        if known is None or layout is None:
            return
        words, hint = layout_words(known, layout, self.audit.words)
        if self._before is not None and self.area.settings.choice.projection == "tsne":
            words = f"{words} {MOVES}"
        self.area.say(words, hint)

    def _on_measured(self, found: Honesty | None) -> None:
        self.area.strip.set_measured(measured(found))

    def _on_theme_changed(self) -> None:
        self.area.set_colors(self._theme.palette)

    # -- dropped files -------------------------------------------------------------------------

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        accept_files(event)

    def dropEvent(self, event: QDropEvent) -> None:
        if paths := accept_files(event):
            # A question asked within the drop would hold the program one drags from.
            QTimer.singleShot(0, self, lambda: self.opening.open(paths[0]))
