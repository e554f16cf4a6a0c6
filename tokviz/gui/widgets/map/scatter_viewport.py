"""ScatterViewport: the part of a map that is in view, and how it follows what happens to the map.

As long as nobody has moved it, it shows everything, whatever the points and the window do.
"""

import numpy as np
import numpy.typing as npt

from tokviz.gui.widgets.map.scatter_camera import Bounds, Camera
from tokviz.gui.widgets.map.scatter_following import Places, followed
from tokviz.gui.widgets.map.scatter_points import ScatterPoints

_CLOSEST = 40  # how close one point alone is brought: it is shown with those around it
_SMALLER, _LARGER = 0.97, 1.12  # how far from fitting a moving layout may be until it is fitted
_ASIDE = 12  # pixels


class ScatterViewport:
    """A camera over points, for a view of some size."""

    def __init__(self, points: ScatterPoints) -> None:
        self._points = points
        self._size = (1.0, 1.0)
        self._covered = (0.0, 0.0)
        self._moved: Camera | None = None  # None while everything is shown
        self._fitting: Camera | None = None

    @property
    def camera(self) -> Camera:
        if self._moved is not None:
            return self._moved
        if self._fitting is None:
            self._fitting = self._fit_to(self._points.bounds)
        return self._fitting

    def camera_for(self, width: float, height: float) -> Camera:
        """The same part of the map for a picture of another size."""
        if self._moved is None:
            return Camera.fitting(self._points.bounds, width, height)
        return self._moved.resized(width, height)

    def resize(self, width: float, height: float) -> None:
        if (width, height) == self._size:
            return
        self._size, self._fitting = (width, height), None
        if self._moved is not None:
            self._moved = self._moved.resized(width, height)

    def cover(self, above: float, below: float) -> None:
        """So many pixels at the top and the bottom are hidden; nothing is fitted there."""
        if (above, below) != self._covered:
            self._covered, self._fitting = (above, below), None

    def fit(self) -> None:
        self._moved = self._fitting = None

    def follow(self, before: Places) -> None:
        """The points have moved from where they were."""
        if self._moved is not None:
            self._moved = followed(self._moved, before, (self._points.x, self._points.y))
        elif self._fitting is not None and not self._still_fits(self._fitting):
            self._fitting = None

    def pan(self, across: float, down: float) -> None:
        """Drag the map by so many pixels."""
        self._moved = self.camera.panned(across, down)

    def zoom(self, factor: float, across: float, down: float) -> None:
        """Closer by a factor, around a pixel."""
        fit = self._points.bounds.fit_scale(*self._size)
        self._moved = self.camera.zoomed(factor, across, down, fit)

    def zoom_to(self, rows: npt.ArrayLike) -> None:
        """Bring rows into view, as close as they all fit; those on no place do not count."""
        x, y = self._points.x, self._points.y
        chosen = np.asarray(rows, np.int64)
        chosen = chosen[(chosen >= 0) & (chosen < len(x))]
        chosen = chosen[np.isfinite(x[chosen])]
        if len(chosen):
            bounds = Bounds.around(x[chosen], y[chosen])
            camera = self._fit_to(bounds)
            closest = self._points.bounds.fit_scale(*self._size) * _CLOSEST
            self._moved = Camera(camera.x, camera.y, min(camera.scale, closest), *self._size)

    def _fit_to(self, bounds: Bounds) -> Camera:
        return Camera.fitting(bounds, *self._size, self._covered)

    def _still_fits(self, camera: Camera) -> bool:
        """Whether the view still shows everything, with some play, so that it does not tremble."""
        wanted = self._fit_to(self._points.bounds)
        aside = max(abs(wanted.x - camera.x), abs(wanted.y - camera.y)) * camera.scale
        return _SMALLER < wanted.scale / camera.scale < _LARGER and aside < _ASIDE
