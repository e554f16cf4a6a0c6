"""What the tests of the window share: tokenizers loaded once, and models that end with a test."""

import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QEvent
from PySide6.QtWidgets import QApplication, QMessageBox
from pytestqt.qtbot import QtBot

from tests.tokenization.oracles import shipped
from tokviz.catalog import load_tokenizer
from tokviz.gui.session import Session
from tokviz.gui.settings import load_settings
from tokviz.gui.tokenizer_model import TokenizerModel
from tokviz.tokenization.tokenizer import Tokenizer


@pytest.fixture(autouse=True)
def no_widget_outlives_its_test() -> Iterator[None]:
    """What is to be deleted waits for an event loop; every later style sheet is applied to it."""
    yield
    QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)


@pytest.fixture(scope="session")
def gpt2() -> Tokenizer:
    return shipped("gpt2")


@pytest.fixture(scope="session")
def smollm2() -> Tokenizer:
    return shipped("smollm2")


@pytest.fixture
def new_model(qtbot: QtBot) -> Iterator[Callable[[Tokenizer], TokenizerModel]]:
    """Makes models whose tasks are ended with the test."""
    made: list[TokenizerModel] = []

    def new(tokenizer: Tokenizer) -> TokenizerModel:
        made.append(TokenizerModel(tokenizer))
        return made[-1]

    yield new
    for model in made:
        model.close()


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Empty folders for settings, session and cache."""
    for name in ("CONFIG", "STATE", "CACHE"):
        monkeypatch.setenv(f"XDG_{name}_HOME", str(tmp_path / name.lower()))
    return tmp_path


class Questions:
    """Answers the message boxes; `asked` holds what they said."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.answers: list[QMessageBox.StandardButton] = []

    def ask(self, box: QMessageBox) -> QMessageBox.StandardButton:
        self.asked.append(f"{box.text()} {box.informativeText()}")
        answer = self.answers.pop(0)
        assert box.standardButtons() & answer, "the box has no such button"
        return answer


@pytest.fixture
def questions(monkeypatch: pytest.MonkeyPatch) -> Questions:
    """A question that no answer was laid out for fails the test."""
    questions = Questions()
    # A function: PySide passes a bound method no box.
    monkeypatch.setattr(QMessageBox, "exec", lambda box: questions.ask(box))
    return questions


@pytest.fixture
def start(
    home: Path, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Callable[..., Session]]:
    """Starts the program as `tokviz` does; every start goes on from what the last one kept."""

    # Tokenizers do not change, and to load one takes up to two seconds.
    def load(name: str, text: str = "") -> Tokenizer:
        return load_tokenizer(name, text) if name == "characters" else shipped(name)

    for module in ("session", "panels.tokenizer_chooser", "panels.compare.comparison_panel"):
        monkeypatch.setattr(f"tokviz.gui.{module}.load_tokenizer", load)
    running: list[Session] = []

    def end() -> None:
        while running:
            session = running.pop()
            session.end()
            session.window.hide()  # it would lie over the next test's window, and take its mouse
            session.window.deleteLater()
            session.theme.deleteLater()
        QApplication.processEvents()

    def begin(tokenizer: str | None = None) -> Session:
        end()
        app = QApplication.instance()
        assert isinstance(app, QApplication)
        hook = sys.excepthook
        session = Session(app, load_settings(), tokenizer)
        sys.excepthook = hook  # an exception in a slot is to fail the test
        running.append(session)
        session.window.resize(1100, 700)
        session.window.show()
        QApplication.processEvents()
        return session

    yield begin
    end()
