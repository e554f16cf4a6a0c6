"""DistinctStrings: numbers the distinct ones of many byte strings, a whole text's at once.

Each string is of one of a few kinds, by its length, and each kind has numbers of its own. Nearly
all are short, and those go through tables of packed keys. The few long ones are looked up one
after the other.
"""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from tokviz.tokenization.encoders.packed_keys import PackedKeys, Words, packed, words_of
from tokviz.tokenization.encoding import Int32s, Int64s
from tokviz.tokenization.ranges import ranges

WIDTHS = (1, 2, 4, 8)
"""Words of the kinds, so strings of up to 7, 15, 31 and 63 bytes. The last kind is all others."""
KINDS = range(len(WIDTHS) + 1)
_PADDING = b"\0" * 8 * WIDTHS[-1]
_New = tuple[NDArray[np.uint8], Int32s]
"""Strings that stand in a row, and their lengths."""


@dataclass(frozen=True)
class Numbered:
    """Strings of one kind: where they start, how many bytes they have, and the number of each."""

    starts: Int32s
    lengths: Int32s
    numbers: Int32s


class DistinctStrings:
    """Numbers of a kind count from 0 without a gap, over all calls."""

    def __init__(self) -> None:
        self._short = [_ShortStrings(width) for width in WIDTHS]
        self._long = _LongStrings()
        self._kinds: list[_ShortStrings | _LongStrings] = [*self._short, self._long]

    @property
    def memory(self) -> int:
        """An estimate of the bytes held."""
        return sum(kind.memory for kind in self._kinds)

    def number(self, data: bytes, starts: Int64s, lengths: Int64s) -> list[tuple[Int64s, Numbered]]:
        """By kinds: which of these strings in `data` are of it, and the number of each."""
        source = _Source(data)
        numbered = []
        rows: Int64s | None = None  # those not numbered yet, if not all
        for kind in self._short:
            is_short = lengths < 8 * kind.keys.width
            short, long = np.flatnonzero(is_short), np.flatnonzero(~is_short)
            mine = short if rows is None else rows.take(short)
            at, sizes = starts.take(short), lengths.take(short)
            numbered.append((mine, _numbered(at, sizes, kind.number(source, at, sizes))))
            rows = long if rows is None else rows.take(long)
            starts, lengths = starts.take(long), lengths.take(long)
        assert rows is not None
        numbers = self._long.number(source, starts, lengths)
        return [*numbered, (rows, _numbered(starts, lengths, numbers))]

    @property
    def has_new(self) -> bool:
        return any(kind.new for kind in self._kinds)

    def take_new(self) -> list[_New]:
        """By kinds, the strings that are new since the last call, in the order of their numbers."""
        return [kind.take_new() for kind in self._kinds]


def _numbered(starts: Int64s, lengths: Int64s, numbers: Int32s) -> Numbered:
    return Numbered(starts.astype(np.int32), lengths.astype(np.int32), numbers)


class _Source:
    """The data that strings stand in."""

    def __init__(self, data: bytes) -> None:
        self.data = data

    @cached_property
    def words(self) -> Words:
        return words_of(self.data + _PADDING)


class _ShortStrings:
    """Those of one width."""

    def __init__(self, width: int) -> None:
        self.keys = PackedKeys(width)
        self.new: list[_New] = []

    @property
    def memory(self) -> int:
        return self.keys.memory

    def number(self, source: _Source, starts: Int64s, lengths: Int64s) -> Int32s:
        if not len(starts):
            return np.zeros(0, np.int32)
        words = packed(source.words, starts, lengths, self.keys.width)
        numbers, new = self.keys.number(words)
        if len(new):
            sizes = lengths[new]
            places = ranges(starts[new], sizes)
            self.new.append((np.frombuffer(source.data, np.uint8)[places], sizes.astype(np.int32)))
        return numbers

    def take_new(self) -> _New:
        nothing = np.zeros(0, np.uint8), np.zeros(0, np.int32)
        data, lengths = zip(nothing, *self.new, strict=True)
        self.new = []
        return np.concatenate(data), np.concatenate(lengths)


class _LongStrings:
    def __init__(self) -> None:
        self.new: list[bytes] = []
        self._numbers: dict[bytes, int] = {}
        self._n_bytes = 0

    @property
    def memory(self) -> int:
        return 250 * len(self._numbers) + self._n_bytes

    def number(self, source: _Source, starts: Int64s, lengths: Int64s) -> Int32s:
        numbers: list[int] = []
        known = self._numbers
        ends = (starts + lengths).tolist()
        for start, end in zip(starts.tolist(), ends, strict=True):
            string = source.data[start:end]
            number = known.get(string)
            if number is None:
                number = known[string] = len(known)
                self.new.append(string)
                self._n_bytes += len(string)
            numbers.append(number)
        return np.array(numbers, np.int32)

    def take_new(self) -> _New:
        new, self.new = self.new, []
        return np.frombuffer(b"".join(new), np.uint8), np.array(list(map(len, new)), np.int32)
