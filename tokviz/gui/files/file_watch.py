"""FileWatch: notices that another program changed the open file, and reads it again if one likes.

It looks when the window becomes active: that is when one comes back from the other program.
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

    def look(self) -> None:
        """Tell once if the file is not as it was read or written."""
        path = self._document.path
        if not path or self._document.is_reading or self._is_reading:
            return
        stamp = stamp_of(path)
        if stamp == self._document.stamp or (path, stamp) == self._told:
            return
        self._told = (path, stamp)
        name = shown(Path(path).name)
        if stamp:
            self.changed.emit(f"{name} was changed by another program.")
        else:
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
        document = self._document
        if not document.path or self._is_reading:
            return
        title = f"Reading {shown(document.path)} again"
        self._reading = (document.path, stamp_of(document.path), self._model.revision)
        work = _changing(self._model.text.parts(), document.path, document.encoding)
        self._task = Task(work, title, parent=self)
        self._task.stepped.connect(self._on_read)
        self._task.failed.connect(lambda error: self.problem.emit(failure(title, error)))
        self.task_started.emit(self._task)
        self._task.start()

    def _on_read(self, batch: list[Change]) -> None:
        path, stamp, revision = self._reading
        self._task = None
        if path != self._document.path:
            return
        if revision != self._model.revision:  # one has typed since, and the change fits no more
            self.reload()
            return
        self.reread.emit(batch[-1])
        self._document.take_stamp(stamp)
        self._document.agree()


def _changing(before: list[str], path: str, encoding: str) -> Iterator[Change]:
    after = []
    for part in decode_parts(read_bytes(path), shown(path), encoding):
        after.append(part)
        let_frames_pass()
    yield change_between("".join(before), "".join(after))
