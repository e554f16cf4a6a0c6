"""The caret of the token text: where it is, what it selects, and its blinking."""

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QRectF, QTimer
from PySide6.QtWidgets import QApplication

from tokviz.gui.widgets.text.caret import Caret

if TYPE_CHECKING:
    from tokviz.gui.widgets.text.token_text_view import TokenTextView


class TextCaret(QObject):
    """Holds the view's caret; each change of it goes through `set`."""

    def __init__(self, view: "TokenTextView") -> None:
        super().__init__(view)
        self._view = view
        self.now = Caret()
        self.lit = False
        self._painted = QRectF()
        self._blink = QTimer(self)
        self._blink.timeout.connect(self._on_blink)

    def set(self, caret: Caret, reveal: bool = True, ends_step: bool = True) -> None:
        """Move the caret; `ends_step` keeps what is typed next apart from what was typed before."""
        view, moved = self._view, caret != self.now
        self.now = caret
        if ends_step:
            view.history.end_step()
        if reveal:
            view.scrolling.reveal_caret()
        view.show_changes()
        self.restart_blink()
        view.updateMicroFocus()
        if moved:
            view.caret_moved.emit()

    def rect(self) -> QRectF:
        """Where it stands in the viewport."""
        return self._view.page.caret_rect(self.now)

    def restart_blink(self) -> None:
        """Show the caret now if the view has the focus, and let it blink from here on."""
        self.lit = self._view.hasFocus()
        flash = QApplication.cursorFlashTime()
        if self.lit and flash > 0:
            self._blink.start(flash // 2)
        else:
            self._blink.stop()
        self._update()

    def _on_blink(self) -> None:
        self.lit = not self.lit
        self._update()

    def _update(self) -> None:
        before, self._painted = self._painted, self.rect()
        for place in (before, self._painted):
            self._view.viewport().update(place.toAlignedRect().adjusted(-2, -2, 2, 2))
