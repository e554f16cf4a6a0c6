"""AttemptsView: a word, the pieces found in it so far, and every look into the vocabulary.

It arranges widgets and knows nothing of what they show; whoever owns it fills and connects them.
"""

from PySide6.QtCore import Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QScrollArea, QSplitter, QVBoxLayout, QWidget

from tokviz.gui.palette import Palette
from tokviz.gui.widgets.merge_row_view import MergeRowView
from tokviz.gui.widgets.plain_label import plain_label
from tokviz.gui.widgets.row_table import RowTable
from tokviz.gui.widgets.tried_word_view import TriedWordView

_WIDE = 560  # pixels from which the attempts stand beside the word


class AttemptsView(QWidget):
    """The word above the pieces at the left, the attempts at the right."""

    def __init__(self) -> None:
        super().__init__()
        self.written = plain_label("", "muted")
        self.written.setWordWrap(True)
        self.word = TriedWordView()
        self.found = plain_label("", "muted")
        self.row = MergeRowView()
        self.row.setAccessibleName("Pieces found")
        self.attempts = RowTable()
        self.attempts.setAccessibleName("Looks into the vocabulary")
        self.attempts.setMinimumHeight(60)
        left = QWidget()
        left.setObjectName("cardContent")
        column = QVBoxLayout(left)
        column.setContentsMargins(0, 0, 0, 0)
        for widget in (self.written, self.word, self.found, self.row):
            column.addWidget(widget)
        column.addStretch(1)
        scroll = QScrollArea()
        scroll.setWidgetResizable(True)
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        scroll.setWidget(left)
        self._sized = False
        split = self._split = QSplitter(Qt.Orientation.Horizontal)
        split.addWidget(scroll)
        split.addWidget(self.attempts)
        split.setStretchFactor(0, 1)
        split.setHandleWidth(10)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addWidget(split)

    def say_written(self, words: str) -> None:
        """How the text is written where it is looked up, if otherwise."""
        self.written.setText(words)
        self.written.setVisible(bool(words))

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Where the width does not do for both, one stands below the other."""
        wide = self.width() >= _WIDE
        side = Qt.Orientation.Horizontal if wide else Qt.Orientation.Vertical
        if side is not self._split.orientation() or not self._sized:
            self._sized = True
            self._split.setOrientation(side)
            self._split.setSizes([500, 330] if wide else [170, 150])
        super().resizeEvent(event)

    def set_colors(self, palette: Palette) -> None:
        for widget in (self.word, self.row, self.attempts):
            widget.set_colors(palette)
