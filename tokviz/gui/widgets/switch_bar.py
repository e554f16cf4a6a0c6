"""SwitchBar: small buttons in a row; those for which there is no room go into a menu."""

from PySide6.QtCore import QEvent, QSize
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QMenu, QSizePolicy, QToolButton, QWidget

_GAP = 4


class SwitchBar(QWidget):
    """Stands at the right of its place. A panel may be as narrow as the button of the menu.

    It places the buttons itself: in a layout, hiding one would change the room that is asked for.
    """

    def __init__(self) -> None:
        super().__init__()
        self._switches: list[QToolButton] = []
        self._hint = QSize()
        self.rest = QToolButton(self)
        self.rest.setObjectName("switch")
        self.rest.setText("⋯")
        self.rest.setToolTip("More")
        self.rest.setAccessibleName("More switches")
        self.rest.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self.rest.hide()
        menu = QMenu(self.rest)
        menu.aboutToShow.connect(self._fill_menu)
        self.rest.setMenu(menu)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Preferred)

    def add(self, switch: QToolButton) -> None:
        """One more, at the right."""
        switch.setParent(self)
        before = self._switches[-1] if self._switches else None
        self._switches.append(switch)
        if before is not None:
            self.setTabOrder(before, switch)
        self.setTabOrder(switch, self.rest)
        self._place()

    def sizeHint(self) -> QSize:
        hints = [switch.sizeHint() for switch in self._switches]
        width = sum(hint.width() + _GAP for hint in hints) - _GAP
        return QSize(max(width, 0), max((hint.height() for hint in hints), default=0))

    def minimumSizeHint(self) -> QSize:
        whole, least = self.sizeHint(), self.rest.sizeHint()
        return QSize(min(whole.width(), least.width()), max(whole.height(), least.height()))

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._place()

    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.LayoutRequest:  # a button's words or its font are others now
            self._place()
        return super().event(event)

    def _place(self) -> None:
        hint = self.sizeHint()
        if hint != self._hint:
            self._hint = hint
            self.updateGeometry()
        n_shown = self._n_fitting()
        fits = n_shown == len(self._switches)
        self.rest.setVisible(not fits)
        for i, switch in enumerate(self._switches):
            switch.setVisible(i < n_shown)
        shown = [*self._switches[:n_shown], *([] if fits else [self.rest])]
        right = self.width()
        for button in reversed(shown):
            size = button.sizeHint()
            top = (self.height() - size.height()) // 2
            button.setGeometry(right - size.width(), top, size.width(), size.height())
            right -= size.width() + _GAP

    def _n_fitting(self) -> int:
        """How many of the switches are shown, the first ones."""
        if self.sizeHint().width() <= self.width():
            return len(self._switches)
        room = self.width() - self.rest.sizeHint().width()
        for i, switch in enumerate(self._switches):
            room -= switch.sizeHint().width() + _GAP
            if room < 0:
                return i
        return len(self._switches)

    def _fill_menu(self) -> None:
        menu = self.rest.menu()
        menu.clear()
        menu.setToolTipsVisible(True)
        for switch in self._switches:
            if switch.isHidden():
                action = menu.addAction(switch.text())
                action.setToolTip(switch.toolTip())
                action.setCheckable(switch.isCheckable())
                action.setChecked(switch.isChecked())
                action.triggered.connect(lambda _on=False, switch=switch: switch.click())
