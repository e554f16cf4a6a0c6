"""ReplaySaver: saves what the merge history shows, as a table of steps or as a picture."""

from collections.abc import Callable

from PySide6.QtCore import QObject, Signal

from tokviz.gui.panels.replay.replay_export import saving_steps
from tokviz.gui.panels.replay.replay_scope import Stretch
from tokviz.gui.task import Task, failure
from tokviz.gui.widgets.export_button import FileKind
from tokviz.text_files import TextFileError, shown, write_bytes

CSV, JSON = FileKind("Steps as CSV", "merges.csv"), FileKind("Steps as JSON", "merges.json")
TREE_SVG, TREE_PNG = FileKind("Tree as SVG", "tree.svg"), FileKind("Tree as PNG", "tree.png")
PANEL_SVG, PANEL_PNG = FileKind("Panel as SVG", "step.svg"), FileKind("Panel as PNG", "step.png")
KINDS = (CSV, JSON, TREE_SVG, TREE_PNG, PANEL_SVG, PANEL_PNG)

Pictures = dict[FileKind, Callable[[], bytes]]


class ReplaySaver(QObject):
    """`pictures` draws each kind of picture as it is now. What goes wrong is told in a sentence."""

    task_started = Signal(object)
    problem = Signal(object)

    def __init__(self, pictures: Pictures, parent: QObject) -> None:
        super().__init__(parent)
        self._pictures = pictures

    def save(self, kind: FileKind, path: str, stretch: Stretch | None) -> None:
        """Write a file, the steps of a long replay in a task."""
        if stretch is None:
            self.problem.emit("There is no replay to save yet.")
        elif kind in self._pictures:
            try:
                write_bytes(path, self._pictures[kind]())
            except TextFileError as error:
                self.problem.emit(str(error))
        else:
            self._save_steps(path, stretch, as_json=kind == JSON)

    def _save_steps(self, path: str, stretch: Stretch, *, as_json: bool) -> None:
        work = saving_steps(path, stretch.tokenizer, stretch.replay, as_json=as_json)
        title = f"Saving the steps to {shown(path)}"
        task = Task(work, title, parent=self)
        task.failed.connect(lambda error: self.problem.emit(failure(title, error)))
        self.task_started.emit(task)
        task.start()
