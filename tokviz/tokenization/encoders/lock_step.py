"""Merging many pre-tokens at once, in lock-step.

The pre-tokens of about one length are the columns of a matrix, their bytes its rows. In each step
every column applies its own next merge: the leftmost pair of the lowest rank, just as the merge
loop of `bpe.py` does. A pair is kept as one number, rank above and place below, so the next merge
of all columns is one minimum. The symbols of a column are a doubly linked list, as there.

The result is told by places: which token begins at a byte (-1: none), and the gap rank after it.
"""

from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from tokviz.tokenization.algorithms.bpe import Merges
from tokviz.tokenization.encoding import OPEN, Int32s, Int64s
from tokviz.tokenization.ranges import ranges

LONGEST = 126
"""Bytes of a column, at most."""

_PLACE_BITS = 7
_HEIGHTS = [2, 4, 8, 16, 32, 64, LONGEST]
_MOST_CELLS = 1 << 19  # a matrix of more would leave the cache
_FEWEST_COLUMNS = 500
_ID_BITS, _RANK_BITS = 22, 20
_EMPTY = np.uint64(2**64 - 1)
_NO_ID = np.int32((1 << _ID_BITS) - 1)
NO_RULE = (1 << _RANK_BITS) - 1
"""Higher than any rank."""
_NOT_IT = np.uint64(NO_RULE)
_NO_PAIR = np.int32(NO_RULE << _PLACE_BITS)
"""A pair without a rule is this, or more."""
_FACTOR = np.uint64(0x9E3779B97F4A7C15)


def can_look_up(merges: Merges, n_vocab: int) -> bool:
    """Whether ids and ranks are small enough for a `PairRanks`."""
    return n_vocab < (1 << _ID_BITS) - 1 and len(merges) < (1 << _RANK_BITS) - 1


class PairRanks:
    """The rank of many pairs at once: `Merges.rank_of_pair` as an array with open addressing.

    A slot holds left id, right id and rank in one word, so a look is one memory access. A word
    less the key of the pair that is looked for is its rank if the pair is the same, and more than
    any rank if not.
    """

    def __init__(self, merges: Merges) -> None:
        pairs, ranks = merges.sorted_pairs
        keys = self._keys((pairs >> 32).astype(np.int32), (pairs & 0xFFFFFFFF).astype(np.int32))
        self._shift = np.uint64(64 - max(4, int(8 * len(keys)).bit_length()))
        self._slots = np.full(1 << (64 - int(self._shift)), _EMPTY)
        entries = keys | ranks.view(np.uint64)
        at, rows = self._first_slots(keys), np.arange(len(keys))
        while len(rows):
            is_free = self._slots[at[rows]] == _EMPTY
            claims = rows[is_free]
            self._slots[at[claims]] = entries[claims]
            rows = rows[self._slots[at[rows]] != entries[rows]]
            at[rows] = (at[rows] + 1) & (len(self._slots) - 1)

    @staticmethod
    def _keys(left: Int32s, right: Int32s) -> NDArray[np.uint64]:
        keys = left.astype(np.int64)
        keys <<= _ID_BITS
        keys |= right
        keys <<= _RANK_BITS
        return keys.view(np.uint64)

    def _first_slots(self, keys: NDArray[np.uint64]) -> Int64s:
        mixed = keys * _FACTOR
        mixed >>= self._shift
        slots: Int64s = mixed.view(np.int64)
        return slots

    def __call__(self, left: Int32s, right: Int32s) -> Int64s:
        """The rank of each pair, `NO_RULE` where there is none."""
        keys = self._keys(left, right)
        at = self._first_slots(keys)
        found = self._slots.take(at)
        ranks = found ^ keys
        rows = np.flatnonzero(ranks >= _NOT_IT)
        rows = rows[found.take(rows) != _EMPTY]  # another pair is there: look on
        at, keys = at.take(rows), keys.take(rows)
        while len(rows):
            at = (at + 1) & (len(self._slots) - 1)
            found = self._slots.take(at)
            ranks[rows] = found ^ keys
            left_over = np.flatnonzero((ranks.take(rows) >= _NOT_IT) & (found != _EMPTY))
            rows, at, keys = rows.take(left_over), at.take(left_over), keys.take(left_over)
        answer: Int64s = np.minimum(ranks, _NOT_IT).view(np.int64)
        return answer


class LockStep:
    """Merges by one set of rules. `byte_ids`: the id of each byte, or of each other number that
    the data may hold."""

    def __init__(self, merges: Merges, byte_ids: Int32s) -> None:
        self.merges = merges
        self.ranks = PairRanks(merges)
        self.byte_ids = byte_ids

    @cached_property
    def is_rising(self) -> bool:
        """Whether each rule comes behind all those that make one of its parts."""
        rules = self.merges
        last = np.full(int(max(rules.ids.max(initial=0), self.byte_ids.max())) + 1, -1)
        np.maximum.at(last, rules.ids, np.arange(len(rules)))
        parts = np.maximum(last[rules.left], last[rules.right])
        return bool((parts < np.arange(len(rules))).all())

    @cached_property
    def of_two_bytes(self) -> Int32s:
        """(65536,) the pair of each two bytes, as a matrix keeps it, at place 0."""
        left, right = np.divmod(np.arange(1 << 16), 256)
        return _packed(self.ranks(self.byte_ids[left], self.byte_ids[right]), 0)

    def merge(
        self, data: NDArray[np.uint8] | Int32s, starts: Int64s, lengths: Int64s
    ) -> tuple[Int32s, Int32s]:
        """(sum of lengths,) each: tokens and gaps of the pieces of `data`, one after the other.

        No piece is longer than `LONGEST`.
        """
        firsts = np.cumsum(lengths) - lengths
        tokens = self.byte_ids.take(data.take(ranges(starts, lengths)))
        gaps = np.full(len(tokens), OPEN, np.int32)
        order = np.argsort(lengths, kind="stable")
        limits = np.searchsorted(lengths[order], _HEIGHTS, "right").tolist()
        low = int(np.searchsorted(lengths[order], 1, "right"))  # one byte is one token
        data = np.append(data, np.zeros(LONGEST, data.dtype))  # windows of it go over its end
        for height, high in zip(_HEIGHTS, limits, strict=True):
            if high - low < _FEWEST_COLUMNS and height < LONGEST:
                continue  # they go with longer ones: steps of so few columns cost as much
            n_columns = _MOST_CELLS // height
            for first in range(low, high, n_columns):
                rows = order[first : min(first + n_columns, high)]
                matrix = _Matrix(self, data, starts[rows], lengths[rows], height)
                matrix.run(firsts[rows], tokens, gaps)
            low = high
        return tokens, gaps


class _Matrix:
    """Pieces of at most `height` bytes; rows 1 to `height` are their bytes, 0 and the last none.

    All arrays are (height + 2, columns): `ids`, out of use where a symbol was merged into another;
    `pairs`, rank and place of the pair that begins there; the places of the neighbours.
    """

    def __init__(
        self,
        rules: LockStep,
        data: NDArray[np.uint8] | Int32s,
        starts: Int64s,
        lengths: Int64s,
        height: int,
    ) -> None:
        self._rules = rules
        n = len(starts)
        every = np.arange(height + 2, dtype=np.int32)[:, None]
        inside = every[:-2] < lengths
        units = _transposed(data, starts, height)
        self._ids = np.full((height + 2, n), _NO_ID)
        self._ids[1:-1] = np.where(inside, rules.byte_ids.take(units), _NO_ID)
        self._next, self._last = np.repeat(every + 1, n, 1), np.repeat(every - 1, n, 1)
        self._pairs = np.full((height + 2, n), _NO_PAIR)
        if data.dtype == np.uint8:
            two = units[:-1].astype(np.uint16) << 8 | units[1:]
            pairs = rules.of_two_bytes.take(two) | every[1:height]
        else:
            left, right = self._ids[1:height], self._ids[2 : height + 1]
            ranks = rules.ranks(left.ravel(), right.ravel()).reshape(left.shape)
            pairs = _packed(ranks, every[1:height])
        self._pairs[1:height] = np.where(inside[1:], pairs, _NO_PAIR)

    def run(self, firsts: Int64s, tokens: Int32s, gaps: Int32s) -> None:
        """Merge to the end; the columns' bytes stand at `firsts` of `tokens` and `gaps`, which are
        those of single bytes."""
        while len(firsts):
            best = self._pairs.min(axis=0)
            columns = np.flatnonzero(best < _NO_PAIR)
            if len(columns) <= 0.7 * len(best):
                self._keep(columns)
                firsts, best, columns = (
                    firsts.take(columns),
                    best.take(columns),
                    np.arange(len(columns)),
                )
            if len(columns):
                self._step(best.take(columns), columns, firsts.take(columns) - 1, tokens, gaps)

    def _step(
        self, best: Int32s, columns: Int64s, rows_at: Int64s, tokens: Int32s, gaps: Int32s
    ) -> None:
        """Apply the merge `best` in each of these columns, whose rows begin at `rows_at`."""
        n = self._ids.shape[1]
        ids, pairs = self._ids.ravel(), self._pairs.ravel()
        following, preceding = self._next.ravel(), self._last.ravel()
        places, ranks = best & ((1 << _PLACE_BITS) - 1), best >> _PLACE_BITS
        left = places * np.int64(n) + columns
        right_place = following.take(left)
        right = right_place * np.int64(n) + columns
        behind_place, before_place = following.take(right), preceding.take(left)
        behind = behind_place * np.int64(n) + columns
        before = before_place * np.int64(n) + columns
        merged = self._rules.merges.ids.take(ranks)
        ids[left] = tokens[rows_at + places] = merged
        taken = rows_at + right_place
        tokens[taken], gaps[taken - 1] = -1, ranks
        following[left], preceding[behind] = behind_place, places
        pairs[right] = _NO_PAIR
        ranks_of_both = self._rules.ranks(
            np.concatenate((ids.take(before), merged)),
            np.concatenate((merged, ids.take(behind))),
        )
        both = _packed(ranks_of_both, np.concatenate((before_place, places)))
        pairs[before], pairs[left] = both[: len(columns)], both[len(columns) :]

    def _keep(self, columns: Int64s) -> None:
        self._ids, self._pairs, self._next, self._last = (
            np.take(array, columns, axis=1)
            for array in (self._ids, self._pairs, self._next, self._last)
        )


def _packed(ranks: Int64s, places: Int32s | int) -> Int32s:
    """Rank and place of pairs in one number."""
    pairs = ranks.astype(np.int32)
    pairs <<= _PLACE_BITS
    pairs |= places
    return pairs


def _transposed(
    data: NDArray[np.uint8] | Int32s, starts: Int64s, height: int
) -> NDArray[np.uint8] | Int32s:
    """(height, columns): what stands at each start, and behind it."""
    size = data.dtype.itemsize
    n_windows = len(data) - height + 1
    windows = np.ndarray((n_windows,), f"V{height * size}", data, strides=(size,))
    return np.ascontiguousarray(windows[starts].view(data.dtype).reshape(-1, height).T)
