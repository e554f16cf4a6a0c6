"""The training panel: learns byte-pair merges from a text, files or words, and shows it happen."""

from collections.abc import Iterator

import numpy as np
from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QPushButton,
    QScrollArea,
    QSplitter,
    QTabWidget,
    QVBoxLayout,
    QWidget,
)

from tokviz.gui.files.encoding_dialog import ask_for_encoding
from tokviz.gui.files.kept_tokenizers import KeptTokenizers
from tokviz.gui.panels.train.bpe_training import (
    Counting,
    Learned,
    Progress,
    Report,
    Run,
    go_on,
    learned_when,
    train,
)
from tokviz.gui.panels.train.learned_rows import LearnedRows
from tokviz.gui.task import Task, failure
from tokviz.gui.theme import Theme
from tokviz.gui.tokenizer_model import TokenizerModel
from tokviz.gui.training.trained_actions import TrainedActions
from tokviz.gui.training.training_settings import TrainingSettings
from tokviz.gui.turns import Turns
from tokviz.gui.widgets.file_drop import accept_files
from tokviz.gui.widgets.panel_frame import PanelFrame
from tokviz.gui.widgets.plain_label import plain_label
from tokviz.gui.widgets.plots.line_plot import Curve, LinePlot
from tokviz.gui.widgets.scrolled import scrolled
from tokviz.gui.widgets.tables.row_table import RowTable
from tokviz.gui.widgets.tables.row_table_model import NoRows
from tokviz.text_files import WrongEncodingError, shown
from tokviz.tokenization.training.trainer import LearningCurve

_WIDTH = 350
_BEFORE = "The most frequent pair becomes a token, again and again."


class BpeTrainingPanel(QWidget):
    """Settings at the left, the merges and the curve at the right; `pages` has room for more beside
    the curve. The model gets the tokenizer learned so far a few times a second, so the text
    recolours while it learns. What fails leaves the last training as it was."""

    problem = Signal(object)
    task_started = Signal(object)
    text_offered = Signal(object)

    def __init__(self, model: TokenizerModel, theme: Theme, kept: KeptTokenizers) -> None:
        super().__init__()
        self._model = model
        self._theme = theme
        self._kept = kept
        self._task: Task | None = None
        self._run: Run | None = None
        self._was_cancelled = False
        self._learns = False  # the task at work is past counting
        self._unfinished = ""  # the name of a tokenizer that is still learned
        self._state: Learned | None = None  # what it shows
        self._told = _BEFORE  # and says of it
        self._has_ended = False  # the last state of the run at work is shown
        self._has_failed = False
        self._turns = Turns(self)
        self.settings = TrainingSettings(model)
        self.actions_button = TrainedActions(model, kept)
        self._make_widgets()
        self._place_widgets()
        self._connect()
        self.setAcceptDrops(True)
        self._on_theme_changed()
        self._update_buttons()

    # -- building ------------------------------------------------------------------------------

    def _make_widgets(self) -> None:
        self.train_button = QPushButton("Train")
        self.train_button.setDefault(True)
        self.cancel_button = QPushButton("Cancel")
        self.cancel_button.setToolTip("Stop now and keep what was learned")
        self.continue_button = QPushButton("Continue")
        self.continue_button.setToolTip("Go on to the size above without counting again")
        self.words_button = QPushButton("Show the words as text")
        self.words_button.setToolTip("Put the words in place of the open text; undo brings it back")
        self.words = plain_label(_BEFORE)
        self.words.setWordWrap(True)
        self.clock = plain_label("Training: the most frequent pair wins", "trainingClock")
        self.table = RowTable()
        self.table.set_empty_words("The merges appear here as they are learned, newest first.")
        self.plot = LinePlot(
            "vocabulary", "bytes a token", "How well the text is cut appears here as it is learned."
        )
        self.pages = QTabWidget()
        self.pages.setDocumentMode(True)
        self.pages.addTab(self.plot, "Bytes a token")

    def _place_widgets(self) -> None:
        buttons = QHBoxLayout()
        for button in (self.train_button, self.cancel_button, self.continue_button):
            buttons.addWidget(button)
        left = QWidget()
        column = QVBoxLayout(left)
        column.setContentsMargins(0, 0, 0, 8)
        column.addWidget(self._scrolled_settings(), 1)
        # The buttons and what happens stay in sight, however many settings are unfolded.
        below = QVBoxLayout()
        below.setContentsMargins(10, 0, 10, 0)
        below.addLayout(buttons)
        below.addWidget(self.words)
        below.addWidget(self.words_button)
        column.addLayout(below)
        left.setMinimumWidth(270)
        self._place_beside(left)

    def _scrolled_settings(self) -> QScrollArea:
        content = QWidget()
        content.setObjectName("cardContent")
        column = QVBoxLayout(content)
        column.setContentsMargins(10, 8, 10, 0)
        column.addWidget(self.settings)
        column.addStretch(1)
        scroll = scrolled(content)
        scroll.setFrameShape(QFrame.Shape.NoFrame)
        return scroll

    def _place_beside(self, left: QWidget) -> None:
        split = QSplitter(Qt.Orientation.Horizontal)
        for widget in (left, self.table, self.pages):
            split.addWidget(widget)
        split.setSizes([_WIDTH, 520, 370])
        split.setStretchFactor(0, 0)
        for i in (1, 2):
            split.setStretchFactor(i, 1)
        frame = PanelFrame("Train a BPE", split)
        frame.add_control(self.clock)
        frame.add_control(self.actions_button)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addWidget(frame)

    def _connect(self) -> None:
        source = self.settings.source
        self.train_button.clicked.connect(self.start)
        self.cancel_button.clicked.connect(self.cancel)
        self.continue_button.clicked.connect(self.go_on)
        self.words_button.clicked.connect(lambda: self.text_offered.emit(source.words_as_text))
        self.table.row_picked.connect(self._on_row_picked)
        source.changed.connect(self._on_settings_changed)
        self.settings.split.edited.connect(self._on_settings_changed)
        source.problem.connect(self.words.setText)
        source.task_started.connect(self.task_started)
        for part in (self.actions_button, self._kept):
            part.problem.connect(self.problem)
        self.actions_button.task_started.connect(self.task_started)
        self.actions_button.saved.connect(self.words.setText)
        self._theme.changed.connect(self._on_theme_changed)

    # -- running -------------------------------------------------------------------------------

    def start(self) -> None:
        """Count the pre-tokens of what is chosen and learn from them."""
        corpus = self.settings.source.corpus
        if not (corpus.text or corpus.paths or corpus.words):
            self.words.setText("There is no text to learn from yet: paste or open one.")
            return
        try:
            wishes = self.settings.wishes
        except ValueError as error:
            self.words.setText(str(error))
            return
        self._learns = self._was_cancelled = False
        self._start(train(corpus, wishes))

    def go_on(self) -> None:
        """Learn on to the size asked for; nothing is counted again."""
        if self._run is not None and self._task is None:
            try:
                work = go_on(self._run, self.settings.wanted_size)
            except ValueError as error:
                self.words.setText(str(error))
                return
            self._model.set_training(None)  # it is read where nothing is learned any more
            self._learns, self._was_cancelled = True, False
            self._start(work)

    def cancel(self) -> None:
        """Stop at once and keep what was learned."""
        if self._task is not None:
            self._task.cancel()

    def _start(self, work: Iterator[Report | None]) -> None:
        task = Task(work, "Training", parent=self)
        task.stepped.connect(self._on_stepped)
        task.failed.connect(self._on_failed)
        task.finished.connect(self._on_finished)
        self._task = task
        self._has_ended = self._has_failed = False
        self._turns.clear()
        self._update_buttons()
        self.task_started.emit(task)
        task.start()

    def _on_stepped(self, batch: list[Report | None]) -> None:
        state: Learned | None = None
        for report in batch:
            if isinstance(report, Counting):
                self.words.setText(
                    f"Counting: {report.n_bytes:,} bytes, {report.n_distinct:,} pre-tokens"
                )
            elif isinstance(report, Run):
                self._run, self._learns = report, True
                self._show_nothing()  # what an earlier run learned would stand beside its words
            elif isinstance(report, Progress):
                self.words.setText(
                    f"{report.n_merges:,} merges so far; the last pair occurred "
                    f"{report.count:,} times."
                )
            elif report is not None:
                state = report
        if state is not None:
            self._show(state)

    def _on_failed(self, error: BaseException) -> None:
        if isinstance(error, WrongEncodingError) and error.file and not error.looks_binary:
            encoding = ask_for_encoding(self, shown(error.file), error)
            if encoding:
                self.settings.source.set_encoding(encoding)
                self._task = None
                self.start()
                return
        self._has_failed = True
        told = failure("Training", error)
        if isinstance(error, ValueError):
            self.words.setText(told)
        else:
            self.words.setText(self._told)
            self.problem.emit(told)

    def _on_finished(self) -> None:
        task = self._task
        if task is None or task.is_active:
            return
        self._task = None
        if self._has_ended:
            return  # and the last part of what is shown now updates the buttons
        if self._learns and self._run is not None:
            # Cancelled: what was learned is shown once the thread has left the merge at work.
            self._was_cancelled = True
            self._start(learned_when(self._run, task.wait))
            return
        if not self._has_failed:
            self.words.setText(self._told)  # nothing came of it
        self._update_buttons()

    # -- showing -------------------------------------------------------------------------------

    def _show(self, state: Learned) -> None:
        """Show the list, the curve and the text, each in a frame of its own: together they take
        longer than a frame. Until the last one it is still running."""
        self._state, self._has_ended = state, state.is_last
        self._turns.clear()
        self._turns.add(
            lambda: self.table.set_source(LearnedRows(state.merges, state.vocab)),
            lambda: self._show_curve(state.curve),
            lambda: self._recolour(state),
        )
        if state.is_last:
            self._turns.add(lambda: self._hand_over(state), lambda: self._end(state))

    def _show_nothing(self) -> None:
        self.table.set_source(NoRows())
        self.plot.set_curves([])

    def _show_curve(self, curve: LearningCurve) -> None:
        sizes = curve.n_vocab.astype(np.float64)
        curves = [Curve("training", sizes, curve.training)] if len(sizes) > 1 else []
        if curves and len(curve.held_out):
            curves.append(Curve("held out", sizes, curve.held_out, dashed=True))
        self.plot.set_curves(curves)

    def _recolour(self, state: Learned) -> None:
        tokenizer = state.tokenizer
        if tokenizer is None or not state.merges:  # the alphabet alone is nothing one asked for
            return
        self._model.set_tokenizer(tokenizer, for_a_moment=not state.is_last)
        if self._unfinished not in ("", tokenizer.name):
            self._kept.forget(self._unfinished)
        self._unfinished = "" if state.is_last else tokenizer.name

    def _hand_over(self, state: Learned) -> None:
        """Tell how it was learned, unless another tokenizer was chosen meanwhile."""
        if state.tokenizer is self._model.tokenizer:
            self._model.set_training(state.run.training)

    def _end(self, state: Learned) -> None:
        if state.tokenizer is not None and state.merges:
            self._kept.keep(state.tokenizer)
        n_wished = state.run.n_wished(self.settings.wanted_size)
        self._told = state.in_words(n_wished, was_cancelled=self._was_cancelled)
        self.words.setText(self._told)
        self._update_buttons()

    def _on_row_picked(self, row: int) -> None:
        source = self.table.source
        if isinstance(source, LearnedRows) and self._state is not None and self._state.tokenizer:
            merge = source.merge(row)
            self._model.mark(merge.rank)
            self._model.select([merge.id])

    def _on_settings_changed(self) -> None:
        """What was wrong with the last wishes may be right now: say again what is shown."""
        if self._task is None and self._turns.is_done:
            self.words.setText(self._told)
        self._update_buttons()

    def _update_buttons(self) -> None:
        running = self._task is not None or not self._turns.is_done
        self.train_button.setEnabled(not running)
        self.cancel_button.setEnabled(running)
        self.continue_button.setEnabled(not running and self._run is not None)
        self.words_button.setVisible(self.settings.source.is_words)

    def _on_theme_changed(self) -> None:
        for part in (self.table, self.plot, self.settings):
            part.set_colors(self._theme.palette)

    # -- what is dropped -----------------------------------------------------------------------

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        accept_files(event)

    def dropEvent(self, event: QDropEvent) -> None:
        self.settings.source.take_files(accept_files(event))
