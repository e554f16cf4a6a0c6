"""TokenizedText: a text that may be edited, and its tokens, kept in step around each edit.

It answers questions about ranges; the text itself lives in a `PieceTable`. Tokens are known from
the start of the text up to `n_encoded`; the rest is taken in part by part (`absorb`). It belongs
to one thread, the GUI's.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import NamedTuple

import numpy as np

from tokviz.tokenization.encoding import (
    Encoding,
    Int32s,
    TokenRows,
    concatenate,
    joined_rows,
    runs,
)
from tokviz.tokenization.pieces import (
    BREAKS,
    BYTES,
    CHARS,
    TOKENS,
    Piece,
    PieceTable,
    encoded_pieces,
    raw_pieces,
)
from tokviz.tokenization.reencoding import Locality, encode_in_parts, kept_tokens, reencode
from tokviz.tokenization.token_colors import Colors, alternating, between, fitted, same_level
from tokviz.tokenization.tokenizer import Tokenizer
from tokviz.tokenization.truncation import Truncation

_MOST_AT_ONCE = 1 << 15
"""Characters that one edit may bring in and still be encoded within a frame or so."""
_MARGIN = 256
"""Characters behind those wanted, so that the last pre-token among them is sure."""


class PlacedEncoding(NamedTuple):
    """A part of a text, and where its first character and byte stand in it."""

    encoding: Encoding
    first_char: int
    first_byte: int


class TokenizedText:
    """See the module's docstring. Positions are characters (code points) of the text."""

    def __init__(self, tokenizer: Tokenizer, text: str = "") -> None:
        self._table = PieceTable(text)
        self._use(tokenizer)

    # -- the text ------------------------------------------------------------------------------

    @property
    def tokenizer(self) -> Tokenizer:
        return self._tokenizer

    @property
    def n_chars(self) -> int:
        return self._table.start(-1, CHARS)

    @property
    def n_bytes(self) -> int:
        return self._table.start(-1, BYTES)

    @property
    def n_lines(self) -> int:
        """Line breaks + 1; LF, CR, CRLF (one break), U+2028 and U+2029 break lines."""
        return self._table.start(-1, BREAKS) + 1

    def __str__(self) -> str:
        return "".join(piece.text for piece in self._table.pieces)

    def slice(self, start: int, end: int) -> str:
        """The characters [start, end)."""
        return self._table.slice(start, end)

    def line_at(self, position: int) -> int:
        """The line, from 0, of a caret position."""
        return self._table.line_at(position)

    def line_start(self, line: int) -> int:
        """Position of a line's first character; the end of the text for `line == n_lines`."""
        return self._table.line_start(line)

    def byte_offset(self, position: int) -> int:
        """Bytes of UTF-8 before the character at `position`."""
        return self._table.byte_offset(position)

    # -- its tokens ----------------------------------------------------------------------------

    @property
    def n_tokens(self) -> int:
        """Tokens known so far."""
        return self._table.start(self._table.n_encoded, TOKENS)

    @property
    def n_encoded(self) -> int:
        """Characters, from the start, whose tokens are known."""
        return self._table.start(self._table.n_encoded, CHARS)

    @property
    def n_encoded_bytes(self) -> int:
        return self._table.start(self._table.n_encoded, BYTES)

    @property
    def complete(self) -> bool:
        return self._table.n_encoded == len(self._table)

    def tokens(self, start: int, end: int) -> TokenRows:
        """All tokens with a byte in the characters [start, end), as far as they are known."""
        rows = []
        for i, base in self._table.within(start, min(end, self.n_encoded)):
            encoding = self._shown(i)
            low = encoding.to_byte(max(start - base, 0))
            high = encoding.to_byte(min(end - base, len(encoding.text)))
            # What is empty, a prefix of the tokenizer's own, belongs to the character behind it.
            first = min(
                int(encoding.byte_ends.searchsorted(np.int32(low), "right")),
                int(encoding.byte_starts.searchsorted(np.int32(low), "left")),
            )
            last = int(encoding.byte_starts.searchsorted(np.int32(high), "left"))
            if first < last:
                rows.append(self._rows(i, first, last))
        return joined_rows(rows)

    def token(self, index: int) -> TokenRows:
        """The one token with this index. Raises `IndexError`."""
        if not 0 <= index < self.n_tokens:
            raise IndexError(f"no token {index}: the text has {self.n_tokens}")
        piece = self._table.at(index, TOKENS)
        inside = index - self._table.start(piece, TOKENS)
        return self._rows(piece, inside, inside + 1)

    def token_span(self, index: int) -> tuple[int, int]:
        """Character span of one token. Raises `IndexError`."""
        row = self.token(index)
        return int(row.starts[0]), int(row.ends[0])

    def index_at(self, position: int) -> int | None:
        """Index of the first token with a byte in the character at `position`."""
        rows = self.tokens(position, position + 1)
        with_bytes = np.flatnonzero(rows.byte_starts < rows.byte_ends)
        return rows.first + int(with_bytes[0]) if len(with_bytes) else None

    def n_tokens_before(self, position: int) -> int:
        """Tokens that start before the character at `position`."""
        position = min(position, self.n_encoded)
        piece = self._table.at(position)
        if piece >= self._table.n_encoded:
            return self.n_tokens
        encoding = self._shown(piece)
        byte = encoding.to_byte(position - self._table.start(piece))
        inside = int(encoding.byte_starts.searchsorted(np.int32(byte)))
        return self._table.start(piece, TOKENS) + inside

    def ids(self) -> Int32s:
        """All ids known so far, int32."""
        parts = [encoding.ids for encoding in self._all_shown()]
        return np.concatenate(parts) if parts else np.zeros(0, np.int32)

    def count_of(self, token_id: int) -> int:
        """Occurrences of a token in what is encoded so far."""
        return sum(int(np.count_nonzero(e.ids == token_id)) for e in self._all_shown())

    def gap_ranks(self) -> Int32s | None:
        """(bytes - 1,) gap ranks of what is encoded so far; None where they mean nothing."""
        known = []
        for encoding in self._table.encoded():
            if encoding.gaps is None:
                return None
            known.append(encoding.gaps)
        return np.concatenate(known)[:-1] if known else np.zeros(0, np.int32)

    def char_of_byte(self, byte: int) -> int:
        """The character that holds a byte of what is encoded so far."""
        piece = self._table.at(byte, BYTES)
        if piece >= self._table.n_encoded:
            return self.n_encoded
        inside = np.array([byte - self._table.start(piece, BYTES)], np.int64)
        return self._table.start(piece) + int(self._encoding(piece).chars_at(inside)[0])

    def pre_token_span(self, position: int) -> tuple[int, int] | None:
        """Characters of the pre-token that holds the one at `position`; None if not known."""
        if not 0 <= position < self.n_encoded:
            return None
        piece = self._table.at(position)
        encoding, base = self._encoding(piece), self._table.start(piece)
        starts = encoding.pre_token_chars
        if starts is None:
            return 0, self.n_chars
        k = int(starts.searchsorted(np.int32(position - base), "right"))
        end = int(starts[k]) if k < len(starts) else len(encoding.text)
        return base + int(starts[k - 1]), base + end

    def uncovered(self, start: int, end: int) -> list[tuple[int, int]]:
        """Maximal spans of characters in [start, end) that have a byte in no token."""
        found = []
        for i, base in self._table.within(start, min(end, self.n_encoded)):
            encoding = self._encoding(i)
            if len(encoding.uncovered_bytes):
                found.append(np.unique(encoding.chars_at(encoding.uncovered_bytes)) + base)
        if not found:
            return []
        chars = np.concatenate(found)
        return runs(chars[(chars >= start) & (chars < end)])

    def encodings(self, start: int = 0, end: int | None = None) -> Iterator[PlacedEncoding]:
        """What is encoded so far, with all merges, in the parts it is kept in, whatever is shown.

        Only the parts that touch the characters [start, end), which are taken as they are now.
        """
        end = self.n_encoded if end is None else min(end, self.n_encoded)
        table = self._table
        places = table.within(start, end)
        parts = [(self._encoding(i), char, table.start(i, BYTES)) for i, char in places]
        return (PlacedEncoding(*part) for part in parts)

    # -- fewer merges --------------------------------------------------------------------------

    @property
    def n_merges(self) -> int | None:
        """How many merges the tokens above are made with; None: all."""
        truncation = self._table.truncation
        return None if truncation is None else truncation.n_merges

    def set_n_merges(self, n_merges: int | None) -> None:
        """Show the tokens as they would be with the first `n_merges` merges only."""
        if n_merges is not None and n_merges >= len(self._tokenizer.merges):
            n_merges = None
        truncation = None if n_merges is None else Truncation(self._tokenizer, n_merges)
        self._table.truncate(truncation)

    # -- changing it ---------------------------------------------------------------------------

    def set_tokenizer(self, tokenizer: Tokenizer) -> None:
        """Another tokenizer: the text stays, all of its tokens are pending."""
        self._use(tokenizer)
        self._table = self._table.without_tokens()

    def extend_tokenizer(self, tokenizer: Tokenizer) -> None:
        """The same tokenizer with ids appended: the tokens known so far stay."""
        self._use(tokenizer)

    def _use(self, tokenizer: Tokenizer) -> None:
        self._tokenizer, self._encoder = tokenizer, tokenizer.encoder()
        self._locality = Locality.of(tokenizer)

    def replace(self, start: int, removed: int, inserted: str) -> None:
        """Replace `removed` characters at `start`, and encode again around them.

        An edit that touches text not encoded yet changes the text only. So does one of very many
        characters: the text from there on is to be encoded again.
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
        if is_huge:
            high = max(high, table.n_encoded)
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
        table.put(low, high, self._pieces(done.encoding, new_colors))
        self._mend_colors(seam, edit[0] + len(edit[2]))
        return True

    def _replace_unencoded(self, low: int, high: int, edit: tuple[int, int, str]) -> None:
        """Change the text of [low, high) and leave it, with all behind it, to be encoded."""
        start, end, inserted = edit
        table = self._table
        base = table.start(low)
        old = "".join(piece.text for piece in table.pieces[low:high])
        new = raw_pieces(old[: start - base] + inserted + old[end - base :])
        table.put(low, high, new)

    def _pieces(self, encoding: Encoding, colors: Colors) -> list[Piece]:
        find_cut = self._locality.first_cut if self._locality.cut is not None else None
        return encoded_pieces(encoding, colors, find_cut)

    def _nothing(self) -> Encoding:
        return self._encoder.encode("")

    def _following(self, piece: int) -> str | None:
        """What the text goes on with, as far as the split pattern looks; None at its end."""
        need = (self._tokenizer.lookahead or 0) + 1
        start = self._table.start(piece)
        return self._table.slice(start, start + need) or None

    # -- encoding what is pending --------------------------------------------------------------

    def encode_pending(self) -> Iterator[Encoding]:
        """Encode the text whose tokens are not known yet, part by part, to be taken in by `absorb`.

        The text is taken as it is now; the iterator has an encoder of its own and may run in
        another thread.
        """
        texts = [piece.text for piece in self._table.pieces[self._table.n_encoded :]]
        return _encode(self._tokenizer, texts, at_start=self._table.n_encoded == 0)

    def encode_more(self, n_chars: int) -> None:
        """Encode at least `n_chars` more characters now, or all that are left."""
        reach = self._locality.reach
        start, size = self.n_encoded, self.n_chars if reach is None else n_chars + _MARGIN
        while start < self.n_chars and self.n_encoded == start:
            text = self.slice(start, start + size)
            goes_on = start + len(text) < self.n_chars
            for encoding in encode_in_parts(
                self._encoder, text, self._locality, goes_on=goes_on, at_start=start == 0
            ):
                self.absorb(encoding)
            size *= 4  # should one pre-token fill the window

    def absorb(self, encoding: Encoding) -> None:
        """Take in the encoding of the next pending characters."""
        with self._all_merges():
            self._absorb(encoding)

    def _absorb(self, encoding: Encoding) -> None:
        table, low = self._table, self._table.n_encoded
        before = self._color(self.n_tokens - 1)
        missing = len(encoding.text)
        high = low
        while missing > 0:
            missing -= len(table.pieces[high].text)
            high += 1
        rest = raw_pieces(table.pieces[high - 1].text[missing:]) if missing < 0 else []
        new = self._pieces(encoding, alternating(len(encoding.ids), before))
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

    def _encoding(self, piece: int) -> Encoding:
        encoding = self._table.pieces[piece].encoding
        assert encoding is not None
        return encoding

    def _shown(self, piece: int) -> Encoding:
        return self._table.shown(piece)[0]

    def _all_shown(self) -> Iterator[Encoding]:
        return map(self._shown, range(self._table.n_encoded))

    def _rows(self, piece: int, first: int, last: int) -> TokenRows:
        table = self._table
        encoding, colors = table.shown(piece)
        base, byte_base = table.start(piece), table.start(piece, BYTES)
        begins = encoding.byte_starts[first:last].astype(np.int64)
        stops = encoding.byte_ends[first:last].astype(np.int64)
        return TokenRows(
            table.start(piece, TOKENS) + first,
            encoding.ids[first:last],
            encoding.chars_at(begins) + base,
            encoding.chars_at(stops - 1) + base + 1,
            begins + byte_base,
            stops + byte_base,
            colors[first:last],
        )

    def _color(self, index: int) -> int | None:
        if not 0 <= index < self.n_tokens:
            return None
        piece = self._table.at(index, TOKENS)
        return int(self._table.pieces[piece].colors[index - self._table.start(piece, TOKENS)])

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


def _encode(tokenizer: Tokenizer, texts: list[str], *, at_start: bool) -> Iterator[Encoding]:
    yield from encode_in_parts(
        tokenizer.encoder(), "".join(texts), Locality.of(tokenizer), at_start=at_start
    )
