"""The scroll bars and the wheel of the token text.

The bars follow the page, which alone knows where it is; while they are set, they tell nothing.
"""

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtWidgets import QApplication

if TYPE_CHECKING:
    from tokviz.gui.widgets.text.token_text_view import TokenTextView

_DEGREES = 120  # what one notch of a wheel counts


class TextScrolling:
    """Scrolls a view's page and keeps its bars true."""

    def __init__(self, view: "TokenTextView") -> None:
        self._view = view
        self._syncing = False

    def sync(self) -> None:
        """Set the bars to what the page shows."""
        view, page = self._view, self._view.page
        if not page.height:  # never shown yet: every line would be laid out in rows of no width
            return
        self._syncing = True
        vertical, horizontal = view.verticalScrollBar(), view.horizontalScrollBar()
        vertical.setSingleStep(page.style.row_height)
        vertical.setPageStep(max(1, page.height - page.style.row_height))
        if not vertical.isSliderDown():
            vertical.setRange(0, page.scroll.maximum())
            vertical.setValue(page.scroll.value())
        horizontal.setPageStep(max(1, page.room))
        horizontal.setSingleStep(round(page.style.advance * 2))
        horizontal.setRange(0, max(0, page.content_width() - page.room))
        page.offset = horizontal.value()
        self._syncing = False

    def bar_moved(self, down: int) -> None:
        """A bar was moved, the vertical one by so many pixels."""
        if self._syncing:
            return
        view, bar = self._view, self._view.verticalScrollBar()
        if down and not bar.isSliderDown() and abs(down) <= bar.pageStep():
            view.page.scroll.scroll_by(down)
        elif down:
            view.page.scroll.scroll_to(bar.value())
        view.page.offset = view.horizontalScrollBar().value()
        view.show_anew()

    @property
    def top(self) -> int:
        """The first character of the row at the top."""
        row, _ = next(self._view.page.scroll.visible())
        return row.start

    def go_to(self, position: int) -> None:
        """Bring the row of a character to the top, as far as the text goes on below it."""
        self._view.page.scroll.go_to(position)
        self._view.show_anew()

    def to_left_end(self) -> None:
        self._view.horizontalScrollBar().setValue(0)

    def reveal_caret(self) -> None:
        """Bring the caret into view."""
        page, caret = self._view.page, self._view.caret_now.now
        page.scroll.reveal(page.caret_row(caret))
        self._reveal_x(caret.position)

    def reveal(self, start: int, end: int) -> None:
        """Bring the characters [start, end) into view, their start first."""
        page = self._view.page
        for position in (end, start):
            page.scroll.reveal(page.rows.row_at(min(position, page.source.n_chars)), 1)
        self._view.show_anew()
        self._reveal_x(start)

    def turn(self, event: QWheelEvent) -> None:
        """Scroll by the wheel: sideways with Shift, zoom with Ctrl."""
        view, turned, pixels = self._view, event.angleDelta(), event.pixelDelta()
        sideways = abs(turned.x()) > abs(turned.y())
        if event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            view.set_zoom(view.zoom + (1 if turned.y() > 0 else -1 if turned.y() < 0 else 0))
        elif event.modifiers() & Qt.KeyboardModifier.ShiftModifier or sideways:
            bar = view.horizontalScrollBar()
            bar.setValue(bar.value() - (pixels.x() or (turned.x() or turned.y()) // 2))
        else:
            rows = -turned.y() / _DEGREES * QApplication.wheelScrollLines()
            view.scroll_by(-pixels.y() if pixels.y() else rows * view.page.style.row_height)
        event.accept()

    def _reveal_x(self, position: int) -> None:
        page = self._view.page
        if page.look.word_wrap:
            return
        wanted = page.offset_to_show(position)
        if wanted != page.offset:
            self.sync()  # the row may be wider than any before
            self._view.horizontalScrollBar().setValue(wanted)
