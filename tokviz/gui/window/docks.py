"""Docks: places the docked panels as the mode says, and keeps each mode's layout.

A panel has no title bar of its own to drag: its frame carries the title, and the mode its place.
"""

from inspect import GEN_SUSPENDED, getgeneratorstate
from itertools import pairwise

from PySide6.QtCore import QByteArray, QEvent, QObject, Qt, QTimer, Signal
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QDockWidget, QFrame, QLayout, QMainWindow, QVBoxLayout, QWidget

from tokviz.gui.widgets.mode_switch import Mode
from tokviz.gui.window.arrangements import ARRANGEMENTS, BOTTOM, PANELS, RIGHT, DockedPanel, Shared
from tokviz.gui.window.proportions import Parts, beginning, measured, take_up

_GAP = 8
_AFTER_PAINT_MS = 60


class _Dock(QDockWidget):
    """The place of one panel, which is made when it is first shown or asked for.

    Shown, it is made step by step between frames, an empty frame in its place; asked for, at once.
    """

    wanted = Signal()
    made = Signal(object)

    def __init__(self, described: DockedPanel, shared: Shared, window: QMainWindow) -> None:
        super().__init__(described.title, window)
        self.setObjectName(described.name)
        # It would not become smaller than its panel would like to be, and reach below the window.
        if (layout := self.layout()) is not None:
            layout.setSizeConstraint(QLayout.SizeConstraint.SetNoConstraint)
        self.setTitleBarWidget(QWidget())
        self.described = described
        self._making = described.make(shared)
        self._panel: QWidget | None = None
        self._stand_in = QFrame()
        self._stand_in.setObjectName("panel")
        holder = QWidget()
        self._column = QVBoxLayout(holder)
        self.keep_apart(above=described.area == RIGHT, below=True, right=True)
        self._column.addWidget(self._stand_in)
        self.setWidget(holder)
        self._may_begin = QTimer(self, singleShot=True)
        self._may_begin.setInterval(_AFTER_PAINT_MS if described.waits else 0)
        self._may_begin.timeout.connect(self.wanted)
        self.visibilityChanged.connect(self._on_visibility_changed)

    @property
    def panel(self) -> QWidget:
        while self._panel is None:
            self.take_step()
        return self._panel

    @property
    def is_wanted(self) -> bool:
        """Whether it is shown, and its panel not made yet."""
        return self._panel is None and self.isVisible() and not self._may_begin.isActive()

    @property
    def is_settled(self) -> bool:
        """Whether it is hidden, or its panel is made and has its place."""
        return not self.isVisible() or (self._panel is not None and self._panel.isVisible())

    @property
    def is_half_made(self) -> bool:
        return getgeneratorstate(self._making) == GEN_SUSPENDED

    def take_step(self) -> None:
        """Do the next part of what makes the panel."""
        try:
            next(self._making)
        except StopIteration as end:
            panel: QWidget = end.value
            self._panel = panel
            self._column.replaceWidget(self._stand_in, panel)
            self._stand_in.deleteLater()
            self.made.emit(panel)

    def keep_apart(self, *, above: bool, below: bool, right: bool) -> None:
        """Leave a gap to the window's edges; between docks the handle that sizes them is one."""
        before = 0 if self.described.area == RIGHT else _GAP
        self._column.setContentsMargins(before, _GAP * above, _GAP * right, _GAP * below)

    def _on_visibility_changed(self, visible: bool) -> None:
        """The View menu can show a panel in any mode."""
        if visible and self._panel is None:
            self._may_begin.start()


class Docks(QObject):
    """All docks of a window. `panel_made` hands out each panel once, when it is there."""

    panel_made = Signal(object)
    reached_below = Signal(
        bool
    )  # whether a panel lies below the text, instead of the window's edge

    def __init__(self, window: QMainWindow, shared: Shared) -> None:
        super().__init__(window)
        self._window = window
        self._layouts = shared.settings.layouts
        self._parts = shared.settings.parts
        self._pressed_parts: Parts = {}
        self._mode: Mode | None = None
        self._right_shares: dict[Mode, float] = {}  # where a panel wants another than the mode's
        window.setCorner(Qt.Corner.BottomRightCorner, BOTTOM)
        self._docks = {panel.name: _Dock(panel, shared, window) for panel in PANELS}
        self._next = QTimer(self, singleShot=True)
        self._next.timeout.connect(self._on_next)
        for dock in self._docks.values():
            dock.wanted.connect(self._next.start)
            dock.made.connect(self.panel_made)
            dock.toggleViewAction().triggered.connect(self._keep_apart)
            window.addDockWidget(dock.described.area, dock)
            dock.hide()
        window.installEventFilter(self)

    def panel(self, name: str) -> QWidget:
        """The panel of a name, made now if it is not there yet."""
        return self._docks[name].panel

    def finish(self) -> None:
        """Make whole what is half made, at the end. Hazard: a panel that has no parent yet
        is taken apart by Python's collector, at any time and in any order, and Qt crashes."""
        for dock in self._docks.values():
            if dock.is_half_made:
                _ = dock.panel

    @property
    def is_complete(self) -> bool:
        """Whether all panels that are shown are made and have their places."""
        return all(dock.is_settled for dock in self._docks.values())

    @property
    def docks(self) -> list[QDockWidget]:
        """Every dock, shown or not, in the order of `PANELS`."""
        return list(self._docks.values())

    def view_actions(self) -> list[QAction]:
        """For each panel the action that shows and hides it."""
        return [dock.toggleViewAction() for dock in self._docks.values()]

    def set_mode(self, mode: Mode) -> None:
        """Arrange the panels as they were when the mode was left, or as it begins."""
        if mode is self._mode:
            return
        self.remember()
        self._mode = mode
        kept = self._layouts.get(mode.value, "")
        # Side by side for a moment, the panels of both modes would make the window wider for good.
        for dock in self._docks.values():
            dock.hide()
        if not (kept and self._window.restoreState(_from_text(kept))):
            self._arrange(mode)
        self._keep_apart()
        self._take_up(mode)

    def reset(self) -> None:
        """Forget every mode's layout and arrange the present one as it begins."""
        mode, self._mode = self._mode, None
        self._layouts.clear()
        self._parts.clear()
        if mode is not None:
            self.set_mode(mode)

    def remember(self) -> None:
        """Keep the present mode's layout in the settings."""
        if self._mode is not None:
            self._layouts[self._mode.value] = _to_text(self._window.saveState())

    def set_right_share(self, mode: Mode, share: float, now: bool) -> None:
        """Let the panels beside the text begin with another part of the width; `now`: take it in
        place of what the user has dragged them to, too."""
        self._right_shares[mode] = share
        if now:
            self._parts.pop(mode.value, None)
            if mode is self._mode:
                self._take_up(mode)

    def _on_next(self) -> None:
        """One step in a turn of the event loop, also where two panels are wanted."""
        dock = next((dock for dock in self._docks.values() if dock.is_wanted), None)
        if dock is not None:
            dock.take_step()
            self._next.start()

    def _keep_apart(self) -> None:
        """Of text and panels only those at an edge of the window leave a gap to it."""
        below = [dock for dock in self._docks.values() if dock.described.area == BOTTOM]
        is_last = all(dock.isHidden() for dock in below)
        self.reached_below.emit(not is_last)
        rows = () if self._mode is None else ARRANGEMENTS[self._mode].right
        docks = [[self._docks[name] for name in row] for row in rows]
        shown = [[dock for dock in row if not dock.isHidden()] for row in docks]
        shown = [row for row in shown if row]
        for row in shown:
            for dock in row:
                dock.keep_apart(
                    above=row is shown[0], below=is_last and row is shown[-1], right=dock is row[-1]
                )

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """What lies between two panels is the window's own ground, and dragged on it."""
        mode, kind = self._mode, event.type()
        if mode is not None and kind == QEvent.Type.Resize:
            self._take_up(mode)
        elif kind == QEvent.Type.MouseButtonPress:
            self._pressed_parts = measured(self._window, self._docks)
        elif mode is not None and kind == QEvent.Type.MouseButtonRelease:
            parts = measured(self._window, self._docks)
            if parts != self._pressed_parts:
                self._parts[mode.value] = parts
        return super().eventFilter(watched, event)

    def _take_up(self, mode: Mode) -> None:
        """Size the panels to their parts: the user's, or those that the mode begins with."""
        wanted = ARRANGEMENTS[mode]
        share = self._right_shares.get(mode, wanted.right_share)
        parts = self._parts.get(mode.value) or beginning(wanted, share)
        take_up(self._window, self._docks, parts)

    def _arrange(self, mode: Mode) -> None:
        wanted = ARRANGEMENTS[mode]
        for dock in self._docks.values():
            self._window.removeDockWidget(dock)
        rows = [[self._docks[name] for name in row] for row in wanted.right]
        below = [self._docks[name] for name in wanted.bottom]
        for row in rows:
            self._window.addDockWidget(RIGHT, row[0], Qt.Orientation.Vertical)
        for dock in below[:1]:
            self._window.addDockWidget(BOTTOM, dock)
        for row in [*rows, below]:
            for first, second in pairwise(row):
                self._window.splitDockWidget(first, second, Qt.Orientation.Horizontal)
            for dock in row:
                dock.show()
        for dock in self._docks.values():
            if dock.isHidden():  # the View menu shows it in its own area
                self._window.addDockWidget(dock.described.area, dock)
                dock.hide()


def _to_text(data: QByteArray) -> str:
    return bytes(data.toBase64().data()).decode("ascii")


def _from_text(text: str) -> QByteArray:
    return QByteArray.fromBase64(QByteArray(text.encode("ascii", "replace")))
