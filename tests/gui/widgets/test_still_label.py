from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from tokviz.gui.widgets.still_label import StillLabel


class _Layouts(QObject):
    def __init__(self, widget: QWidget) -> None:
        super().__init__(widget)
        self.n = 0
        widget.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        self.n += event.type() == QEvent.Type.LayoutRequest
        return False


def test_another_text_lays_nothing_out(qtbot: QtBot) -> None:
    window, label = QWidget(), StillLabel()
    qtbot.addWidget(window)
    row = QHBoxLayout(window)
    row.addWidget(label, 1)
    button = QPushButton("x")
    row.addWidget(button)
    label.setTextFormat(Qt.TextFormat.RichText)
    window.resize(300, 60)
    window.show()
    qtbot.wait(20)
    layouts, place = _Layouts(window), button.geometry()
    for n in range(20):
        label.setText(f"<b>{10**n}</b> tokens")
        qtbot.wait(1)
    assert layouts.n == 0
    assert button.geometry() == place
    assert label.text() == f"<b>{10**19}</b> tokens"
    button.setText("another")
    qtbot.wait(20)
    assert layouts.n > 0  # others do


def test_it_is_as_high_as_its_line_and_as_wide_as_there_is_room(qtbot: QtBot) -> None:
    label = StillLabel("muted")
    qtbot.addWidget(label)
    label.setContentsMargins(8, 4, 8, 4)
    label.resize(200, label.sizeHint().height())
    label.show()
    assert label.sizeHint().height() >= label.fontMetrics().height() + 8
    inner = label.findChild(QWidget, "muted")
    assert inner.geometry() == label.contentsRect()
