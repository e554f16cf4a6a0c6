"""PanelWalk: takes the keyboard from panel to panel, as Tab is a character in the text."""

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QWidget


class PanelWalk:
    """`areas` are the panels in the order of the walk; hidden ones, or those with nothing that can
    take the keyboard, are passed over."""

    def __init__(self, areas: Sequence[QWidget]) -> None:
        self._areas = areas

    def go(self, step: int) -> None:
        """Give the keyboard to the next panel (1) or the one before (-1)."""
        focused = QApplication.focusWidget()
        n = len(self._areas)
        here = next((i for i, area in enumerate(self._areas) if _holds(area, focused)), 0)
        for distance in range(1, n + 1):
            target = _first_focusable(self._areas[(here + step * distance) % n])
            if target is not None:
                target.setFocus(Qt.FocusReason.TabFocusReason)
                return


def _holds(area: QWidget, focused: QWidget | None) -> bool:
    return focused is not None and (area is focused or area.isAncestorOf(focused))


def _first_focusable(area: QWidget) -> QWidget | None:
    """What Tab would reach first: its order is a ring through the whole window."""
    if not area.isVisible():
        return None
    widget: QWidget = area
    while True:
        takes = widget.focusPolicy() & Qt.FocusPolicy.TabFocus == Qt.FocusPolicy.TabFocus
        if _holds(area, widget) and takes and widget.isEnabled() and widget.isVisible():
            return widget
        following = widget.nextInFocusChain()
        if following is None or following is area:
            return None
        widget = following
