"""NoticesPanel: every running task with its Cancel, and every problem, in one place."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

from PySide6.QtCore import Qt, QTimer, Signal
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
from tokviz.gui.widgets.switch_button import switch_button

_SHOW_AFTER_MS = 300  # a task that is done sooner is not worth a flicker
_MOST_TASKS = 2  # rows; more would leave a small window no room for the text


class Answer(NamedTuple):
    """A button of a question."""

    words: str
    tip: str
    call: Callable[[], object]


class NoticesPanel(QWidget):
    """Rows that come and go; it takes no room while there are none."""

    def __init__(self) -> None:
        super().__init__()
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(6)
        self._problem: _SentenceRow | None = None
        self._question: _QuestionRow | None = None
        self._lasting: list[_TaskRow] = []  # tasks that are worth a row
        # No row is stretched into the place of one that went.
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Maximum)
        self.hide()

    def show_task(self, task: Task) -> None:
        """Show a task's progress until it ends, if it lasts long enough to be seen."""
        row = _TaskRow(task)
        self._column.addWidget(row)
        row.hide()
        row.lasts.connect(lambda: self._show_row(row))
        row.ended.connect(lambda: self._remove_task(row))

    def _show_row(self, row: _TaskRow) -> None:
        self._lasting.append(row)
        self._show_tasks()

    def _remove_task(self, row: _TaskRow) -> None:
        row.close_clock()
        if row in self._lasting:
            self._lasting.remove(row)
            self._show_tasks()
        self._remove(row)

    def _show_tasks(self) -> None:
        """The tasks that run longest; the last row tells how many more there are."""
        shown = self._lasting[:_MOST_TASKS]
        for row in self._lasting:
            n_more = len(self._lasting) - len(shown) if row is shown[-1] else 0
            row.set_more(n_more)
            row.setVisible(row in shown)
        if shown:
            self.show()

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

    def show_question(self, sentence: str, answers: Sequence[Answer]) -> None:
        """Show a question that may wait, in a row of its own, until it is answered or closed."""
        self.close_question()
        self._question = row = _QuestionRow(sentence, answers)
        row.answered.connect(self.close_question)
        self._column.addWidget(row)
        self._reveal(row)

    def close_question(self) -> None:
        row, self._question = self._question, None
        if row is not None:
            self._remove(row)

    @property
    def question(self) -> str:
        """The question shown now, empty if there is none."""
        return "" if self._question is None else self._question.sentence

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
    lasts = Signal()  # long enough to be worth a row
    ended = Signal()

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
        self._more = _plain("")
        self._more.setObjectName("muted")
        row.addWidget(title, 1)
        row.addWidget(self._more)
        row.addWidget(self._bar)
        row.addWidget(cancel)
        self._task = task
        self._clock = QTimer(self, singleShot=True, interval=_SHOW_AFTER_MS)
        self._clock.timeout.connect(self.lasts)
        self._clock.start()
        task.stepped.connect(self._on_stepped)
        task.finished.connect(self.ended)  # which ends with the row: a task may outlive the window

    def close_clock(self) -> None:
        """Between its end and its deletion a row is not to be shown."""
        self._clock.stop()

    def set_more(self, n: int) -> None:
        """Tell of tasks that have no row."""
        self._more.setText(f"and {n:,} more" if n else "")
        self._more.setVisible(n > 0)

    def _on_stepped(self, _batch: object) -> None:
        if self._task.total:
            self._bar.setValue(self._task.done)


class _SentenceRow(QFrame):
    def __init__(self, sentence: str, kind: str) -> None:
        super().__init__()
        self.setObjectName(kind)
        self.sentence = sentence
        self.close_button = switch_button("✕", "Close")
        label = _plain(sentence)
        label.setWordWrap(True)
        label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        row = QHBoxLayout(self)
        row.setContentsMargins(12, 6, 6, 6)
        row.addWidget(label, 1)
        row.addWidget(self.close_button, 0, Qt.AlignmentFlag.AlignTop)


class _QuestionRow(QFrame):
    answered = Signal()

    def __init__(self, sentence: str, answers: Sequence[Answer]) -> None:
        super().__init__()
        self.setObjectName("notice")
        self.sentence = sentence
        label = _plain(sentence)
        label.setWordWrap(True)
        row = QHBoxLayout(self)
        row.setContentsMargins(12, 5, 6, 5)
        row.addWidget(label, 1)
        for answer in answers:
            button = QToolButton()
            button.setText(answer.words)
            button.setToolTip(answer.tip)
            button.setFocusPolicy(Qt.FocusPolicy.TabFocus)  # a click leaves the keys to the text
            button.clicked.connect(self.answered)
            button.clicked.connect(answer.call)
            row.addWidget(button)


def _plain(text: str) -> QLabel:
    label = QLabel(text)
    label.setTextFormat(Qt.TextFormat.PlainText)
    return label
