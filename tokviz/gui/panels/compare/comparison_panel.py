"""The comparison: the open text under other tokenizers, beside the text itself."""

from collections.abc import Iterator
from functools import partial

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QMenu, QSplitter, QToolButton, QVBoxLayout, QWidget

from tokviz.catalog import TOKENIZERS, load_tokenizer, title_of
from tokviz.gui.panels.compare.compared_text import ComparedText
from tokviz.gui.settings import Settings
from tokviz.gui.task import Task, failure
from tokviz.gui.theme import Theme
from tokviz.gui.tokenizer_model import TokenizerModel
from tokviz.gui.widgets.message_card import MessageCard
from tokviz.gui.widgets.number_grid import NumberGrid
from tokviz.gui.widgets.panel_frame import PanelFrame
from tokviz.gui.widgets.switch_button import switch_button
from tokviz.gui.widgets.text.compared_pane import ComparedPane
from tokviz.gui.widgets.text.row_painting import Highlights
from tokviz.tokenization.text.comparison import differing_spans
from tokviz.tokenization.text.tokenized_text import TokenizedText
from tokviz.tokenization.tokenizer import Tokenizer

_SHIPPED = {shipped.name for shipped in TOKENIZERS}
_MOST = 3  # panes beside the text; a page of more would be too narrow to read
_LONGEST_TITLE = 24  # characters
_OFFERED = 4  # by a button each, where there is no pane
_COUNT_MS = 100
_PAGE = 4096  # characters compared at once, a page or so
_HEADINGS = ("tokenizer", "vocabulary", "tokens", "bytes a token", "against the first")


class ComparisonPanel(QWidget):
    """Panes that scroll and select with the text; frames mark tokens that it does not have."""

    problem = Signal(object)
    task_started = Signal(object)
    share_wanted = Signal(float, bool)  # of the window's width, and whether to take it now

    def __init__(self, model: TokenizerModel, theme: Theme, settings: Settings) -> None:
        super().__init__()
        self._model = model
        self._theme = theme
        self._settings = settings
        self._compared: list[tuple[ComparedText, ComparedPane]] = []
        self._loading: list[Task] = []
        self.add_button = switch_button("Add ▾", "Compare with one more tokenizer")
        self.add_button.setAccessibleName("Add a tokenizer")
        self.add_button.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self.menu = QMenu(self.add_button)
        self.menu.aboutToShow.connect(self._fill_menu)
        self.add_button.setMenu(self.menu)
        self.grid = NumberGrid(_HEADINGS)
        self._panes = QSplitter(Qt.Orientation.Horizontal)
        self._panes.setHandleWidth(8)
        self._panes.setChildrenCollapsible(False)
        self._message = MessageCard()
        self._alone = PanelFrame("Compared with", self._message)
        self._place_widgets()
        # A key tells of several changes at once; the panes are refreshed once for all of them.
        self._soon = QTimer(self, singleShot=True, interval=0)
        self._soon.timeout.connect(self._refresh)
        self._later = QTimer(self, singleShot=True, interval=_COUNT_MS)
        self._later.timeout.connect(self._count)
        self._connect()

    def _place_widgets(self) -> None:
        frame = PanelFrame("Comparison", self.grid)
        frame.set_note("framed: no such token in the first")
        frame.add_control(self.add_button)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        column.addWidget(self._panes, 1)
        column.addWidget(self._alone, 1)
        row = QHBoxLayout()
        row.addWidget(frame)
        column.addLayout(row)

    def _connect(self) -> None:
        model = self._model
        for signal in (model.text_replaced, model.encoding_changed):
            signal.connect(self._follow)
        for signal in (model.selection_changed, model.hovered_changed, model.tokenizer_changed):
            signal.connect(self._soon.start)
        model.top_changed.connect(self._on_top_changed)
        self._theme.changed.connect(self._on_theme_changed)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        if not self._compared and not self._loading:
            for name in self._settings.compared[:_MOST]:
                self._load(name, asked=False)
        self._show_message()
        self._follow()

    def _show_message(self) -> None:
        """What to do where there is nothing beside the text."""
        self._panes.setVisible(bool(self._compared))
        self._alone.setVisible(not self._compared)
        if self._compared:
            return
        if self._loading:
            self._message.set_message(f"{self._loading[-1].title} …", "")
            return
        others = [other for other in TOKENIZERS if other.name != self._model.tokenizer.name]
        self._message.set_message(
            "Nothing stands beside the text yet",
            "Another tokenizer shows the text as it cuts it, and frames what differs.",
            [(other.title, partial(self._load, other.name)) for other in others[:_OFFERED]],
        )

    @property
    def panes(self) -> list[ComparedPane]:
        return [pane for _, pane in self._compared]

    # -- which tokenizers ----------------------------------------------------------------------

    def _fill_menu(self) -> None:
        self.menu.clear()
        there = {compared.tokenizer.name for compared, _ in self._compared}
        current = self._model.tokenizer
        keep = self.menu.addAction(f"{title_of(current.name)}, as it is now")
        keep.triggered.connect(lambda: self.add(current))
        self.menu.addSeparator()
        for shipped in TOKENIZERS:
            action = self.menu.addAction(shipped.title)
            action.setEnabled(shipped.name not in there)
            action.triggered.connect(partial(self._load, shipped.name))
        if len(self._compared) >= _MOST:
            for action in self.menu.actions():
                action.setEnabled(False)

    def _load(self, name: str, _checked: bool = False, *, asked: bool = True) -> None:
        text = str(self._model.text) if name == "characters" else ""
        task = Task(_loading(name, text), f"Loading {title_of(name)}", parent=self)
        task.stepped.connect(lambda batch: self.add(batch[-1], asked=asked))
        task.failed.connect(lambda error: self.problem.emit(failure(task.title, error)))
        task.finished.connect(lambda: self._on_load_ended(task))
        self._loading.append(task)
        self._show_message()
        self.task_started.emit(task)
        task.start()

    def _on_load_ended(self, task: Task) -> None:
        self._loading.remove(task)
        self._show_message()

    def add(self, tokenizer: Tokenizer, *, asked: bool = True) -> None:
        """Show the text under one more tokenizer; one that was there at the last start comes back
        without being asked for, into the room it had."""
        if len(self._compared) >= _MOST:
            return
        compared = ComparedText(self._model, tokenizer, self)
        pane = ComparedPane(_short_title(tokenizer))
        compared.changed.connect(self._soon.start)
        compared.problem.connect(self.problem)
        compared.task_started.connect(self.task_started)
        pane.picked.connect(partial(self._on_picked, compared))
        pane.scrolled.connect(self._model.set_top)
        pane.close_requested.connect(partial(self._remove, compared))
        self._compared.append((compared, pane))
        self._panes.addWidget(pane)
        self._show_message()
        self._panes.setSizes([1] * len(self._compared))
        self._want_room(now=asked)
        self._remember()
        self._soon.start()  # to make a pane takes a frame by itself

    def _remove(self, compared: ComparedText) -> None:
        for entry in self._compared:
            if entry[0] is compared:
                self._compared.remove(entry)
                entry[1].deleteLater()
                compared.close()
                break
        self._show_message()
        self._want_room(now=True)
        self._remember()
        self._refresh()

    def _want_room(self, *, now: bool) -> None:
        """Each pane is to be as wide as the text."""
        n = max(len(self._compared), 1)
        self.share_wanted.emit(n / (n + 1), now)

    def _remember(self) -> None:
        names = [compared.tokenizer.name for compared, _ in self._compared]
        self._settings.compared = [name for name in names if name in _SHIPPED]

    # -- what they show ------------------------------------------------------------------------

    def _follow(self) -> None:
        """Take over the text's changes, if anybody looks; later they are taken over together."""
        if not self.isVisible():
            return
        for compared, _ in self._compared:
            compared.follow()
        self._soon.start()

    def _refresh(self) -> None:
        if not self.isVisible():
            return
        span = self._selected_span()
        for compared, pane in self._compared:
            is_new = pane.source is not compared.text
            pane.set_source(compared.text)
            self._style(pane)
            pane.refresh(self._highlights(compared.text, span))
            if is_new:
                pane.go_to(self._model.top)
        self._later.start()

    def _highlights(self, text: TokenizedText, span: tuple[int, int] | None) -> Highlights:
        index = None if span is None else text.index_at(span[0])
        return Highlights(
            selected_index=index,
            places=_Differing(text, self._model.text),
            found=None if span is None else partial(_touching, span),
        )

    def _selected_span(self) -> tuple[int, int] | None:
        place, text = self._model.selection.place, self._model.text
        return None if place is None or place >= text.n_tokens else text.token_span(place)

    def _on_picked(self, compared: ComparedText, index: int) -> None:
        """A token picked in a pane selects the one that begins the same characters in the text."""
        start, _ = compared.text.token_span(index)
        place = self._model.text.index_at(start)
        if place is not None:
            self._model.select_token(place)

    def _on_top_changed(self) -> None:
        if self.isVisible():
            for pane in self.panes:
                pane.go_to(self._model.top)

    def _on_theme_changed(self) -> None:
        for pane in self.panes:
            self._style(pane)

    def _style(self, pane: ComparedPane) -> None:
        settings = self._settings
        pane.set_look(self._theme.palette, settings.zoom, wraps=settings.word_wrap)

    def _count(self) -> None:
        first = self._model.text
        texts = [first, *(compared.text for compared, _ in self._compared)]
        self.grid.set_rows([_numbers(text, first) for text in texts])


class _Differing:
    """Answers row by row where two texts differ, from one comparison of what is in view."""

    def __init__(self, text: TokenizedText, first: TokenizedText) -> None:
        self._texts = text, first
        self._known = (0, 0)
        self._spans: list[tuple[int, int]] = []

    def __call__(self, start: int, end: int) -> list[tuple[int, int]]:
        if not self._known[0] <= start <= end <= self._known[1]:
            self._known = (start, max(end, start + _PAGE))
            self._spans = differing_spans(*self._texts, *self._known)
        return [span for span in self._spans if span[0] < end and start < span[1]]


def _numbers(text: TokenizedText, first: TokenizedText) -> tuple[str, ...]:
    """A row of the grid; what is not encoded to the end yet is said to be so far."""
    so_far = "" if text.complete else " so far"
    ratio = f"{text.n_encoded_bytes / text.n_tokens:.2f}" if text.n_tokens else "–"
    against = "–"
    if text is not first and text.complete and first.complete and first.n_tokens:
        against = f"{100 * (text.n_tokens / first.n_tokens - 1):+.1f} % tokens"
    name, size = _short_title(text.tokenizer), f"{text.tokenizer.n_vocab:,}"
    return name, size, f"{text.n_tokens:,}{so_far}", ratio, against


def _short_title(tokenizer: Tokenizer) -> str:
    """A name that does not make the window wider: of a long one both ends."""
    title = title_of(tokenizer.name)
    if len(title) <= _LONGEST_TITLE:
        return title
    half = _LONGEST_TITLE // 2
    return f"{title[:half]}…{title[-half:]}"


def _touching(span: tuple[int, int], start: int, end: int) -> list[tuple[int, int]]:
    return [span] if span[0] < end and start < span[1] else []


def _loading(name: str, text: str) -> Iterator[Tokenizer]:
    yield load_tokenizer(name, text).prepare()
