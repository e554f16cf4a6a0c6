"""Text to and from the clipboard without losing a character inside the program.

Qt changes some characters of a string (see `character_marks`), so beside the plain text for other
programs there is a private format with the exact text. HTML is never read.
"""

import atexit
import os
from urllib.parse import unquote_to_bytes

from PySide6.QtCore import QMimeData, QUrl
from PySide6.QtGui import QGuiApplication

EXACT_TEXT = "application/x-tokviz-text"  # UTF-8 in which lone surrogates stand as they are


def copy_text(text: str) -> None:
    """Put a text on the clipboard."""
    QGuiApplication.clipboard().setMimeData(mime_data(text))
    atexit.unregister(_leave_plain_text)
    atexit.register(_leave_plain_text)


def _leave_plain_text() -> None:
    """Replace what Python made by the same text made by Qt.

    The clipboard lives until the process ends, and deleting an object of Python's after the
    interpreter is gone ends in a segmentation fault.
    """
    if QGuiApplication.instance() is not None:
        clipboard = QGuiApplication.clipboard()
        if clipboard.ownsClipboard():
            clipboard.setText(clipboard.text())


def mime_data(text: str) -> QMimeData:
    """A text as the clipboard or a drag carries it."""
    data = QMimeData()
    data.setText(text)
    data.setData(EXACT_TEXT, text.encode("utf-8", "surrogatepass"))
    return data


def text_of(data: QMimeData | None) -> str | None:
    """The text of a clipboard (None while it is empty) or a drop, exact where it is our own."""
    if data is None:
        return None
    if data.hasFormat(EXACT_TEXT):
        return bytes(data.data(EXACT_TEXT).data()).decode("utf-8", "surrogatepass")
    for kind in ("text/plain;charset=utf-8", "text/plain"):
        if data.hasFormat(kind):
            try:
                return bytes(data.data(kind).data()).decode("utf-8")
            except UnicodeDecodeError:
                continue
    return data.text() if data.hasText() and not data.hasUrls() else None


def local_files(data: QMimeData) -> list[str]:
    """The local paths among what is dragged."""
    return [_path_of(url) for url in data.urls() if url.isLocalFile()]


def _path_of(url: QUrl) -> str:
    """A name need not be UTF-8 on Linux; `toLocalFile()` would put another in its place."""
    if os.name == "nt" or url.host() not in ("", "localhost"):
        return url.toLocalFile()
    name = url.path(QUrl.ComponentFormattingOption.FullyEncoded)
    return os.fsdecode(unquote_to_bytes(name))
