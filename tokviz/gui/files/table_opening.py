"""TableOpening: from a file or a model's folder to the model's table, with one question at most."""

from collections.abc import Iterator
from pathlib import Path

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QFileDialog, QWidget

from tokviz.embedding.formats import Candidate
from tokviz.gui.task import Task, failure
from tokviz.gui.tokenizer_model import TokenizerModel
from tokviz.gui.widgets.choice_dialog import ask_for_choice
from tokviz.table_files import needs_a_choice, read_table, table_candidates
from tokviz.text_files import shown
from tokviz.token_tables import TokenTable
from tokviz.tokenization.tokenizer import Tokenizer

_ENDINGS = "*.safetensors *.safetensors.index.json *.gguf *.npy *.npz *.pt *.pth *.bin"
_KINDS = f"Embedding tables ({_ENDINGS});;All files (*)"


class TableOpening(QObject):
    """Lists the matrices of a file in a task, asks where there is a choice, reads the one."""

    opened = Signal()
    problem = Signal(object)
    task_started = Signal(object)

    def __init__(self, model: TokenizerModel, window: QWidget) -> None:
        super().__init__(window)
        self._model = model
        self._window = window
        self._task: Task | None = None
        self._path = Path()

    def ask_and_open(self) -> None:
        path, _ = QFileDialog.getOpenFileName(self._window, "Open embedding table", "", _KINDS)
        if path:
            self.open(path)

    def ask_and_open_folder(self) -> None:
        title = "Open table and tokenizer from a model's folder"
        path = QFileDialog.getExistingDirectory(self._window, title)
        if path:
            self.open(path)

    def open(self, path: str) -> None:
        """Open a table file, or a folder with a table and its tokenizer."""
        self.close()
        self._path = Path(path)
        self._run(_listing(self._path), self._on_listed)

    def close(self) -> None:
        """End what runs."""
        task, self._task = self._task, None
        if task is not None:
            task.cancel()

    def _run(self, work: Iterator[object], on_stepped: object) -> None:
        task = Task(work, f"Opening {shown(self._path.name)}", parent=self)
        task.stepped.connect(on_stepped)
        task.failed.connect(self._on_failed)
        self._task = task
        self.task_started.emit(task)
        task.start()

    def _on_listed(self, batch: list[list[Candidate]]) -> None:
        candidates = batch[-1]
        which = self._asked(candidates) if needs_a_choice(candidates) else 0
        if which is not None:
            work = _reading(self._path, candidates[which], self._model.tokenizer)
            self._run(work, self._on_read)

    def _asked(self, candidates: list[Candidate]) -> int | None:
        rows = [
            (c.name, f"{c.shape[0]:,} × {c.shape[1]:,}", c.dtype, "likely" if c.likely else "")
            for c in candidates
        ]
        question = f"Which matrix of {shown(self._path.name)} is the embedding table?"
        headings = ("name", "rows × dimensions", "type", "")
        return ask_for_choice(self._window, "Which table?", question, headings, rows)

    def _on_read(self, batch: list[TokenTable]) -> None:
        known, self._task = batch[-1], None
        if known.tokenizer is not self._model.tokenizer:
            self._model.set_tokenizer(known.tokenizer)
        self._model.set_token_table(known)
        self.opened.emit()

    def _on_failed(self, error: BaseException) -> None:
        self.problem.emit(failure(f"Opening {shown(str(self._path))}", error))


def _listing(path: Path) -> Iterator[list[Candidate]]:
    yield table_candidates(path)


def _reading(path: Path, candidate: Candidate, tokenizer: Tokenizer) -> Iterator[TokenTable]:
    yield read_table(path, candidate, tokenizer)
