"""Scroll areas: what the wheel does in them."""

import pytest
from PySide6.QtCore import QPoint, QPointF
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QComboBox, QSpinBox, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from tokviz.gui.widgets.scrolled import scrolled


@pytest.mark.parametrize("kind", [QComboBox, QSpinBox])
def test_the_wheel_scrolls_and_changes_no_box(
    qtbot: QtBot, kind: type[QComboBox] | type[QSpinBox]
) -> None:
    content, box = QWidget(), kind()
    if isinstance(box, QComboBox):
        box.addItems(["one", "two", "three"])
    else:
        box.setValue(5)
    column = QVBoxLayout(content)
    column.addWidget(box)
    column.addSpacing(1000)
    area = scrolled(content)
    area.resize(200, 100)
    qtbot.addWidget(area)
    area.show()
    qtbot.waitUntil(lambda: area.verticalScrollBar().maximum() > 0)
    box.setFocus()
    before = box.currentIndex() if isinstance(box, QComboBox) else box.value()
    place = QPointF(box.mapTo(area, box.rect().center()))
    QTest.wheelEvent(area.windowHandle(), place, QPoint(0, -120))  # as from a mouse
    assert (box.currentIndex() if isinstance(box, QComboBox) else box.value()) == before
    assert area.verticalScrollBar().value() > 0
