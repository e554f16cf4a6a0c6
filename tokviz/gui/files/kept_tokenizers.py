"""The tokenizers that were trained here: kept in a folder beside the session's text, by name."""

import contextlib
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from urllib.parse import quote, unquote

from PySide6.QtCore import QObject, Signal

from tokviz.catalog import TOKENIZERS
from tokviz.gui.settings import session_file
from tokviz.gui.task import Task, failure
from tokviz.text_files import TextFileError, write_bytes
from tokviz.tokenization.formats import TokenizerFileError
from tokviz.tokenization.tokenizer import Tokenizer

LONGEST_NAME = 60  # characters
_LONGEST_FILE_NAME = 240  # bytes; file systems allow 255
_ENDINGS = (".json", ".model")


class TokenizerNameError(ValueError):
    """A name that a tokenizer cannot have."""


def kept_names() -> list[str]:
    """The names of the tokenizers that were kept, sorted."""
    try:
        files = list(_folder().iterdir())
    except OSError:
        return []
    names = {unquote(file.stem) for file in files if file.suffix in _ENDINGS and file.stem}
    return sorted(names - {shipped.name for shipped in TOKENIZERS})


def load_kept(name: str) -> Tokenizer:
    """A kept tokenizer. Raises `TokenizerFileError`, `OSError`."""
    from tokviz.tokenization.formats.any_file import open_tokenizer

    for ending in _ENDINGS:
        path = _path(name, ending)
        if path.is_file():
            return replace(open_tokenizer(path), name=name)
    raise TokenizerFileError(f"The trained tokenizer {name!r} is not there any more; train again.")


def checked_name(name: str) -> str:
    """The name without white space around it. Raises `TokenizerNameError`."""
    name = name.strip()
    if not name:
        raise TokenizerNameError("A tokenizer needs a name; write one.")
    if name in {shipped.name for shipped in TOKENIZERS}:
        raise TokenizerNameError(
            f"{name} is a tokenizer that comes with tokviz; take another name."
        )
    if len(name) > LONGEST_NAME or len(_path(name, ".model").name) > _LONGEST_FILE_NAME:
        raise TokenizerNameError(
            f"The name is too long; write at most {LONGEST_NAME} plain characters."
        )
    return name


class KeptTokenizers(QObject):
    """Keeps, renames and removes them. `changed`: another list of names; `gone` carries a name
    that no tokenizer has any more."""

    changed = Signal()
    gone = Signal(object)
    problem = Signal(object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._tasks: list[Task] = []

    @property
    def names(self) -> list[str]:
        return kept_names()

    def keep(self, tokenizer: Tokenizer) -> None:
        """Write it beside the GUI; one of that name is replaced."""
        task = Task(_keeping(tokenizer), f"Keeping {tokenizer.name}", parent=self)
        task.stepped.connect(self._on_kept)
        task.failed.connect(self._on_failed)
        task.finished.connect(self._on_finished)
        self._tasks.append(task)
        task.start()

    def remove(self, name: str) -> None:
        """Remove the file of a tokenizer; who uses it still can, until the program's end."""
        for ending in _ENDINGS:
            with contextlib.suppress(OSError):
                _path(name, ending).unlink()
        self.gone.emit(name)
        self.changed.emit()

    def rename(self, old: str, new: str) -> None:
        """Give a kept tokenizer another name. Raises `TokenizerNameError`."""
        if new in self.names:
            raise TokenizerNameError(f"There is a {new} already; take another name.")
        for ending in _ENDINGS:
            with contextlib.suppress(OSError):
                _path(old, ending).rename(_path(new, ending))
        self.gone.emit(old)
        self.changed.emit()

    def forget(self, name: str) -> None:
        """Tell that nothing has that name any more, unless it is kept."""
        if name not in self.names:
            self.gone.emit(name)

    def close(self) -> None:
        """Let what is being written come to its end; for the program's end."""
        for task in self._tasks:
            task.wait()
        self.changed.emit()

    def _on_kept(self, _batch: list[str]) -> None:
        self.changed.emit()

    def _on_failed(self, error: BaseException) -> None:
        told = failure("Keeping the tokenizer", error)
        self.problem.emit(f"{told} It is there until the program ends; save it to a file.")

    def _on_finished(self) -> None:
        self._tasks = [task for task in self._tasks if task.is_active]


def _keeping(tokenizer: Tokenizer) -> Iterator[str]:
    from tokviz.tokenization.formats.huggingface_json import to_tokenizer_json
    from tokviz.tokenization.formats.minbpe_model import to_minbpe_model

    contents: dict[str, bytes] = {}
    try:
        contents[".json"] = to_tokenizer_json(tokenizer)
    except TokenizerFileError:  # two tokens of the same bytes
        contents[".model"] = to_minbpe_model(tokenizer)
    for ending, content in contents.items():
        path = _path(tokenizer.name, ending)
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            reason = (error.strerror or str(error)).lower()
            raise TextFileError(f"{path.parent} cannot be made: {reason}.") from None
        write_bytes(str(path), content)
    for ending in set(_ENDINGS) - contents.keys():
        _path(tokenizer.name, ending).unlink(missing_ok=True)
    yield tokenizer.name


def _folder() -> Path:
    return session_file().parent / "tokenizers"


def _path(name: str, ending: str) -> Path:
    # A dot in front would hide the file, and quote() leaves dots as they are.
    return _folder() / f"{quote(name, safe=' ').replace('.', '%2E')}{ending}"
