"""What is drawn over white space: a dot for a space, an arrow for a tab, a frame if ideographic."""

from itertools import pairwise
from typing import NamedTuple

from PySide6.QtCore import QLineF, QPointF

from tokviz.gui.widgets.text.row_layout import RowLayout
from tokviz.gui.widgets.text.text_style import TextStyle

_MARKED = " \t\u3000"


class WhiteSpaceMarks(NamedTuple):
    """The dots, and the lines of arrows and frames, from a row's top left."""

    dots: list[QPointF]
    lines: list[QLineF]


def white_space_marks(layout: RowLayout, style: TextStyle) -> WhiteSpaceMarks:
    """The marks of one row."""
    marks = WhiteSpaceMarks([], [])
    text = layout.text
    if not any(space in text for space in _MARKED):
        return marks
    leading, trailing = layout.cluster_x
    y = style.token_top + style.token_height * 0.52
    for number, at in enumerate(layout.edges[:-1].tolist()):
        if text[at] not in _MARKED:
            continue
        one, other = float(leading[number]), float(trailing[number])
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
