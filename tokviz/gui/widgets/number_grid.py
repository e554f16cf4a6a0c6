"""NumberGrid: a few rows of words and numbers in columns, all in view at once."""

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QLabel, QWidget

_SHORTEST_NAME = 60  # pixels


class NumberGrid(QWidget):
    """The first column is text, the others are numbers, which stand right."""

    def __init__(self, headings: Sequence[str]) -> None:
        super().__init__()
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(12, 6, 12, 8)
        self._grid.setHorizontalSpacing(18)
        self._grid.setVerticalSpacing(3)
        self._grid.setColumnStretch(0, 1)
        self._labels: list[list[QLabel]] = []
        self._put(0, headings, "muted")

    def set_rows(self, rows: Sequence[Sequence[str]]) -> None:
        """Show these rows; labels that are there already only change their words."""
        while len(self._labels) < len(rows):
            self._labels.append(self._put(len(self._labels) + 1, rows[len(self._labels)], "number"))
        while len(self._labels) > len(rows):
            for label in self._labels.pop():
                label.deleteLater()
        for labels, row in zip(self._labels, rows, strict=True):
            for label, words in zip(labels, row, strict=True):
                label.setText(words)

    def rows(self) -> list[list[str]]:
        """What is shown."""
        return [[label.text() for label in labels] for labels in self._labels]

    def _put(self, row: int, words: Sequence[str], name: str) -> list[QLabel]:
        labels = []
        for column, text in enumerate(words):
            label = QLabel(text)
            label.setObjectName(name)
            label.setTextFormat(Qt.TextFormat.PlainText)
            side = Qt.AlignmentFlag.AlignRight if column else Qt.AlignmentFlag.AlignLeft
            self._grid.addWidget(label, row, column, side)
            if not column:  # cut where there is no room: a name is no reason for a wider window
                label.setMinimumWidth(_SHORTEST_NAME)
            labels.append(label)
        return labels
