"""Document: the file behind the open text: opening, saving, and not losing what was typed."""

import os
from collections.abc import Iterator
from pathlib import Path

from PySide6.QtCore import QObject, Qt, QTimer, Signal
from PySide6.QtWidgets import QFileDialog, QMessageBox, QWidget

from tokviz.gui.rest_of_text import encode_first
from tokviz.gui.settings import MOST_SESSION_CHARACTERS, Settings
from tokviz.gui.task import Task, failure, let_frames_pass
from tokviz.gui.tokenizer_model import TokenizerModel
from tokviz.text_files import (
    CannotEncodeError,
    TextFileError,
    WrongEncodingError,
    decode_parts,
    read_bytes,
    shown,
    size_of,
    write_text,
)
from tokviz.tokenization.text.pieces import PieceTable
from tokviz.tokenization.text.tokenized_text import TokenizedText
from tokviz.tokenization.tokenizer import Tokenizer

_ASK_FROM = 256 * 2**20  # bytes of a file that is opened only after a question


class Document(QObject):
    """Knows the path, the encoding and whether there are unsaved changes; the text is the model's.

    `problem` carries one sentence for the user. A file is read and decoded completely before the
    model is touched, so a failed open changes nothing.
    """

    changed = Signal()  # path or modified
    opened = Signal()
    saved = Signal()  # or read again: the text is what the file holds
    encoding_needed = Signal(str, object)  # what is wrong, and a call that asks for the encoding
    problem = Signal(object)
    task_started = Signal(object)

    def __init__(self, model: TokenizerModel, settings: Settings, window: QWidget) -> None:
        super().__init__(window)
        self._model = model
        self._settings = settings
        self._window = window
        self._task: Task | None = None
        self._n_edits = 0
        self._reading = ("", "", 0)  # path, encoding, edits made when reading began
        self._modified = settings.modified
        self._discarded = False

    @property
    def path(self) -> str:
        """The file, empty for a text that has none."""
        return self._settings.file

    @property
    def title(self) -> str:
        return shown(Path(self.path).name) if self.path else "Untitled"

    @property
    def is_modified(self) -> bool:
        return self._modified

    @property
    def encoding(self) -> str:
        return self._settings.encoding

    @property
    def stamp(self) -> list[int]:
        """Of the file as it was when it was read or written."""
        return self._settings.file_stamp

    @property
    def is_reading(self) -> bool:
        return self._task is not None and self._task.is_active

    @property
    def is_discarded(self) -> bool:
        """Whether the user wants the unsaved changes gone; the window closes then."""
        return self._discarded

    def set_modified(self, modified: bool) -> None:
        """Say after each edit whether the text now differs from the file."""
        self._n_edits += 1
        if modified != self._modified:
            self._modified = self._settings.modified = modified
            self.changed.emit()

    def take_stamp(self, stamp: list[int]) -> None:
        """The file as another program has left it is known to the user, and may be overwritten."""
        self._settings.file_stamp = stamp

    def agree(self) -> None:
        """Text and file are the same now."""
        self._modified = self._settings.modified = False
        self.saved.emit()
        self.changed.emit()

    # -- opening -------------------------------------------------------------------------------

    def new(self) -> None:
        if self.may_be_replaced():
            self._cancel_reading()
            self._take("", "", "utf-8")

    def ask_and_open(self) -> None:
        folder = str(Path(self.path).parent) if self.path else ""
        path, _ = QFileDialog.getOpenFileName(self._window, "Open text", folder)
        if path:
            self.open(path)

    def open(self, path: str, encoding: str = "utf-8") -> None:
        """Open a text file; asks about unsaved changes, a huge size and a foreign encoding."""
        if not self.may_be_replaced():
            return
        try:
            n_bytes = size_of(path)
        except TextFileError as error:
            self.problem.emit(str(error))
            return
        if n_bytes >= _ASK_FROM and not self._asked_about_size(path, n_bytes):
            return
        self._read(path, encoding)

    def _asked_about_size(self, path: str, n_bytes: int) -> bool:
        answer = _question(
            self._window,
            f"{shown(path)} has {n_bytes / 2**20:,.0f} MB.",
            "Opening it takes about ten times as much memory, and some minutes. Open it?",
            QMessageBox.StandardButton.Open | QMessageBox.StandardButton.Cancel,
        )
        return answer == QMessageBox.StandardButton.Open

    def _read(self, path: str, encoding: str) -> None:
        self._cancel_reading()
        task = Task(
            _reading(path, encoding, self._model.tokenizer, special=self._model.text.special),
            f"Opening {shown(path)}",
            parent=self,
        )
        task.stepped.connect(self._on_read)
        task.failed.connect(self._on_read_failed)
        self._task, self._reading = task, (path, encoding, self._n_edits)
        self.task_started.emit(task)
        task.start()

    def _cancel_reading(self) -> None:
        task, self._task = self._task, None
        if task is not None:
            task.cancel()

    def _on_read(self, batch: list[TokenizedText]) -> None:
        path, encoding, n_edits = self._reading
        # A long file takes seconds to read, in which one can type.
        if n_edits == self._n_edits or self.may_be_replaced():
            self._take(batch[-1], path, encoding)

    def _on_read_failed(self, error: BaseException) -> None:
        path = self._reading[0]
        sentence = failure(f"Opening {shown(path)}", error)
        if not isinstance(error, WrongEncodingError):
            self.problem.emit(sentence)
        elif error.looks_binary:
            self.encoding_needed.emit(sentence, lambda: self._ask_for_encoding(path, error))
        else:
            # Once the task has ended: its row would stand there as if it went on.
            QTimer.singleShot(0, self, lambda: self._ask_for_encoding(path, error))

    def _ask_for_encoding(self, path: str, error: WrongEncodingError) -> None:
        from tokviz.gui.files.encoding_dialog import ask_for_encoding  # few texts need it

        encoding = ask_for_encoding(self._window, shown(path), error)
        if encoding:
            self._read(path, encoding)

    def _take(self, text: str | TokenizedText, path: str, encoding: str) -> None:
        self._settings.file, self._settings.encoding = path, encoding
        if path:
            self._settings.remember_file(path)
        self.take_stamp(stamp_of(path))
        self._model.set_text(text)
        self._modified = self._settings.modified = False
        self.opened.emit()
        self.changed.emit()

    # -- saving --------------------------------------------------------------------------------

    def save(self) -> bool:
        if not self.path:
            return self.save_as()
        other = stamp_of(self.path) not in (self._settings.file_stamp, [])
        if other and not self._asked_about_other_changes():
            return False
        return self._write(self.path)

    def _asked_about_other_changes(self) -> bool:
        answer = _question(
            self._window,
            f"{shown(self.path)} was changed by another program.",
            "Overwrite it with the text as it is here?",
            QMessageBox.StandardButton.Save | QMessageBox.StandardButton.Cancel,
        )
        return answer == QMessageBox.StandardButton.Save

    def save_as(self) -> bool:
        path, _ = QFileDialog.getSaveFileName(self._window, "Save text", self.path or "text.txt")
        return bool(path) and self._write(path)

    def _write(self, path: str, encoding: str | None = None, errors: str = "strict") -> bool:
        encoding = encoding or self._settings.encoding
        try:
            write_text(path, str(self._model.text), encoding, errors)
        except CannotEncodeError as error:
            if encoding == "utf-8":
                return self._write_surrogates(path, error)
            return self._write_as_utf8(path, error)
        except TextFileError as error:
            self.problem.emit(str(error))
            return False
        self._settings.file, self._settings.encoding = path, encoding
        self._settings.remember_file(path)
        self.take_stamp(stamp_of(path))
        self.agree()
        return True

    def _write_surrogates(self, path: str, error: CannotEncodeError) -> bool:
        """Lone surrogates have no UTF-8; they can be kept only as bytes that are not valid."""
        answer = _question(
            self._window,
            str(error),
            "Save it exactly all the same, as bytes that other programs may refuse to read?",
            QMessageBox.StandardButton.Save | QMessageBox.StandardButton.Cancel,
        )
        if answer != QMessageBox.StandardButton.Save:
            return False
        return self._write(path, "utf-8", "surrogatepass")

    def _write_as_utf8(self, path: str, error: CannotEncodeError) -> bool:
        answer = _question(
            self._window,
            str(error),
            "Save it as UTF-8 instead, which has every character?",
            QMessageBox.StandardButton.Save | QMessageBox.StandardButton.Cancel,
        )
        return answer == QMessageBox.StandardButton.Save and self._write(path, "utf-8")

    # -- not losing anything -------------------------------------------------------------------

    def may_be_replaced(self) -> bool:
        """Ask what becomes of unsaved changes; False: stop, nothing is to be lost."""
        is_empty = not self.path and self._model.text.n_chars == 0
        if not self._modified or is_empty:
            return True
        buttons = QMessageBox.StandardButton
        answer = _question(
            self._window,
            f"{self.title} has unsaved changes.",
            "Save them first?",
            buttons.Save | buttons.Discard | buttons.Cancel,
        )
        if answer == buttons.Save:
            return self.save()
        return answer == buttons.Discard

    def may_close(self) -> bool:
        """A text without a file is kept for the next start, so only a file's changes are asked
        about, and a text too long to be kept."""
        kept = not self.path and self._model.text.n_chars <= MOST_SESSION_CHARACTERS
        if kept:
            return True
        may = self.may_be_replaced()
        self._discarded = may and self._modified
        return may


def stamp_of(path: str) -> list[int]:
    """When a file was last written, and its size; empty where there is none to ask."""
    try:
        info = os.stat(path)
    except (OSError, ValueError):
        return []
    return [info.st_mtime_ns, info.st_size]


def _reading(
    path: str, encoding: str, tokenizer: Tokenizer, *, special: bool
) -> Iterator[TokenizedText]:
    """The file's text, its first part encoded here and not as the window waits."""
    parts = decode_parts(read_bytes(path), shown(path), encoding)
    table = PieceTable.of_parts(_between_frames(parts))
    text = TokenizedText(tokenizer.prepare(), table, special=special)
    if not tokenizer.growing:  # such a one is extended by this text first
        encode_first(text)
    yield text


def _between_frames(parts: Iterator[str]) -> Iterator[str]:
    for part in parts:
        let_frames_pass()
        yield part


def _question(
    window: QWidget, text: str, question: str, buttons: QMessageBox.StandardButton
) -> QMessageBox.StandardButton:
    box = QMessageBox(window)
    box.setIcon(QMessageBox.Icon.Question)
    box.setTextFormat(Qt.TextFormat.PlainText)
    box.setText(text)
    box.setInformativeText(question)
    box.setStandardButtons(buttons)
    answer = QMessageBox.StandardButton(box.exec())
    box.deleteLater()  # its parent would keep it
    return answer
