"""DistinctStrings: numbers the distinct ones of many byte strings, a whole text's at once.

Most pre-tokens are short, and those go through tables of packed keys, one table for each length in
words. The few long ones are looked up one after the other.
"""

import numpy as np
from numpy.typing import NDArray

from tokviz.tokenization.encoders.packed_keys import PackedKeys, Words, packed, words_of
from tokviz.tokenization.encoding import Int32s, Int64s
from tokviz.tokenization.ranges import ranges

_PADDING = b"\0" * 40
_WIDTHS = (1, 2, 4)  # words: strings of up to 7, 15 and 31 bytes; longer ones are kept as bytes


class DistinctStrings:
    """Numbers count from 0 without a gap, over all calls."""

    def __init__(self) -> None:
        self._keys = [PackedKeys(width) for width in _WIDTHS]
        self._long: dict[bytes, int] = {}
        self._n_long_bytes = 0
        self._new: list[tuple[NDArray[np.uint8], Int32s]] = []
        self.n_strings = 0

    @property
    def memory(self) -> int:
        """An estimate of the bytes held."""
        of_long = 250 * len(self._long) + self._n_long_bytes
        return sum(keys.memory for keys in self._keys) + of_long

    def numbers(self, data: bytes, starts: Int64s, lengths: Int64s) -> Int32s:
        """The number of each of these strings in `data`."""
        numbers = np.empty(len(starts), np.int32)
        words: Words | None = None
        rows: Int64s | None = None  # those not numbered yet, if not all
        for keys in self._keys:
            is_short = lengths < 8 * keys.width
            short, long = np.flatnonzero(is_short), np.flatnonzero(~is_short)
            if not len(short):
                continue
            words = words_of(data + _PADDING) if words is None else words
            at, sizes = starts.take(short), lengths.take(short)
            found, new = keys.number(packed(words, at, sizes, keys.width), self.n_strings)
            numbers[short if rows is None else rows.take(short)] = found
            self._remember_new(data, at[new], sizes[new])
            rows = long if rows is None else rows.take(long)
            starts, lengths = starts.take(long), lengths.take(long)
        left = slice(None) if rows is None else rows
        numbers[left] = self._numbers_of_long(data, starts, lengths)
        return numbers

    def take_new(self) -> tuple[NDArray[np.uint8], Int32s]:
        """The strings that are new since the last call, in a row, and their lengths."""
        nothing = np.zeros(0, np.uint8), np.zeros(0, np.int32)
        data, lengths = zip(nothing, *self._new, strict=True)
        self._new = []
        return np.concatenate(data), np.concatenate(lengths)

    def _numbers_of_long(self, data: bytes, starts: Int64s, lengths: Int64s) -> list[int]:
        numbers: list[int] = []
        new: list[bytes] = []
        known, first = self._long, self.n_strings
        ends = (starts + lengths).tolist()
        for start, end in zip(starts.tolist(), ends, strict=True):
            string = data[start:end]
            number = known.setdefault(string, first + len(new))
            if number == first + len(new):
                new.append(string)
            numbers.append(number)
        if new:
            joined = b"".join(new)
            self._n_long_bytes += len(joined)
            self.n_strings += len(new)
            sizes = np.array(list(map(len, new)), np.int32)
            self._new.append((np.frombuffer(joined, np.uint8), sizes))
        return numbers

    def _remember_new(self, data: bytes, starts: Int64s, lengths: Int64s) -> None:
        if len(starts):
            self.n_strings += len(starts)
            places = ranges(starts, lengths)
            self._new.append((np.frombuffer(data, np.uint8)[places], lengths.astype(np.int32)))
