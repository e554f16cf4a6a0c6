"""What is drawn over white space: a dot for a space, an arrow for a tab, a frame if ideographic."""

import re
from itertools import pairwise
from typing import NamedTuple

import numpy as np
from PySide6.QtCore import QLineF, QPointF
from PySide6.QtGui import QPolygonF

from tokviz.gui.widgets.text.row_layout import RowLayout
from tokviz.gui.widgets.text.text_style import TextStyle

_MARKED = re.compile("[ \t\u3000]")


class WhiteSpaceMarks(NamedTuple):
    """The dots, and the lines of arrows and frames, from a row's top left. Of dots there are many:
    points in a list would be objects that burden the garbage collector."""

    dots: QPolygonF
    lines: list[QLineF]


def white_space_marks(layout: RowLayout, style: TextStyle) -> WhiteSpaceMarks:
    """The marks of one row."""
    marks = WhiteSpaceMarks(QPolygonF(), [])
    text, y = layout.text, style.token_top + style.token_height * 0.52
    found = [match.start() for match in _MARKED.finditer(text)]
    if layout.is_arithmetic:  # spaces alone are among what that may hold
        points = [QPointF((at + 0.5) * style.advance, y) for at in found]
        return WhiteSpaceMarks(QPolygonF(points), [])
    if not found:
        return marks
    places = np.array(found)
    clusters = layout.edges[:-1].searchsorted(places)
    begin = layout.edges[clusters] == places  # others are inside of a cluster and not seen
    places, clusters = places[begin], clusters[begin]
    leading, trailing = (x[clusters].tolist() for x in layout.cluster_x)
    for at, one, other in zip(places.tolist(), leading, trailing, strict=True):
        if text[at] == " ":
            marks.dots.append(QPointF((one + other) / 2, y))
        elif text[at] == "\t":
            marks.lines.extend(_arrow(min(one, other) + 3, max(one, other) - 4, y))
        else:
            marks.lines.extend(_frame((one + other) / 2, y, style.advance * 0.3))
    return marks


def _arrow(left: float, right: float, y: float) -> list[QLineF]:
    right = max(right, left + 3)
    return [
        QLineF(left, y, right, y),
        QLineF(right, y, right - 3, y - 3),
        QLineF(right, y, right - 3, y + 3),
    ]


def _frame(x: float, y: float, size: float) -> list[QLineF]:
    corners = [
        QPointF(x - size, y - size),
        QPointF(x + size, y - size),
        QPointF(x + size, y + size),
        QPointF(x - size, y + size),
    ]
    return [QLineF(one, other) for one, other in pairwise([*corners, corners[0]])]
