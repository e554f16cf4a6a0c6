"""The table while it learns, beside the log-probabilities from counts at which it arrives."""

import math

import numpy as np
from PySide6.QtCore import Qt
from PySide6.QtGui import QResizeEvent, QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QVBoxLayout, QWidget

from tokviz.gui.panels.learn.bigram_learning import MOST_SHOWN
from tokviz.gui.panels.learn.bigram_session import BigramSession
from tokviz.gui.theme import Theme
from tokviz.gui.tokenizer_model import TokenizerModel
from tokviz.gui.widgets.plots.heat_map import HeatMap

_BETWEEN = 4  # pixels between the two maps


class BigramTablePanel(QWidget):
    """Two heat maps that zoom and move as one: rows are the token before, columns the next."""

    def __init__(self, model: TokenizerModel, session: BigramSession, theme: Theme) -> None:
        super().__init__()
        self._model = model
        self._session = session
        self._theme = theme
        self.learned = HeatMap("learned: ln p(next token)", "What is learned appears here.")
        self.counted = HeatMap(
            "counted in the text", "What counting gives appears here.", rows_labelled=False
        )
        self.words = QLabel()
        self.words.setTextFormat(Qt.TextFormat.PlainText)
        self.words.setObjectName("muted")
        self.words.setWordWrap(True)
        maps = self._maps = QHBoxLayout()
        maps.setSpacing(_BETWEEN)
        maps.addWidget(self.learned)
        maps.addWidget(self.counted)
        column = QVBoxLayout(self)
        column.setContentsMargins(10, 6, 10, 6)
        column.addLayout(maps, 1)
        column.addWidget(self.words)
        for one, other in ((self.learned, self.counted), (self.counted, self.learned)):
            one.view_changed.connect(other.set_view)
            one.cell_hovered.connect(other.set_cell)
            one.cell_hovered.connect(self._show_words)
            one.cell_picked.connect(self._on_cell_picked)
        session.learned.connect(self._show_learned)
        session.begun_changed.connect(self._on_begun)
        model.selection_changed.connect(self._show_selected)
        theme.changed.connect(self._on_theme_changed)
        self._on_theme_changed()
        self._on_begun()

    def _on_theme_changed(self) -> None:
        self.learned.set_colors(self._theme.palette)
        self.counted.set_colors(self._theme.palette)

    def _on_begun(self) -> None:
        begun = self._session.begun
        if begun is None:
            nothing = np.zeros((0, 0), np.float32)
            self.learned.set_matrix(nothing, ())
            self.counted.set_matrix(nothing, ())
            self._show_opened()
        else:
            labels = [self._label(row) for row in begun.shown.tolist()]
            unknown = np.full(begun.counted.shape, np.nan, np.float32)
            self.learned.set_matrix(unknown, labels)
            self.counted.set_matrix(begun.counted, labels)
            self.counted.set_view(self.learned.view)
        self._show_learned()
        self._show_selected()
        self._show_words(None)

    def _show_opened(self) -> None:
        """The table of a language model that was opened and has not learned on: the rows that are
        most frequent in the open text, as there are no counts of what it learned from."""
        table, session = self._session.table, self._session
        if table is None:
            return
        rows = table.rows_of(self._model.text.ids())
        counts = np.bincount(rows[rows >= 0], minlength=table.n_rows)
        shown = np.argsort(-counts, kind="stable")[:MOST_SHOWN]
        labels = [session.label_of_id(table.id_of(int(row))) for row in shown]
        self.learned.set_matrix(table.log_probabilities(shown)[:, shown], labels)

    def _label(self, row: int) -> str:
        """By the training's own rows: its first table may not be there yet."""
        begun = self._session.begun
        assert begun is not None
        ids = begun.training.token_ids
        return self._session.label_of_id(row if ids is None else int(ids[row]))

    def _show_learned(self) -> None:
        begun, logs = self._session.begun, self._session.logs
        if not self.isVisible() or begun is None or logs is None:
            return
        if logs.shape == begun.counted.shape:
            self.learned.set_values(logs)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._show_learned()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Cells of one size in both, so that they can be compared: the labels' room is extra."""
        super().resizeEvent(event)
        extra = self.learned.room - self.counted.room
        half = (self._maps.geometry().width() - _BETWEEN - extra) / 2
        self._maps.setStretch(0, max(1, round(half + extra)))
        self._maps.setStretch(1, max(1, round(half)))

    def _show_selected(self) -> None:
        begun, table = self._session.begun, self._session.table
        place = None
        if begun is not None and table is not None and len(self._model.selection.ids) == 1:
            row = int(table.rows_of([self._model.selection.ids[0]])[0])
            found = np.flatnonzero(begun.shown == row)
            place = int(found[0]) if len(found) else None
        self.learned.set_row(place)
        self.counted.set_row(place)

    def _on_cell_picked(self, row: int, _column: int) -> None:
        begun = self._session.begun
        if begun is not None and begun.tokenizer is self._model.tokenizer:
            ids = begun.training.token_ids
            number = int(begun.shown[row])
            self._model.select([number if ids is None else int(ids[number])])

    def _show_words(self, cell: tuple[int, int] | None) -> None:
        begun, logs = self._session.begun, self._session.logs
        if begun is None:
            opened = self._session.table is not None
            told = " Counting begins when it learns on." if opened else ""
            self.words.setText(
                f"Rows are tokens, columns what comes next; darker is likelier.{told}"
            )
            return
        if cell is None or logs is None:
            n, n_rows = len(begun.shown), begun.part.n_rows
            which = "All" if n == n_rows else f"The {n:,} most frequent of"
            self.words.setText(
                f"{which} {n_rows:,} tokens, the most frequent first. Wheel: zoom, drag: move."
            )
            return
        row, column = cell
        one, other = (self._label(int(begun.shown[i])) for i in cell)
        learned, counted = float(logs[row, column]), float(begun.counted[row, column])
        here = "never before another" if math.isnan(counted) else f"{math.exp(counted):.2%}"
        self.words.setText(f"{one} → {other}: learned {math.exp(learned):.2%}, counted {here}.")
