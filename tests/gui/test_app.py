"""The program as a process: without a display, and ended by signals."""

import json
import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from PySide6.QtGui import QImage

from tokviz.gui.app import has_display
from tokviz.gui.palette import LIGHT
from tokviz.gui.settings import load_session_text, load_settings

NOTE = "typed and not saved\r\n\x00 é \ud800"


def _environment(**changes: str) -> dict[str, str]:
    """This process's environment without a display."""
    kept = {
        name: value
        for name, value in os.environ.items()
        if name not in ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM")
    }
    return {**kept, **changes}


# -- without a display -------------------------------------------------------------------------


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere there always is a display")
@pytest.mark.parametrize(
    ("variables", "expected"),
    [
        ({}, False),
        ({"DISPLAY": ""}, False),
        ({"DISPLAY": ":0"}, True),
        ({"WAYLAND_DISPLAY": "wayland-0"}, True),
        ({"QT_QPA_PLATFORM": "minimal"}, True),
        ({"QT_QPA_PLATFORM": "offscreen", "DISPLAY": ":0"}, False),
    ],
)
def test_a_display_is_found_by_its_variables(
    variables: dict[str, str], expected: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM"):
        monkeypatch.delenv(name, raising=False)
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    assert has_display() is expected


def _run_without_display(*arguments: str, **changes: str) -> "subprocess.CompletedProcess[bytes]":
    return subprocess.run(
        [sys.executable, "-m", "tokviz", *arguments],
        env=_environment(**changes),
        capture_output=True,
        timeout=60,
    )


def test_without_a_display_a_picture_and_the_token_table_are_made(
    home: Path, tmp_path: Path
) -> None:
    done = _run_without_display(TMPDIR=str(tmp_path))
    assert done.returncode == 0, done.stderr.decode()
    sentence, picture, blank, *table = done.stdout.decode().splitlines()
    assert sentence == "There is no display here, so tokviz drew its window into a picture:"
    assert blank == ""
    assert Path(picture).parent == tmp_path
    image = QImage(picture)
    assert image.width() >= 1000
    colors = {image.pixel(x, y) for x in range(0, image.width(), 4) for y in range(100, 500, 4)}
    assert {color.rgb() for color in LIGHT.tokens} & colors
    assert re.search(r"\b14618\b.*Welcome", "\n".join(table))
    assert done.stderr == b""
    assert load_session_text() is None  # nothing of this start is kept


def test_the_picture_takes_the_tokenizer_asked_for(home: Path, tmp_path: Path) -> None:
    done = _run_without_display("--tokenizer", "bytes", TMPDIR=str(tmp_path))
    assert done.returncode == 0
    table = done.stdout.decode().splitlines()[3:]
    assert re.search(r"\b87\b.*W", "\n".join(table[:6]))


def test_the_token_table_is_printed_where_only_ascii_can_be(home: Path, tmp_path: Path) -> None:
    done = _run_without_display(TMPDIR=str(tmp_path), PYTHONIOENCODING="ascii")
    assert done.returncode == 0, done.stderr.decode()
    assert done.stdout.isascii()


# -- signals -----------------------------------------------------------------------------------


def _catches(process: "subprocess.Popen[bytes]", number: int) -> bool:
    """Whether a process has installed its own handler for a signal."""
    status = Path(f"/proc/{process.pid}/status").read_text()
    caught = re.search(r"SigCgt:\s*([0-9a-f]+)", status)
    return caught is not None and bool(int(caught[1], 16) >> (number - 1) & 1)


def _end_by_signal(number: signal.Signals, *files: str) -> str:
    """Start the window, end it by a signal, which no question keeps it from; what it wrote."""
    process = subprocess.Popen(
        [sys.executable, "-m", "tokviz", *files],
        env=_environment(QT_QPA_PLATFORM="minimal"),  # a window nobody sees, with an event loop
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    try:
        deadline = time.monotonic() + 30
        while not _catches(process, signal.SIGTERM):
            assert process.poll() is None
            assert time.monotonic() < deadline
            time.sleep(0.02)
        time.sleep(0.2)  # into the event loop
        process.send_signal(number)
        _, errors = process.communicate(timeout=20)
    finally:
        process.kill()
        process.wait()
    assert process.returncode == 0
    return errors.decode()


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
def test_a_signal_ends_the_program_while_it_asks_about_a_file_of_its_command_line(
    home: Path,
) -> None:
    large = home / "large.txt"
    with large.open("wb") as file:
        file.truncate(2**29)
    assert "Traceback" not in _end_by_signal(signal.SIGINT, str(large))


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_ends_the_program_and_keeps_what_is_not_saved(
    number: signal.Signals, home: Path
) -> None:
    file = home / "mine.txt"
    file.write_text("as it was saved")
    config, state = home / "config" / "tokviz", home / "state" / "tokviz"
    config.mkdir(parents=True)
    state.mkdir(parents=True)
    stored = {"file": str(file), "modified": True, "tokenizer": "bytes"}
    (config / "settings.json").write_text(json.dumps(stored))
    (state / "session.txt").write_bytes(NOTE.encode("utf-8", "surrogatepass"))
    errors = _end_by_signal(number)
    assert "Traceback" not in errors
    assert load_session_text() == NOTE
    settings = load_settings()
    assert (settings.file, settings.modified, settings.tokenizer) == (str(file), True, "bytes")
    assert settings.geometry
    assert file.read_text() == "as it was saved"
