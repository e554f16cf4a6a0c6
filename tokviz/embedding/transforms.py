"""What may be done to rows before they are projected: no mean, no first components, length 1.

The rows of the table itself stay; a transformed table decodes them and changes them on demand. In
this order it is Mu and Viswanath's "all but the top" (2018), made of its parts.
"""

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt

from tokviz.embedding.neighbors import Float64s, mean_row
from tokviz.embedding.projections.layout import ProjectionError
from tokviz.embedding.projections.pca import Pca, principal_components
from tokviz.embedding.table import Decode, EmbeddingTable, Float32s


@dataclass(frozen=True)
class Transform:
    """Which of the three, in this order; `n_dropped` counts principal components."""

    centered: bool = False
    n_dropped: int = 0
    unit_length: bool = False

    @property
    def variant(self) -> str:
        """Names it for caches, empty if it changes nothing."""
        if self == Transform():
            return ""
        return f"centered={self.centered} dropped={self.n_dropped} unit={self.unit_length}"


@dataclass(frozen=True, eq=False)
class Transformed:
    """The table that is projected, and in words what became of the rows."""

    table: EmbeddingTable
    words: str


def transformed(table: EmbeddingTable, transform: Transform) -> Transformed:
    """The table with changed rows; the same object where nothing is to change.

    Raises `ProjectionError` if there are not so many components to drop.

    >>> rows = np.array([[3, 4], [0, 2]], np.float32)
    >>> found = transformed(EmbeddingTable.of_array("small", rows), Transform(unit_length=True))
    >>> found.table.rows.tolist()[1], found.words
    ([0.0, 1.0], 'Lengths went from 2 to 5; now each is 1.')
    """
    if transform == Transform():
        return Transformed(table, "")
    sentences = []
    mean = mean_row(table)
    if transform.centered:
        sentences.append(_mean_words(table, mean))
    dropped = np.zeros((0, table.dim))
    if transform.n_dropped:
        found = principal_components(table)
        dropped = _first(found, transform.n_dropped, table.name)
        sentences.append(_dropped_words(found, transform.n_dropped))
    origin = mean if transform.centered else np.zeros(table.dim)
    decode = _decode(table.decode, origin, mean, dropped, transform.unit_length)
    changed = replace(table, decode=decode, variant=f"{table.variant}{transform.variant}")
    if transform.unit_length:
        before = _decode(table.decode, origin, mean, dropped, unit_length=False)
        sentences.append(_length_words(replace(table, decode=before)))
    return Transformed(changed, " ".join(sentences))


def _first(found: Pca, n_dropped: int, name: str) -> Float64s:
    if n_dropped >= len(found.components):
        raise ProjectionError(
            f"{name} has {len(found.components)} known components; drop fewer than that."
        )
    return found.components[:n_dropped]


def _decode(
    decode: Decode, origin: Float64s, mean: Float64s, dropped: Float64s, unit_length: bool
) -> Decode:
    shift, center = origin.astype(np.float32), mean.astype(np.float32)
    directions = dropped.astype(np.float32)

    def changed(stored: npt.NDArray[Any]) -> Float32s:
        rows = decode(stored)
        found = rows - shift
        if len(directions):
            found -= ((rows - center) @ directions.T) @ directions
        if unit_length:
            lengths = np.sqrt(np.einsum("nd,nd->n", found, found))
            found /= np.where(lengths > 0, lengths, 1)[:, None]
        return found

    return changed


def _mean_words(table: EmbeddingTable, mean: Float64s) -> str:
    squares = sum(float(np.square(block, dtype=np.float64).sum()) for _, block in table.blocks())
    n_finite = table.n_rows - len(table.not_finite)
    part = 100 * n_finite * float(mean @ mean) / squares if squares > 0 else 0.0
    return f"The mean row, {part:.0f} % of the rows' squared length, is taken away."


def _dropped_words(found: Pca, n_dropped: int) -> str:
    part = 100 * found.explained(*range(n_dropped))
    what = "The first component" if n_dropped == 1 else f"The first {n_dropped} components"
    return f"{what}, {part:.1f} % of the variation, {'is' if n_dropped == 1 else 'are'} taken away."


def _length_words(table: EmbeddingTable) -> str:
    low, high = np.inf, 0.0
    for start, block in table.blocks():
        lengths = np.sqrt(np.einsum("nd,nd->n", block, block))
        first, last = np.searchsorted(table.not_finite, (start, start + len(block)))
        lengths = np.delete(lengths, table.not_finite[first:last] - start)
        if len(lengths):
            low, high = min(low, float(lengths.min())), max(high, float(lengths.max()))
    return f"Lengths went from {low:.3g} to {high:.3g}; now each is 1."
