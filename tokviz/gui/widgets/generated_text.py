"""GeneratedText: tokens as they are drawn, coloured by token or by probability."""

from bisect import bisect_right
from dataclasses import dataclass

from PySide6.QtCore import QEvent, QObject
from PySide6.QtGui import QColor, QFont, QHelpEvent, QTextCharFormat, QTextCursor
from PySide6.QtWidgets import QPlainTextEdit, QToolTip

from tokviz.gui.palette import LIGHT, Palette
from tokviz.gui.widgets.color_mixing import mixed


@dataclass(frozen=True)
class ShownToken:
    """`label` is the token in visible characters; `breaks`: it ends a line. `probability` is NaN
    for a token of the prompt."""

    label: str
    id: int
    probability: float
    breaks: bool


class GeneratedText(QPlainTextEdit):
    """Read-only; the tooltip tells a token's id and probability."""

    def __init__(self) -> None:
        super().__init__()
        self.setReadOnly(True)
        self.setFrameShape(QPlainTextEdit.Shape.NoFrame)
        self._palette: Palette = LIGHT
        self._by_probability = False
        self._tokens: list[ShownToken] = []
        self._ends: list[int] = []
        font = QFont("JetBrains Mono")
        font.setStyleHint(QFont.StyleHint.Monospace)
        font.setPointSizeF(10)
        self.setFont(font)
        self.viewport().installEventFilter(self)
        self.setAccessibleName("Generated text")

    @property
    def tokens(self) -> list[ShownToken]:
        return list(self._tokens)

    def clear_tokens(self) -> None:
        self._tokens, self._ends = [], []
        self.clear()

    def append_tokens(self, tokens: list[ShownToken]) -> None:
        bar = self.verticalScrollBar()
        at_end = bar.value() >= bar.maximum() - 4
        cursor = QTextCursor(self.document())
        cursor.movePosition(QTextCursor.MoveOperation.End)
        cursor.beginEditBlock()
        for token in tokens:
            cursor.insertText(token.label, self._format(token, len(self._tokens)))
            if token.breaks:
                cursor.insertText("\n", QTextCharFormat())
            self._tokens.append(token)
            self._ends.append(cursor.position())
        cursor.endEditBlock()
        if at_end:
            bar.setValue(bar.maximum())

    def set_by_probability(self, on: bool) -> None:
        self._by_probability = on
        self._repaint_all()

    def set_colors(self, palette: Palette) -> None:
        self._palette = palette
        self.setStyleSheet(f"QPlainTextEdit {{ background: {palette.panel.name()}; }}")
        self._repaint_all()

    def background_of(self, index: int) -> QColor:
        """The colour behind a token."""
        return self._format(self._tokens[index], index).background().color()

    def _repaint_all(self) -> None:
        tokens = self._tokens
        self.clear_tokens()
        self.append_tokens(tokens)

    def _format(self, token: ShownToken, index: int) -> QTextCharFormat:
        colors, shape = self._palette, QTextCharFormat()
        shape.setForeground(colors.token_text)
        if token.probability != token.probability:  # of the prompt
            shape.setForeground(colors.muted)
        elif self._by_probability:
            shape.setBackground(mixed(colors.panel, colors.accent, 0.75 * token.probability))
            shape.setForeground(colors.text)
        else:
            # Levels of grey take turns, so that neighbours differ for every eye.
            shape.setBackground(colors.tokens[index % len(colors.tokens)])
        return shape

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if watched is self.viewport() and isinstance(event, QHelpEvent):
            words = self.words_at(self.cursorForPosition(event.pos()).position())
            QToolTip.showText(event.globalPos(), words, self)
            return True
        return super().eventFilter(watched, event)

    def words_at(self, position: int) -> str:
        """What there is to say of the token at a place of the document."""
        index = bisect_right(self._ends, position)
        if index >= len(self._tokens):
            return ""
        token = self._tokens[index]
        if token.probability != token.probability:
            return f"id {token.id}, of the prompt"
        return f"id {token.id}, drawn with probability {token.probability:.2%}"
