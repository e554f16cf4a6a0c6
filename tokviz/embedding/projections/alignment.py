"""Turns one layout onto another, so that on screen motion means change (Procrustes)."""

import numpy as np

from tokviz.embedding.table import Float32s


def aligned(points: Float32s, reference: Float32s, scale: bool = False) -> Float32s:
    """`points` (n, 2) moved, turned and mirrored to lie as near to `reference` (n, 2) as they can.

    With `scale` they are also made larger or smaller. Distances among them stay otherwise. Source:
    Schönemann, A generalized solution of the orthogonal Procrustes problem (1966).

    >>> square = np.array([[0, 0], [1, 0], [1, 1], [0, 2]], np.float32)
    >>> turned = square @ np.array([[0, 1], [-1, 0]], np.float32) + 5
    >>> np.abs(aligned(turned, square) - square).max() < 1e-6
    np.True_
    """
    if len(points) == 0:
        return points.copy()
    here, there = points.astype(np.float64), reference.astype(np.float64)
    center, goal = here.mean(axis=0), there.mean(axis=0)
    here, there = here - center, there - goal
    left, strengths, right = np.linalg.svd(here.T @ there)
    turned = here @ (left @ right)
    spread = np.square(here).sum()
    if scale and spread > 0:
        turned *= strengths.sum() / spread
    found: Float32s = (turned + goal).astype(np.float32)
    return found
