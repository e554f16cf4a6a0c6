"""TextSplitting: saves the text as a folder of files of so many tokens each."""

from collections.abc import Iterator
from pathlib import Path

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QFileDialog, QWidget

from tokviz.gui.task import Task, failure
from tokviz.gui.tokenizer_model import TokenizerModel
from tokviz.text_files import shown, write_text
from tokviz.tokenization.text.context_windows import ContextWindows, PartAlone, parts_alone
from tokviz.tokenization.text.token_export import TokensToExport, tokens_to_export
from tokviz.tokenization.tokenizer import Tokenizer


class TextSplitting(QObject):
    """`split`: a sentence of what was written, and how the files are encoded alone."""

    problem = Signal(object)
    task_started = Signal(object)
    split = Signal(str)

    def __init__(self, model: TokenizerModel, parent: QObject) -> None:
        super().__init__(parent)
        self._model = model

    def ask_and_split(self, window: QWidget, size: int) -> None:
        """Ask for a folder, and write the text there in files of `size` tokens."""
        folder = QFileDialog.getExistingDirectory(window, f"A folder for files of {size:,} tokens")
        if folder:
            self.split_into(Path(folder), size)

    def split_into(self, folder: Path, size: int) -> None:
        """Write part-0001.txt and so on, each whole or not at all; none over a file of before."""
        there = next(iter(sorted(folder.glob("part-*.txt"))), None)
        if there is not None:
            self.problem.emit(
                f"{shown(folder)} already holds {there.name}; choose a folder without such parts."
            )
            return
        text = self._model.text
        tokenizer, n_merges = text.tokenizer, text.n_merges
        if n_merges is not None:
            tokenizer = tokenizer.truncated(n_merges)
        tokens = tokens_to_export(text, 0, text.n_chars)
        title = f"Splitting the text into files of {size:,} tokens"
        total = len(ContextWindows(text.n_tokens, size, size))
        written: list[PartAlone] = []

        def end() -> None:
            if written:
                self.split.emit(in_words(written, folder))

        task = Task(_writing(folder, tokens, size, tokenizer), title, total, parent=self)
        task.stepped.connect(written.extend)
        task.failed.connect(lambda error: self.problem.emit(failure(title, error)))
        task.finished.connect(end)
        self.task_started.emit(task)
        task.start()


def in_words(written: list[PartAlone], folder: Path) -> str:
    """What was written, and what reading the files one by one will give."""
    n_files = len(written)
    n_same = sum(one.same for one in written)
    n_tokens, n_alone = (
        sum(one.part.n_tokens for one in written),
        sum(one.n_alone for one in written),
    )
    files = "1 file" if n_files == 1 else f"{n_files:,} files"
    head = f"{files} with {n_tokens:,} tokens written to {shown(folder)}."
    if n_same == n_files:
        return f"{head} Encoded alone, each has the same tokens."
    others = n_files - n_same
    verb = "has" if others == 1 else "have"
    return (
        f"{head} Encoded alone, {others:,} of them {verb} other tokens than in the text, as those "
        f"depend on what stands around them: {n_alone:,} tokens in all."
    )


def _writing(
    folder: Path, tokens: TokensToExport, size: int, tokenizer: Tokenizer
) -> Iterator[PartAlone]:
    for n, one in enumerate(parts_alone(tokens.text, tokens.rows, size, tokenizer), 1):
        write_text(folder / f"part-{n:04}.txt", one.part.text)
        yield one
