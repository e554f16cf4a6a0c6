"""The two forces of t-SNE: neighbours attract each other, and all points repel all others.

The obvious sum over all pairs takes the square of the number of points. But the repulsion is the
slope of a potential, the sum of 1 / (1 + distance²) over all points, and on a grid such a sum is a
convolution: two Fourier transforms. So every point is spread over the 4 x 4 nodes around it by
cubic B-splines, what lies on the nodes is convolved with the kernel, and the potential, a spline
again, tells value and slope at every point (Essmann et al., A smooth particle mesh Ewald method,
1995; for t-SNE with polynomials and four sums: Linderman et al. 2019). The error of a force is
a few percent of the mean force. Where points lie close together the grid is finer.

Points are (2, n) here, so that each coordinate lies in memory by itself.
"""

from typing import Any

import numpy as np
import numpy.typing as npt

from tokviz.embedding.neighbors import Float64s

_SPACING = 0.4  # of the nodes; the kernel falls to a half within 1
_FINEST = 1 / 64
_FEWEST, _MOST = 128, 1536  # nodes along the longer side, as far as the spacings allow
_STEP = 32  # nodes by which a grid grows, so that the kernel is seldom transformed anew
_REACH = 4  # nodes along a side over which a cubic spline spreads a point


class Attraction:
    """The pull of the neighbours, `ids` (n, k). Pairs that name each other pull twice as hard.

    All pulls have a weight of 1 together. A row that names itself, as one does without
    neighbours, pulls nobody.
    """

    def __init__(self, ids: npt.NDArray[np.integer[Any]]) -> None:
        self._n = len(ids)
        self._ids = np.ascontiguousarray(ids.T, np.intp)

    def __call__(self, points: Float64s) -> Float64s:
        """The gradient (2, n): where the points would go away from their neighbours."""
        away = [along - along.take(self._ids) for along in points]
        near = np.square(away[0])
        near += np.square(away[1])
        near += 1
        found = np.empty_like(points)
        for one, offset in zip(found, away, strict=True):
            offset /= near
            one[:] = offset.sum(axis=0)
            one -= np.bincount(self._ids.ravel(), offset.ravel(), self._n)
        found /= max(1, 2 * self._ids.size)
        return found


class Repulsion:
    """The push of all points. It keeps the kernel of the last grid."""

    def __init__(self) -> None:
        self._kernel: npt.NDArray[np.floating[Any]] = np.zeros((0, 0))
        self._kernel_of = 0, 0.0

    def __call__(self, points: Float64s) -> Float64s:
        """The gradient (2, n) where all pairs have a weight of 1 together: to be subtracted."""
        low = points.min(axis=1, keepdims=True)
        span = float((points.max(axis=1, keepdims=True) - low).max())
        spacing = max(min(_SPACING, span / _FEWEST), _FINEST, span / _MOST)
        n_nodes = -(-(int(span / spacing) + _REACH + 1) // _STEP) * _STEP
        places = (points - low) / spacing
        nodes = places.astype(np.intp)
        (across, slope_across), (down, slope_down) = map(_splines, places - nodes)
        first = nodes[0] * n_nodes + nodes[1]
        offsets = np.add.outer(np.arange(_REACH) * n_nodes, np.arange(_REACH))
        at = first + offsets.reshape(-1, 1)
        weights = across[:, None] * down
        spread = np.bincount(at.ravel(), weights.ravel(), n_nodes**2).astype(np.float64, copy=False)
        potential = self._potential(spread.reshape(n_nodes, n_nodes), spacing)
        there = potential.ravel().take(at).reshape(_REACH, _REACH, -1)
        value = np.einsum("bn,abn->an", down, there)
        slope = np.einsum("bn,abn->an", slope_down, there)
        pushed = np.stack(
            (np.einsum("an,an->n", slope_across, value), np.einsum("an,an->n", across, slope))
        )
        total = np.einsum("an,an->", across, value) - points.shape[1]  # none pushes itself
        pushed *= -0.5 / (spacing * max(float(total), 1e-300))
        return pushed

    def _potential(self, spread: Float64s, spacing: float) -> npt.NDArray[np.floating[Any]]:
        """What lies on the nodes of a square grid, convolved with the kernel; as splines' weights.

        HAZARD: while all points lie close together, their forces are small differences of large
        potentials and drown in float32's rounding. The grids are small then, so float64 is cheap.
        """
        from scipy import fft

        n_nodes = len(spread)
        size = fft.next_fast_len(2 * n_nodes, True)  # twice, or the kernel would reach around
        if self._kernel_of != (n_nodes, spacing):
            self._kernel = _kernel(size, spacing)
            self._kernel_of = n_nodes, spacing
        waves = fft.rfft(spread.astype(self._kernel.dtype, copy=False), size, axis=1, workers=-1)
        waves = fft.fft(waves, size, axis=0, workers=-1)
        waves *= self._kernel
        waves = fft.ifft(waves, axis=0, overwrite_x=True, workers=-1)[:n_nodes]
        found = fft.irfft(waves, size, axis=1, workers=-1)[:, :n_nodes]
        return np.ascontiguousarray(found)


def _splines(place: Float64s) -> tuple[Float64s, Float64s]:
    """The weights of the four nodes around places (n,) from 0 to 1, and their slopes, (4, n)."""
    rest, square = 1 - place, place * place
    cube = square * place
    weights = (
        rest * rest * rest / 6,
        cube / 2 - square + 2 / 3,
        (square + place - cube) / 2 + 1 / 6,
        cube / 6,
    )
    slopes = (
        -rest * rest / 2,
        1.5 * square - 2 * place,
        place - 1.5 * square + 0.5,
        square / 2,
    )
    return np.stack(weights), np.stack(slopes)


def _kernel(size: int, spacing: float) -> npt.NDArray[np.floating[Any]]:
    """The transform of 1 / (1 + distance²) on a grid, over those of the splines on both sides.

    Splines blur what they spread; with their transform divided out, the potential of a point on a
    node is exact on all nodes.
    """
    from scipy import fft

    number = np.arange(size)
    away = np.minimum(number, size - number) * spacing
    squares = away * away
    found: Float64s = fft.rfft2(1 / (1 + squares[:, None] + squares)).real
    blur = np.square((2 + np.cos(2 * np.pi * number / size)) / 3)
    found /= blur[:, None] * blur[: found.shape[1]]
    return found if spacing < _SPACING else found.astype(np.float32)
