"""The strip below the text: what cannot be shown of this tokenizer, and how it changes the text."""

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel

from tokviz.gui.task import Task, failure
from tokviz.gui.tokenizer_model import TokenizerModel
from tokviz.gui.widgets.switch_button import switch_button
from tokviz.tokenization.text.normalized_text import count_changed
from tokviz.tokenization.vocabulary.limits import limits_of

_PAUSE_MS = 250
_COMPARING = "Comparing with the normalized text"


class TokenizerStrip(QFrame):
    """There only while there is something to say; closing it lasts until another tokenizer."""

    problem = Signal(object)

    def __init__(self, model: TokenizerModel) -> None:
        super().__init__()
        self.setObjectName("strip")
        self._model = model
        self._task: Task | None = None
        self._n_changed = 0
        self._known: dict[str, bool] = {}  # pre-token → whether normalizing changes it
        self._closed = ""  # the name of the tokenizer that no more is to be said of
        self.message = QLabel()
        self.message.setTextFormat(Qt.TextFormat.PlainText)
        self.message.setWordWrap(True)
        self.message.setObjectName("muted")
        self.close_button = switch_button("✕", "Close until another tokenizer is chosen")
        self.close_button.clicked.connect(self._on_close_clicked)
        row = QHBoxLayout(self)
        row.setContentsMargins(12, 4, 8, 4)
        row.addWidget(self.message, 1)
        row.addWidget(self.close_button, 0, Qt.AlignmentFlag.AlignTop)
        self._later = QTimer(self, singleShot=True, interval=_PAUSE_MS)
        self._later.timeout.connect(self._count)
        model.tokenizer_changed.connect(self._on_tokenizer_changed)
        model.whole_encoding_changed.connect(self._count_soon)
        self.hide()
        self._show()
        self._count_soon()

    def close_count(self) -> None:
        """End what runs."""
        self._later.stop()
        task, self._task = self._task, None
        if task is not None:
            task.cancel()

    def _on_tokenizer_changed(self) -> None:
        if self._model.tokenizer.name != self._closed:
            self._closed = ""
        self.close_count()
        self._n_changed, self._known = 0, {}
        self._show()
        self._count_soon()

    def _on_close_clicked(self) -> None:
        self._closed = self._model.tokenizer.name
        self._show()

    def _count_soon(self) -> None:
        tokenizer = self._model.tokenizer
        if tokenizer.normalizer is not None or tokenizer.segmenter is not None:
            self._later.start()

    def _count(self) -> None:
        self.close_count()
        task = Task(count_changed(self._model.text, self._known), _COMPARING, parent=self)
        task.stepped.connect(self._on_counted)
        task.failed.connect(lambda error: self.problem.emit(failure(_COMPARING, error)))
        self._task = task
        task.start()

    def _on_counted(self, batch: list[int]) -> None:
        self._n_changed = batch[-1]
        self._show()

    def _show(self) -> None:
        sentences = limits_of(self._model.tokenizer)
        if self._n_changed:
            sentences.append(self._normalizing())
        self.message.setText(" ".join(sentences))
        self.setVisible(bool(sentences) and not self._closed)

    def _normalizing(self) -> str:
        normalizer, n = self._model.tokenizer.normalizer, self._n_changed
        by = "" if normalizer is None else f" ({normalizer.title})"
        so_far = "" if self._model.text.complete else " so far"
        places = "1 pre-token" if n == 1 else f"{n:,} pre-tokens"
        return f"Normalizing{by} changes {places}{so_far}: see the token's card."
