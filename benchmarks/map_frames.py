"""The map of 152,000 and 262,000 points: whole frames, recolouring, hover and lasso.

    python -m benchmarks.map_frames [N ...]

Frames of 1280 x 800 while the map is panned, points and labels, by the processor alone, on the
offscreen platform unless QT_QPA_PLATFORM says otherwise. The peer is pyqtgraph's ScatterPlotItem
with the same points and colours and no labels at all, in the same run, turn by turn.
"""

import os
import sys
from collections.abc import Callable, Iterator
from statistics import median

import numpy as np
import numpy.typing as npt
from PySide6.QtCore import QEvent, QPointF, Qt
from PySide6.QtGui import QMouseEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from benchmarks.figures import Figure
from benchmarks.measure import interleaved, once, p95, ratio
from tokviz.gui.palette import LIGHT
from tokviz.gui.theme import Theme, ThemeMode
from tokviz.gui.widgets.scatter_picking import in_lasso
from tokviz.gui.widgets.scatter_view import ScatterView

SIZES = [152_000, 262_000]
WINDOW = (1280, 800)
ROUNDS = 30
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
        self._turn += 1
        place = QPointF(100 + self._turn * 37 % 1000, 80 + self._turn * 53 % 600)
        none = Qt.MouseButton.NoButton
        event = QMouseEvent(
            QEvent.Type.MouseMove, place, place, none, none, Qt.KeyboardModifier.NoModifier
        )
        QApplication.sendEvent(self.view, event)
        QApplication.processEvents()


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


def figures(quick: bool = False) -> Iterator[Figure]:
    app = QApplication([])
    Theme(app, ThemeMode.LIGHT)
    for n in SIZES[:1] if quick else SIZES:
        points, colors = clusters(n), [some_colors(n, seed) for seed in (1, 2)]
        ours, peer = Ours(points, colors), Peer(points, colors)
        QTest.qWait(300)  # its labels are completed
        found = interleaved(10 if quick else ROUNDS, {"ours": ours.pan, "peer": peer.pan})
        yield Figure.of_times(f"map frame, {n:,} points", found["ours"], found["peer"])
        found = interleaved(6, {"ours": ours.recolor, "peer": peer.recolor})
        yield Figure.of_times(f"map recoloured, {n:,} points", found["ours"], found["peer"])


def measure(n: int) -> None:
    points, colors = clusters(n), [some_colors(n, seed) for seed in (1, 2)]
    ours, peer = Ours(points, colors), Peer(points, colors)
    ours.view.zoom(1.05)
    QTest.qWait(300)  # its labels are completed
    QApplication.processEvents()
    labels = ours.view.n_labels
    frames = interleaved(ROUNDS, {"ours": ours.pan, "peer": peer.pan})
    recolored = interleaved(6, {"ours": ours.recolor, "peer": peer.recolor})
    hovers = [once(ours.hover) for _ in range(200)]
    lassos = [once(lasso_of(ours.view, 300)) for _ in range(50)]
    for name, found in (("frame", frames), ("recolouring", recolored)):
        times = ratio(found["ours"], found["peer"])
        shown = [1000 * f(found[who]) for who in ("ours", "peer") for f in (median, p95)]
        cells = " | ".join(f"{cell:.1f}" for cell in shown)
        print(f"| {n:,} | {name} | {cells} | {times:.1f}x |")
    zooms = [once(ours.zoom) for _ in range(80)]
    alone = {"frame of a zoom": zooms, "hover to its frame": hovers, "lasso, 300 corners": lassos}
    for name, seconds in alone.items():
        print(
            f"| {n:,} | {name} | {1000 * median(seconds):.2f} | {1000 * p95(seconds):.2f} | | | |"
        )
    print(f"| {n:,} | labels in a frame | {labels} | | | | |", flush=True)


def main(sizes: list[int]) -> None:
    app = QApplication([])
    Theme(app, ThemeMode.LIGHT)
    print(f"{app.platformName()} platform, {WINDOW[0]} x {WINDOW[1]}; times in ms\n")
    print("| points | what | ours | p95 | pyqtgraph | p95 | ratio |")
    print("| --- | --- | --- | --- | --- | --- | --- |")
    for n in sizes or SIZES:
        measure(n)


if __name__ == "__main__":
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    main([int(argument) for argument in sys.argv[1:]])
