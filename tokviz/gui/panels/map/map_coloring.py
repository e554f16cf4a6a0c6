"""MapColoring: computes what the points are coloured by, in a task where it takes long."""

from collections.abc import Callable, Iterator
from functools import partial

import numpy as np
import numpy.typing as npt
from PySide6.QtCore import QObject, QTimer, Signal

from tokviz.embedding.neighbors import QueryError
from tokviz.gui.task import Task, failure
from tokviz.gui.theme import Theme
from tokviz.gui.tokenizer_model import TokenizerModel
from tokviz.gui.widgets.map.color_legend import ColorLegend
from tokviz.gui.widgets.map.color_scale import color_groups, color_numbers
from tokviz.gui.widgets.map.scatter_view import ScatterView
from tokviz.point_values import (
    GRADIENT,
    SIMPLE,
    Groups,
    Numbers,
    PointValues,
    by_count,
    by_distortion,
    by_similarity,
)
from tokviz.token_tables import TokenTable

COUNT = "count in the text"
SIMILARITY = "cosine with the token"
DISTORTION = "neighbours lost"
COLORS = (*SIMPLE, COUNT, SIMILARITY, DISTORTION)
_PAUSE_MS = 60  # the mouse passes over many points, and typing over many texts


class MapColoring(QObject):
    """Follows the model, colours the points of a view and fills its legend."""

    said = Signal(str)  # what is missing for the colour that was chosen, "" once nothing is
    graph_wanted = Signal()  # the neighbours of every row are needed
    problem = Signal(object)

    def __init__(
        self, model: TokenizerModel, theme: Theme, view: ScatterView, legend: ColorLegend
    ) -> None:
        super().__init__(view)
        self._legend = legend
        self._model = model
        self._theme = theme
        self._view = view
        self._by = COLORS[0]
        self._task: Task | None = None
        self._values: PointValues | None = None
        self._groups: list[int] = []  # of the legend's categories
        self._later = QTimer(self, singleShot=True, interval=_PAUSE_MS)
        self._later.timeout.connect(self.update)
        for signal in (model.selection_changed, model.hovered_changed):
            signal.connect(lambda: self._follow(SIMILARITY))
        model.encoding_changed.connect(lambda: self._follow(COUNT))
        model.id_counting.counted.connect(lambda: self._follow(COUNT))
        model.points_changed.connect(lambda: self._follow(DISTORTION))
        model.graph_changed.connect(lambda: self._follow(DISTORTION))
        model.points_changed.connect(lambda: self._follow(GRADIENT))
        theme.changed.connect(self._paint)

    @property
    def values(self) -> PointValues | None:
        """What the points are coloured by now."""
        return self._values

    def color_by(self, name: str) -> None:
        self._by = name
        self.update()

    def _follow(self, what: str) -> None:
        if self._by == what:
            self._later.start()

    def close(self) -> None:
        """End what runs."""
        self._later.stop()
        task, self._task = self._task, None
        if task is not None:
            task.cancel()

    def update(self) -> None:
        """Compute the values anew and colour the points by them."""
        self.close()
        known, model = self._model.token_table, self._model
        if known is None or not self._view.n_points:
            return
        if self._by == SIMILARITY:
            self._color_by_similarity(known)
            return
        if self._by == COUNT:
            model.id_counting.begin()
            if not model.id_counting.is_known:
                return  # it is coloured when they are counted
        if self._by == DISTORTION and model.points is None:
            return  # between two maps; it is coloured when the next has come
        if self._by == DISTORTION and model.graph is None:
            self._take(None, "Finding the true neighbours of every row first …")
            self.graph_wanted.emit()
            return
        self._compute(self._computing(known))

    def _compute(self, work: Iterator[PointValues]) -> None:
        task = Task(work, f"Colouring by {self._by}", parent=self)
        task.stepped.connect(self._on_computed)
        task.failed.connect(self._on_failed)
        self._task = task
        task.start()

    def _computing(self, known: TokenTable) -> Iterator[PointValues]:
        """What it needs of the model is taken here, on the GUI's thread."""
        if self._by == COUNT:
            return _one(partial(by_count, known, self._model.id_counting.counts))
        points, graph = self._model.points, self._model.graph
        if self._by == DISTORTION and points is not None and graph is not None:
            return _one(partial(by_distortion, points, graph))
        return _one(partial(SIMPLE[self._by], known))

    def _on_computed(self, batch: list[PointValues]) -> None:
        self._task = None
        self._take(batch[-1])

    def _on_failed(self, error: BaseException) -> None:
        if isinstance(error, QueryError):
            self._take(None, str(error))
        else:
            self.problem.emit(failure("Colouring the map", error))

    def _color_by_similarity(self, known: TokenTable) -> None:
        model = self._model
        ids = model.selection.ids
        wanted = model.hovered if model.hovered is not None else ids[0] if len(ids) == 1 else None
        if wanted is None:
            if self._values is None or not isinstance(self._values, Numbers):
                self._take(None, "Point at a token, or select one.")
            return
        row = known.row_of(wanted)
        if row is None:
            self._take(None, f"The token {wanted:,} has no row in {known.table.name}.")
            return
        if known.table.is_large:  # of which each question decodes all rows again
            self._compute(_one(partial(by_similarity, known, row)))
            return
        try:
            self._take(by_similarity(known, row))
        except QueryError as error:
            self._take(None, str(error))

    def _take(self, values: PointValues | None, missing: str = "") -> None:
        self._values = values
        self._paint()
        self.said.emit(missing)

    def _paint(self) -> None:
        values, palette = self._values, self._theme.palette
        if values is None:
            self._legend.clear()
        elif isinstance(values, Numbers):
            colors, scale = color_numbers(values.title, values.values, values.log, palette)
            self._legend.set_scale(scale)
        else:
            colors, categories = color_groups(values.groups, values.names, palette)
            self._groups = list(categories)
            self._legend.set_categories(list(categories.values()))
        # Not the model's points: of a table that learns it has none until the next map has come.
        if values is not None and self._view.n_points == len(colors):
            self._view.set_colors(colors)

    def rows_of(self, category: int) -> npt.NDArray[np.int64]:
        """The rows of a category of the legend."""
        values = self._values
        if not isinstance(values, Groups):
            return np.zeros(0, np.int64)
        return np.flatnonzero(values.groups == self._groups[category])


def _one(compute: Callable[[], PointValues]) -> Iterator[PointValues]:
    yield compute()
