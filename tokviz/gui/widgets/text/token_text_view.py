"""The text with its tokens coloured behind it: an editor over a text that lives elsewhere.

Not QPlainTextEdit, which changes some characters and slows down with the length of a line. The
view holds caret, scroll place and undo; the text stays in the `TokenSource`, and each edit leaves
as the `edited` signal, whose receiver applies it at once.

The view itself is the way in from outside, `TextViewEvents` that from Qt. Each part of the work
has an object and a file of its own: `TextPage` (what is in view, and where), `PagePainter`,
`TextCaret`, `TextEditor`, `TextScrolling`, `TextMouse`, `TextDrop`, `TokenWalk`; keys are in
`text_keys`, input methods in `text_input_method`.
"""

from dataclasses import replace

from PySide6.QtCore import QPointF, QRectF, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QFont,
    QPainter,
    QPaintEvent,
    QPalette,
)
from PySide6.QtWidgets import QFrame, QWidget

from tokviz.gui.palette import Palette
from tokviz.gui.widgets.text.caret import Caret
from tokviz.gui.widgets.text.caret_steps import stepped
from tokviz.gui.widgets.text.edit_history import EditHistory
from tokviz.gui.widgets.text.grapheme_edges import nearest_edge
from tokviz.gui.widgets.text.page_painting import PagePainter, Picture, frame_all
from tokviz.gui.widgets.text.row_layout import Preedit
from tokviz.gui.widgets.text.row_painting import Highlights
from tokviz.gui.widgets.text.text_caret import TextCaret
from tokviz.gui.widgets.text.text_drop import TextDrop
from tokviz.gui.widgets.text.text_editor import TextEditor
from tokviz.gui.widgets.text.text_mouse import TextMouse
from tokviz.gui.widgets.text.text_page import DEFAULT_ZOOM, TextLook, TextPage
from tokviz.gui.widgets.text.text_scrolling import TextScrolling
from tokviz.gui.widgets.text.text_view_events import TextViewEvents
from tokviz.gui.widgets.text.token_source import TokenSource
from tokviz.gui.widgets.text.token_walk import TokenWalk

_ZOOMS = (5.0, 60.0)


class TokenTextView(TextViewEvents):
    """Shows and edits a text whose tokens are coloured; see the signals for what it tells."""

    edited = Signal(int, int, object)  # start, characters removed, str inserted
    picked = Signal(int)
    hovered = Signal(int)
    caret_moved = Signal()
    files_dropped = Signal(object)
    zoomed = Signal()
    boundary_asked = Signal()  # why there is one at the caret
    replay_asked = Signal(int)  # of the token at a character

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.page = TextPage()
        self.caret_now = TextCaret(self)
        self.scrolling = TextScrolling(self)
        self._editor = TextEditor(self)
        self._mouse = TextMouse(self)
        self._drop = TextDrop(self)
        self._walk = TokenWalk(self)
        self._painter = PagePainter(self.page)
        self._highlights = Highlights()
        self._hint = ""
        self._shown: Picture | None = None  # what is painted or asked to be; None: all is
        self._set_up_widget()

    def _set_up_widget(self) -> None:
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setViewport(QWidget())  # PySide would look for the kind of Qt's own among all it has
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAcceptDrops(True)
        self.viewport().setAcceptDrops(True)
        self.viewport().setMouseTracking(True)
        self.viewport().setCursor(Qt.CursorShape.IBeamCursor)
        self.viewport().setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setAttribute(Qt.WidgetAttribute.WA_InputMethodEnabled)
        self.setAccessibleName("Text and its tokens")
        self._set_look(self.page.look)

    # The text

    @property
    def source(self) -> TokenSource:
        return self.page.source

    def set_source(self, source: TokenSource) -> None:
        """Show another text from its start, with no history."""
        self.history.clear()
        self._walk.forget()
        self.caret_now.now = Caret()
        self.page.set_source(source)
        self.scrolling.to_left_end()
        self.show_anew()
        self.caret_moved.emit()

    def refresh(self) -> None:
        """The text or its tokens changed by other hands: keep caret and place, paint anew."""
        if self._editor.applying:
            return
        self.page.text_replaced()
        clamped = self.caret_now.now.clamped(self.source.n_chars)
        moved, self.caret_now.now = clamped != self.caret_now.now, clamped
        self.show_anew()
        if moved:
            self.caret_moved.emit()

    def show_more_tokens(self, position: int) -> None:
        """Tokens from `position` on came to be known and nothing else changed."""
        if self.page.is_touched_from(position):
            self.refresh()

    # How it looks

    def set_colors(self, palette: Palette) -> None:
        self._set_look(replace(self.page.look, palette=palette))

    def set_hint(self, hint: str) -> None:
        """What it says as long as there is no text."""
        self._hint = hint
        self.viewport().update()

    def set_marks_shown(self, on: bool) -> None:
        self._set_look(replace(self.page.look, marks_shown=on))

    def set_word_wrap(self, on: bool) -> None:
        self._set_look(replace(self.page.look, word_wrap=on))
        self.scrolling.to_left_end()

    def set_same_colors(self, on: bool) -> None:
        """The same token in the same colour everywhere; else neighbours in different ones."""
        self._set_look(replace(self.page.look, same_colors=on))

    def set_ruler_shown(self, on: bool) -> None:
        """Below each row its bytes, in hex."""
        self._set_look(replace(self.page.look, ruler_shown=on))

    @property
    def zoom(self) -> float:
        """Size of the text in points."""
        return self.page.look.zoom

    def set_zoom(self, points: float) -> None:
        points = max(_ZOOMS[0], min(points, _ZOOMS[1]))
        if points != self.zoom:
            self._set_look(replace(self.page.look, zoom=points))
            self.zoomed.emit()

    def reset_zoom(self) -> None:
        self.set_zoom(DEFAULT_ZOOM)

    def set_highlights(self, highlights: Highlights) -> None:
        if highlights != self._highlights:
            self._highlights = highlights
            self.show_changes()

    def text_font(self) -> QFont:
        return self.page.style.font

    def _set_look(self, look: TextLook) -> None:
        self.page.set_look(look)
        self._painter.restyle()
        colors = self.palette()
        colors.setColor(QPalette.ColorRole.Base, look.palette.panel)
        colors.setColor(QPalette.ColorRole.Window, look.palette.panel)
        self.setPalette(colors)
        self.show_anew()

    # Caret and selection

    @property
    def caret(self) -> int:
        return self.caret_now.now.position

    @property
    def anchor(self) -> int:
        return self.caret_now.now.anchor

    def selection(self) -> tuple[int, int]:
        """Start and end of the selected characters; equal where nothing is selected."""
        return self.caret_now.now.range

    def selected_text(self) -> str:
        return self.source.slice(*self.selection())

    def select(self, start: int, end: int) -> None:
        """Select [start, end), the caret at `end` (which may be the lower)."""
        last = self.source.n_chars
        self._put_caret(Caret(max(0, min(end, last)), max(0, min(start, last))))

    def select_all(self) -> None:
        self.caret_now.set(Caret(self.source.n_chars, 0), reveal=False)

    def set_caret(self, position: int) -> None:
        self.place_caret(position)

    def place_caret(
        self, position: int, keep_anchor: bool = False, at_row_end: bool = False
    ) -> None:
        """Put the caret at a cluster's edge; `keep_anchor` selects from where it was."""
        position = nearest_edge(self.source, position)
        self._put_caret(Caret(position, self.anchor if keep_anchor else position, at_row_end))

    def move_caret(self, how: str, select: bool) -> None:
        """Move by a named step ("left", "next word", ...); `select` keeps the anchor."""
        self._put_caret(stepped(self.page, self.caret_now.now, how, select))

    def walk_tokens(self, step: int) -> None:
        """Go to the next or previous token: the caret before it, and `picked` tells its index."""
        self._walk.step(step, self._highlights.selected_index)

    def _put_caret(self, caret: Caret) -> None:
        self.caret_now.set(caret, reveal=not self._mouse.selecting)

    # Editing

    @property
    def history(self) -> EditHistory:
        return self._editor.history

    @property
    def editable(self) -> bool:
        return self._editor.editable

    def set_editable(self, on: bool) -> None:
        """Whether keys change the text; where they do not, arrows walk the tokens."""
        self._editor.editable = on
        self.setAttribute(Qt.WidgetAttribute.WA_InputMethodEnabled, on)

    def insert_text(self, text: str) -> None:
        """Put a text in place of the selection: the one way in for all that comes from outside."""
        self._editor.insert(text, typed=False)

    def replace_text(self, start: int, end: int, text: str) -> None:
        """Put a text in place of [start, end), while one looks and types elsewhere."""
        self._editor.replace(start, end, text)

    def type_text(self, text: str) -> None:
        """Insert what was typed, to be undone together with its neighbours."""
        self._editor.insert(text, typed=True)

    def delete_to(self, position: int) -> None:
        """Delete the selection or, without one, from the caret to a position."""
        self._editor.delete_to(position)

    def cut(self) -> None:
        self._editor.cut()

    def copy(self) -> None:
        self._editor.copy()

    def paste(self) -> None:
        self._editor.paste()

    @property
    def can_undo(self) -> bool:
        return self.editable and self.history.can_undo

    @property
    def can_redo(self) -> bool:
        return self.editable and self.history.can_redo

    def undo(self) -> None:
        self._editor.undo()

    def redo(self) -> None:
        self._editor.redo()

    def set_preedit(self, preedit: Preedit | None, cursor: int | None) -> None:
        """Show what an input method composes at the caret (`cursor` -1: without a caret)."""
        if preedit is None and self.page.preedit_cursor is None:
            return
        self.page.set_preedit(self.caret, preedit, cursor)
        self.show_anew()
        self.updateMicroFocus()

    # Where things are on screen

    def token_rects(self) -> list[tuple[int, QRectF, int]]:
        """(Token index, rectangle in the viewport, colour index) of each token in view."""
        return self.page.token_rects()

    def visible_text(self) -> str:
        """The characters of the rows in view."""
        return self.page.visible_text()

    def token_at(self, point: QPointF) -> int | None:
        """Index of the token whose rectangle holds a point of the viewport."""
        return self.page.token_at(point)

    def position_at(self, point: QPointF) -> tuple[int, bool]:
        """The caret position nearest to a point, and whether it is the end of a wrapped row."""
        return self.page.position_at(point)

    def caret_rect(self, position: int | None = None) -> QRectF:
        """Where the caret stands in the viewport, or would stand at another position."""
        return self.caret_now.rect() if position is None else self.page.place_of(position)

    def reveal(self, start: int, end: int) -> None:
        """Scroll so that the characters [start, end) are in view, their start first."""
        self.scrolling.reveal(start, end)

    def scroll_by(self, pixels: float) -> None:
        """Scroll down by pixels."""
        self.page.scroll.scroll_by(pixels)
        self.show_anew()

    # Painting

    def show_anew(self) -> None:
        """Paint everything: what is in view, or how it looks, is another."""
        self._shown = None
        self.page.moved()
        self.scrolling.sync()
        self.viewport().update()

    def show_changes(self) -> None:
        """Paint what looks different from what was shown before."""
        before = self._shown
        self.page.moved()
        self.scrolling.sync()
        if before is None:
            self.viewport().update()
        else:
            self._shown = self._picture()
            self.viewport().update(self._painter.difference(before, self._shown))

    def _picture(self) -> Picture:
        return Picture(self.page.rows_in_view(), self._highlights, self.selection())

    def paintEvent(self, event: QPaintEvent) -> None:
        self._shown = self._picture()
        with QPainter(self.viewport()) as painter:
            self._painter.paint(painter, event.region(), self._shown, self._carets(), self._hint)
            if self._drop.has_files:
                frame_all(painter, self.viewport().rect(), self.page.look.palette.accent)

    def _carets(self) -> list[tuple[QRectF, QColor]]:
        carets, palette = [], self.page.look.palette
        if self.caret_now.lit and self.page.preedit_cursor != -1:
            carets.append((self.caret_rect(), palette.text))
        if self._drop.position is not None:
            carets.append((self.caret_rect(self._drop.position), palette.accent))
        return carets
