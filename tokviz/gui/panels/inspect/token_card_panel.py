"""The token card: everything that is known of the selected token, or of the one under the mouse."""

from collections.abc import Iterable

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import (
    QGridLayout,
    QLabel,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from tokviz.gui.panels.inspect.token_in_text import TokenInText, describe_place
from tokviz.gui.tokenizer_model import TokenizerModel
from tokviz.gui.widgets.flow_layout import FlowLayout
from tokviz.gui.widgets.panel_frame import PanelFrame
from tokviz.gui.widgets.plain_label import left_to_right, plain_label
from tokviz.gui.widgets.scrolled import scrolled
from tokviz.gui.widgets.text.text_style import token_font
from tokviz.tokenization.vocabulary.token_facts import CodePoint, TokenFacts, facts_of
from tokviz.tokenization.vocabulary.visible_text import visible

_HOVER_MS = 40  # the mouse passes over many tokens on its way
_MOST_CHIPS = 24
_CHIP_EDGE = 3  # pixels between a chip's edge and its letters
_POINTS, _TITLE_POINTS = 10.0, 16.0
_MOST_BYTES = 64
_MOST_CODE_POINTS = 8


class TokenCardPanel(QWidget):
    """One row a fact. Tokens named on the card are chips: a click selects them everywhere."""

    def __init__(self, model: TokenizerModel) -> None:
        super().__init__()
        self._model = model
        self._scroll = scrolled()
        self._frame = PanelFrame("Token", self._scroll)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self._frame)
        self._later = QTimer(self, singleShot=True, interval=_HOVER_MS)
        self._later.timeout.connect(self._show)
        # A card costs more than all else that a click does: the text is painted before it.
        self._soon = QTimer(self, singleShot=True, interval=0)
        self._soon.timeout.connect(self._show)
        self._hover_is_newer = False
        self._shown: int | None = None
        self._words = ""  # in place of a token
        model.id_counting.counted.connect(self._show_count)
        model.selection_changed.connect(self._on_selection_changed)
        model.hovered_changed.connect(self._on_hovered_changed)
        for signal in (model.encoding_changed, model.context_changed):
            signal.connect(self._later.start)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._show()

    def _on_selection_changed(self) -> None:
        # The keys walk the tokens while the mouse rests on one.
        self._hover_is_newer = False
        self._soon.start()

    def _on_hovered_changed(self) -> None:
        self._hover_is_newer = True
        self._later.start()

    def _show(self) -> None:
        if not self.isVisible():
            return
        model = self._model
        selection = model.selection
        hovered = model.hovered
        if hovered is not None and (self._hover_is_newer or not selection.ids):
            place = selection.place if selection.ids == (hovered,) else None
            self._show_token(hovered, place)
        elif len(selection.ids) == 1:
            self._show_token(selection.ids[0], selection.place)
        elif selection.ids:
            self._show_words(f"{len(selection.ids):,} tokens are selected.")
        else:
            self._show_words("Click a token in the text, or walk with Alt+Left, Alt+Right.")

    def _show_words(self, words: str) -> None:
        self._shown = None
        if words != self._words:  # they are asked for after each key
            self._words = words
            self._set_content(_note(words))
            self._frame.set_note("")

    def _show_token(self, token_id: int, place: int | None) -> None:
        self._words = ""
        facts = facts_of(self._model.tokenizer, token_id)
        self._set_content(self._card(facts, describe_place(self._model, place)))
        if token_id != self._shown:
            self._shown = token_id
            self._frame.set_note("counting …")
        self._model.id_counting.begin()
        self._show_count()

    def _show_count(self) -> None:
        """How often the token is in the text, once that is counted."""
        if self._shown is None:
            return
        text, count = self._model.text, self._model.id_counting.count_of(self._shown)
        if count is None:
            return
        so_far = "" if text.complete else " so far"
        self._frame.set_note(f"{count:,} of {text.n_tokens:,} in this text{so_far}")

    def _card(self, facts: TokenFacts, place: TokenInText | None) -> QWidget:
        card = QWidget()
        grid = QGridLayout(card)
        grid.setContentsMargins(14, 12, 14, 12)
        grid.setHorizontalSpacing(14)
        grid.setVerticalSpacing(7)
        grid.setColumnStretch(1, 1)
        grid.addWidget(_title(visible(facts.data)), 0, 0, 1, 2)
        for name, value in self._rows(facts, place):
            row = grid.rowCount()
            label = _text(name)
            label.setObjectName("muted")
            if not isinstance(value, QLabel):  # chips, whose letters stand lower by their frames
                label.setContentsMargins(0, _CHIP_EDGE, 0, 0)
            grid.addWidget(label, row, 0, Qt.AlignmentFlag.AlignTop)
            grid.addWidget(value, row, 1)
        grid.setRowStretch(grid.rowCount(), 1)
        return card

    def _rows(self, facts: TokenFacts, place: TokenInText | None) -> Iterable[tuple[str, QWidget]]:
        yield "id", _text(str(facts.id), mono=True)
        if facts.special:
            yield "kind", _text("special token: reached by its name only, never by merging")
        yield "bytes", _text(_hex(facts.data), mono=True)
        yield "made by", self._made_by(facts)
        if facts.part_of:
            yield "part of", self._chips(facts.part_of)
        if facts.family:
            yield "family", self._chips(facts.family)
        if place is not None:
            yield "here", _text(place.where)
            if place.normalized:
                yield "normalized", _text(place.normalized, mono=True)
            if place.pre_token:
                yield "pre-token", _text(place.pre_token)
            if place.cut:
                yield "cut", _text(place.cut)
            if place.attends:
                yield "attends to", _text(place.attends)
                yield "predicted", _text(place.predicted)
        # The longest row, and seldom a surprise: last, so that what is before it is in view.
        yield "characters", _text(_code_points(facts.code_points, facts.data))

    def _made_by(self, facts: TokenFacts) -> QWidget:
        if facts.rank is None or facts.left is None or facts.right is None:
            if facts.special:
                return _text("no merge")
            has_merges = len(self._model.tokenizer.merges) > 0
            return _text("no merge: a single byte" if has_merges else "no merges here")
        row = self._chips((facts.left, facts.right), separator="+")
        row_layout = row.layout()
        assert row_layout is not None
        row_layout.addWidget(_text(f"rank {facts.rank:,}", muted=True))
        return row

    def _chips(self, ids: tuple[int, ...], separator: str = "") -> QWidget:
        box = QWidget()
        flow = FlowLayout(box)
        for i, token_id in enumerate(ids[:_MOST_CHIPS]):
            if i and separator:
                flow.addWidget(_text(separator, muted=True))
            flow.addWidget(self._chip(token_id))
        if len(ids) > _MOST_CHIPS:
            flow.addWidget(_text(f"+{len(ids) - _MOST_CHIPS:,} more", muted=True))
        return box

    def _chip(self, token_id: int) -> QPushButton:
        shown = visible(self._model.tokenizer.token_bytes(token_id))
        shown = shown if len(shown) <= 40 else shown[:39] + "…"
        chip = QPushButton(shown.replace("&", "&&"))  # a lone & would underline the next letter
        chip.setObjectName("chip")
        chip.setFont(token_font(_POINTS))
        chip.setToolTip(f"id {token_id}")
        chip.setCursor(Qt.CursorShape.PointingHandCursor)
        chip.clicked.connect(lambda: self._model.select([token_id]))
        return chip

    def _set_content(self, content: QWidget) -> None:
        content.setObjectName("cardContent")
        self._scroll.setWidget(content)


def _text(text: str, *, mono: bool = False, muted: bool = False) -> QLabel:
    label = plain_label(left_to_right(text))
    label.setWordWrap(not muted)
    label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
    if muted:
        label.setObjectName("muted")
    if mono:
        label.setFont(token_font(_POINTS))
    return label


def _title(text: str) -> QLabel:
    label = _text(text if len(text) <= 120 else text[:119] + "…")
    font = token_font(_TITLE_POINTS)
    font.setBold(True)
    label.setFont(font)
    return label


def _note(text: str) -> QWidget:
    """A sentence in the middle, in the colour of what is no fact."""
    note = _text(text)
    note.setObjectName("muted")
    note.setAlignment(Qt.AlignmentFlag.AlignCenter)
    note.setMargin(8)
    around = QWidget()
    QVBoxLayout(around).addWidget(note)
    return around


def _hex(data: bytes) -> str:
    shown = data[:_MOST_BYTES].hex(" ")
    return shown if len(data) <= _MOST_BYTES else f"{shown} … {len(data):,} bytes"


def _code_points(code_points: tuple[CodePoint, ...] | None, data: bytes) -> str:
    if code_points is None:
        if len(data) == 1:
            return "1 byte that is not a whole character by itself"
        return f"{len(data)} bytes that are not whole characters by themselves"
    lines = [f"{c.notation} {c.name or 'without a name'}" for c in code_points[:_MOST_CODE_POINTS]]
    if len(code_points) > _MOST_CODE_POINTS:
        lines.append(f"and {len(code_points) - _MOST_CODE_POINTS:,} more")
    return "\n".join(lines)
