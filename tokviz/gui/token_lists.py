"""TokenLists: the vocabulary, the tokens of the text and ids, as tabs. Places panels."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFrame, QTabWidget, QVBoxLayout

from tokviz.gui.panels.id_list_panel import IdListPanel
from tokviz.gui.panels.special_list_panel import SpecialListPanel
from tokviz.gui.panels.token_list_panel import TokenListPanel
from tokviz.gui.panels.vocabulary_panel import VocabularyPanel
from tokviz.gui.theme import Theme
from tokviz.gui.tokenizer_model import TokenizerModel


class TokenLists(QFrame):
    """Views of the same tokens as lists."""

    problem = Signal(object)
    task_started = Signal(object)
    text_offered = Signal(object)

    def __init__(self, model: TokenizerModel, theme: Theme) -> None:
        super().__init__()
        self.setObjectName("panel")
        self.vocabulary = VocabularyPanel(model, theme)
        self.tokens = TokenListPanel(model, theme)
        self.ids = IdListPanel(model, theme)
        self.special = SpecialListPanel(model, theme)
        self.tabs = QTabWidget()
        self.tabs.setDocumentMode(True)
        self.tabs.addTab(self.vocabulary, "Vocabulary")
        self.tabs.addTab(self.tokens, "Tokens of the text")
        self.tabs.addTab(self.ids, "Ids")
        self.tabs.addTab(self.special, "Special")
        column = QVBoxLayout(self)
        column.setContentsMargins(1, 3, 1, 1)
        column.addWidget(self.tabs)
        self.ids.text_offered.connect(self.text_offered)
        self.tokens.problem.connect(self.problem)
        self.tokens.task_started.connect(self.task_started)
