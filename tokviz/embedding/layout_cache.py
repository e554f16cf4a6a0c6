"""Layouts and neighbour graphs on disk, so that a table opened before shows its map at once.

Each entry is a file of its own: the sha256 of what follows, then numpy's npz. It is written whole
or not at all, checked when it is read, and the ones not read for longest make room for new ones.
"""

import contextlib
import hashlib
import io
import os
import tempfile
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

Arrays = dict[str, npt.NDArray[Any]]

MOST_BYTES = 2**29
_DIGEST = 32


def cache_folder() -> Path:
    """Where the desktop keeps what can be computed again."""
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "tokviz" / "maps"


class LayoutCache:
    """A folder of entries. What cannot be read or written is as if it were not there."""

    def __init__(self, folder: Path, most_bytes: int = MOST_BYTES) -> None:
        self._folder = folder
        self._most_bytes = most_bytes

    def load(self, *key: object) -> Arrays | None:
        """The arrays stored under a key, `None` where there are none that are whole."""
        from zipfile import BadZipFile  # slow to import, and not needed to start

        path = self._path(key)
        try:
            content = path.read_bytes()
            if hashlib.sha256(content[_DIGEST:]).digest() != content[:_DIGEST]:
                raise ValueError(f"{path} is damaged")
            with np.load(io.BytesIO(content[_DIGEST:]), allow_pickle=False) as stored:
                found = dict(stored)
        except FileNotFoundError:
            return None
        except (OSError, ValueError, BadZipFile):
            with contextlib.suppress(OSError):
                path.unlink()
            return None
        with contextlib.suppress(OSError):
            os.utime(path)  # read just now
        return found

    def store(self, arrays: Arrays, *key: object) -> None:
        """Keep some arrays; the order of what was read last decides what must go for them."""
        content = io.BytesIO()
        np.savez(content, **arrays)  # type: ignore[arg-type]  # its stub takes the names for flags
        data = content.getbuffer()
        with contextlib.suppress(OSError):
            self._folder.mkdir(parents=True, exist_ok=True)
            self._write(hashlib.sha256(data).digest(), data, self._path(key))
            self._make_room()

    def _write(self, digest: bytes, data: memoryview, path: Path) -> None:
        handle, name = tempfile.mkstemp(prefix=".new-", dir=self._folder)
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(digest)
                file.write(data)
            os.replace(name, path)
        except BaseException:
            os.unlink(name)
            raise

    def _path(self, key: tuple[object, ...]) -> Path:
        return self._folder / f"{hashlib.sha256(repr(key).encode()).hexdigest()}.npz"

    def _make_room(self) -> None:
        entries = []
        for path in self._folder.glob("*.npz"):
            with contextlib.suppress(FileNotFoundError):  # another window may clear up, too
                info = path.stat()
                entries.append((info.st_mtime_ns, info.st_size, path))
        total = sum(size for _, size, _ in entries)
        for _, size, path in sorted(entries):
            if total <= self._most_bytes:
                return
            path.unlink(missing_ok=True)
            total -= size
