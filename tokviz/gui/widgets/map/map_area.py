"""MapArea: a map below a row of tools, and above a line that says how far it can be trusted.

What the map is and what its colours mean stand in its corners, so that it has the room.
"""

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QSizePolicy, QVBoxLayout, QWidget

from tokviz.gui.palette import Palette
from tokviz.gui.widgets.flow_layout import FlowLayout
from tokviz.gui.widgets.map.color_legend import ColorLegend
from tokviz.gui.widgets.map.color_scale import density_scale
from tokviz.gui.widgets.map.honesty_strip import HonestyStrip
from tokviz.gui.widgets.map.hover_card import HoverCard
from tokviz.gui.widgets.map.map_tools import MapTools
from tokviz.gui.widgets.map.projection_bar import ProjectionBar
from tokviz.gui.widgets.map.scatter_view import ScatterView

_HIGH_ENOUGH = 360  # for the numbers in the legend
_TOO_LOW = 220  # for the legend itself
_NARROW = 520  # below it the measures have short names
_WIDEST_COLORS = 190
_EDGE = 4  # pixels between the corners' words and the map's edges


class MapArea(QWidget):
    """Only places its parts; whoever makes it ties them to something."""

    def __init__(self, projections: list[tuple[str, str]], colors: Sequence[str]) -> None:
        super().__init__()
        self.bar = ProjectionBar(projections)
        self.settings = self.bar.settings
        self.tools = MapTools(colors)
        self.view = ScatterView()
        self.card = HoverCard(self.view)
        self.legend, self.density_legend = ColorLegend(), ColorLegend()
        self.words, self.hint = QLabel(), _CutLabel()
        for label in (self.words, self.hint):
            label.setTextFormat(Qt.TextFormat.PlainText)
        self.strip = HonestyStrip()
        self._place_corners()
        line = QFrame()
        line.setFixedHeight(1)
        line.setObjectName("panelHeader")
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self._above())
        column.addWidget(self.view, 1)
        column.addWidget(line)
        column.addWidget(self._below())

    def _above(self) -> QWidget:
        bars, row = QWidget(), QWidget()
        flow = FlowLayout(row, 2)
        flow.addWidget(self.bar)
        flow.addWidget(self.tools)
        around = QVBoxLayout(bars)
        around.setContentsMargins(5, 4, 5, 4)
        around.addWidget(row)
        return bars

    def _place_corners(self) -> None:
        """The words at the top of the map, which let the mouse through, the colours at its foot."""
        self.words.setObjectName("onMap")
        self.words.setWordWrap(True)
        self.words.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.words.hide()
        foot = self._foot = QFrame()
        foot.setObjectName("onMap")
        for corner in (self.words, foot):
            corner.installEventFilter(self)
        row = QHBoxLayout(foot)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(4)
        self.tools.colors.setMaximumWidth(_WIDEST_COLORS)
        at_left = Qt.AlignmentFlag.AlignBottom | Qt.AlignmentFlag.AlignLeft
        row.addWidget(self.tools.colors, 0, at_left)
        for legend in (self.legend, self.density_legend):
            row.addWidget(legend, 1, Qt.AlignmentFlag.AlignBottom)
        self.density_legend.hide()
        self.tools.density.toggled.connect(self._on_density_toggled)
        corners = QVBoxLayout(self.view)
        corners.setContentsMargins(6, _EDGE, 6, _EDGE)
        corners.addWidget(self.words, 0, Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignLeft)
        corners.addStretch(1)
        corners.addWidget(foot)

    def _below(self) -> QWidget:
        said = QWidget()
        row = QHBoxLayout(said)
        row.setContentsMargins(12, 3, 12, 4)
        row.setSpacing(12)
        self.hint.setObjectName("muted")
        row.addWidget(self.strip)
        row.addWidget(self.hint, 1)
        return said

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """What stands in the corners comes, goes and grows; no point is fitted under it."""
        if event.type() in (QEvent.Type.Resize, QEvent.Type.Show, QEvent.Type.Hide):
            above, below = (
                0 if corner.isHidden() else corner.height() + _EDGE
                for corner in (self.words, self._foot)
            )
            self.view.cover(above, below)
        return super().eventFilter(watched, event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.legend.set_brief(self.height() < _HIGH_ENOUGH)
        self.strip.set_brief(self.width() < _NARROW)
        self._show_legend()
        self._fit_words()

    def _on_density_toggled(self, on: bool) -> None:
        self.view.set_density(on)
        self._show_legend()

    def _show_legend(self) -> None:
        """Of the colours on the map now; where it would hide half of the map, none."""
        density, high = self.tools.density.isChecked(), self.height() >= _TOO_LOW
        self.tools.colors.setVisible(not density)
        self.legend.setVisible(high and not density)
        self.density_legend.setVisible(high and density)
        self._foot.setVisible(high or not density)

    def _fit_words(self) -> None:
        """A label that may wrap would be as narrow as it can; it shall be as wide as it must."""
        wide = self.words.fontMetrics().horizontalAdvance(self.words.text()) + 20
        self.words.setFixedWidth(max(1, min(wide, self.width() - 12)))

    def set_colors(self, palette: Palette) -> None:
        self.view.set_palette(palette)
        self.legend.set_colors(palette)
        self.density_legend.set_colors(palette)
        self.density_legend.set_scale(density_scale(palette))
        self.strip.set_colors(palette)

    def say(self, words: str, hint: str = "") -> None:
        """What the map is, and in grey what is to be known of the table."""
        self.words.setText(words)
        self.words.setVisible(bool(words))
        self._fit_words()
        self.hint.setText(hint)


class _CutLabel(QLabel):
    """One line that is cut where the room ends; the whole is in its tip."""

    def __init__(self) -> None:
        super().__init__()
        self._whole = ""
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)

    def setText(self, text: str) -> None:
        self._whole = text
        self.setToolTip(text)
        self._cut()

    def text(self) -> str:
        return self._whole

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._cut()

    def _cut(self) -> None:
        elide = Qt.TextElideMode.ElideRight
        super().setText(self.fontMetrics().elidedText(self._whole, elide, self.width()))
