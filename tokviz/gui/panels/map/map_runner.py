"""MapRunner: computes the map one wishes for in a task, and then measures how honest it is."""

from collections.abc import Iterator

from PySide6.QtCore import QObject, QTimer, Signal

from tokviz.embedding.honesty import Honesty, HonestySample
from tokviz.embedding.layout_cache import LayoutCache, cache_folder
from tokviz.embedding.map_maker import MapMaker, MapWish
from tokviz.embedding.projections.layout import Layout
from tokviz.gui.task import Task, failure
from tokviz.token_tables import TokenTable

_AFTER_MS = 150  # without another layout, before the map is measured
_AFTER_MOVING_MS = 700  # the same for a table that is learned, whose maps follow each other
_TITLES = {
    "pca": "Finding the principal components",
    "tsne": "Laying out all rows by t-SNE",
    "axes": "Placing all rows on your axes",
}


class MapRunner(QObject):
    """One map at a time; a new wish ends the one before. `measured` follows the last layout."""

    laid_out = Signal(object)  # a Layout
    ended = Signal()  # finished, failed or cancelled
    measured = Signal(object)  # Honesty, None while it is not known
    problem = Signal(object)
    task_started = Signal(object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._known: TokenTable | None = None
        self.maker: MapMaker | None = None
        self._sample: HonestySample | None = None
        self._task: Task | None = None
        self._projection = ""  # of what runs
        self._measuring: Task | None = None
        self._layout: Layout | None = None
        self._later = QTimer(self, singleShot=True, interval=_AFTER_MS)
        self._later.timeout.connect(self._measure)

    @property
    def is_running(self) -> bool:
        return self._task is not None

    @property
    def is_soon_done(self) -> bool:
        """Whether it runs and ends by itself before long."""
        return self.is_running and self._projection != "tsne"

    @property
    def is_paused(self) -> bool:
        return self._task is not None and self._task.is_paused

    def set_table(self, known: TokenTable | None, *, moves: bool = False) -> None:
        """Make maps of another table from now on; `moves`: yet another will follow soon."""
        self.close()
        self._later.setInterval(_AFTER_MOVING_MS if moves else _AFTER_MS)
        self._known, self._sample, self._layout = known, None, None
        self.maker = None if known is None else MapMaker(known.table, LayoutCache(cache_folder()))

    def show(self, wish: MapWish, *, quietly: bool = False) -> None:
        """Compute a map; its layouts come by `laid_out`. `quietly`: one of many in a row, each soon
        done, of which a list of tasks would only flicker."""
        if self.maker is None:
            return
        self.close()
        task = Task(_layouts(self.maker, wish), _TITLES[wish.projection], parent=self)
        task.stepped.connect(self._on_stepped)
        task.failed.connect(self._on_failed)
        task.finished.connect(lambda: self._on_finished(task))
        self._task, self._projection = task, wish.projection
        self.measured.emit(None)
        if not quietly:
            self.task_started.emit(task)
        task.start()

    def pause(self) -> None:
        if self._task is not None:
            self._task.pause()
            self._later.start()

    def resume(self) -> None:
        self._later.stop()
        measuring, self._measuring = self._measuring, None
        if measuring is not None:
            measuring.cancel()
        if self._task is not None:
            self._task.resume()
            self.measured.emit(None)

    def close(self) -> None:
        """End what runs; the last layout stays."""
        self._later.stop()
        task, self._task = self._task, None
        measuring, self._measuring = self._measuring, None
        for running in (task, measuring):
            if running is not None:
                running.cancel()
        if task is not None:
            self.ended.emit()

    def _on_stepped(self, batch: list[Layout | None]) -> None:
        if (layout := batch[-1]) is not None:
            self._layout = layout
            self.laid_out.emit(layout)

    def _on_failed(self, error: BaseException) -> None:
        self.problem.emit(failure("Computing the map", error))

    def _on_finished(self, task: Task) -> None:
        """The map is done, or was cancelled from the window's list of tasks."""
        if task is self._task:
            self._task = None
            self.ended.emit()
        if self._layout is not None and self._task is None:
            self._later.start()

    # -- how honest it is ----------------------------------------------------------------------

    def _measure(self) -> None:
        known, layout = self._known, self._layout
        moves = self._task is not None and not self._task.is_paused
        if known is None or layout is None or moves:
            return
        task = Task(self._measures(known, layout), "Measuring the map", parent=self)
        task.stepped.connect(self._on_measured)
        task.failed.connect(self._on_failed)
        self._measuring = task
        task.start()

    def _measures(self, known: TokenTable, layout: Layout) -> Iterator[Honesty]:
        if self._sample is None:
            self._sample = HonestySample(known.search)
        yield from self._sample.measure(layout.points)

    def _on_measured(self, batch: list[Honesty]) -> None:
        self.measured.emit(batch[-1])


def _layouts(maker: MapMaker, wish: MapWish) -> Iterator[Layout | None]:
    """The layouts, after a step in which the table is decoded, so that a cancel need not wait."""
    if not maker.table.is_large:
        _ = maker.table.rows
    yield None
    yield from maker.layouts(wish)
