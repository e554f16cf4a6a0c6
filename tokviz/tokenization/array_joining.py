"""Joins pairs that have many places: all of them at once, with numpy.

The corpus is a row of cells, one a base symbol. A token of several symbols has its id in its first
cell and in its last one, so that from any border between two tokens both are seen, and the tokens'
lengths tell where they begin and end: there are no links to follow. A second row tells of each cell
by which merge the gap before it was closed (`gap_ranks`), from which the corpus as it was after
any number of merges can be read.

The first merges have tens of thousands of places each. The many later ones have a few dozen, for
which the loops of `list_joining.py` are faster.
"""

from array import array
from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from tokviz.tokenization.bpe import OPEN
from tokviz.tokenization.encoding import Int32s, Int64s
from tokviz.tokenization.list_joining import Cells, ListJoiner
from tokviz.tokenization.pairs import LOW, NO_PAIR, NOWHERE, SHIFT, Joined, Pairs
from tokviz.tokenization.training_corpus import TrainingCorpus


class ArrayJoiner:
    """For pairs with many places."""

    def __init__(self, corpus: TrainingCorpus) -> None:
        self.pairs = Pairs(array("q"), array("q"))
        self._corpus = corpus
        self._cells = array("i", corpus.symbols.tobytes())
        self._closed = array("i", np.full(len(corpus.symbols), OPEN, np.int32).tobytes())
        # The same memory: what is written here is there, too.
        self._tokens = np.frombuffer(self._cells, np.int32)
        self._gaps = np.frombuffer(self._closed, np.int32)
        self._lengths = np.ones(len(corpus.base), np.int32)  # of tokens, in cells
        self._number: dict[int, int] = {}  # by key
        self._where: list[Int32s] = []  # where the pair with a number is, or was, in order

    def count(self) -> None:
        """Count all pairs, overlaps included; called once, at the start."""
        keys, places, firsts = self._sorted_pairs()
        if not len(firsts):
            return
        weights = self._corpus.weights[self._corpus.owner[places]]
        self.pairs.keys.extend(keys.tolist())
        self.pairs.counts.extend(np.add.reduceat(weights, firsts).tolist())
        self._where = np.split(places, firsts[1:])
        self._number = {key: number for number, key in enumerate(self.pairs.keys)}

    def n_places(self, pair: int) -> int:
        return len(self._where[pair])

    def place(self, pair: int) -> int:
        """Where the pair first occurs now."""
        places = self._where[pair]
        size = 1
        while True:  # mostly the first place is it
            found = np.flatnonzero(self._are_at(self.pairs.keys[pair], places[:size]))
            if len(found):
                self._where[pair] = places[found[0] :]
                return int(places[found[0]])
            if size >= len(places):
                return NOWHERE
            size *= 8

    def join(self, pair: int, new: int, rank: int) -> Joined:
        """Write `new`, an id that no token has, for every occurrence of the pair, leftmost first,
        and bring the counts up to date. The pair has the count of the level."""
        key, level = self.pairs.keys[pair], self.pairs.counts[pair]
        a, b = key >> SHIFT, key & LOW
        tokens, length = self._tokens, self._lengths[a]
        places = self._where[pair]
        places = places[self._are_at(key, places)]
        if a == b:
            places = places[_apart(places, length)]
        behind = places + (length + self._lengths[b])
        tokens[places] = tokens[behind - 1] = new
        self._gaps[places + length] = rank
        on_the_left, on_the_right = tokens[places - 1], tokens[behind]
        owners = self._corpus.owner[places]
        weights = self._corpus.weights[owners]
        self.pairs.counts[pair] = 0
        self._where[pair] = places[:0]
        n_before = len(self._where)
        fallen: list[int] = []
        inside = on_the_right >= 0
        for token, some, times in _grouped(on_the_right[inside], places[inside], weights[inside]):
            old = b << SHIFT | (a if token == new else token)
            fallen += self._become(old, new << SHIFT | token, some, times, level)
        inside = (on_the_left >= 0) & (on_the_left != new)  # two new ones are told by then
        before = places[inside] - self._lengths[on_the_left[inside]]
        for token, some, times in _grouped(on_the_left[inside], before, weights[inside]):
            fallen += self._become(token << SHIFT | a, token << SHIFT | new, some, times, level)
        self._lengths = np.append(self._lengths, self._lengths[a] + self._lengths[b])
        return Joined(
            range(n_before, len(self._where)),
            fallen,
            int(weights.sum()),
            int(self._corpus.held_out[owners].sum()),
            len(_firsts(owners[weights > 0])),
        )

    def _become(self, old: int, new: int, places: Int32s, times: int, level: int) -> list[int]:
        """A pair became another one at these places, so many times in the training part; the
        number of the old one if it fell from the level."""
        number = self._number[old]
        count = self.pairs.counts[number]
        self.pairs.counts[number] = count - times
        self._number[new] = len(self._where)
        self._where.append(places)
        self.pairs.add(new, times)
        return [number] if count == level and times else []

    def _are_at(self, key: int, places: Int32s) -> NDArray[np.bool_]:
        """Whether the pair is there now: a token begins there, and these two are it and the next.

        What the cells inside of a token say is what they were when they were at a border.
        """
        left, right = key >> SHIFT, key & LOW
        there: NDArray[np.bool_] = self._gaps[places] == OPEN
        there &= self._tokens[places] == left
        there &= self._tokens[places + self._lengths[left]] == right
        return there

    def _sorted_pairs(self) -> tuple[Int64s, Int32s, Int64s]:
        """The keys of the distinct pairs in order, the places of all pairs in that order, and where
        among these each pair begins."""
        starts = np.flatnonzero(self._gaps == OPEN).astype(np.int32)
        tokens = self._tokens[starts]
        inside = np.flatnonzero((tokens[:-1] >= 0) & (tokens[1:] >= 0))
        left, right = _narrow(tokens[inside]), _narrow(tokens[inside + 1])
        order = np.lexsort((right, left))
        keys = left[order].astype(np.int64) << SHIFT | right[order]
        firsts = _firsts(keys)
        return keys[firsts], starts[inside[order]], firsts

    def gap_ranks(self) -> Int32s:
        """(S,) int32: the rank of the merge that closed the gap before each cell, or OPEN."""
        return self._gaps.copy()

    def in_lists(self) -> ListJoiner:
        """The same state for pairs with few places."""
        keys, places, firsts = self._sorted_pairs()
        numbers = [self._number[key] for key in keys.tolist()]
        row, starts = places.tolist(), firsts.tolist()
        where: list[int | list[int]] = [[]] * len(self._where)
        for number, start, end in zip(numbers, starts, [*starts[1:], len(row)], strict=True):
            where[number] = row[start:end]
        at = np.full(len(self._tokens), NO_PAIR, np.int32)
        at[places] = np.repeat(numbers, np.diff(firsts, append=len(places)))
        cells = Cells(self._cells, self._closed, array("i", at.tobytes()))
        lengths = self._lengths.tolist()
        return ListJoiner(self._corpus, self.pairs, cells, where, lengths)


def _grouped(
    neighbours: Int32s, places: Int32s, weights: Int64s
) -> Iterator[tuple[int, Int32s, int]]:
    """Each neighbour with its places and the sum of their weights."""
    if not len(neighbours):
        return
    order = np.argsort(_narrow(neighbours), kind="stable")
    neighbours, places = neighbours[order], places[order]
    firsts = _firsts(neighbours)
    times = np.add.reduceat(weights[order], firsts).tolist()
    starts = firsts.tolist()
    ends = [*starts[1:], len(places)]
    for token, start, end, n in zip(neighbours[firsts].tolist(), starts, ends, times, strict=True):
        yield token, places[start:end], n


def _narrow(ids: Int32s) -> Int32s | NDArray[np.uint16]:
    """Numbers of 16 bits if they are that small: these are sorted several times faster."""
    return ids.astype(np.uint16) if ids.max(initial=0) < 1 << 16 else ids


def _firsts(values: NDArray[np.int32] | Int64s) -> Int64s:
    """Where each run of equal values begins."""
    if not len(values):
        return np.zeros(0, np.int64)
    return np.flatnonzero(np.concatenate(([True], values[1:] != values[:-1])))


def _apart(places: Int32s, length: int) -> NDArray[np.bool_]:
    """Of a token's pairs with itself, which overlap, the first, the third, ... of each run."""
    chained = np.concatenate(([False], places[1:] == places[:-1] + length))
    index = np.arange(len(places))
    start = np.maximum.accumulate(np.where(chained, 0, index))
    kept: NDArray[np.bool_] = (index - start) % 2 == 0
    return kept
