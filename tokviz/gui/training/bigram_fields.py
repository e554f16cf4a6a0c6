"""The fields of the language model's settings."""

import math

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QComboBox, QGridLayout, QLabel, QLineEdit, QSpinBox, QWidget

from tokviz.embedding.bigram_settings import BigramSettings, NoTrainingError, Optimizer
from tokviz.embedding.bigram_table import TableKind

KINDS = {
    TableKind.FULL: "V × V: the row is the logits",
    TableKind.OCCURRING: "V × V, tokens that occur",
    TableKind.FACTORED: "V × d with an output layer",
    TableKind.TIED: "V × d, output layer tied",
}
_DEFAULT = BigramSettings()
_LONGEST_CONTEXT = 100_000


class BigramFields(QWidget):
    """`settings` is what the fields say, `steps` how many steps are wished for."""

    changed = Signal()
    kind_chosen = Signal()  # by the user, not by `set_kind`

    def __init__(self) -> None:
        super().__init__()
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
            1,
            _LONGEST_CONTEXT,
            _DEFAULT.context,
            "Tokens in a row at each place; each predicts the next",
        )
        self.rate = QLineEdit(f"{_DEFAULT.learning_rate:g}")
        self.rate.setAlignment(Qt.AlignmentFlag.AlignRight)  # as the numbers around it
        self.rate.setToolTip("How far a step goes")
        self.optimizer = QComboBox()
        self.optimizer.addItems([optimizer.value for optimizer in Optimizer])
        self.optimizer.setMinimumContentsLength(5)
        self.steps = _number_box(1, 10_000_000, 3000, "Steps to learn at each start")
        self.seed = _number_box(0, 2**31 - 1, _DEFAULT.seed, "The same seed, the same losses")
        self.seed.setGroupSeparatorShown(False)
        self.held_out = _number_box(0, 90, 10, "The end of the text, kept aside and never learned")
        self.held_out.setSuffix(" %")
        self._place()
        self._connect()

    def _place(self) -> None:
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
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

    def _connect(self) -> None:
        self.kind.activated.connect(lambda _index: self.kind_chosen.emit())
        for box in (self.dim, self.batch, self.context, self.held_out, self.seed):
            box.valueChanged.connect(lambda _value: self.changed.emit())
        self.rate.textEdited.connect(lambda _text: self.changed.emit())
        self.optimizer.activated.connect(lambda _index: self.changed.emit())

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
            context=self.context.value(),
            learning_rate=rate,
            optimizer=Optimizer(self.optimizer.currentText()),
            seed=self.seed.value(),
            held_out=self.held_out.value() / 100,
        )

    def set_kind(self, kind: TableKind) -> None:
        self.kind.setCurrentIndex(list(KINDS).index(kind))

    def set_window(self, n_tokens: int | None) -> None:
        """No context is longer than what the tokenizer's model attends to."""
        self.context.setMaximum(n_tokens or _LONGEST_CONTEXT)


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
