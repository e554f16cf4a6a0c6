"""Where the parts of a merge tree stand: leaves on a baseline, a bar above each merged pair.

Pure geometry, without Qt. `TreeShape` is what follows from the merges alone, `TreeGeometry` its
pixels in a given space. An element is a leaf (0 to n_leaves - 1) or a node (n_leaves + its index).
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import groupby

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

WIDEST_LEAF = 44.0
NARROWEST_LEAF = 18.0
_SIDE = 16.0  # free pixels left and right of the leaves
_TOP = 40.0  # above the highest bar, for the name and the rank of what it makes
_FOOT = 20.0  # from the baseline to the lowest bar
_LABEL_ROW = 24.0
_HEX_ROW = 14.0
_CHARACTER_ROW = 34.0
_TALLEST_LEVEL = 52.0
_LEVEL_WITH_LABEL = 15.0
_LEAST_ROOM = 22.0
_REACH = 5.0  # pixels from a line that still count as on it


@dataclass(frozen=True)
class TreeLeaf:
    """A byte: as it is shown, in hexadecimal, and the character it is a part of ("" if it is
    one by itself)."""

    label: str
    hex: str
    character: str


@dataclass(frozen=True)
class TreeNode:
    """A merge of two elements; nodes are listed in the order in which they were merged."""

    left: int
    right: int
    rank: int
    id: int
    label: str
    hex: str


@dataclass(frozen=True)
class Character:
    """A character and the leaves first..last (inclusive) that its bytes are."""

    first: int
    last: int
    text: str


class TreeShape:
    """The tree without its size. Arrays named after nodes have an entry each, in merge order."""

    def __init__(self, leaves: Sequence[TreeLeaf], nodes: Sequence[TreeNode]) -> None:
        self.n_leaves, self.n_nodes = len(leaves), len(nodes)
        self.left = np.array([node.left for node in nodes], np.int64)
        self.right = np.array([node.right for node in nodes], np.int64)
        self.ranks = np.array([node.rank for node in nodes], np.int64)
        self.characters = tuple(_characters(leaves))
        n = self.n_leaves
        middle = [i + 0.5 for i in range(n)]
        first, last = list(range(n)), list(range(n))
        parent = [-1] * (n + len(nodes))
        for i, node in enumerate(nodes):
            middle.append((middle[node.left] + middle[node.right]) / 2)
            first.append(first[node.left])
            last.append(last[node.right])
            parent[node.left] = parent[node.right] = i
        self.middle = np.array(middle, np.float64)  # of every element, in widths of a leaf
        self.first = np.array(first, np.int64)  # leaf of every element
        self.last = np.array(last, np.int64)
        self.parent = np.array(parent, np.int64)  # node of every element, -1: a final token

    @cached_property
    def order_levels(self) -> Ints:
        """A level a rank, in the order of merging, from 0."""
        return self._levels(always=True)

    @cached_property
    def compact_levels(self) -> Ints:
        """As few levels as keep that order: a new one only where a node needs its part below it."""
        return self._levels(always=False)

    def _levels(self, *, always: bool) -> Ints:
        n, here, before = self.n_leaves, 0, None
        levels = [-1] * n
        for left, right, rank in zip(
            self.left.tolist(), self.right.tolist(), self.ranks.tolist(), strict=True
        ):
            if always and before is not None and rank != before:
                here += 1
            here = max(here, levels[left] + 1, levels[right] + 1)
            levels.append(here)
            before = rank
        return np.array(levels[n:], np.int64)


def _below(shape: TreeShape) -> float:
    """What stands under the baseline."""
    return _LABEL_ROW + _HEX_ROW + (_CHARACTER_ROW if shape.characters else 6.0)


def least_height(shape: TreeShape) -> float:
    """The pixels without which a tree is cut off."""
    return _TOP + _FOOT + _LEAST_ROOM + _below(shape)


class TreeGeometry:
    """The pixels of a tree in a space of `width` x `height`; wider than that if it must be.

    Heights follow the order of merging or the logarithm of the rank. A bar is always above those
    of its parts, by a few pixels at least, so heights by rank are moved up where ranks are close.
    """

    def __init__(self, shape: TreeShape, width: float, height: float, *, by_rank: bool) -> None:
        self.shape = shape
        n = max(shape.n_leaves, 1)
        self.leaf_width = min(max((width - 2 * _SIDE) / n, NARROWEST_LEAF), WIDEST_LEAF)
        self.width = max(width, n * self.leaf_width + 2 * _SIDE)
        self.left = (self.width - n * self.leaf_width) / 2
        below = _below(shape)
        self.baseline = max(height - below, _TOP + _FOOT + _LEAST_ROOM)
        self.height = self.baseline + below
        room = self.baseline - _TOP - _FOOT
        heights = _heights_by_rank(shape, room) if by_rank else _heights_by_order(shape, room)
        x = self.left + shape.middle * self.leaf_width
        tops = np.full(shape.n_leaves, self.baseline)
        self.x = x  # of every element
        self.y = np.concatenate((tops, self.baseline - _FOOT - heights))
        self.x_left, self.x_right = x[shape.left], x[shape.right]  # of every node's bar
        self.y_left, self.y_right = self.y[shape.left], self.y[shape.right]  # where its ends stand
        self.bars = self.y[shape.n_leaves :]

    @property
    def label_y(self) -> float:
        """Top of the row of bytes, `_LABEL_ROW` high; the hexadecimal row follows."""
        return self.baseline + 1

    @property
    def hex_y(self) -> float:
        return self.baseline + _LABEL_ROW - 2

    @property
    def character_y(self) -> float:
        return self.baseline + _LABEL_ROW + _HEX_ROW

    def leaf_left(self, leaf: int) -> float:
        return self.left + leaf * self.leaf_width

    def span(self, element: int) -> tuple[float, float]:
        """The pixels from the first leaf of an element to the end of its last."""
        first, last = int(self.shape.first[element]), int(self.shape.last[element])
        return self.leaf_left(first), self.leaf_left(last + 1)

    def leaves_between(self, left: float, right: float) -> range:
        """The leaves of which a pixel lies in that window."""
        first = int((left - self.left) // self.leaf_width)
        last = int((right - self.left) // self.leaf_width)
        return range(max(first, 0), min(last + 1, self.shape.n_leaves))

    def nodes_between(self, left: float, right: float) -> Ints:
        """The nodes of which a line lies in that window."""
        return np.flatnonzero((self.x_left <= right) & (self.x_right >= left))

    def element_at(self, x: float, y: float) -> int | None:
        """The element whose lines or letters are there, else the innermost node around it."""
        if y > self.baseline:
            leaf = int((x - self.left) // self.leaf_width)
            within = 0 <= leaf < self.shape.n_leaves and y <= self.height
            return leaf if within else None
        if not self.shape.n_nodes:
            return None
        found = self._node_near(x, y)
        if found is None:
            around = (self.x_left <= x) & (x <= self.x_right) & (self.bars <= y)
            if not around.any():
                return None
            found = int(np.where(around, self.bars, -np.inf).argmax())
        return self.shape.n_leaves + found

    def _node_near(self, x: float, y: float) -> int | None:
        beside = np.maximum(np.maximum(self.x_left - x, x - self.x_right), 0)
        to_bar = np.hypot(beside, self.bars - y)
        distance = to_bar
        for xs, ends in ((self.x_left, self.y_left), (self.x_right, self.y_right)):
            above_or_below = np.maximum(np.maximum(self.bars - y, y - ends), 0)
            distance = np.minimum(distance, np.hypot(xs - x, above_or_below))
        nearest = int(distance.argmin())
        return nearest if distance[nearest] <= _REACH else None


def _heights_by_order(shape: TreeShape, room: float) -> Floats:
    if not shape.n_nodes:
        return np.zeros(0)
    levels = shape.order_levels
    if levels.max() * _LEVEL_WITH_LABEL > room:
        levels = shape.compact_levels
    unit = min(_TALLEST_LEVEL, room / max(int(levels.max()), 1))
    return levels.astype(np.float64) * unit


def _heights_by_rank(shape: TreeShape, room: float) -> Floats:
    if not shape.n_nodes:
        return np.zeros(0)
    wanted = np.log1p(np.maximum(shape.ranks, 0))
    wanted *= room / max(float(wanted.max()), 1.0)
    least = min(_LEVEL_WITH_LABEL, room / (int(shape.compact_levels.max()) + 1))
    n = shape.n_leaves
    heights = [-least] * n
    for left, right, height in zip(
        shape.left.tolist(), shape.right.tolist(), wanted.tolist(), strict=True
    ):
        heights.append(max(height, heights[left] + least, heights[right] + least))
    found = np.array(heights[n:])
    return found * min(1.0, room / max(float(found.max()), 1.0))


def _characters(leaves: Sequence[TreeLeaf]) -> Iterator[Character]:
    """The characters of several bytes. Equal neighbours are told apart by their bytes."""
    for text, run in groupby(range(len(leaves)), key=lambda i: leaves[i].character):
        if not text:
            continue
        indexes = list(run)
        starts = _character_starts(text, [leaves[i].hex for i in indexes])
        for start, end in zip(starts, [*starts[1:], len(indexes)], strict=True):
            if end - start > 1 or leaves[indexes[start]].label != text:
                yield Character(indexes[start], indexes[end - 1], text)


def _character_starts(text: str, hexes: Sequence[str]) -> list[int]:
    data = bytes.fromhex("".join(hexes))
    one = text.encode("utf-8", "surrogatepass")
    if len(data) == len(hexes) and data == one * (len(data) // len(one)):
        return list(range(0, len(data), len(one)))
    # Shown by a stand-in, or incomplete: a character begins at each byte that continues none.
    return [0] + [i for i, byte in enumerate(data) if i and byte & 0xC0 != 0x80]
