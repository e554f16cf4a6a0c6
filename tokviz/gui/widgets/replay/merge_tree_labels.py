"""Where a merge tree's words go: on a bar, beside its stem, or nowhere, but never over a line.

Pure geometry, without Qt: a bitmap of the window says which pixels are taken.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from tokviz.gui.widgets.replay.merge_tree_layout import Ints, TreeGeometry

_AIR = 2  # free pixels around words


class Box(NamedTuple):
    """A rectangle in pixels."""

    left: float
    top: float
    width: float
    height: float

    @property
    def right(self) -> float:
        return self.left + self.width

    @property
    def bottom(self) -> float:
        return self.top + self.height


class TakenPixels:
    """A bitmap over a part of the tree, `left` to `right`, for all of its height."""

    def __init__(self, left: float, right: float, height: float) -> None:
        self._left = int(left)
        size = (max(int(height) + 1, 1), max(int(right - left) + 1, 1))
        self._taken = np.zeros(size, np.bool_)

    def take(self, left: float, top: float, right: float, bottom: float) -> None:
        """Take all pixels that a rectangle touches."""
        self._part(left, top, right, bottom)[...] = True

    def is_free(self, left: float, top: float, right: float, bottom: float) -> bool:
        return not self._part(left, top, right, bottom).any()

    def _part(self, left: float, top: float, right: float, bottom: float) -> NDArray[np.bool_]:
        from_x, to_x = max(int(left) - self._left, 0), max(int(right) + 1 - self._left, 0)
        return self._taken[max(int(top), 0) : max(int(bottom) + 1, 0), from_x:to_x]


def taken_by_lines(geometry: TreeGeometry, nodes: Ints, left: float, right: float) -> TakenPixels:
    """The pixels that the lines of these nodes take."""
    taken = TakenPixels(left, right, geometry.height)
    columns = (geometry.x_left, geometry.x_right, geometry.bars, geometry.y_left, geometry.y_right)
    for x1, x2, bar, y1, y2 in zip(*(c[nodes].tolist() for c in columns), strict=True):
        taken.take(x1, bar, x2, bar)
        taken.take(x1, bar, x1, y1)
        taken.take(x2, bar, x2, y2)
    return taken


def place_on_bar(
    geometry: TreeGeometry, node: int, taken: TakenPixels, width: float, height: float
) -> Box | None:
    """Where the words about a node go, if they fit anywhere; the place is then taken.

    The first choice is the bar's own middle, which the words interrupt, then right or left of
    the stem above it, or where no stem is, right above it.
    """
    x = float(geometry.x[geometry.shape.n_leaves + node])
    bar = float(geometry.bars[node])
    on_bar = Box(x - width / 2, bar - height / 2, width, height)
    found = None
    parent = int(geometry.shape.parent[geometry.shape.n_leaves + node])
    final = parent < 0
    low = not final and float(geometry.bars[parent]) > on_bar.top - 1
    if (
        fits_on_bar(geometry, node, width)
        and not low
        and _is_free_but_for_stem(on_bar, x, bar, taken)
    ):
        found = on_bar
    else:
        # Beside the stem it must not look like the words of a neighbouring tree.
        first, last = geometry.span(geometry.shape.n_leaves + node)
        beside = (x + 3, x - 3 - width)
        for left in (x - width / 2,) if final else beside:
            box = Box(left, bar - height - 2, width, height)
            inside = first - 4 <= box.left and box.right <= last + 4
            if inside and _is_free(box, taken):
                found = box
                break
    if found is not None:
        taken.take(found.left, found.top, found.right, found.bottom)
    return found


def fits_on_bar(geometry: TreeGeometry, node: int, width: float) -> bool:
    """Whether words on the bar leave some of the bar to be seen on both sides."""
    return width + 6 <= float(geometry.x_right[node] - geometry.x_left[node])


def place_above(
    geometry: TreeGeometry, node: int, taken: TakenPixels, width: float, height: float
) -> Box | None:
    """A place over the middle of a bar, across the stem, if it is free; the place is then taken."""
    x = float(geometry.x[geometry.shape.n_leaves + node])
    bottom = float(geometry.bars[node]) - 9
    box = Box(x - width / 2, bottom - height, width, height)
    left, top, right = box.left - _AIR, box.top - _AIR, box.right + _AIR
    free = taken.is_free(left, top, x - 2, bottom) and taken.is_free(x + 2, top, right, bottom)
    if box.top < 0 or not free:
        return None
    taken.take(*box[:2], box.right, box.bottom)
    return box


def _is_free(box: Box, taken: TakenPixels) -> bool:
    return box.top >= 0 and taken.is_free(
        box.left - _AIR, box.top - _AIR, box.right + _AIR, box.bottom + _AIR - 1
    )


def _is_free_but_for_stem(box: Box, x: float, bar: float, taken: TakenPixels) -> bool:
    left, right, row, column = box.left - _AIR, box.right + _AIR, int(bar), int(x)
    return (
        taken.is_free(left, box.top, column - 1, row - 1)
        and taken.is_free(column + 1, box.top, right, row - 1)
        and taken.is_free(left, row + 1, right, box.bottom)
    )
