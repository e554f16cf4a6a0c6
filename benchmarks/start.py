"""Start of a fresh process to its first coloured text, beside a bare PySide6 window.

    python -m benchmarks.start [ROUNDS]

Both run turn by turn in fresh processes with a warm disk, on the offscreen platform unless
QT_QPA_PLATFORM says otherwise. The bare window paints one line of text: Python, Qt and a frame,
below which no program of this kind can come. PyTorch must not have been imported.
"""

import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from statistics import median
from time import perf_counter

from benchmarks.figures import Figure
from benchmarks.measure import ratio

ROUNDS = 10
_MOST_MS, _MOST_MB = 500, 150  # the goals
WATCH = """
import os, sys, time
marks = [("python", time.clock_gettime(time.CLOCK_MONOTONIC))]
def mark(name): marks.append((name, time.clock_gettime(time.CLOCK_MONOTONIC)))
def end():
    mark("first paint")
    assert "torch" not in sys.modules
    pages = int(open("/proc/self/statm").read().split()[1])
    marks.append(("megabytes", pages * os.sysconf("SC_PAGE_SIZE") / 2**20))
    print("\\n".join(f"{name}={when}" for name, when in marks), flush=True)
    os._exit(0)
"""
BARE = (
    WATCH
    + """
from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QApplication, QWidget
mark("imports")
class Line(QWidget):
    def paintEvent(self, event):
        with QPainter(self) as painter:
            painter.drawText(20, 40, "one line of text")
        QTimer.singleShot(0, end)
app = QApplication([])
mark("application")
window = Line()
window.resize(1280, 820)
window.show()
mark("window")
app.exec()
"""
)
OURS = (
    WATCH
    + """
import tokviz.command_line
mark("the core")
import gc
gc.disable()  # as the command does before it imports the window
from tokviz.gui import app as program, session
from tokviz.gui.widgets.text.token_text_view import TokenTextView
mark("Qt and the window's modules")
def watched(name, made):
    def make(*arguments):
        mark("before the " + name)
        result = made(*arguments)
        mark(name)
        return result
    return make
program.has_display = lambda: True
session.load_tokenizer = watched("tokenizer", session.load_tokenizer)
program.Session = watched("window", program.Session)
painting = TokenTextView.paintEvent
def paint(view, event):
    painting(view, event)
    if view.token_rects():
        program.QTimer.singleShot(0, end)
TokenTextView.paintEvent = paint
tokviz.command_line.main([])
"""
)


def start(script: str, home: str) -> dict[str, float]:
    """Seconds from the start of the process to each mark, in order, and megabytes of memory."""
    environment = os.environ | {
        f"XDG_{kind}_HOME": f"{home}/{kind.lower()}"
        for kind in ("CONFIG", "DATA", "CACHE", "STATE")
    }
    # Compiled modules are kept, as they are where nobody says otherwise.
    environment.pop("PYTHONDONTWRITEBYTECODE", None)
    environment["PYTHONPYCACHEPREFIX"] = f"{home}/compiled"
    begun = perf_counter()  # CLOCK_MONOTONIC, which the other process reads too
    done = subprocess.run(
        [sys.executable, "-c", script],
        cwd=Path(__file__).resolve().parent.parent,
        env=environment,
        capture_output=True,
        text=True,
    )
    if done.returncode:
        sys.exit(done.stderr)
    marks = (line.split("=") for line in done.stdout.splitlines())
    found = {name: float(when) for name, when in marks}
    return {name: n - begun * (name != "megabytes") for name, n in found.items()}


def measure(rounds: int) -> tuple[list[dict[str, float]], list[dict[str, float]]]:
    """The marks of each start: ours, and the bare window's."""
    ours, bare = [], []
    with tempfile.TemporaryDirectory() as home:
        for script in (OURS, BARE):
            start(script, home)  # to warm the disk and compile the modules
        for _ in range(rounds):
            ours.append(start(OURS, home))
            bare.append(start(BARE, home))
    return ours, bare


def figures(quick: bool = False) -> Iterator[Figure]:
    ours, bare = measure(3 if quick else ROUNDS)
    ends = [median(found["first paint"] for found in side) for side in (ours, bare)]
    times = 1000 * ends[0], 1000 * ends[1]
    name = "start to the first coloured text / bare window"
    yield Figure(name, times[0], "ms", times[1], ends[1] / ends[0], most=_MOST_MS)
    memory = [median(found["megabytes"] for found in side) for side in (ours, bare)]
    name = "memory of the idle window / bare window"
    yield Figure(name, memory[0], "MB", memory[1], memory[1] / memory[0], most=_MOST_MB)


def main(rounds: int) -> None:
    ours, bare = measure(rounds)
    ends = [[found["first paint"] for found in side] for side in (ours, bare)]
    floor = median(our - their for our, their in zip(*ends, strict=True))
    times = f"{1000 * median(ends[0]):.0f} ms, bare window {1000 * median(ends[1]):.0f} ms"
    print(f"{os.environ['QT_QPA_PLATFORM']} platform, median of {rounds}")
    print(f"first coloured text {times}: {1 / ratio(*ends):.2f} times the bare window")
    print(f"{1000 * floor:.0f} ms above the bare window; torch was not imported")
    memory = [median(found.pop("megabytes") for found in side) for side in (ours, bare)]
    print(f"{memory[0]:.0f} MB of memory, bare window {memory[1]:.0f} MB\n")
    for name, side in (("tokviz", ours), ("bare window", bare)):
        print(f"| {name} | ms |\n| --- | --- |")
        before = 0.0
        for mark in side[0]:
            at = median(found[mark] for found in side)
            print(f"| {mark} | {1000 * (at - before):.0f} |")
            before = at
        print()


if __name__ == "__main__":
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    main(int(sys.argv[1]) if sys.argv[1:] else ROUNDS)
