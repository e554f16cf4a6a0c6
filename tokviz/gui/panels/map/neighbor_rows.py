"""The nearest rows of a token as rows of a table: number, token, similarity, ranks."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from tokviz.embedding.neighbors import Metric, NearestRows
from tokviz.tokenization.tokenizer import Tokenizer
from tokviz.tokenization.vocabulary.visible_text import visible

SIMILARITY_NAMES = {
    Metric.COSINE: "cosine",
    Metric.EUCLIDEAN: "distance",
    Metric.DOT: "dot",
}


class NeighborRows:
    """`ids`: the tokens of the nearest rows. `map_ranks`: the rank of each neighbour among the
    points nearest on the map, from 1."""

    def __init__(
        self,
        tokenizer: Tokenizer,
        nearest: NearestRows,
        ids: npt.NDArray[np.int64],
        metric: Metric,
        map_ranks: npt.NDArray[np.int64] | None,
    ) -> None:
        self._tokenizer = tokenizer
        self._nearest = nearest
        self._ids = ids
        self._metric = metric
        self.map_ranks = map_ranks
        self.headings: Sequence[str] = ("#", "token", SIMILARITY_NAMES[metric], "on map", "id")

    @property
    def nearest(self) -> NearestRows:
        return self._nearest

    def n_rows(self) -> int:
        return len(self._ids)

    def token_id(self, row: int) -> int:
        return int(self._ids[row])

    def cell(self, row: int, column: int) -> str:
        token_id = self.token_id(row)
        if column == 0:
            return f"{row + 1:,}"
        if column == 1:
            return visible(self._tokenizer.token_bytes(token_id))
        if column == 2:
            similarity = float(self._nearest.similarities[row])
            return f"{-similarity if self._metric is Metric.EUCLIDEAN else similarity:.4f}"
        if column == 3:
            return "" if self.map_ranks is None else f"{int(self.map_ranks[row]):,}"
        return str(token_id)

    def align_right(self, column: int) -> bool:
        return column != 1

    def is_emphasised(self, row: int) -> bool:
        """Whether the map shows it near, too."""
        return self.map_ranks is not None and bool(self.map_ranks[row] <= self.n_rows())


def ranks_on_map(
    points: npt.NDArray[np.float32], row: int, others: npt.NDArray[np.int64]
) -> npt.NDArray[np.int64]:
    """For each of some rows how many-th nearest point to `row` it is, from 1; equal ones share.

    >>> ranks_on_map(np.array([[0, 0], [3, 0], [0, 1]], np.float32), 0, np.array([1, 2])).tolist()
    [2, 1]
    """
    squares = np.square(points.astype(np.float64) - points[row]).sum(axis=1)
    squares[row] = np.inf
    return np.array([1 + int(np.count_nonzero(squares < squares[i])) for i in others.tolist()])


def ordinal(number: int) -> str:
    """
    >>> [ordinal(n) for n in (1, 2, 3, 4, 11, 21, 1403)]
    ['1st', '2nd', '3rd', '4th', '11th', '21st', '1,403rd']
    """
    ending = (
        "th" if number % 100 in (11, 12, 13) else {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")
    )
    return f"{number:,}{ending}"
