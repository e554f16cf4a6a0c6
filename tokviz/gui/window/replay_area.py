"""ReplayArea: the panels of the Replay mode side by side. Made when they are first looked at.

Places panels as the main window does; importing and making them takes a third of a start.
"""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QSplitter, QTabWidget

from tokviz.gui.panels.replay.boundary_panel import BoundaryPanel
from tokviz.gui.panels.replay.merge_history_panel import MergeHistoryPanel
from tokviz.gui.panels.replay.merge_list_panel import MergeListPanel
from tokviz.gui.theme import Theme
from tokviz.gui.tokenizer_model import TokenizerModel
from tokviz.gui.widgets.mode_switch import Mode
from tokviz.gui.widgets.panel_frame import PanelFrame


class ReplayArea(QSplitter):
    """The merge history, and beside it the list of merges and the causes of boundaries."""

    problem = Signal(object)
    task_started = Signal(object)
    mode_requested = Signal(object)

    def __init__(self, model: TokenizerModel, theme: Theme, history: MergeHistoryPanel) -> None:
        super().__init__(Qt.Orientation.Horizontal)
        self.history = history
        self.merges = MergeListPanel(model, theme)
        self.boundary = BoundaryPanel(model)
        self._tabs = QTabWidget()
        self._tabs.setDocumentMode(True)
        self._tabs.addTab(self.merges, "All merges")
        self._tabs.addTab(self.boundary, "Why this boundary?")
        self.addWidget(self.history)
        self.addWidget(PanelFrame("Merges and boundaries", self._tabs))
        self.setSizes([860, 460])
        self.setStretchFactor(0, 1)
        self.setHandleWidth(8)
        self.boundary.step_requested.connect(self.history.show_cause)
        self.history.problem.connect(self.problem)
        self.history.task_started.connect(self.task_started)
        self.history.training_requested.connect(lambda: self.mode_requested.emit(Mode.TRAIN))

    def show_boundary(self) -> None:
        """Bring the causes of boundaries to the front."""
        self._tabs.setCurrentWidget(self.boundary)
