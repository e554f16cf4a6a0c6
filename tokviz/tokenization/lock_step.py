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

from tokviz.tokenization.bpe import OPEN, Merges
from tokviz.tokenization.encoding import Int32s, Int64s

LONGEST = 120
"""Bytes of a column, at most."""

_PLACE_BITS = 7
_NO_PAIR = np.int32(0x7FFFFFFF)
_HEIGHTS = [2, 3, 4, 5, 6, 7, 8, 10, 12, 14, 16, 20, 24, 32, 48, 64, 96, LONGEST]
_MOST_COLUMNS = 1 << 13  # a matrix of more would leave the cache
_FEWEST_COLUMNS = 500
_ID_BITS, _RANK_BITS = 22, 20
_FACTOR = np.uint64(0x9E3779B97F4A7C15)


def can_look_up(merges: Merges, n_vocab: int) -> bool:
    """Whether ids and ranks are small enough for a `PairRanks`."""
    return n_vocab < (1 << _ID_BITS) - 1 and len(merges) < (1 << _RANK_BITS) - 1


class PairRanks:
    """The rank of many pairs at once: `Merges.rank_of_pair` as an array with open addressing.

    A slot holds left id, right id and rank + 1 in one word, so a look is one memory access.
    """

    def __init__(self, merges: Merges) -> None:
        pairs, ranks = merges.sorted_pairs
        left, right = pairs >> 32, pairs & 0xFFFFFFFF
        keys = (left << _ID_BITS | right).astype(np.uint64)
        self._shift = np.uint64(64 - max(4, int(8 * len(keys)).bit_length()))
        self._slots = np.zeros(1 << (64 - int(self._shift)), np.uint64)
        entries = keys << np.uint64(_RANK_BITS) | (ranks + 1).astype(np.uint64)
        at, rows = self._first_slots(keys), np.arange(len(keys))
        while len(rows):
            is_free = self._slots[at[rows]] == 0
            claims = rows[is_free]
            self._slots[at[claims]] = entries[claims]
            rows = rows[self._slots[at[rows]] != entries[rows]]
            at[rows] = (at[rows] + 1) & (len(self._slots) - 1)

    def _first_slots(self, keys: NDArray[np.uint64]) -> Int64s:
        return ((keys * _FACTOR) >> self._shift).view(np.int64)

    def __call__(self, left: Int32s, right: Int32s) -> Int64s:
        """The rank of each pair, -1 where there is no rule."""
        keys = (left.astype(np.int64) << _ID_BITS | right).view(np.uint64)
        at = self._first_slots(keys)
        found = self._slots.take(at)
        other = np.flatnonzero((found >> np.uint64(_RANK_BITS) != keys) & (found != 0))
        while len(other):
            at[other] = (at[other] + 1) & (len(self._slots) - 1)
            now = self._slots[at[other]]
            found[other] = now
            other = other[(now >> np.uint64(_RANK_BITS) != keys[other]) & (now != 0)]
        return (found & np.uint64((1 << _RANK_BITS) - 1)).view(np.int64) - 1


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

    def merge(
        self, data: NDArray[np.uint8] | Int32s, starts: Int64s, lengths: Int64s
    ) -> tuple[Int32s, Int32s]:
        """(sum of lengths,) each: tokens and gaps of the pieces of `data`, one after the other.

        No piece is longer than `LONGEST`.
        """
        firsts = np.cumsum(lengths) - lengths
        tokens = np.full(int(lengths.sum()), -1, np.int32)
        gaps = np.full(len(tokens), OPEN, np.int32)
        order = np.argsort(lengths, kind="stable")
        limits = np.searchsorted(lengths[order], _HEIGHTS, "right").tolist()
        alone = order[: int(np.searchsorted(lengths[order], 1, "right"))]
        tokens[firsts[alone]] = self.byte_ids[data[starts[alone]]]
        low = len(alone)
        for height, high in zip(_HEIGHTS, limits, strict=True):
            if high - low < _FEWEST_COLUMNS and height < LONGEST:
                continue  # they go with longer ones: steps of so few columns cost as much
            for first in range(low, high, _MOST_COLUMNS):
                rows = order[first : min(first + _MOST_COLUMNS, high)]
                matrix = _Matrix(self, data, starts[rows], lengths[rows], height)
                matrix.run(firsts[rows], tokens, gaps)
            low = high
        return tokens, gaps


class _Matrix:
    """Pieces of at most `height` bytes; rows 1 to `height` are their bytes, 0 and the last none.

    All arrays are (height + 2, columns): `ids`, -1 where a symbol was merged into the one before;
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
        places = np.arange(height)[:, None]
        inside = places < lengths
        symbols = rules.byte_ids[data[np.where(inside, starts + places, 0)]]
        self._no_id = np.int32((1 << _ID_BITS) - 1)
        self._ids = np.full((height + 2, n), self._no_id)
        self._ids[1:-1] = np.where(inside, symbols, self._no_id)
        self._gaps = np.full((height + 2, n), OPEN, np.int32)
        every = np.arange(height + 2, dtype=np.int32)[:, None]
        self._next, self._last = np.repeat(every + 1, n, 1), np.repeat(every - 1, n, 1)
        self._pairs = np.full((height + 2, n), _NO_PAIR)
        at = np.flatnonzero((self._ids[1:-1] != self._no_id) & (self._ids[2:] != self._no_id)) + n
        flat = self._ids.ravel()
        self._pairs.ravel()[at] = self._pair(flat[at], flat[at + n], at // n)

    def _pair(self, left: Int32s, right: Int32s, places: Int32s | Int64s) -> Int32s:
        ranks = self._rules.ranks(left, right)
        found: Int32s = np.where(ranks < 0, _NO_PAIR, ranks << _PLACE_BITS | places)
        return found.astype(np.int32)

    def run(self, firsts: Int64s, tokens: Int32s, gaps: Int32s) -> None:
        """Merge to the end; the columns' bytes stand at `firsts` of `tokens` and `gaps`."""
        while len(firsts):
            best = self._pairs.min(axis=0)
            columns = np.flatnonzero(best != _NO_PAIR)
            if len(columns) <= 0.7 * len(best):
                done = np.flatnonzero(best == _NO_PAIR)
                self._write(done, firsts[done], tokens, gaps)
                self._keep(columns)
                firsts, best, columns = firsts[columns], best[columns], np.arange(len(columns))
            if len(columns):
                self._step(best[columns], columns)

    def _step(self, best: Int32s, columns: Int64s) -> None:
        """Apply the merge `best` in each of these columns."""
        n = self._ids.shape[1]
        ids, pairs, gaps = self._ids.ravel(), self._pairs.ravel(), self._gaps.ravel()
        following, preceding = self._next.ravel(), self._last.ravel()
        places, ranks = best & ((1 << _PLACE_BITS) - 1), best >> _PLACE_BITS
        left = places * np.int64(n) + columns
        right = following[left] * np.int64(n) + columns
        behind_place, before_place = following[right], preceding[left]
        behind = behind_place * np.int64(n) + columns
        before = before_place * np.int64(n) + columns
        merged = self._rules.merges.ids[ranks]
        ids[left], ids[right] = merged, -1
        gaps[right - n] = ranks
        following[left], preceding[behind] = behind_place, places
        pairs[right] = _NO_PAIR
        both = self._pair(
            np.concatenate((ids[before], merged)),
            np.concatenate((merged, ids[behind])),
            np.concatenate((before_place, places)),
        )
        pairs[before], pairs[left] = both[: len(columns)], both[len(columns) :]

    def _keep(self, columns: Int64s) -> None:
        self._ids, self._pairs, self._gaps, self._next, self._last = (
            np.take(array, columns, axis=1)
            for array in (self._ids, self._pairs, self._gaps, self._next, self._last)
        )

    def _write(self, columns: Int64s, firsts: Int64s, tokens: Int32s, gaps: Int32s) -> None:
        ids = np.take(self._ids[1:-1], columns, axis=1)
        inside = np.flatnonzero(ids != self._no_id)
        places, which = np.divmod(inside, len(columns))
        at = firsts[which] + places
        tokens[at] = ids.ravel()[inside]
        gaps[at] = np.take(self._gaps[1:-1], columns, axis=1).ravel()[inside]
