"""The hubs of a table as rows: tokens that are near neighbours of many others."""

from collections.abc import Sequence

import numpy as np

from tokviz.embedding.neighbor_graph import NeighborGraph
from tokviz.token_tables import TokenTable
from tokviz.tokenization.vocabulary.visible_text import visible

_MOST = 200


class HubRows:
    """Those named most often among the nearest rows of all others, the first ones."""

    headings: Sequence[str] = ("#", "token", "near to", "id")

    def __init__(self, known: TokenTable, graph: NeighborGraph) -> None:
        self._known = known
        self._popularity = graph.popularity()
        order = np.argsort(-self._popularity, kind="stable")[: _MOST + len(known.without_token)]
        self._rows = [row for row in order.tolist() if known.has_token(row)][:_MOST]

    def token_id(self, row: int) -> int:
        return self._known.id_of(self._rows[row])

    def n_rows(self) -> int:
        return len(self._rows)

    def cell(self, row: int, column: int) -> str:
        hub = self._rows[row]
        if column == 1:
            return visible(self._known.vocab[hub] or b"")
        return f"{(row + 1, 0, int(self._popularity[hub]), self.token_id(row))[column]:,}"

    def align_right(self, column: int) -> bool:
        return column != 1

    def is_emphasised(self, row: int) -> bool:
        return False
