from pathlib import Path
from xml.etree import ElementTree

import numpy as np
import numpy.typing as npt
import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, QSize, Qt
from PySide6.QtGui import (
    QColor,
    QImage,
    QKeyEvent,
    QNativeGestureEvent,
    QPainter,
    QPointingDevice,
    QWheelEvent,
)
from PySide6.QtSvg import QSvgRenderer
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from tokviz.gui.palette import DARK, LIGHT
from tokviz.gui.widgets.map.scatter_pointer import Tool
from tokviz.gui.widgets.map.scatter_view import ScatterView

_RED = 0xFFD00000


@pytest.fixture
def view(qtbot: QtBot) -> ScatterView:
    """A 5 x 5 grid of red points, row 0 at the bottom left, without labels; row 24 is nowhere."""
    made = ScatterView()
    qtbot.addWidget(made)
    made.resize(400, 400)
    made.set_points(_grid())
    made.set_colors(np.full(25, _RED, np.uint32))
    made.show()
    return made


def _grid() -> npt.NDArray[np.float32]:
    xy = np.stack(np.divmod(np.arange(25), 5)[::-1], axis=1).astype(np.float32)
    xy[24] = np.nan
    return xy


def _place(view: ScatterView, row: int) -> QPoint:
    place = view.screen_place(row)
    assert place is not None
    return place.toPoint()


def _press_key(view: ScatterView, key: Qt.Key) -> None:
    event = QKeyEvent(QEvent.Type.KeyPress, key, Qt.KeyboardModifier.NoModifier)
    QApplication.sendEvent(view, event)


def _turn_wheel(view: ScatterView, place: QPoint, notches: float) -> None:
    event = QWheelEvent(
        QPointF(place),
        QPointF(view.mapToGlobal(place)),
        QPoint(),
        QPoint(0, round(120 * notches)),
        Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.NoModifier,
        Qt.ScrollPhase.NoScrollPhase,
        False,
    )
    QApplication.sendEvent(view, event)


def _drag(
    view: ScatterView,
    way: list[QPoint],
    keys: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier,
) -> None:
    QTest.mousePress(view, Qt.MouseButton.LeftButton, keys, way[0])
    for place in way[1:]:
        QTest.mouseMove(view, place)
    QTest.mouseRelease(view, Qt.MouseButton.LeftButton, keys, way[-1])


def _color_at(image: QImage, place: QPoint) -> QColor:
    return image.pixelColor(place)


def test_points_are_drawn_where_they_stand(view: ScatterView) -> None:
    image = view.grab().toImage()
    for row in (0, 4, 12, 20):
        assert _color_at(image, _place(view, row)) == QColor(0xD0, 0, 0)
    assert view.screen_place(24) is None
    assert _place(view, 0).y() > _place(view, 20).y()  # the plane's y grows upwards


def test_a_click_names_the_point_under_it(view: ScatterView, qtbot: QtBot) -> None:
    with qtbot.waitSignal(view.clicked) as heard:
        qtbot.mouseClick(view, Qt.MouseButton.LeftButton, pos=_place(view, 7) + QPoint(3, 2))
    assert heard.args == [7]
    with qtbot.assertNotEmitted(view.clicked):
        between = (_place(view, 0) + _place(view, 6)) / 2
        qtbot.mouseClick(view, Qt.MouseButton.LeftButton, pos=between)


def test_the_pointer_finds_a_point_and_loses_it(view: ScatterView, qtbot: QtBot) -> None:
    heard: list[object] = []
    view.hovered.connect(heard.append)
    qtbot.mouseMove(view, _place(view, 3) + QPoint(2, 2))
    qtbot.mouseMove(view, _place(view, 3) + QPoint(1, 1))
    qtbot.mouseMove(view, (_place(view, 3) + _place(view, 9)) / 2)
    assert heard == [3, None]


def test_a_hovered_point_has_a_ring(view: ScatterView) -> None:
    before = view.grab().toImage()
    view.set_hovered(12)
    after = view.grab().toImage()
    assert before != after
    view.set_hovered(None)
    assert view.grab().toImage() == before


def test_dragging_moves_the_map_with_the_mouse(view: ScatterView, qtbot: QtBot) -> None:
    before = _place(view, 12)
    with qtbot.assertNotEmitted(view.clicked):
        _drag(view, [before, before + QPoint(20, 10), before + QPoint(50, -30)])
    assert _place(view, 12) == before + QPoint(50, -30)


def test_the_wheel_zooms_to_the_pointer(view: ScatterView) -> None:
    corner, other = _place(view, 0), _place(view, 12)
    _turn_wheel(view, corner, 2)
    assert _place(view, 0) == corner
    assert (_place(view, 12) - corner).manhattanLength() == pytest.approx(
        (other - corner).manhattanLength() * 1.25**2, abs=2
    )
    _turn_wheel(view, corner, -2)
    assert _place(view, 12) == other


def test_pinching_zooms_to_the_fingers(view: ScatterView) -> None:
    place, scale = QPointF(_place(view, 18)), view.camera.scale
    event = QNativeGestureEvent(
        Qt.NativeGestureType.ZoomNativeGesture,
        QPointingDevice.primaryPointingDevice(),
        2,
        place,
        place,
        QPointF(view.mapToGlobal(place)),
        0.5,
        QPointF(),
    )
    QApplication.sendEvent(view, event)
    assert view.camera.scale == pytest.approx(1.5 * scale)
    assert _place(view, 18) == place.toPoint()


def test_a_double_click_zooms_in(view: ScatterView, qtbot: QtBot) -> None:
    place, scale = _place(view, 6), view.camera.scale
    qtbot.mouseDClick(view, Qt.MouseButton.LeftButton, pos=place)
    assert view.camera.scale == pytest.approx(2 * scale)
    assert _place(view, 6) == place


def test_keys_pan_zoom_and_fit(view: ScatterView) -> None:
    start, place = view.camera, _place(view, 12)
    _press_key(view, Qt.Key.Key_Right)
    assert _place(view, 12) == place - QPoint(60, 0)
    _press_key(view, Qt.Key.Key_Up)
    assert _place(view, 12) == place + QPoint(-60, 60)
    _press_key(view, Qt.Key.Key_Plus)
    assert view.camera.scale > start.scale
    _press_key(view, Qt.Key.Key_Minus)
    assert view.camera.scale == pytest.approx(start.scale)
    _press_key(view, Qt.Key.Key_0)
    assert view.camera == start
    _press_key(view, Qt.Key.Key_Left)
    _press_key(view, Qt.Key.Key_F)
    assert view.camera == start


def test_shift_drags_a_rectangle(view: ScatterView, qtbot: QtBot) -> None:
    corners = [_place(view, 0) + QPoint(-9, 9), _place(view, 6) + QPoint(9, -9)]
    with qtbot.waitSignal(view.region_selected) as heard:
        _drag(view, corners, Qt.KeyboardModifier.ShiftModifier)
    assert heard.args is not None
    assert heard.args[0].tolist() == [0, 1, 5, 6]
    assert heard.args[0].dtype == np.int64


def test_ctrl_drags_a_lasso(view: ScatterView, qtbot: QtBot) -> None:
    # A triangle around the lower left half of the grid.
    way = [_place(view, 0) + QPoint(-12, 12), _place(view, 4) + QPoint(30, 12)]
    way += [_place(view, 20) + QPoint(-12, -30)]
    with qtbot.waitSignal(view.region_selected) as heard:
        _drag(view, way, Qt.KeyboardModifier.ControlModifier)
    assert heard.args is not None
    assert heard.args[0].tolist() == [r * 5 + c for r in range(5) for c in range(5 - r)]


def test_the_chosen_tool_needs_no_key_and_esc_gives_up(view: ScatterView, qtbot: QtBot) -> None:
    view.set_tool(Tool.RECTANGLE)
    camera = view.camera
    begin, end = _place(view, 0) + QPoint(-9, 9), _place(view, 1) + QPoint(9, -9)
    with qtbot.waitSignal(view.region_selected) as heard:
        _drag(view, [begin, end])
    assert heard.args is not None
    assert heard.args[0].tolist() == [0, 1]
    assert view.camera == camera
    with qtbot.assertNotEmitted(view.region_selected), qtbot.assertNotEmitted(view.cleared):
        QTest.mousePress(view, Qt.MouseButton.LeftButton, pos=begin)
        QTest.mouseMove(view, end)
        _press_key(view, Qt.Key.Key_Escape)
        QTest.mouseRelease(view, Qt.MouseButton.LeftButton, pos=end)
    with qtbot.waitSignal(view.cleared):
        _press_key(view, Qt.Key.Key_Escape)


def test_a_click_with_a_tool_is_still_a_click(view: ScatterView, qtbot: QtBot) -> None:
    view.set_tool(Tool.LASSO)
    with qtbot.waitSignal(view.clicked) as heard, qtbot.assertNotEmitted(view.region_selected):
        qtbot.mouseClick(view, Qt.MouseButton.LeftButton, pos=_place(view, 8))
    assert heard.args == [8]


def test_zooming_to_rows_brings_them_into_view(view: ScatterView) -> None:
    view.zoom_to([12, 13, 24, 99, -1])
    for row in (12, 13):
        assert view.rect().contains(_place(view, row))
    assert not view.rect().contains(_place(view, 0))
    before = view.camera
    view.zoom_to([24])
    assert view.camera == before


def test_a_view_of_everything_follows_a_growing_layout(view: ScatterView) -> None:
    place = _place(view, 12)
    view.set_points(_grid() * 50 + 3, keep_view=True)
    assert (_place(view, 12) - place).manhattanLength() <= 1
    view.zoom_to([6])
    place = _place(view, 6)
    view.set_points(_grid() * 200 - 9, keep_view=True)
    assert (_place(view, 6) - place).manhattanLength() <= 1
    view.set_points(_grid())
    assert view.rect().contains(_place(view, 0))
    assert view.rect().contains(_place(view, 23))


def test_new_colours_need_no_new_places(view: ScatterView) -> None:
    view.set_colors(np.full(25, 0xFF00A000, np.uint32))
    assert _color_at(view.grab().toImage(), _place(view, 12)) == QColor(0, 0xA0, 0)


def test_a_picture_has_the_window_s_own_pixels(view: ScatterView, qtbot: QtBot) -> None:
    view.set_labels(lambda row: f"·{row}", np.arange(25))
    view.set_selected([3])
    qtbot.wait(200)  # the labels are completed
    view.clearFocus()
    shown = view.grab().toImage().convertToFormat(QImage.Format.Format_RGB32)
    picture = view.render(view.size(), 1.0).convertToFormat(QImage.Format.Format_RGB32)
    assert picture == shown
    fresh = ScatterView()  # of the same size, never shown
    qtbot.addWidget(fresh)
    fresh.set_points(_grid())
    fresh.set_colors(np.full(25, _RED, np.uint32))
    fresh.set_labels(lambda row: f"·{row}", np.arange(25))
    fresh.set_selected([3])
    same = fresh.render(view.size(), 1.0).convertToFormat(QImage.Format.Format_RGB32)
    assert same == shown


def test_a_picture_may_have_more_pixels(view: ScatterView) -> None:
    picture = view.render(QSize(300, 200), 2.0)
    assert (picture.width(), picture.height()) == (600, 400)
    assert picture.devicePixelRatio() == 2.0
    reds = {picture.pixel(x, y) for x in range(600) for y in range(0, 400, 1)}
    assert _RED in reds


def test_labels_appear_beside_their_points(view: ScatterView) -> None:
    assert view.n_labels == 0
    plain = view.grab().toImage()
    view.set_labels(lambda row: f"·{row}", np.arange(25))
    assert view.n_labels == 24
    image = view.grab().toImage()
    dark = [
        (x, y)
        for x in range(image.width())
        for y in range(image.height())
        if image.pixel(x, y) != plain.pixel(x, y) and image.pixelColor(x, y).lightness() < 80
    ]
    beside = [_place(view, row) + QPoint(8, 0) for row in range(24)]
    for place in beside:
        assert any(abs(x - place.x()) < 10 and abs(y - place.y()) < 8 for x, y in dark)


def test_labels_are_of_what_is_not_dimmed(view: ScatterView) -> None:
    view.set_labels(str, np.arange(25))
    view.set_highlight(np.array([3, 4]), dim_rest=True)
    assert view.n_labels == 2
    view.set_highlight(np.zeros(0, np.int64), dim_rest=False)
    assert view.n_labels == 24


def test_marks_are_seen_and_reset_takes_them_back(view: ScatterView) -> None:
    plain = view.grab().toImage()
    marks = [
        lambda: view.set_selected([12]),
        lambda: view.set_neighbors([0, 6, 24], 12),
        lambda: view.set_path([0, 12, 24, 20, 0]),
        lambda: view.set_lines([[0, 4], [4, 24]]),
        lambda: view.set_highlight(np.array([5]), True),
        lambda: view.set_classes(np.arange(25) < 5),
        lambda: view.set_density(True),
    ]
    seen = plain
    for mark in marks:
        mark()
        after = view.grab().toImage()
        assert after != seen
        seen = after
    view.set_classes(None)
    view.set_density(False)
    view.reset()
    assert view.grab().toImage() == plain


def test_the_other_palette_has_another_ground(view: ScatterView) -> None:
    corner = QPoint(5, 5)
    assert _color_at(view.grab().toImage(), corner) == LIGHT.panel
    view.set_palette(DARK)
    assert _color_at(view.grab().toImage(), corner) == DARK.panel


def test_it_says_what_it_is(view: ScatterView) -> None:
    assert view.accessibleName() == "Map of the embedding table"
    assert view.accessibleDescription() == "24 points; without a place: 1"


def test_an_svg_has_shapes_and_letters(view: ScatterView, tmp_path: Path) -> None:
    view.set_labels(lambda row: f"<token\x00{row}>", np.arange(25))
    path = tmp_path / "map.svg"
    view.save_svg(path, QSize(500, 400))
    root = ElementTree.parse(path).getroot()
    words = [element.text for element in root.iter("{http://www.w3.org/2000/svg}text")]
    assert "<tokenNUL7>" in words
    assert list(root.iter("{http://www.w3.org/2000/svg}image")) == []


def test_an_svg_of_many_points_is_drawn_as_they_are(qtbot: QtBot, tmp_path: Path) -> None:
    n = 5000
    view = ScatterView()
    qtbot.addWidget(view)
    view.resize(400, 300)
    view.set_points(np.random.default_rng(0).uniform(-1, 1, (n, 2)).astype(np.float32))
    view.set_colors(np.where(np.arange(n) % 2, 0xFF0000FF, 0xFFFF0000).astype(np.uint32))
    view.set_classes(np.arange(n) % 50 == 0)
    view.save_svg(tmp_path / "map.svg", QSize(400, 300))
    drawn = QImage(400, 300, QImage.Format.Format_RGB32)
    with QPainter(drawn) as painter:
        QSvgRenderer(str(tmp_path / "map.svg")).render(painter)
    ours = view.render(QSize(400, 300), 1.0)
    pixels = [(x, y) for x in range(0, 400, 4) for y in range(0, 300, 4)]
    apart = [
        abs(drawn.pixelColor(x, y).lightness() - ours.pixelColor(x, y).lightness())
        for x, y in pixels
    ]
    # The edges of the dots lie between two pixels there and on whole ones here.
    assert float(np.mean(apart)) < 15
    assert float(np.mean([ours.pixelColor(x, y).lightness() for x, y in pixels])) < 240


@pytest.mark.parametrize("n_colors", [2, 256])
def test_no_color_of_an_svg_lies_upon_all_others(
    qtbot: QtBot, tmp_path: Path, n_colors: int
) -> None:
    n = 20_000  # they lie upon each other ten deep
    view = ScatterView()
    qtbot.addWidget(view)
    view.resize(400, 300)
    chance = np.random.default_rng(0)
    points = chance.uniform(-0.3, 0.3, (n + 2, 2)).astype(np.float32)
    points[-2:] = [[-1, -1], [1, 1]]
    view.set_points(points)
    blue = chance.integers(0, n_colors, n + 2) * (255 // (n_colors - 1))
    view.set_colors((0xFF000000 + (255 - blue) * 65536 + blue).astype(np.uint32))
    view.save_svg(tmp_path / "map.svg", QSize(400, 300))
    drawn = QImage(400, 300, QImage.Format.Format_RGB32)
    with QPainter(drawn) as painter:
        QSvgRenderer(str(tmp_path / "map.svg")).render(painter)
    blues = [drawn.pixelColor(x, y).blue() for x in range(180, 220) for y in range(130, 170)]
    assert 255 * 0.35 < float(np.mean(blues)) < 255 * 0.65


def test_an_empty_map_is_a_calm_one(qtbot: QtBot) -> None:
    view = ScatterView()
    qtbot.addWidget(view)
    view.show()
    view.zoom(2)
    view.set_density(True)
    _drag(view, [QPoint(10, 10), QPoint(90, 90)], Qt.KeyboardModifier.ControlModifier)
    view.set_points(np.zeros((0, 2), np.float32))
    image = view.grab().toImage()
    assert _color_at(image, QPoint(image.width() // 2, image.height() // 2)) == LIGHT.panel


def test_another_table_takes_the_marks_of_the_last_away(view: ScatterView) -> None:
    view.set_selected([20])
    view.set_points(np.zeros((3, 2), np.float32))
    plain = view.grab().toImage()
    view.set_selected([])
    assert view.grab().toImage() == plain


def test_nothing_that_is_fitted_lies_under_what_covers_the_edges(view: ScatterView) -> None:
    view.cover(60, 40)
    for keep in (False, True):
        view.set_points(np.array([[-1, -9], [3, 4], [7, 2]], np.float32), keep_view=keep)
        _, down = view.screen_places()
        assert down.min() > 60
        assert down.max() < view.height() - 40
