"""Takes the pictures of README.md and docs/guide.md from the program itself.

    python docs/take_pictures.py [FOLDER]

Each picture waits until the whole text is encoded and checked, so nothing in it is half done. The
size is the same everywhere; the letters of other scripts come from the system's fonts.
"""

import os
import sys
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from time import monotonic

from PySide6.QtWidgets import QAbstractButton, QApplication, QLabel, QPushButton, QWidget

from tokviz.gui.session import Session
from tokviz.gui.settings import Settings
from tokviz.gui.widgets.mode_switch import Mode
from tokviz.gui.widgets.replay.clock_switch import Clock
from tokviz.gui.widgets.text.compared_pane import ComparedPane
from tokviz.gui.without_display import let_events_pass, wait_until_settled
from tokviz.resources import read_resource

PICTURES = Path(__file__).resolve().parent / "pictures"
WINDOW = (1440, 900)
SMALL = (1200, 620)


@dataclass(frozen=True)
class Picture:
    """One picture: a text, a tokenizer, and what is done in the window before it is taken."""

    name: str
    text: str
    prepare: Callable[[Session], None]
    tokenizer: str = "gpt2"
    theme: str = "Light"
    mode: str = "Inspect"
    size: tuple[int, int] = SMALL
    ready: Callable[[Session], bool] = lambda _session: True  # once prepared; waited for


def pictures() -> list[Picture]:
    sample = read_resource("texts/sample.txt").decode("utf-8")
    return [
        Picture("inspect-light", sample, _pick(" token,"), size=WINDOW),
        Picture("inspect-dark", sample, _pick(" token,"), theme="Dark", size=WINDOW),
        Picture("scripts", SCRIPTS, _pick("看")),
        Picture("invisible", INVISIBLE, _pick("no")),
        Picture("context", _long_text(), _pick_token(1023)),
        Picture("replay", sample, _pick("berry"), mode="Replay", size=WINDOW),
        Picture("training-replay", sample, _train_and_replay, mode="Train", size=WINDOW),
        Picture("train", sample, _train, mode="Train", size=WINDOW, ready=_is_trained),
        Picture(
            "map", sample, _pick(" token,"), "smollm2", mode="Map", size=WINDOW, ready=_is_mapped
        ),
        Picture("compare", sample, _pick("berry"), mode="Compare", size=WINDOW, ready=_is_compared),
        Picture(
            "learn", sample, _learn, "characters", mode="Learn", size=WINDOW, ready=_has_learned
        ),
        Picture("ruler", SCRIPTS, _show_bytes),
        Picture("bert", sample, _pick("berry"), tokenizer="bert-base-uncased"),
        Picture("loss", LOSSY, _pick("=\x04="), tokenizer="smollm2"),
    ]


SCRIPTS = """\
English needs one token for most of its words.
हिन्दी: नमस्ते दुनिया, आप कैसे हैं?
中文：语言模型看到的不是字，而是编号。
العربية: النموذج لا يرى الحروف بل يرى أرقاما.
ไทย: แบบจำลองไม่เห็นตัวอักษร
日本語と한국어, Ελληνικά и кириллица.
Emoji: 🚀 👩‍🚀 👨‍👩‍👧‍👦 🇯🇵 👍🏽
"""

INVISIBLE = (
    "spaces:   one, two  three, and no\u00a0break\r\n"
    "a tab:\tand a carriage return with its line feed\r\n"
    "zero width: joiner 👩\u200d🚀, space a\u200bb, byte order mark \ufeff\n"
    "controls: bell \x07, escape \x1b[0m, null \x00\n"
    "four spaces in front\n"
    "    return None\n"
)

LOSSY = (
    "SmolLM2 has no token for 21 of the 256 bytes.\n"
    "An end of transmission \x04 is lost between two tokens,\n"
    "and inside =\x04= as well; a bell \x07 is not,\n"
    "and neither is a tab \t.\n"
)


def _long_text() -> str:
    lines = [f"Line {n}: GPT-2 attends to 1,024 tokens and to no more.\n" for n in range(1, 80)]
    return "".join(lines)


def _pick(piece: str) -> Callable[[Session], None]:
    """Select the token in which a piece of the text begins."""

    def prepare(session: Session) -> None:
        text = session.model.text
        index = text.index_at(str(text).index(piece))
        assert index is not None
        _pick_token(index)(session)

    return prepare


def _pick_token(index: int) -> Callable[[Session], None]:
    def prepare(session: Session) -> None:
        view = session.window.text_panel.view
        start, end = session.model.text.token_span(index)
        view.set_caret(start)
        view.reveal(start, end)
        session.model.select_token(index)

    return prepare


def _train(session: Session) -> None:
    session.window.training.settings.number.setValue(600)
    session.window.training.train_button.click()


def _is_trained(session: Session) -> bool:
    return session.model.training is not None and session.model.text.complete


def _train_and_replay(session: Session) -> None:
    _train(session)
    _wait(lambda: _is_trained(session))
    session.window.modes.picked.emit(Mode.REPLAY)
    history = session.window.replay.history
    history.show_clock(Clock.TRAINING)
    history.controls.set_step(26)
    history.controls.step_changed.emit(26)


def _is_mapped(session: Session) -> bool:
    panel = session.window.docks.panel("map")
    words = _words_of(panel)
    known = "unknown" not in words and "measuring" not in words
    return session.model.points is not None and known


def _words_of(panel: QWidget) -> str:
    return " ".join(label.text() for label in panel.findChildren(QLabel))


def _is_compared(session: Session) -> bool:
    panel = session.window.docks.panel("comparison")
    return len(panel.findChildren(ComparedPane)) == 1 and "cl100k" in _words_of(panel)


def _learn(session: Session) -> None:
    _pick_token(20)(session)
    _button(session.window.docks.panel("learning"), "Learn from the open text").click()


def _has_learned(session: Session) -> bool:
    return _is_mapped(session) and any(
        button.text() == "Learn on" and button.isEnabled()
        for button in session.window.docks.panel("learning").findChildren(QPushButton)
    )


def _button(panel: QWidget, words: str) -> QAbstractButton:
    (button,) = [b for b in panel.findChildren(QAbstractButton) if b.text() == words]
    return button


def _show_bytes(session: Session) -> None:
    for words in ("byte ruler", "pre-tokens"):
        _button(session.window.text_panel, words).click()


def _wait(ready: Callable[[], bool], seconds: float = 90.0) -> None:
    deadline = monotonic() + seconds
    while not ready():
        if monotonic() > deadline:
            raise TimeoutError(f"What a picture shows is not there after {seconds:g} seconds.")
        let_events_pass(50)


def take(app: QApplication, picture: Picture, folder: Path) -> Path:
    """Open a window for one picture, take it, and close the window."""
    settings = Settings(theme=picture.theme, tokenizer=picture.tokenizer, mode=picture.mode)
    session = Session(app, settings, restore=False)
    window = session.window
    try:
        session.model.set_text(picture.text)
        window.resize(*picture.size)
        window.show()
        window.activateWindow()
        wait_until_settled(session)
        picture.prepare(session)
        _wait(lambda: picture.ready(session))
        let_events_pass(500)  # some panels wait a moment before they follow what is selected
        wait_until_settled(session)
        path = folder / f"{picture.name}.png"
        if not window.grab().save(str(path)):
            raise OSError(f"{path} cannot be written.")
    finally:
        session.end()
        window.close()
        window.deleteLater()
        app.processEvents()
    return path


def main(arguments: list[str]) -> None:
    folder = Path(arguments[0]) if arguments else PICTURES
    folder.mkdir(parents=True, exist_ok=True)
    app = QApplication(["tokviz"])
    app.setCursorFlashTime(0)  # a caret that blinks is there in one picture and not in the next
    for picture in pictures():
        print(take(app, picture, folder))


if __name__ == "__main__":
    if not (os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")):
        os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    with tempfile.TemporaryDirectory() as home:  # nothing of the user's is read or written
        for kind in ("CONFIG", "DATA", "CACHE", "STATE"):
            os.environ[f"XDG_{kind}_HOME"] = str(Path(home) / kind.lower())
        main(sys.argv[1:])
