"""Settings and the session: plain JSON and a text file, under the user's own folders.

QSettings is not used: it forgets types (`True` comes back as `'true'`, `['a']` as `'a'`).
"""

import contextlib
import json
import math
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field, fields
from pathlib import Path

from PySide6.QtCore import QStandardPaths

from tokviz.text_files import TextFileError, read_bytes, read_text, write_bytes

_MOST_RECENT = 10
MOST_SESSION_CHARACTERS = 32 * 2**20
LARGEST_CONTEXT = 10_000_000


@dataclass
class Settings:
    """What is remembered between starts. Unknown or damaged entries fall back to the default."""

    theme: str = "System"
    tokenizer: str = "gpt2"
    contexts: dict[str, int] = field(default_factory=dict)  # tokenizer → a window of the user's
    special: str = "text"  # what names of special tokens in the text are taken for
    mode: str = "Inspect"
    zoom: float = 13.0
    word_wrap: bool = True
    marks_shown: bool = True
    ruler_shown: bool = False
    same_colors: bool = False  # of the same token everywhere
    pre_tokens_shown: bool = False
    geometry: str = ""  # of the window, in base64
    compared: list[str] = field(default_factory=lambda: ["cl100k_base"])  # shipped tokenizers
    layouts: dict[str, str] = field(default_factory=dict)  # mode → its panels, in base64
    parts: dict[str, dict[str, list[float]]] = field(default_factory=dict)  # see proportions.py
    recent: list[str] = field(default_factory=list)
    recent_tokenizers: list[str] = field(default_factory=list)  # paths
    patterns: dict[str, str] = field(default_factory=dict)  # tokenizer file → pattern chosen for it
    file: str = ""  # of the open text, empty if it has none
    file_stamp: list[int] = field(default_factory=list)  # when it was read or written, and size
    encoding: str = "utf-8"
    modified: bool = False

    def remember_file(self, path: str) -> None:
        self.recent = [path, *(p for p in self.recent if p != path)][:_MOST_RECENT]

    def remember_tokenizer(self, path: str) -> None:
        """The next start begins with the tokenizer in this file."""
        self.tokenizer = path
        others = [p for p in self.recent_tokenizers if p != path]
        self.recent_tokenizers = [path, *others][:_MOST_RECENT]


def _folder(location: QStandardPaths.StandardLocation) -> Path:
    return Path(QStandardPaths.writableLocation(location)) / "tokviz"


def settings_file() -> Path:
    """Where settings are kept, in the user's configuration."""
    return _folder(QStandardPaths.StandardLocation.GenericConfigLocation) / "settings.json"


def session_file() -> Path:
    """Where the open text is kept, in the user's state."""
    return _folder(QStandardPaths.StandardLocation.GenericStateLocation) / "session.txt"


def load_settings() -> Settings:
    """The settings of the last start, or the defaults where there are none to be read."""
    settings = Settings()
    try:
        stored = json.loads(read_text(str(settings_file())))
    except (ValueError, RecursionError):
        return settings
    if not isinstance(stored, dict):
        return settings
    for entry in fields(Settings):
        value = stored.get(entry.name)
        kind = type(getattr(settings, entry.name))
        if kind is float and type(value) is int:
            value = float(value)
        if type(value) is kind:  # not isinstance: True is an int, too
            setattr(settings, entry.name, value)
    settings.recent = [path for path in settings.recent if isinstance(path, str)][:_MOST_RECENT]
    paths = [path for path in settings.recent_tokenizers if isinstance(path, str)]
    settings.recent_tokenizers = paths[:_MOST_RECENT]
    settings.patterns = {k: v for k, v in settings.patterns.items() if isinstance(v, str)}
    settings.contexts = {
        name: tokens
        for name, tokens in settings.contexts.items()
        if type(tokens) is int and 0 <= tokens <= LARGEST_CONTEXT
    }
    settings.compared = [name for name in settings.compared if isinstance(name, str)]
    settings.layouts = {k: v for k, v in settings.layouts.items() if isinstance(v, str)}
    settings.parts = {mode: _parts(docks) for mode, docks in settings.parts.items()}
    if not math.isfinite(settings.zoom):
        settings.zoom = Settings.zoom
    if not _is_text_encoding(settings.encoding):
        settings.encoding = Settings.encoding
    return settings


def _parts(stored: object) -> dict[str, list[float]]:
    """Of each dock its part of the window's width and height, what is damaged left out."""
    docks = stored if isinstance(stored, dict) else {}
    return {
        name: parts
        for name, parts in docks.items()
        if isinstance(parts, list)
        and len(parts) == 2
        and all(type(part) in (int, float) and 0 <= part <= 1 for part in parts)
    }


def _is_text_encoding(name: str) -> bool:
    try:
        "".encode(name)
    except (LookupError, ValueError):
        return False
    return True


def save_settings(settings: Settings) -> bool:
    """Write the settings; False if they cannot be written."""
    return _write(settings_file(), json.dumps(asdict(settings), indent=1).encode("ascii"))


def load_session_text() -> str | None:
    """The text of the last session, exactly; None if there was none."""
    try:
        return read_bytes(str(session_file())).decode("utf-8", "surrogatepass")
    except ValueError:
        return None


def save_session_text(parts: Iterable[str]) -> bool:
    """Keep a text, given in parts, for the next start; False if it cannot be written."""
    return _write(session_file(), b"".join(p.encode("utf-8", "surrogatepass") for p in parts))


def forget_session_text() -> None:
    """Keep no text: the next start reads the file again, or begins with the sample."""
    with contextlib.suppress(OSError):
        session_file().unlink()


def _write(path: Path, data: bytes) -> bool:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        write_bytes(str(path), data)
    except (OSError, TextFileError):
        return False
    return True
