"""Editing the token text: what goes in and out, and taking it back.

The text stays in the source. An edit leaves as the view's `edited` signal, whose receiver applies
it at once; then the page follows.
"""

from time import monotonic
from typing import TYPE_CHECKING

from PySide6.QtGui import QGuiApplication

from tokviz.gui.widgets.exact_clipboard import copy_text, text_of
from tokviz.gui.widgets.text.caret import Caret
from tokviz.gui.widgets.text.edit_history import Edit, EditHistory

if TYPE_CHECKING:
    from tokviz.gui.widgets.text.token_text_view import TokenTextView


class TextEditor:
    """The edits of a view; `applying` while the receiver of `edited` has the text."""

    def __init__(self, view: "TokenTextView") -> None:
        self._view = view
        self.history = EditHistory()
        self.editable = True
        self.applying = False

    def insert(self, text: str, typed: bool) -> None:
        """Put a text in place of the selection."""
        start, end = self._view.selection()
        self._edit(start, end, text, typed)

    def delete_to(self, position: int) -> None:
        """Delete the selection or, without one, from the caret to a position."""
        start, end = self._view.selection()
        if start == end:
            start, end = min(start, position), max(start, position)
        self._edit(start, end, "", typed=True)

    def cut(self) -> None:
        if self.editable:
            self.copy()
            self.insert("", typed=False)

    def copy(self) -> None:
        if text := self._view.selected_text():
            copy_text(text)

    def paste(self) -> None:
        if text := text_of(QGuiApplication.clipboard().mimeData()):
            self.insert(text, typed=False)

    def undo(self) -> None:
        if self.editable and (edit := self.history.undo()) and self._holds(edit, edit.inserted):
            self._apply(edit.start, len(edit.inserted), edit.removed)
            self._view.caret_now.set(Caret(edit.before[1], edit.before[0]), ends_step=False)

    def redo(self) -> None:
        if self.editable and (edit := self.history.redo()) and self._holds(edit, edit.removed):
            self._apply(edit.start, len(edit.removed), edit.inserted)
            self._view.caret_now.set(Caret(edit.after[1], edit.after[0]), ends_step=False)

    def _holds(self, edit: Edit, text: str) -> bool:
        """Whether a step still fits the text; if other hands changed it, no step fits any more."""
        if self._view.source.slice(edit.start, edit.start + len(text)) == text:
            return True
        self.history.clear()
        self.history.mark_dirty()
        return False

    def replace(self, start: int, end: int, text: str) -> None:
        """Put a text in place of [start, end); caret and page stay at the characters they are.

        Where those are replaced, they stay as far from the start of the text.
        """
        view, grows = self._view, len(text) - (end - start)
        caret, top = view.caret_now.now, view.scrolling.top

        def moved(position: int) -> int:
            if position <= start:
                return position
            return position + grows if position >= end else min(position, start + len(text))

        after = Caret(moved(caret.position), moved(caret.anchor))
        if self._change(start, end, text, after, typed=False):
            if start < top < end:
                view.scrolling.go_to(moved(top))
            view.caret_now.set(after, reveal=False)

    def _edit(self, start: int, end: int, text: str, typed: bool) -> None:
        after = Caret(start + len(text), start + len(text))
        if self._change(start, end, text, after, typed):
            self._view.caret_now.set(after, ends_step=False)

    def _change(self, start: int, end: int, text: str, after: Caret, typed: bool) -> bool:
        """Record a step and make it, unless there is nothing to do."""
        view = self._view
        if not self.editable or (start == end and not text):
            return False
        carets = (view.anchor, view.caret), (after.anchor, after.position)
        # Recorded first, so that the receiver of `edited` finds the history no longer clean.
        edit = Edit(start, view.source.slice(start, end), text, *carets)
        self.history.record(edit, typed, monotonic())
        self._apply(start, end - start, text)
        return True

    def _apply(self, start: int, removed: int, inserted: str) -> None:
        """Let the receiver of `edited` change the text, then follow it."""
        view = self._view
        lines = (view.source.line_at(start), view.source.line_at(start + removed))
        self.applying = True
        try:
            view.edited.emit(start, removed, inserted)
        finally:
            self.applying = False
        view.page.text_edited(start, removed, inserted, lines)
