"""MapAudit: sorts the rows of a table into classes, in a task, and tells what it found."""

from collections.abc import Iterator

from PySide6.QtCore import QObject, QTimer, Signal

from tokviz.gui.task import Task, failure
from tokviz.token_tables import TokenTable

_STILL_MS = 600  # without another table, before its rows are sorted into classes again


class MapAudit(QObject):
    """One table at a time. `words` are a sentence or two on it, empty as long as they are unknown.

    `audited`: the words and the table's `classes` are there.
    """

    audited = Signal()
    problem = Signal(object)

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self.words = ""
        self._known: TokenTable | None = None
        self._task: Task | None = None
        self._later = QTimer(self, singleShot=True, interval=_STILL_MS)
        self._later.timeout.connect(self._begin)

    def set_table(self, known: TokenTable | None, *, moves: bool = False) -> None:
        """Another table is shown. `moves`: it is the one before a little later in its learning,
        whose words hold until no other table has come for a moment."""
        self.close()
        self._known = known
        if moves:  # each task that begins costs a frame, so only what is seen to move is made anew
            self._later.start()
        else:
            self.words = ""

    def begin(self) -> None:
        """Sort the rows, unless that is done or going on."""
        if not self.words and self._task is None:
            self._begin()

    def close(self) -> None:
        """End what runs."""
        self._later.stop()
        task, self._task = self._task, None
        if task is not None:
            task.cancel()

    def _begin(self) -> None:
        self.close()
        if self._known is None:
            return
        task = Task(_auditing(self._known), "Comparing rows with the vocabulary", parent=self)
        task.stepped.connect(self._on_stepped)
        task.failed.connect(self._on_failed)
        self._task = task
        task.start()

    def _on_stepped(self, batch: list[str]) -> None:
        self._task = None
        self.words = batch[-1]
        self.audited.emit()

    def _on_failed(self, error: BaseException) -> None:
        self._task = None
        self.problem.emit(failure("Reading the table", error))


def _auditing(known: TokenTable) -> Iterator[str]:
    _ = known.classes
    yield known.audit()
