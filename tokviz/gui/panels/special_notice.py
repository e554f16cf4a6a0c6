"""The notice below the text where it names special tokens that are refused, with a way to them."""

from collections.abc import Iterator

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel

from tokviz.gui.task import Task, failure
from tokviz.gui.tokenizer_model import TokenizerModel
from tokviz.gui.widgets.switch_button import switch_button
from tokviz.tokenization.normalization.added_tokens import Match
from tokviz.tokenization.text.special_names import find_names
from tokviz.tokenization.tokenizer import Special

_PAUSE_MS = 150


class SpecialNotice(QFrame):
    """There only while names are refused and the text has some."""

    place_requested = Signal(int, int)  # the characters of a name
    problem = Signal(object)

    def __init__(self, model: TokenizerModel) -> None:
        super().__init__()
        self.setObjectName("refused")
        self._model = model
        self._task: Task | None = None
        self._found: list[Match] = []
        self._at = -1  # the one shown last
        self.message = QLabel()
        self.message.setTextFormat(Qt.TextFormat.PlainText)
        self.message.setWordWrap(True)
        self.show_button = switch_button(
            "Show", "Select the name in the text; again for the next one"
        )
        self.text_button = switch_button("Take for text", "Encode the names like any other text")
        row = QHBoxLayout(self)
        row.setContentsMargins(12, 5, 8, 5)
        row.addWidget(self.message, 1)
        row.addWidget(self.show_button)
        row.addWidget(self.text_button)
        self._later = QTimer(self, singleShot=True, interval=_PAUSE_MS)
        self._later.timeout.connect(self._look)
        self.show_button.clicked.connect(self._on_show_clicked)
        self.text_button.clicked.connect(lambda: model.set_special(Special.TEXT))
        model.special_changed.connect(self._look)
        for signal in (model.tokenizer_changed, model.whole_encoding_changed):
            signal.connect(self._look_soon)
        self.hide()
        self._look()

    def close_search(self) -> None:
        """End what runs."""
        self._later.stop()
        task, self._task = self._task, None
        if task is not None:
            task.cancel()

    def _look_soon(self) -> None:
        if self._model.special is Special.REFUSE:
            self._later.start()

    def _look(self) -> None:
        self.close_search()
        if self._model.special is not Special.REFUSE:
            self.hide()
            return
        finding = _all_names(find_names(self._model.tokenizer, str(self._model.text)))
        self._task = Task(finding, "Looking for special tokens", parent=self)
        self._task.stepped.connect(self._on_found)
        self._task.failed.connect(
            lambda error: self.problem.emit(failure("Looking for special tokens", error))
        )
        self._task.start()

    def _on_found(self, batch: list[list[Match]]) -> None:
        self._found, self._at = batch[-1], -1
        self.setVisible(bool(self._found))
        if not self._found:
            return
        first, more = self._found[0], len(self._found) - 1
        others = f" and {more:,} more" if more else ""
        self.message.setText(
            f"The text names the special token {first.token.content} at character "
            f"{first.start:,}{others}; they are refused, so the tokens shown take names for text."
        )

    def _on_show_clicked(self) -> None:
        self._at = (self._at + 1) % len(self._found)
        self.place_requested.emit(self._found[self._at].start, self._found[self._at].end)


def _all_names(parts: Iterator[list[Match]]) -> Iterator[list[Match]]:
    found: list[Match] = []
    for part in parts:
        found += part
        yield []
    yield found
