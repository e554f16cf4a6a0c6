"""AttemptsView: a word, the pieces found in it so far, and every look into the vocabulary.

It arranges widgets and knows nothing of what they show; whoever owns it fills and connects them.
"""

from PySide6.QtWidgets import QVBoxLayout, QWidget

from tokviz.gui.palette import Palette
from tokviz.gui.widgets.plain_label import plain_label
from tokviz.gui.widgets.replay.merge_row_view import MergeRowView
from tokviz.gui.widgets.replay.tried_word_view import TriedWordView
from tokviz.gui.widgets.scrolled import scrolled
from tokviz.gui.widgets.tables.row_table import RowTable
from tokviz.gui.widgets.turning_splitter import TurningSplitter

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
        split = TurningSplitter(
            scrolled(left), self.attempts, wide=_WIDE, beside=(500, 330), below=(170, 150)
        )
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addWidget(split)

    def say_written(self, words: str) -> None:
        """How the text is written where it is looked up, if otherwise."""
        self.written.setText(words)
        self.written.setVisible(bool(words))

    def set_colors(self, palette: Palette) -> None:
        for widget in (self.word, self.row, self.attempts):
            widget.set_colors(palette)
