"""Following a layout that moves: the view of a part goes on showing about that part."""

import numpy as np

from tokviz.gui.widgets.map.scatter_camera import Camera, Float32s

Places = tuple[Float32s, Float32s]  # x and y of all points

_AS_BEFORE = 0.02  # a layout that grew by less is one that only moved within itself


def followed(camera: Camera, before: Places, after: Places) -> Camera:
    """The camera for the next layout: the middle and the spread of all points carry it along.

    A layout of which neither changed keeps the camera as it is, so that what moves in it is seen to
    move.
    """
    (x, y, spread), (new_x, new_y, new_spread) = _middle(*before), _middle(*after)
    if spread <= 0 or new_spread <= 0:
        return camera
    growth = new_spread / spread
    moved = np.hypot(new_x - x, new_y - y) / spread
    if abs(growth - 1) < _AS_BEFORE and moved < _AS_BEFORE:
        return camera
    return Camera(
        new_x + (camera.x - x) * growth,
        new_y + (camera.y - y) * growth,
        camera.scale / growth,
        camera.width,
        camera.height,
    )


def _middle(x: Float32s, y: Float32s) -> tuple[float, float, float]:
    """The mean of the known points and how far they are from it."""
    known = np.isfinite(x)
    if not known.any():
        return 0.0, 0.0, 0.0
    x, y = x[known].astype(np.float64), y[known].astype(np.float64)
    return float(x.mean()), float(y.mean()), float(np.sqrt(x.var() + y.var()))
