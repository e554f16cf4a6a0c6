"""What the program does where there is no display: a picture of the window, and a token table."""

import io
import os
import sys
import tempfile
from time import monotonic

from PySide6.QtCore import QEventLoop, QTimer, qInstallMessageHandler
from PySide6.QtWidgets import QApplication

from tokviz.gui.session import Session
from tokviz.gui.settings import Settings
from tokviz.token_lines import token_table


def draw_picture(tokenizer: str | None) -> int:
    """Draw the window offscreen into a PNG, print its path and the sample's tokens; status 0."""
    os.environ["QT_QPA_PLATFORM"] = "offscreen"
    # The offscreen platform warns of things that matter on a screen only.
    previous = qInstallMessageHandler(lambda *_: None)
    app = QApplication.instance() or QApplication(["tokviz"])
    assert isinstance(app, QApplication)
    settings = Settings()
    session = Session(app, settings, tokenizer, restore=False)
    session.window.resize(1280, 820)
    session.window.show()
    wait_until_settled(session)
    handle, path = tempfile.mkstemp(prefix="tokviz-", suffix=".png")
    os.close(handle)
    saved = session.window.grab().save(path)
    picture = path if saved else f"The picture could not be written to {path}."
    table = token_table(session.model.tokenizer, str(session.model.text))
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="backslashreplace")  # a terminal may know ASCII only
    sys.stdout.write("There is no display here, so tokviz drew its window into a picture:\n")
    sys.stdout.write(f"{picture}\n\n{table}\n")
    session.end()
    qInstallMessageHandler(previous)
    return 0


def wait_until_settled(session: Session, seconds: float = 30.0) -> None:
    """Let events pass until the text is encoded and checked and the panels are made, so that a
    picture shows facts only.

    Raises `TimeoutError`.
    """
    deadline = monotonic() + seconds
    window = session.window
    while window.tokenizers.is_reading or not (
        session.model.text.complete and window.status.is_settled and window.docks.is_complete
    ):
        if monotonic() > deadline:
            raise TimeoutError(f"The window is still busy after {seconds:g} seconds.")
        let_events_pass(50)
    QApplication.processEvents()


def let_events_pass(milliseconds: int) -> None:
    """Run the event loop, which waits for events as in the real program: tasks go on while it
    waits, so a loop that never does would slow them down."""
    loop = QEventLoop()
    QTimer.singleShot(milliseconds, loop.quit)
    loop.exec()
