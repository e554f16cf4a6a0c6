"""Asks which encoding a file has, with the text as it would read: an encoding is never guessed."""

import codecs

from PySide6.QtCore import Qt
from PySide6.QtGui import QFont
from PySide6.QtWidgets import (
    QComboBox,
    QDialog,
    QDialogButtonBox,
    QLabel,
    QPlainTextEdit,
    QVBoxLayout,
    QWidget,
)

from tokviz.text_files import WrongEncodingError

# Not plain "utf-16", which swallows the byte order mark and writes another.
ENCODINGS = {
    "Western (Windows-1252)": "cp1252",
    "Western (ISO 8859-1)": "latin-1",
    "UTF-16, little endian": "utf-16-le",
    "UTF-16, big endian": "utf-16-be",
    "Central European (Windows-1250)": "cp1250",
    "Cyrillic (Windows-1251)": "cp1251",
    "Cyrillic (KOI8-R)": "koi8-r",
    "Greek (Windows-1253)": "cp1253",
    "Turkish (Windows-1254)": "cp1254",
    "Hebrew (Windows-1255)": "cp1255",
    "Arabic (Windows-1256)": "cp1256",
    "Simplified Chinese (GB 18030)": "gb18030",
    "Traditional Chinese (Big5)": "big5",
    "Japanese (Shift JIS)": "shift_jis",
    "Japanese (EUC)": "euc_jp",
    "Korean (EUC)": "euc_kr",
    "Thai (TIS-620)": "tis_620",
}
_PREVIEW = 2000  # characters
_MARKS = {codecs.BOM_UTF16_LE: "utf-16-le", codecs.BOM_UTF16_BE: "utf-16-be"}


def ask_for_encoding(window: QWidget, name: str, error: WrongEncodingError) -> str | None:
    """The encoding the user chose, None for none of them."""
    dialog = EncodingDialog(window, name, error)
    accepted = dialog.exec() == QDialog.DialogCode.Accepted
    encoding = dialog.encoding if accepted else None
    dialog.deleteLater()  # its parent would keep it, with the file's content
    return encoding


class EncodingDialog(QDialog):
    """A choice of encodings above a preview; one that cannot read the file cannot be chosen."""

    def __init__(self, window: QWidget, name: str, error: WrongEncodingError) -> None:
        super().__init__(window)
        self.setWindowTitle("Which encoding?")
        self.resize(560, 380)
        self._data = error.data
        message = QLabel(f"{name} is not {error.encoding.upper()}. Which encoding does it have?")
        message.setTextFormat(Qt.TextFormat.PlainText)
        message.setWordWrap(True)
        self._choice = QComboBox()
        for title, encoding in ENCODINGS.items():
            self._choice.addItem(title, encoding)
        self._preview = QPlainTextEdit(readOnly=True)
        self._preview.setFont(QFont("JetBrains Mono", 10))
        self._buttons = QDialogButtonBox(
            QDialogButtonBox.StandardButton.Open | QDialogButtonBox.StandardButton.Cancel
        )
        self._buttons.accepted.connect(self.accept)
        self._buttons.rejected.connect(self.reject)
        column = QVBoxLayout(self)
        for widget in (message, self._choice, self._preview, self._buttons):
            column.addWidget(widget)
        likely = _MARKS.get(self._data[:2])
        if likely is not None:
            self._choice.setCurrentIndex(self._choice.findData(likely))
        self._choice.currentIndexChanged.connect(self._show_preview)
        self._show_preview()

    @property
    def encoding(self) -> str:
        return str(self._choice.currentData())

    def _show_preview(self) -> None:
        open_button = self._buttons.button(QDialogButtonBox.StandardButton.Open)
        try:
            text = self._data.decode(self.encoding)
        except UnicodeError as error:
            offset = error.start if isinstance(error, UnicodeDecodeError) else 0
            self._preview.setPlainText(f"The file cannot be read so: byte {offset:,} is no text.")
            open_button.setEnabled(False)
            return
        self._preview.setPlainText(text[:_PREVIEW])
        open_button.setEnabled(True)
