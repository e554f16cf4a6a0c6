"""Camera: which part of the plane is in view, and where a point of the plane stands on screen.

Screen coordinates are logical pixels from the top left corner; the plane's y grows upwards.
"""

from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

Float32s = npt.NDArray[np.float32]

_ROOM = 0.05  # of the view's width and height, left free around what is fitted
_ROOM_OF_A_LABEL = 24.0  # pixels, left free at least where the view is not too small for that
_CLOSEST = 1e5  # times the scale at which everything fits
_FARTHEST = 0.2
_TINIEST = 1e-30


@dataclass(frozen=True)
class Bounds:
    """The rectangle of the plane that holds all points."""

    left: float
    bottom: float
    right: float
    top: float

    @staticmethod
    def around(x: Float32s, y: Float32s) -> "Bounds":
        """Of points of which those that are not finite do not count."""
        known = np.isfinite(x) & np.isfinite(y)
        if not known.any():
            return Bounds(-1.0, -1.0, 1.0, 1.0)
        x, y = x[known], y[known]
        return Bounds(float(x.min()), float(y.min()), float(x.max()), float(y.max()))

    def fit_scale(self, width: float, height: float) -> float:
        """Pixels a unit so that all of it fits into a view."""
        free = _free(width), _free(height)
        wide, high = self.right - self.left, self.top - self.bottom
        if max(wide, high) < _TINIEST:
            return min(free) / 2
        return min(free[0] / max(wide, _TINIEST), free[1] / max(high, _TINIEST))


def _free(side: float) -> float:
    """What remains of a side of the view between the room at both ends."""
    side = max(side, 1.0)
    return side - 2 * max(_ROOM * side, min(_ROOM_OF_A_LABEL, 0.2 * side))


@dataclass(frozen=True)
class Camera:
    """The plane's point in the middle of the view, pixels a unit, and the view's size."""

    x: float
    y: float
    scale: float
    width: float
    height: float

    @staticmethod
    def fitting(
        bounds: Bounds, width: float, height: float, covered: tuple[float, float] = (0.0, 0.0)
    ) -> "Camera":
        """All of it in the middle of what is not `covered` at the top and at the bottom."""
        above, below = covered
        scale = bounds.fit_scale(width, height - above - below)
        x, y = (bounds.left + bounds.right) / 2, (bounds.bottom + bounds.top) / 2
        return Camera(x, y + (above - below) / 2 / scale, scale, width, height)

    def screen(self, x: Float32s, y: Float32s) -> tuple[Float32s, Float32s]:
        """Where points stand; what is not finite stands at infinity."""
        # The middle is taken off first: far from the origin a product would lose the last digits.
        across = x - np.float32(self.x)
        across *= np.float32(self.scale)
        across += np.float32(self.width / 2)
        down = np.float32(self.y) - y
        down *= np.float32(self.scale)
        down += np.float32(self.height / 2)
        return across, down

    def plane(self, across: float, down: float) -> tuple[float, float]:
        """The plane's point under a pixel."""
        return (
            self.x + (across - self.width / 2) / self.scale,
            self.y - (down - self.height / 2) / self.scale,
        )

    def panned(self, across: float, down: float) -> "Camera":
        """The view after the plane was dragged by so many pixels."""
        return replace(self, x=self.x - across / self.scale, y=self.y + down / self.scale)

    def zoomed(self, factor: float, across: float, down: float, fit: float) -> "Camera":
        """Closer by a factor, the point under a pixel staying there; `fit`: the scale of all."""
        scale = min(max(self.scale * factor, fit * _FARTHEST), fit * _CLOSEST)
        x, y = self.plane(across, down)
        return replace(
            self,
            x=x - (across - self.width / 2) / scale,
            y=y + (down - self.height / 2) / scale,
            scale=scale,
        )

    def resized(self, width: float, height: float) -> "Camera":
        """The same middle and the same part of the plane along the shorter side."""
        before, after = min(self.width, self.height), min(width, height)
        scale = self.scale * after / before if before > 0 and after > 0 else self.scale
        return replace(self, width=width, height=height, scale=scale)
