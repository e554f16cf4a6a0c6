"""PackedKeys: gives each distinct short byte string a number, for many strings at once.

A string of at most `8 * width - 1` bytes fits in `width` words of 64 bits together with its length
(in the last byte), so equal words *are* equal strings: nothing is trusted to a hash, which only
tells where to look. The table is open addressing with linear probing: all strings look at their
slot in one step, and those that find another string there look at the next slot in the next. A
slot holds a number alone, and the words stand in the order of numbers, so that what is looked at
is small enough for the processor's cache.
"""

import numpy as np
from numpy.typing import NDArray

from tokviz.tokenization.encoding import Int32s, Int64s

Words = NDArray[np.uint64]

_LONGEST = 63  # bytes
_FACTOR = np.uint64(0x9E3779B97F4A7C15)  # an odd number with mixed bits


# (word, length): which of a word's bytes belong to a string of that length
_INSIDE = np.array(
    [
        [(1 << 8 * min(max(length - 8 * word, 0), 8)) - 1 for length in range(_LONGEST + 1)]
        for word in range(_LONGEST // 8 + 1)
    ],
    np.uint64,
)


def words_of(data: bytes) -> Words:
    """The eight bytes from each place on as one number; `data` must go on for some more bytes."""
    overlapping = np.ndarray((len(data) - 7,), "<u8", data, strides=(1,))
    return overlapping.copy()  # once here, or `take` does it each time


def packed(words: Words, starts: Int64s, lengths: Int64s, width: int) -> list[Words]:
    """The strings at `starts` as words; each is of at most `8 * width - 1` bytes.

    It fills the first half of the words, unless `width` is 1.
    """
    columns = []
    for word in range(width):
        column = words.take(starts + 8 * word if word else starts)
        if word >= width // 2:
            column &= _INSIDE[word].take(lengths)
        columns.append(column)
    columns[-1] |= lengths.view(np.uint64) << np.uint64(56)
    return columns


class PackedKeys:
    """Numbers count from 0 without a gap, over all calls."""

    def __init__(self, width: int) -> None:
        self.width = width
        self.n_strings = 0
        self._keys = np.zeros((width, 1 << 10), np.uint64)  # by number; there is always one
        self._make_table(12)

    def _make_table(self, bits: int) -> None:
        self._bits = bits
        self._numbers = np.full(1 << bits, -1, np.int32)

    @property
    def memory(self) -> int:
        """The bytes held."""
        return self._numbers.nbytes + self._keys.nbytes

    def number(self, words: list[Words]) -> tuple[Int32s, Int64s]:
        """The number of each string, and the rows of those that are new, each where it stands
        first, in the order of their numbers."""
        numbers = self._found(words)
        rows = np.flatnonzero(numbers < 0)
        if len(rows):
            self._make_room(self.n_strings + len(rows))
            return numbers, self._add(words, rows, numbers)
        return numbers, rows

    def _found(self, words: list[Words]) -> Int32s:
        """The number of each string, -1 for one that is not known.

        Nearly all are found at the first look, so the others are taken out and look on alone.
        """
        slots = self._slots(words)
        numbers = self._numbers.take(slots)
        rows = np.flatnonzero(self._differ(words, numbers) & (numbers >= 0))
        at, mine = slots.take(rows), [word.take(rows) for word in words]
        while len(rows):
            at = (at + 1) & (len(self._numbers) - 1)
            found = self._numbers.take(at)
            numbers[rows] = found
            left = np.flatnonzero(self._differ(mine, found) & (found >= 0))
            rows, at, mine = rows.take(left), at.take(left), [word.take(left) for word in mine]
        return numbers

    def _slots(self, words: list[Words]) -> Int64s:
        mixed = words[0] * _FACTOR
        for word in words[1:]:
            mixed ^= mixed >> np.uint64(29)
            mixed += word
            mixed *= _FACTOR
        mixed >>= np.uint64(64 - self._bits)
        return mixed.view(np.int64)

    def _differ(self, words: list[Words], numbers: Int32s) -> NDArray[np.bool_]:
        """Which are other strings than those of the numbers; of -1 it says anything."""
        differ: NDArray[np.bool_] = self._keys[0].take(numbers) != words[0]
        for keys, word in zip(self._keys[1:], words[1:], strict=True):
            differ |= keys.take(numbers) != word
        return differ

    def _add(self, words: list[Words], rows: Int64s, numbers: Int32s) -> Int64s:
        """Add the strings at `rows`; their places in `numbers` are filled in.

        In each step those at an empty slot write their row into it. One of them stands there
        afterwards, and it alone becomes a new string; equal ones find it at once.
        """
        added = []
        mine = [word.take(rows) for word in words]
        at = self._slots(mine)
        while len(rows):
            is_free = self._numbers.take(at) < 0
            if is_free.any():
                claims, free = rows[is_free][::-1], at[is_free][::-1]
                self._numbers[free] = claims
                is_first = self._numbers[free] == claims
                new, free = claims[is_first][::-1], free[is_first][::-1]
                following = self.n_strings + len(new)
                for keys, word in zip(self._keys, words, strict=True):
                    keys[self.n_strings : following] = word[new]
                self._numbers[free] = np.arange(self.n_strings, following)
                self.n_strings = following
                added.append(new)
            found = self._numbers.take(at)
            numbers[rows] = found
            left = np.flatnonzero(self._differ(mine, found))
            rows, mine = rows.take(left), [word.take(left) for word in mine]
            at = (at.take(left) + 1) & (len(self._numbers) - 1)
        return np.concatenate(added)

    def _make_room(self, n_strings: int) -> None:
        """Let the table be a third full at most."""
        if n_strings > self._keys.shape[1]:
            more = max(n_strings, 2 * self._keys.shape[1]) - self._keys.shape[1]
            self._keys = np.pad(self._keys, ((0, 0), (0, more)))
        if 3 * n_strings <= len(self._numbers):
            return
        self._make_table(int(4 * n_strings).bit_length())
        known = np.arange(self.n_strings)
        at = self._slots(list(self._keys[:, : self.n_strings]))
        while len(known):
            is_free = self._numbers.take(at) < 0
            self._numbers[at[is_free]] = known[is_free]
            left = np.flatnonzero(self._numbers.take(at) != known)
            known, at = known[left], (at[left] + 1) & (len(self._numbers) - 1)
