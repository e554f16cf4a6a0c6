"""TextTokens: a text and its tokens, as far as they are known: all that one may ask about ranges.

The text lives in a `PieceTable`, so a question costs what its range costs, not what the text does.
`TokenizedText` adds what changes them. Positions are characters (code points) of the text.
"""

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np

from tokviz.tokenization.encoding import Encoding, Int32s, runs
from tokviz.tokenization.text.pieces import BREAKS, BYTES, CHARS, TOKENS, PieceTable
from tokviz.tokenization.text.token_rows import TokenRows, joined_rows
from tokviz.tokenization.tokenizer import Tokenizer


class PlacedEncoding(NamedTuple):
    """A part of a text, and where its first character and byte stand in it."""

    encoding: Encoding
    first_char: int
    first_byte: int


class TextTokens:
    """See the module's docstring."""

    def __init__(self, tokenizer: Tokenizer, text: str | PieceTable = "") -> None:
        self._tokenizer = tokenizer
        self._table = PieceTable(text) if isinstance(text, str) else text

    # -- the text ------------------------------------------------------------------------------

    @property
    def tokenizer(self) -> Tokenizer:
        return self._tokenizer

    @property
    def n_chars(self) -> int:
        return self._table.n_chars

    @property
    def n_bytes(self) -> int:
        return self._table.start(-1, BYTES)

    @property
    def n_lines(self) -> int:
        """Line breaks + 1; LF, CR, CRLF (one break), U+2028 and U+2029 break lines."""
        return self._table.start(-1, BREAKS) + 1

    def __str__(self) -> str:
        return str(self._table)

    def raw_table(self) -> PieceTable:
        """The text alone, to be encoded elsewhere; its characters are shared, not copied."""
        return self._table.without_tokens()

    def parts(self) -> list[str]:
        """The text in the parts it is kept in: nothing is copied, however long it is."""
        return [piece.text for piece in self._table.pieces]

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

    def first_index_of(self, token_id: int) -> int | None:
        """Index of a token's first occurrence in what is encoded so far."""
        for i, encoding in enumerate(self._all_shown()):
            found = np.flatnonzero(encoding.ids == token_id)
            if len(found):
                return self._table.start(i, TOKENS) + int(found[0])
        return None

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

    def encoded_parts(self) -> list[Encoding]:
        """What is encoded so far, with all merges, in the parts it is kept in, as they are now."""
        return list(self._table.encoded())

    def encodings(self, start: int = 0, end: int | None = None) -> Iterator[PlacedEncoding]:
        """What is encoded so far, with all merges, in the parts it is kept in, whatever is shown.

        Only the parts that touch the characters [start, end), which are taken as they are now.
        """
        end = self.n_encoded if end is None else min(end, self.n_encoded)
        low, high = self._table.range_of(start, end)
        encodings = list(self._table.encoded(low, high))
        chars, bytes_ = self._table.totals[low:high, [CHARS, BYTES]].T.tolist()
        return map(PlacedEncoding, encodings, chars, bytes_)

    @property
    def n_merges(self) -> int | None:
        """How many merges the tokens above are made with; None: all."""
        truncation = self._table.truncation
        return None if truncation is None else truncation.n_merges

    # -- inside --------------------------------------------------------------------------------

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
