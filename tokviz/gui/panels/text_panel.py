"""The text panel: the text one edits, with every token coloured, tied to the model."""

from dataclasses import dataclass
from functools import partial

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from tokviz.gui.settings import Settings
from tokviz.gui.theme import Theme
from tokviz.gui.tokenizer_model import TokenizerModel
from tokviz.gui.widgets.panel_frame import PanelFrame
from tokviz.gui.widgets.text.row_painting import Highlights, Places
from tokviz.gui.widgets.text.token_text_view import TokenTextView
from tokviz.gui.widgets.text.window_painting import WindowEdges
from tokviz.tokenization.replay.text_merges import fired_spans
from tokviz.tokenization.text.special_names import names_within
from tokviz.tokenization.text.text_pre_tokens import pre_token_starts
from tokviz.tokenization.text.tokenized_text import TokenizedText
from tokviz.tokenization.tokenizer import Special, Tokenizer


@dataclass(frozen=True, eq=False)
class _Shown:
    """What the tokens that are known follow from; as long as it stays, only more are added."""

    revision: int
    tokenizer: Tokenizer
    n_merges: int | None

    def is_same(self, other: "_Shown") -> bool:
        return (
            self.revision == other.revision
            and self.tokenizer is other.tokenizer
            and self.n_merges == other.n_merges
        )


class TextPanel(QWidget):
    """Shows the model's text in a `TokenTextView` and passes edits and picks on to the model."""

    modified_changed = Signal(bool)
    windows_toggled = Signal(bool)
    files_dropped = Signal(object)

    def __init__(self, model: TokenizerModel, theme: Theme, settings: Settings) -> None:
        super().__init__()
        self._model = model
        self._theme = theme
        self._settings = settings
        self._follows = False
        self._found: Places | None = None
        self._names: partial[list[tuple[int, int]]] | None = None
        self._window: tuple[int, int] | None = None
        self._window_edges: WindowEdges | None = None
        self._shown: _Shown | None = None
        self._n_encoded = 0
        self.view = TokenTextView()
        self.view.set_zoom(settings.zoom)
        self.view.set_hint("Type, paste or drop a text here.")
        self._frame = PanelFrame("Text", self.view)
        self._add_switches()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self._frame)
        self._connect()
        self._on_theme_changed()
        self._on_text_replaced()

    def _add_switches(self) -> None:
        settings, add = self._settings, self._frame.add_switch
        marks = add("invisibles", "Marks for spaces, tabs, line ends", checked=settings.marks_shown)
        wrap = add("wrap", "Break long lines at the window's edge", checked=settings.word_wrap)
        ruler = add("byte ruler", "Each byte in hex below its token", checked=settings.ruler_shown)
        tip = "A notch where each pre-token begins, which no token reaches over"
        edges = add("pre-tokens", tip, checked=settings.pre_tokens_shown)
        ruler.toggled.connect(self._on_ruler_toggled)
        edges.toggled.connect(self._on_edges_toggled)
        tip = "Windows of so many tokens, and where each begins and ends"
        windows = add("windows", tip, checked=False)
        windows.toggled.connect(self.windows_toggled)
        self.switches = (marks, wrap, ruler, edges, windows)
        self.view.set_ruler_shown(settings.ruler_shown)
        marks.toggled.connect(self._on_marks_toggled)
        wrap.toggled.connect(self._on_wrap_toggled)
        self.view.set_same_colors(settings.same_colors)
        self.view.set_marks_shown(settings.marks_shown)
        self.view.set_word_wrap(settings.word_wrap)

    def _connect(self) -> None:
        model, view = self._model, self.view
        view.edited.connect(self._on_edited)
        view.picked.connect(model.select_token)
        view.hovered.connect(self._on_hovered)
        view.zoomed.connect(self._on_zoomed)
        view.caret_moved.connect(lambda: model.set_caret(*view.selection()))
        view.files_dropped.connect(self.files_dropped)
        model.text_replaced.connect(self._on_text_replaced)
        model.encoding_changed.connect(self._on_encoding_changed)
        model.selection_changed.connect(self._update_highlights)
        model.hovered_changed.connect(self._update_highlights)
        model.context_changed.connect(self._update_highlights)
        model.marks_changed.connect(self._update_highlights)
        model.special_changed.connect(self._update_highlights)
        view.verticalScrollBar().valueChanged.connect(self._on_scrolled)
        model.top_changed.connect(self._on_top_changed)
        self._theme.changed.connect(self._on_theme_changed)

    def add_bar(self, bar: QWidget) -> None:
        """A bar below the text, which comes and goes."""
        self._frame.add_bar(bar)

    def set_found(self, found: Places | None) -> None:
        """Frame the spans that a search found; it is asked for those in view."""
        self._found = found
        self._update_highlights()

    def set_windows(self, window: tuple[int, int] | None, edges: WindowEdges | None) -> None:
        """Bracket context windows, and dim the tokens outside of the current one."""
        self._window, self._window_edges = window, edges
        self._update_highlights()

    def mark_clean(self) -> None:
        """The text is now as it stands in the file."""
        self.view.history.mark_clean()

    def mark_dirty(self) -> None:
        """The text is not what stands in the file, and undo will not bring that back."""
        self.view.history.mark_dirty()
        self.modified_changed.emit(True)

    def _on_edited(self, start: int, removed: int, inserted: str) -> None:
        self._model.edit_text(start, removed, inserted)
        self.modified_changed.emit(not self.view.history.is_clean)

    def _on_hovered(self, index: int) -> None:
        row = None if index < 0 else self._model.text.token(index)
        self._model.hover(None if row is None else int(row.ids[0]))

    def _on_scrolled(self) -> None:
        if not self._follows:
            self._model.set_top(self.view.scrolling.top)

    def _on_top_changed(self) -> None:
        """Another view of the text was scrolled."""
        if self.view.scrolling.top != self._model.top:
            self._follows = True
            self.view.scrolling.go_to(self._model.top)
            self._follows = False

    def _on_zoomed(self) -> None:
        self._settings.zoom = self.view.zoom

    def _on_marks_toggled(self, shown: bool) -> None:
        self._settings.marks_shown = shown
        self.view.set_marks_shown(shown)

    def _on_ruler_toggled(self, shown: bool) -> None:
        self._settings.ruler_shown = shown
        self.view.set_ruler_shown(shown)

    def _on_edges_toggled(self, shown: bool) -> None:
        self._settings.pre_tokens_shown = shown
        self._update_highlights()

    def set_same_colors(self, on: bool) -> None:
        """The same token in the same colour everywhere, or neighbours always in different ones."""
        self._settings.same_colors = on
        self.view.set_same_colors(on)

    def _on_wrap_toggled(self, wrap: bool) -> None:
        self._settings.word_wrap = wrap
        self.view.set_word_wrap(wrap)

    def _on_theme_changed(self) -> None:
        self.view.set_colors(self._theme.palette)

    def _on_text_replaced(self) -> None:
        self.view.set_source(self._model.text)
        self._update_highlights()

    def _on_encoding_changed(self) -> None:
        model, before = self._model, self._shown
        shown = self._shown = _Shown(model.revision, model.tokenizer, model.n_merges)
        n_before, self._n_encoded = self._n_encoded, model.text.n_encoded
        if before is not None and shown.is_same(before):
            self.view.show_more_tokens(n_before)
        else:
            self.view.refresh()
        self._update_highlights()

    def _names_of(self, text: TokenizedText) -> Places:
        """The same object for the same text: another would have the whole page painted anew."""
        if self._names is None or self._names.args[0] is not text:
            self._names = partial(names_within, text)
        return self._names

    def _update_highlights(self) -> None:
        model = self._model
        context, place, rank = model.context, model.selection.place, model.marked_rank
        overflows = context is not None and model.text.n_tokens > context and not self._window
        edges = self._settings.pre_tokens_shown
        is_special = model.special is Special.SPECIAL or not model.tokenizer.special_tokens
        attended = None
        if place is not None and context is not None:
            attended = (max(0, place - context + 1), place)
        self.view.set_highlights(
            Highlights(
                selected_ids=frozenset(model.selection.ids),
                selected_index=place,
                hovered_id=model.hovered,
                context_end=context if overflows else None,
                attended=attended,
                found=self._found,
                edges=partial(pre_token_starts, model.text) if edges else None,
                window=self._window,
                window_edges=self._window_edges,
                names=None if is_special else self._names_of(model.text),
                places=None if rank is None else partial(fired_spans, model.text, rank),
            )
        )
