"""The training panel: learns a byte-pair encoding from the open text, and shows it happen."""

from time import monotonic

import numpy as np
from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QFormLayout,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QSpinBox,
    QSplitter,
    QTabWidget,
    QVBoxLayout,
    QWidget,
)

from tokviz.gui.panels.bpe_training import (
    Counting,
    Report,
    Wishes,
    go_on,
    train,
    trained_tokenizer,
)
from tokviz.gui.panels.learned_rows import LearnedRows
from tokviz.gui.task import Task, failure
from tokviz.gui.theme import Theme
from tokviz.gui.tokenizer_model import TokenizerModel
from tokviz.gui.widgets.line_plot import Curve, LinePlot
from tokviz.gui.widgets.panel_frame import PanelFrame
from tokviz.gui.widgets.row_table import RowTable
from tokviz.tokenization.pre_tokenizers import SPLIT_PATTERNS, SplitPattern, split_pattern
from tokviz.tokenization.trainer import Alphabet, LearnedMerge, TieRule, Training

_SHOW_EVERY = 0.3  # seconds between two recolourings of the text
_BYTE_ALPHABETS = {
    "bytes (ids 0–255 are the bytes)": Alphabet.BYTES,
    "bytes as Hugging Face numbers them": Alphabet.HUGGINGFACE,
}
_TIES = {"the lowest pair of ids": TieRule.LOWEST, "the one that occurs first": TieRule.FIRST}


class BpeTrainingPanel(QWidget):
    """Settings at the left, the merges and the curve at the right; `pages` has room for more beside
    the curve. The model gets the tokenizer learned so far a few times a second, so the text
    recolours while it learns."""

    problem = Signal(object)
    task_started = Signal(object)

    def __init__(self, model: TokenizerModel, theme: Theme) -> None:
        super().__init__()
        self._model = model
        self._theme = theme
        self._task: Task | None = None
        self._training: Training | None = None
        self._split: SplitPattern = SPLIT_PATTERNS["gpt2"]
        self._merges: list[LearnedMerge] = []
        self._shown_at = 0.0
        self._make_widgets()
        self._place_widgets()
        self.train_button.clicked.connect(self.start)
        self.cancel_button.clicked.connect(self.cancel)
        self.continue_button.clicked.connect(self.go_on)
        self.table.row_picked.connect(self._on_row_picked)
        theme.changed.connect(self._on_theme_changed)
        self._on_theme_changed()
        self._update_buttons()

    # -- building ------------------------------------------------------------------------------

    def _make_widgets(self) -> None:
        self.pattern = QComboBox()
        self.pattern.addItems(list(SPLIT_PATTERNS))
        self.pattern.setEditable(True)
        self.pattern.setToolTip("A split pattern by name, or a regular expression of your own")
        self.alphabet = QComboBox()
        self.alphabet.addItems(list(_BYTE_ALPHABETS))
        self.vocab_size = _number_box(257, 1_000_000, 1000)
        self.min_count = _number_box(1, 1_000_000, 2)
        self.ties = QComboBox()
        self.ties.addItems(list(_TIES))
        self.hold_out = QCheckBox("keep 10 % of the text aside")
        self.hold_out.setChecked(True)
        self.train_button = QPushButton("Train on the open text")
        self.train_button.setDefault(True)
        self.cancel_button = QPushButton("Cancel")
        self.continue_button = QPushButton("Continue")
        self.continue_button.setToolTip("Go on to the size above without counting again")
        self.words = QLabel("The most frequent pair becomes a token, again and again.")
        self.words.setTextFormat(Qt.TextFormat.PlainText)
        self.words.setWordWrap(True)
        self.clock = QLabel("Training: the most frequent pair wins")
        self.clock.setObjectName("trainingClock")
        self.table = RowTable()
        self.plot = LinePlot("vocabulary", "bytes a token")
        self.pages = QTabWidget()
        self.pages.setDocumentMode(True)
        self.pages.addTab(self.plot, "Bytes a token")

    def _place_widgets(self) -> None:
        form = QFormLayout()
        form.addRow("split pattern", self.pattern)
        form.addRow("alphabet", self.alphabet)
        form.addRow("vocabulary", self.vocab_size)
        form.addRow("lowest count", self.min_count)
        form.addRow("ties: take", self.ties)
        form.addRow("held out", self.hold_out)
        buttons = QHBoxLayout()
        for button in (self.train_button, self.cancel_button, self.continue_button):
            buttons.addWidget(button)
        left = QWidget()
        column = QVBoxLayout(left)
        column.addLayout(form)
        column.addLayout(buttons)
        column.addWidget(self.words)
        column.addStretch(1)
        split = QSplitter(Qt.Orientation.Horizontal)
        for widget in (left, self.table, self.pages):
            split.addWidget(widget)
        split.setSizes([340, 480, 420])
        frame = PanelFrame("Train a BPE", split)
        frame.add_control(self.clock)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addWidget(frame)

    # -- running -------------------------------------------------------------------------------

    def start(self) -> None:
        """Count the open text's pre-tokens and learn from them."""
        text = str(self._model.text)
        if not text:
            self.words.setText("There is no text to learn from yet: paste or open one.")
            return
        wishes = Wishes(
            pattern=self.pattern.currentText(),
            alphabet=_BYTE_ALPHABETS[self.alphabet.currentText()],
            vocab_size=self.vocab_size.value(),
            ties=_TIES[self.ties.currentText()],
            min_count=self.min_count.value(),
            hold_out=self.hold_out.isChecked(),
        )
        try:
            self._split = split_pattern(wishes.pattern)
        except ValueError as error:
            self.words.setText(str(error))
            return
        self._training, self._merges = None, []
        self._run(Task(train(text, wishes), "Training", parent=self))

    def go_on(self) -> None:
        """Learn on to the size asked for; nothing is counted again."""
        if self._training is not None and self._task is None:
            self._run(Task(go_on(self._training, self.vocab_size.value()), "Training", parent=self))

    def cancel(self) -> None:
        """Stop at once and keep what was learned."""
        task, self._task = self._task, None
        if task is not None:
            task.cancel()
            # The thread is in the middle of a merge at most; what follows reads what it made.
            task.wait()
            self._show_learned(last=True)

    def _run(self, task: Task) -> None:
        self._model.set_training(None)  # it is read where nothing is learned any more
        task.stepped.connect(self._on_stepped)
        task.failed.connect(self._on_failed)
        task.finished.connect(self._on_finished)
        self._task = task
        self._update_buttons()
        self.task_started.emit(task)
        task.start()

    def _on_stepped(self, batch: list[Report]) -> None:
        for report in batch:
            if isinstance(report, Counting):
                self.words.setText(
                    f"Counting: {report.n_bytes:,} bytes, {report.n_distinct:,} pre-tokens"
                )
            elif isinstance(report, Training):
                self._training = report
            else:
                self._merges.extend(report)
        if self._merges and monotonic() - self._shown_at > _SHOW_EVERY:
            self._show_learned()

    def _on_failed(self, error: BaseException) -> None:
        self.problem.emit(failure("Training", error))

    def _on_finished(self) -> None:
        if self._task is not None and not self._task.is_active:
            self._task = None
            self._show_learned(last=True)
        self._update_buttons()

    # -- showing -------------------------------------------------------------------------------

    def _show_learned(self, *, last: bool = False) -> None:
        self._update_buttons()
        training = self._training
        if training is None:
            return
        if last:
            # A cancelled run may have learned some merges more than it had told.
            self._merges = list(training.merges)
        name = f"trained-{self.vocab_size.value()}"
        tokenizer = trained_tokenizer(name, self._split, training.corpus.base, self._merges)
        self.table.set_source(LearnedRows(list(self._merges), tokenizer))
        self._show_curve(training)
        self.words.setText(self._sentence(last=last))
        self._model.set_tokenizer(tokenizer)
        if last:
            self._model.set_training(training)
        self._shown_at = monotonic()

    def _show_curve(self, training: Training) -> None:
        corpus = training.corpus
        size = np.array([len(corpus.base), *(merge.id + 1 for merge in self._merges)], np.float64)
        tokens = np.array([corpus.n_tokens, *(merge.n_tokens for merge in self._merges)])
        curves = [Curve("training", size, corpus.n_bytes / tokens)]
        if corpus.n_held_out_tokens:
            aside = [corpus.n_held_out_tokens, *(m.n_held_out_tokens for m in self._merges)]
            curves.append(Curve("held out", size, corpus.n_held_out_bytes / np.array(aside), True))
        self.plot.set_curves(curves)

    def _sentence(self, *, last: bool) -> str:
        n = len(self._merges)
        if not n:
            return "No pair occurs often enough: lower the lowest count, or take a longer text."
        merge = self._merges[-1]
        if not last:
            return f"{n:,} merges so far; the last pair occurred {merge.count:,} times."
        n_vocab, asked = merge.id + 1, self.vocab_size.value()
        if n_vocab < asked and self._task is None:
            return (
                f"{n:,} merges learned, a vocabulary of {n_vocab:,}: stopped there, or no pair "
                f"occurs {self.min_count.value():,} times any more."
            )
        return f"{n:,} merges learned: a vocabulary of {n_vocab:,} tokens."

    def _on_row_picked(self, row: int) -> None:
        source = self.table.source
        if isinstance(source, LearnedRows):
            merge = source.merge(row)
            self._model.mark(merge.rank)
            self._model.select([merge.id])

    def _update_buttons(self) -> None:
        running = self._task is not None
        self.train_button.setEnabled(not running)
        self.cancel_button.setEnabled(running)
        self.continue_button.setEnabled(not running and self._training is not None)

    def _on_theme_changed(self) -> None:
        self.table.set_colors(self._theme.palette)
        self.plot.set_colors(self._theme.palette)


def _number_box(low: int, high: int, value: int) -> QSpinBox:
    box = QSpinBox()
    box.setRange(low, high)
    box.setValue(value)
    box.setGroupSeparatorShown(True)
    box.setButtonSymbols(QSpinBox.ButtonSymbols.NoButtons)
    return box
