"""What can be said of a table as a whole: lengths of its rows, isotropy, spectrum of variance."""

from dataclasses import dataclass

import numpy as np

from tokviz.embedding.neighbors import Float64s, NeighborSearch
from tokviz.embedding.projections.pca import principal_components
from tokviz.embedding.table import EmbeddingTable


@dataclass(frozen=True, eq=False)
class TableFacts:
    """`norms` float64 (n_rows,), 0 for rows that are not finite; `mean_cosine` of all pairs.

    `shares` float64 (n,), falling: the part of the variance that each known component holds.
    """

    norms: Float64s
    mean_cosine: float
    shares: Float64s

    def components_for(self, part: float) -> int | None:
        """How many components hold a part of the variance; None if the known ones do not."""
        held = np.cumsum(self.shares)
        enough = int(np.searchsorted(held, part - 1e-12)) + 1
        return enough if enough <= len(held) else None


def facts_of_table(search: NeighborSearch) -> TableFacts:
    """Read a table for its facts.

    Raises `ProjectionError` for a table of fewer than two rows of finite numbers.
    """
    table = search.table
    found = principal_components(table)
    shares = found.variances / found.total if found.total > 0 else np.zeros_like(found.variances)
    return TableFacts(search.norms, _mean_cosine(table, search.norms), shares)


def _mean_cosine(table: EmbeddingTable, norms: Float64s) -> float:
    """The mean cosine of all pairs of different rows that have a direction; 0 is isotropic."""
    total = np.zeros(table.dim)
    for start, block in table.blocks():
        lengths = norms[start : start + len(block)]
        weights = np.divide(1, lengths, out=np.zeros(len(block)), where=lengths > 0)
        total += weights @ block
    n = int(np.count_nonzero(norms))
    return float((total @ total - n) / (n * (n - 1))) if n > 1 else 0.0
