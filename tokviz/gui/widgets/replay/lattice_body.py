"""LatticeBody: the lattice and the tokens below it, beside the candidates at a place.

It arranges widgets and knows nothing of what they show; whoever owns it fills and connects them.
"""

from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QScrollArea, QVBoxLayout, QWidget

from tokviz.gui.palette import Palette
from tokviz.gui.widgets.plain_label import plain_label
from tokviz.gui.widgets.replay.lattice_view import LatticeView
from tokviz.gui.widgets.replay.merge_row_view import MergeRowView
from tokviz.gui.widgets.tables.row_table import RowTable
from tokviz.gui.widgets.turning_splitter import TurningSplitter

_WIDE = 680  # pixels from which the candidates stand beside the lattice


class LatticeBody(QWidget):
    """The lattice scrolls; what it was written from stands above it."""

    def __init__(self) -> None:
        super().__init__()
        self._place = 0
        self._later = QTimer(self, singleShot=True, interval=0)
        self._later.timeout.connect(self._scroll)
        self.written = plain_label("", "muted")
        self.written.setWordWrap(True)
        self.lattice = LatticeView()
        self.area = QScrollArea()
        self.area.setWidgetResizable(True)
        self.area.setWidget(self.lattice)
        self.area.setFocusPolicy(Qt.FocusPolicy.NoFocus)  # the arrow keys move the replay
        self.area.setCornerWidget(QWidget())
        self.lattice.setObjectName("cardContent")
        self.row = MergeRowView()
        self.row.setAccessibleName("Tokens of the best path")
        self.candidates = RowTable()
        self.candidates.setAccessibleName("Candidates at this place")
        self.candidates.setMinimumHeight(60)
        left = QWidget()
        column = QVBoxLayout(left)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.written)
        column.addWidget(self.area, 1)
        column.addWidget(self.row)
        split = TurningSplitter(
            left, self.candidates, wide=_WIDE, beside=(600, 290), below=(230, 110)
        )
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addWidget(split)

    def say_written(self, words: str) -> None:
        """How the text is written where it is looked up, if otherwise."""
        self.written.setText(words)
        self.written.setVisible(bool(words))

    def show_place(self, place: int) -> None:
        """Bring a place of the lattice into view."""
        self._place = place
        self._later.start()  # what is shown or hidden with this step is laid out first

    def _scroll(self) -> None:
        x, low = round(self.lattice.x_of(self._place)), self.lattice.height()
        self.area.ensureVisible(x, low, 120, 0)

    def set_colors(self, palette: Palette) -> None:
        for widget in (self.lattice, self.row, self.candidates):
            widget.set_colors(palette)
