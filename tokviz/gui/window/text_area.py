"""TextArea: the text, with the bars that find in it and show its windows. Ties panels."""

from PySide6.QtWidgets import QVBoxLayout, QWidget

from tokviz.gui.files.text_splitting import TextSplitting
from tokviz.gui.panels.find_bar import FindBar
from tokviz.gui.panels.special_notice import SpecialNotice
from tokviz.gui.panels.text_panel import TextPanel
from tokviz.gui.panels.tokenizer_strip import TokenizerStrip
from tokviz.gui.panels.windows_bar import WindowsBar
from tokviz.gui.settings import Settings
from tokviz.gui.theme import Theme
from tokviz.gui.tokenizer_model import TokenizerModel

_MOST_TAKEN = 200  # selected characters that the find bar begins with


class TextArea(QWidget):
    """What the find bar finds is framed and gone to in the text."""

    def __init__(self, model: TokenizerModel, theme: Theme, settings: Settings) -> None:
        super().__init__()
        self.panel = TextPanel(model, theme, settings)
        self.find_bar = FindBar(model)
        self.panel.add_bar(self.find_bar)
        self.windows_bar = WindowsBar(model)
        self.panel.add_bar(self.windows_bar)
        self.splitting = TextSplitting(model, self)
        self._model = model
        self.strip = TokenizerStrip(model)
        self.panel.add_bar(self.strip)
        self.special_notice = SpecialNotice(model)
        self.panel.add_bar(self.special_notice)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.panel)
        self.find_bar.found.connect(self._on_found)
        self.find_bar.went.connect(self.show_place)
        self.special_notice.place_requested.connect(self.show_place)
        self.find_bar.closed.connect(self.panel.view.setFocus)
        self.panel.windows_toggled.connect(self._on_windows_toggled)
        self.windows_bar.changed.connect(self._on_windows_changed)
        # Its start to the top; the caret stays where it is.
        self.windows_bar.went.connect(self.panel.view.scrolling.go_to)
        self.windows_bar.split_requested.connect(self.split)
        self.splitting.split.connect(self.windows_bar.show_result)

    def open_find_bar(self) -> None:
        """Look for what is selected, if that is within a line; else for what was looked for."""
        view = self.panel.view
        start, end = view.selection()
        chosen = view.selected_text() if end - start <= _MOST_TAKEN else ""
        self.find_bar.open(chosen if "\n" not in chosen else "", start)

    def split(self) -> None:
        """Save the text in files as long as a window, in a folder that is asked for."""
        self.splitting.ask_and_split(self, self.windows_bar.size_box.value())

    def show_place(self, start: int, end: int) -> None:
        """Select characters and bring them into view."""
        self.panel.view.select(start, end)
        self.panel.view.reveal(start, end)

    def _on_found(self) -> None:
        hits = self.find_bar.hits
        self.panel.set_found(None if hits is None else hits.within)

    def _on_windows_toggled(self, on: bool) -> None:
        if on:
            self.windows_bar.show_from(self._model.text.index_at(self.panel.view.selection()[0]))
        else:
            self.windows_bar.leave()

    def _on_windows_changed(self) -> None:
        windows = self.windows_bar.windows
        if windows is None:
            self.panel.set_windows(None, None)
        else:
            self.panel.set_windows(self.windows_bar.span, windows.edges)
