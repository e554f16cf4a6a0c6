"""The id list: the ids of the text, and any ids one pastes, decoded token by token."""

from collections.abc import Sequence

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPlainTextEdit, QVBoxLayout, QWidget

from tokviz.gui.theme import Theme
from tokviz.gui.tokenizer_model import TokenizerModel
from tokviz.gui.widgets.exact_clipboard import copy_text
from tokviz.gui.widgets.switch_button import switch_button
from tokviz.gui.widgets.tables.row_table import RowTable
from tokviz.gui.widgets.text.text_style import token_font
from tokviz.tokenization.tokenizer import Tokenizer
from tokviz.tokenization.vocabulary.token_filter import FilterError
from tokviz.tokenization.vocabulary.visible_text import visible
from tokviz.tokenization.vocabulary.vocabulary_search import parsed_ids

_PAUSE_MS = 200
_POINTS = 10.0
_MOST_SHOWN = 20_000  # ids of the text written into the field


class DecodedRows:
    """One row for each id: the token and its span in the decoded bytes."""

    headings: Sequence[str] = ("#", "id", "token", "in bytes", "bytes")

    def __init__(self, tokenizer: Tokenizer, ids: list[int]) -> None:
        self._ids = ids
        self._data = [tokenizer.token_bytes(i) for i in ids]
        self._starts = [0]
        for data in self._data:
            self._starts.append(self._starts[-1] + len(data))

    @property
    def decoded(self) -> bytes:
        return b"".join(self._data)

    @property
    def ids(self) -> list[int]:
        return self._ids

    def n_rows(self) -> int:
        return len(self._ids)

    def cell(self, row: int, column: int) -> str:
        if column == 0:
            return f"{row:,}"
        if column == 1:
            return str(self._ids[row])
        if column == 2:
            return visible(self._data[row])
        if column == 3:
            return f"{self._starts[row]:,}–{self._starts[row + 1]:,}"
        return self._data[row][:64].hex(" ")

    def align_right(self, column: int) -> bool:
        return column < 2

    def is_emphasised(self, row: int) -> bool:
        return False


class IdListPanel(QWidget):
    """Paste ids to see their tokens, and put the decoded text into the text pane."""

    text_offered = Signal(object)  # to take the place of the open text, in a way one can undo

    def __init__(self, model: TokenizerModel, theme: Theme) -> None:
        super().__init__()
        self._model = model
        self._theme = theme
        self.field = QPlainTextEdit()
        self.field.setPlaceholderText("Paste ids, such as [11241, 1634], to decode them")
        self.field.setAccessibleName("Ids")
        self.field.setFont(token_font(_POINTS))
        self.field.setMaximumHeight(96)
        self.take_button = switch_button("Ids of my text", "Write the ids of the text here")
        self.copy_button = switch_button("Copy ids", "Copy the ids as [1, 2, 3]")
        self.open_button = switch_button(
            "Open as text", "Replace the text by what these ids decode to"
        )
        self.message = QLabel()
        self.message.setTextFormat(Qt.TextFormat.PlainText)
        self.message.setWordWrap(True)
        self.message.setObjectName("muted")
        self.table = RowTable()
        self._rows = DecodedRows(model.tokenizer, [])
        self._place_widgets()
        self._later = QTimer(self, singleShot=True, interval=_PAUSE_MS)
        self._later.timeout.connect(self._decode)
        self.field.textChanged.connect(self._later.start)
        self.take_button.clicked.connect(self._on_take_clicked)
        self.copy_button.clicked.connect(lambda: copy_text(str(self._rows.ids)))
        self.open_button.clicked.connect(self._on_open_clicked)
        self.table.row_picked.connect(lambda row: model.select([self._rows.ids[row]]))
        model.tokenizer_changed.connect(self._later.start)
        theme.changed.connect(self._on_theme_changed)
        self._on_theme_changed()
        self._decode()

    def _place_widgets(self) -> None:
        row = QHBoxLayout()
        row.addWidget(self.take_button)
        row.addStretch(1)
        row.addWidget(self.copy_button)
        row.addWidget(self.open_button)
        column = QVBoxLayout(self)
        column.setContentsMargins(8, 8, 8, 8)
        column.addWidget(self.field)
        column.addLayout(row)
        column.addWidget(self.message)
        column.addWidget(self.table, 1)

    def _decode(self) -> None:
        tokenizer = self._model.tokenizer
        try:
            ids = parsed_ids(self.field.toPlainText(), tokenizer)
        except FilterError as error:
            self.message.setText(str(error))
            ids = []
        else:
            self.message.setText("")
        self._rows = DecodedRows(tokenizer, ids)
        self.table.set_source(self._rows)
        self.copy_button.setEnabled(bool(ids))
        self.open_button.setEnabled(bool(ids))
        if ids:
            self.message.setText(self._summary(tokenizer))

    def _summary(self, tokenizer: Tokenizer) -> str:
        data, ids = self._rows.decoded, self._rows.ids
        words = f"{len(ids):,} ids, {len(data):,} bytes"
        try:
            text = data.decode("utf-8")
        except UnicodeDecodeError as error:
            self.open_button.setEnabled(False)
            return f"{words}; byte {error.start:,} begins no character, so they are no text."
        if tokenizer.encode(text).ids.tolist() == ids:
            return f"{words}; encoding their text gives these ids again."
        return f"{words}; encoding their text gives other ids."

    def _on_take_clicked(self) -> None:
        ids = self._model.text.ids()
        self.field.setPlainText(str(ids[:_MOST_SHOWN].tolist()))
        self._decode()
        if len(ids) > _MOST_SHOWN:
            self._later.stop()
            self.message.setText(
                f"The first {_MOST_SHOWN:,} of {len(ids):,} ids; the list of tokens copies all."
            )

    def _on_open_clicked(self) -> None:
        self.text_offered.emit(self._rows.decoded.decode("utf-8"))

    def _on_theme_changed(self) -> None:
        self.table.set_colors(self._theme.palette)
