"""StillLabel: a line of text that may change many times a second.

A `QLabel` in a layout asks for a new layout of the whole window with every text it is given. Here
it stands in a widget without a layout, which takes the room it gets; what does not fit is cut off.
"""

from PySide6.QtCore import QEvent, QSize, Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QLabel, QSizePolicy, QWidget


class StillLabel(QWidget):
    """`setText` never moves anything else; `name` is the label's name in the style sheet."""

    def __init__(self, name: str = "") -> None:
        super().__init__()
        self._label = QLabel(self)
        self._label.setObjectName(name)
        self._label.setAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)

    def setTextFormat(self, text_format: Qt.TextFormat) -> None:
        self._label.setTextFormat(text_format)

    def setText(self, text: str) -> None:
        if text != self._label.text():
            self._label.setText(text)

    def text(self) -> str:
        return self._label.text()

    def sizeHint(self) -> QSize:
        margins = self.contentsMargins()
        height = self._label.fontMetrics().height() + margins.top() + margins.bottom()
        return QSize(0, height + 2)

    def resizeEvent(self, event: QResizeEvent) -> None:
        self._label.setGeometry(self.contentsRect())

    def changeEvent(self, event: QEvent) -> None:
        if event.type() in (QEvent.Type.FontChange, QEvent.Type.StyleChange):
            self.updateGeometry()
        super().changeEvent(event)
