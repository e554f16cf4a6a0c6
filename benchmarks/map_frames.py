"""The map of 152,000 and 262,000 points: whole frames, recolouring, hover and lasso.

    python -m benchmarks.map_frames [N ...]

Frames of 1280 x 800 while the map is panned, points and labels, by the processor alone, on the
offscreen platform unless QT_QPA_PLATFORM says otherwise. The peer is pyqtgraph's ScatterPlotItem
with the same points and colours and no labels at all, in the same run, turn by turn: five frames
of the one, five of the other, as a drag goes. Where others use the processors too, the thread's own
processor time tells more than the clock, so both are told.
"""

import gc
import os
import sys
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from statistics import median
from time import perf_counter, thread_time

import numpy as np
import numpy.typing as npt
from PySide6.QtCore import QEvent, QPointF, Qt
from PySide6.QtGui import QMouseEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from benchmarks.figures import Figure
from benchmarks.measure import ratio
from tokviz.gui.palette import LIGHT
from tokviz.gui.theme import Theme, ThemeMode
from tokviz.gui.widgets.map.scatter_picking import in_lasso
from tokviz.gui.widgets.map.scatter_view import ScatterView

SIZES = [152_000, 262_000]
WINDOW = (1280, 800)
ROUNDS = 8
BURST = 5  # frames
Points = npt.NDArray[np.float32]
Colors = npt.NDArray[np.uint32]


def clusters(n: int) -> Points:
    """Points in 200 heaps of all sizes that fill the view as a t-SNE map does, in random order."""
    random = np.random.default_rng(0)
    middles = random.uniform((-6.4, -4), (6.4, 4), (200, 2))
    spread = random.uniform(0.1, 0.8, 200)
    heap = random.integers(0, 200, n)
    return (middles[heap] + random.normal(size=(n, 2)) * spread[heap, None]).astype(np.float32)


def some_colors(n: int, seed: int) -> Colors:
    chosen = np.array([color.rgb() for color in LIGHT.curves], np.uint32)
    return chosen[np.random.default_rng(seed).integers(0, len(chosen), n)]


def _label(row: int) -> str:
    """As long as tokens are: a space and two to seven letters."""
    return "·" + "abcdefg"[: 2 + row % 6]


class Ours:
    def __init__(self, points: Points, colors: list[Colors]) -> None:
        self.view = ScatterView()
        self.view.resize(*WINDOW)
        self.view.set_palette(LIGHT)
        self.view.set_points(points)
        self.view.set_labels(_label, np.arange(len(points)))
        self.view.clicked.connect(self._on_clicked)
        self.view.show()
        self._colors, self._turn = colors, 0
        self.recolor()

    def pan(self) -> None:
        self._turn += 1
        self.view.pan(3 if self._turn % 40 < 20 else -3, 1)
        self.view.repaint()

    def zoom(self) -> None:
        self._turn += 1
        self.view.zoom(1.03 if self._turn % 40 < 20 else 1 / 1.03)
        self.view.repaint()

    def recolor(self) -> None:
        self._turn += 1
        self.view.set_colors(self._colors[self._turn % len(self._colors)])
        self.view.repaint()

    def hover(self) -> None:
        self._mouse(QEvent.Type.MouseMove, Qt.MouseButton.NoButton)
        QApplication.processEvents()

    def click(self) -> None:
        """On a point, which is marked as the map's links mark it."""
        for kind in (QEvent.Type.MouseButtonPress, QEvent.Type.MouseButtonRelease):
            self._mouse(kind, Qt.MouseButton.LeftButton)
        QApplication.processEvents()

    def _mouse(self, kind: QEvent.Type, button: Qt.MouseButton) -> None:
        if kind is not QEvent.Type.MouseButtonRelease:
            self._turn += 1
        place = QPointF(100 + self._turn * 37 % 1000, 80 + self._turn * 53 % 600)
        event = QMouseEvent(kind, place, place, button, button, Qt.KeyboardModifier.NoModifier)
        QApplication.sendEvent(self.view, event)

    def _on_clicked(self, row: int) -> None:
        self.view.set_selected([row])
        self.view.set_highlight([], False)


class Peer:
    """pyqtgraph with its brushes made before, so that only its own drawing is measured."""

    def __init__(self, points: Points, colors: list[Colors]) -> None:
        import pyqtgraph

        self.plot = pyqtgraph.PlotWidget(background="w")
        self.plot.resize(*WINDOW)
        for axis in ("left", "bottom"):
            self.plot.hideAxis(axis)
        made = {int(c): pyqtgraph.mkBrush(LIGHT.curves[i]) for i, c in enumerate(_palette())}
        self._brushes = [[made[color] for color in one.tolist()] for one in colors]
        self._item = pyqtgraph.ScatterPlotItem(size=2, pen=None, pxMode=True)
        self._item.setData(x=points[:, 0], y=points[:, 1], brush=self._brushes[0])
        self.plot.addItem(self._item)
        self.plot.show()
        self._turn = 0
        self.pan()

    def pan(self) -> None:
        self._turn += 1
        left = -8 + (self._turn % 20) * 0.03
        self.plot.setRange(xRange=(left, left + 16), yRange=(-5, 5), padding=0)
        self.plot.viewport().repaint()

    def recolor(self) -> None:
        self._turn += 1
        self._item.setBrush(self._brushes[self._turn % len(self._brushes)])
        self.plot.viewport().repaint()


def _palette() -> list[int]:
    return [color.rgb() for color in LIGHT.curves]


def lasso_of(view: ScatterView, n_corners: int) -> Callable[[], object]:
    """A wobbly lasso around the middle of the view."""
    angles = np.linspace(0, 2 * np.pi, n_corners, endpoint=False)
    reach = 250 + 60 * np.sin(7 * angles)
    outline = np.stack((640 + 1.5 * reach * np.cos(angles), 400 + reach * np.sin(angles)), axis=1)

    def choose() -> object:
        return in_lasso(*view.screen_places(), outline)

    return choose


@dataclass(frozen=True)
class Taken:
    """Seconds of each frame on the clock, and of the thread's processor time."""

    clock: list[float] = field(default_factory=list)
    work: list[float] = field(default_factory=list)

    def time(self, frame: Callable[[], object]) -> None:
        begun = perf_counter(), thread_time()
        frame()
        self.work.append(thread_time() - begun[1])
        self.clock.append(perf_counter() - begun[0])

    def cells(self) -> str:
        clock, work = 1000 * median(self.clock), 1000 * median(self.work)
        return f"{clock:.2f} | {work:.2f} | {1000 * min(self.clock):.2f}"


def in_bursts(
    rounds: int, n_frames: int, rivals: Mapping[str, Callable[[], object]]
) -> list[Taken]:
    """Some frames of each rival in each round."""
    taken = [Taken() for _ in rivals]
    for _ in range(rounds):
        for one, frame in zip(taken, rivals.values(), strict=True):
            gc.collect()
            for _ in range(n_frames):
                one.time(frame)
    return taken


def figures(quick: bool = False) -> Iterator[Figure]:
    app = QApplication([])
    Theme(app, ThemeMode.LIGHT)
    for n in SIZES[:1] if quick else SIZES:
        points, colors = clusters(n), [some_colors(n, seed) for seed in (1, 2)]
        ours, peer = Ours(points, colors), Peer(points, colors)
        QTest.qWait(300)  # its labels are completed
        rounds = 2 if quick else ROUNDS
        own, other = in_bursts(rounds, BURST, {"ours": ours.pan, "peer": peer.pan})
        yield Figure.of_times(f"map frame, {n:,} points", own.work, other.work, least=8)
        own, other = in_bursts(6, 1, {"ours": ours.recolor, "peer": peer.recolor})
        yield Figure.of_times(f"map recoloured, {n:,} points", own.work, other.work, least=50)


def measure(n: int) -> None:
    points, colors = clusters(n), [some_colors(n, seed) for seed in (1, 2)]
    ours, peer = Ours(points, colors), Peer(points, colors)
    ours.view.zoom(1.05)
    QTest.qWait(300)  # its labels are completed
    QApplication.processEvents()
    with_labels = f"frame, {ours.view.n_labels} labels"
    pans = {"ours": ours.pan, "peer": peer.pan}
    colorings = {"ours": ours.recolor, "peer": peer.recolor}
    _print(n, with_labels, *in_bursts(ROUNDS, BURST, pans))
    _print(n, "recolouring", *in_bursts(6, 1, colorings))
    _print(n, "frame of a zoom", *in_bursts(4, 20, {"ours": ours.zoom}))
    QTest.qWait(300)
    _print(n, "hover to its frame", *in_bursts(4, 50, {"ours": ours.hover}))
    _print(n, "click to its frame", *in_bursts(4, 50, {"ours": ours.click}))
    _print(n, "lasso, 300 corners", *in_bursts(4, 20, {"ours": lasso_of(ours.view, 300)}))


def _print(n: int, what: str, ours: Taken, peer: Taken | None = None) -> None:
    other = " | | | " if peer is None else f"{peer.cells()} | {ratio(ours.work, peer.work):.1f}x"
    print(f"| {n:,} | {what} | {ours.cells()} | {other} |", flush=True)


def main(sizes: list[int]) -> None:
    app = QApplication([])
    Theme(app, ThemeMode.LIGHT)
    print(
        f"{app.platformName()} platform, {WINDOW[0]} x {WINDOW[1]}; medians in ms, and the least\n"
    )
    print(
        "| points | what | ours | processor | least | pyqtgraph | processor | least | ratio |\n"
        "| --- | --- | --- | --- | --- | --- | --- | --- | --- |"
    )
    for n in sizes or SIZES:
        measure(n)


if __name__ == "__main__":
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    main([int(argument) for argument in sys.argv[1:]])
