"""HoverCard: a few lines about the point under the mouse, beside it and never under the pointer."""

from collections.abc import Sequence

from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtWidgets import QFrame, QLabel, QVBoxLayout, QWidget

from tokviz.gui.widgets.text.text_style import token_font

_AWAY = 18


class HoverCard(QFrame):
    """Floats above its parent and lets the mouse through."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._around = parent
        self.setObjectName("panel")
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self._title, self._words = QLabel(), QLabel()
        self._title.setFont(token_font(11))
        self._words.setObjectName("muted")
        column = QVBoxLayout(self)
        column.setContentsMargins(10, 7, 10, 8)
        column.setSpacing(2)
        for label in (self._title, self._words):
            label.setTextFormat(Qt.TextFormat.PlainText)
            column.addWidget(label)
        self.hide()

    def show_at(self, lines: Sequence[str], place: QPointF) -> None:
        """Say something beside a point of the parent, inside of it."""
        self._title.setText(lines[0])
        self._words.setText("\n".join(lines[1:]))
        self.adjustSize()
        wide, high = self._around.width(), self._around.height()
        x, y = round(place.x()) + _AWAY, round(place.y()) + _AWAY
        if x + self.width() > wide:
            x = round(place.x()) - _AWAY - self.width()
        if y + self.height() > high:
            y = round(place.y()) - _AWAY - self.height()
        self.move(QPoint(max(x, 0), max(y, 0)))
        self.show()
        self.raise_()

    @property
    def lines(self) -> list[str]:
        return [self._title.text(), *self._words.text().split("\n")]
