"""The pictures of README.md and the guide: the script that takes them runs, and all are there."""

import os
import re
import subprocess
import sys
from pathlib import Path

from PySide6.QtGui import QImageReader

ROOT = Path(__file__).resolve().parent.parent
SCRIPT = ROOT / "docs" / "take_pictures.py"


def size_of(path: Path) -> tuple[int, int]:
    size = QImageReader(str(path)).size()
    return size.width(), size.height()


def test_the_script_takes_every_picture_that_is_shown_in_its_size(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, str(SCRIPT), str(tmp_path)],
        env=os.environ | {"QT_QPA_PLATFORM": "offscreen", "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        timeout=400,
    )
    assert done.returncode == 0, done.stderr
    kept = SCRIPT.parent / "pictures"
    taken = {path.name: size_of(path) for path in tmp_path.glob("*.png")}
    assert taken == {path.name: size_of(path) for path in kept.glob("*.png")}
    assert taken["inspect-light.png"] == taken["inspect-dark.png"] == (1440, 900)


def test_every_picture_that_a_page_shows_is_there_and_every_picture_is_shown() -> None:
    shown = set()
    for page in (ROOT / "README.md", ROOT / "docs" / "guide.md"):
        for place in re.findall(r"\]\(([^)]+\.png)\)", page.read_text(encoding="utf-8")):
            path = (page.parent / place).resolve()
            assert path.is_file(), f"{page.name} shows {place}, which is not there"
            shown.add(path)
    assert shown == set((ROOT / "docs" / "pictures").resolve().glob("*.png"))
