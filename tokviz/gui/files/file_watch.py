"""FileWatch: notices that another program changed the open file, and reads it again if one likes.

It looks when the window becomes active: that is when one comes back from the other program. A file
that was written anew with the same text is no change.
"""

from collections.abc import Iterator
from pathlib import Path

from PySide6.QtCore import QObject, Signal

from tokviz.gui.files.document import Document, stamp_of
from tokviz.gui.task import Task, failure, let_frames_pass
from tokviz.gui.tokenizer_model import TokenizerModel
from tokviz.text_changes import Change, change_between
from tokviz.text_files import decode_parts, read_bytes, shown


class FileWatch(QObject):
    """Each change is told once. Only what differs is put into the text, as a step to be undone, so
    that unsaved edits are not lost."""

    changed = Signal(str)  # the sentence; `reload` or `keep` is the answer
    gone = Signal(str)
    differs = Signal()  # the text is not what the file holds, whatever is undone
    reread = Signal(object)  # the Change, to be made at once
    problem = Signal(object)
    task_started = Signal(object)

    def __init__(self, model: TokenizerModel, document: Document, parent: QObject) -> None:
        super().__init__(parent)
        self._model = model
        self._document = document
        self._told: tuple[str, list[int]] = ("", [])
        self._reading: tuple[str, list[int], int] = ("", [], 0)  # path, stamp, revision of the text
        self._task: Task | None = None
        self._asked = False  # for what is being read

    def look(self) -> None:
        """Tell once if the file is not as it was read or written."""
        path = self._document.path
        if not path or self._document.is_reading or self._is_reading:
            return
        stamp = stamp_of(path)
        if stamp == self._document.stamp or (path, stamp) == self._told:
            return
        self._told = (path, stamp)
        if stamp:
            self._read(asked=False)
        else:
            name = shown(Path(path).name)
            self.differs.emit()
            self.gone.emit(f"{name} is gone. Its text is still here; saving it writes it again.")

    @property
    def _is_reading(self) -> bool:
        return self._task is not None and self._task.is_active

    def keep(self) -> None:
        """The text stays as it is, and saving it will not ask again."""
        self._document.take_stamp(stamp_of(self._document.path))
        self.differs.emit()

    def reload(self) -> None:
        """Make the text what the file holds now."""
        if self._document.path and not self._is_reading:
            self._read(asked=True)

    def _read(self, asked: bool) -> None:
        """Find what differs; it is put into the text if that was `asked` for, else told of."""
        path, self._asked = self._document.path, asked
        self._reading = (path, stamp_of(path), self._model.revision)
        work = _changing(self._model.text.parts(), path, self._document.encoding)
        self._task = Task(work, f"Reading {shown(path)} again", parent=self)
        self._task.stepped.connect(self._on_read)
        self._task.failed.connect(self._on_failed)
        self.task_started.emit(self._task)
        self._task.start()

    def _on_read(self, batch: list[Change]) -> None:
        path, stamp, revision = self._reading
        self._task, change = None, batch[-1]
        if path != self._document.path:
            return
        if revision != self._model.revision:  # one has typed since, and the change fits no more
            self._read(self._asked)
        elif self._asked or change.is_none:
            self.reread.emit(change)
            self._document.take_stamp(stamp)
            self._document.agree()
        else:
            self._tell()

    def _on_failed(self, error: BaseException) -> None:
        path = self._reading[0]
        if self._asked:
            self.problem.emit(failure(f"Reading {shown(path)} again", error))
        else:
            self._tell()

    def _tell(self) -> None:
        name = shown(Path(self._reading[0]).name)
        self.changed.emit(f"{name} was changed by another program.")


def _changing(before: list[str], path: str, encoding: str) -> Iterator[Change]:
    after = []
    for part in decode_parts(read_bytes(path), shown(path), encoding):
        after.append(part)
        let_frames_pass()
    yield change_between("".join(before), "".join(after))
