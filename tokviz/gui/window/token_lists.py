"""TokenLists: the vocabulary, the tokens of the text, ids and special tokens, as tabs."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFrame, QTabWidget, QVBoxLayout, QWidget

from tokviz.gui.theme import Theme
from tokviz.gui.tokenizer_model import TokenizerModel

if TYPE_CHECKING:
    from tokviz.gui.panels.inspect.id_list_panel import IdListPanel
    from tokviz.gui.panels.inspect.special_list_panel import SpecialListPanel
    from tokviz.gui.panels.inspect.token_list_panel import TokenListPanel
    from tokviz.gui.panels.inspect.vocabulary_panel import VocabularyPanel

_TITLES = ("Vocabulary", "Tokens of the text", "Ids", "Special")


class TokenLists(QFrame):
    """Views of the same tokens as lists. Each is made when its tab is first looked at."""

    problem = Signal(object)
    task_started = Signal(object)
    text_offered = Signal(object)

    def __init__(self, model: TokenizerModel, theme: Theme) -> None:
        super().__init__()
        self.setObjectName("panel")
        self._model = model
        self._theme = theme
        self._panels: dict[int, QWidget] = {}
        self._places: list[QVBoxLayout] = []
        self.tabs = QTabWidget()
        self.tabs.setDocumentMode(True)
        for title in _TITLES:
            page = QWidget()
            self._places.append(QVBoxLayout(page))
            self._places[-1].setContentsMargins(0, 0, 0, 0)
            self.tabs.addTab(page, title)
        column = QVBoxLayout(self)
        column.setContentsMargins(1, 3, 1, 1)
        column.addWidget(self.tabs)
        self.tabs.currentChanged.connect(self._panel)
        self._panel(0)

    @property
    def vocabulary(self) -> VocabularyPanel:
        return cast("VocabularyPanel", self._panel(0))

    @property
    def tokens(self) -> TokenListPanel:
        return cast("TokenListPanel", self._panel(1))

    @property
    def ids(self) -> IdListPanel:
        return cast("IdListPanel", self._panel(2))

    @property
    def special(self) -> SpecialListPanel:
        return cast("SpecialListPanel", self._panel(3))

    def _panel(self, tab: int) -> QWidget:
        """The panel of a tab, made now if it is not there yet."""
        if tab not in self._panels:
            panel = (self._vocabulary, self._tokens, self._ids, self._special)[tab]()
            self._panels[tab] = panel
            self._places[tab].addWidget(panel)
            panel.show()
        return self._panels[tab]

    def _vocabulary(self) -> QWidget:
        from tokviz.gui.panels.inspect.vocabulary_panel import VocabularyPanel

        return VocabularyPanel(self._model, self._theme)

    def _tokens(self) -> QWidget:
        from tokviz.gui.panels.inspect.token_list_panel import TokenListPanel

        panel = TokenListPanel(self._model, self._theme)
        panel.problem.connect(self.problem)
        panel.task_started.connect(self.task_started)
        return panel

    def _ids(self) -> QWidget:
        from tokviz.gui.panels.inspect.id_list_panel import IdListPanel

        panel = IdListPanel(self._model, self._theme)
        panel.text_offered.connect(self.text_offered)
        return panel

    def _special(self) -> QWidget:
        from tokviz.gui.panels.inspect.special_list_panel import SpecialListPanel

        return SpecialListPanel(self._model, self._theme)
