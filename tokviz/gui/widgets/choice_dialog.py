"""ChoiceDialog: one of several things, each with a name and a line of facts about it."""

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QLabel,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)


class ChoiceDialog(QDialog):
    """A table of rows of words, of which the first is chosen to begin with."""

    def __init__(
        self,
        window: QWidget,
        title: str,
        question: str,
        headings: Sequence[str],
        rows: Sequence[Sequence[str]],
    ) -> None:
        super().__init__(window)
        self.setWindowTitle(title)
        self.resize(620, 380)
        words = QLabel(question)
        words.setTextFormat(Qt.TextFormat.PlainText)
        words.setWordWrap(True)
        self.list = QTreeWidget()
        self.list.setRootIsDecorated(False)
        self.list.setUniformRowHeights(True)
        self.list.setHeaderLabels(list(headings))
        items = [QTreeWidgetItem(list(row)) for row in rows]
        self.list.addTopLevelItems(items)
        self.list.setCurrentItem(items[0])
        self.list.itemDoubleClicked.connect(lambda *_: self.accept())
        buttons = QDialogButtonBox(
            QDialogButtonBox.StandardButton.Open | QDialogButtonBox.StandardButton.Cancel
        )
        buttons.accepted.connect(self.accept)
        buttons.rejected.connect(self.reject)
        column_of_all = QVBoxLayout(self)
        for widget in (words, self.list, buttons):
            column_of_all.addWidget(widget)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        for column in range(self.list.columnCount()):  # now that the style sheet has its say
            self.list.resizeColumnToContents(column)

    @property
    def chosen(self) -> int:
        """The number of the row that is current."""
        return self.list.currentIndex().row()


def ask_for_choice(
    window: QWidget,
    title: str,
    question: str,
    headings: Sequence[str],
    rows: Sequence[Sequence[str]],
) -> int | None:
    """The number of the row the user chose, None for none of them."""
    dialog = ChoiceDialog(window, title, question, headings, rows)
    accepted = dialog.exec() == QDialog.DialogCode.Accepted
    chosen = dialog.chosen if accepted else None
    dialog.deleteLater()  # its parent would keep it
    return chosen
