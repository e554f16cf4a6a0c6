"""Where the user's characters (grapheme clusters) begin and end, found by looking nearby only.

A cluster's edge depends on what stands before it, but nearly always on a few characters: a window
that begins at a certain edge (an ASCII character) gives the same edges as the whole text. Only a
row of flags needs more, since regional indicators pair up from the first of the row.
"""

import numpy as np
import regex
from numpy.typing import NDArray

from tokviz.gui.widgets.text.token_source import TokenSource

_CLUSTER = regex.compile(r"\X")
_WORD = regex.compile(r"\w")
_WINDOW = 512
_FLAG_RUN = 65_536


def cluster_edges(text: str) -> NDArray[np.int64]:
    """Offsets at which the grapheme clusters of a string begin, and its length at the end.

    >>> cluster_edges("ae\\u0301\\r\\n").tolist()
    [0, 1, 3, 5]
    """
    if text.isascii() and "\r\n" not in text:
        return np.arange(len(text) + 1, dtype=np.int64)
    edges = [match.start() for match in _CLUSTER.finditer(text)]
    edges.append(len(text))
    return np.array(edges, dtype=np.int64)


def next_edge(source: TokenSource, position: int) -> int:
    """The first cluster edge after a position; the end of the text at its end."""
    start = _certain_edge(source, position)
    text = source.slice(start, min(source.n_chars, position + _WINDOW))
    for edge in cluster_edges(text):
        if start + int(edge) > position:
            return start + int(edge)
    return source.n_chars


def previous_edge(source: TokenSource, position: int) -> int:
    """The last cluster edge before a position; 0 at the start."""
    if position <= 0:
        return 0
    start = _certain_edge(source, position - 1)
    text = source.slice(start, min(source.n_chars, position + 16))
    edges = cluster_edges(text)
    before = edges[edges < position - start]
    return start + int(before[-1]) if len(before) else position - 1


def nearest_edge(source: TokenSource, position: int) -> int:
    """The position itself if it is an edge, else the edge before it."""
    position = max(0, min(position, source.n_chars))
    if position in (0, source.n_chars):
        return position
    edge = previous_edge(source, position + 1)
    return edge if edge <= position else position


def _certain_edge(source: TokenSource, position: int) -> int:
    """A position at or before this one that is an edge whatever comes before it."""
    start = max(0, position - _WINDOW)
    text = source.slice(start, position + 1)
    for offset in range(len(text) - 1, -1, -1):
        if " " <= text[offset] <= "~":
            return start + offset
    if text and _is_flag(text[0]):
        return start - _flags_before(source, start) % 2
    return start


def _flags_before(source: TokenSource, position: int) -> int:
    text = source.slice(max(0, position - _FLAG_RUN), position)
    count = 0
    while count < len(text) and _is_flag(text[-1 - count]):
        count += 1
    return count


def _is_flag(character: str) -> bool:
    return "\U0001f1e6" <= character <= "\U0001f1ff"
