"""TrainedSaver: saves the tokenizer in use to a file of one's choice, and proves what was saved."""

from collections.abc import Iterator
from pathlib import Path

from PySide6.QtCore import QObject, Signal

from tokviz.gui.task import Task, failure
from tokviz.gui.widgets.export_button import FileKind
from tokviz.text_files import shown, write_together
from tokviz.tokenization.formats import TokenizerFileError
from tokviz.tokenization.formats.saving import files_to_write, self_check
from tokviz.tokenization.tokenizer import Tokenizer

HUGGINGFACE = FileKind("Hugging Face tokenizer.json", "tokenizer.json")
GPT2_FILES = FileKind("GPT-2's vocab.json and merges.txt", "vocab.json")
RANKS = FileKind("tiktoken ranks", "trained.tiktoken")
MINBPE = FileKind("minbpe model", "trained.model")
KINDS = (HUGGINGFACE, GPT2_FILES, RANKS, MINBPE)


class TrainedSaver(QObject):
    """`saved` carries the sentence of the self-check."""

    saved = Signal(object)
    problem = Signal(object)
    task_started = Signal(object)

    def save(self, tokenizer: Tokenizer, kind: FileKind, path: str, text: str) -> None:
        """Write the file, or the two, then open it again and encode `text` with it."""
        title = f"Saving {shown(path)}"
        task = Task(saving(tokenizer, path_for(kind, path), text), title, parent=self)
        task.stepped.connect(lambda batch: self.saved.emit(batch[-1]))
        task.failed.connect(lambda error: self.problem.emit(failure(title, error)))
        self.task_started.emit(task)
        task.start()


def path_for(kind: FileKind, path: str) -> str:
    """The path with the ending that stands for the kind.

    >>> path_for(GPT2_FILES, "my.json"), path_for(MINBPE, "my"), path_for(HUGGINGFACE, "my.json")
    ('my-vocab.json', 'my.model', 'my.json')
    """
    if kind is GPT2_FILES and not path.endswith(("vocab.json", "merges.txt")):
        return f"{path.removesuffix('.json').removesuffix('.txt')}-vocab.json"
    if kind is HUGGINGFACE and path.endswith("vocab.json"):
        return f"{path.removesuffix('vocab.json')}tokenizer.json"
    ending = f".{kind.suffix}"
    return path if path.endswith(ending) else path + ending


def saving(tokenizer: Tokenizer, path: str, text: str) -> Iterator[str]:
    """Write all or nothing; yields what was proved. Raises `TokenizerFileError`,
    `TextFileError`."""
    files = files_to_write(tokenizer, Path(path))
    write_together({str(file): content for file, content in files.items()})
    difference = self_check(tokenizer, Path(path), text)
    if difference is not None:
        raise TokenizerFileError(difference)
    n_ids = len(tokenizer.encode(text).ids)
    beside = [file.name for file in files if file != Path(path)]
    also = f" with {beside[0]} beside it" if beside else ""
    yield (
        f"Saved as {shown(Path(path).name)}{also}; opened again and checked on the open text: "
        f"{n_ids:,} ids identical."
    )
