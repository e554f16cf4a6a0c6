"""Settings and the session: plain JSON and a text file, under the user's own folders.

QSettings is not used: it forgets types (`True` comes back as `'true'`, `['a']` as `'a'`).
"""

import contextlib
import json
from dataclasses import asdict, dataclass, field, fields
from pathlib import Path

from PySide6.QtCore import QStandardPaths

from tokviz.text_files import TextFileError, write_text

_MOST_RECENT = 10
MOST_SESSION_CHARACTERS = 32 * 2**20


@dataclass
class Settings:
    """What is remembered between starts. Unknown or damaged entries fall back to the default."""

    theme: str = "System"
    tokenizer: str = "gpt2"
    contexts: dict[str, int] = field(default_factory=dict)  # tokenizer → a window of the user's
    zoom: float = 13.0
    word_wrap: bool = True
    marks_shown: bool = True
    geometry: str = ""  # of the window, in base64
    layout: str = ""
    recent: list[str] = field(default_factory=list)
    file: str = ""  # of the open text, empty if it has none
    encoding: str = "utf-8"
    modified: bool = False

    def remember_file(self, path: str) -> None:
        self.recent = [path, *(p for p in self.recent if p != path)][:_MOST_RECENT]


def _folder(location: QStandardPaths.StandardLocation) -> Path:
    return Path(QStandardPaths.writableLocation(location)) / "tokviz"


def settings_file() -> Path:
    return _folder(QStandardPaths.StandardLocation.GenericConfigLocation) / "settings.json"


def session_file() -> Path:
    return _folder(QStandardPaths.StandardLocation.GenericStateLocation) / "session.txt"


def load_settings() -> Settings:
    """The settings of the last start, or the defaults where there are none to be read."""
    settings = Settings()
    try:
        stored = json.loads(settings_file().read_text("utf-8"))
    except (OSError, ValueError, RecursionError):
        return settings
    if not isinstance(stored, dict):
        return settings
    for entry in fields(Settings):
        value = stored.get(entry.name)
        if isinstance(value, type(getattr(settings, entry.name))):
            setattr(settings, entry.name, value)
    settings.recent = [path for path in settings.recent if isinstance(path, str)]
    settings.contexts = {k: v for k, v in settings.contexts.items() if isinstance(v, int)}
    return settings


def save_settings(settings: Settings) -> bool:
    """Write the settings; False if they cannot be written."""
    return _write(settings_file(), json.dumps(asdict(settings), indent=1))


def load_session_text() -> str | None:
    """The text of the last session, exactly; None if there was none."""
    try:
        return session_file().read_bytes().decode("utf-8", "surrogatepass")
    except (OSError, ValueError):
        return None


def save_session_text(text: str) -> bool:
    """Keep the text for the next start; False if it is too long or cannot be written."""
    if len(text) > MOST_SESSION_CHARACTERS:
        with contextlib.suppress(OSError):
            session_file().unlink()
        return False
    return _write(session_file(), text)


def _write(path: Path, text: str) -> bool:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        write_text(str(path), text, errors="surrogatepass")
    except (OSError, TextFileError):
        return False
    return True
