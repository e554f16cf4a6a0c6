"""ReplayClock: which step a replay is at, and the one timer that plays it."""

from PySide6.QtCore import QObject, QTimer, Signal

BASE_MS = 700  # a step at 1x
LONGEST_MS = 30_000  # the whole replay at 1x; many steps are played faster, then several a tick
_FRAME_MS = 33
SPEEDS = (0.25, 0.5, 1.0, 2.0, 4.0, 8.0, 16.0)


class ReplayClock(QObject):
    """Steps 0 to `n_steps`; `moved` tells of every step but those set from outside."""

    moved = Signal(int)
    playing_changed = Signal()

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self.n_steps = 0
        self.step = 0
        self.loop = False
        self._speed = 1.0
        self._part = 0.0  # of a step that is due and not yet made
        self._timer = QTimer(self)
        self._timer.timeout.connect(self._on_tick)

    @property
    def is_playing(self) -> bool:
        return self._timer.isActive()

    @property
    def speed(self) -> float:
        return self._speed

    @speed.setter
    def speed(self, speed: float) -> None:
        self._speed = min(max(speed, SPEEDS[0]), SPEEDS[-1])
        self._timer.setInterval(round(max(self._step_ms, _FRAME_MS)))

    @property
    def _step_ms(self) -> float:
        return min(BASE_MS, LONGEST_MS / max(self.n_steps, 1)) / self._speed

    def set_steps(self, n_steps: int) -> None:
        """Another replay: stops playing and keeps the step if there is such a one."""
        self.pause()
        self.n_steps = max(n_steps, 0)
        self.step = min(self.step, self.n_steps)

    def go_to(self, step: int) -> None:
        """Make a step the current one and tell of it, if it is another."""
        step = min(max(step, 0), self.n_steps)
        if step != self.step:
            self.step = step
            self.moved.emit(step)

    def play(self) -> None:
        """Play on; from the start if it stands at the end."""
        if self.is_playing or not self.n_steps:
            return
        if self.step == self.n_steps:
            self.go_to(0)
        self._part = 0.0
        self._timer.start(round(max(self._step_ms, _FRAME_MS)))
        self.playing_changed.emit()

    def pause(self) -> None:
        if self.is_playing:
            self._timer.stop()
            self.playing_changed.emit()

    def _on_tick(self) -> None:
        if self.step == self.n_steps:  # the end was seen for as long as any step
            self.go_to(0)
            return
        self._part += max(_FRAME_MS / self._step_ms, 1.0)
        steps = int(self._part)
        self._part -= steps
        self.go_to(self.step + steps)
        if self.step == self.n_steps and not self.loop:
            self.pause()
