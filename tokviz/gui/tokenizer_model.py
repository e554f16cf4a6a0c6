"""TokenizerModel: the one object that all panels share.

A fact here is one that several panels need; each has a setter and a signal without payload, and a
slot reads the model, so nobody acts on a stale copy. A setter compares, sets everything, then
emits; an equal value emits nothing, so panels that follow each other cannot echo.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from PySide6.QtCore import QObject, Signal

from tokviz.gui.id_counting import IdCounting
from tokviz.gui.order_checking import OrderChecking
from tokviz.gui.rest_of_text import RestOfText
from tokviz.gui.shared_table import SharedTable
from tokviz.tokenization.replay.merge_order import why_only_all_merges
from tokviz.tokenization.text.pieces import PieceTable
from tokviz.tokenization.text.place_after_edit import TextEdit, index_at, place_after
from tokviz.tokenization.text.tokenized_text import TokenizedText
from tokviz.tokenization.tokenizer import Special, Tokenizer

if TYPE_CHECKING:
    from tokviz.embedding.table import EmbeddingTable
    from tokviz.tokenization.training.trainer import Training


@dataclass(frozen=True)
class Selection:
    """The selected tokens: sorted `ids`, and the token's index if it was picked in the text."""

    ids: tuple[int, ...] = ()
    place: int | None = None


class _Facts(NamedTuple):
    """What one setter may change along with its own fact."""

    context: int | None
    selection: Selection
    hovered: int | None
    marked_rank: int | None
    caret: tuple[int, int]
    training: "Training | None"


class TokenizerModel(SharedTable):
    """The tokenizer, the text and its tokens, and what is selected in them; and the table."""

    tokenizer_changed = Signal()
    text_replaced = Signal()
    encoding_changed = Signal()
    whole_encoding_changed = Signal()  # with all merges: showing fewer of them is no such change
    selection_changed = Signal()
    hovered_changed = Signal()
    context_changed = Signal()
    marks_changed = Signal()
    caret_changed = Signal()
    top_changed = Signal()
    training_changed = Signal()
    special_changed = Signal()
    order_changed = Signal()  # what is known of whether the order of merges holds

    def __init__(self, tokenizer: Tokenizer, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._text = TokenizedText(tokenizer)
        self._special = Special.TEXT
        self._selection = Selection()
        self._hovered: int | None = None
        self._context = tokenizer.context
        self._marked_rank: int | None = None
        self._caret = (0, 0)
        self._top = 0
        self._last_edit: TextEdit | None = None
        self._revision = 0
        self._trained: tuple[Tokenizer, Training] | None = None
        self.id_counting = IdCounting(self)
        self.id_counting.problem.connect(self.problem)
        self._rest = RestOfText(self)
        self._rest.task_started.connect(self.task_started)
        self._rest.problem.connect(self.problem)
        self._rest.absorbed.connect(self.encoding_changed)
        self._rest.absorbed.connect(self.whole_encoding_changed)
        self._order = OrderChecking(self)
        self._order.task_started.connect(self.task_started)
        self._order.problem.connect(self.problem)
        self._order.changed.connect(self.order_changed)
        self._order.checked.connect(self._on_order_checked)

    @property
    def tokenizer(self) -> Tokenizer:
        return self._text.tokenizer

    @property
    def text(self) -> TokenizedText:
        """The text and its tokens; read it, change it by `set_text` and `edit_text` alone."""
        return self._text

    @property
    def selection(self) -> Selection:
        return self._selection

    @property
    def hovered(self) -> int | None:
        """The id under the mouse, in whatever panel."""
        return self._hovered

    @property
    def context(self) -> int | None:
        """Tokens in the context window; None: unknown or without a limit."""
        return self._context

    @property
    def n_merges(self) -> int | None:
        """How many of the merges the tokens shown are made with; None: all."""
        return self._text.n_merges

    @property
    def marked_rank(self) -> int | None:
        """The merge whose firings are marked in the text."""
        return self._marked_rank

    @property
    def caret(self) -> tuple[int, int]:
        """The characters selected in the text, start and end; equal where the caret just stands."""
        return self._caret

    @property
    def top(self) -> int:
        """The character that stands at the top of the text as it is scrolled."""
        return self._top

    @property
    def revision(self) -> int:
        """Rises by one with each change of the text: who kept up with it needs `last_edit` only."""
        return self._revision

    @property
    def last_edit(self) -> "TextEdit | None":
        """The edit that made this revision, None where the whole text was replaced."""
        return self._last_edit

    @property
    def special(self) -> Special:
        """What names of special tokens in the text are taken for; refused ones stay text."""
        return self._special

    @property
    def training(self) -> "Training | None":
        """The finished training that made this tokenizer, if it is at hand; none goes on in it.

        It comes back with its tokenizer when others were looked at meanwhile.
        """
        trained = self._trained
        return trained[1] if trained is not None and trained[0] is self.tokenizer else None

    @property
    def why_only_all_merges(self) -> str:
        """A sentence on why the text is not shown with fewer merges; empty where it can be."""
        order = self._order
        return why_only_all_merges(self.tokenizer, order.result, checking=order.is_running)

    def set_tokenizer(self, tokenizer: Tokenizer, *, for_a_moment: bool = False) -> None:
        """Encode the text with another tokenizer: the first part now, the rest in a task.

        With one `for_a_moment`, which another follows soon, a long text stays at the first part.
        """
        if tokenizer is self.tokenizer:
            self.check_order()  # it may have been cancelled the last time
            return
        if tokenizer.growing:  # others need no look at ten megabytes
            tokenizer = tokenizer.extended(str(self._text))
        if _is_same_growing(tokenizer, self.tokenizer):
            return
        before = self._shared_facts()
        self._text.set_tokenizer(tokenizer)
        self._context = tokenizer.context
        self._selection, self._hovered, self._marked_rank = Selection(), None, None
        self._rest.begin(self._text, for_a_moment=for_a_moment)
        self.tokenizer_changed.emit()
        self.fit_table_to(tokenizer)
        self.encoding_changed.emit()
        self.whole_encoding_changed.emit()
        self._emit_changes_since(before)
        self.check_order()

    def check_order(self) -> None:
        """Find out in a task whether the order of merges holds, if that is not known yet."""
        self._order.begin(self.tokenizer)

    def _on_order_checked(self) -> None:
        """Take the same tokenizer, which knows its order now; nothing is encoded again."""
        result = self._order.result
        assert result is not None
        assert result.tokenizer is not None
        self._text.extend_tokenizer(result.tokenizer)
        self.tokenizer_changed.emit()
        self.fit_table_to(result.tokenizer)

    def set_special(self, special: Special) -> None:
        """Take names of special tokens in the text for those tokens, for text, or for a fault."""
        if special is self._special:
            return
        before = self._shared_facts()
        was, self._special = self._text.special, special
        changes = was is not (special is Special.SPECIAL)
        if changes:
            self._text.set_special(not was)
            self._selection = Selection(self._selection.ids)
            self._rest.begin(self._text)
        self.special_changed.emit()
        if changes:
            self.encoding_changed.emit()
            self.whole_encoding_changed.emit()
        self._emit_changes_since(before)

    def set_table(self, table: "EmbeddingTable | None") -> None:
        """Show a table whose row n is the vector of this tokenizer's token n.

        It stays while every id below its number of rows means the same bytes; else it is put
        aside and comes back with this tokenizer. Raises `MissingRowsError`.
        """
        self.set_table_for(self.tokenizer, table)

    def require_table(self) -> None:
        """Load the shipped table of this tokenizer, if it has one and none is shown."""
        self.require_table_for(self.tokenizer)

    def set_text(self, text: str | PieceTable | TokenizedText) -> None:
        """Replace the whole text. A long one may be made elsewhere, in pieces, the first of them
        even encoded; it is taken over."""
        text = PieceTable(text) if isinstance(text, str) else text
        if text.n_chars == self._text.n_chars and str(text) == str(self._text):
            return
        before, n_merges = self._shared_facts(), self.n_merges
        grown = self.tokenizer.extended(str(text)) if self.tokenizer.growing else self.tokenizer
        tokenizer_grew = grown is not self.tokenizer
        self._text = self._encoded_with(grown, text)
        self._text.set_n_merges(n_merges)
        self._selection, self._hovered = Selection(self._selection.ids), None
        self._caret, self._top = (0, 0), 0
        self._last_edit, self._revision = None, self._revision + 1
        if self._text.n_encoded:  # the first page came along
            self._rest.encode(self._text)
        else:
            self._rest.begin(self._text)
        if tokenizer_grew:
            self.tokenizer_changed.emit()
            self.fit_table_to(grown)
        self.text_replaced.emit()
        self.encoding_changed.emit()
        self.whole_encoding_changed.emit()
        self._emit_changes_since(before)

    def _encoded_with(
        self, tokenizer: Tokenizer, text: PieceTable | TokenizedText
    ) -> TokenizedText:
        special = self._special is Special.SPECIAL
        if isinstance(text, PieceTable):
            return TokenizedText(tokenizer, text, special=special)
        if text.tokenizer is tokenizer and text.special == special:
            return text
        return TokenizedText(tokenizer, text.raw_table(), special=special)

    def edit_text(self, start: int, removed: int, inserted: str) -> None:
        """Replace `removed` characters at `start`; tokens are encoded again around the edit."""
        if not removed and not inserted:
            return
        text, before = self._text, self._shared_facts()
        pending = text.n_chars - text.n_encoded
        touches_pending = start + removed > text.n_encoded
        edit, place = TextEdit(start, removed, inserted), self._selection.place
        stays = None if place is None else place_after(text, place, edit)
        grown = text.tokenizer.extended(inserted)
        tokenizer_grew = grown is not text.tokenizer
        if tokenizer_grew:
            text.extend_tokenizer(grown)
        text.replace(start, removed, inserted)
        self._last_edit, self._revision = edit, self._revision + 1
        if touches_pending or text.n_chars - text.n_encoded != pending:
            self._rest.begin(text, after_edit=True)
        elif tokenizer_grew and self._rest.is_running:
            self._rest.encode(text)
        self._selection = Selection(
            self._selection.ids,
            None if stays is None else index_at(text, stays, self._selection.ids),
        )
        if tokenizer_grew:
            self.tokenizer_changed.emit()
            self.fit_table_to(grown)
        self.encoding_changed.emit()
        self.whole_encoding_changed.emit()
        self._emit_changes_since(before)

    def select(self, ids: Iterable[int], place: int | None = None) -> None:
        """Select tokens by id; `place` is the index of the one picked in the text.

        Ids that the vocabulary does not have are left out: a list that has not followed a new
        tokenizer yet may still be clicked.
        """
        vocab = self.tokenizer.vocab
        known = (i for i in set(ids) if 0 <= i < len(vocab) and vocab[i] is not None)
        selection = Selection(tuple(sorted(known)), place)
        if selection != self._selection:
            self._selection = selection
            self.selection_changed.emit()

    def select_token(self, index: int) -> None:
        """Select the token at an index of the text."""
        self.select([int(self._text.token(index).ids[0])], index)

    def hover(self, token_id: int | None) -> None:
        if token_id is not None and token_id >= self.tokenizer.n_vocab:
            token_id = None
        if token_id != self._hovered:
            self._hovered = token_id
            self.hovered_changed.emit()

    def set_context(self, context: int | None) -> None:
        if context != self._context:
            self._context = context
            self.context_changed.emit()

    def set_n_merges(self, n_merges: int | None) -> None:
        """Show the text as the first `n_merges` merges leave it; None, or all of them: as it is."""
        before = self._shared_facts()
        if n_merges is not None and n_merges >= len(self.tokenizer.merges):
            n_merges = None
        if not self.tokenizer.ordered:  # gap ranks would tell tokens that it never makes
            n_merges = None
        if n_merges == self.n_merges:
            return
        self._text.set_n_merges(n_merges)
        # The place is an index among the tokens shown, and those are others now.
        self._selection = Selection(self._selection.ids)
        self.encoding_changed.emit()
        self._emit_changes_since(before)

    def mark(self, rank: int | None) -> None:
        """Mark every place in the text where the merge of a rank fires."""
        if rank != self._marked_rank:
            self._marked_rank = rank
            self.marks_changed.emit()

    def set_caret(self, start: int, end: int) -> None:
        """Tell which characters are selected in the text, or where the caret stands."""
        if (start, end) != self._caret:
            self._caret = (start, end)
            self.caret_changed.emit()

    def set_training(self, training: "Training | None") -> None:
        """Tell which training made the present tokenizer; None while it goes on."""
        before = self.training
        self._trained = None if training is None else (self.tokenizer, training)
        if training is not before:
            self.training_changed.emit()

    def set_top(self, position: int) -> None:
        """Tell which character stands at the top of the text."""
        if position != self._top:
            self._top = position
            self.top_changed.emit()

    def close(self) -> None:
        """End what runs; for the program's end."""
        self.id_counting.cancel()
        self._rest.cancel()
        self._order.cancel()
        self._cancel_loading()

    def _shared_facts(self) -> _Facts:
        return _Facts(
            self._context,
            self._selection,
            self._hovered,
            self._marked_rank,
            self._caret,
            self.training,
        )

    def _emit_changes_since(self, before: _Facts) -> None:
        signals = (
            self.context_changed,
            self.selection_changed,
            self.hovered_changed,
            self.marks_changed,
            self.caret_changed,
            self.training_changed,
        )
        for signal, old, new in zip(signals, before, self._shared_facts(), strict=True):
            if old != new:
                signal.emit()


def _is_same_growing(one: Tokenizer, other: Tokenizer) -> bool:
    """Growing vocabularies are made anew from a text, so equal ones need not be identical."""
    return (
        one.growing
        and other.growing
        and one.name == other.name
        and list(one.vocab) == list(other.vocab)
    )
