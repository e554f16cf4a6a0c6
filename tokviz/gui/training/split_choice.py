"""The split pattern: one by name or one's own, and what it does to a line of the open text."""

from collections.abc import Iterator

from PySide6.QtCore import QTimer, Signal
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QVBoxLayout, QWidget

from tokviz.gui.palette import Palette
from tokviz.gui.task import Task, failure
from tokviz.gui.tokenizer_model import TokenizerModel
from tokviz.gui.widgets.piece_line import PieceLine
from tokviz.gui.widgets.plain_label import plain_label
from tokviz.tokenization.pre_tokenization.known_patterns import SPLIT_PATTERNS
from tokviz.tokenization.pre_tokenization.split_checks import split_sample
from tokviz.tokenization.vocabulary.visible_text import visible

_SAMPLE = 60  # characters
_PAUSE_MS = 120


class SplitChoice(QWidget):
    """The pattern is compiled and tried beside the GUI, which a hostile one cannot stop."""

    edited = Signal()

    def __init__(self, model: TokenizerModel) -> None:
        super().__init__()
        self._model = model
        self._task: Task | None = None
        self.combo = QComboBox()
        self.combo.addItems(list(SPLIT_PATTERNS))
        self.combo.setEditable(True)
        self.combo.setInsertPolicy(QComboBox.InsertPolicy.NoInsert)
        self.combo.setToolTip("A split pattern by name, or a regular expression of your own")
        self.combo.setAccessibleName("Split pattern")
        self.pieces = PieceLine()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        row = QHBoxLayout()
        self.label = plain_label("split pattern")
        row.addWidget(self.label)
        row.addWidget(self.combo, 1)
        column.addLayout(row)
        column.addWidget(self.pieces)
        self._pause = QTimer(self, singleShot=True, interval=_PAUSE_MS)
        self._pause.timeout.connect(self._try)
        self.combo.editTextChanged.connect(self._on_edited)
        for changed in (model.caret_changed, model.text_replaced, model.encoding_changed):
            changed.connect(self._try_soon)
        self._try_soon()

    @property
    def pattern(self) -> str:
        return self.combo.currentText()

    def set_colors(self, palette: Palette) -> None:
        self.pieces.set_colors(palette)

    def _on_edited(self) -> None:
        self._try_soon()
        self.edited.emit()

    def _try_soon(self) -> None:
        # Not started anew each time: during long work the signals never pause.
        if not self._pause.isActive():
            self._pause.start()

    def _try(self) -> None:
        if not self.isVisible():
            return
        if self._task is not None:
            self._task.cancel()
        work = _trying(self.pattern, self._sample(), _SAMPLE)
        self._task = Task(work, "Split pattern", parent=self)
        self._task.stepped.connect(self._on_tried)
        self._task.failed.connect(self._on_failed)
        self._task.finished.connect(self._on_finished)
        self._task.start()

    def _sample(self) -> str:
        """What follows the caret, or begins the text where nothing does; a character too long if
        it goes on."""
        text, (start, _) = self._model.text, self._model.caret
        sample = text.slice(start, start + _SAMPLE + 1)
        return sample if sample.strip() else text.slice(0, _SAMPLE + 1)

    def _on_tried(self, batch: list[list[str]]) -> None:
        pre_tokens = [piece.encode("utf-8", "surrogatepass") for piece in batch[-1]]
        self.pieces.set_pieces([visible(data) for data in pre_tokens])

    def _on_failed(self, error: BaseException) -> None:
        self.pieces.set_words(failure("The split pattern", error))

    def _on_finished(self) -> None:
        if self._task is not None and not self._task.is_active:
            self._task = None

    def showEvent(self, event: object) -> None:
        self._try_soon()


def _trying(pattern: str, sample: str, most: int) -> Iterator[list[str]]:
    """The pre-tokens of a sample; one that is cut where the sample ends would be none."""
    pieces = split_sample(pattern, sample)
    yield pieces[:-1] if len(sample) > most and len(pieces) > 1 else pieces
