"""Points as pixels, in numpy: many dots at once, written into one array of colours.

A dot is a few pixels around a place, each with how much of it the disc covers. They are written
pixel by pixel of the dot, for all points at once: first the soft edges (the colour mixed with the
background), then the full pixels, so that no edge cuts into its neighbour. What is written later
lies above. The array has a margin, so dots on the edge of the view need no case of their own.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import numpy.typing as npt

from tokviz.gui.widgets.map.scatter_camera import Camera, Float32s

Uint32s = npt.NDArray[np.uint32]
Int64s = npt.NDArray[np.int64]

FULL = 4  # the coverage of a pixel that lies in the dot altogether
MARGIN = 48  # pixels around the view; no dot is larger
_NEARLY_ALL = 0.7  # of the points, from which on none is picked out
_FINE = 16  # samples along a pixel's side when its coverage is counted


@dataclass(frozen=True)
class Stamp:
    """The pixels of a dot: rows and columns from its top left one, coverage from 1 to `FULL`."""

    size: int
    pixels: tuple[tuple[int, int, int], ...]


@lru_cache(maxsize=256)
def dot(diameter: float) -> Stamp:
    """A disc, in device pixels.

    >>> dot(1.0).pixels
    ((0, 0, 4),)
    >>> len(dot(2.0).pixels), len(dot(3.0).pixels)
    (4, 9)
    """
    return _stamp(diameter, 0.0)


@lru_cache(maxsize=256)
def ring(diameter: float, width: float) -> Stamp:
    """A circle's line of some width, within its diameter."""
    return _stamp(diameter, max(diameter / 2 - width, 0.0))


def _stamp(diameter: float, inner: float) -> Stamp:
    diameter = min(max(diameter, 1.0), MARGIN)
    size = int(np.ceil(diameter))
    fine = (np.arange(size * _FINE) + 0.5) / _FINE - size / 2
    away = np.hypot(fine[:, None], fine[None, :])
    inside = (away <= diameter / 2) & (away >= inner)
    covered = inside.reshape(size, _FINE, size, _FINE).mean(axis=(1, 3))
    levels = np.rint(FULL * np.minimum(covered / covered.max(), 1)).astype(int)
    # Nearly full counts as full: small dots stay crisp.
    found = [(r, c, int(levels[r, c])) for r in range(size) for c in range(size) if levels[r, c]]
    return Stamp(size, tuple(sorted(found, key=lambda pixel: pixel[2])))


def mixed(colors: Uint32s, background: int, coverage: int) -> Uint32s:
    """Colours that cover so many `FULL`-ths of the background, opaque.

    >>> [hex(c) for c in mixed(np.array([0xFF00FF80], np.uint32), 0xFF000000, 2)]
    ['0xff007f40']
    """
    if coverage >= FULL:
        return colors | np.uint32(0xFF000000)
    return faded(colors, background, coverage / FULL)


def faded(colors: Uint32s, background: int, part: float) -> Uint32s:
    """Colours mixed with the background, `part` of them left, opaque."""
    ours = np.uint32(round(256 * part))
    rest = 256 - int(ours)
    # Two of the three channels are mixed in one product: each has eight free bits above it.
    pair, single = np.uint32(0x00FF00FF), np.uint32(0x0000FF00)
    red_blue = ((colors & pair) * ours + np.uint32((background & 0x00FF00FF) * rest)) >> np.uint32(
        8
    )
    green = ((colors & single) >> np.uint32(8)) * ours
    green += np.uint32(((background & 0xFF00) >> 8) * rest)
    return (red_blue & pair) | (green & single) | np.uint32(0xFF000000)


@dataclass(frozen=True, eq=False)
class Placed:
    """Where the dots of one size stand: places of their first pixel in a canvas.

    `rows` says which points they are; None means every one.
    """

    places: Int64s
    rows: Int64s | None
    size: int

    def of(self, values: Uint32s) -> Uint32s:
        return values if self.rows is None else values.take(self.rows)


class Canvas:
    """Pixels of a view, 0xAARRGGBB, with a margin around them. Sizes are device pixels."""

    def __init__(self, width: int, height: int) -> None:
        self.width, self.height = width, height
        self.stride = width + 2 * MARGIN
        self._pixels = np.empty(self.stride * (height + 2 * MARGIN), np.uint32)

    @property
    def inner(self) -> Uint32s:
        """The pixels from the view's first on; a line begins every `stride`."""
        return self._pixels[MARGIN * self.stride + MARGIN :]

    @property
    def view(self) -> Uint32s:
        """The pixels in view, (height, width)."""
        lines = self._pixels.reshape(-1, self.stride)
        return lines[MARGIN : MARGIN + self.height, MARGIN : MARGIN + self.width]

    def clear(self, color: int) -> None:
        self._pixels.fill(np.uint32(color))

    def place(self, camera: Camera, ratio: float, x: Float32s, y: Float32s, size: int) -> Placed:
        """The dots that show, with `ratio` device pixels a pixel of the camera."""
        across, down = camera.screen(x, y)
        if ratio != 1:
            across *= np.float32(ratio)
            down *= np.float32(ratio)
        first = np.float32(MARGIN + 0.5 - size / 2)  # the nearest pixel for the top left corner
        across += first
        down += first
        low = MARGIN - size
        shows = across > low
        shows &= across < self.width + MARGIN
        shows &= down > low
        shows &= down < self.height + MARGIN
        rows = None
        if np.count_nonzero(shows) < _NEARLY_ALL * len(shows):
            rows = np.flatnonzero(shows)
            across, down = across.take(rows), down.take(rows)
        else:
            # Picking the few out costs more than drawing them into the margin, unseen.
            np.clip(across, 0, self.width + MARGIN, out=across)
            np.clip(down, 0, self.height + MARGIN, out=down)
        places = down.astype(np.int32)
        places *= self.stride
        places += across.astype(np.int32)
        return Placed(places.astype(np.int64), rows, size)

    def stamp(self, placed: Placed, stamp: Stamp, tint: Callable[[int], Uint32s]) -> None:
        """Write dots; `tint(coverage)` are the colours of all points at a coverage."""
        level, colors = 0, np.zeros(0, np.uint32)
        for row, column, coverage in stamp.pixels:
            if coverage != level:
                level, colors = coverage, placed.of(tint(coverage))
            # A slice moves the whole dot at no cost; adding to the places would copy them.
            self._pixels[row * self.stride + column :][placed.places] = colors
