"""MapTools: what dragging on the map does, where it looks, and what its points are coloured by."""

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QButtonGroup, QComboBox, QHBoxLayout, QToolButton, QWidget

from tokviz.gui.widgets.map.scatter_pointer import Tool
from tokviz.gui.widgets.switch_button import switch_button

_TOOLS = {
    Tool.PAN: ("Pan", "Drag to move the map; the wheel zooms to the pointer"),
    Tool.RECTANGLE: ("Box", "Drag to select what lies in a rectangle (or hold Shift)"),
    Tool.LASSO: ("Lasso", "Draw around the points to select (or hold Ctrl)"),
}


class MapTools(QWidget):
    """Buttons in a row; `colors` is to be placed by whoever places this. Says what was picked."""

    tool_picked = Signal(object)  # a Tool
    color_picked = Signal(str)

    def __init__(self, colors: Sequence[str]) -> None:
        super().__init__()
        self.setObjectName("mapTools")
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(1)
        self._tools = QButtonGroup(self)
        for number, (words, tip) in enumerate(_TOOLS.values()):
            button = switch_button(words, tip)
            button.setCheckable(True)
            button.setChecked(number == 0)
            self._tools.addButton(button, number)
            row.addWidget(button)
        self._tools.idClicked.connect(lambda i: self.tool_picked.emit(list(_TOOLS)[i]))
        self.zoom_to_selection = switch_button("Zoom", "Bring the selected tokens into view")
        self.fit = switch_button("All", "Show every point (F)")
        self.density = switch_button("Density", "Show how many points lie where")
        self.density.setCheckable(True)
        for button in (self.zoom_to_selection, self.fit, self.density):
            row.addWidget(button)
        self.colors = QComboBox()
        for name in colors:
            self.colors.addItem(f"by {name}", name)
        self.colors.setToolTip("What the points are coloured by")
        self.colors.currentIndexChanged.connect(self._on_color_changed)

    def _on_color_changed(self) -> None:
        self.color_picked.emit(str(self.colors.currentData()))

    def button_of(self, tool: Tool) -> QToolButton:
        button = self._tools.button(list(_TOOLS).index(tool))
        assert isinstance(button, QToolButton)
        return button
