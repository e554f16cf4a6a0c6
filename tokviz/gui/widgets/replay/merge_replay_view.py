"""MergeReplayView: a step of any replay in all its aspects, and what moves it, on one surface.

It arranges widgets and knows nothing of what they show; whoever owns it fills and connects them.
"""

from collections.abc import Sequence
from enum import Enum

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QSplitter,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from tokviz.gui.palette import Palette
from tokviz.gui.widgets.replay.attempts_view import AttemptsView
from tokviz.gui.widgets.replay.lattice_body import LatticeBody
from tokviz.gui.widgets.replay.merge_row_view import MergeRowView
from tokviz.gui.widgets.replay.merge_tree_view import MergeTreeView
from tokviz.gui.widgets.replay.pipeline_strip import PipelineStrip
from tokviz.gui.widgets.replay.replay_controls import ReplayControls
from tokviz.gui.widgets.replay.training_step_view import TrainingStepView
from tokviz.gui.widgets.scrolled import scrolled
from tokviz.gui.widgets.switch_button import switch_button
from tokviz.gui.widgets.tables.row_table import RowTable

_LOWEST_BODY = 110  # pixels; in a low panel one scrolls


class Body(Enum):
    """What stands below the sentence."""

    MERGES = 0
    TRAINING = 1
    ATTEMPTS = 2
    LATTICE = 3


class OtherBodies:
    """What stands in the place of row, tree and pairs for other steps than those of encoding."""

    def __init__(self) -> None:
        self.training = TrainingStepView()
        self.attempts = AttemptsView()
        self.lattice = LatticeBody()


class MergeReplayView(QWidget):
    """The controls and a sentence; below them row and tree beside the pairs, with the strip of
    stages on top; or a step of training, of longest matches or of a lattice. `remedy` is what to do
    where there is nothing to show."""

    def __init__(self, stages: Sequence[str], bodies: OtherBodies) -> None:
        super().__init__()
        self.strip = PipelineStrip(stages)
        self.controls = ReplayControls()
        self.rank = QLineEdit()
        self.rank.setPlaceholderText("go to rank")
        self.rank.setAccessibleName("Go to rank")
        self.rank.setFixedWidth(90)
        self.rank.setMaxLength(20)
        self.sentence = QLabel()
        self.sentence.setTextFormat(Qt.TextFormat.PlainText)
        self.sentence.setWordWrap(True)
        self.remedy = QPushButton()
        self.remedy.hide()
        self.row = MergeRowView()
        self.tree = MergeTreeView()
        self.by_rank = switch_button(
            "height by rank",
            "Heights by the logarithm of the rank, not by the order of merging",
            checkable=True,
        )
        self.by_rank.toggled.connect(self.tree.set_height_by_rank)
        self.pairs = RowTable()
        self.pairs.setAccessibleName("Candidate pairs")
        self.training = bodies.training
        self.attempts = bodies.attempts
        self.lattice = bodies.lattice
        self._place_widgets()

    def _place_widgets(self) -> None:
        self._stages = QWidget()
        top = QHBoxLayout(self._stages)
        top.setContentsMargins(0, 0, 0, 0)
        top.addWidget(self.strip, 1)
        top.addWidget(self.by_rank)
        moving = QHBoxLayout()
        moving.addWidget(self.controls, 1)
        moving.addWidget(self.rank)
        self._bodies = QStackedWidget()
        keeps = self._bodies.sizePolicy()
        keeps.setRetainSizeWhenHidden(True)
        self._bodies.setSizePolicy(keeps)
        self._bodies.addWidget(self._encoding_body())
        for body in (self.training, self.attempts, self.lattice):
            self._bodies.addWidget(body)
        column = QVBoxLayout(self)
        column.setContentsMargins(12, 4, 12, 6)
        column.setSpacing(5)
        column.addWidget(self._stages)
        column.addLayout(moving)
        column.addWidget(self.sentence)
        column.addWidget(self.remedy, 0, Qt.AlignmentFlag.AlignLeft)
        column.addWidget(self._bodies, 1)

    def _encoding_body(self) -> QWidget:
        left = QWidget()
        left.setObjectName("cardContent")
        left_column = QVBoxLayout(left)
        left_column.setContentsMargins(0, 0, 0, 0)
        left_column.addWidget(self.row)
        left_column.addWidget(self.tree, 1)
        scroll = scrolled(left)
        scroll.setMinimumSize(left.minimumSizeHint().width(), _LOWEST_BODY)
        split = QSplitter(Qt.Orientation.Horizontal)
        split.addWidget(scroll)
        split.addWidget(self.pairs)
        split.setStretchFactor(0, 1)
        split.setSizes([560, 310])
        split.setHandleWidth(10)
        return split

    def show_body(self, body: Body) -> None:
        """Make room for the steps of this kind."""
        self._bodies.show()
        self._stages.setVisible(body is Body.MERGES)
        self.rank.setVisible(body in (Body.MERGES, Body.TRAINING))
        self._bodies.setCurrentIndex(body.value)

    def set_body_shown(self, shown: bool) -> None:
        """Whether there is a step to be seen; its room stays."""
        self._bodies.setVisible(shown)

    def say(self, sentence: str, remedy: str = "") -> None:
        """The sentence, and the words of a button beneath it if something can be done."""
        self.sentence.setText(sentence)
        self.remedy.setText(remedy)
        self.remedy.setVisible(bool(remedy))

    def set_colors(self, palette: Palette) -> None:
        encoding = (self.controls, self.row, self.tree, self.pairs)
        for widget in (*encoding, self.training, self.attempts, self.lattice):
            widget.set_colors(palette)
