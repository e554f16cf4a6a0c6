"""How long the window does not answer while it learns from 10 MB, in the real window.

    python -m benchmarks.training_frames [VOCABULARY_SIZE]       32000 by default

A timer of 5 ms fires late by as long as the event loop was busy; an empty loop in the same run
stands beside it. The processor time of the window's own thread tells what is left of a gap where
nobody else wants the processor or the interpreter.
"""

import os
import sys
from collections.abc import Callable, Iterator
from time import perf_counter

import numpy as np
from PySide6.QtWidgets import QApplication

from benchmarks.figures import Figure
from benchmarks.home import home_of_its_own
from benchmarks.train_bpe import corpus
from benchmarks.window import Gaps, spend
from tokviz.gui.session import Session
from tokviz.gui.settings import Settings
from tokviz.gui.task import share_the_interpreter

_SIZE = (1280, 820)
_IDLE = 2.0  # seconds of the empty loop
_OPENED = 1.0  # seconds for the window to paint and settle


def main() -> None:
    """Train on the text in the window and print the gaps beside those of an idle window."""
    idle, training, words = measure(int(sys.argv[1]) if len(sys.argv) > 1 else 32_000)
    _print("idle", idle)
    _print("training", training)
    print(words)


def figures(quick: bool = False) -> Iterator[Figure]:
    idle, training, _ = measure(2_000 if quick else 32_000)
    p99 = [float(np.percentile(gaps.all, 99)) for gaps in (training, idle)]
    times = 1000 * p99[0], 1000 * p99[1]
    name = "frame gap while training, p99 / idle window"
    yield Figure(name, times[0], "ms", times[1], p99[1] / p99[0], most=33)


def measure(size: int) -> tuple[Gaps, Gaps, str]:
    """The gaps of an idle window and of one that trains, and what it says at the end."""
    with home_of_its_own():
        os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
        share_the_interpreter()  # as the program does
        app = QApplication([])
        session = Session(app, Settings(mode="Train"), restore=False)
        session.window.resize(*_SIZE)
        session.window.show()
        session.model.set_text(corpus())
        spend(_OPENED)
        while not session.model.text.complete:
            spend(0.1)
        end = perf_counter() + _IDLE
        idle = _measured(lambda: perf_counter() < end)
        panel = session.window.training
        panel.settings.number.setValue(size)
        panel.train_button.click()
        begun = perf_counter()
        gaps = _measured(panel.cancel_button.isEnabled)
        words = f"{panel.words.text()} {perf_counter() - begun:.1f} s"
        session.end()
    return idle, gaps, words


def _measured(goes_on: Callable[[], bool]) -> Gaps:
    gaps = Gaps()
    while goes_on():
        spend(0.1)
    gaps.stop()
    return gaps


def _print(name: str, gaps: Gaps) -> None:
    ms = np.array(gaps.all) * 1000
    used = float(np.percentile(gaps.processor, 99)) * 1000
    p50, p99, p999 = np.percentile(ms, [50, 99, 99.9])
    print(
        f"{name:>9}: gaps p50 {p50:.1f} ms, p99 {p99:.1f} ms, p99.9 {p999:.1f} ms, "
        f"longest {ms.max():.1f} ms, {np.mean(ms > 33.0):.2%} above 33 ms, {len(ms):,} gaps; "
        f"processor time of the window's thread p99 {used:.1f} ms"
    )


if __name__ == "__main__":
    main()
