"""The special tokens: all that are reached by name only, and what their names in a text mean."""

from collections.abc import Sequence

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QButtonGroup, QHBoxLayout, QLabel, QToolButton, QVBoxLayout, QWidget

from tokviz.gui.panels.inspect.special_meanings import MEANINGS
from tokviz.gui.theme import Theme
from tokviz.gui.tokenizer_model import TokenizerModel
from tokviz.gui.widgets.switch_button import switch_button
from tokviz.gui.widgets.tables.row_table import RowTable
from tokviz.tokenization.encoding import Int64s
from tokviz.tokenization.normalization.added_tokens import AddedToken
from tokviz.tokenization.tokenizer import Special
from tokviz.tokenization.vocabulary.visible_text import visible

_PAUSE_MS = 200


class SpecialRows:
    """Added tokens as rows; `counts`: how often each id occurs in the text."""

    headings: Sequence[str] = ("id", "here", "matched", "name")

    def __init__(self, tokens: Sequence[AddedToken], counts: Int64s) -> None:
        self.tokens = tokens
        self.counts = counts

    def n_rows(self) -> int:
        return len(self.tokens)

    def cell(self, row: int, column: int) -> str:
        token = self.tokens[row]
        if column == 0:
            return str(token.id)
        if column == 1:
            return f"{self.counts[token.id]:,}" if self.counts[token.id] else ""
        if column == 2:
            return "if special" if token.special else "always"
        return visible(token.content.encode("utf-8", "surrogatepass"))

    def align_right(self, column: int) -> bool:
        return column < 2

    def is_emphasised(self, row: int) -> bool:
        return bool(self.counts[self.tokens[row].id])


class SpecialListPanel(QWidget):
    """A switch of three, and a list; picking a row selects the token everywhere."""

    def __init__(self, model: TokenizerModel, theme: Theme) -> None:
        super().__init__()
        self._model = model
        self._theme = theme
        self._switch = QButtonGroup(self)
        self.message = QLabel()
        self.message.setTextFormat(Qt.TextFormat.PlainText)
        self.message.setWordWrap(True)
        self.message.setObjectName("muted")
        self.table = RowTable()
        self._counting = model.id_counting
        self._counting.counted.connect(self._on_counted)
        self._rows = SpecialRows((), self._counting.counts)
        self._place_widgets()
        self._later = QTimer(self, singleShot=True, interval=_PAUSE_MS)
        self._later.timeout.connect(self._count)
        self._switch.idClicked.connect(lambda i: model.set_special(list(Special)[i]))
        self.table.row_picked.connect(lambda row: model.select([self._rows.tokens[row].id]))
        for signal in (model.tokenizer_changed, model.encoding_changed, model.special_changed):
            signal.connect(self._later.start)
        model.special_changed.connect(self._show_meaning)
        model.selection_changed.connect(self._on_selection_changed)
        theme.changed.connect(self._on_theme_changed)
        self._show_meaning()
        self._on_theme_changed()

    def _place_widgets(self) -> None:
        row = QHBoxLayout()
        row.setSpacing(2)
        label = QLabel("Names in the text:")
        label.setObjectName("muted")
        row.addWidget(label)
        for i, special in enumerate(Special):
            words, tip = MEANINGS[special]
            button = switch_button(words, tip, checkable=True)
            self._switch.addButton(button, i)
            row.addWidget(button)
        row.addStretch(1)
        column = QVBoxLayout(self)
        column.setContentsMargins(8, 8, 8, 8)
        column.addLayout(row)
        column.addWidget(self.message)
        column.addWidget(self.table, 1)

    def button(self, special: Special) -> QToolButton:
        """The button of the switch that chooses a meaning."""
        button = self._switch.button(list(Special).index(special))
        assert isinstance(button, QToolButton)
        return button

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._count()

    def _show_meaning(self) -> None:
        self.button(self._model.special).setChecked(True)

    def _count(self) -> None:
        """List anew, if anybody looks, by the counts that are known; others come with `counted`."""
        if not self.isVisible():
            return
        if not self._counting.begin():
            self._fill()

    def _on_counted(self) -> None:
        if self.isVisible():
            self._fill()

    def _fill(self) -> None:
        tokenizer, counts = self._model.tokenizer, self._counting.counts
        tokens = sorted(tokenizer.matched(special=True), key=lambda token: token.id)
        if tokens == self._rows.tokens:
            self._rows.counts = counts
            self.table.refresh()
        else:
            self._rows = SpecialRows(tokens, counts)
            self.table.set_source(self._rows)
        n_special = sum(token.special for token in tokens)
        if not tokens:
            self.message.setText(f"{tokenizer.name} has no special or added tokens.")
        else:
            always = len(tokens) - n_special
            more = f"; {always:,} added ones always match" if always else ""
            plural = "s" if n_special != 1 else ""
            self.message.setText(
                f"{n_special:,} special token{plural}, reached by name only{more}."
            )
        self._on_selection_changed()

    def _on_selection_changed(self) -> None:
        ids = self._model.selection.ids
        if self.isVisible() and len(ids) == 1:
            rows = [i for i, token in enumerate(self._rows.tokens) if token.id == ids[0]]
            self.table.show_row(rows[0] if rows else -1)

    def _on_theme_changed(self) -> None:
        self.table.set_colors(self._theme.palette)
