"""ReplayControls: the buttons, the slider and the keys by which a replay is watched."""

from collections.abc import Callable

from PySide6.QtCore import QEvent, QSignalBlocker, QSize, Qt, Signal
from PySide6.QtGui import QAction, QActionGroup, QHideEvent, QKeyEvent, QKeySequence, QShortcut
from PySide6.QtWidgets import QHBoxLayout, QLabel, QMenu, QSpinBox, QToolButton, QWidget

from tokviz.gui.palette import LIGHT, Palette
from tokviz.gui.widgets.replay.replay_clock import SPEEDS, ReplayClock
from tokviz.gui.widgets.replay.step_scrubber import StepScrubber
from tokviz.gui.widgets.replay.transport_icons import transport_icon


class ReplayControls(QWidget):
    """Where a replay is and whether it runs."""

    step_changed = Signal(int)  # by the user or by playing

    def __init__(self) -> None:
        super().__init__()
        self._palette: Palette = LIGHT
        self._clock = ReplayClock(self)
        self._first = _button("first", "First step (Home)")
        self._previous = _button("previous", "Previous step (Left)")
        self._play = _button("play", "Play (Space)")
        self._next = _button("next", "Next step (Right)")
        self._last = _button("last", "Last step (End)")
        self._scrubber = StepScrubber()
        self._scrubber.setAccessibleName("Step")
        self._box = _step_box()
        self._of = QLabel()
        self._of.setObjectName("muted")
        self._speed = _SpeedButton()
        self._loop = _button("loop", "Start again at the end")
        self._loop.setCheckable(True)
        self._play_shown: tuple[str, bool, Palette] | None = None
        self._place_widgets()
        self._connect()
        self.setStyleSheet("QToolButton { padding: 4px 7px; }")
        self.set_colors(LIGHT)
        self._update()

    def take_keys_of(self, widget: QWidget) -> None:
        """Let keys that are pressed in a widget or what it holds move the replay."""
        for key, move in self._keys():
            shortcut = QShortcut(QKeySequence(key), widget)
            shortcut.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
            shortcut.activated.connect(move)

    # -- what it shows -------------------------------------------------------------------------

    @property
    def step(self) -> int:
        return self._clock.step

    @property
    def n_steps(self) -> int:
        return self._clock.n_steps

    @property
    def is_playing(self) -> bool:
        return self._clock.is_playing

    def set_steps(self, n_steps: int) -> None:
        """Another replay of so many steps: stops playing, keeps the step if it is there still."""
        self._clock.set_steps(n_steps)
        self._update()

    def set_step(self, step: int) -> None:
        """Go to a step, held within the replay; emits nothing. What plays plays on from there."""
        self._clock.step = min(max(step, 0), self.n_steps)
        self._update()

    def play(self) -> None:
        """Play on, from the start if it stands at the end."""
        self._clock.play()

    def pause(self) -> None:
        self._clock.pause()

    def toggle_play(self) -> None:
        if self.is_playing:
            self.pause()
        else:
            self.play()

    @property
    def speed(self) -> float:
        """0.25 to 16 times 700 ms a step, or less for a replay that would last over 30 s."""
        return self._clock.speed

    @speed.setter
    def speed(self, speed: float) -> None:
        self._clock.speed = speed
        self._speed.show_speed(self._clock.speed)

    @property
    def loop(self) -> bool:
        return self._clock.loop

    @loop.setter
    def loop(self, on: bool) -> None:
        self._loop.setChecked(on)

    def set_colors(self, palette: Palette) -> None:
        self._palette = palette
        self._scrubber.set_colors(palette)
        for button in (self._first, self._previous, self._next, self._last, self._loop):
            button.setIcon(transport_icon(button.objectName(), palette.text, palette.faint))
        self._play.setStyleSheet(
            f"QToolButton {{ background: {palette.accent.name()}; color: {palette.panel.name()};"
            f" border-color: {palette.accent.name()}; }}"
            f"QToolButton:disabled {{ background: {palette.window.name()};"
            f" color: {palette.faint.name()}; border-color: {palette.line.name()}; }}"
            f"QToolButton:focus {{ border-color: {palette.text.name()}; }}"
        )
        self._update_play()

    # -- the user ------------------------------------------------------------------------------

    def _go_to(self, step: int) -> None:
        """What the user does by hand ends the playing."""
        self._clock.pause()
        self._clock.go_to(step)

    def _keys(self) -> list[tuple[Qt.Key, Callable[[], None]]]:
        return [
            (Qt.Key.Key_Space, self.toggle_play),
            (Qt.Key.Key_Left, self._previous.click),
            (Qt.Key.Key_Right, self._next.click),
            (Qt.Key.Key_Home, self._first.click),
            (Qt.Key.Key_End, self._last.click),
        ]

    def _connect(self) -> None:
        self._first.clicked.connect(lambda: self._go_to(0))
        self._previous.clicked.connect(lambda: self._go_to(self.step - 1))
        self._play.clicked.connect(self.toggle_play)
        self._next.clicked.connect(lambda: self._go_to(self.step + 1))
        self._last.clicked.connect(lambda: self._go_to(self.n_steps))
        self._scrubber.valueChanged.connect(self._go_to)
        self._box.valueChanged.connect(self._go_to)
        # The keys move the replay again once the number is in.
        self._box.lineEdit().returnPressed.connect(self._scrubber.setFocus)
        self._speed.picked.connect(lambda speed: setattr(self, "speed", speed))
        self._loop.toggled.connect(lambda on: setattr(self._clock, "loop", on))
        self._clock.moved.connect(self._on_moved)
        self._clock.playing_changed.connect(self._update_play)

    def _on_moved(self, step: int) -> None:
        self._update()
        self.step_changed.emit(step)

    def hideEvent(self, event: QHideEvent) -> None:
        if not event.spontaneous():  # minimised is not hidden
            self.pause()

    # -- the widgets ---------------------------------------------------------------------------

    def _place_widgets(self) -> None:
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(4)
        for button in (self._first, self._previous, self._play, self._next, self._last):
            row.addWidget(button)
        row.addSpacing(4)
        row.addWidget(self._scrubber, 1)
        row.addSpacing(4)
        word = QLabel("step")
        word.setObjectName("muted")
        for widget in (word, self._box, self._of, self._speed, self._loop):
            row.addWidget(widget)

    def _update(self) -> None:
        """Show the clock's step everywhere."""
        step, n_steps = self.step, self.n_steps
        with QSignalBlocker(self._scrubber), QSignalBlocker(self._box):
            self._scrubber.setRange(0, n_steps)
            self._scrubber.setValue(step)
            self._box.setRange(0, n_steps)
            self._box.setValue(step)
        self._scrubber.update()
        self._of.setText(f"of {n_steps:,}")
        for button in (self._first, self._previous):
            button.setEnabled(step > 0)
        for button in (self._next, self._last):
            button.setEnabled(step < n_steps)
        for widget in (self._play, self._scrubber, self._box):
            widget.setEnabled(n_steps > 0)
        self._update_play()

    def _update_play(self) -> None:
        name = "pause" if self.is_playing else "play"
        shown = (name, self.n_steps > 0, self._palette)
        if shown == self._play_shown:  # asked at every step
            return
        self._play_shown = shown
        self._play.setIcon(transport_icon(name, self._palette.panel, self._palette.faint))
        self._play.setText(name)
        self._play.setAccessibleName(name.capitalize())
        self._play.setToolTip(f"{name.capitalize()} (Space)")


class _TransportButton(QToolButton):
    """Keeps Space to itself while it has the focus, which Tab alone gives it."""

    def event(self, event: QEvent) -> bool:
        if (
            event.type() == QEvent.Type.ShortcutOverride
            and isinstance(event, QKeyEvent)
            and event.key() == Qt.Key.Key_Space
        ):
            event.accept()
            return True
        return super().event(event)


class _SpeedButton(_TransportButton):
    """Shows the speed; its menu picks another."""

    picked = Signal(float)

    def __init__(self) -> None:
        super().__init__()
        self.setToolTip("Speed")
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        menu = QMenu(self)
        group = QActionGroup(self)
        for speed in SPEEDS:
            action = QAction(f"{speed:g}×", self, checkable=True)
            action.setData(speed)
            action.triggered.connect(lambda _on=False, speed=speed: self.picked.emit(speed))
            group.addAction(action)
            menu.addAction(action)
        self.setMenu(menu)
        self.setFixedWidth(self.fontMetrics().horizontalAdvance("0.25×") + 18)
        self.show_speed(1.0)

    def show_speed(self, speed: float) -> None:
        self.setText(f"{speed:g}×")
        self.setAccessibleName(f"Speed {speed:g}×")
        for action in self.menu().actions():
            action.setChecked(action.data() == speed)


def _button(name: str, tip: str) -> QToolButton:
    button = _TransportButton()
    button.setObjectName(name)
    button.setToolTip(tip)
    button.setAccessibleName(tip.split(" (")[0])
    button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
    button.setIconSize(QSize(16, 16))
    if name in ("play", "pause"):
        button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        button.setFixedWidth(button.fontMetrics().horizontalAdvance("pause") + 44)
    elif name != "loop":
        button.setAutoRepeat(name in ("previous", "next"))
    return button


def _step_box() -> QSpinBox:
    box = QSpinBox()
    box.setGroupSeparatorShown(True)
    box.setButtonSymbols(QSpinBox.ButtonSymbols.NoButtons)
    box.setAlignment(Qt.AlignmentFlag.AlignRight)
    box.setKeyboardTracking(False)
    box.setFixedWidth(58)
    box.setAccessibleName("Step")
    box.setToolTip("Type a step to go to")
    return box
