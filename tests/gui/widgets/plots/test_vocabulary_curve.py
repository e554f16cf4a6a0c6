"""The curve of tokens against merges, dragged, turned and typed at by a real user."""

import numpy as np
import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QColor, QMouseEvent, QWheelEvent
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from tokviz.gui.palette import DARK, LIGHT, Palette
from tokviz.gui.widgets.plots.merge_axis import MergeAxis
from tokviz.gui.widgets.plots.vocabulary_curve import VocabularyCurve

MOST = 50_000
N_MERGES = np.array([0, 3, 7, 500, 1_500, 45_000, MOST], np.int64)
N_TOKENS = np.array([400, 390, 380, 300, 250, 150, 150], np.int64)


@pytest.fixture
def curve(qtbot: QtBot) -> VocabularyCurve:
    curve = VocabularyCurve()
    qtbot.addWidget(curve)
    curve.resize(900, 84)
    curve.set_curve(N_MERGES, N_TOKENS, MOST)
    with qtbot.waitExposed(curve):
        curve.show()
    return curve


def x_of(curve: VocabularyCurve, k: int) -> int:
    return round(curve._axis().x_of(k))


def drag(
    qtbot: QtBot,
    curve: VocabularyCurve,
    *xs: int,
    keys: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier,
) -> None:
    qtbot.mousePress(curve, Qt.MouseButton.LeftButton, keys, QPoint(xs[0], 40))
    for x in xs[1:]:
        mouse_move(curve, x, keys, Qt.MouseButton.LeftButton)
    qtbot.mouseRelease(curve, Qt.MouseButton.LeftButton, keys, QPoint(xs[-1], 40))


def mouse_move(
    curve: VocabularyCurve,
    x: int,
    keys: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier,
    buttons: Qt.MouseButton = Qt.MouseButton.NoButton,
) -> None:
    place = QPointF(x, 40)
    everywhere = QPointF(curve.mapToGlobal(place))
    kind, none = QEvent.Type.MouseMove, Qt.MouseButton.NoButton
    QApplication.sendEvent(curve, QMouseEvent(kind, place, everywhere, none, buttons, keys))


def turn_wheel(curve: VocabularyCurve, angle: int) -> None:
    place = QPointF(200, 40)
    event = QWheelEvent(
        place,
        QPointF(curve.mapToGlobal(place)),
        QPoint(),
        QPoint(0, angle),
        Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.NoModifier,
        Qt.ScrollPhase.NoScrollPhase,
        False,
    )
    QApplication.sendEvent(curve, event)


def test_a_new_curve_stands_at_all_merges_and_says_nothing(qtbot: QtBot) -> None:
    curve = VocabularyCurve()
    qtbot.addWidget(curve)
    with qtbot.assertNotEmitted(curve.moved):
        curve.set_curve(N_MERGES, N_TOKENS, MOST)
    assert curve.value == MOST


def test_another_curve_keeps_the_playhead_or_its_end(curve: VocabularyCurve) -> None:
    curve.set_curve(N_MERGES[:3], N_TOKENS[:3], 100)
    assert curve.value == 100
    curve.set_value(40)
    curve.set_curve(N_MERGES, N_TOKENS, MOST)
    assert curve.value == 40
    curve.set_curve(N_MERGES[:3], N_TOKENS[:3], 30)
    assert curve.value == 30


def test_a_value_outside_the_curve_is_held_within_it(curve: VocabularyCurve) -> None:
    curve.set_value(-5)
    assert curve.value == 0
    curve.set_value(MOST + 1)
    assert curve.value == MOST


@pytest.mark.parametrize(("k", "tokens"), [(0, 400), (2, 400), (3, 390), (499, 380), (MOST, 150)])
def test_tokens_hold_from_one_point_to_the_next(
    curve: VocabularyCurve, k: int, tokens: int
) -> None:
    assert curve.tokens_at(k) == tokens


def test_a_press_moves_the_playhead_there_and_a_drag_takes_it_along(
    qtbot: QtBot, curve: VocabularyCurve
) -> None:
    seen: list[int] = []
    curve.moved.connect(seen.append)
    drag(qtbot, curve, x_of(curve, 300), x_of(curve, 3_000))
    assert seen == [pytest.approx(300, rel=0.02), pytest.approx(3_000, rel=0.02)]
    assert curve.value == seen[-1]


def test_a_drag_near_a_tick_snaps_unless_alt_is_held(qtbot: QtBot, curve: VocabularyCurve) -> None:
    near = x_of(curve, 1_000) + 3
    drag(qtbot, curve, near)
    assert curve.value == 1_000
    drag(qtbot, curve, near + 30, near, keys=Qt.KeyboardModifier.AltModifier)
    assert 1_005 < curve.value < 1_100


def test_dragging_beyond_the_edges_ends_at_none_and_all(
    qtbot: QtBot, curve: VocabularyCurve
) -> None:
    drag(qtbot, curve, 300, -50)
    assert curve.value == 0
    drag(qtbot, curve, 300, 2_000)
    assert curve.value == MOST


def test_left_and_right_go_to_the_next_change_of_the_text(
    qtbot: QtBot, curve: VocabularyCurve
) -> None:
    curve.set_value(5)
    seen: list[int] = []
    curve.moved.connect(seen.append)
    for _ in range(3):
        qtbot.keyClick(curve, Qt.Key.Key_Right)
    assert seen == [7, 500, 1_500]
    for _ in range(4):
        qtbot.keyClick(curve, Qt.Key.Key_Left)
    assert seen[3:] == [500, 7, 3, 0]
    qtbot.keyClick(curve, Qt.Key.Key_Left)
    assert len(seen) == 7


def test_left_from_all_merges_undoes_the_last_one_that_fired(
    qtbot: QtBot, curve: VocabularyCurve
) -> None:
    qtbot.keyClick(curve, Qt.Key.Key_Left)
    assert (curve.value, curve.tokens_at(curve.value)) == (1_500, 250)
    qtbot.keyClick(curve, Qt.Key.Key_Right)
    assert curve.value == 45_000
    qtbot.keyClick(curve, Qt.Key.Key_Right)
    assert curve.value == MOST


def test_page_keys_scale_and_home_and_end_go_to_the_ends(
    qtbot: QtBot, curve: VocabularyCurve
) -> None:
    curve.set_value(1_000)
    qtbot.keyClick(curve, Qt.Key.Key_PageUp)
    assert curve.value == 1_250
    qtbot.keyClick(curve, Qt.Key.Key_PageDown)
    assert curve.value == 1_000
    qtbot.keyClick(curve, Qt.Key.Key_Home)
    assert curve.value == 0
    qtbot.keyClick(curve, Qt.Key.Key_PageUp)
    assert curve.value == 1
    qtbot.keyClick(curve, Qt.Key.Key_PageDown)
    assert curve.value == 0
    qtbot.keyClick(curve, Qt.Key.Key_End)
    assert curve.value == MOST


def test_the_wheel_scales_by_notches_and_by_their_parts(curve: VocabularyCurve) -> None:
    curve.set_value(1_000)
    turn_wheel(curve, 120)
    assert curve.value == 1_250
    for _ in range(8):
        turn_wheel(curve, -15)
    assert curve.value == pytest.approx(1_000, abs=2)


def test_hovering_tells_the_tokens_without_moving_anything(
    qtbot: QtBot, curve: VocabularyCurve
) -> None:
    with qtbot.assertNotEmitted(curve.moved):
        mouse_move(curve, x_of(curve, 1_000))
    assert curve.hint == "1,000 merges · 300 tokens"
    QApplication.sendEvent(curve, QEvent(QEvent.Type.Leave))
    assert curve.hint == ""


def test_one_is_not_called_ones(curve: VocabularyCurve) -> None:
    curve.set_curve(np.array([0, 1]), np.array([2, 1]), 1)
    mouse_move(curve, 899)
    assert curve.hint == "1 merge · 1 token"


def test_without_merges_there_is_nothing_to_move(qtbot: QtBot, curve: VocabularyCurve) -> None:
    for arrays in ((np.zeros(0, np.int64), np.zeros(0, np.int64)), (N_MERGES[:1], N_TOKENS[:1])):
        curve.set_curve(*arrays, 0)
        with qtbot.assertNotEmitted(curve.moved):
            drag(qtbot, curve, 100, 500)
            qtbot.keyClick(curve, Qt.Key.Key_Right)
            turn_wheel(curve, 120)
            mouse_move(curve, 300)
        assert (curve.value, curve.hint) == (0, "")
        curve.grab()


def test_a_text_without_tokens_still_has_a_curve(curve: VocabularyCurve) -> None:
    curve.set_curve(np.array([0, MOST]), np.array([0, 0]), MOST)
    curve.grab()
    assert curve.tokens_at(10) == 0


@pytest.mark.parametrize("palette", [LIGHT, DARK], ids=["light", "dark"])
def test_the_line_is_in_the_accent_up_to_the_playhead_only(
    curve: VocabularyCurve, palette: Palette
) -> None:
    curve.set_colors(palette)
    curve.set_value(1_000)
    image = curve.grab().toImage()

    def has_accent(left: int, right: int) -> bool:
        return any(
            _close(image.pixelColor(x, y), palette.accent)
            for x in range(left, right)
            for y in range(image.height())
        )

    at = x_of(curve, 1_000)
    assert has_accent(20, at - 15)
    assert not has_accent(at + 15, 880)


def _close(one: QColor, other: QColor) -> bool:
    pairs = zip(one.getRgb(), other.getRgb(), strict=True)  # type: ignore[call-overload]
    return max(abs(a - b) for a, b in pairs) < 40


def test_fifty_thousand_points_become_a_line_of_few(curve: VocabularyCurve) -> None:
    n_merges = np.arange(50_000, dtype=np.int64)
    n_tokens = 1_000_000 - n_merges * 10
    n_tokens[30_000] = 0  # a peak in one column is not lost
    curve.set_curve(n_merges, n_tokens, MOST)
    plot = curve._plot()
    line = plot.line(1)
    assert line.size() <= 2 * curve.width()
    assert max(line.at(i).y() for i in range(line.size())) == pytest.approx(plot.floor)


def test_every_count_of_merges_has_its_pixel_and_comes_back() -> None:
    axis = MergeAxis(most=MOST, left=0, right=1e7)
    for k in (0, 1, 2, 10, 999, 12_345, MOST):
        assert axis.k_at(axis.x_of(k)) == k
