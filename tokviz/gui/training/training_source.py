"""What a training learns from: the open text, files, a folder, or words with counts."""

import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QComboBox, QFileDialog, QMenu, QToolButton, QVBoxLayout, QWidget

from tokviz.corpus import Corpus
from tokviz.corpus_files import fields_of, files_below
from tokviz.gui.task import Task, failure
from tokviz.gui.tokenizer_model import TokenizerModel
from tokviz.gui.widgets.plain_label import plain_label
from tokviz.text_files import read_bytes, shown, size_of
from tokviz.tokenization.training.word_counts import (
    CLASSIC_EXAMPLE,
    Words,
    parse_words,
    read_word_counts,
)

_MOST_WORD_COUNTS = 1 << 28
_OPEN_TEXT = "the open text"
_CLASSIC = "the classic example"


@dataclass(frozen=True)
class Found:
    """Files that were looked at: all of them, their bytes on the disk, and the fields that the
    first `.jsonl` among them has, None if there is none."""

    paths: tuple[str, ...]
    n_files: int
    n_bytes: int
    fields: list[str] | None


class TrainingSource(QWidget):
    """A button that tells and changes what is trained on, and below it how much that is.

    A source is looked at beside the GUI, and taken only if there is something to learn from.
    `with_words`: words with counts may be chosen, too; they are no running text.
    """

    changed = Signal()
    problem = Signal(object)
    task_started = Signal(object)

    def __init__(self, model: TokenizerModel, *, with_words: bool = True) -> None:
        super().__init__()
        self._model = model
        self._task: Task | None = None
        self._corpus = Corpus()
        self._files: Found | None = None
        self.button = QToolButton()
        self.button.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self.button.setToolTip("What to learn from; files and folders can be dropped here, too")
        self.menu = QMenu(self.button)
        self.menu.addAction("The open text").triggered.connect(lambda: self.take_open_text())
        self.menu.addAction("Files …").triggered.connect(lambda: self._ask_for_files())
        self.menu.addAction("A folder …").triggered.connect(lambda: self._ask_for_folder())
        if with_words:
            self._offer_words()
        self.button.setMenu(self.menu)
        self.summary = plain_label()
        self.summary.setObjectName("muted")
        self.summary.setWordWrap(True)
        self.field = QComboBox()
        self.field.setEditable(True)
        self.field.setToolTip("The field of the .jsonl lines that holds the text")
        self.field.setAccessibleName("Field of the .jsonl files")
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        for widget in (self.button, self.summary, self.field):
            column.addWidget(widget)
        model.encoding_changed.connect(self._tell)
        self._tell()

    def _offer_words(self) -> None:
        self.menu.addSeparator()
        classic = self.menu.addAction("The classic example (Sennrich et al., 2016)")
        classic.triggered.connect(lambda: self.take_classic_example())
        self.menu.addAction("Words with counts …").triggered.connect(lambda: self._ask_for_words())

    @property
    def corpus(self) -> Corpus:
        """What to train on now."""
        if self._corpus.words is not None:
            return self._corpus
        if self._files is not None:
            return replace(self._corpus, field=self.field.currentText())
        return replace(self._corpus, text=str(self._model.text))

    @property
    def is_words(self) -> bool:
        return self._corpus.words is not None

    @property
    def words_as_text(self) -> str:
        """The words as running text: each as often as it counts where that is a short text."""
        words = self._corpus.words or {}
        many = sum(words.values()) > _MOST_SHOWN_WORDS
        spelled = {"".join(w).removesuffix("</w>"): 1 if many else n for w, n in words.items()}
        return "".join(f"{word} " * n for word, n in spelled.items())

    # -- choosing ------------------------------------------------------------------------------

    def take_open_text(self) -> None:
        self._take(Corpus())

    def take_classic_example(self) -> None:
        words = parse_words(list(CLASSIC_EXAMPLE.items()), _CLASSIC)
        self._take(Corpus(name="classic", words=words))

    def take_files(self, paths: Sequence[str]) -> None:
        """Look at files and folders, then train on them."""
        self._look(_looking(tuple(paths)), "Looking at the files")

    def take_words(self, path: str) -> None:
        """Read words with counts from a JSON file."""
        self._look(_reading_words(path), f"Reading {shown(path)}")

    def set_encoding(self, encoding: str) -> None:
        """Say how to read the files that are not UTF-8."""
        self._corpus = replace(self._corpus, encoding=encoding)
        self._tell()

    def _ask_for_files(self) -> None:
        paths, _ = QFileDialog.getOpenFileNames(
            self, "Files to train on", "", "Text (*.txt *.md *.gz *.jsonl);;All files (*)"
        )
        if paths:
            self.take_files(paths)

    def _ask_for_folder(self) -> None:
        path = QFileDialog.getExistingDirectory(self, "A folder to train on")
        if path:
            self.take_files([path])

    def _ask_for_words(self) -> None:
        path, _ = QFileDialog.getOpenFileName(self, "Words with counts", "", "JSON (*.json)")
        if path:
            self.take_words(path)

    # -- looking at files ----------------------------------------------------------------------

    def _look(self, work: Iterator[Found | Corpus], title: str) -> None:
        if self._task is not None:
            self._task.cancel()
        task = Task(work, title, parent=self)
        task.stepped.connect(self._on_found)
        task.failed.connect(lambda error: self.problem.emit(failure(title, error)))
        self._task = task
        self.task_started.emit(task)
        task.start()

    def _on_found(self, batch: list[Found | Corpus]) -> None:
        found = batch[-1]
        if isinstance(found, Corpus):
            self._take(found)
            return
        self.field.clear()
        self.field.addItems(found.fields or [])
        if "text" in (found.fields or ()):
            self.field.setCurrentText("text")
        elif not found.fields:
            self.field.setEditText("text")
        name = Path(found.paths[0]).name.split(".")[0] or "trained"
        self._take(Corpus(name=shown(name)[:30], paths=found.paths), found)

    def _take(self, corpus: Corpus, files: Found | None = None) -> None:
        self._corpus, self._files = corpus, files
        self._tell()
        self.changed.emit()

    def _tell(self) -> None:
        corpus, files = self._corpus, self._files
        self.field.setVisible(files is not None and files.fields is not None)
        if corpus.words is not None:
            n = sum(corpus.words.values())
            name = _CLASSIC if corpus.name == "classic" else corpus.name
            told = f"{len(corpus.words):,} words, {n:,} with their counts; </w> ends a word"
        elif files is not None:
            name = shown(os.path.basename(files.paths[0].rstrip("/")))
            name += f" and {len(files.paths) - 1:,} more" if len(files.paths) > 1 else ""
            told = f"{files.n_files:,} file{'s' * (files.n_files != 1)}, {files.n_bytes:,} bytes"
            if corpus.encoding is not None:
                told += f"; what is not UTF-8 is read as {corpus.encoding.upper()}"
        else:
            n = self._model.text.n_chars
            name, told = _OPEN_TEXT, f"{n:,} character{'s' * (n != 1)}"
        if len(name) > _LONGEST_SHOWN:
            name = f"{name[:_LONGEST_SHOWN]}…"
        if told != self.summary.text():  # a label that is set lays the window out anew
            self.summary.setText(told)
        button = f"{name}  ▾".replace("&", "&&")
        if button != self.button.text():
            self.button.setText(button)


_MOST_SHOWN_WORDS = 1000
_LONGEST_SHOWN = 34


def _looking(paths: tuple[str, ...]) -> Iterator[Found]:
    n_files = n_bytes = 0
    fields: list[str] | None = None
    for path in paths:
        for file in files_below(path):
            n_files += 1
            n_bytes += size_of(file)
            if fields is None and file.removesuffix(".gz").endswith(".jsonl"):
                fields = fields_of(file)
    yield Found(paths, n_files, n_bytes, fields)


def _reading_words(path: str) -> Iterator[Corpus]:
    words: Words = read_word_counts(read_bytes(path, _MOST_WORD_COUNTS), shown(path))
    yield Corpus(name=shown(Path(path).name.split(".")[0])[:30] or "words", words=words)
