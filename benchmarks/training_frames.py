"""How long the window does not answer while it learns from 10 MB, in the real window.

    python -m benchmarks.training_frames [VOCABULARY_SIZE]       32000 by default

A timer of 5 ms fires late by as long as the event loop was busy; an empty loop in the same run
stands beside it.
"""

import os
import sys
import tempfile
from collections.abc import Callable
from time import perf_counter

import numpy as np
from PySide6.QtWidgets import QApplication

from benchmarks.frame import Gaps, spend
from benchmarks.train_bpe import corpus
from tokviz.gui.app import Session
from tokviz.gui.settings import Settings

_SIZE = (1280, 820)
_IDLE = 2.0  # seconds of the empty loop
_OPENED = 1.0  # seconds for the window to paint and settle


def main() -> None:
    """Train on the text in the window and print the gaps beside those of an idle window."""
    size = int(sys.argv[1]) if len(sys.argv) > 1 else 32_000
    with tempfile.TemporaryDirectory() as folder:
        for name in ("CONFIG", "STATE", "CACHE"):
            os.environ[f"XDG_{name}_HOME"] = os.path.join(folder, name)
        os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
        sys.setswitchinterval(0.001)  # as the program does
        app = QApplication([])
        session = Session(app, Settings(mode="Train"), restore=False)
        session.window.resize(*_SIZE)
        session.window.show()
        session.model.set_text(corpus())
        spend(_OPENED)
        while not session.model.text.complete:
            spend(0.1)
        end = perf_counter() + _IDLE
        _print("idle", _measured(lambda: perf_counter() < end))
        panel = session.window.training
        panel.settings.number.setValue(size)
        panel.train_button.click()
        begun = perf_counter()
        gaps = _measured(panel.cancel_button.isEnabled)
        _print("training", gaps)
        print(f"{panel.words.text()} {perf_counter() - begun:.1f} s")
        session.end()


def _measured(goes_on: Callable[[], bool]) -> list[float]:
    gaps = Gaps()
    while goes_on():
        spend(0.1)
    gaps.stop()
    return gaps.all


def _print(name: str, gaps: list[float]) -> None:
    ms = np.array(gaps) * 1000
    p50, p99, p999 = np.percentile(ms, [50, 99, 99.9])
    print(
        f"{name:>9}: gaps p50 {p50:.1f} ms, p99 {p99:.1f} ms, p99.9 {p999:.1f} ms, "
        f"longest {ms.max():.1f} ms, {np.mean(ms > 33.0):.2%} above 33 ms, {len(ms):,} gaps"
    )


if __name__ == "__main__":
    main()
