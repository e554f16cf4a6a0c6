"""PackedKeys: gives each distinct short byte string a number, for many strings at once.

A string of at most `8 * width - 1` bytes fits in `width` words of 64 bits together with its length
(in the last byte), so equal words *are* equal strings: nothing is trusted to a hash, which only
tells where to look. The table is open addressing with linear probing: all strings look at their
slot in one step, and those that find another string there look at the next slot in the next.
"""

import numpy as np
from numpy.typing import NDArray

from tokviz.tokenization.encoding import Int32s, Int64s

Words = NDArray[np.uint64]

_LONGEST = 31  # bytes
_FACTORS = [  # odd numbers with mixed bits
    np.uint64(factor)
    for factor in (0x9E3779B97F4A7C15, 0xC2B2AE3D27D4EB4F, 0x165667B19E3779F9, 0xD6E8FEB86659FD93)
]


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
    """The strings at `starts` as words; each is of at most `8 * width - 1` bytes."""
    columns = []
    for word in range(width):
        column = words.take(starts + 8 * word if word else starts)
        column &= _INSIDE[word].take(lengths)
        columns.append(column)
    columns[-1] |= lengths.view(np.uint64) << np.uint64(56)
    return columns


class PackedKeys:
    """See the module's docstring."""

    def __init__(self, width: int) -> None:
        self.width = width
        self._count = 0
        self._make(12)

    def _make(self, bits: int) -> None:
        self._bits = bits
        self._keys = [np.zeros(1 << bits, np.uint64) for _ in range(self.width)]
        self._numbers = np.full(1 << bits, -1, np.int32)

    @property
    def memory(self) -> int:
        return len(self._numbers) * (8 * self.width + 4)

    def number(self, words: list[Words], next_number: int) -> tuple[Int32s, Int64s]:
        """The number of each string, and the rows of those that are new.

        The new ones, each where it stands first, get `next_number` and those that follow.
        """
        numbers = self._found(words)
        rows = np.flatnonzero(numbers < 0)
        if len(rows):
            if 3 * (self._count + len(rows)) > len(self._numbers):
                self._grow(self._count + len(rows))
            return numbers, self._add(words, rows, numbers, next_number)
        return numbers, rows

    def _found(self, words: list[Words]) -> Int32s:
        """The number of each string, -1 for one that is not known.

        Nearly all are found at the first look, so the others are taken out and look on alone.
        """
        slots = self._slots(words)
        numbers = self._numbers.take(slots)
        rows = np.flatnonzero(self._differ(words, slots) & (numbers >= 0))
        at, mine = slots.take(rows), [word.take(rows) for word in words]
        while len(rows):
            at = (at + 1) & (len(self._numbers) - 1)
            found = self._numbers.take(at)
            numbers[rows] = found
            left = np.flatnonzero(self._differ(mine, at) & (found >= 0))
            rows, at, mine = rows.take(left), at.take(left), [word.take(left) for word in mine]
        return numbers

    def _slots(self, words: list[Words]) -> Int64s:
        mixed = words[0] * _FACTORS[0]
        for word, factor in zip(words[1:], _FACTORS[1:], strict=False):
            mixed ^= mixed >> np.uint64(29)
            mixed += word * factor
            mixed *= _FACTORS[0]
        mixed >>= np.uint64(64 - self._bits)
        return mixed.view(np.int64)

    def _differ(self, words: list[Words], slots: Int64s) -> NDArray[np.bool_]:
        differ: NDArray[np.bool_] = self._keys[0].take(slots) != words[0]
        for keys, word in zip(self._keys[1:], words[1:], strict=True):
            differ |= keys.take(slots) != word
        return differ

    def _add(self, words: list[Words], rows: Int64s, numbers: Int32s, next_number: int) -> Int64s:
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
                for keys, word in zip(self._keys, words, strict=True):
                    keys[free] = word[new]
                self._numbers[free] = np.arange(next_number, next_number + len(new))
                next_number += len(new)
                added.append(new)
            numbers[rows] = self._numbers.take(at)
            left = np.flatnonzero(self._differ(mine, at))
            rows, mine = rows.take(left), [word.take(left) for word in mine]
            at = (at.take(left) + 1) & (len(self._numbers) - 1)
        new_rows = np.concatenate(added)
        self._count += len(new_rows)
        return new_rows

    def _grow(self, n_wanted: int) -> None:
        used = np.flatnonzero(self._numbers >= 0)
        keys, numbers = [k[used] for k in self._keys], self._numbers[used]
        self._make(max(12, int(4 * n_wanted).bit_length()))
        rows, slots = np.arange(len(used)), self._slots(keys)
        while len(rows):
            at = slots[rows]
            is_free = self._numbers[at] < 0
            claims, free = rows[is_free], at[is_free]
            self._numbers[free] = numbers[claims]
            is_placed = self._numbers[free] == numbers[claims]
            placed, free = claims[is_placed], free[is_placed]
            for column, key in zip(self._keys, keys, strict=True):
                column[free] = key[placed]
            is_left = np.ones(len(used), bool)
            is_left[placed] = False
            rows = rows[is_left[rows]]
            slots[rows] = (slots[rows] + 1) & (len(self._numbers) - 1)
