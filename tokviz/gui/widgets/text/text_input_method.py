"""What input methods (for Chinese, Japanese, Korean, dead keys) send to the text and ask of it.

They count UTF-16 units and see a window around the caret, in which what Qt would change is shown
as U+FFFD, so that their offsets stay true.
"""

from typing import TYPE_CHECKING, Any

import regex
from PySide6.QtCore import Qt
from PySide6.QtGui import QInputMethodEvent

from tokviz.gui.widgets.text.row_layout import Preedit

if TYPE_CHECKING:
    from tokviz.gui.widgets.text.token_text_view import TokenTextView

_WINDOW = 256
_LOST_BY_QT = regex.compile(r"[\p{Cs}\uFEFF\uFFFE\0]")
_Query = Qt.InputMethodQuery


def apply(view: "TokenTextView", event: QInputMethodEvent) -> None:
    """Take over what was committed and show what is still composed."""
    commit, composed = event.commitString(), event.preeditString()
    if commit or event.replacementLength():
        if event.replacementLength():
            start = _moved(view, view.caret, event.replacementStart())
            view.select(start, _moved(view, start, event.replacementLength()))
        view.set_preedit(None, None)
        view.type_text(commit)
    elif composed and view.selection()[0] < view.selection()[1]:
        view.type_text("")
    cursor: int | None = None
    formats = []
    for attribute in event.attributes():
        kind = attribute.type
        if kind == QInputMethodEvent.AttributeType.Cursor:
            cursor = attribute.start if attribute.length else -1
        elif kind == QInputMethodEvent.AttributeType.TextFormat:
            look = (
                attribute.value.toCharFormat() if hasattr(attribute.value, "toCharFormat") else None
            )
            if look is not None:
                formats.append((attribute.start, attribute.length, look))
    preedit = Preedit(0, composed, tuple(formats)) if composed else None
    view.set_preedit(preedit, cursor)


def answer(view: "TokenTextView", query: Qt.InputMethodQuery) -> Any:
    """The value for a query; None for what is not known."""
    if query == _Query.ImEnabled:
        return view.editable
    if query == _Query.ImCursorRectangle:
        return view.caret_rect()
    if query == _Query.ImAnchorRectangle:
        return view.caret_rect(view.anchor)
    if query == _Query.ImFont:
        return view.text_font()
    if query == _Query.ImHints:
        return Qt.InputMethodHint.ImhMultiLine
    if query == _Query.ImCurrentSelection:
        start, end = view.selection()
        return _shown(view.source.slice(start, min(end, start + 4 * _WINDOW)))
    start = max(0, view.caret - _WINDOW)
    before = _shown(view.source.slice(start, view.caret))
    after = _shown(view.source.slice(view.caret, min(view.source.n_chars, view.caret + _WINDOW)))
    if query == _Query.ImSurroundingText:
        return before + after
    if query == _Query.ImTextBeforeCursor:
        return before
    if query == _Query.ImTextAfterCursor:
        return after
    if query in (_Query.ImCursorPosition, _Query.ImAbsolutePosition):
        return _units(before)
    if query == _Query.ImAnchorPosition:
        anchor = max(start, min(view.anchor, view.caret + _WINDOW))
        return _units(_shown(view.source.slice(start, anchor)))
    return None


def _moved(view: "TokenTextView", position: int, units: int) -> int:
    """A position moved by UTF-16 units, backwards if negative."""
    source = view.source
    while units > 0 and position < source.n_chars:
        units -= _units(_shown(source.slice(position, position + 1)))
        position += 1
    while units < 0 and position > 0:
        position -= 1
        units += _units(_shown(source.slice(position, position + 1)))
    return position


def _shown(text: str) -> str:
    return _LOST_BY_QT.sub("\ufffd", text)


def _units(text: str) -> int:
    return len(text.encode("utf-16-le")) // 2
