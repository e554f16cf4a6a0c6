"""ChoiceBox: a list to choose from that keeps the keys it understands from the panel around it."""

from PySide6.QtCore import QEvent, Qt
from PySide6.QtWidgets import QComboBox

from tokviz.gui.widgets.own_keys import is_own_key

_KEYS = {
    Qt.Key.Key_Space,
    Qt.Key.Key_Home,
    Qt.Key.Key_End,
    Qt.Key.Key_Left,
    Qt.Key.Key_Right,
    Qt.Key.Key_Up,
    Qt.Key.Key_Down,
}


class ChoiceBox(QComboBox):
    """With the focus it opens with Space and moves with Home, End and the arrows."""

    def event(self, event: QEvent) -> bool:
        return is_own_key(event, _KEYS) or super().event(event)
