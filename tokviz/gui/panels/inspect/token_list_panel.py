"""The token list: the tokens of the text as a table, one row each, filtered and sorted."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPoint, Qt, Signal
from PySide6.QtWidgets import (
    QMenu,
)

from tokviz.gui.encoding_pause import EncodingPause
from tokviz.gui.task import Task, failure
from tokviz.gui.theme import Theme
from tokviz.gui.tokenizer_model import TokenizerModel
from tokviz.gui.widgets.exact_clipboard import copy_text
from tokviz.gui.widgets.tables.filtered_table import FilteredTable
from tokviz.tokenization.encoding import Int64s
from tokviz.tokenization.text.token_list import id_parts, indexes_in_order
from tokviz.tokenization.text.token_rows import TokenRows
from tokviz.tokenization.text.tokenized_text import TokenizedText
from tokviz.tokenization.vocabulary.token_filter import FilterError
from tokviz.tokenization.vocabulary.visible_text import visible
from tokviz.tokenization.vocabulary.vocabulary_search import TokenOrder, VocabularyIndex

_AT_ONCE = 1 << 17
"""Tokens that are filtered and sorted within a frame; more of them in a task."""
_ORDERS = {1: TokenOrder.TEXT, 2: TokenOrder.ID, 3: TokenOrder.LENGTH}  # by column; else the place


class TokenListRows:
    """Tokens of a text as rows, those of `indexes` in that order."""

    headings: Sequence[str] = ("#", "token", "id", "bytes", "characters", "in bytes", "pre-token")

    def __init__(self, text: TokenizedText, indexes: Int64s | range) -> None:
        self.text = text
        self.indexes = indexes
        self._kept: tuple[int, TokenRows] | None = None

    def n_rows(self) -> int:
        return len(self.indexes)

    def token(self, row: int) -> TokenRows | None:
        """One token, None where the text has become shorter since the list was made."""
        index = int(self.indexes[row])
        if self._kept is None or self._kept[0] != index:
            if index >= self.text.n_tokens:
                return None
            self._kept = index, self.text.token(index)
        return self._kept[1]

    def row_of(self, index: int) -> int:
        """The row of a token of the text, -1 where it is not listed."""
        if isinstance(self.indexes, range):
            return self.indexes.index(index) if index in self.indexes else -1
        found = np.flatnonzero(self.indexes == index)
        return int(found[0]) if len(found) else -1

    def forget(self) -> None:
        """The text has changed."""
        self._kept = None

    def cell(self, row: int, column: int) -> str:
        token = self.token(row)
        if token is None:
            return ""
        data = self.text.tokenizer.token_bytes(int(token.ids[0]))
        if column == 0:
            return f"{token.first:,}"
        if column == 1:
            return visible(data)
        if column == 2:
            return str(token.ids[0])
        if column == 3:
            return data[:64].hex(" ")
        if column == 4:
            return f"{token.starts[0]:,}–{token.ends[0]:,}"
        if column == 5:
            return f"{token.byte_starts[0]:,}–{token.byte_ends[0]:,}"
        span = self.text.pre_token_span(int(token.starts[0]))
        return "" if span is None else visible(self._beginning(*span))

    def _beginning(self, start: int, end: int) -> bytes:
        return self.text.slice(start, min(end, start + 40)).encode("utf-8", "replace")

    def align_right(self, column: int) -> bool:
        return column in (0, 2)

    def is_emphasised(self, row: int) -> bool:
        return False


class TokenListPanel(FilteredTable):
    """Picking a row selects that token in the text; the selected token's row comes into view."""

    problem = Signal(object)
    task_started = Signal(object)

    def __init__(self, model: TokenizerModel, theme: Theme) -> None:
        super().__init__("text, hex:e2 80, /expression/, id:1634")
        self._model = model
        tip = "Copy the ids of the tokens listed, as [1, 2, 3]"
        self.copy_button = self.add_switch("Copy ids", tip)
        self.table.set_empty_words("No token matches.")
        self._sorting = (0, True)
        self._index: VocabularyIndex | None = None
        self._rows: TokenListRows | None = None
        self._listed: tuple[object, ...] = ()
        self._task: Task | None = None
        self.asked.connect(self._fill)
        self._pause = EncodingPause(model, 0, self)
        self._pause.timeout.connect(self.ask_soon)
        self.copy_button.clicked.connect(self._on_copy_clicked)
        self.table.row_picked.connect(self._on_row_picked)
        self.table.row_menu_requested.connect(self._show_menu)
        self.table.sort_requested.connect(self._on_sort_requested)
        model.encoding_changed.connect(self._on_encoding_changed)
        model.selection_changed.connect(self._on_selection_changed)
        theme.changed.connect(lambda: self.set_colors(theme.palette))
        self.set_colors(theme.palette)

    def _on_encoding_changed(self) -> None:
        if self._rows is not None:
            self._rows.forget()
        self._pause.begin()

    # -- which tokens, and in which order ------------------------------------------------------

    def _fill(self) -> None:
        """Filter and sort anew."""
        if self._task is not None:
            self._task.cancel()
            self._task = None
        try:
            wanted = self._wanted()
        except FilterError as error:
            self.message.setText(str(error))  # the rows stay as they were
            return
        column, ascending = self._sorting
        keys = None
        if column in _ORDERS:
            no_counts = np.zeros(self._model.tokenizer.n_vocab, np.int64)  # nobody sorts by them
            keys = self._vocabulary().keys(_ORDERS[column], no_counts)
        n_tokens = self._model.text.n_tokens
        if wanted is None and keys is None:
            self._show([range(n_tokens) if ascending else range(n_tokens - 1, -1, -1)])
            return
        work = indexes_in_order(id_parts(self._model.text), wanted, keys, ascending=ascending)
        if n_tokens <= _AT_ONCE:
            self._show(list(work))
            return
        self._task = Task(work, "Listing the tokens", parent=self)
        self._task.stepped.connect(self._show)
        self._task.failed.connect(lambda e: self.problem.emit(failure("Listing the tokens", e)))
        self.task_started.emit(self._task)
        self._task.start()

    def _vocabulary(self) -> VocabularyIndex:
        if self._index is None or self._index.tokenizer is not self._model.tokenizer:
            self._index = VocabularyIndex(self._model.tokenizer)
        return self._index

    def _wanted(self) -> NDArray[np.bool_] | None:
        words = self.filter.text()
        if not words:
            return None
        wanted = np.zeros(self._model.tokenizer.n_vocab, bool)
        wanted[self._vocabulary().matching(words)] = True
        return wanted

    def _show(self, found: Sequence[Int64s | range]) -> None:
        text, indexes = self._model.text, found[-1]
        asked = (text, self.filter.text(), self._sorting)
        if asked == self._listed and self._rows is not None:
            self._rows.indexes = indexes
            self._rows.forget()
            self.table.refresh()
        else:
            self._rows, self._listed = TokenListRows(text, indexes), asked
            self.table.set_source(self._rows)
            self.table.show_sorting(*self._sorting)
        known = "" if len(indexes) == text.n_tokens else f" of {text.n_tokens:,}"
        so_far = "" if text.complete else " so far"
        self.message.setText(f"{len(indexes):,}{known} tokens{so_far}.")
        self._on_selection_changed()

    def _on_sort_requested(self, column: int, ascending: bool) -> None:
        self._sorting = (column, ascending)
        self._fill()

    # -- one selection -------------------------------------------------------------------------

    def _on_row_picked(self, row: int) -> None:
        if self._rows is not None and self._rows.token(row) is not None:
            self._model.select_token(int(self._rows.indexes[row]))

    def _on_selection_changed(self) -> None:
        place = self._model.selection.place
        if not self.isVisible() or self._rows is None or place is None:
            return
        self.table.show_row(self._rows.row_of(place))

    # -- copying -------------------------------------------------------------------------------

    def _on_copy_clicked(self) -> None:
        if self._rows is not None:
            ids = self._model.text.ids()
            listed = np.asarray(self._rows.indexes)
            listed = listed[listed < len(ids)]
            copy_text(str(ids[listed].tolist()))
            self.message.setText(f"{len(listed):,} ids copied.")

    def _show_menu(self, row: int, place: QPoint) -> None:
        assert self._rows is not None
        line = "\t".join(self._rows.cell(row, column) for column in range(7))
        token_id = self._rows.cell(row, 2)
        menu = QMenu(self)
        menu.addAction("Copy the row").triggered.connect(lambda: copy_text(line))
        menu.addAction("List only this token").triggered.connect(
            lambda: self.filter.setText(f"id:{token_id}")
        )
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.popup(place)
