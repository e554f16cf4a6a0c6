"""TextColumn: the middle of the window. The text, and below it notices and the scrubber.

What comes and goes stands below the text, which would move under the eye otherwise.
"""

from PySide6.QtCore import QEvent
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from tokviz.gui.panels.notices_panel import NoticesPanel
from tokviz.gui.panels.scrubber_panel import ScrubberPanel
from tokviz.gui.window.text_area import TextArea

_LOW = 400  # pixels below which the text needs the room that the curve takes
_GAP = 8


class TextColumn(QWidget):
    """Where it is low, the scrubber is a strip, so that more than two lines of text are seen; where
    notices and bars leave no room for that either, it goes."""

    def __init__(self, notices: NoticesPanel, text: TextArea, scrubber: ScrubberPanel) -> None:
        super().__init__()
        self._notices, self._text, self._scrubber = notices, text, scrubber
        column = QVBoxLayout(self)
        column.setContentsMargins(_GAP, _GAP, 0, _GAP)
        column.setSpacing(_GAP)
        column.addWidget(text, 1)
        column.addWidget(notices)
        column.addWidget(scrubber)

    def leave_no_gap_below(self, reached: bool) -> None:
        """`reached`: what lies below is another panel, from which a separator keeps it apart."""
        if (layout := self.layout()) is not None:
            layout.setContentsMargins(_GAP, _GAP, 0, 0 if reached else _GAP)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()
        if (layout := self.layout()) is not None:
            layout.activate()  # at once: a frame with half a curve would be seen otherwise

    def event(self, event: QEvent) -> bool:
        done = super().event(event)
        if event.type() == QEvent.Type.LayoutRequest:  # a bar or a notice came or went
            self._fit()
        return done

    def _fit(self) -> None:
        self._scrubber.set_slim(self.height() < _LOW)
        between = 0 if self._notices.isHidden() else self._notices.sizeHint().height() + _GAP
        least = self._text.minimumSizeHint().height() + self._scrubber.minimumSizeHint().height()
        self._scrubber.set_room(between + least + 3 * _GAP <= self.height())
