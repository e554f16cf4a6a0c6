"""TextColumn: the middle of the window. Notices, the text, and the scrubber below it."""

from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from tokviz.gui.panels.notices_panel import NoticesPanel
from tokviz.gui.panels.scrubber_panel import ScrubberPanel
from tokviz.gui.text_area import TextArea

_LOW = 400  # pixels below which the text needs the room that the curve takes


class TextColumn(QWidget):
    """Where it is low, the scrubber is a strip, so that more than two lines of text are seen."""

    def __init__(self, notices: NoticesPanel, text: TextArea, scrubber: ScrubberPanel) -> None:
        super().__init__()
        self._scrubber = scrubber
        column = QVBoxLayout(self)
        column.setContentsMargins(8, 8, 0, 8)
        column.setSpacing(8)
        column.addWidget(notices)
        column.addWidget(text, 1)
        column.addWidget(scrubber)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._scrubber.set_slim(self.height() < _LOW)
