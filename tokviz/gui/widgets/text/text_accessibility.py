"""What a screen reader learns of the token text: its role, and the text that is in view.

Only the visible rows, since a text of megabytes may be behind them; what Qt would change reads as
U+FFFD. Caret and selection are told as a description: PySide leaves `selection` and `attributes`
out of QAccessibleTextInterface, so none can be made in Python.
"""

import atexit

import regex
from PySide6.QtCore import QObject
from PySide6.QtGui import QAccessible, QAccessibleInterface
from PySide6.QtWidgets import QAccessibleWidget

from tokviz.gui.widgets.text.token_text_view import TokenTextView

_LOST_BY_QT = regex.compile(r"[\p{Cs}\uFEFF\uFFFE\0]")


class TokenTextAccessible(QAccessibleWidget):
    """An editable text: its value is what can be seen, its description the caret's place."""

    def __init__(self, view: TokenTextView) -> None:
        super().__init__(view, QAccessible.Role.EditableText, view.accessibleName())
        self._view = view

    def text(self, kind: QAccessible.Text) -> str:
        if kind == QAccessible.Text.Value:
            return _LOST_BY_QT.sub("\ufffd", self._view.visible_text())
        if kind == QAccessible.Text.Description:
            return _place(self._view)
        return super().text(kind)


def _place(view: TokenTextView) -> str:
    line = view.source.line_at(view.caret)
    column = view.caret - view.source.line_start(line)
    start, end = view.selection()
    selected = f", {end - start:,} characters selected" if start < end else ""
    return f"Line {line + 1:,}, column {column + 1:,}{selected}"


_installed = False
_kept: dict[int, TokenTextAccessible] = {}  # Qt keeps no reference to what Python made


def _interface(_name: str, thing: QObject) -> QAccessibleInterface | None:
    if not isinstance(thing, TokenTextView):
        return None
    number = id(thing)
    if number not in _kept:
        _kept[number] = TokenTextAccessible(thing)
        thing.destroyed.connect(lambda: _kept.pop(number, None))
    return _kept[number]


def install() -> None:
    """Let screen readers find the text of every view made from now on."""
    global _installed
    if not _installed:
        _installed = True
        QAccessible.installFactory(_interface)
        atexit.register(_kept.clear)
