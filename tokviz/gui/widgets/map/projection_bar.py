"""ProjectionBar: which projection the map shows, as a button for its settings; pause and stop."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QWidget

from tokviz.gui.widgets.map.projection_settings import ProjectionSettings
from tokviz.gui.widgets.switch_button import switch_button

_WIDEST = 260


class ProjectionBar(QWidget):
    """The button says what is chosen. Pause and stop are there while something is computed."""

    pause_requested = Signal()
    stop_requested = Signal()

    def __init__(self, projections: list[tuple[str, str]]) -> None:
        super().__init__()
        self.settings = ProjectionSettings(projections, self)
        self.button = switch_button("", "The way from rows to points")
        self.button.setFocusPolicy(Qt.FocusPolicy.TabFocus)  # a click leaves it with the settings
        self.button.clicked.connect(lambda: self.settings.open_below(self.button))
        self.pause = switch_button("Pause", "Let the layout stand still, and go on later")
        self.stop = switch_button("Stop", "End here and keep the map as it is")
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(2)
        for button in (self.button, self.pause, self.stop):
            row.addWidget(button)
        self.settings.changed.connect(self._say)
        self.pause.clicked.connect(self.pause_requested)
        self.stop.clicked.connect(self.stop_requested)
        self.set_running(running=False, paused=False)
        self._say()

    def set_running(self, *, running: bool, paused: bool) -> None:
        """Whether something is computed that may be paused or stopped."""
        for button in (self.pause, self.stop):
            button.setVisible(running)
        self.pause.setText("Resume" if paused else "Pause")
        self.updateGeometry()

    def _say(self) -> None:
        words = self.settings.words
        shown = self.fontMetrics().elidedText(words, Qt.TextElideMode.ElideRight, _WIDEST)
        self.button.setText(f"{shown} ▾".replace("&", "&&"))  # one would make a shortcut
        self.button.setAccessibleName(f"Projection: {words}")
