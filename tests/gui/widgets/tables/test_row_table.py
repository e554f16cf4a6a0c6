"""A table of millions of rows under real clicks, keys and wheels."""

from collections.abc import Sequence

import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QContextMenuEvent, QMouseEvent, QShortcut
from PySide6.QtWidgets import QApplication, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from tokviz.gui.palette import DARK, LIGHT, Palette
from tokviz.gui.widgets.tables.row_table import RowTable


class Ranks:
    """Rows that remember which of them were asked for."""

    headings: Sequence[str] = ("rank", "token")

    def __init__(self, n_rows: int, first: int = 0) -> None:
        self.n, self.first = n_rows, first
        self.asked: set[int] = set()

    def n_rows(self) -> int:
        return self.n

    def cell(self, row: int, column: int) -> str:
        assert 0 <= row < self.n
        self.asked.add(row)
        return (f"{row + self.first:,}", f"·token{row}")[column]

    def align_right(self, column: int) -> bool:
        return column == 0

    def is_emphasised(self, row: int) -> bool:
        return row == 3


@pytest.fixture
def table(qtbot: QtBot) -> RowTable:
    table = RowTable()
    qtbot.addWidget(table)
    table.resize(400, 400)
    table.set_source(Ranks(200_000))
    with qtbot.waitExposed(table):
        table.show()
    return table


def source_of(table: RowTable) -> Ranks:
    assert isinstance(table.source, Ranks)
    return table.source


def middle_of(table: RowTable, row: int) -> QPoint:
    return table.visualRect(table.model().index(row, 1)).center()


def click(
    qtbot: QtBot, table: RowTable, row: int, button: Qt.MouseButton = Qt.MouseButton.LeftButton
) -> None:
    qtbot.mouseClick(table.viewport(), button, pos=middle_of(table, row))


def test_five_million_rows_are_asked_for_in_view_only(qtbot: QtBot, table: RowTable) -> None:
    source = Ranks(5_000_000)
    table.set_source(source)
    table.repaint()
    assert len(source.asked) < 150
    source.asked.clear()
    table.show_row(4_999_999)
    table.viewport().repaint()
    assert 5 < len(source.asked) < 60
    assert min(source.asked) > 4_999_900


def test_a_click_picks_a_row_and_a_second_one_picks_it_again(qtbot: QtBot, table: RowTable) -> None:
    picked: list[int] = []
    table.row_picked.connect(picked.append)
    click(qtbot, table, 5)
    click(qtbot, table, 5)
    click(qtbot, table, 2)
    assert picked == [5, 5, 2]
    assert table.row == 2


def test_the_keys_walk_the_rows(qtbot: QtBot, table: RowTable) -> None:
    click(qtbot, table, 5)
    picked: list[int] = []
    table.row_picked.connect(picked.append)
    for key in (Qt.Key.Key_Down, Qt.Key.Key_Up, Qt.Key.Key_Right, Qt.Key.Key_End):
        qtbot.keyClick(table, key)
    qtbot.keyClick(table, Qt.Key.Key_Home)
    qtbot.keyClick(table, Qt.Key.Key_PageDown)
    assert picked[:4] == [6, 5, 199_999, 0]
    assert 5 < picked[4] < 30
    assert table.viewport().rect().contains(middle_of(table, picked[4]))


def test_tab_into_the_table_picks_nothing_until_a_key_does(qtbot: QtBot, table: RowTable) -> None:
    picked: list[int] = []
    table.row_picked.connect(picked.append)
    with qtbot.waitActive(table):
        table.activateWindow()
    table.clearFocus()
    table.setFocus(Qt.FocusReason.TabFocusReason)
    assert (table.hasFocus(), table.row, picked) == (True, -1, [])
    table.viewport().repaint()
    qtbot.keyClick(table, Qt.Key.Key_Down)
    assert picked == [0]


def test_enter_picks_the_current_row_again(qtbot: QtBot, table: RowTable) -> None:
    table.show_row(7)
    with qtbot.waitSignal(table.row_picked) as picked:
        qtbot.keyClick(table, Qt.Key.Key_Return)
    assert picked.args == [7]


def test_typing_does_not_search_millions_of_rows(qtbot: QtBot, table: RowTable) -> None:
    source = source_of(table)
    click(qtbot, table, 1)
    source.asked.clear()
    qtbot.keyClicks(table, "zzz")
    assert len(source.asked) < 100
    assert table.row == 1


def test_shortcuts_of_the_panel_leave_the_table_its_keys(qtbot: QtBot) -> None:
    panel = QWidget()
    qtbot.addWidget(panel)
    table = RowTable()
    QVBoxLayout(panel).addWidget(table)
    fired: list[str] = []
    for name in ("Home", "Down", "Space"):
        shortcut = QShortcut(name, panel)
        shortcut.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
        shortcut.activated.connect(lambda name=name: fired.append(name))
    table.set_source(Ranks(100))
    with qtbot.waitActive(panel):
        panel.show()
        panel.activateWindow()
    table.setFocus()
    table.show_row(4)
    for key in (Qt.Key.Key_Down, Qt.Key.Key_Space):
        qtbot.keyClick(table, key)
    assert (table.row, fired) == (5, ["Space"])
    qtbot.keyClick(table, Qt.Key.Key_Home)
    assert (table.row, fired) == (0, ["Space"])


def test_showing_a_row_selects_it_in_view_without_telling(qtbot: QtBot, table: RowTable) -> None:
    with qtbot.assertNotEmitted(table.row_picked):
        table.show_row(150_000)
        table.refresh()
        assert table.row == 150_000
        assert table.viewport().rect().contains(middle_of(table, 150_000))
        table.show_row(-1)
        assert table.row == -1
        assert not table.selectedIndexes()
        table.show_row(200_000)
        assert table.row == -1


def test_refreshing_keeps_place_row_and_column_widths(qtbot: QtBot, table: RowTable) -> None:
    table.show_row(100_000)
    table.setColumnWidth(0, 123)
    scrolled = table.verticalScrollBar().value()
    source_of(table).n = 150_000
    source_of(table).first = 7
    table.refresh()
    assert table.model().rowCount() == table.n_rows == 150_000
    assert (table.row, table.columnWidth(0)) == (100_000, 123)
    assert table.verticalScrollBar().value() == scrolled
    assert table.model().index(0, 0).data() == "7"


def test_numbers_that_grow_widen_their_column_until_the_user_sizes_it(table: RowTable) -> None:
    columns = table.horizontalHeader()
    before = columns.sectionSize(0)
    source_of(table).first = 10**9
    table.refresh()
    grown = columns.sectionSize(0)
    assert grown > before
    columns.resizeSection(0, 40)
    source_of(table).first = 10**12
    table.refresh()
    assert columns.sectionSize(0) == 40


def test_other_headings_take_fitting_columns(table: RowTable) -> None:
    table.setColumnWidth(0, 190)
    source_of(table).headings = ("rank",)
    table.refresh()
    assert table.model().columnCount() == 1
    assert table.columnWidth(0) < 190


def test_fewer_rows_than_the_current_one_leave_none_current(table: RowTable) -> None:
    table.show_row(100_000)
    source_of(table).n = 10
    table.refresh()
    assert table.row == -1
    table.viewport().repaint()


def test_a_source_that_shrinks_before_the_refresh_is_not_asked_for_lost_rows(
    table: RowTable,
) -> None:
    source_of(table).n = 2  # its `cell` asserts the range
    table.viewport().repaint()
    assert table.model().index(5, 0).data() is None


def test_rows_that_come_later_find_fitting_columns(qtbot: QtBot, table: RowTable) -> None:
    source = Ranks(0, first=10**15)
    table.set_source(source)
    narrow = table.columnWidth(0)
    source.n = 5
    table.refresh()
    assert table.columnWidth(0) > narrow


def test_a_right_click_and_the_menu_key_ask_for_a_row_s_menu(qtbot: QtBot, table: RowTable) -> None:
    asked: list[tuple[int, QPoint]] = []
    table.row_menu_requested.connect(lambda row, place: asked.append((row, place)))
    at = middle_of(table, 4)
    place = table.viewport().mapToGlobal(at)
    reason = QContextMenuEvent.Reason
    QApplication.sendEvent(table.viewport(), QContextMenuEvent(reason.Mouse, at, place))
    table.show_row(6)
    QApplication.sendEvent(table, QContextMenuEvent(reason.Keyboard, QPoint(), QPoint()))
    assert [row for row, _ in asked] == [4, 6]
    assert asked[0][1] == place
    below = table.viewport().mapFromGlobal(asked[1][1]).y()
    assert middle_of(table, 6).y() < below < middle_of(table, 7).y()


def test_there_is_no_menu_below_the_last_row(qtbot: QtBot, table: RowTable) -> None:
    table.set_source(Ranks(3))
    at = QPoint(20, 300)
    with qtbot.assertNotEmitted(table.row_menu_requested):
        event = QContextMenuEvent(
            QContextMenuEvent.Reason.Mouse, at, table.viewport().mapToGlobal(at)
        )
        QApplication.sendEvent(table.viewport(), event)


def test_clicks_on_a_heading_ask_to_sort_up_then_down(qtbot: QtBot, table: RowTable) -> None:
    asked: list[tuple[int, bool]] = []
    table.sort_requested.connect(lambda column, ascending: asked.append((column, ascending)))
    header = table.horizontalHeader()
    for column in (0, 0, 1):
        at = QPoint(header.sectionViewportPosition(column) + 20, 8)
        qtbot.mouseClick(header.viewport(), Qt.MouseButton.LeftButton, pos=at)
    assert asked == [(0, True), (0, False), (1, True)]
    assert table.model().headerData(1, Qt.Orientation.Horizontal) == "token ↑"
    table.show_sorting(0, False)
    assert table.model().headerData(0, Qt.Orientation.Horizontal) == "↓ rank"
    assert table.model().headerData(1, Qt.Orientation.Horizontal) == "token"
    assert len(asked) == 3


def test_an_empty_table_says_so_and_is_calm_under_keys(qtbot: QtBot, table: RowTable) -> None:
    table.set_empty_words("No merge contains <s>.")
    table.set_source(Ranks(0))
    for key in (Qt.Key.Key_Down, Qt.Key.Key_End, Qt.Key.Key_PageUp):
        qtbot.keyClick(table, key)
    QApplication.sendEvent(table, QEvent(QEvent.Type.Leave))
    image = table.viewport().grab().toImage()
    colors = {image.pixelColor(x, image.height() // 2).name() for x in range(image.width())}
    assert len(colors) > 1
    assert table.row == -1


@pytest.mark.parametrize("palette", [LIGHT, DARK], ids=["light", "dark"])
def test_the_current_row_is_washed_and_an_emphasised_one_has_a_bar(
    table: RowTable, palette: Palette
) -> None:
    table.set_colors(palette)
    table.show_row(1)
    image = table.viewport().grab().toImage()
    right = image.width() - 5
    assert image.pixelColor(right, middle_of(table, 1).y()) == palette.accent_soft
    assert image.pixelColor(right, middle_of(table, 2).y()) == palette.panel
    assert image.pixelColor(1, middle_of(table, 3).y()) == palette.accent


def test_the_row_under_the_mouse_is_shown(table: RowTable) -> None:
    place = QPointF(middle_of(table, 4))
    none = Qt.MouseButton.NoButton
    move = QMouseEvent(
        QEvent.Type.MouseMove,
        place,
        QPointF(table.viewport().mapToGlobal(place)),
        none,
        none,
        Qt.KeyboardModifier.NoModifier,
    )
    QApplication.sendEvent(table.viewport(), move)
    image = table.viewport().grab().toImage()
    assert image.pixelColor(image.width() - 5, middle_of(table, 4).y()) == LIGHT.window


class Repeating(Ranks):
    """One wide number in each 17 rows, as in a text that repeats itself."""

    def cell(self, row: int, column: int) -> str:
        return "1" if row % 17 != 3 else "1,234,567,890"


def test_columns_fit_what_stands_in_a_few_rows_at_the_top(table: RowTable) -> None:
    table.set_source(Repeating(17 * 40))  # the steps between measured rows are 17, too
    wide = table.fontMetrics().horizontalAdvance("1,234,567,890")
    assert table.columnWidth(0) > wide


class Texts(Ranks):
    """A number between two texts, and a longer one at the end."""

    headings = ("token", "rank", "bytes")

    def cell(self, row: int, column: int) -> str:
        return ("a token of some words", "1,234,567", "20 61 20 74 6f 6b")[column]

    def align_right(self, column: int) -> bool:
        return column == 1


def _columns(table: RowTable) -> list[int]:
    return [table.columnWidth(column) for column in range(table.model().columnCount())]


def test_in_a_narrow_table_texts_give_way_and_numbers_stay_whole(table: RowTable) -> None:
    table.resize(800, 400)
    table.set_source(Texts(200))
    wide = _columns(table)
    for width in (320, 800, 280, 600):
        table.resize(width, 400)
        QApplication.processEvents()
        first, number, last = _columns(table)
        assert number == wide[1]
        assert first + number + last == table.viewport().width()
        assert min(first, last) >= 56
    table.resize(800, 400)
    QApplication.processEvents()
    assert _columns(table) == wide
    table.resize(150, 400)
    QApplication.processEvents()
    assert _columns(table) == [56, wide[1], 56]  # it scrolls to the side instead


def test_a_text_that_the_user_has_sized_does_not_give_way(table: RowTable) -> None:
    table.set_source(Texts(200))
    table.setColumnWidth(0, 180)
    table.resize(280, 400)
    QApplication.processEvents()
    assert table.columnWidth(0) == 180
