"""GraphFinding: finds the nearest rows of every row in a task, from disk if they are there."""

from PySide6.QtCore import QObject, Signal

from tokviz.embedding.layout_cache import LayoutCache, cache_folder
from tokviz.embedding.map_maker import MapMaker
from tokviz.gui.task import Task, failure
from tokviz.gui.tokenizer_model import TokenizerModel


class GraphFinding(QObject):
    """Sets the model's `graph`. `progressed` tells the part done; `ended` comes with or without a
    graph, when nothing more is to be told."""

    progressed = Signal(float)
    ended = Signal()
    problem = Signal(object)
    task_started = Signal(object)

    def __init__(self, model: TokenizerModel, parent: QObject) -> None:
        super().__init__(parent)
        self._model = model
        self._maker: MapMaker | None = None
        self._task: Task | None = None
        model.table_changed.connect(self.close)

    @property
    def is_running(self) -> bool:
        return self._task is not None

    def find(self) -> None:
        """Find the neighbours of the model's table, unless that is done or going on."""
        table = self._model.table
        if table is None or self._model.graph is not None or self._task is not None:
            return
        self._maker = MapMaker(table, LayoutCache(cache_folder()))
        task = Task(self._maker.find_graph(), "Finding the neighbours of every row", parent=self)
        task.stepped.connect(self._on_stepped)
        task.failed.connect(self._on_failed)
        task.finished.connect(self._on_finished)
        self._task = task
        self.task_started.emit(task)
        task.start()

    def close(self) -> None:
        """End what runs."""
        task, self._task = self._task, None
        if task is not None:
            task.cancel()

    def _on_stepped(self, batch: list[float]) -> None:
        if self._maker is not None and self._maker.graph is not None:
            self._model.set_graph(self._maker.graph)
        self.progressed.emit(batch[-1])

    def _on_failed(self, error: BaseException) -> None:
        self.problem.emit(failure("Finding the neighbours", error))

    def _on_finished(self) -> None:
        self._task = None
        self.ended.emit()
