"""MergeTreeView through real clicks, keys and pictures."""

import numpy as np
import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QColor, QHelpEvent, QImage, QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QToolTip
from pytestqt.qtbot import QtBot

from tests.gui.widgets.random_tree import leaves_of, random_tree, tokenization
from tokviz.gui.palette import DARK, LIGHT
from tokviz.gui.widgets.replay.merge_tree_layout import TreeLeaf, TreeNode
from tokviz.gui.widgets.replay.merge_tree_view import MergeTreeView

Tree = tuple[list[TreeLeaf], list[TreeNode]]


def _view(qtbot: QtBot, tree: Tree, width: int = 620, height: int = 330) -> MergeTreeView:
    view = MergeTreeView()
    qtbot.addWidget(view)
    view.resize(width, height)
    view.set_tree(tree[0], list(range(len(tree[0]))), tree[1])
    view.show()
    QApplication.processEvents()
    return view


@pytest.fixture
def view(qtbot: QtBot) -> MergeTreeView:
    return _view(qtbot, tokenization())


def _count(image: QImage, color: QColor) -> int:
    pixels = image.convertToFormat(QImage.Format.Format_RGB32)
    return int((np.frombuffer(pixels.constBits(), np.uint32) == color.rgb()).sum())


@pytest.fixture
def tips(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The words of the tooltips, which the platform without a screen cannot show."""
    shown: list[str] = []
    monkeypatch.setattr(QToolTip, "showText", lambda _place, words, *_: shown.append(words))
    return shown


def _ask_tip(view: MergeTreeView, place: QPoint) -> None:
    event = QHelpEvent(QEvent.Type.ToolTip, place, view.viewport().mapToGlobal(place))
    QApplication.sendEvent(view.viewport(), event)


def test_a_click_on_a_bar_picks_its_token(qtbot: QtBot, view: MergeTreeView) -> None:
    for node in (0, 6, 10):
        with qtbot.waitSignal(view.node_picked) as picked:
            place = view.place_of(13 + node)
            qtbot.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, pos=place)
        assert picked.args == [tokenization()[1][node].id]


def test_a_click_on_a_byte_picks_its_token(qtbot: QtBot, view: MergeTreeView) -> None:
    with qtbot.waitSignal(view.node_picked) as picked:
        qtbot.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, pos=view.place_of(3))
    assert picked.args == [3]


def test_a_double_click_asks_for_the_step(qtbot: QtBot, view: MergeTreeView) -> None:
    with qtbot.waitSignal(view.step_requested) as asked:
        qtbot.mouseDClick(view.viewport(), Qt.MouseButton.LeftButton, pos=view.place_of(13 + 8))
    assert asked.args == [9]


def test_a_click_beside_the_tree_picks_nothing(qtbot: QtBot, view: MergeTreeView) -> None:
    with qtbot.assertNotEmitted(view.node_picked):
        qtbot.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, pos=QPoint(2, 2))


def test_the_mouse_hovers_a_token_and_leaves_it(qtbot: QtBot, view: MergeTreeView) -> None:
    hovered: list[object] = []
    view.node_hovered.connect(hovered.append)
    QTest.mouseMove(view.viewport(), view.place_of(13))
    QTest.mouseMove(view.viewport(), QPoint(2, 2))
    assert hovered == [1000, None]
    QTest.mouseMove(view.viewport(), view.place_of(13))
    QApplication.sendEvent(view.viewport(), QEvent(QEvent.Type.Leave))
    assert hovered[-1] is None


def test_a_name_over_a_final_token_is_part_of_it(qtbot: QtBot, view: MergeTreeView) -> None:
    view.set_step(11)
    view.grab()
    place = view.place_of(13 + 10) - QPoint(0, 18)
    with qtbot.waitSignal(view.node_picked) as picked:
        qtbot.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, pos=place)
    assert picked.args == [1000 + 10985]


def test_the_tip_names_token_id_rank_and_bytes(view: MergeTreeView, tips: list[str]) -> None:
    _ask_tip(view, view.place_of(13 + 8))
    for words in ("ization", "id 2378", "rank 1,378", "step 9", "69 7a 61 74 69 6f 6e"):
        assert words in tips[0]
    _ask_tip(view, view.place_of(0))
    assert "made by no merge" in tips[1]
    _ask_tip(view, QPoint(2, 2))
    assert tips[2] == ""


def test_a_tip_shows_markup_as_it_is(qtbot: QtBot, tips: list[str]) -> None:
    leaves = leaves_of("<s>")
    view = _view(qtbot, (leaves, [TreeNode(0, 1, 7, 9, "<s>&amp;", "3c 73")]))
    _ask_tip(view, view.place_of(3))
    assert "&lt;s&gt;&amp;amp;" in tips[0]


def test_the_newest_merge_and_only_it_is_in_the_accent_colour(view: MergeTreeView) -> None:
    view.set_colors(LIGHT)
    assert _count(view.viewport().grab().toImage(), LIGHT.accent) == 0
    view.set_step(9)
    image = view.viewport().grab().toImage()
    assert _count(image, LIGHT.accent) > 200
    x, y = view.place_of(13 + 8).toTuple()
    assert image.pixelColor(x - 40, y) == LIGHT.accent
    x, y = view.place_of(13 + 6).toTuple()
    assert image.pixelColor(x - 20, y) == LIGHT.muted


def test_merges_to_come_are_dotted(view: MergeTreeView) -> None:
    view.set_colors(DARK)
    x, y = view.place_of(13 + 10).toTuple()

    def bar() -> set[str]:
        image = view.viewport().grab().toImage()
        return {image.pixelColor(x - 44 + i, y).name() for i in range(12)}

    assert bar() == {DARK.faint.name(), DARK.panel.name()}
    view.set_step(11)
    assert bar() == {DARK.accent.name()}


def test_selected_tokens_are_ringed(view: MergeTreeView) -> None:
    before = view.viewport().grab().toImage()
    view.set_selected(frozenset({1000 + 12, 3}))
    after = view.viewport().grab().toImage()
    assert before != after
    assert _count(after, LIGHT.accent) > 50
    view.set_selected(frozenset())
    assert view.viewport().grab().toImage() == before


def test_hovering_from_elsewhere_is_seen_and_says_nothing(
    qtbot: QtBot, view: MergeTreeView
) -> None:
    before = view.grab().toImage()
    with qtbot.assertNotEmitted(view.node_hovered):
        view.set_hovered(1000 + 85)
    assert view.grab().toImage() != before
    view.set_hovered(None)
    assert view.grab().toImage() == before


def test_heights_by_rank_are_others(view: MergeTreeView) -> None:
    by_order = [view.place_of(13 + i).y() for i in range(11)]
    view.set_height_by_rank(True)
    by_rank = [view.place_of(13 + i).y() for i in range(11)]
    assert by_order != by_rank
    assert by_rank == sorted(by_rank, reverse=True)
    view.set_height_by_rank(False)
    assert [view.place_of(13 + i).y() for i in range(11)] == by_order


def test_a_step_out_of_range_is_the_nearest(view: MergeTreeView) -> None:
    view.set_step(99)
    assert view.n_steps_done == 11
    view.set_step(-1)
    assert view.n_steps_done == 0


def test_the_newest_merge_of_a_long_tree_is_in_view(qtbot: QtBot) -> None:
    tree = random_tree(4, 1_500, 0.5)
    view = _view(qtbot, tree, 700)
    for step in range(1, len(tree[1]), 97):
        view.set_step(step)
        assert 0 < view.place_of(len(tree[0]) + step - 1).x() < 700


def test_wheel_and_arrow_keys_scroll_a_long_tree(qtbot: QtBot) -> None:
    view = _view(qtbot, random_tree(4, 300, 0.5))
    bar = view.horizontalScrollBar()
    view.setFocus()
    qtbot.keyClick(view, Qt.Key.Key_Right)
    assert bar.value() > 0
    qtbot.keyClick(view, Qt.Key.Key_Left)
    assert bar.value() == 0
    place = QPointF(100, 100)
    event = QWheelEvent(
        place,
        view.mapToGlobal(place),
        QPoint(),
        QPoint(0, -120),
        Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.NoModifier,
        Qt.ScrollPhase.NoScrollPhase,
        False,
    )
    QApplication.sendEvent(view.viewport(), event)
    assert bar.value() > 0


def test_of_ten_thousand_bytes_only_what_is_near_the_view_gets_words(qtbot: QtBot) -> None:
    leaves = leaves_of("x" * 10_000)
    nodes = [TreeNode(2 * i, 2 * i + 1, 7, 300, "xx", "78 78") for i in range(5_000)]
    view = _view(qtbot, (leaves, nodes), 1_200)
    view.set_step(2_500)
    view.viewport().repaint()
    words = view._scene._words
    assert words is not None
    assert 0 < len(words.ranks) < 500
    view.set_step(2_501)
    view.viewport().repaint()
    assert view._scene._words is words  # they keep their places


def test_the_picture_is_the_whole_tree(qtbot: QtBot, view: MergeTreeView) -> None:
    view.set_step(11)
    picture = view.render_picture()
    assert picture.width() >= 2 * 13 * 44
    assert picture.pixelColor(1, 1) == LIGHT.panel
    assert _count(picture, LIGHT.accent) > 500
    wide = _view(qtbot, (leaves_of("x" * 4_000), [])).render_picture()
    assert 30_000 < wide.width() < 32_768


def test_the_svg_holds_the_words_of_the_tree(view: MergeTreeView) -> None:
    view.set_step(11)
    svg = view.render_svg().decode()
    assert svg.startswith("<?xml")
    for words in ("ization", "1,378", "10,985", "6e"):
        assert words in svg


def test_an_empty_tree_and_a_single_byte_are_fine(qtbot: QtBot) -> None:
    for tree in (([], []), (leaves_of("x"), [])):
        view = _view(qtbot, tree)
        view.set_step(3)
        view.set_height_by_rank(True)
        view.grab()
        assert not view.render_picture().isNull()


def test_another_tree_keeps_selection_colours_and_heights(
    qtbot: QtBot, view: MergeTreeView
) -> None:
    view.set_colors(DARK)
    view.set_selected(frozenset({2}))
    view.set_step(5)
    view.set_tree(leaves_of("abc"), [1, 2, 3], [])
    image = view.grab().toImage()
    assert view.n_steps_done == 0
    assert image.pixelColor(1, 1) == DARK.panel
    assert _count(image, DARK.accent) > 10
