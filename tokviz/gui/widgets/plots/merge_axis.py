"""The axis from no merges to all of them: places on it in pixels, ticks, and where a drag snaps.

It is logarithmic, in log(1 + k): the first hundred merges change a text as much as the last tens of
thousands do.
"""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

SNAP_PIXELS = 4.0


@dataclass(frozen=True)
class MergeAxis:
    """`most` merges between the pixels `left` and `right`."""

    most: int
    left: float
    right: float

    def x_of(self, k: int) -> float:
        """The pixel of k merges."""
        return self.left + math.log1p(k) / math.log1p(max(self.most, 1)) * self._width

    def k_at(self, x: float, *, snap: bool = False) -> int:
        """The number of merges at a pixel, held within the axis; `snap` prefers a tick nearby.

        >>> axis = MergeAxis(most=50_000, left=0, right=900)
        >>> axis.k_at(axis.x_of(1_000) + 3), axis.k_at(axis.x_of(1_000) + 3, snap=True)
        (1037, 1000)
        """
        if snap:
            near = min(self.ticks(), key=lambda k: abs(self.x_of(k) - x))
            if abs(self.x_of(near) - x) <= SNAP_PIXELS:
                return near
        share = min(max((x - self.left) / self._width, 0.0), 1.0)
        return min(self.most, round(math.expm1(share * math.log1p(self.most))))

    def ticks(self) -> list[int]:
        """None, the powers of ten from 10 on, and all.

        >>> MergeAxis(most=50_000, left=0, right=900).ticks()
        [0, 10, 100, 1000, 10000, 50000]
        """
        powers = [10**n for n in range(1, 12) if 10**n < self.most]
        return [0, *powers, self.most]

    def reached(self, xs: NDArray[np.float64]) -> NDArray[np.int64]:
        """For each pixel, how many merges lie on it or to its left."""
        shares = np.clip((xs - self.left) / self._width, 0.0, 1.0)
        ks = np.floor(np.expm1(shares * math.log1p(self.most)) + 1e-6)
        return np.asarray(ks, dtype=np.int64).clip(0, self.most)

    @property
    def _width(self) -> float:
        return max(self.right - self.left, 1.0)


def tick_label(k: int, most: int) -> str:
    """What stands below a tick.

    >>> [tick_label(k, 50_000) for k in (0, 10, 1_000, 10_000, 50_000)]
    ['0', '10', '1k', '10k', 'all']
    """
    if k == most:
        return "all"
    for size, unit in ((10**6, "M"), (10**3, "k")):
        if k >= size:
            return f"{k // size}{unit}"
    return str(k)
