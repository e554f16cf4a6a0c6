import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QImage
from PySide6.QtWidgets import QApplication, QToolButton
from pytestqt.qtbot import QtBot

from tokviz.gui.palette import DARK, LIGHT
from tokviz.gui.widgets.map.color_legend import ColorCategory, ColorLegend, ColorScale

_CATEGORIES = [
    ColorCategory("word", QColor("#0072b2"), 23_456),
    ColorCategory("Q&A", QColor("#d55e00"), 7),
    ColorCategory("never updated", QColor("#009e73"), 1, hollow=True),
]
_SCALE = ColorScale(
    "rank", (QColor("#0000ff"), QColor("#ff0000")), ((0, "0"), (0.5, "50"), (1, "100")), "3 without"
)


@pytest.fixture
def legend(qtbot: QtBot) -> ColorLegend:
    made = ColorLegend()
    qtbot.addWidget(made)
    made.resize(500, 60)
    made.show()
    made.set_categories(_CATEGORIES)
    QApplication.processEvents()
    return made


def _buttons(legend: ColorLegend) -> list[QToolButton]:
    return [button for button in legend.findChildren(QToolButton) if button.isVisible()]


def _colors(image: QImage) -> set[str]:
    width, height = image.width(), image.height()
    return {image.pixelColor(x, y).name() for x in range(width) for y in range(height)}


def test_categories_are_named_with_their_counts(legend: ColorLegend) -> None:
    words = [button.text().strip() for button in _buttons(legend)]
    assert words == ["word  23,456", "Q&&A  7", "never updated  1"]
    assert {"#0072b2", "#d55e00"} <= _colors(legend.grab().toImage())


def test_a_click_picks_a_category_and_a_second_gives_it_back(
    legend: ColorLegend, qtbot: QtBot
) -> None:
    heard: list[object] = []
    legend.picked.connect(heard.append)
    buttons = _buttons(legend)
    for number in (1, 2, 2):
        qtbot.mouseClick(buttons[number], Qt.MouseButton.LeftButton)
    assert heard == [1, 2, None]
    assert [button.isChecked() for button in buttons] == [False, False, False]
    assert legend.picked_category is None


def test_new_categories_forget_what_was_picked(legend: ColorLegend, qtbot: QtBot) -> None:
    qtbot.mouseClick(_buttons(legend)[0], Qt.MouseButton.LeftButton)
    with qtbot.assertNotEmitted(legend.picked):
        legend.set_categories(_CATEGORIES[:2])
    assert legend.picked_category is None
    QApplication.processEvents()  # Qt shows what is added to a layout a moment later
    assert len(_buttons(legend)) == 2


def test_a_scale_takes_the_categories_place(legend: ColorLegend) -> None:
    legend.set_scale(_SCALE)
    assert _buttons(legend) == []
    assert legend.accessibleDescription() == "rank: 0, 50, 100"
    colors = [QColor(name) for name in _colors(legend.grab().toImage())]
    assert any(color.blue() > 240 and color.red() < 15 for color in colors)
    assert any(color.red() > 240 and color.blue() < 15 for color in colors)
    assert LIGHT.unknown.name() in {color.name() for color in colors}  # rows without a value
    legend.set_categories(_CATEGORIES)
    QApplication.processEvents()
    assert len(_buttons(legend)) == 3


def test_an_empty_legend_takes_no_room(legend: ColorLegend) -> None:
    legend.clear()
    assert legend.sizeHint().height() == 0


def test_the_other_palette_changes_the_words_colour(legend: ColorLegend) -> None:
    legend.set_scale(_SCALE)
    light = legend.grab().toImage()
    legend.set_colors(DARK)
    assert legend.grab().toImage() != light
