"""A scroll area for what is as wide as its panel and may be higher."""

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtWidgets import QAbstractSpinBox, QComboBox, QScrollArea, QWidget


def scrolled(content: QWidget | None = None) -> QScrollArea:
    """`content` takes the width there is, and is scrolled up and down only.

    The wheel scrolls over its boxes, too, and changes none of them: one turns it to see what is
    below, and would not notice which settings it passed.
    """
    area = QScrollArea()
    area.setWidgetResizable(True)
    area.setFocusPolicy(Qt.FocusPolicy.TabFocus)  # its frame tells where the keys go, not the mouse
    area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    if content is not None:
        keep = _WheelKeptAway(area)
        for box in (*content.findChildren(QComboBox), *content.findChildren(QAbstractSpinBox)):
            box.setFocusPolicy(Qt.FocusPolicy.StrongFocus)  # of which the wheel is no part
            box.installEventFilter(keep)
        area.setWidget(content)
    return area


class _WheelKeptAway(QObject):
    """Hands the wheel on to what lies around a box."""

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() is QEvent.Type.Wheel:
            event.ignore()  # filtered and not accepted: Qt asks the parent next
            return True
        return False
