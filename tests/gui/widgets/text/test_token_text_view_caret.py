"""The caret goes where a person expects it, in any script, and the view follows."""

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from tests.gui.widgets.conftest import Show, press
from tokviz.gui.widgets.text.token_text_view import TokenTextView

_CONTROL = Qt.KeyboardModifier.ControlModifier
_SHIFT = Qt.KeyboardModifier.ShiftModifier
_ALT = Qt.KeyboardModifier.AltModifier
_Key = Qt.Key


def _stops(view: TokenTextView, key: Qt.Key, at_most: int = 50) -> list[int]:
    stops = [view.caret]
    for _ in range(at_most):
        press(view, key)
        if view.caret == stops[-1]:
            break
        stops.append(view.caret)
    return stops


def test_left_and_right_go_by_grapheme(show: Show) -> None:
    view, source = show("ae\u0301👩\u200d👧\r\nक्षि")
    stops = _stops(view, _Key.Key_Right)
    assert stops == [0, 1, 3, 6, 8, 12]
    assert _stops(view, _Key.Key_Left) == stops[::-1]
    assert stops[-1] == source.n_chars


def test_in_text_that_turns_the_caret_goes_on_the_screens_way(show: Show) -> None:
    view, _ = show("ab שלום cd")
    stops = _stops(view, _Key.Key_Right)
    assert sorted(stops) == sorted(set(stops))
    assert set(stops) == set(range(11)) - ({7} - set(stops))
    x = [view.caret_rect(at).center().x() for at in stops]
    assert x[0] == min(x)
    assert x[-1] == max(x)


def test_in_a_right_to_left_line_left_goes_on(show: Show) -> None:
    view, source = show("שלום\nab")
    assert _stops(view, _Key.Key_Left)[:6] == [0, 1, 2, 3, 4, 5]
    assert source.n_chars == 7


def test_up_and_down_keep_the_column(show: Show) -> None:
    view, _ = show("abcdefgh\nab\nabcdefgh")
    view.set_caret(6)
    press(view, _Key.Key_Down)
    assert view.caret == 11
    press(view, _Key.Key_Down)
    assert view.caret == 18
    press(view, _Key.Key_Up)
    press(view, _Key.Key_Up)
    assert view.caret == 6
    press(view, _Key.Key_Up)
    assert view.caret == 0


def test_down_goes_through_every_row_of_a_long_line(show: Show) -> None:
    view, source = show("word " * 1_500, height=300)
    seen = [view.caret]
    while True:
        press(view, _Key.Key_Down)
        if view.caret == seen[-1]:
            break
        seen.append(view.caret)
        rect = view.caret_rect()
        assert rect.top() >= 0
        assert rect.bottom() <= view.viewport().height()
    assert seen == sorted(seen)
    assert view.caret == source.n_chars


def test_home_and_end_stay_on_the_row_that_wraps(show: Show) -> None:
    view, _ = show("x" * 300)
    view.set_caret(3)
    y = view.caret_rect().top()
    press(view, _Key.Key_End)
    assert view.caret_rect().top() == y
    end = view.caret
    assert end > 3
    press(view, _Key.Key_Home)
    assert view.caret == 0
    press(view, _Key.Key_Down)
    press(view, _Key.Key_End, _SHIFT)
    assert view.selection() == (end, 2 * end)


def test_words_and_the_ends_of_the_text(show: Show) -> None:
    view, source = show("one  two,\r\nthree")
    stops = [0]
    for _ in range(5):
        press(view, _Key.Key_Right, _CONTROL)
        stops.append(view.caret)
    assert stops == [0, 5, 8, 9, 11, 16]
    press(view, _Key.Key_Home, _CONTROL | _SHIFT)
    assert view.selection() == (0, source.n_chars)
    press(view, _Key.Key_End, _CONTROL)
    assert (view.caret, view.anchor) == (16, 16)


def test_left_from_a_selection_goes_to_its_start(show: Show) -> None:
    view, _ = show("abcdef")
    view.select(2, 5)
    press(view, _Key.Key_Left)
    assert view.caret == 2
    view.select(2, 5)
    press(view, _Key.Key_Right)
    assert view.caret == 5


@pytest.mark.parametrize("text", ["line\n" * 3_000, "word " * 20_000, "\n" * 2_000])
def test_page_down_reaches_the_end_and_page_up_the_start(show: Show, text: str) -> None:
    view, source = show(text, height=600)
    press(view, _Key.Key_End, _CONTROL)
    bar = view.verticalScrollBar()
    assert bar.value() == bar.maximum()
    rect = view.caret_rect()
    assert 0 < rect.bottom() <= view.viewport().height()
    view.scroll_by(10_000)
    assert view.caret_rect() == rect  # not further than the last row
    for _ in range(5):
        press(view, _Key.Key_PageUp)
        assert 0 <= view.caret_rect().top() < view.viewport().height()
    press(view, _Key.Key_Home, _CONTROL)
    assert bar.value() == 0
    assert view.caret == 0
    assert source.text == text


def test_the_scroll_bar_reaches_every_part(show: Show) -> None:
    for text in ("line\n" * 200, "line\n" * 20_000):
        view, source = show(text)
        bar = view.verticalScrollBar()
        bar.setValue(bar.maximum() // 2)
        seen = view.position_at(QPointF(100, 0))[0]
        assert source.n_chars * 0.4 < seen < source.n_chars * 0.6
        bar.setValue(bar.maximum())
        assert view.position_at(QPointF(600, 399))[0] == source.n_chars
        bar.setValue(0)
        assert view.position_at(QPointF(0, 0))[0] == 0


def test_text_in_view_stays_when_something_is_inserted_above(show: Show) -> None:
    view, source = show("line\n" * 20_000)
    view.scroll_by(3_000)
    before = view.position_at(QPointF(0, 0))[0]
    view.set_caret(0)
    view.scroll_by(3_000)
    view.insert_text("x")
    assert source.text.startswith("x")
    view.reveal(before + 1, before + 2)
    assert view.caret == 1


def test_the_wheel_scrolls_and_with_control_zooms(show: Show) -> None:
    view, _ = show("line\n" * 200)

    def wheel(turned: int, modifiers: Qt.KeyboardModifier) -> None:
        at, by = QPointF(200, 200), QPoint(0, turned)
        buttons, phase = Qt.MouseButton.NoButton, Qt.ScrollPhase.NoScrollPhase
        event = QWheelEvent(at, at, QPoint(), by, buttons, modifiers, phase, False)
        QApplication.sendEvent(view.viewport(), event)

    wheel(-120, Qt.KeyboardModifier.NoModifier)
    assert view.verticalScrollBar().value() > 0
    wheel(120, Qt.KeyboardModifier.NoModifier)
    assert view.verticalScrollBar().value() == 0
    zoom = view.zoom
    wheel(120, _CONTROL)
    assert view.zoom == zoom + 1
    press(view, _Key.Key_Minus, _CONTROL)
    press(view, _Key.Key_Minus, _CONTROL)
    assert view.zoom == zoom - 1
    press(view, _Key.Key_0, _CONTROL)
    assert view.zoom == zoom


def _point(view: TokenTextView, position: int) -> QPoint:
    return view.caret_rect(position).center().toPoint() + QPoint(2, 0)


def test_the_mouse_selects_characters_words_and_lines(show: Show) -> None:
    view, _ = show("one two\nthree four")
    viewport, left = view.viewport(), Qt.MouseButton.LeftButton
    QTest.mouseClick(viewport, left, pos=_point(view, 1))
    assert view.selection() == (1, 1)
    QTest.mouseClick(viewport, left, _SHIFT, _point(view, 6))
    assert view.selection() == (1, 6)
    QTest.mouseDClick(viewport, left, pos=_point(view, 9))
    assert view.selection() == (8, 13)
    QTest.mousePress(viewport, left, pos=_point(view, 9))
    QTest.mouseRelease(viewport, left, pos=_point(view, 9))
    assert view.selection() == (8, 18)
    QTest.mouseClick(viewport, left, pos=_point(view, 1))


def test_dragging_selects_and_picks_nothing(show: Show) -> None:
    view, _ = show("one two three")
    picked: list[int] = []
    view.picked.connect(picked.append)
    viewport, left = view.viewport(), Qt.MouseButton.LeftButton
    QTest.mousePress(viewport, left, pos=_point(view, 2))
    QTest.mouseMove(viewport, _point(view, 5))
    QTest.mouseMove(viewport, _point(view, 9))
    QTest.mouseRelease(viewport, left, pos=_point(view, 9))
    assert view.selection() == (2, 9)
    assert not picked


def test_alt_and_arrows_walk_the_tokens(show: Show) -> None:
    view, _ = show("aaaaabbbbb\nccccc")
    picked: list[int] = []
    view.picked.connect(picked.append)
    press(view, _Key.Key_Right, _ALT)
    press(view, _Key.Key_Right, _ALT)
    press(view, _Key.Key_Right, _ALT)
    press(view, _Key.Key_Left, _ALT)
    assert picked == [0, 1, 2, 1]
    assert view.caret == 5
    view.set_editable(False)
    press(view, _Key.Key_Right)
    assert picked[-1] == 2


def test_every_place_of_the_caret_is_hit_by_a_click_on_it(show: Show) -> None:
    view, source = show("aé北 क्षि e\u0301\tb\r\nשלום ab\nend")
    for position in range(source.n_chars + 1):
        view.set_caret(position)
        found = view.position_at(view.caret_rect().center())[0]
        # Where the direction turns, two positions share one place.
        assert view.caret_rect(found) == view.caret_rect()


def test_refresh_clamps_the_caret_and_tells_it(show: Show) -> None:
    view, source = show("abcdef")
    view.set_caret(6)
    moved: list[bool] = []
    view.caret_moved.connect(lambda: moved.append(True))
    source.set_text("ab")
    view.refresh()
    assert view.caret == 2
    assert moved == [True]


def test_an_empty_text_has_a_caret_too(show: Show) -> None:
    view, _ = show("")
    view.grab()
    for key in (_Key.Key_Left, _Key.Key_Right, _Key.Key_Up, _Key.Key_Down, _Key.Key_Backspace):
        press(view, key)
    press(view, _Key.Key_Right, _ALT)
    QTest.mouseDClick(view.viewport(), Qt.MouseButton.LeftButton, pos=QPoint(200, 10))
    assert view.selection() == (0, 0)


def test_the_gutter_explains_its_numbers(show: Show) -> None:
    view, source = show("aaaaabbbbb")
    view.grab()
    gutter = view.page.gutter
    rows = view.page.rows_in_view()
    assert gutter.tool_tip(QPoint(10, 10), rows) == "Line 1"
    assert gutter.tool_tip(QPoint(gutter.width - 12, 10), rows).startswith(f"{source.n_tokens} tok")
    assert gutter.tool_tip(QPoint(gutter.width + 5, 10), rows) == ""
