"""RowTable: a table of millions of rows; it asks its source for the cells in view and paints them.

Qt's table brings the header, the selection, the keys and the scrolling. The cells are painted here:
a delegate is called once a cell, which makes a page of a big table slow to scroll.
"""

from collections.abc import Iterator
from contextlib import contextmanager

from PySide6.QtCore import QEvent, QModelIndex, QPersistentModelIndex, QPoint, QRect, Qt, Signal
from PySide6.QtGui import (
    QContextMenuEvent,
    QFocusEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QResizeEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QAbstractItemView, QFrame, QHeaderView, QTableView

from tokviz.gui.palette import LIGHT, Palette
from tokviz.gui.widgets.own_keys import is_own_key
from tokviz.gui.widgets.tables.column_widths import ColumnWidths
from tokviz.gui.widgets.tables.row_table_model import BarRows, RowSource, RowTableModel
from tokviz.gui.widgets.tables.row_table_painting import CELL_PAD, RowPainting, VisibleColumn

_POINTS = 9.5
_WIDEST = 200  # pixels
_KEYS = {
    Qt.Key.Key_Up,
    Qt.Key.Key_Down,
    Qt.Key.Key_PageUp,
    Qt.Key.Key_PageDown,
    Qt.Key.Key_Home,
    Qt.Key.Key_End,
}


class RowTable(QTableView):
    """Rows of one height; one row is current, and that row is the selection."""

    row_picked = Signal(int)  # by keys or a click; Enter or a click picks the current one again
    row_menu_requested = Signal(int, object)  # row, QPoint on the screen
    sort_requested = Signal(int, bool)  # column, ascending; the source does the sorting

    def __init__(self, *, widest: int = _WIDEST) -> None:
        """No column is wider than `widest` pixels until the user widens it."""
        super().__init__()
        self._palette: Palette = LIGHT
        self._hovered = -1
        self._silent = False
        self._empty_words = ""
        self._rows = RowTableModel(self)
        self.setModel(self._rows)
        self._painting = RowPainting(_POINTS, LIGHT)
        header = self.horizontalHeader()
        self._widths = ColumnWidths(header, self._rows, self._painting.bold, widest)
        self._set_up_view()
        self._set_up_headers(self._painting.row_height)
        self.set_colors(LIGHT)

    def _set_up_view(self) -> None:
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.setTabKeyNavigation(False)  # Tab leaves the table
        self.setCornerButtonEnabled(False)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.viewport().setMouseTracking(True)

    def _set_up_headers(self, row_height: int) -> None:
        rows = self.verticalHeader()
        rows.hide()
        rows.setMinimumSectionSize(1)
        rows.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        rows.setDefaultSectionSize(row_height)
        columns = self.horizontalHeader()
        columns.setSectionsClickable(True)
        columns.setHighlightSections(False)
        columns.setMinimumSectionSize(28)
        columns.sectionClicked.connect(self._on_heading_clicked)

    # -- what it shows -------------------------------------------------------------------------

    @property
    def source(self) -> RowSource:
        return self._rows.source

    @property
    def row(self) -> int:
        """The current row, -1 if there is none."""
        return self.currentIndex().row()

    @property
    def n_rows(self) -> int:
        """As of the last refresh."""
        return self._rows.rowCount()

    def set_source(self, source: RowSource) -> None:
        """Show other rows from the top, unsorted and none of them current, in fitting columns."""
        with self._silence():
            self._rows.reset(source)
            self._painting.bars = source if isinstance(source, BarRows) else None
            self._rows.set_sorting(-1, True)
            self._hovered = -1
            self.scrollToTop()
        self._widths.fit(self.viewport().width())

    def refresh(self) -> None:
        """Show what the source holds now. Place, column widths and current row stay if they can.

        A column of numbers grows with them, unless the user has made it narrower or wider.
        """
        row, scrolled, was_empty = self.row, self.verticalScrollBar().value(), not self.n_rows
        columns = self.horizontalHeader()
        widths = [columns.sectionSize(i) for i in range(columns.count())]
        with self._silence():
            self._rows.reset(self._rows.source)
            if was_empty or len(widths) != columns.count():
                self._widths.fit(self.viewport().width())
            else:
                self._widths.grow(widths, self.viewport().width())
            if 0 <= row < self.n_rows:
                self.setCurrentIndex(self._rows.index(row, 0))
            self.updateGeometries()
            self.verticalScrollBar().setValue(scrolled)

    def show_row(self, row: int) -> None:
        """Make a row current and bring it into view, the middle if it was far; emits nothing.

        A row that is not there leaves the table without a current row.
        """
        with self._silence():
            if not 0 <= row < self.n_rows:
                self.clearSelection()
                self.setCurrentIndex(QModelIndex())
                return
            index = self._rows.index(row, 0)
            near = self.viewport().rect().intersects(self.visualRect(index))
            hint = QAbstractItemView.ScrollHint
            scrolled = self.horizontalScrollBar().value()
            self.setCurrentIndex(index)
            self.scrollTo(index, hint.EnsureVisible if near else hint.PositionAtCenter)
            self.horizontalScrollBar().setValue(scrolled)

    def show_sorting(self, column: int, ascending: bool) -> None:
        """Mark the column that the source is sorted by, -1 for none; emits nothing."""
        self._rows.set_sorting(column, ascending)

    def set_empty_words(self, words: str) -> None:
        """A sentence for a table without rows."""
        self._empty_words = words
        self.viewport().update()

    def set_colors(self, palette: Palette) -> None:
        self._palette = self._painting.palette = palette
        panel, line, muted = palette.panel.name(), palette.line.name(), palette.muted.name()
        accent = palette.accent.name()
        self.setStyleSheet(
            f"QTableView {{ background: {panel}; border: 1px solid {panel}; }}"
            f"QTableView:focus {{ border-color: {accent}; }}"
            f"QHeaderView {{ background: {panel}; border: 0; border-bottom: 1px solid {line}; }}"
            f"QHeaderView::section {{ background: {panel}; color: {muted}; font-size: 9pt;"
            f" border: 0; padding: 4px {CELL_PAD}px; }}"
            f"QAbstractScrollArea::corner {{ background: {panel}; border: 0; }}"
            f"QHeaderView::section:hover {{ color: {palette.text.name()}; }}"
        )
        self.viewport().update()

    @contextmanager
    def _silence(self) -> Iterator[None]:
        before, self._silent = self._silent, True
        try:
            yield
        finally:
            self._silent = before

    # -- the user ------------------------------------------------------------------------------

    def _on_heading_clicked(self, column: int) -> None:
        ascending = (column, True) != self._rows.sorting
        self.show_sorting(column, ascending)
        self.sort_requested.emit(column, ascending)

    def currentChanged(
        self,
        current: QModelIndex | QPersistentModelIndex,
        previous: QModelIndex | QPersistentModelIndex,
    ) -> None:
        super().currentChanged(current, previous)
        if not self._silent and current.isValid() and current.row() != previous.row():
            self.row_picked.emit(current.row())

    def mousePressEvent(self, event: QMouseEvent) -> None:
        before = self.row
        super().mousePressEvent(event)
        again = self.indexAt(event.position().toPoint()).row() == before >= 0
        if again and event.button() == Qt.MouseButton.LeftButton:
            self.row_picked.emit(before)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        super().mouseMoveEvent(event)
        self._hover(self.rowAt(int(event.position().y())))

    def wheelEvent(self, event: QWheelEvent) -> None:
        super().wheelEvent(event)
        self._hover(self.rowAt(int(event.position().y())))

    def viewportEvent(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Leave:
            self._hover(-1)
        return super().viewportEvent(event)

    def _hover(self, row: int) -> None:
        if row != self._hovered:
            self._hovered = row
            self.viewport().update()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._widths.share(self.viewport().width())

    def event(self, event: QEvent) -> bool:
        # A shortcut of the panel on Home or End would otherwise take the key from the table.
        return is_own_key(event, _KEYS) or super().event(event)

    def focusInEvent(self, event: QFocusEvent) -> None:
        # Qt makes the first row current when Tab comes in, which is no choice of the user.
        row = self.row
        with self._silence():
            super().focusInEvent(event)
            if row < 0:
                self.setCurrentIndex(QModelIndex())

    def keyPressEvent(self, event: QKeyEvent) -> None:
        n_rows = self.n_rows
        if event.key() in (Qt.Key.Key_Home, Qt.Key.Key_End) and n_rows:
            row = 0 if event.key() == Qt.Key.Key_Home else n_rows - 1
            self.setCurrentIndex(self._rows.index(row, max(self.currentIndex().column(), 0)))
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self.row >= 0:
            self.row_picked.emit(self.row)
        elif event.text() and not event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            event.ignore()  # Qt would search all rows for what is typed, millions of them
        else:
            super().keyPressEvent(event)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        if event.reason() == QContextMenuEvent.Reason.Keyboard:
            row = self.row
            y = self.rowViewportPosition(row) + self.rowHeight(max(row, 0))
            place = self.viewport().mapToGlobal(QPoint(CELL_PAD, y))
        else:
            row = self.indexAt(self.viewport().mapFromGlobal(event.globalPos())).row()
            place = event.globalPos()
        if row >= 0:
            self.row_menu_requested.emit(row, place)

    # -- painting ------------------------------------------------------------------------------

    def paintEvent(self, event: QPaintEvent) -> None:
        with QPainter(self.viewport()) as painter:
            painter.fillRect(event.rect(), self._palette.panel)
            n_rows = self.n_rows
            if not n_rows:
                painter.setPen(self._palette.muted)
                middle = Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap
                inside = self.viewport().rect().adjusted(8, 8, -8, -8)
                painter.drawText(inside, middle, self._empty_words)
                return
            first = self.rowAt(max(event.rect().top(), 0))
            last = self.rowAt(event.rect().bottom())
            if first >= 0:
                last = last if last >= 0 else n_rows - 1
                self._paint_rows(painter, range(first, min(last + 1, self.source.n_rows())))

    def _paint_rows(self, painter: QPainter, rows: range) -> None:
        source, colors = self._rows.source, self._palette
        tall, wide = self._painting.row_height, self.viewport().width()
        columns = self._visible_columns(wide)
        current = self.row
        for row in rows:
            place = QRect(0, self.rowViewportPosition(row), wide, tall)
            hovered = colors.window if row == self._hovered else None
            wash = colors.accent_soft if row == current else hovered
            self._painting.paint_row(painter, source, row, place, columns, wash)
        if self.hasFocus():
            top = self.rowViewportPosition(current) if current >= 0 else 0
            painter.fillRect(0, max(top - 1, 0), wide, 1, colors.accent)
            if current >= 0:
                painter.fillRect(0, top + tall - 1, wide, 1, colors.accent)

    def _visible_columns(self, wide: int) -> list[VisibleColumn]:
        source = self._rows.source
        columns = [
            VisibleColumn(
                i, self.columnViewportPosition(i), self.columnWidth(i), source.align_right(i)
            )
            for i in range(self._rows.columnCount())
        ]
        return [c for c in columns if c.left < wide and c.left + c.width > 0]
