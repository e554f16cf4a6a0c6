"""PieceTable: a text in pieces of some thousand characters, and where everything in it stands.

A key press rebuilds one piece and one row of running totals, so its cost does not grow with the
text. Pieces that have been encoded come first; those behind them hold text alone.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import cached_property

import numpy as np

from tokviz.tokenization.encoding import Encoding, Int64s, utf8_lengths
from tokviz.tokenization.text.token_colors import Colors
from tokviz.tokenization.text.truncation import Truncation, truncated_colors

PIECE = 8192
"""Characters of a piece, about; one of twice that is cut."""

CHARS, BYTES, TOKENS, BREAKS = range(4)

_LINE_BREAKS = np.array([ord(mark) for mark in "\n\r\u2028\u2029"], np.uint32)
FindCut = Callable[[str, int], int]
_NO_COLORS = np.zeros(0, np.uint8)


class Piece:
    """A part of the text. `encoding` is None before its tokens were ever known; it may be that of
    the tokenizer before, if the piece is not among those of a table that are encoded."""

    def __init__(
        self, text: str, encoding: Encoding | None = None, colors: Colors = _NO_COLORS
    ) -> None:
        self.text = text
        self.encoding = encoding
        self.colors = colors
        self._cut: tuple[Truncation, int | None, Encoding, Colors] | None = None

    @cached_property
    def line_starts(self) -> Int64s:
        """Where lines start within the piece: the place after each line break."""
        codes = np.frombuffer(self.text.encode("utf-32-le", "surrogatepass"), np.uint32)
        ends = np.isin(codes, _LINE_BREAKS)
        ends[:-1] &= (codes[:-1] != ord("\r")) | (codes[1:] != ord("\n"))  # CR LF is one
        return np.flatnonzero(ends) + 1

    @cached_property
    def n_breaks(self) -> int:
        text = self.text
        if "\r" in text or "\u2028" in text or "\u2029" in text:
            return len(self.line_starts)
        return text.count("\n")

    @cached_property
    def n_bytes(self) -> int:
        if self.encoding is not None:
            return self.encoding.n_bytes
        return len(self.text) if self.text.isascii() else int(utf8_lengths(self.text).sum())

    def without_tokens(self) -> "Piece":
        """The same text with its tokens not known, and what is known of the text."""
        if self.encoding is None:
            return self
        bare = Piece(self.text)
        bare.__dict__.update(n_bytes=self.n_bytes, n_breaks=self.n_breaks)
        return bare

    def n_tokens(self, truncation: Truncation | None) -> int:
        if self.encoding is None:
            return 0
        return len(self.encoding.ids) if truncation is None else truncation.n_tokens(self.encoding)

    def cut(self, truncation: Truncation, after: int | None) -> tuple[Encoding, Colors]:
        """The encoding and colours that a truncation leaves; `after`: the next token's colour."""
        whole = self.encoding
        assert whole is not None
        if self._cut is None or self._cut[:2] != (truncation, after):
            cut = truncation.encoding(whole)
            colors = truncated_colors(whole, self.colors, cut, after)
            self._cut = truncation, after, cut, colors
        return self._cut[2:]


class PieceTable:
    """The pieces in order and `totals`: (pieces + 1, 4) int64, how many characters, bytes, tokens
    and line breaks stand before each piece."""

    def __init__(self, text: str = "") -> None:
        self.pieces: list[Piece] = []
        self.totals = np.zeros((1, 4), np.int64)
        self.n_encoded = 0  # pieces, from the first
        self.truncation: Truncation | None = None
        self.put(0, 0, raw_pieces(text))

    @staticmethod
    def of_parts(parts: Iterable[str]) -> "PieceTable":
        """The table of a long text that is at hand in parts, which are never joined."""
        table, pieces, held = PieceTable(), list[Piece](), ""
        for part in parts:
            text = held + part
            held = "\r" if text.endswith("\r") else ""  # an LF may follow
            pieces += raw_pieces(text.removesuffix(held) if held else text)
        table.put(0, 0, pieces + raw_pieces(held))
        return table

    @property
    def n_chars(self) -> int:
        return self.start(-1, CHARS)

    def __str__(self) -> str:
        return "".join(piece.text for piece in self.pieces)

    def put(self, low: int, high: int, new: Sequence[Piece]) -> None:
        """Replace the pieces [low, high)."""
        measures = np.array([self._measures(piece) for piece in new], np.int64).reshape(-1, 4)
        middle = np.cumsum(measures, axis=0) + self.totals[low]
        end = middle[-1] if len(new) else self.totals[low]
        behind = self.totals[high + 1 :] + (end - self.totals[high])
        self.totals = np.concatenate((self.totals[: low + 1], middle, behind))
        self.pieces[low:high] = new
        encoded = sum(piece.encoding is not None for piece in new)
        if low <= self.n_encoded:
            self.n_encoded = max(self.n_encoded - high, 0) + low + encoded

    def without_tokens(self) -> "PieceTable":
        """The same text with all of its tokens pending and all merges shown.

        What is known of the text is taken over, so that ten megabytes take milliseconds.
        """
        table = PieceTable()
        table.totals = self.totals.copy()
        table.totals[:, TOKENS] = 0
        table.pieces = [piece.without_tokens() for piece in self.pieces]
        return table

    def forget_tokens(self) -> None:
        """All of the tokens are pending from now on, and all merges shown.

        The pieces keep what they were encoded to until others take their place, one after the
        other: to free a gigabyte at once, that of a hundred megabytes, takes some frames.
        """
        self.n_encoded = 0
        self.truncation = None
        self.totals[:, TOKENS] = 0

    def _measures(self, piece: Piece) -> tuple[int, int, int, int]:
        n_tokens = piece.n_tokens(self.truncation)
        return len(piece.text), piece.n_bytes, n_tokens, piece.n_breaks

    def truncate(self, truncation: Truncation | None) -> None:
        """Show fewer merges, or all of them: only the numbers of tokens change."""
        self.truncation = truncation
        encoded = self.pieces[: self.n_encoded]
        counts = np.zeros(len(self.pieces), np.int64)
        counts[: self.n_encoded] = [piece.n_tokens(truncation) for piece in encoded]
        np.cumsum(counts, out=self.totals[1:, TOKENS])

    def shown(self, i: int) -> tuple[Encoding, Colors]:
        """The encoding and the colours of a piece, with the merges that are shown."""
        piece = self.pieces[i]
        if self.truncation is not None:
            behind = self.pieces[i + 1].colors if i + 1 < len(self.pieces) else _NO_COLORS
            return piece.cut(self.truncation, int(behind[0]) if len(behind) else None)
        assert piece.encoding is not None
        return piece.encoding, piece.colors

    def __len__(self) -> int:
        return len(self.pieces)

    def encoded(self, low: int = 0, high: int | None = None) -> Iterator[Encoding]:
        """The encodings known so far, in order; those of the pieces [low, high)."""
        high = self.n_encoded if high is None else min(high, self.n_encoded)
        for piece in self.pieces[low:high]:
            assert piece.encoding is not None
            yield piece.encoding

    def start(self, piece: int, measure: int = CHARS) -> int:
        return int(self.totals[piece, measure])

    def at(self, position: int, measure: int = CHARS) -> int:
        """The piece that holds the character (byte, token) at `position`; past the last at the
        end of the text."""
        # An index of the column's own dtype: another would convert the whole column each time.
        return int(self.totals[1:, measure].searchsorted(np.int64(position), "right"))

    def within(self, start: int, end: int) -> Iterator[tuple[int, int]]:
        """(index, first character) of each piece with a character in [start, end)."""
        low, high = self.range_of(start, end)
        return zip(range(low, high), self.totals[low:high, CHARS].tolist(), strict=True)

    def range_of(self, start: int, end: int) -> tuple[int, int]:
        """The first piece with a character in [start, end), and the one behind the last."""
        low = self.at(max(start, 0))
        return low, max(low, int(self.totals[:-1, CHARS].searchsorted(np.int64(end))))

    def slice(self, start: int, end: int) -> str:
        parts = []
        for i, base in self.within(start, end):
            parts.append(self.pieces[i].text[max(start - base, 0) : end - base])
        return "".join(parts)

    def line_at(self, position: int) -> int:
        """The line, from 0, of a caret position."""
        piece = self.at(position)
        if piece == len(self.pieces):
            return self.start(piece, BREAKS)
        inside = np.int64(position - self.start(piece))
        starts = self.pieces[piece].line_starts
        return self.start(piece, BREAKS) + int(starts.searchsorted(inside, "right"))

    def line_start(self, line: int) -> int:
        """Position of a line's first character; the end of the text behind the last line."""
        if line <= 0:
            return 0
        if line > self.totals[-1, BREAKS]:
            return self.start(-1)
        piece = self.at(line - 1, BREAKS)
        inside = line - 1 - self.start(piece, BREAKS)
        return self.start(piece) + int(self.pieces[piece].line_starts[inside])

    def byte_offset(self, position: int) -> int:
        """Bytes before the character at `position`."""
        i = self.at(position)
        if i == len(self.pieces):
            return self.start(i, BYTES)
        piece, inside = self.pieces[i], position - self.start(i)
        if piece.encoding is not None:
            return self.start(i, BYTES) + piece.encoding.to_byte(inside)
        return self.start(i, BYTES) + Piece(piece.text[:inside]).n_bytes


def raw_pieces(text: str) -> list[Piece]:
    """Text that is not encoded yet, in pieces; CR and LF of one line break stay together."""
    pieces, start = [], 0
    while start < len(text):
        end = min(start + 8 * PIECE, len(text))  # larger ones: they are cut up as they are encoded
        if text[end - 1 : end + 1] == "\r\n":
            end += 1
        pieces.append(_raw_piece(text[start:end]))
        start = end
    return pieces


def _raw_piece(text: str) -> Piece:
    """A piece whose bytes and line breaks are counted in its UTF-8: ten times as fast as by its
    characters, which matters for ten megabytes that are opened."""
    piece = Piece(text)
    data = np.frombuffer(text.encode("utf-8", "surrogatepass"), np.uint8)
    piece.n_bytes = len(data)
    if not any(mark in text for mark in "\r\u2028\u2029"):
        piece.n_breaks = int(np.count_nonzero(data == ord("\n")))
    return piece


def in_parts(encoding: Encoding, find_cut: FindCut | None = None) -> list[Encoding]:
    """An encoding in parts of a good size for a piece, cut where pre-tokens meet.

    `find_cut`: the first place from a character on where the text may be cut, if not everywhere.
    """
    n_chars = len(encoding.text)
    if n_chars < 2 * PIECE:
        return [encoding] if n_chars else []
    parts, start = [], 0
    while start < n_chars:
        end = _cut(encoding, start) if find_cut is None else _found_cut(encoding, start, find_cut)
        parts.append(encoding.part(start, end))
        start = end
    return parts


def colored_pieces(parts: Sequence[Encoding], colors: Colors) -> list[Piece]:
    """Parts that follow each other as pieces; `colors` are those of all their tokens."""
    pieces, token = [], 0
    for part in parts:
        end = token + len(part.ids)
        own = colors if len(parts) == 1 else colors[token:end].copy()
        pieces.append(Piece(part.text, part, own))
        token = end
    return pieces


def _found_cut(encoding: Encoding, start: int, find_cut: FindCut) -> int:
    n_chars = len(encoding.text)
    return n_chars if n_chars - start < 2 * PIECE else find_cut(encoding.text, start + PIECE)


def _cut(encoding: Encoding, start: int) -> int:
    """The end of the piece that starts at `start`: an edge before an ASCII character if one is
    near, as no grapheme and no CRLF goes over that."""
    text, n_chars = encoding.text, len(encoding.text)
    if n_chars - start < 2 * PIECE:
        return n_chars
    edges = encoding.pre_token_chars
    if edges is None:
        candidates: list[int] = list(range(start + PIECE, start + PIECE + 256))
    else:
        near = int(edges.searchsorted(np.int32(start + PIECE)))
        candidates = [*edges[near : near + 256].tolist(), n_chars]
    for edge in candidates:
        if edge == n_chars or (text[edge].isascii() and text[edge - 1 : edge + 1] != "\r\n"):
            return edge
    return next(e for e in candidates if text[e - 1 : e + 1] != "\r\n")
