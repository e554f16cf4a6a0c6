"""MenuHeading: a heading between the actions of a menu, which a style sheet leaves to draw."""

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QLabel, QWidget, QWidgetAction


class MenuHeading(QWidgetAction):
    """Several menus may show one: each gets a label of its own."""

    def __init__(self, words: str, parent: QObject) -> None:
        super().__init__(parent)
        self.setText(words)
        self.setSeparator(True)
        self.changed.connect(self._follow)

    def createWidget(self, parent: QWidget) -> QWidget:
        label = QLabel(self.text(), parent)
        label.setObjectName("menuHeading")
        label.setVisible(self.isVisible())
        return label

    def _follow(self) -> None:
        """A menu leaves the label of a hidden action where it was made: in its corner."""
        for label in self.createdWidgets():
            label.setVisible(self.isVisible())
