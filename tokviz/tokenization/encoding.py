"""Encoding: the result of encoding a text, as columns.

Byte offsets count the text's UTF-8 with each lone surrogate written as U+FFFD (3 bytes), because
UTF-8 has no bytes for one. Characters are code points.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from tokviz.tokenization.graphemes import count_graphemes

Int32s = NDArray[np.int32]
Int64s = NDArray[np.int64]

OPEN = -1
"""Gap rank of a gap that no merge closed: an edge of a token, a pre-token or uncovered text."""
CLOSED = -2
"""Gap rank of a gap inside a token that no merge made: a special token, for instance."""

_SURROGATES = re.compile("[\ud800-\udfff]")


def without_surrogates(text: str) -> str:
    """The text with each lone surrogate as U+FFFD: same length, and UTF-8 can write it."""
    return text if text.isascii() else _SURROGATES.sub("\ufffd", text)


def encodable(text: str) -> tuple[str, bytes]:
    """The text without lone surrogates, and its UTF-8: without a search where there are none."""
    try:
        return text, text.encode("utf-8")
    except UnicodeEncodeError:
        valid = without_surrogates(text)
        return valid, valid.encode("utf-8")


def utf8_lengths(text: str) -> NDArray[np.uint8]:
    """Bytes of UTF-8 of each character (uint8; a lone surrogate counts 3)."""
    code_points = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), np.uint32)
    lengths = np.ones(len(code_points), np.uint8)
    for first in (0x80, 0x800, 0x10000):
        lengths += code_points >= first
    return lengths


@dataclass(frozen=True, eq=False)
class Fired:
    """The merges that fired in a text: `ranks`, rising, and `from_here`: how many firings are of
    `ranks[i]` or a higher one; 0 behind the last. Both int32, as each part of a long text has its
    own."""

    ranks: Int32s
    from_here: Int32s

    @staticmethod
    def of(ranks: Int32s) -> "Fired":
        """`ranks`: one for each firing, in any order."""
        distinct, counts = np.unique(ranks, return_counts=True)
        from_here = np.zeros(len(distinct) + 1, np.int32)
        np.cumsum(counts[::-1], dtype=np.int32, out=from_here[-2::-1])
        return Fired(distinct, from_here)

    @property
    def counts(self) -> Int32s:
        """How often each of `ranks` fired."""
        return self.from_here[:-1] - self.from_here[1:]

    def n_from(self, rank: int) -> int:
        """How many firings are of this rank or a higher one."""
        return int(self.from_here[self.ranks.searchsorted(np.int32(rank))])


@dataclass(frozen=True, eq=False)
class Encoding:
    """A text and its tokens, in columns of T tokens, P pre-tokens and B bytes.

    `byte_starts`, `byte_ends`: (T,) int32, the span of each token in bytes, from its first to its
    last byte. `pre_token_chars`, `pre_token_bytes`: (P,) int32, where each pre-token starts;
    None where text is not cut into pre-tokens and every character stands for itself.
    `gaps`: (B,) int32, entry i is the gap rank after byte i, the last one OPEN; None where gap
    ranks mean nothing. `uncovered_bytes`: bytes in no token, sorted, int32. `hidden`: the merges
    that closed no gap between bytes of the text, because one side was put there by the tokenizer
    (SentencePiece's prefix): for each the byte behind it and its rank. `utf8`: the text's bytes,
    if they were at hand.
    """

    text: str
    n_bytes: int
    ids: Int32s
    byte_starts: Int32s
    byte_ends: Int32s
    pre_token_chars: Int32s | None
    pre_token_bytes: Int32s | None
    gaps: Int32s | None
    uncovered_bytes: Int32s
    hidden: tuple[tuple[int, int], ...] = ()
    utf8: bytes | None = field(default=None, repr=False)

    @cached_property
    def byte_of_char(self) -> Int64s | None:
        """(characters + 1,) byte offset of each character; None where it is the identity."""
        if self.n_bytes == len(self.text):
            return None
        offsets = np.zeros(len(self.text) + 1, np.int64)
        np.cumsum(utf8_lengths(self.text), out=offsets[1:])
        return offsets

    @cached_property
    def fired(self) -> "Fired":
        """Which merges took a token away, and how often."""
        gaps = np.zeros(0, np.int32) if self.gaps is None else self.gaps
        ranks = gaps[gaps >= 0]
        if self.hidden:
            ranks = np.append(ranks, np.array([rank for _, rank in self.hidden], np.int32))
        return Fired.of(ranks)

    @cached_property
    def n_graphemes(self) -> int:
        """Counted once: an edit leaves most parts of a text as they are."""
        return count_graphemes(self.text)

    @property
    def begins_text(self) -> bool:
        """Whether the tokenizer's own prefix stands before this text."""
        if not len(self.ids):
            return False
        first = int(self.byte_starts[0])
        return int(self.byte_ends[0]) == first or any(byte == first for byte, _ in self.hidden)

    def to_byte(self, char: int) -> int:
        offsets = self.byte_of_char
        return char if offsets is None else int(offsets[char])

    def chars_at(self, byte_positions: Int64s | Int32s) -> Int64s:
        """The character that holds each byte."""
        positions = byte_positions.astype(np.int64)
        if self.n_bytes == len(self.text):
            return positions
        assert self.byte_of_char is not None
        return self.byte_of_char.searchsorted(positions, "right") - 1

    def spans(self) -> tuple[Int32s | Int64s, Int32s | Int64s]:
        """Starts and ends in characters; a cut character lies in the span of each token."""
        if self.n_bytes == len(self.text):
            return self.byte_starts, self.byte_ends
        starts, ends = self.byte_starts, self.byte_ends
        if (starts[1:] < starts[:-1]).any() or (ends[1:] < ends[:-1]).any():  # by a normalizer
            return self.chars_at(starts), self.chars_at(ends - 1) + 1
        data = encodable(self.text)[1] if self.utf8 is None else self.utf8
        return spans_in_chars(data, starts, ends)

    def gap_ranks(self) -> Int32s | None:
        """(B - 1,) one for each gap between neighbouring bytes."""
        return None if self.gaps is None else self.gaps[: max(self.n_bytes - 1, 0)]

    def pre_token_spans(self) -> list[tuple[int, int]]:
        n = len(self.text)
        starts = [0] * (n > 0) if self.pre_token_chars is None else self.pre_token_chars.tolist()
        return list(zip(starts, [*starts[1:], n], strict=True)) if starts else []

    def uncovered(self) -> list[tuple[int, int]]:
        """Maximal spans of characters that have a byte in no token."""
        return runs(np.unique(self.chars_at(self.uncovered_bytes)))

    def part(self, start: int, end: int) -> "Encoding":
        """The characters [start, end) alone; both must be edges of pre-tokens or characters."""
        low, high = self.to_byte(start), self.to_byte(end)
        tokens = slice(*self.byte_starts.searchsorted(np.array([low, high], np.int32)))
        starts, ends = self.byte_starts[tokens] - np.int32(low), self.byte_ends[tokens]
        if np.array_equal(starts[1:] + np.int32(low), ends[:-1]):  # one array will do
            edges = np.append(starts, ends[-1:] - np.int32(low))
            starts, ends = edges[: len(starts)], edges[1:]
        else:
            ends = ends - np.int32(low)
        chars, bytes_ = self.pre_token_chars, self.pre_token_bytes
        if chars is not None and bytes_ is not None:
            cut = slice(*chars.searchsorted(np.array([start, end], np.int32)))
            chars, bytes_ = chars[cut] - np.int32(start), bytes_[cut] - np.int32(low)
            if high - low == end - start:  # all ASCII: one array will do
                bytes_ = chars
        lost = self.uncovered_bytes
        if len(lost):
            lost = lost[slice(*lost.searchsorted(np.array([low, high], np.int32)))]
        return Encoding(
            self.text[start:end],
            high - low,
            self.ids[tokens],
            starts,
            ends,
            chars,
            bytes_,
            None if self.gaps is None else self.gaps[low:high],
            lost - np.int32(low),
            tuple((byte - low, rank) for byte, rank in self.hidden if low <= byte < high),
        )


class TextEncoder(Protocol):
    """What encodes text; it may remember what it has met, so it belongs to one thread.

    `at_start`: the user's text begins here, which some tokenizers mark with a prefix of their own.
    """

    def encode(self, text: str, *, at_start: bool = True) -> Encoding: ...


_BLOCK = 1 << 15


def spans_in_chars(data: bytes, starts: Int32s, ends: Int32s) -> tuple[Int32s, Int32s]:
    """Spans of bytes, starts and ends both rising, as those of all characters that they touch.

    `data` is the text in UTF-8. Where each span begins at the end of the one before, as tokens
    mostly do, and none cuts a character, the two columns are of one array, as the bytes' are.
    """
    if not np.array_equal(starts[1:], ends[:-1]):
        return _begun_before(data, 0, starts)[1][1:], _begun_before(data, 0, ends)[0][1:]
    begun, holders = _begun_before(data, int(starts[0]) if len(starts) else 0, ends)
    return holders[:-1], begun[1:]


def _begun_before(data: bytes, first: int, places: Int32s) -> tuple[Int32s, Int32s]:
    """Of `first` and then of these places, which rise: how many characters of this UTF-8 begin
    before it; and which character it is in, one less where it cuts one. One array if none does.

    It goes by blocks, as most of a text is ASCII, where a character is a byte.
    """
    lows = range(0, len(data), _BLOCK)
    bounds = places.searchsorted(np.array([*lows, len(data)], np.int32)).tolist()
    bounds[-1] = len(places)  # a place may lie behind the last byte
    units = np.frombuffer(data, np.int8)
    begun = np.zeros(len(places) + 1, np.int32)
    begun[0] = np.count_nonzero(units[:first] >= -64)
    holders = begun
    if (units[first : first + 1] < -64).any():
        holders = begun.copy()
        holders[0] -= 1
    counts, goes_on = np.empty(_BLOCK + 1, np.int32), np.zeros(_BLOCK + 1, bool)
    n_begun = 0
    for i, low in enumerate(lows):
        here = slice(bounds[i] + 1, bounds[i + 1] + 1)
        mine = places[bounds[i] : bounds[i + 1]]
        block = data[low : low + _BLOCK]
        if block.isascii():
            np.add(mine, np.int32(n_begun - low), out=begun[here])
            n_begun += len(block)
            if holders is not begun:
                holders[here] = begun[here]
            continue
        n = len(block)
        np.less(units[low : low + n], -64, out=goes_on[:n])  # 0x80 to 0xBF
        goes_on[n] = False
        counts[0] = n_begun
        np.cumsum(~goes_on[:n], out=counts[1 : n + 1])
        counts[1 : n + 1] += np.int32(n_begun)
        at = np.subtract(mine, low, dtype=np.intp)
        counts.take(at, out=begun[here], mode="clip")
        is_cut = goes_on.take(at, mode="clip")
        if holders is begun and is_cut.any():
            holders = begun.copy()
        if holders is not begun:
            np.subtract(begun[here], is_cut, out=holders[here])
        n_begun = int(counts[n])
    return begun, holders


def runs(positions: Int64s) -> list[tuple[int, int]]:
    """Maximal runs of consecutive numbers in a sorted array, as half-open spans.

    >>> runs(np.array([2, 3, 7]))
    [(2, 4), (7, 8)]
    """
    if not len(positions):
        return []
    breaks = np.flatnonzero(np.diff(positions) != 1)
    starts = positions[np.concatenate(([0], breaks + 1))]
    ends = positions[np.concatenate((breaks, [len(positions) - 1]))] + 1
    return list(zip(starts.tolist(), ends.tolist(), strict=True))


def concatenate(parts: Sequence[Encoding]) -> Encoding:
    """The encoding of the joined text, given that each part was cut where pre-tokens meet."""
    if len(parts) == 1:
        return parts[0]
    byte_shifts = _shifts([part.n_bytes for part in parts])
    char_shifts = _shifts([len(part.text) for part in parts])

    def joined(name: str, shifts: Sequence[int]) -> Int32s | None:
        columns = [getattr(part, name) for part in parts]
        if any(column is None for column in columns):
            return None
        shifted = [c + np.int32(s) if s else c for c, s in zip(columns, shifts, strict=True)]
        return np.concatenate(shifted) if shifted else np.zeros(0, np.int32)

    unshifted = [0] * len(parts)
    ids = joined("ids", unshifted)
    starts, ends = joined("byte_starts", byte_shifts), joined("byte_ends", byte_shifts)
    lost = joined("uncovered_bytes", byte_shifts)
    assert ids is not None
    assert starts is not None
    assert ends is not None
    assert lost is not None
    return Encoding(
        "".join(part.text for part in parts),
        sum(part.n_bytes for part in parts),
        ids,
        starts,
        ends,
        joined("pre_token_chars", char_shifts),
        joined("pre_token_bytes", byte_shifts),
        joined("gaps", unshifted),
        lost,
        tuple(
            (byte + shift, rank)
            for part, shift in zip(parts, byte_shifts, strict=True)
            for byte, rank in part.hidden
        ),
    )


def _shifts(lengths: list[int]) -> list[int]:
    shifts, total = [], 0
    for length in lengths:
        shifts.append(total)
        total += length
    return shifts


def special_token(name: str, token_id: int) -> Encoding:
    """The encoding of one special token that was matched by its name."""
    n_bytes = len(without_surrogates(name).encode("utf-8"))
    zero = np.zeros(1, np.int32)
    gaps = np.full(n_bytes, CLOSED, np.int32)
    gaps[-1] = OPEN
    end = np.array([n_bytes], np.int32)
    ids = np.array([token_id], np.int32)
    return Encoding(name, n_bytes, ids, zero, end, zero, zero, gaps, np.zeros(0, np.int32))
