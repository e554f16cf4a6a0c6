"""The heat map: colours, cells under the mouse, zoom and move."""

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QPointF, QRectF, Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from tokviz.gui.palette import DARK, LIGHT
from tokviz.gui.widgets.plots.heat_map import HeatMap, color_table, to_image

Left = Qt.MouseButton.LeftButton
N = 20
VALUES = -np.arange(N * N, dtype=np.float32).reshape(N, N) / 40


@pytest.fixture
def heat(qtbot: QtBot) -> HeatMap:
    heat = HeatMap("learned")
    qtbot.addWidget(heat)
    heat.resize(280, 280)
    heat.set_matrix(VALUES, [f"t{i}" for i in range(N)])
    heat.show()
    return heat


def turn(heat: HeatMap, place: QPointF, turns: int) -> None:
    everywhere = heat.mapToGlobal(place)
    event = QWheelEvent(
        place, everywhere, QPoint(), QPoint(0, 120 * turns), Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.NoModifier, Qt.ScrollPhase.NoScrollPhase, False,
    )  # fmt: skip
    QApplication.sendEvent(heat, event)


def test_every_cell_has_the_colour_of_its_value() -> None:
    colors = color_table(LIGHT)
    values = np.array([[0, -8, -np.inf], [-4, np.nan, -100]], np.float32)
    image = to_image(values, -8, colors, LIGHT.line)
    found = [[image.pixel(x, y) for x in range(3)] for y in range(2)]
    assert found[0] == [LIGHT.text.rgb(), LIGHT.window.rgb(), LIGHT.window.rgb()]
    assert found[1][0] == int(colors[127])
    assert found[1][1:] == [LIGHT.line.rgb(), LIGHT.window.rgb()]


def test_the_cell_under_the_mouse_is_the_one_painted_there(heat: HeatMap) -> None:
    for row, column in ((0, 0), (7, 12), (19, 19)):
        middle = heat.place_of(row, column).center()
        assert heat.cell_at(middle) == (row, column)
        color = heat.grab().toImage().pixelColor(middle.toPoint())
        index = int((VALUES[row, column] + 8) * 255 / 8) if VALUES[row, column] > -8 else 0
        assert color.rgb() == int(color_table(LIGHT)[index])
    assert heat.cell_at(QPointF(1, 1)) is None


def test_the_wheel_zooms_about_the_mouse_and_a_drag_moves(heat: HeatMap, qtbot: QtBot) -> None:
    views: list[QRectF] = []
    heat.view_changed.connect(views.append)
    place = heat.place_of(9, 4).center()
    turn(heat, place, 4)
    assert heat.view.width() < N / 2
    assert heat.cell_at(place) == (9, 4)
    qtbot.mousePress(heat, Left, pos=place.toPoint())
    qtbot.mouseMove(heat, place.toPoint() + QPoint(30, 0))
    qtbot.mouseRelease(heat, Left, pos=place.toPoint() + QPoint(30, 0))
    assert heat.view.left() < views[0].left()
    assert views[-1] == heat.view
    turn(heat, place, -20)
    assert heat.view == QRectF(0, 0, N, N)


def test_a_click_picks_and_labels_appear_when_there_is_room(heat: HeatMap, qtbot: QtBot) -> None:
    with qtbot.waitSignal(heat.cell_picked) as picked:
        qtbot.mouseClick(heat, Left, pos=heat.place_of(2, 3).center().toPoint())
    assert picked.args == [2, 3]
    small = HeatMap("small")
    qtbot.addWidget(small)
    for labels in ((), [f"t{i}" for i in range(N)]):
        small.resize(300, 300)
        small.set_matrix(VALUES, labels)
        shown = small.grab().toImage()
        left = {shown.pixel(x, 150 + y) for x in range(40) for y in range(40)}
        assert (len(left) > 1) == bool(labels)


def test_other_colours_and_an_empty_matrix_are_drawn(heat: HeatMap) -> None:
    light = heat.grab().toImage()
    heat.set_colors(DARK)
    heat.set_row(4)
    assert heat.grab().toImage() != light
    heat.set_matrix(np.zeros((0, 0), np.float32), ())
    assert heat.cell_at(heat.area().center()) is None
    assert not heat.grab().isNull()
