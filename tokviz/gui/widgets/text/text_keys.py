"""Which keys do what in the token text: a table from Qt's standard keys to the view's methods."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent, QKeySequence

from tokviz.gui.widgets.text import caret_movement
from tokviz.gui.widgets.text.grapheme_edges import next_edge

if TYPE_CHECKING:
    from tokviz.gui.widgets.text.token_text_view import TokenTextView

_Key = QKeySequence.StandardKey
_Action = Callable[["TokenTextView"], None]


def _move(how: str, select: bool) -> _Action:
    return lambda view: view.move_caret(how, select)


_MOVES: dict[QKeySequence.StandardKey, _Action] = {
    _Key.MoveToNextChar: _move("right", False),
    _Key.MoveToPreviousChar: _move("left", False),
    _Key.SelectNextChar: _move("right", True),
    _Key.SelectPreviousChar: _move("left", True),
    _Key.MoveToNextWord: _move("next word", False),
    _Key.MoveToPreviousWord: _move("previous word", False),
    _Key.SelectNextWord: _move("next word", True),
    _Key.SelectPreviousWord: _move("previous word", True),
    _Key.MoveToNextLine: _move("down", False),
    _Key.MoveToPreviousLine: _move("up", False),
    _Key.SelectNextLine: _move("down", True),
    _Key.SelectPreviousLine: _move("up", True),
    _Key.MoveToNextPage: _move("page down", False),
    _Key.MoveToPreviousPage: _move("page up", False),
    _Key.SelectNextPage: _move("page down", True),
    _Key.SelectPreviousPage: _move("page up", True),
    _Key.MoveToStartOfLine: _move("row start", False),
    _Key.MoveToEndOfLine: _move("row end", False),
    _Key.SelectStartOfLine: _move("row start", True),
    _Key.SelectEndOfLine: _move("row end", True),
    _Key.MoveToStartOfDocument: _move("start", False),
    _Key.MoveToEndOfDocument: _move("end", False),
    _Key.SelectStartOfDocument: _move("start", True),
    _Key.SelectEndOfDocument: _move("end", True),
    _Key.SelectAll: lambda view: view.select_all(),
    _Key.Copy: lambda view: view.copy(),
}
_EDITS: dict[QKeySequence.StandardKey, _Action] = {
    _Key.Undo: lambda view: view.undo(),
    _Key.Redo: lambda view: view.redo(),
    _Key.Cut: lambda view: view.cut(),
    _Key.Paste: lambda view: view.paste(),
    _Key.Delete: lambda view: view.delete_to(next_edge(view.source, view.caret)),
    _Key.DeleteStartOfWord: lambda view: view.delete_to(
        caret_movement.previous_word(view.source, view.caret)
    ),
    _Key.DeleteEndOfWord: lambda view: view.delete_to(
        caret_movement.next_word(view.source, view.caret)
    ),
    _Key.InsertParagraphSeparator: lambda view: view.type_text("\n"),
    _Key.InsertLineSeparator: lambda view: view.type_text("\n"),
}
_ZOOMS: dict[QKeySequence.StandardKey, _Action] = {
    _Key.ZoomIn: lambda view: view.set_zoom(view.zoom + 1),
    _Key.ZoomOut: lambda view: view.set_zoom(view.zoom - 1),
}
STANDARD_KEYS = (*_MOVES, *_EDITS, *_ZOOMS)

_CONTROL = Qt.KeyboardModifier.ControlModifier
_ALT = Qt.KeyboardModifier.AltModifier


def action_for(event: QKeyEvent, editable: bool) -> _Action | None:
    """What a key press does, or None if it is not the text's to handle."""
    key, modifiers = event.key(), event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier
    if modifiers == _ALT and key in (Qt.Key.Key_Left, Qt.Key.Key_Right):
        return _walk(1 if key == Qt.Key.Key_Right else -1)
    if not editable and not modifiers and key in _WALKING:
        return _walk(_WALKING[Qt.Key(key)])
    plain = not modifiers & ~Qt.KeyboardModifier.ShiftModifier
    if editable and plain and key == Qt.Key.Key_Backspace:  # not among Qt's standard keys
        return lambda view: view.delete_to(caret_movement.backspace_start(view.source, view.caret))
    if modifiers == _CONTROL and key == Qt.Key.Key_0:
        return lambda view: view.reset_zoom()
    if modifiers & _CONTROL and key in (Qt.Key.Key_Equal, Qt.Key.Key_Plus):
        return _ZOOMS[_Key.ZoomIn]
    tables = (_MOVES, _EDITS, _ZOOMS) if editable else (_MOVES, _ZOOMS)
    for table in tables:
        for standard, action in table.items():
            if event.matches(standard):
                return action
    if editable:
        text = typed_text(event)
        if text:
            return lambda view: view.type_text(text)
    return None


def typed_text(event: QKeyEvent) -> str:
    """The text a key types: "" for shortcuts and for keys that type none."""
    if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
        return "\n"
    if event.key() == Qt.Key.Key_Tab:
        return "\t" if not event.modifiers() & (_CONTROL | _ALT) else ""
    text = event.text()
    control, alt = bool(event.modifiers() & _CONTROL), bool(event.modifiers() & _ALT)
    if control != alt:  # both together are AltGr, which types
        return ""
    return text if text and (text >= " " and text != "\x7f") else ""


def _walk(step: int) -> _Action:
    return lambda view: view.walk_tokens(step)


_WALKING = {
    Qt.Key.Key_Left: -1,
    Qt.Key.Key_Up: -1,
    Qt.Key.Key_Right: 1,
    Qt.Key.Key_Down: 1,
}
