"""The find bar below the text: what to look for, how many there are, and the way to each."""

from collections.abc import Iterator

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QLineEdit

from tokviz.gui.task import Task
from tokviz.gui.tokenizer_model import TokenizerModel
from tokviz.gui.widgets.switch_button import switch_button
from tokviz.tokenization.text.text_search import (
    Hits,
    TextHits,
    TokenHits,
    find_ids,
    find_text,
    joined_hits,
    wanted_ids,
)
from tokviz.tokenization.vocabulary.token_filter import FilterError

_PAUSE_MS = 150
_SHORT = 1 << 18
"""Characters in which a plain text is found within a frame; longer texts are searched in a task."""


class FindBar(QFrame):
    """Finds in the model's text. `found`: the hits are others now. `went`: to one of them."""

    found = Signal()
    went = Signal(int, int)  # the characters of the hit gone to
    closed = Signal()

    def __init__(self, model: TokenizerModel) -> None:
        super().__init__()
        self._model = model
        self._hits: Hits = joined_hits([])
        self._current = -1
        self._origin = 0  # where the search began: typing more must not run ahead
        self._task: Task | None = None
        self._parts: list[TextHits] = []
        self.setObjectName("findBar")
        self.field = QLineEdit()
        self.field.setPlaceholderText("Find: text, id:1634, [11241, 1634], hex:e2 80, /expression/")
        self.field.setAccessibleName("Find in the text")
        self.field.setClearButtonEnabled(True)
        self.match_case = switch_button(
            "Aa", "Tell capital letters from small ones", checkable=True
        )
        self.count = QLabel()
        self.count.setObjectName("muted")
        self.count.setTextFormat(Qt.TextFormat.PlainText)
        self.previous_button = switch_button("▲", "The one before (Shift+Enter, Shift+F3)")
        self.next_button = switch_button("▼", "The next one (Enter, F3)")
        self.close_button = switch_button("✕", "Close (Esc)")
        row = QHBoxLayout(self)
        row.setContentsMargins(12, 5, 8, 5)
        row.setSpacing(4)
        row.addWidget(self.field, 1)
        for widget in (
            self.match_case,
            self.count,
            self.previous_button,
            self.next_button,
            self.close_button,
        ):
            row.addWidget(widget)
        self._later = QTimer(self, singleShot=True, interval=_PAUSE_MS)
        self._later.timeout.connect(self._search)
        self._connect()
        self.hide()

    def _connect(self) -> None:
        self.field.textChanged.connect(self._later.start)
        self.match_case.toggled.connect(self._search)
        self.previous_button.clicked.connect(lambda: self.go(-1))
        self.next_button.clicked.connect(lambda: self.go(1))
        self.close_button.clicked.connect(self.leave)
        self._model.encoding_changed.connect(self._on_encoding_changed)

    @property
    def hits(self) -> Hits | None:
        """The places to be marked, None while the bar is closed or nothing is found."""
        return self._hits if self.isVisible() and len(self._hits) else None

    def open(self, words: str, position: int) -> None:
        """Show the bar and look for `words` (for what is there if empty) from a position on."""
        self._origin = position
        self.show()
        if words:
            self.field.setText(words)
        self.field.setFocus()
        self.field.selectAll()
        self._search()

    def leave(self) -> None:
        self._cancel()
        self.hide()
        self.found.emit()
        self.closed.emit()

    def go(self, step: int) -> None:
        """Go to the next hit (1) or the one before (-1), around the ends."""
        if self._later.isActive():
            self._later.stop()
            self._search()
            return
        if len(self._hits):
            self._go_to((self._current + step) % len(self._hits))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        shift = bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_F3):
            self.go(-1 if shift else 1)
        elif event.key() == Qt.Key.Key_Escape:
            self.leave()
        else:
            super().keyPressEvent(event)

    # -- searching -----------------------------------------------------------------------------

    def _on_encoding_changed(self) -> None:
        """The places are of the text as it was."""
        if self.isVisible():
            self._cancel()
            self._hits, self._current = joined_hits([]), -1
            self.found.emit()
            self._later.start()

    def _search(self) -> None:
        if not self.isVisible():
            return
        self._cancel()
        words, text = self.field.text(), self._model.text
        self._hits, self._current = joined_hits([]), -1
        try:
            ids = wanted_ids(words, text.tokenizer) if words else None
            if ids is not None:
                self._hits = TokenHits(text, find_ids(text.ids(), ids), len(ids))
            elif words and not words.startswith("/") and text.n_chars <= _SHORT:
                self._hits = joined_hits(list(self._work(words)))
            elif words:
                self._search_beside(words)
                return
        except FilterError as error:
            self._show_words(str(error))
            self.found.emit()
            return
        self._show_first()

    def _work(self, words: str) -> Iterator[TextHits]:
        return find_text(str(self._model.text), words, match_case=self.match_case.isChecked())

    def _search_beside(self, words: str) -> None:
        self._parts = []
        self._show_words("…")
        self._task = Task(self._work(words), "Finding", parent=self)
        self._task.stepped.connect(self._parts.extend)
        self._task.stepped.connect(self._on_part_found)
        self._task.failed.connect(self._on_failed)
        self._task.finished.connect(self._on_all_found)
        self._task.start()

    def _on_part_found(self) -> None:
        self._hits = joined_hits(self._parts)
        self._show_words(f"{len(self._hits):,} so far")
        self.found.emit()

    def _on_failed(self, error: BaseException) -> None:
        self._task = None
        self._show_words(str(error) if isinstance(error, FilterError) else "The search failed.")

    def _on_all_found(self) -> None:
        if self._task is not None:
            self._task = None
            self._hits = joined_hits(self._parts)
            self._show_first()

    def _cancel(self) -> None:
        task, self._task = self._task, None
        if task is not None:
            task.cancel()

    # -- the current hit -----------------------------------------------------------------------

    def _show_first(self) -> None:
        if not len(self._hits):
            self._show_words("none" if self.field.text() else "")
            self.found.emit()
            return
        self._go_to(self._hits.at_or_after(self._origin) % len(self._hits))

    def _go_to(self, index: int) -> None:
        self._current = index
        so_far = "" if self._model.text.complete or isinstance(self._hits, TextHits) else " so far"
        self._show_words(f"{index + 1:,} of {len(self._hits):,}{so_far}")
        self.found.emit()
        start, end = self._hits.span(index)
        self._origin = start
        self.went.emit(start, end)

    def _show_words(self, words: str) -> None:
        self.count.setText(words)
