"""A home folder of its own for a program that is measured, so that nothing of the user's is read
or written."""

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def home_of_its_own() -> Iterator[Path]:
    """Settings, caches and kept texts go to a folder that is gone afterwards."""
    with tempfile.TemporaryDirectory(prefix="tokviz-benchmark-") as home:
        for kind in ("CONFIG", "DATA", "CACHE", "STATE"):
            os.environ[f"XDG_{kind}_HOME"] = str(Path(home) / kind.lower())
        yield Path(home)
