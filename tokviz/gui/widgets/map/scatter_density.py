"""Density: how many points lie where, as a picture of counts instead of dots."""

import numpy as np
import numpy.typing as npt

from tokviz.gui.widgets.map.scatter_camera import Camera, Float32s
from tokviz.gui.widgets.map.scatter_pixels import Uint32s

CELL = 2  # logical pixels along a cell's side
_BLUR = np.array([1, 8, 28, 56, 70, 56, 28, 8, 1], np.float32) / 256  # close to a Gaussian
_STEPS = 256


def densities(x: Float32s, y: Float32s, camera: Camera) -> npt.NDArray[np.float32]:
    """Points a cell, smoothed, (height, width) in cells; the sum is that of the points in view."""
    wide, high = (max(int(np.ceil(side / CELL)), 1) for side in (camera.width, camera.height))
    across, down = camera.screen(x, y)
    shows = (across >= 0) & (across < wide * CELL) & (down >= 0) & (down < high * CELL)
    columns = (across[shows] / CELL).astype(np.int32)
    lines = (down[shows] / CELL).astype(np.int32)
    counts = np.bincount(lines * wide + columns, minlength=wide * high).astype(np.float32)
    cells = counts.reshape(high, wide)
    for _ in range(2):
        cells = _blurred(_blurred(cells).T).T
    return cells


def _blurred(cells: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
    """Along the lines; what would leave the picture stays on its edge."""
    reach = len(_BLUR) // 2
    wide = np.pad(cells, ((0, 0), (reach, reach)))
    out = np.zeros_like(wide)
    n = cells.shape[1]
    for shift, part in enumerate(_BLUR):
        out[:, shift : shift + n] += part * wide[:, reach : reach + n]
    kept = out[:, reach : reach + n].copy()
    kept[:, 0] += out[:, :reach].sum(axis=1)
    kept[:, -1] += out[:, reach + n :].sum(axis=1)
    return kept


def colored(cells: npt.NDArray[np.float32], ramp: Uint32s) -> Uint32s:
    """Densities as colours of a ramp (256,), from none to the densest; the root makes few seen."""
    most = float(cells.max()) if cells.size else 0.0
    if most <= 0:
        return np.full(cells.shape, ramp[0], np.uint32)
    steps = np.sqrt(cells / most)
    chosen = np.minimum(steps * _STEPS, _STEPS - 1).astype(np.uint8)
    return np.ascontiguousarray(ramp.take(chosen))


def color_ramp(*stops: int) -> Uint32s:
    """256 colours through some 0xRRGGBB, evenly spaced."""
    at = np.linspace(0, len(stops) - 1, _STEPS)
    ramp = np.full(_STEPS, 0xFF000000, np.uint32)
    for shift in (16, 8, 0):
        channel = [(stop >> shift) & 0xFF for stop in stops]
        mixed = np.interp(at, np.arange(len(stops)), channel)
        ramp |= np.rint(mixed).astype(np.uint32) << np.uint32(shift)
    return ramp
