"""The merge list: all merges by rank, filtered; a click marks where one fires in the text."""

from collections.abc import Sequence

import numpy as np
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QGuiApplication, QShowEvent
from PySide6.QtWidgets import (
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QMenu,
    QVBoxLayout,
    QWidget,
)

from tokviz.gui.encoding_pause import EncodingPause
from tokviz.gui.task import Task, failure
from tokviz.gui.theme import Theme
from tokviz.gui.tokenizer_model import TokenizerModel
from tokviz.gui.widgets.switch_button import switch_button
from tokviz.gui.widgets.tables.row_table import RowTable
from tokviz.tokenization.encoding import Int64s
from tokviz.tokenization.replay.cut_stretch import CUTTING
from tokviz.tokenization.replay.merge_firings import Firings
from tokviz.tokenization.replay.merge_search import matching_ranks
from tokviz.tokenization.replay.text_merges import count_firings, find_firings
from tokviz.tokenization.tokenizer import Tokenizer
from tokviz.tokenization.vocabulary.token_filter import FilterError
from tokviz.tokenization.vocabulary.visible_text import visible

_PAUSE_MS = 200
_AT_ONCE = 1 << 17  # characters of a text whose firings are counted within a frame
_NO_COUNTS = " Their counts in training are not published."
_MOST_NAMED = 4  # tokens named in the sentence on what absorbed a merge


class MergeRows:
    """The merges of `ranks` as rows; `fired`: how often each merge fires in the text, by rank."""

    headings: Sequence[str] = ("rank", "fires", "left", "right", "token", "id", "bytes")

    def __init__(self, tokenizer: Tokenizer, ranks: Int64s, fired: Int64s) -> None:
        self.tokenizer = tokenizer
        self.ranks = ranks
        self.fired = fired

    def n_rows(self) -> int:
        return len(self.ranks)

    def cell(self, row: int, column: int) -> str:
        rank = int(self.ranks[row])
        merge = self.tokenizer.merges[rank]
        if column == 0:
            return f"{rank:,}"
        if column == 1:
            return f"{int(self.fired[rank]):,}" if self.fired[rank] else ""
        if column in (2, 3, 4):
            token_id = (merge.left, merge.right, merge.id)[column - 2]
            return visible(self.tokenizer.token_bytes(token_id))
        if column == 5:
            return str(merge.id)
        return str(len(self.tokenizer.token_bytes(merge.id)))

    def align_right(self, column: int) -> bool:
        return column in (0, 1, 5, 6)

    def is_emphasised(self, row: int) -> bool:
        return bool(self.fired[self.ranks[row]])


class MergeListPanel(QWidget):
    """Shows the merges; picking one marks its rank in the model and selects what it makes."""

    def __init__(self, model: TokenizerModel, theme: Theme) -> None:
        super().__init__()
        self._model = model
        self._theme = theme
        self.filter = QLineEdit()
        self.filter.setPlaceholderText("Filter: text, hex:e2 80, /expression/, id:1634, rank:0-99")
        self.filter.setToolTip(f"{self.filter.placeholderText()}; id: also finds its parts")
        self.filter.setClearButtonEnabled(True)
        self.fires_only = switch_button(
            "fires in my text", "Show only the merges that fire in the text", checkable=True
        )
        self.message = QLabel()
        self.message.setTextFormat(Qt.TextFormat.PlainText)
        self.message.setWordWrap(True)
        self.message.setObjectName("muted")
        self.table = RowTable()
        nothing = np.zeros(len(model.tokenizer.merges), np.int64)
        self._rows = MergeRows(model.tokenizer, nothing[:0], nothing)
        self._asked: tuple[Tokenizer, str, bool] | None = None  # what the rows answer
        self._task: Task | None = None
        self._search: Task | None = None  # for what the marked merge became
        self._place_widgets()
        self._later = EncodingPause(model, _PAUSE_MS, self)
        self._later.timeout.connect(self._fill)
        self._connect()
        self._on_theme_changed()
        self._fill()

    def _place_widgets(self) -> None:
        row = QHBoxLayout()
        row.addWidget(self.filter, 1)
        row.addWidget(self.fires_only)
        column = QVBoxLayout(self)
        column.setContentsMargins(8, 8, 8, 8)
        column.addLayout(row)
        column.addWidget(self.message)
        column.addWidget(self.table, 1)

    def _connect(self) -> None:
        model = self._model
        self.filter.textChanged.connect(self._later.start)
        self.fires_only.toggled.connect(self._fill)
        self.table.row_picked.connect(self._on_row_picked)
        self.table.row_menu_requested.connect(self._show_menu)
        model.tokenizer_changed.connect(self._fill)
        model.order_changed.connect(self._on_marks_changed)
        model.whole_encoding_changed.connect(self._later.begin)  # counts change, rows may stay
        model.marks_changed.connect(self._on_marks_changed)
        self._theme.changed.connect(self._on_theme_changed)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._fill()

    def _fill(self) -> None:
        """Filter and count anew, if anybody looks: the firings in a long text beside the window."""
        self._cancel()
        if not self.isVisible():
            return
        text = self._model.text
        counting = count_firings(text)
        if text.n_encoded <= _AT_ONCE:
            self._show(next(fired for fired in counting if fired is not None))
            return
        n_merges = len(text.tokenizer.merges)
        before = self._rows.fired if self._rows.tokenizer is text.tokenizer else None
        self._show(np.zeros(n_merges, np.int64) if before is None else before)
        self._task = Task(counting, "Counting the firings of the merges", parent=self)
        self._task.stepped.connect(self._on_counted)
        self._task.failed.connect(self._on_failed)
        self._task.start()

    def _on_counted(self, batch: list[Int64s | None]) -> None:
        if batch[-1] is not None:
            self._task = None
            self._show(batch[-1])

    def _on_failed(self, error: BaseException) -> None:
        self.message.setText(failure("Counting where merges fire", error))

    def _cancel(self) -> None:
        task, self._task = self._task, None
        if task is not None:
            task.cancel()

    def _show(self, fired: Int64s) -> None:
        """List the merges that the filter lets pass; `fired`: how often each fires."""
        tokenizer = self._model.tokenizer
        try:
            ranks = matching_ranks(tokenizer, self.filter.text())
        except FilterError as error:
            self.message.setText(str(error))  # the rows stay as they were
            return
        if self.fires_only.isChecked():
            ranks = ranks[fired[ranks] > 0]
        asked = (tokenizer, self.filter.text(), self.fires_only.isChecked())
        if asked == self._asked:
            self._rows.ranks, self._rows.fired = ranks, fired
            self.table.refresh()
        else:
            self._rows, self._asked = MergeRows(tokenizer, ranks, fired), asked
            self.table.set_source(self._rows)
        self._on_marks_changed()

    def _on_row_picked(self, row: int) -> None:
        rank = int(self._rows.ranks[row])
        self._model.mark(rank)
        self._model.select([self._model.tokenizer.merges[rank].id])

    def _on_marks_changed(self) -> None:
        search, self._search = self._search, None
        if search is not None:
            search.cancel()
        if not self.isVisible():
            return
        rank = self._model.marked_rank
        if rank is None or not self._rows.n_rows():  # which is told before what is marked
            self.message.setText(self._summary())
        else:
            self._begin_search(rank)
        if rank is not None:
            row = int(self._rows.ranks.searchsorted(np.int64(rank)))
            if row < self._rows.n_rows() and self._rows.ranks[row] == rank:
                self.table.show_row(row)

    def _begin_search(self, rank: int) -> None:
        """Tell what became of what a merge made: of a long text once it is found in a task."""
        text = self._model.text
        search = find_firings(text, rank)
        if text.n_encoded <= _AT_ONCE:
            self._on_found([next(found for found in search if found is not None)])
            return
        self.message.setText(f"Rank {rank:,}: looking for where it fires …")
        self._search = Task(search, f"Looking for rank {rank:,}", parent=self)
        self._search.stepped.connect(self._on_found)
        self._search.failed.connect(self._on_failed)
        self._search.start()

    def _on_found(self, batch: list[Firings | None]) -> None:
        rank = self._model.marked_rank
        if batch[-1] is not None and rank is not None:
            self._search = None
            self.message.setText(self._sentence(rank, batch[-1]))

    def _summary(self) -> str:
        n_all = len(self._model.tokenizer.merges)
        if n_all == 0:
            return _why_no_merges(self._model.tokenizer)
        if self._rows.n_rows() == 0:
            return "No merge matches the filter."
        known = "" if n_all == self._rows.n_rows() else f" of {n_all:,}"
        counts = "" if self._model.tokenizer.merges.counts is not None else _NO_COUNTS
        words = f"{self._rows.n_rows():,}{known} merges.{counts}"
        return f"{words} {self._model.why_only_all_merges}".strip()

    def _sentence(self, rank: int, firings: Firings) -> str:
        if not firings.n_fired:
            return f"Rank {rank:,} does not fire in this text."
        times = "once" if firings.n_fired == 1 else f"{firings.n_fired:,} times"
        tokens = "token" if firings.survives == 1 else "tokens"
        words = f"Rank {rank:,} fired {times}, survives in {firings.survives:,} final {tokens}"
        absorbers = [
            f"{visible(self._model.tokenizer.token_bytes(token_id))} ({n:,})"
            for token_id, n in firings.absorbed_by[:_MOST_NAMED]
        ]
        if absorbers:
            more = len(firings.absorbed_by) - len(absorbers)
            words += (
                ", absorbed by " + ", ".join(absorbers) + (f" and {more:,} more" if more else "")
            )
        return words + "."

    def _show_menu(self, row: int, place: QPoint) -> None:
        rank = int(self._rows.ranks[row])
        model, merge = self._model, self._model.tokenizer.merges[rank]
        name = visible(model.tokenizer.token_bytes(merge.id))
        menu = QMenu(self)
        line = "\t".join(self._rows.cell(row, column) for column in (0, 2, 3, 4))
        menu.addAction("Copy").triggered.connect(lambda: QGuiApplication.clipboard().setText(line))
        menu.addAction("Show the left part").triggered.connect(lambda: model.select([merge.left]))
        menu.addAction("Show the right part").triggered.connect(lambda: model.select([merge.right]))
        menu.addAction(f"Merges of {name}".replace("&", "&&")).triggered.connect(
            lambda: self.filter.setText(f"id:{merge.id}")
        )
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.popup(place)

    def _on_theme_changed(self) -> None:
        self.table.set_colors(self._theme.palette)


def _why_no_merges(tokenizer: Tokenizer) -> str:
    kind = tokenizer.algorithm.value
    if tokenizer.algorithm in CUTTING or tokenizer.segmenter is None:
        return "This tokenizer has no merges. GPT-2 and SmolLM2 have some to look at."
    return f"This {kind} is carried out by a library that does not tell its merges."
