"""MergeRowView through real clicks and pictures."""

import pytest
from PySide6.QtCore import QEvent, QPoint, QRectF, Qt
from PySide6.QtGui import QHelpEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QToolTip
from pytestqt.qtbot import QtBot

from tokviz.gui.palette import DARK, LIGHT
from tokviz.gui.widgets.replay.merge_row_layout import RowToken
from tokviz.gui.widgets.replay.merge_row_view import MergeRowView

_BEFORE = [RowToken(label, 10 + i) for i, label in enumerate(["·to", "k", "en", "iz", "ation"])]
_AFTER = [*_BEFORE[:3], RowToken("ization", 99)]
_MANY = [RowToken("xy"[i % 2] * (1 + i % 5), i) for i in range(10_000)]


@pytest.fixture
def view(qtbot: QtBot) -> MergeRowView:
    view = MergeRowView()
    qtbot.addWidget(view)
    view.resize(640, 92)
    view.set_rows(_BEFORE, _AFTER, 3, 3)
    view.show()
    QApplication.processEvents()
    return view


def _center(rect: QRectF) -> QPoint:
    return rect.center().toPoint()


def test_tokens_before_the_pair_stand_above_each_other(view: MergeRowView) -> None:
    before, after = view.shown_before(), view.shown_after()
    assert [index for index, _ in before] == [0, 1, 2, 3, 4]
    assert [index for index, _ in after] == [0, 1, 2, 3]
    for (_, above), (_, below) in zip(before[:4], after, strict=True):
        assert above.left() == below.left()
        assert above.bottom() < below.top()


def test_a_click_on_a_chip_picks_its_token(qtbot: QtBot, view: MergeRowView) -> None:
    for shown, index, id_ in ((view.shown_before(), 1, 11), (view.shown_after(), 3, 99)):
        with qtbot.waitSignal(view.token_picked) as picked:
            qtbot.mouseClick(view, Qt.MouseButton.LeftButton, pos=_center(shown[index][1]))
        assert picked.args == [id_]


def test_the_mouse_hovers_a_token_and_leaves_it(view: MergeRowView) -> None:
    hovered: list[object] = []
    view.token_hovered.connect(hovered.append)
    QTest.mouseMove(view, _center(view.shown_before()[2][1]))
    QTest.mouseMove(view, QPoint(2, 90))
    assert hovered == [12, None]
    QTest.mouseMove(view, _center(view.shown_before()[2][1]))
    QApplication.sendEvent(view, QEvent(QEvent.Type.Leave))
    assert hovered[-1] is None


def test_pair_and_new_token_are_marked_by_shapes_too(view: MergeRowView) -> None:
    image = view.grab().toImage()
    pair, new = view.shown_before()[3][1], view.shown_after()[3][1]
    under_pair = [image.pixelColor(int(pair.center().x()), y) for y in range(29, 44)]
    assert LIGHT.accent in under_pair
    mark = [image.pixelColor(int(new.center().x()), y) for y in range(73, 82)]
    assert LIGHT.accent in mark
    other = view.shown_before()[1][1]
    assert LIGHT.accent not in [image.pixelColor(int(other.center().x()), y) for y in range(29, 44)]


def test_the_final_line_has_an_id_to_click_under_each_token(
    qtbot: QtBot, view: MergeRowView
) -> None:
    view.set_rows(_AFTER, None, None, None)
    assert view.shown_after() == []
    _, rect = view.shown_before()[3]
    with qtbot.waitSignal(view.token_picked) as picked:
        pos = QPoint(int(rect.center().x()), int(rect.bottom()) + 12)
        qtbot.mouseClick(view, Qt.MouseButton.LeftButton, pos=pos)
    assert picked.args == [99]


@pytest.mark.parametrize("pair", [0, 1, 3_000, 9_997, 9_998])
@pytest.mark.parametrize("width", [300, 480, 1_200])
def test_the_pair_of_a_long_row_is_always_in_view(
    view: MergeRowView, pair: int, width: int
) -> None:
    view.resize(width, 92)
    after = [*_MANY[:pair], RowToken("new", 1), *_MANY[pair + 2 :]]
    view.set_rows(_MANY, after, pair, pair)
    before = dict(view.shown_before())
    assert {pair, pair + 1} <= before.keys()
    assert pair in dict(view.shown_after())
    for rect in [*before.values(), *dict(view.shown_after()).values()]:
        assert 0 <= rect.left() <= rect.right() <= width
    assert all(rect.right() <= width for _, rect in view.notes())
    if pair == 3_000:
        middle = (before[pair].left() + before[pair + 1].right()) / 2
        assert abs(middle - width / 2) < 110


def test_the_notes_say_how_many_tokens_are_left_out(view: MergeRowView) -> None:
    view.set_rows(_MANY, [*_MANY[:-1]], 3_000, 3_000)
    shown = [index for index, _ in view.shown_before()]
    words = [words for words, _ in view.notes()]
    assert words[0] == f"… {shown[0]:,} tokens …"
    assert words[1] == f"… {10_000 - shown[-1] - 1:,} tokens …"


def test_a_click_on_a_note_brings_more_tokens_until_the_next_step(
    qtbot: QtBot, view: MergeRowView
) -> None:
    view.set_rows(_MANY, None, None, None)
    last = view.shown_before()[-1][0]
    note = view.notes()[-1][1]
    qtbot.mouseClick(view, Qt.MouseButton.LeftButton, pos=_center(note))
    assert last + 1 in dict(view.shown_before())
    assert 0 not in dict(view.shown_before())
    view.set_rows(_MANY, None, None, None)
    assert 0 in dict(view.shown_before())


def test_a_very_long_token_leaves_room_for_its_neighbour(view: MergeRowView) -> None:
    long = RowToken("=" * 5_000, 1)
    view.set_rows([long, long, RowToken("x", 2)], [RowToken("=" * 10_000, 3)], 0, 0)
    assert {0, 1} <= dict(view.shown_before()).keys()
    assert view.shown_after()[0][1].right() < view.width()


def test_a_tip_shows_markup_as_it_is(view: MergeRowView, monkeypatch: pytest.MonkeyPatch) -> None:
    tips: list[str] = []  # the platform without a screen cannot show them
    monkeypatch.setattr(QToolTip, "showText", lambda _place, words, *_: tips.append(words))
    view.set_rows([RowToken("<s>", 1)], None, None, None)
    place = _center(view.shown_before()[0][1])
    event = QHelpEvent(QEvent.Type.ToolTip, place, view.mapToGlobal(place))
    QApplication.sendEvent(view, event)
    assert "&lt;s&gt;" in tips[0]
    assert "id 1" in tips[0]


def test_selection_and_colours_are_seen(view: MergeRowView) -> None:
    before = view.grab().toImage()
    view.set_selected(frozenset({10}))
    assert view.grab().toImage() != before
    view.set_selected(frozenset())
    assert view.grab().toImage() == before
    view.set_colors(DARK)
    assert view.grab().toImage() != before


def test_what_has_no_id_cannot_be_picked(qtbot: QtBot, view: MergeRowView) -> None:
    view.set_rows([RowToken("?", -1)], None, None, None)
    with qtbot.assertNotEmitted(view.token_picked):
        pos = _center(view.shown_before()[0][1])
        qtbot.mouseClick(view, Qt.MouseButton.LeftButton, pos=pos)


def test_no_tokens_are_fine(view: MergeRowView) -> None:
    view.set_rows([], None, None, None)
    view.set_rows([], [], None, None)
    view.resize(20, 92)
    view.grab()
    assert view.shown_before() == []
