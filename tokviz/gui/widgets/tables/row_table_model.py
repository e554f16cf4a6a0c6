"""RowSource, the rows a `RowTable` shows, and the model through which Qt's table reads them."""

from collections.abc import Sequence
from typing import Any, Protocol, runtime_checkable

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt

_Index = QModelIndex | QPersistentModelIndex
_NOWHERE = QModelIndex()


class RowSource(Protocol):
    """Rows of text, asked for as they come into view, and sixty of them to size the columns.

    Cells are shown as they are: what cannot be seen (control characters, a byte order mark) must
    have been replaced by something that can.
    """

    @property
    def headings(self) -> Sequence[str]: ...

    def n_rows(self) -> int: ...

    def cell(self, row: int, column: int) -> str: ...

    def align_right(self, column: int) -> bool: ...

    def is_emphasised(self, row: int) -> bool: ...


@runtime_checkable
class BarRows(RowSource, Protocol):
    """Rows with a bar behind the words of one column."""

    @property
    def bar_column(self) -> int: ...

    def share(self, row: int) -> float:
        """How much of the column's width the bar takes, from 0 to 1."""
        ...


class NoRows:
    """The source of a table that has none yet."""

    headings: Sequence[str] = ()

    def n_rows(self) -> int:
        return 0

    def cell(self, row: int, column: int) -> str:
        raise IndexError(row)

    def align_right(self, column: int) -> bool:
        return False

    def is_emphasised(self, row: int) -> bool:
        return False


class RowTableModel(QAbstractTableModel):
    """What the header, the selection and a screen reader ask of a `RowSource`."""

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self.source: RowSource = NoRows()
        self.sorting = (-1, True)  # column, ascending
        self._n_rows = 0

    def set_sorting(self, column: int, ascending: bool) -> None:
        """Put an arrow beside the heading of the column the rows are sorted by; -1 for none."""
        self.sorting = (column, ascending)
        last = self.columnCount() - 1
        if last >= 0:
            self.headerDataChanged.emit(Qt.Orientation.Horizontal, 0, last)

    def reset(self, source: RowSource) -> None:
        """Read the source anew. It may have changed already: the number of rows is kept here."""
        self.beginResetModel()
        self.source = source
        self._n_rows = source.n_rows()
        self.endResetModel()

    def rowCount(self, parent: _Index = _NOWHERE) -> int:
        return 0 if parent.isValid() else self._n_rows

    def columnCount(self, parent: _Index = _NOWHERE) -> int:
        return 0 if parent.isValid() else len(self.source.headings)

    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        shown = (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole)
        if role not in shown or index.row() >= self.source.n_rows():
            return None
        return self.source.cell(index.row(), index.column())

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> Any:
        if orientation is not Qt.Orientation.Horizontal or section >= len(self.source.headings):
            return None
        right = self.source.align_right(section)
        if role == Qt.ItemDataRole.DisplayRole:
            heading = self.source.headings[section]
            column, ascending = self.sorting
            arrow = "↑" if ascending else "↓"
            if section != column:
                return heading
            return f"{arrow} {heading}" if right else f"{heading} {arrow}"
        if role == Qt.ItemDataRole.TextAlignmentRole:
            side = Qt.AlignmentFlag.AlignRight if right else Qt.AlignmentFlag.AlignLeft
            return int(side | Qt.AlignmentFlag.AlignVCenter)
        return None
