"""Where a line that is too wide breaks into rows: pure arithmetic on the widths of its clusters.

Our own and not QTextLayout's, because Qt lets white space at a row's end hang over the edge,
however much there is, and places every hanging space at the same x.
"""

import numpy as np
from numpy.typing import NDArray


def row_edges(
    ends: NDArray[np.float64],
    opportunities: NDArray[np.bool_],
    spaces: NDArray[np.bool_],
    width: float,
) -> list[int]:
    """Cluster indexes at which the rows begin, and the number of clusters at the end.

    `ends[i]` is the width of the first i clusters, `opportunities[i]` says whether a row may begin
    with cluster i, `spaces[i]` whether cluster i is a space, of which one may hang over the edge.

    >>> text = np.frombuffer(b"one two three", dtype=np.uint8)
    >>> spaces = text == 32
    >>> row_edges(np.arange(14.0), np.append(False, spaces), spaces, 7)
    [0, 8, 13]
    """
    count = len(ends) - 1
    places = np.flatnonzero(opportunities)
    edges = [0]
    while True:
        start = edges[-1]
        limit = int(ends.searchsorted(ends[start] + width + 0.01, side="right")) - 1
        if limit >= count:
            break
        limit = max(limit, start + 1)
        if limit < count and spaces[limit]:
            limit += 1
        else:
            last = int(places.searchsorted(np.int64(limit), side="right")) - 1
            if last >= 0 and places[last] > start:
                limit = int(places[last])
        if limit >= count:
            break
        edges.append(limit)
    edges.append(count)
    return edges
