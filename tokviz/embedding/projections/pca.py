"""Principal components: the directions in which the rows differ most.

Up to 1,024 dimensions all of them, from the covariance; above, the first few by a block Lanczos
iteration, which reads the table a few times and holds no more of it than a block. Each component
points to where its largest number is positive, so the same table gives the same picture.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from tokviz.embedding.neighbors import Float64s, centered_blocks, mean_row
from tokviz.embedding.projections.layout import Layout, Options, Projection, ProjectionError
from tokviz.embedding.table import EmbeddingTable, Float32s

_ALL_UP_TO = 1024
_BLOCK = 16
_FEW = 10
_MOST_PASSES = 12
_PRECISE = 1e-3  # of a variance; the picture has stood still long before


@dataclass(frozen=True, eq=False)
class Pca:
    """`components` float64 (n, dim) of length 1, `variances` float64 (n,) falling, each (n - 1).

    `total` is the variance of all dimensions together, so `variances / total` is what they hold.
    """

    mean: Float64s
    components: Float64s
    variances: Float64s
    total: float

    def explained(self, *which: int) -> float:
        """The part of the whole variance that some components hold, from 0 to 1."""
        return float(self.variances[list(which)].sum() / self.total) if self.total > 0 else 0.0

    def project(self, table: EmbeddingTable, which: tuple[int, ...] = (0, 1)) -> Float32s:
        """Where the rows lie along some components, float32 (n_rows, len(which))."""
        directions = self.components[list(which)].T
        points = np.zeros((table.n_rows, len(which)), np.float32)
        offset = self.mean @ directions
        for start, block in table.blocks():
            points[start : start + len(block)] = block @ directions.astype(np.float32) - offset
        points[table.not_finite] = 0
        return points

    def words(self, which: tuple[int, int]) -> str:
        """What two components hold, for people.

        >>> Pca(np.zeros(2), np.eye(2), np.array([3.0, 1.0]), 4.0).words((0, 1))
        'These two axes hold 100 % of the variation.'
        """
        percent = 100 * self.explained(*which)
        shown = f"{percent:.0f}" if percent >= 10 else f"{percent:.1f}"
        return f"These two axes hold {shown} % of the variation."


def principal_components(table: EmbeddingTable) -> Pca:
    """The components of a table. Raises `ProjectionError`."""
    *_, found = components_in_passes(table)
    return found


def components_in_passes(table: EmbeddingTable) -> Iterator[Pca]:
    """The components, better with each reading of a wide table; closing it cancels the work.

    Raises `ProjectionError`.
    """
    n_finite = table.n_rows - len(table.not_finite)
    if n_finite < 2:
        raise ProjectionError(
            f"{table.name} has {n_finite} rows of finite numbers; a map needs at least two."
        )
    mean = mean_row(table)
    if table.dim <= _ALL_UP_TO:
        covariance = _covariance(table, mean) / (n_finite - 1)
        variances, vectors = np.linalg.eigh(covariance)
        yield _pca(mean, vectors.T[::-1], variances[::-1], float(np.trace(covariance)))
    else:
        yield from _lanczos(table, mean, n_finite - 1)


def _pca(mean: Float64s, components: Float64s, variances: Float64s, total: float) -> Pca:
    largest = np.abs(components).argmax(axis=1)
    signs = np.sign(components[np.arange(len(components)), largest])
    return Pca(mean, components * signs[:, None], np.maximum(variances, 0), total)


def _covariance(table: EmbeddingTable, mean: Float64s) -> Float64s:
    """The sum of squares and products around the mean, (dim, dim)."""
    total = np.zeros((table.dim, table.dim))
    for _, block in centered_blocks(table, mean):
        total += block.T @ block
    return total


def _lanczos(table: EmbeddingTable, mean: Float64s, n_free: int) -> Iterator[Pca]:
    """Block Lanczos, every new block made orthogonal to all before (Golub and Underwood, 1977)."""
    start = np.random.default_rng(0).standard_normal((table.dim, _BLOCK))
    basis = np.linalg.qr(start)[0]
    images = np.zeros((table.dim, 0))
    before: npt.NDArray[np.float64] | None = None
    for _ in range(_MOST_PASSES):
        image, total = _multiplied(table, mean, basis[:, -_BLOCK:])
        images = np.concatenate((images, image / n_free), axis=1)
        small = basis.T @ images
        variances, vectors = np.linalg.eigh((small + small.T) / 2)
        best = vectors[:, ::-1][:, :_FEW]
        variances = variances[::-1][:_FEW]
        yield _pca(mean, (basis @ best).T, variances, total / n_free)
        if before is not None and np.allclose(variances[:2], before[:2], rtol=_PRECISE):
            return
        before = variances
        fresh = images[:, -_BLOCK:]
        for _ in range(2):  # once leaves rounding behind
            fresh = fresh - basis @ (basis.T @ fresh)
        basis = np.concatenate((basis, np.linalg.qr(fresh)[0]), axis=1)


def _multiplied(table: EmbeddingTable, mean: Float64s, block: Float64s) -> tuple[Float64s, float]:
    """The unscaled covariance times a few vectors (dim, m), and its trace, in one reading."""
    image, total = np.zeros_like(block), 0.0
    thin = block.astype(np.float32)
    for _, rows in centered_blocks(table, mean):
        image += rows.T @ (rows @ thin)
        total += float(np.einsum("nd,nd->", rows, rows, dtype=np.float64))
    return image, total


def _layouts(table: EmbeddingTable, options: Options) -> Iterator[Layout]:
    for found in components_in_passes(table):
        n = len(found.variances)
        if not all(0 <= which < n for which in options.components):
            raise ProjectionError(f"{table.name} has the components 1 to {n}; choose two of these.")
        points = found.project(table, options.components)
        yield Layout(points, 1.0, found.words(options.components))


PROJECTION = Projection("pca", "Principal components", _layouts)
