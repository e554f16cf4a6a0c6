"""A label that shows text as it is: Qt's own guesses HTML and shows nothing for `<s>`."""

from unicodedata import bidirectional

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel

_LEFT_TO_RIGHT_MARK = "\u200e"


def plain_label(text: str = "", name: str = "") -> QLabel:
    """A label of plain text; `name` is its name in the style sheet."""
    label = QLabel(text)
    label.setObjectName(name)
    label.setTextFormat(Qt.TextFormat.PlainText)
    return label


def left_to_right(text: str) -> str:
    """The text as it is, but set from left to right also where it begins with another script.

    Qt takes the direction of a paragraph from its first letter: one of our sentences that begins
    with an Arabic token would stand at the right, with its end before its beginning.
    """
    directions = map(bidirectional, text)
    first = next((found for found in directions if found in ("L", "R", "AL")), "L")
    return text if first == "L" else _LEFT_TO_RIGHT_MARK + text
