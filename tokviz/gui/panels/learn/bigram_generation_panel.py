"""Text drawn from the language model, token by token."""

import math
from collections.abc import Iterator
from time import sleep

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QSpinBox,
    QVBoxLayout,
    QWidget,
)

from tokviz.embedding.bigram_generation import GeneratedToken, generate
from tokviz.embedding.bigram_table import BigramTable
from tokviz.gui.panels.learn.bigram_session import BigramSession
from tokviz.gui.task import Task, failure
from tokviz.gui.theme import Theme
from tokviz.gui.tokenizer_model import TokenizerModel
from tokviz.gui.widgets.flow_layout import FlowLayout
from tokviz.gui.widgets.generated_text import GeneratedText, ShownToken
from tokviz.gui.widgets.switch_button import switch_button
from tokviz.tokenization.vocabulary.visible_text import visible

_SECONDS = 0.02  # between two tokens, so that one sees them come


class BigramGenerationPanel(QWidget):
    """Prompt, temperature, top k and seed above the text they give."""

    task_started = Signal(object)

    def __init__(self, model: TokenizerModel, session: BigramSession, theme: Theme) -> None:
        super().__init__()
        self._model = model
        self._session = session
        self._theme = theme
        self._task: Task | None = None
        self._make_widgets()
        self._place_widgets()
        self.button.clicked.connect(self.start_or_stop)
        self.by_probability.toggled.connect(self.view.set_by_probability)
        session.state_changed.connect(self._update)
        session.begun_changed.connect(self._update)
        session.learned.connect(self._update)
        theme.changed.connect(self._on_theme_changed)
        self._on_theme_changed()
        self._update()

    def _make_widgets(self) -> None:
        self.prompt = QLineEdit()
        self.prompt.setPlaceholderText("prompt")
        self.prompt.setToolTip("What it goes on from; empty: the first token of the open text")
        self.prompt.setFixedWidth(120)
        self.temperature = QLineEdit("1")
        self.temperature.setAlignment(Qt.AlignmentFlag.AlignRight)
        self.temperature.setFixedWidth(44)
        self.temperature.setToolTip("Below 1 the likely come more often; 0: always the likeliest")
        self.top_k = _box(0, 100_000, 0, "Draw from the likeliest k alone; 0: from all")
        self.top_k.setSpecialValueText("all")
        self.seed = _box(0, 2**31 - 1, 1337, "The same seed draws the same text")
        self.n_tokens = _box(1, 100_000, 200, "How many tokens to draw")
        self.button = QPushButton("Generate")
        self.by_probability = switch_button(
            "by probability", "Colour by probability instead of by token", checkable=True
        )
        self.words = QLabel()
        self.words.setObjectName("muted")
        self.words.setWordWrap(True)
        self.view = GeneratedText()
        self.view.setPlaceholderText("What the model writes appears here.")

    def _place_widgets(self) -> None:
        top = QWidget()
        flow = FlowLayout(top, gap=6)
        flow.addWidget(self.prompt)
        for name, field in (
            ("temperature", self.temperature),
            ("top k", self.top_k),
            ("seed", self.seed),
            ("tokens", self.n_tokens),
        ):
            field.setAccessibleName(name)
            flow.addWidget(_named(name, field))
        flow.addWidget(self.button)
        flow.addWidget(self.by_probability)
        column = QVBoxLayout(self)
        column.setContentsMargins(10, 8, 10, 6)
        column.addWidget(top)
        column.addWidget(self.view, 1)
        column.addWidget(self.words)

    def _on_theme_changed(self) -> None:
        self.view.set_colors(self._theme.palette)

    # -- drawing tokens ------------------------------------------------------------------------

    def start_or_stop(self) -> None:
        """Draw anew from the table as it is now, or stop."""
        if self._task is not None:
            self._task.cancel()
            return
        table, tokenizer = self._session.table, self._session.tokenizer
        if table is None or tokenizer is None:
            return
        try:
            temperature = float(self.temperature.text().replace(",", "."))
        except ValueError:
            self.words.setText(f"{self.temperature.text()!r} is no temperature; take 1, or 0.5.")
            return
        prompt = self._prompt_ids()
        if not prompt:
            self.words.setText("The prompt has no token of this tokenizer; write another one.")
            return
        self.view.clear_tokens()
        self.view.append_tokens([self._shown(GeneratedToken(i, math.nan)) for i in prompt])
        work = _drawn(
            table,
            prompt[-1],
            self.n_tokens.value(),
            temperature,
            self.top_k.value(),
            self.seed.value(),
        )
        task = Task(work, "Generating", self.n_tokens.value(), self)
        task.stepped.connect(self._on_stepped)
        task.failed.connect(lambda error: self.words.setText(failure("Generating", error)))
        task.finished.connect(self._on_finished)
        self._task = task
        self.words.setText("")
        self._update()
        task.start()

    def _prompt_ids(self) -> list[int]:
        tokenizer = self._session.tokenizer
        assert tokenizer is not None
        if self.prompt.text():
            ids: list[int] = tokenizer.encode(self.prompt.text()).ids.tolist()
            return ids
        begin = tokenizer.encode(str(self._model.text)[:1000]).ids.tolist()
        return [int(i) for i in begin[:1]]

    def _on_stepped(self, batch: list[GeneratedToken]) -> None:
        self.view.append_tokens([self._shown(token) for token in batch])

    def _shown(self, token: GeneratedToken) -> ShownToken:
        tokenizer = self._session.tokenizer
        data = tokenizer.token_bytes(token.id) if tokenizer is not None else b""
        return ShownToken(visible(data), token.id, token.probability, data.endswith(b"\n"))

    def _on_finished(self) -> None:
        self._task = None
        drawn = [t.probability for t in self.view.tokens if not math.isnan(t.probability)]
        if drawn and not self.words.text():
            mean = -sum(math.log(max(p, 1e-30)) for p in drawn) / len(drawn)
            self.words.setText(f"{len(drawn):,} tokens, {mean:.3f} nats a token.")
        self._update()

    def _update(self) -> None:
        running = self._task is not None
        self.button.setText("Stop" if running else "Generate")
        self.button.setEnabled(running or self._session.table is not None)
        if self._session.table is None:
            self.words.setText("Learn from the open text first; then it can write.")
        elif self.words.text().startswith("Learn"):
            self.words.setText("")


def _drawn(
    table: BigramTable, last: int, n_tokens: int, temperature: float, top_k: int, seed: int
) -> Iterator[GeneratedToken]:
    for token in generate(table, last, n_tokens, temperature, top_k, seed):
        yield token
        sleep(_SECONDS)


def _named(name: str, field: QWidget) -> QWidget:
    """A field with its name before it, which stay together."""
    both = QWidget()
    row = QHBoxLayout(both)
    row.setContentsMargins(0, 0, 0, 0)
    row.setSpacing(4)
    label = QLabel(name)
    label.setObjectName("muted")
    row.addWidget(label)
    row.addWidget(field)
    return both


def _box(low: int, high: int, value: int, tip: str) -> QSpinBox:
    box = QSpinBox()
    box.setRange(low, high)
    box.setValue(value)
    box.setToolTip(tip)
    box.setButtonSymbols(QSpinBox.ButtonSymbols.NoButtons)
    box.setFixedWidth(58)
    return box
