"""NoticesPanel: every running task with its Cancel, and every problem, in one place."""

from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLabel,
    QProgressBar,
    QSizePolicy,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from tokviz.gui.task import Task

_SHOW_AFTER_MS = 300  # a task that is done sooner is not worth a flicker


class NoticesPanel(QWidget):
    """Rows that come and go; it takes no room while there are none."""

    def __init__(self) -> None:
        super().__init__()
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(6)
        self._problem: _SentenceRow | None = None
        # No row is stretched into the place of one that went.
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Maximum)
        self.hide()

    def show_task(self, task: Task) -> None:
        """Show a task's progress until it ends, if it lasts long enough to be seen."""
        row = _TaskRow(task)
        self._column.addWidget(row)
        row.hide()
        timer = QTimer(row, singleShot=True, interval=_SHOW_AFTER_MS)
        timer.timeout.connect(lambda: self._reveal(row))
        timer.start()
        task.finished.connect(lambda: self._remove(row))

    def show_problem(self, sentence: str) -> None:
        """Show what went wrong until it is closed or the next sentence takes its place."""
        self._show_sentence(sentence, "problem")

    def show_result(self, sentence: str) -> None:
        """Show what came out of something, likewise."""
        self._show_sentence(sentence, "notice")

    def _show_sentence(self, sentence: str, kind: str) -> None:
        self.close_problem()
        self._problem = _SentenceRow(sentence, kind)
        self._problem.close_button.clicked.connect(self.close_problem)
        self._column.addWidget(self._problem)
        self._reveal(self._problem)

    def close_problem(self) -> None:
        row, self._problem = self._problem, None
        if row is not None:
            self._remove(row)

    @property
    def problem(self) -> str:
        """The sentence shown now, empty if there is none."""
        return "" if self._problem is None else self._problem.sentence

    def _reveal(self, row: QWidget) -> None:
        row.show()
        self.show()

    def _remove(self, row: QWidget) -> None:
        self._column.removeWidget(row)
        row.hide()
        row.deleteLater()
        rows = [child for child in self.findChildren(QFrame) if child.parent() is self]
        self.setVisible(any(not other.isHidden() for other in rows))


class _TaskRow(QFrame):
    def __init__(self, task: Task) -> None:
        super().__init__()
        self.setObjectName("notice")
        self._bar = QProgressBar()
        self._bar.setTextVisible(False)
        self._bar.setRange(0, task.total or 0)
        self._bar.setFixedWidth(160)
        cancel = QToolButton()
        cancel.setText("Cancel")
        cancel.clicked.connect(task.cancel)
        row = QHBoxLayout(self)
        row.setContentsMargins(12, 5, 6, 5)
        title = _plain(task.title + " …")
        title.setMinimumWidth(60)  # a long one is cut: no task may make the window wider
        title.setToolTip(title.text())
        row.addWidget(title, 1)
        row.addWidget(self._bar)
        row.addWidget(cancel)
        self._task = task
        task.stepped.connect(self._on_stepped)

    def _on_stepped(self, _batch: object) -> None:
        if self._task.total:
            self._bar.setValue(self._task.done)


class _SentenceRow(QFrame):
    def __init__(self, sentence: str, kind: str) -> None:
        super().__init__()
        self.setObjectName(kind)
        self.sentence = sentence
        self.close_button = QToolButton()
        self.close_button.setObjectName("switch")
        self.close_button.setText("✕")
        self.close_button.setToolTip("Close")
        label = _plain(sentence)
        label.setWordWrap(True)
        label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        row = QHBoxLayout(self)
        row.setContentsMargins(12, 6, 6, 6)
        row.addWidget(label, 1)
        row.addWidget(self.close_button, 0, Qt.AlignmentFlag.AlignTop)


def _plain(text: str) -> QLabel:
    label = QLabel(text)
    label.setTextFormat(Qt.TextFormat.PlainText)
    return label
