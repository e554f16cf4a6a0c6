"""The window's start: the application, the model, the window, and what happens at the end."""

import contextlib
import logging
import os
import signal
import socket
import sys
import traceback
from types import TracebackType

from PySide6.QtCore import QSocketNotifier, QTimer
from PySide6.QtGui import QIcon
from PySide6.QtWidgets import QApplication

from tokviz.catalog import TOKENIZERS, load_tokenizer
from tokviz.gui.main_window import MainWindow
from tokviz.gui.settings import (
    Settings,
    load_session_text,
    load_settings,
    save_session_text,
    save_settings,
)
from tokviz.gui.theme import Theme, ThemeMode
from tokviz.gui.tokenizer_model import TokenizerModel
from tokviz.resources import ResourceError, read_resource, resource_path

_AUTOSAVE_MS = 2000
_log = logging.getLogger("tokviz")


def run(files: list[str], tokenizer: str | None = None) -> int:
    """Open the window; returns the exit status. Without a display a picture is drawn instead."""
    if not has_display():
        from tokviz.gui.without_display import draw_picture

        return draw_picture(tokenizer)
    # Pure Python work beside the GUI gives way after a millisecond instead of five.
    sys.setswitchinterval(0.001)
    app = QApplication(["tokviz"])
    app.setApplicationName("tokviz")
    app.setDesktopFileName("tokviz")
    with contextlib.suppress(ResourceError):
        app.setWindowIcon(QIcon(str(resource_path("icons/tokviz.svg"))))
    settings = load_settings()
    session = Session(app, settings, tokenizer)
    session.window.show()
    for path in files[:1]:
        session.window.document.open(os.path.abspath(path))
    # Kept in a name: the notifier and the sockets end with it.
    signals = _quit_on_signals(app)
    status = app.exec()
    session.end()
    del signals
    return status


def has_display() -> bool:
    """Whether Qt can open a window here; an explicit QPA platform is taken at its word."""
    if sys.platform != "linux" or os.environ.get("QT_QPA_PLATFORM"):
        return os.environ.get("QT_QPA_PLATFORM") != "offscreen"
    return bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))


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
        problems = []
        name = tokenizer or settings.tokenizer
        if name not in {shipped.name for shipped in TOKENIZERS}:
            problems.append(f"There is no tokenizer named {name!r}; GPT-2 is used.")
            name = "gpt2"
        text = load_session_text() if restore else None
        if text is None:
            settings.file, settings.modified = "", False
            text = _sample()
        try:
            loaded = load_tokenizer(name, text)
        except ValueError as error:
            problems.append(str(error))
            loaded = load_tokenizer("bytes")
        self.model = TokenizerModel(loaded)
        if (context := settings.contexts.get(name)) is not None:
            self.model.set_context(context or None)
        self.model.set_text(text)
        self.theme = Theme(app, _theme_mode(settings.theme))
        self.window = MainWindow(self.model, self.theme, settings)
        for problem in problems:
            self.window.notices.show_problem(problem)
        sys.excepthook = self._on_exception
        self._autosave = QTimer(self.window, singleShot=True, interval=_AUTOSAVE_MS)
        self._autosave.timeout.connect(self.save)
        self.model.encoding_changed.connect(self._autosave.start)
        self.window.document.changed.connect(self._autosave.start)

    def save(self) -> None:
        """Keep text and settings, so that a crash or a cut of power loses two seconds at most."""
        if self._keeps:
            save_session_text(str(self.model.text))
            save_settings(self.settings)

    def end(self) -> None:
        self.save()
        self._autosave.stop()
        self.model.close()
        self.window.status.close_check()
        sys.excepthook = sys.__excepthook__

    def _on_exception(
        self, kind: type[BaseException], error: BaseException, trace: TracebackType | None
    ) -> None:
        """Unexpected exceptions come here: logged and shown, never swallowed."""
        _log.error("".join(traceback.format_exception(kind, error, trace)))
        self.window.notices.show_problem(
            f"Something in tokviz failed ({kind.__name__}: {error}). Your text is untouched; "
            "the details are on the terminal."
        )


def _theme_mode(name: str) -> ThemeMode:
    return next((mode for mode in ThemeMode if mode.value == name), ThemeMode.SYSTEM)


def _sample() -> str:
    try:
        return read_resource("texts/sample.txt").decode("utf-8")
    except ResourceError:
        return ""


def _quit_on_signals(app: QApplication) -> tuple[QSocketNotifier, socket.socket, socket.socket]:
    """Ctrl+C and SIGTERM end the program as closing the window does.

    Python runs a signal handler only between bytecodes, and Qt's loop runs none; so the signal
    writes to a socket that Qt watches.
    """
    reading, writing = socket.socketpair()
    reading.setblocking(False)
    writing.setblocking(False)
    signal.set_wakeup_fd(writing.fileno(), warn_on_full_buffer=False)
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: None)
    notifier = QSocketNotifier(reading.fileno(), QSocketNotifier.Type.Read)
    notifier.activated.connect(lambda *_: app.quit())
    return notifier, reading, writing
