"""The settings of the language model, its memory, and the buttons that make it learn."""

import math

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtWidgets import (
    QComboBox,
    QFileDialog,
    QGridLayout,
    QLabel,
    QLineEdit,
    QMenu,
    QPushButton,
    QScrollArea,
    QSpinBox,
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
from tokviz.embedding.bigram_settings import BigramSettings, NoTrainingError, Optimizer
from tokviz.embedding.bigram_table import TableKind
from tokviz.gui.panels.bigram_session import BigramSession
from tokviz.gui.tokenizer_model import TokenizerModel
from tokviz.gui.widgets.flow_layout import FlowLayout
from tokviz.gui.widgets.panel_frame import PanelFrame

KINDS = {
    TableKind.FULL: "V × V: the row is the logits",
    TableKind.OCCURRING: "V × V of the tokens that occur",
    TableKind.FACTORED: "V × d with an output layer",
    TableKind.TIED: "V × d, output layer tied",
}
_PAUSE_MS = 150  # without an edit, before the memory is worked out anew
_DEFAULT = BigramSettings()
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
        self._later.start()
        self._update()

    # -- building ------------------------------------------------------------------------------

    def _make_widgets(self) -> None:
        self.kind = QComboBox()
        self.kind.addItems(list(KINDS.values()))
        self.kind.setSizeAdjustPolicy(
            QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon
        )
        self.kind.setToolTip("What the embedding table looks like; V is the size of the vocabulary")
        self.dim = _number_box(1, 4096, _DEFAULT.dim, "Numbers in a row of a V × d table")
        self.batch = _number_box(0, 100_000, _DEFAULT.batch_size, "Places of the text in a step")
        self.batch.setSpecialValueText("whole")
        self.context = _number_box(
            1, 100_000, _DEFAULT.context, "Tokens in a row at each place; each predicts the next"
        )
        self.rate = QLineEdit(f"{_DEFAULT.learning_rate:g}")
        self.rate.setToolTip("How far a step goes")
        self.optimizer = QComboBox()
        self.optimizer.addItems([optimizer.value for optimizer in Optimizer])
        self.steps = _number_box(1, 10_000_000, 3000, "Steps to learn at each start")
        self.seed = _number_box(0, 2**31 - 1, _DEFAULT.seed, "The same seed, the same losses")
        self.seed.setGroupSeparatorShown(False)
        self.held_out = _number_box(0, 90, 10, "The end of the text, kept aside and never learned")
        self.held_out.setSuffix(" %")
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
        self.file_button = QToolButton()
        self.file_button.setObjectName("switch")
        self.file_button.setText("File ▾")
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
        column.addLayout(self._form())
        column.addWidget(self.memory)
        column.addStretch(1)
        area = QScrollArea()
        area.setWidgetResizable(True)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.setWidget(content)
        frame = PanelFrame("Bigram language model", area)
        frame.add_control(self.file_button)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addWidget(frame)
        self.setMinimumWidth(300)  # the form is cut off otherwise: it cannot scroll sideways

    def _form(self) -> QGridLayout:
        grid = QGridLayout()
        grid.setHorizontalSpacing(7)
        grid.setVerticalSpacing(5)
        grid.addWidget(_name("table"), 0, 0)
        grid.addWidget(self.kind, 0, 1, 1, 3)
        fields = [
            ("d", self.dim),
            ("batch", self.batch),
            ("context", self.context),
            ("rate", self.rate),
            ("steps", self.steps),
            ("optimiser", self.optimizer),
            ("seed", self.seed),
            ("held out", self.held_out),
        ]
        for i, (name, field) in enumerate(fields):
            field.setMinimumWidth(48)
            field.setAccessibleName(name)
            grid.addWidget(_name(name), 1 + i // 2, i % 2 * 2)
            grid.addWidget(field, 1 + i // 2, i % 2 * 2 + 1)
        self.optimizer.setMinimumWidth(78)
        grid.setColumnStretch(1, 1)
        grid.setColumnStretch(3, 1)
        return grid

    def _connect(self) -> None:
        session, model = self._session, self._model
        self.start_button.clicked.connect(self.start)
        self.pause_button.clicked.connect(self._pause_or_resume)
        self.step_button.clicked.connect(self.step)
        self.cancel_button.clicked.connect(session.cancel)
        self.reset_button.clicked.connect(session.reset)
        self.kind.activated.connect(self._on_kind_chosen)
        for box in (self.dim, self.batch, self.context, self.held_out, self.seed):
            box.valueChanged.connect(lambda _value: self._later.start())
        self.rate.textEdited.connect(lambda _text: self._later.start())
        self.optimizer.activated.connect(lambda _index: self._later.start())
        model.whole_encoding_changed.connect(self._later.start)
        model.tokenizer_changed.connect(self._on_tokenizer_changed)
        session.state_changed.connect(self._update)
        session.begun_changed.connect(self._update)
        session.learned.connect(self._show_progress)
        session.told.connect(self.words.setText)

    # -- what is wished ------------------------------------------------------------------------

    def settings(self) -> BigramSettings:
        """What the fields say. Raises `NoTrainingError`."""
        try:
            rate = float(self.rate.text().replace(",", "."))
        except ValueError:
            rate = math.nan
        if not (math.isfinite(rate) and rate > 0):
            raise NoTrainingError(
                f"{self.rate.text()!r} is no learning rate; take a number above 0, such as 0.01."
            )
        return BigramSettings(
            kind=list(KINDS)[self.kind.currentIndex()],
            dim=self.dim.value(),
            batch_size=self.batch.value(),
            context=self._context(),
            learning_rate=rate,
            optimizer=Optimizer(self.optimizer.currentText()),
            seed=self.seed.value(),
            held_out=self.held_out.value() / 100,
        )

    def _context(self) -> int:
        window = self._model.context
        return self.context.value() if window is None else min(self.context.value(), window)

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
            self._session.start(self.settings(), self.steps.value(), paused=paused)
        except NoTrainingError as error:
            self.words.setText(str(error))

    def _pause_or_resume(self) -> None:
        if self._session.is_paused:
            self._session.resume()
        else:
            self._session.pause()

    # -- memory --------------------------------------------------------------------------------

    def _on_kind_chosen(self, _index: int) -> None:
        self._kind_is_chosen = True
        self._show_memory()

    def _on_tokenizer_changed(self) -> None:
        self._kind_is_chosen = False
        maximum = self._model.context or 100_000
        self.context.setMaximum(maximum)
        self._later.start()

    def _show_memory(self) -> None:
        """What the training will need; a table that does not fit is replaced, and that is said."""
        try:
            settings = self.settings()
        except NoTrainingError as error:
            self.memory.setText(str(error))
            return
        sizes, free = self._session.sizes(), free_memory()
        full = memory_need(*sizes, BigramSettings(batch_size=settings.batch_size))
        if not self._kind_is_chosen:
            kind = kind_that_fits(*sizes, settings, free)
            self.kind.setCurrentIndex(list(KINDS).index(kind))
            settings = self.settings()
        need = memory_need(*sizes, settings)
        self.dim.setEnabled(settings.kind.has_output_layer)
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
            goes_on = session.goes_on(self.settings())
        except NoTrainingError:
            goes_on = False
        self.start_button.setText("Learn on" if goes_on else "Learn from the open text")
        self.start_button.setEnabled(not active)
        self.pause_button.setEnabled(active)
        self.pause_button.setText("Resume" if session.is_paused else "Pause")
        self.step_button.setEnabled(not session.is_running)
        self.cancel_button.setEnabled(active)
        self.reset_button.setEnabled(session.table is not None or active)
        if session.table is None and not active:
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
        return f"only the {n_used:,} tokens that occur, which the map cannot show (V × d it can)"
    return f"a table of {need.shape[0]:,} × {need.shape[1]:,} with an output layer"


def _number_box(low: int, high: int, value: int, tip: str) -> QSpinBox:
    box = QSpinBox()
    box.setRange(low, high)
    box.setValue(value)
    box.setToolTip(tip)
    box.setGroupSeparatorShown(True)
    box.setButtonSymbols(QSpinBox.ButtonSymbols.NoButtons)
    return box


def _name(words: str) -> QLabel:
    label = QLabel(words)
    label.setObjectName("muted")
    return label


def _words() -> QLabel:
    label = QLabel()
    label.setTextFormat(Qt.TextFormat.PlainText)
    label.setWordWrap(True)
    return label
