"""One selection in the text and on the map: from the event to the frame in which both show it.

    python -m benchmarks.linked [gpt2 | smollm2]      gpt2 by default

The whole program in its Map mode with 100 kB of English, on the offscreen platform: a token is
clicked or pointed at in the text, a point on the map, and a lasso takes in hundreds of points, of
which each occurrence is marked. Each act ends when text and map are painted; what follows in later
frames (neighbours, the token's card) is not waited for. A frame is 16.7 ms.
"""

import os
import sys
from collections.abc import Callable
from functools import partial
from statistics import median

from PySide6.QtCore import QEvent, QPointF, Qt
from PySide6.QtGui import QMouseEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget

from benchmarks.corpora import english
from benchmarks.home import home_of_its_own
from benchmarks.map_frames import Taken
from benchmarks.measure import p95
from tokviz.gui.panels.map.embedding_panel import EmbeddingPanel
from tokviz.gui.session import Session
from tokviz.gui.settings import Settings
from tokviz.gui.task import share_the_interpreter

_N_BYTES = 100_000
_N_ACTS = 40
_PAUSE_MS = 30  # between two acts, for what follows later


class Linked:
    """The program with a text and the map of its tokenizer's table."""

    def __init__(self, tokenizer: str) -> None:
        share_the_interpreter()  # as the program does
        app = QApplication.instance() or QApplication([])
        assert isinstance(app, QApplication)
        self.session = Session(app, Settings(mode="Map"), tokenizer, restore=False)
        self.model = self.session.model
        self.session.window.resize(1280, 800)
        self.session.window.show()
        self.model.set_text(english(_N_BYTES))
        panel = self.session.window.docks.panel("map")
        assert isinstance(panel, EmbeddingPanel)
        self.map, self.text = panel.area.view, self.session.window.text_panel.view
        while self.model.points is None or panel.runner.is_running:
            QTest.qWait(50)
        QTest.qWait(3000)  # the map is measured, its rows compared with the vocabulary

    def on_text(self, click: bool, number: int) -> None:
        tokens = self.text.token_rects()
        place = tokens[number * 7 % len(tokens)][1].center()
        self._mouse(self.text.viewport(), place, click)

    def on_map(self, click: bool, number: int) -> None:
        """On the point of a token of the text that is in view."""
        ids = self.model.text.ids()
        place = self.map.screen_place(int(ids[number * 997 % len(ids)]))
        assert place is not None
        self._mouse(self.map, place, click)

    def lasso(self, number: int) -> None:
        """Hundreds of points, most of them in the text."""
        known, start = self.model.token_table, number * 400
        ids = self.model.text.ids()[start : start + 1200]
        assert known is not None
        self.map.region_selected.emit(known.rows_of(sorted(set(ids.tolist()))))

    def _mouse(self, widget: QWidget, place: QPointF, click: bool) -> None:
        kinds = [QEvent.Type.MouseMove]
        if click:
            kinds = [QEvent.Type.MouseButtonPress, QEvent.Type.MouseButtonRelease]
        button = Qt.MouseButton.LeftButton if click else Qt.MouseButton.NoButton
        none = Qt.KeyboardModifier.NoModifier
        for kind in kinds:
            event = QMouseEvent(kind, place, widget.mapToGlobal(place), button, button, none)
            QApplication.sendEvent(widget, event)


def measure(act: Callable[[int], None]) -> Taken:
    taken = Taken()

    def acted(number: int) -> None:
        act(number)
        QApplication.sendPostedEvents()  # the frame, and no timers

    for number in range(_N_ACTS):
        taken.time(partial(acted, number))
        QTest.qWait(_PAUSE_MS)
    return taken


def main(tokenizer: str) -> None:
    linked = Linked(tokenizer)
    acts: dict[str, Callable[[int], None]] = {
        "a token of the text is clicked": partial(linked.on_text, True),
        "the mouse goes over the text": partial(linked.on_text, False),
        "a point of the map is clicked": partial(linked.on_map, True),
        "the mouse goes over the map": partial(linked.on_map, False),
        "a lasso on the map": linked.lasso,
    }
    n = linked.model.text.n_tokens
    print(f"{_N_BYTES:,} bytes, {n:,} tokens; times in ms\n")
    print("| what | median | 95th percentile | least | processor, median |")
    print("| --- | --- | --- | --- | --- |")
    for name, act in acts.items():
        taken = measure(act)
        times = (median(taken.clock), p95(taken.clock), min(taken.clock), median(taken.work))
        print(f"| {name} | {' | '.join(f'{1000 * time:.1f}' for time in times)} |", flush=True)
    linked.session.end()


if __name__ == "__main__":
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    with home_of_its_own():
        main(sys.argv[1] if len(sys.argv) > 1 else "gpt2")
