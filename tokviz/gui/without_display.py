"""What the program does where there is no display: a picture of the window, and a token table."""

import os
import sys
import tempfile

from PySide6.QtWidgets import QApplication

from tokviz.gui.settings import Settings
from tokviz.token_table import token_table


def draw_picture(tokenizer: str | None) -> int:
    """Draw the window offscreen into a PNG, print its path and the sample's tokens; status 0."""
    os.environ["QT_QPA_PLATFORM"] = "offscreen"
    from tokviz.gui.app import Session

    app = QApplication.instance() or QApplication(["tokviz"])
    assert isinstance(app, QApplication)
    settings = Settings()
    session = Session(app, settings, tokenizer, restore=False)
    session.window.resize(1280, 820)
    session.window.show()
    app.processEvents()
    handle, path = tempfile.mkstemp(prefix="tokviz-", suffix=".png")
    os.close(handle)
    saved = session.window.grab().save(path)
    picture = path if saved else f"The picture could not be written to {path}."
    table = token_table(session.model.tokenizer, str(session.model.text))
    sys.stdout.write("There is no display here, so tokviz drew its window into a picture:\n")
    sys.stdout.write(f"{picture}\n\n{table}\n")
    session.end()
    return 0
