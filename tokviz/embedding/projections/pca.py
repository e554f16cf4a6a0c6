"""Principal components: the directions in which the rows differ most.

Up to 1,024 dimensions all of them, from the covariance; above, the first few by a block Lanczos
iteration, which reads the table two or three times and holds no more of it than a block. Each
component points to where its largest number is positive: the same table gives the same picture.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from tokviz.embedding.neighbors import Float64s, centered_blocks, mean_row
from tokviz.embedding.projections.layout import Layout, Options, Projection, ProjectionError
from tokviz.embedding.table import EmbeddingTable, Float32s

_ALL_UP_TO = 1024
_BLOCK = 16
_SOME = 1024  # rows whose components a wide table begins with
_FEW = 10
_MOST_PASSES = 12
_PRECISE = 0.01  # of a variance, how far a component is from one; the variance errs by the square


@dataclass(frozen=True, eq=False)
class Pca:
    """`components` float64 (n, dim) of length 1, `variances` float64 (n,) falling, each (n - 1).

    `total` is the variance of all dimensions together, so `variances / total` is what they hold.
    `scores` float32 (n_rows, n): where the rows lie along them, where that is known already.
    """

    mean: Float64s
    components: Float64s
    variances: Float64s
    total: float
    scores: Float32s | None = None

    def explained(self, *which: int) -> float:
        """The part of the whole variance that some components hold, from 0 to 1."""
        return float(self.variances[list(which)].sum() / self.total) if self.total > 0 else 0.0

    def project(self, table: EmbeddingTable, which: tuple[int, ...] = (0, 1)) -> Float32s:
        """Where the rows lie along some components, float32 (n_rows, len(which))."""
        if self.scores is not None:
            return self.scores[:, list(which)]
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
    if table.dim <= _ALL_UP_TO:
        mean = mean_row(table)
        covariance = _covariance(table, mean) / (n_finite - 1)
        _check(covariance, table)
        variances, vectors = np.linalg.eigh(covariance)
        yield _pca(mean, vectors.T[::-1], variances[::-1], float(np.trace(covariance)))
    else:
        yield from _lanczos(table, n_finite)


def _pca(
    mean: Float64s,
    components: Float64s,
    variances: Float64s,
    total: float,
    scores: Float32s | None = None,
) -> Pca:
    largest = np.abs(components).argmax(axis=1)
    signs = np.sign(components[np.arange(len(components)), largest])
    if scores is not None:
        scores *= signs.astype(np.float32)
    return Pca(mean, components * signs[:, None], np.maximum(variances, 0), total, scores)


def _covariance(table: EmbeddingTable, mean: Float64s) -> Float64s:
    """The sum of squares and products around the mean, (dim, dim)."""
    total = np.zeros((table.dim, table.dim))
    with np.errstate(over="ignore", invalid="ignore"):  # what is too large is told, not warned of
        for _, block in centered_blocks(table, mean):
            total += block.T @ block
    return total


def _check(products: Float64s | Float32s, table: EmbeddingTable) -> None:
    """Products of float32 rows as they are. Raises `ProjectionError` where they are not finite."""
    if not np.isfinite(products).all():
        raise ProjectionError(
            f"The numbers of {table.name} are so large that their squares are none; a map needs "
            f"smaller ones, so see whether the table is damaged."
        )


def _lanczos(table: EmbeddingTable, n_finite: int) -> Iterator[Pca]:
    """Block Lanczos, every new block made orthogonal to all before (Golub and Underwood, 1977).

    It begins with the components of a few rows, and the products with the rows, which it needs
    anyway, are the places on the map: so two or three readings do.
    """
    basis = _components_of_some(table)
    images, scores = np.zeros((table.dim, 0)), np.zeros((table.n_rows, 0), np.float32)
    sums = _Sums(table)
    for _ in range(_MOST_PASSES):
        with np.errstate(over="ignore", invalid="ignore"):
            image, products = sums.multiplied(basis[:, -_BLOCK:])
        _check(image, table)
        images = np.concatenate((images, image / (n_finite - 1)), axis=1)
        scores = np.concatenate((scores, products), axis=1)
        small = basis.T @ images
        variances, vectors = np.linalg.eigh((small + small.T) / 2)
        best = vectors[:, ::-1][:, :_FEW]
        variances = variances[::-1][:_FEW]
        total = sums.total / (n_finite - 1)
        yield _pca(sums.mean, (basis @ best).T, variances, total, scores @ best.astype(np.float32))
        wrong = np.linalg.norm(images @ best - (basis @ best) * variances, axis=0)
        if (wrong[:2] <= _PRECISE * variances[:2]).all():
            return
        fresh = images[:, -_BLOCK:]
        for _ in range(2):  # once leaves rounding behind
            fresh = fresh - basis @ (basis.T @ fresh)
        basis = np.concatenate((basis, np.linalg.qr(fresh)[0]), axis=1)


def _components_of_some(table: EmbeddingTable) -> Float64s:
    """The first components of some rows, filled up with chance, (dim, _BLOCK)."""
    rows = table.gather(np.arange(0, table.n_rows, max(1, table.n_rows // _SOME)))
    rows -= rows.mean(axis=0)
    with np.errstate(over="ignore", invalid="ignore"):
        products = rows @ rows.T
    _check(products, table)
    _, vectors = np.linalg.eigh(products)
    found = rows.T @ vectors[:, ::-1][:, :_BLOCK]
    chance = np.random.default_rng(0).standard_normal((table.dim, _BLOCK))
    lengths = np.sqrt(np.square(found).sum(axis=0))
    chance[:, : found.shape[1]] *= 1e-3
    chance[:, : found.shape[1]] += found * (table.dim**0.5 / np.where(lengths > 0, lengths, 1))
    return np.linalg.qr(chance)[0]


class _Sums:
    """Products of the covariance with a few vectors, a reading each.

    Rows are never centred themselves, only their products: that spares a copy of the table. The
    first reading finds mean and variance by the way.
    """

    def __init__(self, table: EmbeddingTable) -> None:
        self._table = table
        self._n_finite = table.n_rows - len(table.not_finite)
        self._is_known = False
        self.mean: Float64s = np.zeros(table.dim)
        self.total = 0.0

    def multiplied(self, block: Float64s) -> tuple[Float64s, Float32s]:
        """The unscaled covariance times vectors (dim, m), and the rows times them (n_rows, m)."""
        table, thin = self._table, block.astype(np.float32)
        image = np.zeros_like(block)
        products = np.empty((table.n_rows, block.shape[1]), np.float32)
        offset = (self.mean @ block).astype(np.float32)
        sums, squares = np.zeros(table.dim), 0.0
        for start, rows in table.blocks():
            here = rows @ thin - offset
            image += rows.T @ here
            products[start : start + len(rows)] = here
            if not self._is_known:
                sums += rows.sum(axis=0)
                squares += float(np.einsum("nd,nd->n", rows, rows).sum(dtype=np.float64))
        # Rows that are not finite came as zeros: only their products are wrong.
        products[table.not_finite] = 0
        if not self._is_known:
            self.mean = sums / self._n_finite
            self.total = squares - self._n_finite * float(self.mean @ self.mean)
            self._is_known = True
            offset = (self.mean @ block).astype(np.float32)
            products -= offset
            products[table.not_finite] = 0
            image -= self._n_finite * np.outer(self.mean, offset)
        else:
            image -= np.outer(self.mean, products.sum(axis=0, dtype=np.float64))
        return image, products


def _layouts(table: EmbeddingTable, options: Options) -> Iterator[Layout]:
    for found in components_in_passes(table):
        n = len(found.variances)
        if not all(0 <= which < n for which in options.components):
            raise ProjectionError(f"{table.name} has the components 1 to {n}; choose two of these.")
        points = found.project(table, options.components)
        yield Layout(points, 1.0, found.words(options.components))


PROJECTION = Projection("pca", "Principal components", _layouts)
