"""ScatterPoints: all points of a map with their colours, drawn in layers onto a canvas.

Where the points stand is kept from one drawing to the next: a new colour costs no projection. The
layers, from the bottom: what is dimmed, what is not, and of each the full dots below the hollow;
in a layer, what stands lower on the map.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import partial
from typing import TypeVar

import numpy as np
import numpy.typing as npt

from tokviz.gui.widgets.map.scatter_camera import Bounds, Camera, Float32s
from tokviz.gui.widgets.map.scatter_pixels import (
    FULL,
    Canvas,
    Int64s,
    Placed,
    Stamp,
    Uint32s,
    dot,
    faded,
    mixed,
    ring,
)

Bools = npt.NDArray[np.bool_]
_Value = TypeVar("_Value", bound=np.generic)

_DIMMED = 0.22  # what is left of a dimmed colour
RING_WIDTH = 1.2  # pixels
_SMALLEST_RING = 5.0  # pixels; below, a ring is a dot
_SPREAD = 0.2  # the part of the view that the dots would cover were they spread evenly
_GROWTH = 0.36  # how the dots grow with the zoom: less than the distances between them
_SMALLEST, _LARGEST = 2.0, 11.0
_BANDS = 2**16 - 1  # of the map's height; numpy sorts numbers of 16 bits several times as fast


def dot_diameter(n_points: int, camera: Camera, zoom: float) -> float:
    """Logical pixels, in halves; `zoom` is 1 where everything fits."""
    area = camera.width * camera.height
    spread = np.sqrt(_SPREAD * area / max(n_points, 1))
    wished = np.clip(spread, _SMALLEST, 6.0) * max(zoom, 1.0) ** _GROWTH
    return round(2 * float(np.clip(wished, _SMALLEST, _LARGEST))) / 2


def ring_diameter(diameter: float) -> float:
    """The diameter of a hollow point beside full ones."""
    return max(diameter + 1, _SMALLEST_RING)


@dataclass(eq=False)
class _Layer:
    """Points that are drawn alike."""

    rows: Int64s
    hollow: bool
    dimmed: bool
    x: Float32s
    y: Float32s
    placed: Placed | None = None
    tints: dict[int, Uint32s] = field(default_factory=dict)


@dataclass(frozen=True, eq=False)
class PointKind:
    """Points that are drawn alike: places in the plane, colours as drawn, full or hollow."""

    x: Float32s
    y: Float32s
    colors: Uint32s
    hollow: bool


class ScatterPoints:
    """Places, colours and classes of n points. A point that is not finite is not drawn."""

    def __init__(self) -> None:
        self.x = self.y = np.zeros(0, np.float32)
        self.n_drawn = 0
        self.bounds = Bounds.around(self.x, self.y)
        self._downwards = np.zeros(0, np.int64)
        self._colors = np.zeros(0, np.uint32)
        self._hollow: Bools | None = None
        self._highlight: Int64s | None = None
        self._dim_rest = False
        self._layers: list[_Layer] = []
        self._placed_for: tuple[object, ...] = ()

    def set_points(self, xy: Float32s) -> None:
        """New places; with another number of points all that was said of the old is dropped."""
        xy = np.asarray(xy, np.float32)
        unknown = ~np.isfinite(xy).all(axis=1)
        if len(xy) != len(self.x):
            self._colors = np.full(len(xy), 0xFF808080, np.uint32)
            self._hollow = self._highlight = None
            self._dim_rest = False
        # At infinity no comparison holds, so such a point is neither drawn nor found.
        self.x = np.where(unknown, np.float32(np.inf), xy[:, 0])
        self.y = np.where(unknown, np.float32(np.inf), xy[:, 1])
        self.n_drawn = len(xy) - int(unknown.sum())
        self.bounds = Bounds.around(self.x, self.y)
        self._downwards = _downwards(self.y, self.bounds)
        self._layer()

    def set_colors(self, argb: Uint32s) -> None:
        self._colors = self._one_a_point(np.asarray(argb, np.uint32))
        for layer in self._layers:
            layer.tints.clear()

    def set_hollow(self, hollow: Bools | None) -> None:
        self._hollow = None if hollow is None else self._one_a_point(np.asarray(hollow, np.bool_))
        self._layer()

    def set_highlight(self, rows: Int64s, dim_rest: bool) -> None:
        """Draw some points above the others, which are dimmed if so wished."""
        self._highlight = np.asarray(rows, np.int64) if len(rows) or dim_rest else None
        self._dim_rest = dim_rest
        self._layer()

    @property
    def is_highlighted(self) -> bool:
        return self._highlight is not None

    def color_of(self, row: int) -> int:
        return int(self._colors[row])

    def is_hollow(self, row: int) -> bool:
        return self._hollow is not None and bool(self._hollow[row])

    @property
    def above(self) -> Bools | None:
        """Which points are not dimmed; None when none is."""
        if not self._dim_rest or self._highlight is None:
            return None
        above = np.zeros(len(self.x), np.bool_)
        above[self._highlight] = True
        return above

    def forget_tints(self) -> None:
        """The background is another."""
        for layer in self._layers:
            layer.tints.clear()

    def draw(
        self, canvas: Canvas, camera: Camera, ratio: float, diameter: float, ground: int
    ) -> None:
        """All points onto a cleared canvas, with a diameter in logical pixels."""
        wanted = (camera, ratio, diameter, canvas.width, canvas.height)
        if wanted != self._placed_for:
            for layer in self._layers:
                layer.placed = None
            self._placed_for = wanted
        for layer in self._layers:
            stamp = _stamp_of(layer, diameter, ratio)
            if layer.placed is None:
                layer.placed = canvas.place(camera, ratio, layer.x, layer.y, stamp.size)
            canvas.stamp(layer.placed, stamp, partial(self._tint, layer, ground))

    def kinds(self, ground: int) -> Iterator["PointKind"]:
        """The layers from the bottom, with the colours they are drawn in."""
        for layer in self._layers:
            yield PointKind(layer.x, layer.y, self._tint(layer, ground, FULL), layer.hollow)

    def _tint(self, layer: _Layer, ground: int, coverage: int) -> Uint32s:
        if coverage not in layer.tints:
            colors = self._colors.take(layer.rows)
            if layer.dimmed:
                colors = faded(colors, ground, _DIMMED)
            layer.tints[coverage] = mixed(colors, ground, coverage)
        return layer.tints[coverage]

    def _layer(self) -> None:
        """Sort the points into layers."""
        n = len(self.x)
        above = np.zeros(n, np.bool_)
        if self._highlight is not None:
            above[self._highlight] = True
        hollow = np.zeros(n, np.bool_) if self._hollow is None else self._hollow
        self._layers = []
        for high in (False, True):
            for open_ in (False, True):
                chosen = (above == high) & (hollow == open_)
                if not chosen.any():
                    continue
                rows = self._downwards if chosen.all() else self._downwards[chosen[self._downwards]]
                x, y = self.x.take(rows), self.y.take(rows)
                dimmed = self._dim_rest and not high
                self._layers.append(_Layer(rows, open_, dimmed, x, y))

    def _one_a_point(self, values: npt.NDArray[_Value]) -> npt.NDArray[_Value]:
        if len(values) != len(self.x):
            raise ValueError(f"{len(values)} values for {len(self.x)} points")
        return values


def _downwards(y: Float32s, bounds: Bounds) -> Int64s:
    """The rows from the top of the map to its bottom, those of about one height in their order.

    Pixels that are written one after the other lie near each other then, in the processor's cache.
    """
    bands = np.float32(bounds.top) - y
    bands *= np.float32(_BANDS / max(bounds.top - bounds.bottom, 1e-30))
    np.clip(bands, 0, _BANDS, out=bands)
    return np.argsort(bands.astype(np.uint16), kind="stable")


def _stamp_of(layer: _Layer, diameter: float, ratio: float) -> Stamp:
    if layer.hollow:
        return ring(ring_diameter(diameter) * ratio, RING_WIDTH * ratio)
    return dot(diameter * ratio)
