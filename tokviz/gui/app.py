"""The window's start and end as a process: the application, signals, and the display there is."""

import contextlib
import gc
import logging
import os
import signal
import socket
import sys

from PySide6.QtCore import QSocketNotifier, QTimer
from PySide6.QtGui import QIcon
from PySide6.QtWidgets import QApplication

from tokviz.gui.session import Session
from tokviz.gui.settings import load_settings
from tokviz.gui.task import end_process, share_the_heap, share_the_interpreter
from tokviz.gui.x11_libraries import missing_packages
from tokviz.resources import ResourceError, resource_path

_log = logging.getLogger("tokviz")


def run(files: list[str], tokenizer: str | None = None) -> int:
    """Open the window; returns the exit status. Without a display a picture is drawn instead."""
    if not has_display():
        from tokviz.gui.without_display import draw_picture

        return draw_picture(tokenizer)
    if missing := missing_packages():  # Qt may have them from elsewhere, so it is left to try
        _log.warning("tokviz: If no window opens: sudo apt install %s", " ".join(missing))
    gc.disable()  # while modules are loaded there is nothing to collect
    share_the_interpreter()
    share_the_heap()
    app = QApplication(["tokviz"])
    app.setApplicationName("tokviz")
    app.setDesktopFileName("tokviz")
    with contextlib.suppress(ResourceError):
        app.setWindowIcon(QIcon(str(resource_path("icons/tokviz.svg"))))
    settings = load_settings()
    session = Session(app, settings, tokenizer)
    session.window.show()
    # What is loaded by now stays; the collector need not walk through it again and again.
    gc.freeze()
    gc.enable()
    # Kept in a name: the notifier and the sockets end with it.
    signals = _quit_on_signals(app)
    if files:
        # Within the loop: a question about a file would begin one that app.exit() does not end.
        paths = [os.path.abspath(path) for path in files]
        QTimer.singleShot(0, session.window, lambda: session.window.open_files(paths))
    status = app.exec()
    session.end()
    del signals
    end_process(status)
    return status


def has_display() -> bool:
    """Whether Qt can open a window here; an explicit QPA platform is taken at its word."""
    if sys.platform != "linux" or os.environ.get("QT_QPA_PLATFORM"):
        return os.environ.get("QT_QPA_PLATFORM") != "offscreen"
    return bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))


def _quit_on_signals(app: QApplication) -> tuple[QSocketNotifier, socket.socket, socket.socket]:
    """Ctrl+C and SIGTERM end the program at once; the session keeps what is not saved.

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
    # Not quit(), which closes the windows first, and they may ask about unsaved changes.
    notifier.activated.connect(lambda *_: app.exit(0))
    return notifier, reading, writing
