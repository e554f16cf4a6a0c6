"""ModeSwitch: one row of modes, each an arrangement of the same panels."""

from enum import Enum

from PySide6.QtCore import Signal
from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import QButtonGroup, QFrame, QHBoxLayout, QToolButton


class Mode(Enum):
    """The value is the name on screen and in the settings."""

    INSPECT = "Inspect"
    REPLAY = "Replay"
    TRAIN = "Train"
    MAP = "Map"
    COMPARE = "Compare"
    LEARN = "Learn"


class ModeSwitch(QFrame):
    """Buttons side by side, of which one is down."""

    picked = Signal(object)  # a Mode, by the user

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("modes")
        self._buttons = QButtonGroup(self)
        row = QHBoxLayout(self)
        row.setContentsMargins(2, 2, 2, 2)
        row.setSpacing(2)
        for i, mode in enumerate(Mode):
            button = QToolButton()
            button.setObjectName("mode")
            button.setText(mode.value)
            button.setCheckable(True)
            button.setToolTip(f"{mode.value} (Ctrl+{i + 1})")
            button.setShortcut(f"Ctrl+{i + 1}")
            self._buttons.addButton(button, i)
            row.addWidget(button)
        self._buttons.idClicked.connect(lambda i: self.picked.emit(list(Mode)[i]))
        self.set_mode(Mode.INSPECT)

    @property
    def mode(self) -> Mode:
        return list(Mode)[self._buttons.checkedId()]

    def keys(self) -> list[tuple[str, list[QKeySequence]]]:
        """(mode, its keys) of each button."""
        return [(button.text(), [button.shortcut()]) for button in self._buttons.buttons()]

    def set_mode(self, mode: Mode) -> None:
        """Show a mode as chosen; nothing is emitted."""
        self._buttons.button(list(Mode).index(mode)).setChecked(True)
