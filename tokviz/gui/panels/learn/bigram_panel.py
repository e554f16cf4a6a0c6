"""The language model's settings, what it learns from, its memory, and the buttons that make it
learn."""

import math

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import (
    QFileDialog,
    QHBoxLayout,
    QLabel,
    QMenu,
    QPushButton,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from tokviz.embedding.bigram_memory import (
    MemoryNeed,
    fits,
    free_memory,
    in_words,
    kind_that_fits,
    memory_need,
)
from tokviz.embedding.bigram_settings import BigramSettings, NoTrainingError
from tokviz.embedding.bigram_table import TableKind
from tokviz.gui.files.encoding_dialog import ask_for_encoding
from tokviz.gui.panels.learn.bigram_session import BigramSession
from tokviz.gui.tokenizer_model import TokenizerModel
from tokviz.gui.training.bigram_fields import BigramFields
from tokviz.gui.training.training_source import TrainingSource
from tokviz.gui.widgets.file_drop import accept_files
from tokviz.gui.widgets.flow_layout import FlowLayout
from tokviz.gui.widgets.panel_frame import PanelFrame
from tokviz.gui.widgets.scrolled import scrolled
from tokviz.gui.widgets.switch_button import switch_button
from tokviz.text_files import WrongEncodingError, shown

_PAUSE_MS = 150  # without an edit, before the memory is worked out anew
_FILES = "Language models (*.safetensors)"


class BigramPanel(QWidget):
    """One button learns; the rest is for those who want to know."""

    problem = Signal(object)

    def __init__(self, model: TokenizerModel, session: BigramSession) -> None:
        super().__init__()
        self._model = model
        self._session = session
        self._kind_is_chosen = False
        self._make_widgets()
        self._place_widgets()
        self._later = QTimer(self, singleShot=True, interval=_PAUSE_MS)
        self._later.timeout.connect(self._show_memory)
        self._connect()
        self.setAcceptDrops(True)
        self._later.start()
        self._update()

    # -- building ------------------------------------------------------------------------------

    def _make_widgets(self) -> None:
        self.source = TrainingSource(self._model, with_words=False)
        self.fields = BigramFields()
        self.memory = _words()
        self.words = _words()
        self.start_button = QPushButton("Learn from the open text")
        self.start_button.setDefault(True)
        self.pause_button = QPushButton("Pause")
        self.step_button = QPushButton("Step")
        self.step_button.setToolTip("One step; a training that does not run yet begins with it")
        self.cancel_button = QPushButton("Cancel")
        self.cancel_button.setToolTip("Stop and keep what was learned")
        self.reset_button = QPushButton("Reset")
        self.reset_button.setToolTip("Forget what was learned")
        self.file_button = switch_button("File ▾")
        self.file_button.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        menu = QMenu(self.file_button)
        menu.addAction("Open a language model …", self._ask_and_load)
        menu.addAction("Save the language model …", self._ask_and_save)
        self.file_button.setMenu(menu)

    def _place_widgets(self) -> None:
        content = QWidget()
        content.setObjectName("cardContent")
        column = QVBoxLayout(content)
        column.setContentsMargins(12, 8, 12, 8)
        column.setSpacing(7)
        buttons = QWidget()
        flow = FlowLayout(buttons, gap=5)
        for button in (
            self.start_button,
            self.pause_button,
            self.step_button,
            self.cancel_button,
            self.reset_button,
        ):
            flow.addWidget(button)
        column.addWidget(buttons)
        column.addWidget(self.words)
        column.addLayout(self._learn_from())
        column.addWidget(self.fields)
        column.addWidget(self.memory)
        column.addStretch(1)
        area = scrolled(content)
        frame = PanelFrame("Bigram language model", area)
        frame.add_control(self.file_button)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addWidget(frame)
        self.setMinimumWidth(300)  # the form is cut off otherwise: it cannot scroll sideways

    def _learn_from(self) -> QHBoxLayout:
        row = QHBoxLayout()
        name = QLabel("learn from")
        name.setObjectName("muted")
        name.setContentsMargins(0, 7, 0, 0)  # on the line of the button's words
        row.addWidget(name, 0, Qt.AlignmentFlag.AlignTop)
        row.addWidget(self.source, 1)
        return row

    def _connect(self) -> None:
        session, model = self._session, self._model
        self.start_button.clicked.connect(self.start)
        self.pause_button.clicked.connect(self._pause_or_resume)
        self.step_button.clicked.connect(self.step)
        self.cancel_button.clicked.connect(session.cancel)
        self.reset_button.clicked.connect(session.reset)
        self.fields.kind_chosen.connect(self._on_kind_chosen)
        self.fields.changed.connect(self._later.start)
        self.source.changed.connect(self._on_source_changed)
        self.source.field.editTextChanged.connect(lambda _field: self._later.start())
        self.source.problem.connect(self.words.setText)
        self.source.task_started.connect(session.task_started)
        session.corpus.changed.connect(self._on_source_changed)
        self._model.id_counting.counted.connect(self._later.start)
        session.corpus.progressed.connect(self._on_reading_progressed)
        session.corpus.failed.connect(self._on_reading_failed)
        model.whole_encoding_changed.connect(self._later.start)
        model.tokenizer_changed.connect(self._on_tokenizer_changed)
        session.state_changed.connect(self._update)
        session.begun_changed.connect(self._update)
        session.learned.connect(self._show_progress)
        session.told.connect(self.words.setText)

    # -- what it learns from -------------------------------------------------------------------

    def _on_source_changed(self) -> None:
        self._session.corpus.take(self.source.corpus)
        self._update()
        self._later.start()

    def _on_reading_progressed(self, n_tokens: int) -> None:
        self.words.setText(f"Reading the files: {n_tokens:,} tokens")

    def _on_reading_failed(self, error: BaseException) -> None:
        if isinstance(error, WrongEncodingError) and error.file and not error.looks_binary:
            encoding = ask_for_encoding(self, shown(error.file), error)
            if encoding:
                self.source.set_encoding(encoding)
                self._session.corpus.take(self.source.corpus)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        accept_files(event)

    def dropEvent(self, event: QDropEvent) -> None:
        self.source.take_files(accept_files(event))

    # -- learning ------------------------------------------------------------------------------

    def start(self) -> None:
        """Learn as many steps as asked for: on from where it stands, or anew."""
        self._begin(paused=False)

    def step(self) -> None:
        if self._session.is_paused:
            self._session.step()
        else:
            self._begin(paused=True)

    def _begin(self, *, paused: bool) -> None:
        try:
            self._session.start(self.fields.settings(), self.fields.steps.value(), paused=paused)
        except NoTrainingError as error:
            self.words.setText(str(error))

    def _pause_or_resume(self) -> None:
        if self._session.is_paused:
            self._session.resume()
        else:
            self._session.pause()

    # -- memory --------------------------------------------------------------------------------

    def _on_kind_chosen(self) -> None:
        self._kind_is_chosen = True
        self._show_memory()

    def _on_tokenizer_changed(self) -> None:
        self._kind_is_chosen = False
        self.fields.set_window(self._model.context)
        self._later.start()

    def _show_memory(self) -> None:
        """What the training will need; a table that does not fit is replaced, and that is said."""
        corpus = self._session.corpus
        corpus.take(self.source.corpus)
        if corpus.is_reading:
            self.memory.setText("What it needs is known once the files are read.")
            return
        try:
            settings = self.fields.settings()
        except NoTrainingError as error:
            self.memory.setText(str(error))
            return
        sizes, free = corpus.sizes(), free_memory()
        full = memory_need(*sizes, BigramSettings(batch_size=settings.batch_size))
        if not self._kind_is_chosen:
            self.fields.set_kind(kind_that_fits(*sizes, settings, free))
            settings = self.fields.settings()
        need = memory_need(*sizes, settings)
        self.fields.dim.setEnabled(settings.kind.has_output_layer)
        words = _memory_words(need, free)
        if settings.kind is not TableKind.FULL and not fits(full, free):
            n, used = sizes[0], sizes[1]
            words = (
                f"{n:,} × {n:,} would need {in_words(full.total)} to train. Taken instead: "
                f"{_instead(settings, need, used)}. {words}"
            )
        self.memory.setText(words)
        self._update()

    # -- showing -------------------------------------------------------------------------------

    def _update(self) -> None:
        session = self._session
        active = session.is_running or session.is_paused
        try:
            goes_on = session.goes_on(self.fields.settings())
        except NoTrainingError:
            goes_on = False
        anew = "Learn from the files" if session.corpus.is_files else "Learn from the open text"
        self.start_button.setText("Learn on" if goes_on else anew)
        self.start_button.setEnabled(not (active or session.corpus.is_reading))
        self.pause_button.setEnabled(active)
        self.pause_button.setText("Resume" if session.is_paused else "Pause")
        self.step_button.setEnabled(not session.is_running)
        self.cancel_button.setEnabled(active)
        self.reset_button.setEnabled(session.table is not None or active)
        if problem := session.corpus.problem:
            self.words.setText(problem)
        elif session.table is None and not active:
            self.words.setText("A token's id fetches a row; learning changes the row.")

    def _show_progress(self) -> None:
        session = self._session
        if session.begun is None:
            return
        words = f"Step {session.step_number:,}"
        if session.whole:
            _step, loss, held_out = session.whole[-1]
            words += f": loss {loss:.3f}"
            if math.isfinite(held_out):
                words += f", held out {held_out:.3f}"
            words += f"; counting gives {session.begun.part.optimum:.3f}"
        self.words.setText(f"{words}.")
        if not self.reset_button.isEnabled():
            self._update()

    # -- files ---------------------------------------------------------------------------------

    def _ask_and_save(self) -> None:
        path, _ = QFileDialog.getSaveFileName(self, "Save", "model.safetensors", _FILES)
        if path:
            self._session.save(path if "." in path.rpartition("/")[2] else f"{path}.safetensors")

    def _ask_and_load(self) -> None:
        path, _ = QFileDialog.getOpenFileName(self, "Open a language model", "", _FILES)
        if path:
            self._session.load(path)


def _memory_words(need: MemoryNeed, free: int | None) -> str:
    parts = f"table and layers {in_words(need.weights)}, optimiser {in_words(need.optimizer)}"
    left = "" if free is None else f"; {in_words(free)} are free"
    return f"Needs {in_words(need.total)} of memory ({parts}){left}."


def _instead(settings: BigramSettings, need: MemoryNeed, n_used: int) -> str:
    if settings.kind is TableKind.OCCURRING:
        return f"a row for each of the {n_used:,} tokens that occur"
    return f"a table of {need.shape[0]:,} × {need.shape[1]:,} with an output layer"


def _words() -> QLabel:
    label = QLabel()
    label.setTextFormat(Qt.TextFormat.PlainText)
    label.setWordWrap(True)
    return label
