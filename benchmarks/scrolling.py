"""A long text opened and scrolled in every way, typed into in the middle, in the real window.

    python -m benchmarks.scrolling [SIZE ...]      sizes: 10MB 100MB, both by default

Each size runs in a process of its own, on the offscreen platform unless QT_QPA_PLATFORM says
otherwise. The text is English, ten megabytes once or ten times over. Each step is timed from the
event to the painted frame, on the clock and in processor time of the window's thread; the gap is
how long the event loop did not turn, at most. Memory is the process's, with all that it imports;
the peak is that while the text opens.
"""

import json
import os
import random
import sys
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from statistics import median
from typing import Any

from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QKeyEvent, QWheelEvent
from PySide6.QtWidgets import QApplication

from benchmarks.figures import Figure
from benchmarks.frame import TEXTS
from benchmarks.home import home_of_its_own
from benchmarks.measure import p95
from benchmarks.window import (
    Frames,
    Gaps,
    measured_in_a_process,
    open_file,
    open_window,
    press,
    spend,
)
from tokviz.gui.widgets.text.token_text_view import TokenTextView

SIZES = {"10MB": lambda: TEXTS["10MB"](), "100MB": lambda: TEXTS["10MB"]() * 10}
_ROUNDS = 40
_MOST_STEP = 0.016
_MOST_GAP = 0.05


def measure(path: Path) -> dict[str, Any]:
    session, frames = open_window()
    view = session.window.text_panel.view
    opened = open_file(session, path)
    opened["peak"] = _peak()
    view.setFocus()
    steps = {name: _measure_step(frames, step) for name, step in _steps(view, frames).items()}
    session.end()
    return {"opened": opened, "steps": steps}


def _steps(view: TokenTextView, frames: Frames) -> dict[str, Callable[[int], object]]:
    """What one does to scroll, by the number of the turn."""
    chance = random.Random(4)
    bar = view.verticalScrollBar()

    def drag(_: int) -> None:
        bar.setSliderDown(True)
        bar.setSliderPosition(chance.randrange(bar.maximum()))

    def to_the_middle(number: int) -> None:
        bar.setSliderDown(False)
        view.set_caret(view.source.n_chars // 2 + 1000 * number)

    return {
        "wheel": lambda _: _turn_wheel(view),
        "Page Down": lambda _: press(view, Qt.Key.Key_PageDown),
        "bar dragged": drag,
        "caret to the middle": to_the_middle,
        "key in the middle": lambda number: press(view, 0, "the quick brown fox, "[number % 21]),
        "End and Home": lambda number: _press_with_control(
            view, Qt.Key.Key_Home if number % 2 else Qt.Key.Key_End
        ),
    }


def _measure_step(frames: Frames, step: Callable[[int], object]) -> dict[str, float]:
    frames.processor.clear()
    taken, gaps = [], Gaps()
    for number in range(_ROUNDS):
        taken.append(frames.until_painted(partial(step, number)))
        spend(0.02)
    return {
        "median": median(taken),
        "p95": p95(taken),
        "CPU": median(frames.processor),
        "gap": gaps.stop(),
    }


def _turn_wheel(view: TokenTextView) -> None:
    place = QPointF(view.viewport().rect().center())
    QApplication.sendEvent(
        view.viewport(),
        QWheelEvent(
            place,
            view.viewport().mapToGlobal(place),
            QPoint(),
            QPoint(0, -120),
            Qt.MouseButton.NoButton,
            Qt.KeyboardModifier.NoModifier,
            Qt.ScrollPhase.NoScrollPhase,
            False,
        ),
    )


def _press_with_control(view: TokenTextView, key: Qt.Key) -> None:
    held = Qt.KeyboardModifier.ControlModifier
    for kind in (QEvent.Type.KeyPress, QEvent.Type.KeyRelease):
        QApplication.sendEvent(view, QKeyEvent(kind, key, held))


def _peak() -> float:
    """Megabytes that the process has had at most."""
    status = Path("/proc/self/status").read_text()
    line = next(line for line in status.splitlines() if line.startswith("VmHWM"))
    return int(line.split()[1]) / 1024


def in_a_process(size: str) -> dict[str, Any]:
    return measured_in_a_process("benchmarks.scrolling", SIZES[size]())


def figures(quick: bool = False) -> Iterator[Figure]:
    for size in ["10MB"] if quick else SIZES:
        found = in_a_process(size)
        for name, step in found["steps"].items():
            yield Figure.of_time(f"{name}, {size}: to the frame, p95", step["p95"], most=_MOST_STEP)
            yield Figure.of_time(f"{name}, {size}: largest gap", step["gap"], most=_MOST_GAP)


def main(sizes: list[str]) -> None:
    found = {size: in_a_process(size) for size in sizes or SIZES}
    print("| open | first page | encoded | largest gap | p99 | CPU | memory | peak |")
    print("| --- | --- | --- | --- | --- | --- | --- | --- |")
    for size, facts in found.items():
        opened = facts["opened"]
        names = ["first page", "encoded", "largest gap", "gaps p99", "largest gap's processor time"]
        shown = " | ".join(f"{1000 * opened[name]:,.0f} ms" for name in names)
        print(f"| {size} | {shown} | {opened['memory']:,.0f} MB | {opened['peak']:,.0f} MB |")
    print("\n| step, to the frame | median | p95 | CPU | largest gap |")
    print("| --- | --- | --- | --- | --- |")
    for size, facts in found.items():
        for name, step in facts["steps"].items():
            shown = " | ".join(
                f"{1000 * step[what]:.1f}" for what in ("median", "p95", "CPU", "gap")
            )
            print(f"| {size}, {name} | {shown} |")


if __name__ == "__main__":
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    if sys.argv[1:2] == ["--measure"]:
        with home_of_its_own():
            print(json.dumps(measure(Path(sys.argv[2]))))
    else:
        main(sys.argv[1:])
