"""The settings of a training: the few that matter in sight, the others folded away."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QFormLayout,
    QLineEdit,
    QSpinBox,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from tokviz.gui.files.kept_tokenizers import LONGEST_NAME, checked_name
from tokviz.gui.palette import Palette
from tokviz.gui.panels.train.bpe_training import Size, Wishes
from tokviz.gui.tokenizer_model import TokenizerModel
from tokviz.gui.training.split_choice import SplitChoice
from tokviz.gui.training.training_source import TrainingSource
from tokviz.tokenization.training.pair_ranking import TieRule
from tokviz.tokenization.training.training_corpus import Alphabet

_ALPHABETS = {
    "bytes, ids 0–255": Alphabet.BYTES,
    "bytes as Hugging Face orders them": Alphabet.HUGGINGFACE,
    "the text's characters": Alphabet.CHARACTERS,
}
_TIES = {"the lowest pair of ids": TieRule.LOWEST, "the pair that occurs first": TieRule.FIRST}
_VOCABULARY, _MERGES = "vocabulary size", "number of merges"
_CLASSIC_MERGES = 10


class TrainingSettings(QWidget):
    """`wishes` is what the form says. Words with counts bring settings of their own, and what the
    others were comes back after them."""

    def __init__(self, model: TokenizerModel) -> None:
        super().__init__()
        self.source = TrainingSource(model)
        self.split = SplitChoice(model)
        self.size_kind = _choice([_VOCABULARY, _MERGES], "How much to learn")
        self.number = _number_box(1, 1_000_000, 1000)
        self.number.setAccessibleName("How many tokens or merges")
        self.alphabet = _choice(list(_ALPHABETS), "Base alphabet")
        self.ties = _choice(list(_TIES), "Of pairs with equal counts, take")
        self.min_count = _number_box(1, 1_000_000, 2)
        self.hold_out = QCheckBox("keep 10 % aside")
        self.hold_out.setToolTip("A tenth of the text is not learned from, and measured beside it")
        self.hold_out.setChecked(True)
        self.special = QLineEdit()
        self.special.setPlaceholderText("<|endoftext|> <pad>")
        self.special.setToolTip("Names of special tokens, with white space between them")
        self.name = QLineEdit()
        self.name.setMaxLength(LONGEST_NAME)
        self.name.setPlaceholderText("named by corpus and size")
        self.more = QToolButton()
        self.more.setObjectName("switch")
        self.more.setCheckable(True)
        self.more.toggled.connect(self._on_more_toggled)
        self._often, self._rare = _form(), QWidget()
        self._kept: tuple[int, int, int, int] | None = None
        self._place_widgets()
        self._on_more_toggled(False)
        self.source.changed.connect(self._on_source_changed)

    def _place_widgets(self) -> None:
        often = self._often
        often.addRow("train on", self.source)
        often.addRow(self.size_kind, self.number)
        often.addRow(self.split)  # a row of its own, whose field begins where the others do
        self.split.label.setMinimumWidth(self.size_kind.sizeHint().width())
        rare = _form(self._rare)
        rare.setContentsMargins(0, 4, 0, 0)
        rare.addRow("alphabet", self.alphabet)
        rare.addRow("lowest count", self.min_count)
        rare.addRow("ties: take", self.ties)
        rare.addRow("held out", self.hold_out)
        rare.addRow("special", self.special)
        rare.addRow("name", self.name)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addLayout(often)
        column.addWidget(self.more)
        column.addWidget(self._rare)

    @property
    def wanted_size(self) -> Size:
        return Size(self.number.value(), self.size_kind.currentText() == _MERGES)

    @property
    def wishes(self) -> Wishes:
        """What the form says. Raises `TokenizerNameError`."""
        name = self.name.text().strip()
        return Wishes(
            size=self.wanted_size,
            pattern=self.split.pattern,
            alphabet=_ALPHABETS[self.alphabet.currentText()],
            ties=_TIES[self.ties.currentText()],
            min_count=self.min_count.value(),
            hold_out=self.hold_out.isChecked(),
            special_tokens=tuple(dict.fromkeys(self.special.text().split())),
            name=checked_name(name) if name else "",
        )

    def set_colors(self, palette: Palette) -> None:
        self.split.set_colors(palette)

    def _on_more_toggled(self, shown: bool) -> None:
        self._rare.setVisible(shown)
        self.more.setText("▾  fewer settings" if shown else "▸  more settings")

    def _on_source_changed(self) -> None:
        is_words = self.source.is_words
        self._often.setRowVisible(self.split, not is_words)
        for widget in (self.alphabet, self.hold_out, self.special):
            widget.setEnabled(not is_words)
        if is_words and self._kept is None:
            self._kept = (
                self.size_kind.currentIndex(),
                self.number.value(),
                self.ties.currentIndex(),
                self.min_count.value(),
            )
            self._set(1, _CLASSIC_MERGES, 1, 1)
        elif not is_words and self._kept is not None:
            kept, self._kept = self._kept, None
            self._set(*kept)

    def _set(self, size_kind: int, size: int, ties: int, min_count: int) -> None:
        self.size_kind.setCurrentIndex(size_kind)
        self.number.setValue(size)
        self.ties.setCurrentIndex(ties)
        self.min_count.setValue(min_count)


def _form(parent: QWidget | None = None) -> QFormLayout:
    form = QFormLayout() if parent is None else QFormLayout(parent)
    form.setContentsMargins(0, 0, 0, 0)
    form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
    form.setLabelAlignment(Qt.AlignmentFlag.AlignLeft)
    return form


def _choice(lines: list[str], name: str) -> QComboBox:
    box = QComboBox()
    box.addItems(lines)
    box.setAccessibleName(name)
    box.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
    box.setMinimumContentsLength(12)
    return box


def _number_box(low: int, high: int, value: int) -> QSpinBox:
    box = QSpinBox()
    box.setRange(low, high)
    box.setValue(value)
    box.setGroupSeparatorShown(True)
    box.setButtonSymbols(QSpinBox.ButtonSymbols.NoButtons)
    return box
