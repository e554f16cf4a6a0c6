"""FilteredTable: a table with a field to filter it by and a line that says what is listed."""

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QLineEdit, QToolButton, QVBoxLayout, QWidget

from tokviz.gui.palette import Palette
from tokviz.gui.widgets.switch_button import switch_button
from tokviz.gui.widgets.tables.row_table import RowTable

_PAUSE_MS = 200


class FilteredTable(QWidget):
    """`asked` tells that the rows are to be listed anew: a moment after the last key or change."""

    asked = Signal()

    def __init__(self, placeholder: str) -> None:
        super().__init__()
        self.filter = QLineEdit()
        self.filter.setPlaceholderText(placeholder)
        self.filter.setClearButtonEnabled(True)
        self.message = QLabel()
        self.message.setTextFormat(Qt.TextFormat.PlainText)
        self.message.setWordWrap(True)
        self.message.setObjectName("muted")
        self.table = RowTable()
        self._row = QHBoxLayout()
        self._row.addWidget(self.filter, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(8, 8, 8, 8)
        column.addLayout(self._row)
        column.addWidget(self.message)
        column.addWidget(self.table, 1)
        self._later = QTimer(self, singleShot=True, interval=_PAUSE_MS)
        self._later.timeout.connect(self._ask)
        self.filter.textChanged.connect(self.ask_soon)

    def add_switch(self, text: str, tip: str, *, checkable: bool = False) -> QToolButton:
        """A small button beside the field."""
        switch = switch_button(text, tip, checkable=checkable)
        self._row.addWidget(switch)
        return switch

    def ask_soon(self) -> None:
        """What is listed may have changed; many changes in a row are one."""
        self._later.start()

    def set_colors(self, palette: Palette) -> None:
        self.table.set_colors(palette)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._ask()

    def _ask(self) -> None:
        """Nobody looks at what is hidden; it asks when it is shown."""
        if self.isVisible():
            self.asked.emit()
