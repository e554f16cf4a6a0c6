"""The small buttons in headers and lines: `switch` in the style sheet, without an edge."""

from PySide6.QtWidgets import QToolButton


def switch_button(text: str, tip: str = "", *, checkable: bool = False) -> QToolButton:
    """`tip` says what it does; one that is `checkable` is on or off."""
    button = QToolButton()
    button.setObjectName("switch")
    button.setText(text)
    button.setToolTip(tip)
    button.setCheckable(checkable)
    return button
