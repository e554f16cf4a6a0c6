"""NeighborsArea: what is near a token in the table, and what the table is as a whole, as tabs.

Places panels as the main window does; made when it is first looked at.
"""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QTabWidget, QVBoxLayout, QWidget

from tokviz.gui.panels.map.neighbors_panel import NeighborsPanel
from tokviz.gui.panels.map.table_facts_panel import TableFactsPanel
from tokviz.gui.theme import Theme
from tokviz.gui.tokenizer_model import TokenizerModel
from tokviz.gui.widgets.panel_frame import PanelFrame


class NeighborsArea(QWidget):
    """The neighbours of the selected token, and facts of the table."""

    problem = Signal(object)
    task_started = Signal(object)

    def __init__(self, model: TokenizerModel, theme: Theme) -> None:
        super().__init__()
        self.neighbors = NeighborsPanel(model, theme)
        self.tabs = QTabWidget()
        self.tabs.setDocumentMode(True)
        self.tabs.addTab(self.neighbors, "Nearest")
        self.tabs.setCornerWidget(self.neighbors.metrics)
        self.tabs.currentChanged.connect(lambda i: self.neighbors.metrics.setVisible(i == 0))
        self.facts = TableFactsPanel(model, theme)
        self.tabs.addTab(self.facts, "Table")
        self.neighbors.problem.connect(self.problem)
        self.facts.problem.connect(self.problem)
        self.facts.task_started.connect(self.task_started)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(PanelFrame("In the table", self.tabs))
