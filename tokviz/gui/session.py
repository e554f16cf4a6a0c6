"""The session: the model and its window, kept from one start to the next."""

import logging
import os
import sys
import traceback
from collections.abc import Iterator
from copy import deepcopy
from types import TracebackType

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication

from tokviz.catalog import TOKENIZERS, load_tokenizer
from tokviz.gui.files.kept_tokenizers import kept_names, load_kept
from tokviz.gui.main_window import MainWindow
from tokviz.gui.settings import (
    MOST_SESSION_CHARACTERS,
    Settings,
    forget_session_text,
    load_session_text,
    save_session_text,
    save_settings,
    settings_file,
)
from tokviz.gui.task import Task
from tokviz.gui.theme import Theme, ThemeMode
from tokviz.gui.tokenizer_model import TokenizerModel
from tokviz.gui.widgets.text import text_accessibility
from tokviz.gui.window.special_choice import special_named
from tokviz.resources import ResourceError, read_resource
from tokviz.text_files import shown
from tokviz.tokenization.tokenizer import Tokenizer

_AUTOSAVE_MS = 2000
_SHIPPED = {tokenizer.name for tokenizer in TOKENIZERS}
_log = logging.getLogger("tokviz")


class Session:
    """The model and its window, restored from the last start and kept for the next one."""

    def __init__(
        self,
        app: QApplication,
        settings: Settings,
        tokenizer: str | None = None,
        *,
        restore: bool = True,
    ) -> None:
        self.settings = settings
        self._keeps = restore
        self._saving: Task | None = None
        self._kept_revision: int | None = None  # of the text that is kept for the next start
        self._revision_in_saving = 0
        self._told_unwritable = False
        self._problems: list[str] = []
        name = tokenizer or settings.tokenizer
        path = _tokenizer_file(name)
        text, file_to_open = self._text_to_begin_with()
        loaded = self._load("gpt2" if path else name, text)
        self.model = TokenizerModel(loaded)
        if (context := settings.contexts.get(loaded.name)) is not None:
            self.model.set_context(context or None)
        self.model.set_special(special_named(settings.special))
        self.model.set_text(text)
        self.theme = Theme(app, _theme_mode(settings.theme))
        text_accessibility.install()
        self.window = MainWindow(self.model, self.theme, settings)
        if self._problems:
            self.window.notices.show_problem(" ".join(self._problems))
        sys.excepthook = self._on_exception
        self.model.check_order()
        self._autosave = QTimer(self.window, singleShot=True, interval=_AUTOSAVE_MS)
        self._autosave.timeout.connect(self._save_beside)
        self.model.encoding_changed.connect(self._save_soon)
        self.window.document.changed.connect(self._save_soon)
        if path:
            self.window.tokenizers.begin_with(path)
        if file_to_open:
            self.window.document.open(file_to_open, settings.encoding)

    def _load(self, name: str, text: str) -> Tokenizer:
        """A shipped tokenizer or a kept one; GPT-2 for one that is not there."""
        try:
            if name in _SHIPPED:
                return load_tokenizer(name, text)
            if name in kept_names():
                return load_kept(name)
            if os.sep in name:
                self._problems.append(f"The tokenizer file {shown(name)} is gone; GPT-2 is used.")
            else:
                self._problems.append(f"There is no tokenizer named {name!r}; GPT-2 is used.")
        except (ValueError, OSError) as error:
            self._problems.append(f"{str(error).removesuffix('.')}. GPT-2 is used.")
        try:
            return load_tokenizer("gpt2")
        except ValueError as error:
            self._problems.append(str(error))
            return load_tokenizer("bytes")

    def _text_to_begin_with(self) -> tuple[str, str]:
        """The text of the last start, or the path of the file to read it from; or the sample."""
        settings = self.settings
        kept = load_session_text() if self._keeps else None
        if kept is not None:
            # What was typed without a file is worth a question even if the settings were lost.
            settings.modified |= not settings.file and kept not in ("", self._sample())
            return kept, ""
        path, settings.file, settings.modified = settings.file, "", False
        return ("", path) if path else (self._sample(), "")

    def _sample(self) -> str:
        try:
            return read_resource("texts/sample.txt").decode("utf-8")
        except ResourceError as error:
            self._problems.append(str(error))
            return ""

    def save(self) -> None:
        """Keep text and settings for the next start."""
        if self._keeps:
            self.window.remember_layout()
            for _ in _saving(self._text_to_keep(), self.settings):
                pass

    def end(self) -> None:
        self._autosave.stop()
        self.window.docks.finish()
        if self._saving is not None:
            self._saving.cancel()
            self._saving.wait()  # two writers at once: the older text might win
        self.window.kept.close()  # before the settings are saved, which tell its name
        self.save()
        self.model.close()
        self.window.status.close_check()
        self.window.scrubber.close_count()
        for task in self.window.findChildren(Task):
            task.cancel()
        sys.excepthook = sys.__excepthook__

    def _text_to_keep(self) -> list[str] | None:
        too_long = self.model.text.n_chars > MOST_SESSION_CHARACTERS
        return None if too_long or self.window.document.is_discarded else self.model.text.parts()

    def _save_soon(self) -> None:
        # Not started anew by each key: who types without a pause is to be saved, too.
        if self._keeps and not self._autosave.isActive():
            self._autosave.start()

    def _save_beside(self) -> None:
        """Keep text and settings now and then, so that a crash loses two seconds at most."""
        if self._saving is not None and self._saving.is_active:
            self._autosave.start()
            return
        self.window.remember_layout()
        self._revision_in_saving = self.model.revision
        if self._kept_revision == self.model.revision:  # another tokenizer is no other text
            work = _saving_settings(deepcopy(self.settings))
        else:
            work = _saving(self._text_to_keep(), deepcopy(self.settings))
        self._saving = Task(work, "Keeping the text for the next start", parent=self.window)
        self._saving.stepped.connect(self._on_saved)
        self._saving.start()

    def _on_saved(self, batch: list[bool]) -> None:
        if all(batch):
            self._kept_revision = self._revision_in_saving
        if not all(batch) and not self._told_unwritable:
            self._told_unwritable = True
            self.window.notices.show_problem(
                f"{shown(str(settings_file().parent))} cannot be written, so neither text nor "
                "settings are kept for the next start; change its rights."
            )

    def _on_exception(
        self, kind: type[BaseException], error: BaseException, trace: TracebackType | None
    ) -> None:
        """Unexpected exceptions come here: logged and shown, never swallowed."""
        _log.error("".join(traceback.format_exception(kind, error, trace)))
        self.window.notices.show_problem(
            f"Something in tokviz failed ({kind.__name__}: {error}). Your text is untouched; "
            "the details are on the terminal."
        )


def _tokenizer_file(name: str) -> str:
    """The path of the file or folder that a tokenizer's name is; empty if it is none."""
    is_file = name not in _SHIPPED and os.path.exists(name) and name not in kept_names()
    return os.path.abspath(name) if is_file else ""


def _theme_mode(name: str) -> ThemeMode:
    return next((mode for mode in ThemeMode if mode.value == name), ThemeMode.SYSTEM)


def _saving(text: list[str] | None, settings: Settings) -> Iterator[bool]:
    """Write what the next start needs; yields whether it could be written."""
    if text is None:
        forget_session_text()
    yield (text is None or save_session_text(text)) & save_settings(settings)


def _saving_settings(settings: Settings) -> Iterator[bool]:
    yield save_settings(settings)
