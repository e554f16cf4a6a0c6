"""What is dragged over the token text and dropped on it: text goes in, files are told."""

from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QDragMoveEvent, QDropEvent

from tokviz.gui.widgets.exact_clipboard import text_of
from tokviz.gui.widgets.file_drop import accept_copy, accept_files

if TYPE_CHECKING:
    from tokviz.gui.widgets.text.token_text_view import TokenTextView


class TextDrop:
    """`position` is where dragged text would go now, None while nothing is dragged; `has_files`:
    files are, which would be opened."""

    def __init__(self, view: "TokenTextView") -> None:
        self._view = view
        self.position: int | None = None
        self.has_files = False

    def over(self, event: QDragMoveEvent) -> None:
        """Say whether what is dragged may fall here, and show where."""
        data = event.mimeData()
        self.has_files = bool(accept_files(event))
        if not self.has_files and self._view.editable and text_of(data) is not None:
            self.position = self._view.position_at(QPointF(event.position()))[0]
            self._accept_text(event)
        elif not self.has_files:
            event.ignore()
        self._view.viewport().update()

    def leave(self) -> None:
        self.position, self.has_files = None, False
        self._view.viewport().update()

    def drop(self, event: QDropEvent) -> None:
        """Take what falls."""
        self.leave()
        files, text = accept_files(event), text_of(event.mimeData())
        if files:
            self._view.files_dropped.emit(files)
        elif text and self._view.editable:
            self._accept_text(event)
            self._insert(text, event)

    def _accept_text(self, event: QDropEvent) -> None:
        """Within the text it may be moved; to take it away from elsewhere is not for us."""
        if event.source() is self._view:
            event.acceptProposedAction()
        else:
            accept_copy(event)

    def _insert(self, text: str, event: QDropEvent) -> None:
        view = self._view
        position = view.position_at(event.position())[0]
        start, end = view.selection()
        moves = event.source() is view and event.dropAction() == Qt.DropAction.MoveAction
        if moves and start <= position <= end:
            return
        if moves:
            view.insert_text("")
            position -= end - start if position > start else 0
        view.set_caret(position)
        position = view.caret
        view.insert_text(text)
        view.select(position, position + len(text))
