"""What other programs drag onto a widget. It is always taken as a copy."""

from PySide6.QtCore import Qt
from PySide6.QtGui import QDropEvent

from tokviz.gui.widgets.exact_clipboard import local_files


def accept_copy(event: QDropEvent) -> None:
    """Take what is dragged as a copy, whatever was proposed: the source of a move deletes its own
    afterwards, be it a file or a passage of a letter."""
    event.setDropAction(Qt.DropAction.CopyAction)
    event.accept()


def accept_files(event: QDropEvent) -> list[str]:
    """The files that are dragged or dropped, accepted if there are any."""
    files = local_files(event.mimeData())
    if files:
        accept_copy(event)
    return files
