"""Where a line that is too wide breaks into rows: pure arithmetic on the widths of its clusters.

Our own and not QTextLayout's, because Qt lets white space at a row's end hang over the edge,
however much there is, and places every hanging space at the same x.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

_NEAR = 0.02  # pixels; Qt counts in 64ths of one


class TabStops(NamedTuple):
    """Which clusters are tabs, in order, and the distance of the places they lead to."""

    tabs: NDArray[np.int64]
    distance: float


NO_TABS = TabStops(np.empty(0, dtype=np.int64), 1.0)


def row_edges(
    ends: NDArray[np.float64],
    opportunities: NDArray[np.bool_],
    spaces: NDArray[np.bool_],
    width: float,
    stops: TabStops = NO_TABS,
) -> list[int]:
    """Cluster indexes at which the rows begin, and the number of clusters at the end.

    `ends[i]` is the width of the first i clusters (whatever of tabs, which are as wide as their
    place in the row makes them), `opportunities[i]` says whether a row may begin with cluster i,
    `spaces[i]` whether cluster i is a space, of which one may hang over the edge.

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
        limit = _reach(ends, start, width, stops)
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


def _reach(ends: NDArray[np.float64], start: int, width: float, stops: TabStops) -> int:
    """The first cluster that does not fit into a row which begins with cluster `start`."""
    at, x = start, 0.0
    for tab in stops.tabs[stops.tabs.searchsorted(np.int64(start)) :].tolist():
        before = x + float(ends[tab] - ends[at])
        after = ((before + _NEAR) // stops.distance + 1) * stops.distance
        if before > width + _NEAR:
            break
        if after > width + _NEAR:
            return int(tab)
        at, x = tab + 1, after
    return int(ends.searchsorted(ends[at] + width - x + _NEAR, side="right")) - 1
