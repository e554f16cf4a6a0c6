"""Why is there a boundary here? The cause of the gap at the caret, and of the edges of a token."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QLabel, QPushButton, QScrollArea, QVBoxLayout, QWidget

from tokviz.gui.panels.pre_token_words import matched_by
from tokviz.gui.panels.replay.cut_boundaries import explain_cut
from tokviz.gui.tokenizer_model import TokenizerModel
from tokviz.tokenization.encoding import without_surrogates
from tokviz.tokenization.replay.boundaries import Cause, Explanation, explain_gap
from tokviz.tokenization.replay.cut_stretch import CUTTING
from tokviz.tokenization.replay.merge_replay import MergeReplay
from tokviz.tokenization.tokenizer import Algorithm
from tokviz.tokenization.vocabulary.visible_text import visible


class BoundaryPanel(QWidget):
    """Explains the gap before the caret, and both edges of the selected token."""

    step_requested = Signal(int, int)  # a byte of the text, a step of the pre-token that holds it

    def __init__(self, model: TokenizerModel) -> None:
        super().__init__()
        self._model = model
        self._scroll = QScrollArea()
        self._scroll.setWidgetResizable(True)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self._scroll)
        for signal in (model.caret_changed, model.selection_changed, model.whole_encoding_changed):
            signal.connect(self._update)
        self._update()

    def showEvent(self, event: object) -> None:
        self._update()

    def _update(self) -> None:
        if not self.isVisible():
            return
        content = QWidget()
        content.setObjectName("cardContent")
        column = QVBoxLayout(content)
        column.setContentsMargins(14, 10, 14, 10)
        for title, byte in self._gaps():
            self._add(column, title, byte)
        if column.count() == 0:
            column.addWidget(
                _words("Put the caret between two tokens, or select a token.", "muted")
            )
        column.addStretch(1)
        self._scroll.setWidget(content)

    def _gaps(self) -> list[tuple[str, int]]:
        """What is asked about: (title, the byte before the gap)."""
        text, gaps = self._model.text, []
        place = self._model.selection.place
        if place is not None and place < text.n_tokens:
            row = text.token(place)
            gaps.append(("Where the token starts", int(row.byte_starts[0]) - 1))
            gaps.append(("Where the token ends", int(row.byte_ends[0]) - 1))
        start, end = self._model.caret
        if start == end and 0 < start < text.n_chars:
            byte = text.byte_offset(start) - 1
            if byte not in [gap for _, gap in gaps]:
                gaps.insert(0, ("At the caret", byte))
        return [(title, gap) for title, gap in gaps if 0 <= gap < text.n_encoded_bytes - 1]

    def _add(self, column: QVBoxLayout, title: str, byte: int) -> None:
        column.addWidget(_words(title, "panelTitle"))
        sentence, step = explain(self._model, byte)
        column.addWidget(_words(sentence))
        if step is not None:
            button = QPushButton(f"Show step {step}")
            button.clicked.connect(lambda: self.step_requested.emit(byte, step))
            column.addWidget(button, 0, Qt.AlignmentFlag.AlignLeft)
        column.addSpacing(8)


def explain(model: TokenizerModel, byte: int) -> tuple[str, int | None]:
    """A sentence on the gap after a byte of the text, and the step that shows the cause."""
    text, tokenizer = model.text, model.tokenizer
    if tokenizer.algorithm in CUTTING:
        return explain_cut(model, byte)
    if not len(tokenizer.merges) and tokenizer.segmenter is not None:
        return "A library made the tokens and tells no steps, so the cause is not known.", None
    if not len(tokenizer.merges):
        return f"With {tokenizer.algorithm.value} every boundary is there from the start.", None
    char = text.char_of_byte(byte)
    span = text.pre_token_span(char)
    if span is None:
        return "The tokens here are not known yet.", None
    start, end = text.byte_offset(span[0]), text.byte_offset(span[1])
    if byte == end - 1:
        return _between_pre_tokens(model, span[0], span[1]), None
    data = without_surrogates(text.slice(*span)).encode("utf-8")
    replay = MergeReplay(tokenizer, data, at_start=span[0] == 0)
    if replay.taken_whole is not None:
        name = visible(tokenizer.token_bytes(replay.taken_whole.id))
        return f"No boundary: {name} is a token, so the pre-token was taken whole.", None
    found = explain_gap(replay, byte - start)
    if found.cause is Cause.UNCOVERED and replay.by_characters:
        return _within_character(model, byte), None
    return _sentence(model, found), found.step


def _within_character(model: TokenizerModel, byte: int) -> str:
    """A gap that no merge is asked about: it lies within a character, or beside a lost one."""
    text = model.text
    char = text.char_of_byte(byte)
    shown = visible(without_surrogates(text.slice(char, char + 1)).encode("utf-8"))
    index = text.index_at(char)
    if index is None or char != text.char_of_byte(byte + 1):
        return "A character here is not in the vocabulary, so it is in no token."
    row = text.token(index)
    if int(row.byte_ends[0]) - int(row.byte_starts[0]) > 1:
        return f"No boundary: merging begins with whole characters, and {shown} is one."
    return f"{shown} is not in the vocabulary, so each of its bytes is a token."


def _sentence(model: TokenizerModel, found: Explanation) -> str:
    def name(token_id: int | None) -> str:
        if token_id is not None and token_id >= model.tokenizer.n_vocab:
            return "(a character without a token)"
        return "" if token_id is None else visible(model.tokenizer.token_bytes(token_id))

    pair = f"{name(found.left)} + {name(found.right)}"
    if found.cause is Cause.NO_RULE:
        return f"No rule joins {pair}, nor any parts that met here on the way."
    if found.cause is Cause.MERGED:
        return f"No boundary: step {found.step} joined {pair} by rank {found.rank:,}."
    if found.cause is Cause.UNCOVERED:
        return "A byte here is not in the vocabulary, so it is in no token."
    assert found.winner is not None
    merge = model.tokenizer.merges[found.winner]
    winner = f"{name(merge.left)} + {name(merge.right)}"
    return (
        f"The rule {pair} (rank {found.rank:,}) could have closed this gap, but at step "
        f"{found.step} rank {found.winner:,} joined {winner} and took its part away."
    )


def _between_pre_tokens(model: TokenizerModel, start: int, end: int) -> str:
    """Two pre-tokens meet: name the alternative of the split pattern that matched each."""
    if model.tokenizer.algorithm is Algorithm.SENTENCEPIECE_BPE:
        return (
            "There is no split pattern, but no token of this vocabulary goes over this place: "
            "spaces stand only at the start of tokens, so each word is merged on its own."
        )
    behind = model.text.pre_token_span(end)
    left = matched_by(model, start, end)
    right = "" if behind is None else matched_by(model, *behind)
    return (
        "The split pattern cuts here, and merges never cross a pre-token's edge.\n"
        f"Before it matched {left}; behind it {right}."
    )


def _words(text: str, name: str = "") -> QLabel:
    label = QLabel(text)
    label.setTextFormat(Qt.TextFormat.PlainText)
    label.setWordWrap(True)
    label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
    label.setObjectName(name)
    return label
