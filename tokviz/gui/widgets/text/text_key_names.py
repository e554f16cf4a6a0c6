"""What the keys of the text do, in words: a row for each entry of the tables in `text_keys`."""

from PySide6.QtGui import QKeySequence

from tokviz.gui.widgets.text.text_keys import STANDARD_KEYS

_Key = QKeySequence.StandardKey
_NAMES: dict[QKeySequence.StandardKey, str] = {
    _Key.MoveToNextChar: "Right by a character",
    _Key.MoveToPreviousChar: "Left by a character",
    _Key.SelectNextChar: "Select to the right",
    _Key.SelectPreviousChar: "Select to the left",
    _Key.MoveToNextWord: "Next word",
    _Key.MoveToPreviousWord: "Previous word",
    _Key.SelectNextWord: "Select to the next word",
    _Key.SelectPreviousWord: "Select to the previous word",
    _Key.MoveToNextLine: "Down a row",
    _Key.MoveToPreviousLine: "Up a row",
    _Key.SelectNextLine: "Select down a row",
    _Key.SelectPreviousLine: "Select up a row",
    _Key.MoveToNextPage: "Down a page",
    _Key.MoveToPreviousPage: "Up a page",
    _Key.SelectNextPage: "Select down a page",
    _Key.SelectPreviousPage: "Select up a page",
    _Key.MoveToStartOfLine: "Start of the row",
    _Key.MoveToEndOfLine: "End of the row",
    _Key.SelectStartOfLine: "Select to the start of the row",
    _Key.SelectEndOfLine: "Select to the end of the row",
    _Key.MoveToStartOfDocument: "Start of the text",
    _Key.MoveToEndOfDocument: "End of the text",
    _Key.SelectStartOfDocument: "Select to the start of the text",
    _Key.SelectEndOfDocument: "Select to the end of the text",
    _Key.SelectAll: "Select all",
    _Key.Copy: "Copy",
    _Key.Undo: "Undo",
    _Key.Redo: "Redo",
    _Key.Cut: "Cut",
    _Key.Paste: "Paste",
    _Key.Delete: "Delete the next character",
    _Key.DeleteStartOfWord: "Delete to the start of the word",
    _Key.DeleteEndOfWord: "Delete to the end of the word",
    _Key.InsertParagraphSeparator: "Line feed",
    _Key.InsertLineSeparator: "Line feed, too",
    _Key.ZoomIn: "Larger",
    _Key.ZoomOut: "Smaller",
}
_OTHERS = (
    ("Next token", "Alt+Right"),
    ("Previous token", "Alt+Left"),
    ("Delete the character before the caret", "Backspace"),
)
"""What `action_for` answers beside the standard keys."""


def keys_of_text() -> list[tuple[str, list[QKeySequence]]]:
    """(what it does, the keys that do it on this platform), tokens first."""
    others = [(name, [QKeySequence(keys)]) for name, keys in _OTHERS]
    standard = [(_NAMES[key], QKeySequence.keyBindings(key)) for key in STANDARD_KEYS]
    return [*others, *((name, keys) for name, keys in standard if keys)]
