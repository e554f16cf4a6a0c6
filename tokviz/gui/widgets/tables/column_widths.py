"""ColumnWidths: columns as wide as what stands in them, and texts that give way in a narrow table.

Numbers are always whole. Texts are cut, the widest first, so that the last column is in view, too.
A column that the user has made narrower or wider is left as it is.
"""

from collections.abc import Sequence

from PySide6.QtGui import QFont, QFontMetrics
from PySide6.QtWidgets import QHeaderView

from tokviz.gui.widgets.tables.row_table_model import RowTableModel
from tokviz.gui.widgets.tables.row_table_painting import CELL_PAD

_MEASURED_ROWS = 40  # at the top, and as many over all
_NARROWEST = 56  # pixels of a text: rather than less, the table scrolls to the side


class ColumnWidths:
    """Sizes the sections of a header; `font` is the widest that cells are painted with."""

    def __init__(self, header: QHeaderView, rows: RowTableModel, font: QFont, widest: int) -> None:
        self._header = header
        self._rows = rows
        self._font = font
        self._widest = widest
        self._fitting: list[int] = []  # what each column needs
        self._given: list[int] = []  # what it got of that

    def fit(self, room: int) -> None:
        """Size all columns anew, in so many pixels."""
        # A number would stand far from its neighbours at the end of a wide column.
        last = self._header.count() - 1
        self._header.setStretchLastSection(last >= 0 and not self._rows.source.align_right(last))
        self._fitting = [self._needed(column) for column in range(self._header.count())]
        self._given = []
        for column, width in enumerate(self._fitting):
            self._give(column, width)
        self.share(room)

    def grow(self, widths: Sequence[int], room: int) -> None:
        """After a reset of the rows: give columns their widths back, and numbers what they need."""
        for column, width in enumerate(widths):
            self._header.resizeSection(column, width)
            if self._rows.source.align_right(column) and self._is_as_given(column):
                needed = max(width, self._needed(column))
                self._fitting[column] = needed
                self._give(column, needed)
        self.share(room)

    def share(self, room: int) -> None:
        """Let texts give way, or take back what they gave, in so many pixels."""
        columns = range(self._header.count())
        if len(columns) != len(self._given):
            return  # amid a reset, which may resize the table
        texts = [
            column
            for column in columns
            if not self._rows.source.align_right(column) and self._is_as_given(column)
        ]
        others = sum(self._header.sectionSize(column) for column in columns if column not in texts)
        widest = _widest_of([self._fitting[column] for column in texts], room - others)
        for column in texts:
            self._give(column, min(self._fitting[column], widest))

    def _give(self, column: int, width: int) -> None:
        self._header.resizeSection(column, width)
        self._given[column:] = [width, *self._given[column + 1 :]]

    def _is_as_given(self, column: int) -> bool:
        stretched = self._header.stretchLastSection() and column == self._header.count() - 1
        return stretched or self._header.sectionSize(column) == self._given[column]

    def _needed(self, column: int) -> int:
        """The width in which a column's heading and cells have room, up to a limit."""
        source, n_rows = self._rows.source, self._rows.rowCount()
        # Those at the top, too: steps alone meet one row again and again in a text that repeats.
        steps = range(n_rows - 1, -1, -max(n_rows // _MEASURED_ROWS, 1))
        rows = [*range(min(n_rows, _MEASURED_ROWS)), *steps]
        metrics = QFontMetrics(self._font)
        cells = [metrics.horizontalAdvance(source.cell(row, column)) for row in rows]
        heading = self._header.sectionSizeHint(column) + CELL_PAD
        return min(max([heading, *(wide + 2 * CELL_PAD + 1 for wide in cells)]), self._widest)


def _widest_of(widths: Sequence[int], room: int) -> int:
    """The width to cut others to, so that all have room together."""
    left = room
    for i, width in enumerate(sorted(widths)):
        share = left // (len(widths) - i)
        if width > share:
            return max(share, _NARROWEST)
        left -= width
    return max(widths, default=0)
