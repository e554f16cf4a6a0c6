"""MapArea: a map, the bars above it, and below it what is to be said of it and its honesty."""

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QFrame, QLabel, QSizePolicy, QVBoxLayout, QWidget

from tokviz.gui.palette import Palette
from tokviz.gui.widgets.color_legend import ColorLegend
from tokviz.gui.widgets.honesty_strip import HonestyStrip
from tokviz.gui.widgets.hover_card import HoverCard
from tokviz.gui.widgets.map_tools import MapTools
from tokviz.gui.widgets.projection_bar import ProjectionBar
from tokviz.gui.widgets.scatter_view import ScatterView

_HIGH_ENOUGH = 460


class MapArea(QWidget):
    """Only places its parts; whoever makes it ties them to something."""

    def __init__(self, projections: list[tuple[str, str]], colors: Sequence[str]) -> None:
        super().__init__()
        self.bar = ProjectionBar(projections)
        self.tools = MapTools(colors)
        self.view = ScatterView()
        self.card = HoverCard(self.view)
        self.legend = ColorLegend()
        self.words = _words()
        self.hint = _words()
        self.strip = HonestyStrip()
        bars, said = QWidget(), QWidget()
        above, below = QVBoxLayout(bars), QVBoxLayout(said)
        above.setContentsMargins(10, 6, 10, 6)
        above.setSpacing(4)
        above.addWidget(self.bar)
        above.addWidget(self.tools)
        below.setContentsMargins(12, 2, 12, 2)
        below.setSpacing(2)
        below.addWidget(self.legend)
        below.addWidget(self.words)
        below.addWidget(self.hint)
        self.hint.setObjectName("muted")
        self.hint.setWordWrap(False)  # one line, whole in its tip
        self.hint.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        line = QFrame()
        line.setFixedHeight(1)
        line.setObjectName("panelHeader")
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(bars)
        column.addWidget(self.view, 1)
        column.addWidget(said)
        column.addWidget(line)
        column.addWidget(self.strip)

    def set_colors(self, palette: Palette) -> None:
        self.view.set_palette(palette)
        self.legend.set_colors(palette)
        self.strip.set_colors(palette)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """A small map is better than a second line of words, which are in the tip, too."""
        super().resizeEvent(event)
        self._show_hint()

    def _show_hint(self) -> None:
        self.hint.setVisible(bool(self.hint.text()) and self.height() >= _HIGH_ENOUGH)

    def say(self, words: str, hint: str = "") -> None:
        """What the map is, and below it in grey what is to be known of it."""
        self.words.setText(words)
        self.hint.setText(hint)
        self.hint.setToolTip(hint)
        self.words.setToolTip(hint)
        self._show_hint()


def _words() -> QLabel:
    label = QLabel()
    label.setTextFormat(Qt.TextFormat.PlainText)
    label.setWordWrap(True)
    return label
