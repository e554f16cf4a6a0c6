"""TokenizerOpening: from a tokenizer file or a model's folder to the model, beside the window."""

import os
import re
import stat
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

from PySide6.QtCore import QObject, QTimer, Signal
from PySide6.QtWidgets import QFileDialog, QWidget

from tokviz.catalog import name_of_file
from tokviz.gui.settings import Settings
from tokviz.gui.task import Task, failure
from tokviz.gui.tokenizer_model import TokenizerModel
from tokviz.gui.widgets.choice_dialog import ask_for_choice
from tokviz.text_files import shown
from tokviz.tokenization.formats import SplitPatternNeededError, TokenizerFileError
from tokviz.tokenization.pre_tokenization.known_patterns import (
    GPT2,
    LLAMA3,
    QWEN2,
    SMOLLM,
    SPLIT_PATTERNS,
)
from tokviz.tokenization.pre_tokenization.split_pattern import SplitPattern
from tokviz.tokenization.tokenizer import Tokenizer

_ENDINGS = "*.json *.model *.tiktoken *.gguf *.bpe *.txt"
_KINDS = f"Tokenizers ({_ENDINGS});;All files (*)"
_MOST_KEPT = 4  # tokenizers that are not read again while their file stays as it was
_PAGE = 2_000  # characters of the text that a file is tried out with
_SAMPLE = "I'LL pay 1234 €\n\n  def f(x):"


_PATTERNS = {**SPLIT_PATTERNS, **{split.name: split for split in (LLAMA3, QWEN2, SMOLLM)}}
"""What may be chosen for a file that does not say its split pattern, by name."""

_Key = tuple[str, str, int, int]


class TokenizerOpening(QObject):
    """Reads a file in a task; asks for the split pattern where the file does not say it.

    A failed open changes nothing. What was opened is remembered in the settings.
    """

    problem = Signal(object)
    task_started = Signal(object)
    opened = Signal()

    def __init__(self, model: TokenizerModel, settings: Settings, window: QWidget) -> None:
        super().__init__(window)
        self._model = model
        self._settings = settings
        self._window = window
        self._task: Task | None = None
        self._path = ""
        self._pattern: SplitPattern | None = None
        self._instead_of: str | None = None  # the chosen tokenizer when the window began
        self._then: Callable[[], None] | None = None
        self._kept: dict[_Key, Tokenizer] = {}

    def ask_and_open(self) -> None:
        path, _ = QFileDialog.getOpenFileName(self._window, "Open tokenizer", "", _KINDS)
        if path:
            self.open(path)

    def ask_and_open_folder(self) -> None:
        title = "Open tokenizer from a model's folder"
        path = QFileDialog.getExistingDirectory(self._window, title)
        if path:
            self.open(path)

    def open(self, path: str, then: Callable[[], None] | None = None) -> None:
        """Open a tokenizer file or a model's folder; `then` is called if that worked."""
        path = os.path.abspath(path)
        self._instead_of, self._then = None, then
        self._read(path, chosen_pattern(path, self._settings))

    def begin_with(self, path: str) -> None:
        """Open a file while the window begins with GPT-2, which stays if another is chosen.

        Nothing is asked: a file that does not say its split pattern gets GPT-2's.
        """
        self._instead_of, self._then = self._settings.tokenizer, None
        self._read(path, chosen_pattern(path, self._settings))

    @property
    def is_reading(self) -> bool:
        return self._task is not None

    def _read(self, path: str, pattern: SplitPattern | None) -> None:
        self.close()
        self._path, self._pattern = path, pattern
        key = _key(path, pattern)
        if key is not None and key in self._kept:
            self._use(self._kept[key])
            return
        page = self._model.text.slice(0, _PAGE)
        task = Task(_reading(path, pattern, page), f"Opening {shown(path)}", parent=self)
        task.stepped.connect(self._on_read)
        task.failed.connect(self._on_failed)
        self._task = task
        self.task_started.emit(task)
        task.start()

    def close(self) -> None:
        """End what runs."""
        task, self._task = self._task, None
        if task is not None:
            task.cancel()

    def _on_read(self, batch: list[Tokenizer]) -> None:
        tokenizer, self._task = batch[-1], None
        key = _key(self._path, self._pattern)
        if key is not None:
            self._kept[key] = tokenizer
            while len(self._kept) > _MOST_KEPT:
                del self._kept[next(iter(self._kept))]
        if self._instead_of in (None, self._settings.tokenizer):
            self._use(tokenizer)

    def _use(self, tokenizer: Tokenizer) -> None:
        self._settings.remember_tokenizer(self._path)
        self._model.set_tokenizer(tokenizer)
        own = self._settings.contexts.get(tokenizer.name)
        if own is not None:
            self._model.set_context(own or None)
        self.opened.emit()
        then, self._then = self._then, None
        if then is not None:
            then()

    def _on_failed(self, error: BaseException) -> None:
        self._task = None
        if isinstance(error, SplitPatternNeededError):
            if self._instead_of is None:
                # Once the task has ended: its row would stand there as if it went on.
                told = str(error)
                QTimer.singleShot(0, self, lambda: self._ask_for_pattern(told))
            else:
                self._read_with_a_likely_pattern(str(error))
        elif isinstance(error, OSError):
            reason = (error.strerror or str(error)).lower()
            self.problem.emit(
                f"The tokenizer file {shown(self._path)} cannot be read: {reason}; choose another "
                f"one."
            )
        else:
            self.problem.emit(failure(f"Opening {shown(self._path)}", error))

    def _read_with_a_likely_pattern(self, error: str) -> None:
        self.problem.emit(
            f"{shown(self._path)} {_said(error)}, so GPT-2's is used; File, Open tokenizer lets "
            f"you choose another."
        )
        self._read(self._path, GPT2)

    def _ask_for_pattern(self, error: str) -> None:
        path, splits = self._path, list(_PATTERNS.values())
        which = ask_for_choice(
            self._window,
            "Which split pattern?",
            f"{shown(Path(path).name)} {_said(error)}, and a wrong pattern gives wrong tokens. "
            f"Choose that of its model:",
            ("pattern", "what it makes of a sample"),
            [(split.name, _effect(split)) for split in splits],
        )
        if which is not None:
            self._settings.patterns[path] = splits[which].name
            self._read(path, splits[which])


def _key(path: str, pattern: SplitPattern | None) -> _Key | None:
    """What tells that a file is the one that was read before; None for a folder, of which it is
    not known."""
    try:
        found = os.stat(path)
    except OSError:
        return None
    if not stat.S_ISREG(found.st_mode):
        return None
    return path, "" if pattern is None else pattern.name, found.st_mtime_ns, found.st_size


def chosen_pattern(path: str, settings: Settings) -> SplitPattern | None:
    """The split pattern that the user once chose for a file that does not say its own."""
    return _PATTERNS.get(settings.patterns.get(path, ""))


def open_named(path: str, pattern: SplitPattern | None = None) -> Tokenizer:
    """The tokenizer at a path under its name on screen. Raises like `open_tokenizer`."""
    from tokviz.tokenization.formats.any_file import open_tokenizer  # and with it all formats

    return replace(open_tokenizer(Path(path), pattern), name=name_of_file(path))


def _said(error: str) -> str:
    """Why a split pattern is asked for."""
    found = re.search(r"names the split pattern [^;]*", error)
    return found[0] if found else "does not say where it cuts a text before merging"


def _effect(split: SplitPattern) -> str:
    pre_tokens = split.split(_SAMPLE)
    return " | ".join(p.replace(" ", "·").replace("\n", "⏎") for p in pre_tokens)


def _reading(path: str, pattern: SplitPattern | None, page: str) -> Iterator[Tokenizer]:
    """Open a file, and try it out here: a pattern that never ends is to be found out by a task."""
    from tokviz.tokenization.formats.huggingface_pipeline import PipelineError

    tokenizer = open_named(path, pattern)
    try:
        tokenizer.prepare().encoder().encode(page)
    except PipelineError as error:
        raise TokenizerFileError(
            f"{shown(path)} cannot encode the open text ({error}); mend its patterns or choose "
            f"another tokenizer."
        ) from None
    yield tokenizer
