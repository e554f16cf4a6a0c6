"""RestOfText: encodes the part of a text that is looked at, and what is left of it in a task."""

from PySide6.QtCore import QObject, QTimer, Signal

from tokviz.gui.task import Task, failure
from tokviz.tokenization.encoding import Encoding
from tokviz.tokenization.text.tokenized_text import TokenizedText

_AT_ONCE = 1 << 13  # characters encoded at once: more than a page
_MOST_AT_ONCE = 1 << 16  # characters of a pre-token that is not left to the task
_PAGE = 1 << 12
_LONG = 1 << 18  # characters of a text that is not encoded as a whole again and again
_AFTER_PAINT_MS = 20
_AFTER_EDIT_MS = 150
_PAUSE_MS = 100  # between two tellings: each has every panel show the new counts


def encode_first(text: TokenizedText, n_chars: int = _AT_ONCE) -> None:
    """Encode the first of what is pending: what is shown before all else, within a frame or two."""
    text.encode_more(n_chars, most=_MOST_AT_ONCE)


class RestOfText(QObject):
    """A part of the model. `absorbed`: the text has taken in more of its tokens."""

    absorbed = Signal()
    task_started = Signal(object)
    problem = Signal(object)

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._text: TokenizedText | None = None
        self._task: Task | None = None
        self._is_told = True
        self._pause = QTimer(self, singleShot=True, interval=_PAUSE_MS)
        self._pause.timeout.connect(self._tell)

    @property
    def is_running(self) -> bool:
        return self._task is not None

    def begin(
        self, text: TokenizedText, *, after_edit: bool = False, for_a_moment: bool = False
    ) -> None:
        """Encode the first of what is pending in `text` now, and the rest in a task.

        `for_a_moment`: another tokenizer follows soon, so a long text stays at its first part.
        """
        self.cancel()
        is_page_enough = for_a_moment and text.n_chars > _LONG
        encode_first(text, _PAGE if is_page_enough else _AT_ONCE)
        if not is_page_enough:
            self.encode(text, after_edit=after_edit)

    def encode(self, text: TokenizedText, *, after_edit: bool = False) -> None:
        """Encode in a task what is pending in `text`, with the tokenizer it has now; ends what ran.

        `after_edit`: the next key may follow at once, and make the work of no use.
        """
        self.cancel()
        if text.complete:
            return
        self._text = text
        task = Task(text.encode_pending(), self._title(text), parent=self)
        task.stepped.connect(self._on_stepped)
        # No lambda: it would keep this object alive until the task, its child, is destroyed.
        task.failed.connect(self._on_failed)
        self._task = task
        self.task_started.emit(task)
        # First the page that is encoded is painted: a thread would take half of the time for that.
        pause = _AFTER_EDIT_MS if after_edit else _AFTER_PAINT_MS
        QTimer.singleShot(pause, task, task.start)

    def cancel(self) -> None:
        """What was not encoded yet stays pending."""
        self._pause.stop()
        self._is_told = True
        task, self._task = self._task, None
        if task is not None:
            task.cancel()

    def _on_stepped(self, batch: list[list[Encoding]]) -> None:
        assert self._text is not None
        for parts in batch:
            self._text.absorb(parts)
        self._is_told = False
        if self._text.complete or not self._pause.isActive():
            self._tell()

    def _tell(self) -> None:
        if not self._is_told:
            self._is_told = True
            self._pause.start()
            self.absorbed.emit()

    def _on_failed(self, error: BaseException) -> None:
        assert self._text is not None
        self.problem.emit(failure(self._title(self._text), error))

    def _title(self, text: TokenizedText) -> str:
        return f"Encoding with {text.tokenizer.name}"
