"""Keys that a widget keeps from the shortcuts of the panel and the window around it."""

from collections.abc import Container

from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QKeyEvent


def is_own_key(event: QEvent, keys: Container[int]) -> bool:
    """Whether Qt asks for one of the keys, pressed alone, before it gives it to a shortcut.

    The event is accepted then, and the key comes to the widget that has the focus. For `event`,
    which returns True in that case.
    """
    if event.type() != QEvent.Type.ShortcutOverride or not isinstance(event, QKeyEvent):
        return False
    plain = not event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier
    if plain and event.key() in keys:
        event.accept()
        return True
    return False
