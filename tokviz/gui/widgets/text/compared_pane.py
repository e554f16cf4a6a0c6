"""ComparedPane: one more view of the text, with a title, its numbers and a button to close it."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from tokviz.gui.palette import Palette
from tokviz.gui.widgets.panel_frame import PanelFrame
from tokviz.gui.widgets.switch_button import switch_button
from tokviz.gui.widgets.text.row_painting import Highlights
from tokviz.gui.widgets.text.token_source import TokenSource
from tokviz.gui.widgets.text.token_text_view import TokenTextView


class ComparedPane(QWidget):
    """Shows a text that is edited elsewhere."""

    picked = Signal(int)
    scrolled = Signal(int)  # the character at the top, by the user
    close_requested = Signal()

    def __init__(self, title: str) -> None:
        super().__init__()
        self.view = TokenTextView()
        self.view.set_editable(False)
        self._follows = False
        self._look: tuple[Palette, float, bool] | None = None
        self.frame = PanelFrame(title, self.view)
        self.frame.let_title_be_cut()
        self.close_button = switch_button("✕", "Compare without this tokenizer")
        self.close_button.setAccessibleName(f"Close {title}")
        self.close_button.clicked.connect(self.close_requested)
        self.frame.add_control(self.close_button)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.frame)
        self.view.picked.connect(self.picked)
        self.view.verticalScrollBar().valueChanged.connect(self._on_scrolled)

    @property
    def source(self) -> TokenSource:
        return self.view.source

    def set_source(self, source: TokenSource) -> None:
        if source is not self.view.source:
            self.view.set_source(source)

    def refresh(self, highlights: Highlights) -> None:
        """The text or its tokens changed."""
        self._follows = True
        self.view.refresh()
        self._follows = False
        self.view.set_highlights(highlights)

    def go_to(self, position: int) -> None:
        """Show the row of a character at the top; `scrolled` is not emitted."""
        if self.view.scrolling.top != position:
            self._follows = True
            self.view.scrolling.go_to(position)
            self._follows = False

    def set_look(self, palette: Palette, zoom: float, *, wraps: bool) -> None:
        """Look as the text does."""
        look = (palette, zoom, wraps)
        if look != self._look:
            self._look, self._follows = look, True
            self.view.set_colors(palette)
            self.view.set_zoom(zoom)
            self.view.set_word_wrap(wraps)
            self._follows = False

    def _on_scrolled(self) -> None:
        if not self._follows:
            self.scrolled.emit(self.view.scrolling.top)
