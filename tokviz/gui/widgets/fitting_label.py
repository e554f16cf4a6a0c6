"""FittingLabel: says as much as there is room for, in whole words."""

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QLabel, QSizePolicy


class FittingLabel(QLabel):
    """Shows the first of its wordings that fits, the last if none does; asks for no room."""

    def __init__(self) -> None:
        super().__init__()
        self._wordings: Sequence[str] = ("",)
        self.setTextFormat(Qt.TextFormat.PlainText)
        # Words are cut off rather than that they make the window wider.
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)

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
        self.setText(next(fitting, self._wordings[-1]))
