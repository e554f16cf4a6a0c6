"""MessageCard: a few words in the middle of an empty panel, and what one can do about it."""

from collections.abc import Callable, Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QPushButton, QVBoxLayout, QWidget

_WIDEST = 360


class MessageCard(QWidget):
    """A title, a sentence, and a button for each way on."""

    def __init__(self) -> None:
        super().__init__()
        self._title = QLabel(alignment=Qt.AlignmentFlag.AlignCenter)
        self._title.setObjectName("panelTitle")
        self._words = QLabel(alignment=Qt.AlignmentFlag.AlignCenter)
        self._words.setObjectName("muted")
        self._words.setWordWrap(True)
        for label in (self._title, self._words):
            label.setTextFormat(Qt.TextFormat.PlainText)
            label.setFixedWidth(_WIDEST)
        self._buttons = QVBoxLayout()
        column = QVBoxLayout(self)
        column.addStretch(1)
        for part in (self._title, self._words):
            column.addWidget(part, 0, Qt.AlignmentFlag.AlignHCenter)
        column.addSpacing(8)
        column.addLayout(self._buttons)
        column.addStretch(2)

    def set_message(
        self, title: str, words: str, actions: Sequence[tuple[str, Callable[[], object]]] = ()
    ) -> None:
        """Say something else; each action is the words of a button and what it calls."""
        self._title.setText(title)
        self._words.setText(words)
        self._words.setMinimumHeight(max(self._words.heightForWidth(_WIDEST), 0))
        while (item := self._buttons.takeAt(0)) is not None:
            if (widget := item.widget()) is not None:
                widget.hide()
                widget.deleteLater()
        buttons = [QPushButton(name) for name, _ in actions]
        wide = max((button.sizeHint().width() for button in buttons), default=0)
        for button, (_, call) in zip(buttons, actions, strict=True):
            button.setFixedWidth(max(_WIDEST - 60, wide))  # its words are never cut
            button.clicked.connect(lambda _on=False, call=call: call())
            self._buttons.addWidget(button, 0, Qt.AlignmentFlag.AlignHCenter)

    @property
    def words(self) -> str:
        return self._words.text()
