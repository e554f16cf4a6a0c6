"""TokenizedText: a text that may be edited, and its tokens, kept in step around each edit.

What one may ask about them is `TextTokens`; here they change. Tokens are known from the start of
the text up to `n_encoded`; the rest is taken in part by part (`absorb`). It belongs to one
thread, the GUI's.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import numpy as np

from tokviz.tokenization.encoding import (
    Encoding,
    concatenate,
)
from tokviz.tokenization.text.locality import Locality
from tokviz.tokenization.text.pieces import (
    TOKENS,
    Piece,
    PieceTable,
    colored_pieces,
    in_parts,
    raw_pieces,
)
from tokviz.tokenization.text.reencoding import encode_in_parts, kept_tokens, reencode
from tokviz.tokenization.text.text_tokens import TextTokens
from tokviz.tokenization.text.token_colors import alternating, between, fitted, same_level
from tokviz.tokenization.text.truncation import Truncation
from tokviz.tokenization.tokenizer import Tokenizer

_MOST_AT_ONCE = 1 << 15
"""Characters that one edit may bring in and still be encoded within a frame or so."""
_JOINED = 1 << 5
"""Pieces that are joined to be encoded; joining a hundred megabytes would take a few frames."""
_MARGIN = 256
"""Characters behind those wanted, so that the last pre-token among them is sure."""


class TokenizedText(TextTokens):
    """See the module's docstring."""

    def __init__(
        self, tokenizer: Tokenizer, text: str | PieceTable = "", *, special: bool = False
    ) -> None:
        """`text`: or a table of raw pieces, which is taken over. `special`: names of special tokens
        in the text are those tokens, else they are text."""
        super().__init__(tokenizer, text)
        self._special = special
        self._use(tokenizer)

    @property
    def special(self) -> bool:
        """Whether the names of special tokens in the text are those tokens."""
        return self._special

    def set_special(self, special: bool) -> None:
        """Take the names of special tokens for those tokens, or for text; all is pending then."""
        self._special = special
        self.set_tokenizer(self._tokenizer)

    # -- fewer merges --------------------------------------------------------------------------

    def set_n_merges(self, n_merges: int | None) -> None:
        """Show the tokens as they would be with the first `n_merges` merges only."""
        if n_merges is not None and n_merges >= len(self._tokenizer.merges):
            n_merges = None
        truncation = None
        if n_merges is not None:
            truncation = Truncation(self._tokenizer, n_merges, special=self._special)
        self._table.truncate(truncation)

    # -- changing it ---------------------------------------------------------------------------

    def set_tokenizer(self, tokenizer: Tokenizer) -> None:
        """Another tokenizer: the text stays, all of its tokens are pending."""
        self._use(tokenizer)
        self._table.forget_tokens()

    def extend_tokenizer(self, tokenizer: Tokenizer) -> None:
        """The same tokenizer with ids appended: the tokens known so far stay."""
        self._use(tokenizer)

    def _use(self, tokenizer: Tokenizer) -> None:
        self._tokenizer = tokenizer
        self._encoder = tokenizer.encoder(special=self._special)
        self._locality = Locality.of(tokenizer, special=self._special)

    def replace(self, start: int, removed: int, inserted: str) -> None:
        """Replace `removed` characters at `start`, and encode again around them.

        An edit that touches text not encoded yet changes the text only. So does one of very many
        characters, or in a very long pre-token: the text from there on is to be encoded again.
        Raises `IndexError` where the text has no such characters.
        """
        end = start + removed
        if not 0 <= start <= end <= self.n_chars:
            raise IndexError(f"[{start}, {end}) is outside of the text")
        table = self._table
        # One character more on both sides, so that CR and LF that meet share a piece.
        reach = self._locality.reach
        low = 0 if reach is None else table.at(max(start - reach - 1, 0))
        low = max(min(low, len(table) - 1), 0)
        high = min(max(table.at(end) + 1, low + 1), len(table))
        if reach is None:
            high = max(high, table.n_encoded)
        # Taking text out costs an eighth of bringing it in.
        is_huge = len(inserted) + removed // 8 > _MOST_AT_ONCE
        if reach is None:  # to be encoded as a whole, whatever pieces it is kept in
            is_huge |= self.n_chars > _MOST_AT_ONCE
        else:  # only a pre-token that cannot be cut makes a piece that long
            is_huge |= any(len(p.text) > _MOST_AT_ONCE for p in table.pieces[low:high])
        with self._all_merges():
            while high <= table.n_encoded and not is_huge:
                if self._replace_within(low, high, (start, end, inserted)):
                    return
                high += 1
            self._replace_unencoded(low, min(high, len(table)), (start, end, inserted))

    def _replace_within(self, low: int, high: int, edit: tuple[int, int, str]) -> bool:
        """Encode the pieces [low, high) again; False where that window is too small."""
        base, table = self._table.start(low), self._table
        old_pieces = table.pieces[low:high]
        old = concatenate([self._encoding(i) for i in range(low, high)] or [self._nothing()])
        shifted = (edit[0] - base, edit[1] - base, edit[2])
        done = reencode(
            old,
            shifted,
            self._following(high),
            self._locality,
            self._encoder,
            at_start=low == 0,
        )
        if done is None:
            return False
        colors = np.concatenate([np.zeros(0, np.uint8), *(p.colors for p in old_pieces)])
        kept = kept_tokens(old, done, shifted)
        seam = table.start(low, TOKENS) + kept[2]
        left = self._color(table.start(low, TOKENS) + kept[0] - 1)
        right = self._color(table.start(low, TOKENS) + kept[1])
        fresh = fitted(kept[2] - kept[0], left, right)
        new_colors = np.concatenate([colors[: kept[0]], fresh, colors[kept[1] :]])
        table.put(low, high, colored_pieces(self._in_parts(done.encoding), new_colors))
        self._mend_colors(seam, edit[0] + len(edit[2]))
        return True

    def _replace_unencoded(self, low: int, high: int, edit: tuple[int, int, str]) -> None:
        """Change the text of [low, high) and leave it, with all behind it, to be encoded."""
        start, end, inserted = edit
        table = self._table
        base, n_encoded = table.start(low), max(table.n_encoded, high)
        old = "".join(piece.text for piece in table.pieces[low:high])
        new = raw_pieces(old[: start - base] + inserted + old[end - base :])
        # Joined with the rest of the text, ten megabytes would be copied several times.
        behind = [piece.without_tokens() for piece in table.pieces[high:n_encoded]]
        table.put(low, n_encoded, [*new, *behind])

    def _in_parts(self, encoding: Encoding) -> list[Encoding]:
        return in_parts(encoding, self._locality.find_cut)

    def _nothing(self) -> Encoding:
        return self._encoder.encode("")

    def _following(self, piece: int) -> str | None:
        """What the text goes on with, as far as the split pattern looks; None at its end."""
        need = (self._locality.lookahead or 0) + 1
        start = self._table.start(piece)
        return self._table.slice(start, start + need) or None

    # -- encoding what is pending --------------------------------------------------------------

    def encode_pending(self) -> Iterator[list[Encoding]]:
        """Encode the text whose tokens are not known yet, some parts at a time, for `absorb`.

        The text is taken as it is now; the iterator has an encoder of its own and may run in
        another thread.
        """
        pieces = self._table.pieces[self._table.n_encoded :]
        is_first = self._table.n_encoded == 0
        return _encode(self._tokenizer, pieces, at_start=is_first, special=self._special)

    def encode_more(self, n_chars: int, *, most: int | None = None) -> None:
        """Encode at least `n_chars` more characters now, or all that are left.

        Where one pre-token has more characters than `most`, it is left pending; so is a text that
        can be encoded as a whole only.
        """
        reach = self._locality.reach
        if reach is None and most is not None and self.n_chars > most:
            return
        start, size = self.n_encoded, self.n_chars if reach is None else n_chars + _MARGIN
        while start < self.n_chars and self.n_encoded == start:
            text = self.slice(start, start + size)
            goes_on = start + len(text) < self.n_chars
            for encoding in encode_in_parts(
                self._encoder, text, self._locality, goes_on=goes_on, at_start=start == 0
            ):
                self.absorb(self._in_parts(encoding))
            size *= 4  # should one pre-token fill the window
            if reach is not None and most is not None and size > most:
                return

    def absorb(self, parts: Sequence[Encoding]) -> None:
        """Take in the encodings of the next pending characters."""
        with self._all_merges():
            self._absorb(parts)

    def _absorb(self, parts: Sequence[Encoding]) -> None:
        table, low = self._table, self._table.n_encoded
        before = self._color(self.n_tokens - 1)
        missing = sum(len(part.text) for part in parts)
        high = low
        while missing > 0:
            missing -= len(table.pieces[high].text)
            high += 1
        rest = raw_pieces(table.pieces[high - 1].text[missing:]) if missing < 0 else []
        colors = alternating(sum(len(part.ids) for part in parts), before)
        new = colored_pieces(parts, colors)
        table.put(low, high, [*new, *rest])

    # -- inside --------------------------------------------------------------------------------

    @contextmanager
    def _all_merges(self) -> Iterator[None]:
        """Edits and colours are about the whole encoding, whatever is shown of it."""
        truncation = self._table.truncation
        if truncation is None:
            yield
            return
        self._table.truncate(None)
        try:
            yield
        finally:
            self._table.truncate(truncation)

    def _mend_colors(self, seam: int, edit_end: int) -> None:
        """Two tokens that an edit brought together at `seam` must not share a colour level.

        The one that gives way is the one the edit brought in, if it did: what stands before
        `edit_end` (a character) at the right of the seam.
        """
        left, right = self._color(seam - 1), self._color(seam)
        if left is None or right is None or not same_level(left, right):
            return
        if self.token_span(seam)[0] < edit_end:
            self._set_color(seam, between(left, self._color(seam + 1)))
        else:
            self._set_color(seam - 1, between(self._color(seam - 2), right))

    def _set_color(self, index: int, color: int) -> None:
        piece = self._table.at(index, TOKENS)
        self._table.pieces[piece].colors[index - self._table.start(piece, TOKENS)] = color


def _encode(
    tokenizer: Tokenizer, pieces: list[Piece], *, at_start: bool, special: bool
) -> Iterator[list[Encoding]]:
    encoder, locality = tokenizer.encoder(special=special), Locality.of(tokenizer, special=special)
    text = ""
    pieces.reverse()
    while pieces:  # what is encoded is let go: the text stays in its parts alone
        text = "".join([text, *(piece.text for piece in pieces[: -_JOINED - 1 : -1])])
        del pieces[-_JOINED:]
        goes_on, done = bool(pieces), 0
        for encoding in encode_in_parts(
            encoder, text, locality, goes_on=goes_on, at_start=at_start
        ):
            yield in_parts(encoding, locality.find_cut)
            done, at_start = done + len(encoding.text), False
        text = text[done:]
