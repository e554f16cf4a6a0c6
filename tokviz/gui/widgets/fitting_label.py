"""FittingLabel: says as much as there is room for, in whole words."""

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtGui import QResizeEvent

from tokviz.gui.widgets.still_label import StillLabel


class FittingLabel(StillLabel):
    """Shows the first of its wordings that fits, else as much of the last as does and an ellipsis;
    asks for no room."""

    def __init__(self, name: str = "") -> None:
        super().__init__(name)
        self._wordings: Sequence[str] = ("",)
        self.setTextFormat(Qt.TextFormat.PlainText)

    def set_wordings(self, *wordings: str) -> None:
        """From the longest to the shortest; the longest is the tool tip, too."""
        self._wordings = wordings
        self.setToolTip(wordings[0])
        self._fit()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        metrics, room = self.fontMetrics(), self.contentsRect().width()
        fitting = (words for words in self._wordings if metrics.horizontalAdvance(words) <= room)
        cut = metrics.elidedText(self._wordings[-1], Qt.TextElideMode.ElideRight, room)
        self.setText(next(fitting, cut))
