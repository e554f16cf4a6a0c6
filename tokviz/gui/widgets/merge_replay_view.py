"""MergeReplayView: a step of a replay in all its aspects, and what moves it, on one surface.

It arranges widgets and knows nothing of what they show; whoever owns it fills and connects them.
"""

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QSplitter,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from tokviz.gui.palette import Palette
from tokviz.gui.widgets.merge_row_view import MergeRowView
from tokviz.gui.widgets.merge_tree_view import MergeTreeView
from tokviz.gui.widgets.pipeline_strip import PipelineStrip
from tokviz.gui.widgets.replay_controls import ReplayControls
from tokviz.gui.widgets.row_table import RowTable

_LOWEST_TREE = 158  # pixels


class MergeReplayView(QWidget):
    """The strip of stages and the controls above; below them row and tree beside the pairs."""

    def __init__(self, stages: Sequence[str], keys_of: QWidget) -> None:
        super().__init__()
        self.strip = PipelineStrip(stages)
        self.controls = ReplayControls(keys_of)
        self.rank = QLineEdit()
        self.rank.setPlaceholderText("go to rank")
        self.rank.setAccessibleName("Go to rank")
        self.rank.setFixedWidth(90)
        self.sentence = QLabel()
        self.sentence.setTextFormat(Qt.TextFormat.PlainText)
        self.sentence.setWordWrap(True)
        self.row = MergeRowView()
        self.tree = MergeTreeView()
        self.tree.setMinimumHeight(_LOWEST_TREE)
        self.by_rank = QToolButton()
        self.by_rank.setObjectName("switch")
        self.by_rank.setText("height by rank")
        self.by_rank.setToolTip("Heights by the logarithm of the rank, not by the order of merging")
        self.by_rank.setCheckable(True)
        self.by_rank.toggled.connect(self.tree.set_height_by_rank)
        self.pairs = RowTable()
        self.pairs.setAccessibleName("Candidate pairs")
        self._place_widgets()

    def _place_widgets(self) -> None:
        top = QHBoxLayout()
        top.addWidget(self.strip, 1)
        top.addWidget(self.by_rank)
        moving = QHBoxLayout()
        moving.addWidget(self.controls, 1)
        moving.addWidget(self.rank)
        left = QWidget()
        left_column = QVBoxLayout(left)
        left_column.setContentsMargins(0, 0, 0, 0)
        left_column.addWidget(self.row)
        left_column.addWidget(self.tree, 1)
        split = QSplitter(Qt.Orientation.Horizontal)
        split.addWidget(left)
        split.addWidget(self.pairs)
        split.setStretchFactor(0, 1)
        split.setSizes([560, 310])
        split.setHandleWidth(10)
        column = QVBoxLayout(self)
        column.setContentsMargins(12, 8, 12, 8)
        column.setSpacing(6)
        column.addLayout(top)
        column.addLayout(moving)
        column.addWidget(self.sentence)
        column.addWidget(split, 1)

    def set_colors(self, palette: Palette) -> None:
        for widget in (self.controls, self.row, self.tree, self.pairs):
            widget.set_colors(palette)
