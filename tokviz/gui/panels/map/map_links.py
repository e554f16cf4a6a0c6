"""MapLinks: what is selected, hovered and near, both ways between the model and the map."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
from PySide6.QtCore import QObject, Signal

from tokviz.gui.tokenizer_model import TokenizerModel
from tokviz.gui.widgets.map.scatter_view import ScatterView
from tokviz.token_tables import TokenTable
from tokviz.tokenization.vocabulary.token_facts import facts_of

N_MARKED = 10  # neighbours joined with the selected token by lines
_LONGEST_PATH = 400  # tokens


class MapLinks(QObject):
    """Rows without a token (padding) are shown and named on the map, but never selected."""

    hovered = Signal(object)  # the row under the mouse, None for none

    def __init__(self, model: TokenizerModel, view: ScatterView) -> None:
        super().__init__(view)
        self._model = model
        self._view = view
        view.hovered.connect(self._on_view_hovered)
        view.clicked.connect(self._on_clicked)
        view.region_selected.connect(self._on_region_selected)
        model.selection_changed.connect(self.update_selection)
        model.hovered_changed.connect(self._on_hovered_changed)
        model.neighbors_changed.connect(self.update_neighbors)
        model.caret_changed.connect(self.update_path)

    @property
    def _known(self) -> TokenTable | None:
        return self._model.token_table

    def update(self) -> None:
        """Show all of it anew, for other points."""
        self.update_selection()
        self.update_neighbors()
        self.update_path()
        self._on_hovered_changed()

    # -- from the map to the model -------------------------------------------------------------

    def _on_view_hovered(self, row: int | None) -> None:
        known = self._known
        if row is not None and known is not None and known.has_token(row):
            self._model.hover(known.id_of(row))
        else:
            self._model.hover(None)
        self.hovered.emit(row)

    def _on_clicked(self, row: int) -> None:
        known = self._known
        if known is not None and known.has_token(row):
            self._model.select([known.id_of(row)])

    def _on_region_selected(self, rows: npt.NDArray[np.int64]) -> None:
        known = self._known
        if known is None:
            return
        found = rows.tolist()
        if known.without_token:
            without = set(known.without_token)
            found = [row for row in found if row not in without]
        self._model.select(known.ids_of(found).tolist())

    # -- from the model to the map -------------------------------------------------------------

    def _rows(self, ids: Sequence[int]) -> npt.NDArray[np.int64]:
        """The rows of the ids that have a point."""
        known = self._known
        if known is None or self._model.points is None:
            return np.zeros(0, np.int64)
        return known.rows_of(np.asarray(ids, np.int64))

    def update_selection(self) -> None:
        rows = self._rows(self._model.selection.ids)
        self._view.set_selected(rows if len(rows) == 1 else rows[:0])
        several = len(rows) > 1  # a single one is marked above the points, which stay as they are
        self._view.set_highlight(rows if several else rows[:0], several)
        self._view.set_lines(self._family(rows, self._model.selection.ids))
        if len(rows) != 1:
            self._view.set_neighbors(rows[:0], None)

    def _family(self, rows: npt.NDArray[np.int64], ids: Sequence[int]) -> npt.NDArray[np.int64]:
        """Lines from the selected token to its other spellings, (n, 2)."""
        if len(rows) != 1 or len(ids) != 1:
            return np.zeros((0, 2), np.int64)
        others = self._rows(facts_of(self._model.tokenizer, ids[0]).family)
        return np.stack((np.repeat(rows, len(others)), others), axis=1)

    def update_neighbors(self) -> None:
        """Mark the true neighbours of the selected token."""
        shown, known = self._model.neighbors, self._known
        ids = self._model.selection.ids
        if shown is None or known is None or ids != (known.id_of(shown.row),):
            self._view.set_neighbors(np.zeros(0, np.int64), None)
        else:
            self._view.set_neighbors(shown.nearest.ids[:N_MARKED], shown.row)

    def _on_hovered_changed(self) -> None:
        hovered = self._model.hovered
        rows = self._rows([] if hovered is None else [hovered])
        self._view.set_hovered(int(rows[0]) if len(rows) else None)

    def update_path(self) -> None:
        """The tokens of the selected characters as a numbered path."""
        start, end = self._model.caret
        rows = np.zeros(0, np.int64)
        if start < end:
            ids = self._model.text.tokens(start, end).ids[:_LONGEST_PATH]
            rows = self._rows(ids.tolist())
        self._view.set_path(rows)
