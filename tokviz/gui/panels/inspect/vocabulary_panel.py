"""The vocabulary panel: every token, searched and sorted, and how often each is in the text."""

from collections.abc import Sequence

import numpy as np
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import (
    QMenu,
)

from tokviz.gui.encoding_pause import EncodingPause
from tokviz.gui.theme import Theme
from tokviz.gui.tokenizer_model import TokenizerModel
from tokviz.gui.widgets.exact_clipboard import copy_text
from tokviz.gui.widgets.tables.filtered_table import FilteredTable
from tokviz.tokenization.encoding import Int64s
from tokviz.tokenization.tokenizer import Tokenizer
from tokviz.tokenization.vocabulary.token_filter import FilterError
from tokviz.tokenization.vocabulary.visible_text import visible
from tokviz.tokenization.vocabulary.vocabulary_search import NO_RANK, TokenOrder, VocabularyIndex

_ORDERS = (TokenOrder.ID, TokenOrder.TEXT, TokenOrder.COUNT, TokenOrder.LENGTH, TokenOrder.RANK)


class VocabularyRows:
    """Tokens of a vocabulary as rows; `counts`: how often each id occurs in the text."""

    headings: Sequence[str] = (*(order.value for order in _ORDERS), "bytes")

    def __init__(self, index: VocabularyIndex, ids: Int64s, counts: Int64s) -> None:
        self.index = index
        self.ids = ids
        self.counts = counts

    def n_rows(self) -> int:
        return len(self.ids)

    def data(self, row: int) -> bytes:
        return self.index.tokenizer.token_bytes(int(self.ids[row]))

    def cell(self, row: int, column: int) -> str:
        token_id = int(self.ids[row])
        if column == 0:
            return str(token_id)
        if column == 1:
            return visible(self.data(row))
        if column == 2:
            return f"{self.counts[token_id]:,}" if self.counts[token_id] else ""
        if column == 3:
            return f"{self.index.lengths[token_id]:,}"
        if column == 4:
            rank = self.index.ranks[token_id]
            return "" if rank == NO_RANK else f"{rank:,}"
        return self.data(row)[:64].hex(" ")

    def align_right(self, column: int) -> bool:
        return column in (0, 2, 3, 4)

    def is_emphasised(self, row: int) -> bool:
        return bool(self.counts[self.ids[row]])


class VocabularyPanel(FilteredTable):
    """Picking a row selects the token everywhere; the row of a selected token comes into view."""

    def __init__(self, model: TokenizerModel, theme: Theme) -> None:
        super().__init__("text, hex:e2 80, /expression/, id:0-255, [11241, 1634]")
        self._model = model
        tip = "Only tokens that occur in the text, the most frequent first"
        self.here_only = self.add_switch("in my text", tip, checkable=True)
        self._sorting = (TokenOrder.ID, True)
        self._index: VocabularyIndex | None = None
        self._rows: VocabularyRows | None = None
        self._listed: tuple[object, ...] = ()
        self._counting = model.id_counting
        self._counting.counted.connect(self._on_counted)
        self.asked.connect(self._list)
        self._pause = EncodingPause(model, 0, self)
        self._pause.timeout.connect(self.ask_soon)
        self.here_only.toggled.connect(self._on_here_toggled)
        self.table.row_picked.connect(self._on_row_picked)
        self.table.row_menu_requested.connect(self._show_menu)
        self.table.sort_requested.connect(self._on_sort_requested)
        model.tokenizer_changed.connect(self.ask_soon)
        model.encoding_changed.connect(self._pause.begin)
        model.selection_changed.connect(self._on_selection_changed)
        theme.changed.connect(lambda: self.set_colors(theme.palette))
        self.set_colors(theme.palette)

    def _index_of(self, tokenizer: Tokenizer) -> VocabularyIndex:
        if self._index is None or self._index.tokenizer is not tokenizer:
            self._index = VocabularyIndex(tokenizer)
        return self._index

    def _list(self) -> None:
        """List anew by the counts that are known; others, if need be, come with `counted`."""
        if not self._counting.begin():
            self._fill()

    def _on_counted(self) -> None:
        if self.isVisible():
            self._fill()

    def _fill(self) -> None:
        """Filter and sort anew."""
        index, counts = self._index_of(self._model.tokenizer), self._counting.counts
        try:
            ids = index.matching(self.filter.text())
        except FilterError as error:
            self.message.setText(str(error))  # the rows stay as they were
            return
        if self.here_only.isChecked():
            ids = ids[counts[ids] > 0]
        order, ascending = self._sorting
        ids = index.in_order(ids, order, counts, ascending=ascending)
        asked = (index, self.filter.text(), self.here_only.isChecked(), self._sorting)
        if asked == self._listed and self._rows is not None:
            self._rows.ids, self._rows.counts = ids, counts
            self.table.refresh()
        else:
            self._rows, self._listed = VocabularyRows(index, ids, counts), asked
            self.table.set_source(self._rows)
            self.table.show_sorting(_ORDERS.index(order), ascending)
        self.message.setText(self._summary())
        self._on_selection_changed()

    def _summary(self) -> str:
        assert self._rows is not None
        n_rows, counts = self._rows.n_rows(), self._rows.counts
        if not n_rows:
            return "No token matches."
        n_all = int(self._rows.index.known.sum())
        known = "" if n_all == n_rows else f" of {n_all:,}"
        so_far = "" if self._model.text.complete else " so far"
        distinct = int(np.count_nonzero(counts))
        return f"{n_rows:,}{known} tokens; {distinct:,} occur in the text{so_far}."

    def _on_here_toggled(self, on: bool) -> None:
        self._sorting = (TokenOrder.COUNT, False) if on else (TokenOrder.ID, True)
        self._list()

    def _on_sort_requested(self, column: int, ascending: bool) -> None:
        if column < len(_ORDERS):
            self._sorting = (_ORDERS[column], ascending)
        self._list()

    def _on_row_picked(self, row: int) -> None:
        if self._rows is not None:
            self._model.select([int(self._rows.ids[row])])

    def _on_selection_changed(self) -> None:
        ids = self._model.selection.ids
        if not self.isVisible() or self._rows is None or len(ids) != 1:
            return
        found = np.flatnonzero(self._rows.ids == ids[0])
        self.table.show_row(int(found[0]) if len(found) else -1)

    def _show_menu(self, row: int, place: QPoint) -> None:
        assert self._rows is not None
        token_id, data = int(self._rows.ids[row]), self._rows.data(row)
        copies = {"Copy id": str(token_id), "Copy bytes": data.hex(" ")}
        text = data.decode("utf-8", "replace")
        if text.encode("utf-8") == data:
            copies["Copy text"] = text
        menu = QMenu(self)
        for words, what in copies.items():
            menu.addAction(words).triggered.connect(lambda _on=False, what=what: copy_text(what))
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.popup(place)
