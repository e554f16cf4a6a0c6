"""TurningSplitter: two widgets side by side, or one below the other where the width is small."""

from PySide6.QtCore import Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QSplitter, QWidget


class TurningSplitter(QSplitter):
    """From `wide` pixels on the two stand side by side, with the widths `beside`; else with the
    heights `below`. The first takes what room there is beyond that."""

    def __init__(
        self,
        first: QWidget,
        second: QWidget,
        *,
        wide: int,
        beside: tuple[int, int],
        below: tuple[int, int],
    ) -> None:
        super().__init__(Qt.Orientation.Horizontal)
        self._wide = wide
        self._sizes = {Qt.Orientation.Horizontal: beside, Qt.Orientation.Vertical: below}
        self._is_sized = False
        self.addWidget(first)
        self.addWidget(second)
        self.setStretchFactor(0, 1)
        self.setHandleWidth(10)

    def resizeEvent(self, event: QResizeEvent) -> None:
        is_wide = self.width() >= self._wide
        side = Qt.Orientation.Horizontal if is_wide else Qt.Orientation.Vertical
        if side is not self.orientation() or not self._is_sized:
            self._is_sized = True
            self.setOrientation(side)
            self.setSizes(self._sizes[side])
        super().resizeEvent(event)
