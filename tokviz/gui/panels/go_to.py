"""The field that goes anywhere (Ctrl+K): to a token, an id, a rank or an action of the menus."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from PySide6.QtCore import QSize, Qt, QTimer, Signal
from PySide6.QtGui import QAction, QFocusEvent, QKeyEvent, QResizeEvent
from PySide6.QtWidgets import (
    QFrame,
    QLineEdit,
    QListWidget,
    QListWidgetItem,
    QMenu,
    QSizePolicy,
    QWidget,
)

from tokviz.gui.tokenizer_model import TokenizerModel
from tokviz.gui.widgets.mode_switch import Mode
from tokviz.tokenization.vocabulary.token_finder import likely_tokens
from tokviz.tokenization.vocabulary.visible_text import visible

KIND = "kind"  # the property of an action that says what it is, if it is more than that
_PAUSE_MS = 80
_HINTS = ("Token, id, rank, action …   Ctrl+K", "Go to …   Ctrl+K", "Ctrl+K")
_WIDTH, _NARROW = 250, 80
_AROUND = 20  # pixels of the field that are no text
_LIST_WIDTH = 420
_MOST_ACTIONS = 6
_FIRST_TOKENS = 2  # listed before the actions: what one typed exactly, with a space or without
_ROW = 26
_MOVES = {Qt.Key.Key_Down: 1, Qt.Key.Key_Up: -1, Qt.Key.Key_PageDown: 5, Qt.Key.Key_PageUp: -5}


@dataclass(frozen=True)
class Target:
    """One line of the list, and what happens when it is chosen."""

    words: str
    note: str
    act: Callable[[], None]


class GoToField(QLineEdit):
    """Type, choose with the arrows, go with Enter."""

    mode_requested = Signal(object)
    place_requested = Signal(int, int)
    left = Signal()  # the focus goes back to the text

    def __init__(self, model: TokenizerModel, actions: Callable[[], Sequence[QAction]]) -> None:
        super().__init__()
        self._model = model
        self._actions = actions
        self._targets: list[Target] = []
        self.setAccessibleName("Go to a token, id, rank or action")
        self.setMaximumWidth(_WIDTH)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.results = QListWidget(self)  # the window's own once there is something to list
        self.results.setObjectName("results")
        self.results.setFrameShape(QFrame.Shape.NoFrame)
        self.results.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.results.setUniformItemSizes(True)
        self.results.hide()
        self._later = QTimer(self, singleShot=True, interval=_PAUSE_MS)
        self._later.timeout.connect(self._list)
        self.textEdited.connect(self._later.start)
        self.results.itemClicked.connect(lambda item: self._go(self.results.row(item)))
        model.id_counting.counted.connect(self._on_counted)

    def sizeHint(self) -> QSize:
        """Narrow, or a small window's toolbar would hide the field behind an arrow."""
        return QSize(_NARROW, super().sizeHint().height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Name the key before anything that would be cut."""
        super().resizeEvent(event)
        room = self.width() - _AROUND
        metrics = self.fontMetrics()
        fitting = (hint for hint in _HINTS if metrics.horizontalAdvance(hint) <= room)
        self.setPlaceholderText(next(fitting, _HINTS[-1]))

    def begin(self) -> None:
        """Take the focus, with what was typed before selected."""
        self.setFocus()
        self.selectAll()

    @property
    def targets(self) -> list[Target]:
        """What is listed now."""
        return self._targets

    # -- what is listed ------------------------------------------------------------------------

    def _list(self) -> None:
        words = self.text()
        if words.strip():
            self._model.id_counting.begin()
        self._targets = list(self._found(words)) if words.strip() else []
        self.results.clear()
        for target in self._targets:
            self.results.addItem(QListWidgetItem(f"{target.words}    {target.note}"))
        if not self._targets:
            self.results.hide()
            return
        window = self.window()
        self.results.setParent(window)
        below = self.mapTo(window, self.rect().bottomRight())
        height = min(len(self._targets) * _ROW + 8, window.height() - below.y() - 20)
        left = max(8, below.x() - _LIST_WIDTH)
        self.results.setGeometry(left, below.y() + 4, _LIST_WIDTH, height)
        self.results.setCurrentRow(0)
        self.results.show()
        self.results.raise_()

    def _on_counted(self) -> None:
        """The same lines, with how often each token is in the text."""
        if self.results.isVisible() and not self._later.isActive():
            row = self.results.currentRow()
            self._list()
            self.results.setCurrentRow(row)

    def _found(self, words: str) -> Iterator[Target]:
        plain = words.strip().replace(",", "")
        if plain.isdecimal() and plain.isascii():
            yield from self._by_number(int(plain[:18]))
        tokens = [self._token(i) for i in likely_tokens(self._model.tokenizer, words)]
        yield from tokens[:_FIRST_TOKENS]
        yield from self._by_action(words.strip())
        yield from tokens[_FIRST_TOKENS:]

    def _by_number(self, number: int) -> Iterator[Target]:
        tokenizer = self._model.tokenizer
        if number < tokenizer.n_vocab and tokenizer.vocab[number] is not None:
            yield self._token(number)
        if number < len(tokenizer.merges):
            merge = tokenizer.merges[number]
            parts = [visible(tokenizer.token_bytes(i)) for i in (merge.left, merge.right, merge.id)]
            yield Target(
                f"rank {number:,}",
                f"{parts[0]} + {parts[1]} → {parts[2]}",
                lambda: self._show_rank(number),
            )

    def _token(self, token_id: int) -> Target:
        word = visible(self._model.tokenizer.token_bytes(token_id))
        count = self._model.id_counting.count_of(token_id)
        here = f" · {count:,} in the text" if count else ""
        return Target(word, f"id {token_id:,}{here}", lambda: self._show_token(token_id))

    def _by_action(self, words: str) -> Iterator[Target]:
        low, listed = words.lower(), set[tuple[str, str]]()
        for action in self._actions():
            name, _, told = action.text().replace("&", "").partition("\t")
            kind, keys = action.property(KIND) or "action", action.shortcut().toString()
            known = (name, kind) in listed  # some stand in two menus
            if low in name.lower() and action.isEnabled() and not known:
                if len(listed) == _MOST_ACTIONS:
                    return
                listed.add((name, kind))
                yield Target(name, f"{kind} {keys or told}".rstrip(), action.trigger)

    # -- going there ---------------------------------------------------------------------------

    def _show_token(self, token_id: int) -> None:
        """Select the token, at its first place in the text if it has one."""
        text = self._model.text
        place = text.first_index_of(token_id)
        if place is None:
            self._model.select([token_id])
            return
        self.place_requested.emit(*text.token_span(place))
        self._model.select_token(place)

    def _show_rank(self, rank: int) -> None:
        self.mode_requested.emit(Mode.REPLAY)
        self._model.mark(rank)
        self._model.select([self._model.tokenizer.merges[rank].id])

    def _go(self, row: int) -> None:
        if 0 <= row < len(self._targets):
            target = self._targets[row]
            self._leave()
            target.act()

    def _leave(self) -> None:
        self.results.hide()
        self.clear()
        self.left.emit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            if self._later.isActive():
                self._later.stop()
                self._list()
            self._go(self.results.currentRow())
        elif event.key() == Qt.Key.Key_Escape:
            self._leave()
        elif event.key() in _MOVES and self._targets:
            row = self.results.currentRow() + _MOVES[Qt.Key(event.key())]
            self.results.setCurrentRow(max(0, min(row, len(self._targets) - 1)))
        else:
            super().keyPressEvent(event)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self.results.hide()


def actions_below(bar: QWidget) -> list[QAction]:
    """Every action of a menu bar, or a menu, that does something."""
    found: list[QAction] = []
    for action in bar.actions():
        menu = action.menu()
        if isinstance(menu, QMenu):
            found += actions_below(menu)
        elif action.text() and not action.isSeparator():
            found.append(action)
    return found
