"""TrainingStepView: one merge as it was learned, its rivals and what it changed.

It arranges widgets and knows nothing of what they show; whoever owns it fills and connects them.
"""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QSplitter, QVBoxLayout, QWidget

from tokviz.gui.palette import Palette
from tokviz.gui.widgets.replay.merge_row_view import MergeRowView
from tokviz.gui.widgets.tables.row_table import RowTable


class TrainingStepView(QWidget):
    """An example and the list of them at the left, the pairs with their counts at the right."""

    def __init__(self) -> None:
        super().__init__()
        self.ties = QLabel()
        self.ties.setTextFormat(Qt.TextFormat.PlainText)
        self.ties.setWordWrap(True)
        self.ties.setObjectName("muted")
        self.row = MergeRowView()
        self.examples = RowTable()
        self.examples.setAccessibleName("Pre-tokens it changed")
        self.rivals = RowTable()
        self.rivals.setAccessibleName("Pairs and their counts")
        left = QWidget()
        left_column = QVBoxLayout(left)
        left_column.setContentsMargins(0, 0, 0, 0)
        left_column.addWidget(self.row)
        left_column.addWidget(self.examples, 1)
        split = QSplitter(Qt.Orientation.Horizontal)
        split.addWidget(left)
        split.addWidget(self.rivals)
        split.setSizes([420, 460])
        split.setStretchFactor(0, 1)
        split.setStretchFactor(1, 1)
        split.setHandleWidth(10)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.ties)
        column.addWidget(split, 1)
        for table in (self.examples, self.rivals):
            table.setMinimumHeight(60)

    def set_colors(self, palette: Palette) -> None:
        for widget in (self.row, self.examples, self.rivals):
            widget.set_colors(palette)
