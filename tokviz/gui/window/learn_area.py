"""LearnArea: the language model's settings, its losses, its table, look-up and generation."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QSplitter, QTabWidget, QVBoxLayout, QWidget

from tokviz.gui.panels.learn.bigram_curves_panel import BigramCurvesPanel
from tokviz.gui.panels.learn.bigram_generation_panel import BigramGenerationPanel
from tokviz.gui.panels.learn.bigram_lookup_panel import BigramLookUpPanel
from tokviz.gui.panels.learn.bigram_panel import BigramPanel
from tokviz.gui.panels.learn.bigram_session import BigramSession
from tokviz.gui.panels.learn.bigram_table_panel import BigramTablePanel
from tokviz.gui.theme import Theme
from tokviz.gui.tokenizer_model import TokenizerModel
from tokviz.gui.widgets.panel_frame import PanelFrame


class LearnArea(QWidget):
    """Five panels that share one `session`, side by side and in tabs."""

    problem = Signal(object)
    task_started = Signal(object)

    def __init__(self, model: TokenizerModel, theme: Theme) -> None:
        super().__init__()
        self._model, self._theme = model, theme
        self.session = BigramSession(model, self)
        self.settings = BigramPanel(model, self.session)
        self.curves = BigramCurvesPanel(self.session, theme)
        self.tabs = QTabWidget()
        self.tabs.setDocumentMode(True)
        frame = PanelFrame("What it has learned", self.tabs)
        split = QSplitter(Qt.Orientation.Horizontal)
        for widget in (self.settings, self.curves, frame):
            split.addWidget(widget)
        split.setHandleWidth(8)
        split.setStretchFactor(0, 0)
        split.setStretchFactor(1, 2)
        split.setStretchFactor(2, 3)
        split.setChildrenCollapsible(False)
        split.setSizes([300, 400, 560])
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addWidget(split)
        self.curves.problem.connect(self.problem)
        self.session.task_started.connect(self.task_started)

    def add_learned(self) -> None:
        """Make the tabs; a step of its own, between which and the rest the window may paint."""
        shared = self._model, self.session, self._theme
        self.table = BigramTablePanel(*shared)
        self.look_up = BigramLookUpPanel(*shared)
        self.generation = BigramGenerationPanel(*shared)
        self.tabs.addTab(self.table, "Table")
        self.tabs.addTab(self.look_up, "Look-up")
        self.tabs.addTab(self.generation, "Generate")
