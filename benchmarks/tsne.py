"""t-SNE of all rows of a shipped table, from the first layout to the last.

    python -m benchmarks.tsne [gpt2 | smollm2]      smollm2 by default

How many layouts a second there are until iteration 250 and from there on, when it stops and what it
keeps, and whether a second run gives the same bits; then the same in the whole program, in its Map
mode, counted as the map paints them. The true neighbours are found before the clock starts. Where
others use the processors too, the process's own time for a layout tells more than the clock.
"""

import os
import sys
from itertools import pairwise
from time import perf_counter, process_time
from typing import NamedTuple

from benchmarks.home import home_of_its_own
from tokviz.catalog import load_table
from tokviz.embedding.layout_cache import LayoutCache, cache_folder
from tokviz.embedding.map_maker import MapMaker
from tokviz.embedding.neighbor_graph import NeighborGraph
from tokviz.embedding.projections.layout import Layout, Options
from tokviz.embedding.projections.tsne import PROJECTION
from tokviz.embedding.table import EmbeddingTable

_FIRST = 250


class Seen(NamedTuple):
    """An iteration's layout: when it was there, and how long the process had worked until then."""

    iteration: int
    clock: float
    work: float

    @classmethod
    def now(cls, iteration: int) -> "Seen":
        return cls(iteration, perf_counter(), process_time())


def main(name: str) -> None:
    table = load_table(name)
    assert table is not None
    begun = perf_counter(), process_time()
    maker = MapMaker(table, LayoutCache(cache_folder()))
    *_, _ = maker.find_graph()
    assert maker.graph is not None
    took = perf_counter() - begun[0], process_time() - begun[1]
    print(
        f"{table.name}, {table.n_rows:,} rows: true neighbours in {took[0]:.1f} s, "
        f"{took[1]:.1f} s of work",
        flush=True,
    )
    seen, last = laid_out(table, maker.graph)
    _tell("laid out", seen)
    print(f"  it ends at iteration {seen[-1].iteration:,}, recall@10 {last.recall:.3f}", flush=True)
    _, again = laid_out(table, maker.graph)
    same = last.points.tobytes() == again.points.tobytes()
    print(f"  a second run: {'the same bits' if same else 'OTHER BITS'}", flush=True)
    _tell("shown", shown(name))


def laid_out(table: EmbeddingTable, graph: NeighborGraph) -> tuple[list[Seen], Layout]:
    layouts = PROJECTION.layouts(table, Options(graph=graph))
    last = next(layouts)  # the start
    seen = []
    for iteration, last in enumerate(layouts, 1):  # noqa: B007 - the last one is looked at
        seen.append(Seen.now(iteration))
    return seen, last


def shown(name: str) -> list[Seen]:
    """The layouts that the program's map paints."""
    from PySide6.QtTest import QTest
    from PySide6.QtWidgets import QApplication

    from tokviz.gui.panels.map.embedding_panel import EmbeddingPanel
    from tokviz.gui.session import Session
    from tokviz.gui.settings import Settings
    from tokviz.gui.task import share_the_interpreter

    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    share_the_interpreter()  # as the program does
    app = QApplication([])
    session = Session(app, Settings(mode="Map"), name, restore=False)
    session.window.resize(1280, 820)
    session.window.show()
    panel = session.window.docks.panel("map")
    assert isinstance(panel, EmbeddingPanel)
    while session.model.points is None:
        QTest.qWait(20)
    seen: list[Seen] = []

    def take(layout: Layout) -> None:
        words, _, number = layout.note.partition(" ")
        if words == "Iteration":
            panel.area.view.repaint()
            seen.append(Seen.now(int(number.replace(",", ""))))

    panel.runner.laid_out.connect(take)
    panel.area.settings.set_projection("tsne")
    panel.runner.ended.connect(app.quit)
    app.exec()  # the program's own loop: a task lets the frames of a loop that rests pass first
    session.end()
    return seen


def _tell(what: str, seen: list[Seen]) -> None:
    first = [one for one in seen if one.iteration <= _FIRST]
    rest = [one for one in seen if one.iteration >= _FIRST]
    for words, part in (("until iteration 250", first), ("from there on", rest)):
        n = len(part) - 1
        seconds = part[-1].clock - part[0].clock
        work = (part[-1].work - part[0].work) / n
        waits = sorted(after.clock - before.clock for before, after in pairwise(part))
        print(
            f"  {what} {words}: {n} layouts, {n / seconds:.1f} a second, the median wait "
            f"{1000 * waits[n // 2]:.0f} ms, the longest {1000 * waits[-1]:.0f} ms; "
            f"{1000 * work:.0f} ms of work each",
            flush=True,
        )


if __name__ == "__main__":
    with home_of_its_own():
        main(sys.argv[1] if len(sys.argv) > 1 else "smollm2")
