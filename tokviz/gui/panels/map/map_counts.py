"""MapCounts: what a map tells of the text: whose labels come first, how often a token occurs."""

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, Signal

from tokviz.gui.panels.map import map_look
from tokviz.gui.panels.map.map_words import selection_words
from tokviz.gui.tokenizer_model import TokenizerModel
from tokviz.gui.widgets.map.map_area import MapArea
from tokviz.token_tables import TokenTable

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget

_LABELS_MS = 300  # after the last change of the text, before labels are ordered anew


class MapCounts(QObject):
    """Follows the model: orders the labels of a map, and fills the card of the row under the mouse.

    It counts while `panel` is visible. `noted`: a few words on what is selected, or the table.
    """

    noted = Signal(str)

    def __init__(self, model: TokenizerModel, area: MapArea, panel: "QWidget") -> None:
        super().__init__(panel)
        self._model = model
        self._area = area
        self._panel = panel
        self._known: TokenTable | None = None
        self._row: int | None = None  # under the mouse
        self._later = QTimer(self, singleShot=True, interval=_LABELS_MS)
        self._later.timeout.connect(self.count)
        model.encoding_changed.connect(self._later.start)
        model.id_counting.counted.connect(self._on_counted)
        model.selection_changed.connect(self._update_note)

    def set_table(self, known: TokenTable | None) -> None:
        """Another table is shown, or none."""
        self._known = known
        self.noted.emit("" if known is None else known.table.name)

    def count(self) -> bool:
        """Count the tokens of the text, if anybody looks at their map. True if `counted` has told
        of them at once."""
        is_seen = self._known is not None and self._panel.isVisible()
        return is_seen and self._model.id_counting.begin()

    def label_points(self) -> None:
        """Label new points by the counts that are known, or will be soon."""
        if not self.count():
            self._set_label_order()

    def set_hovered(self, row: int | None) -> None:
        """Show the card of the row under the mouse, if there is one."""
        self._row = row
        self.count()
        self._show_card()

    def _on_counted(self) -> None:
        if self._panel.isVisible():
            self._set_label_order()
            self._update_note()
            self._show_card()

    def _set_label_order(self) -> None:
        known = self._known
        if known is not None:
            counts = known.counts(self._model.id_counting.counts)
            order = map_look.label_order(known, counts)
            self._area.view.set_labels(map_look.labels_of(known), order)

    def _update_note(self) -> None:
        """How many tokens are selected, and how often they occur in the text."""
        known, ids = self._known, self._model.selection.ids
        if known is None:
            return
        self.count()
        counting = self._model.id_counting
        counts = counting.counts if counting.is_known else None
        self.noted.emit(known.table.name if len(ids) < 2 else selection_words(ids, counts))

    def _show_card(self) -> None:
        row, known = self._row, self._known
        place = None if row is None else self._area.view.screen_place(row)
        if row is None or place is None or known is None:
            self._area.card.hide()
            return
        count = self._model.id_counting.count_of(known.id_of(row))
        self._area.card.show_at(map_look.hover_words(known, row, count), place)
