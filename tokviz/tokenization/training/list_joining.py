"""Joins pairs that have few places, in plain loops.

Half of the merges of a large vocabulary join a pair that has a single place left, in a pre-token
that no other is like: these need no grouping of neighbours and no sums.
"""

from tokviz.tokenization.training.cells import Cells
from tokviz.tokenization.training.pairs import LOW, NO_PAIR, NOWHERE, SHIFT, Joined, Pairs

_Neighbours = dict[int, list[int]]


class ListJoiner:
    """For pairs with few places."""

    def __init__(self, cells: Cells, pairs: Pairs) -> None:
        self._cells = cells
        self._pairs = pairs

    def join(self, pair: int, new: int, rank: int) -> Joined:
        """Write `new`, an id that no token has, for every occurrence of the pair, leftmost first,
        and bring the counts up to date. The pair has the count of the level."""
        keys, counts, where, sizes, row = self._pairs
        place, at = where[pair], self._cells.pairs
        if place >= 0:
            return self._join_one(pair, place, new, rank)
        places = [i for i in row[~place : ~place + sizes[pair]] if at[i] == pair]
        if len(places) == 1:
            return self._join_one(pair, places[0], new, rank)
        key, level = keys[pair], counts[pair]
        a, b = key >> SHIFT, key & LOW
        cells = self._cells
        length = cells.lengths[a]
        if a == b:
            places = _apart(places, length)
        counts[pair] = 0
        n_before = len(keys)
        neighbours = self._write(places, a, b, new, rank)
        fallen = self._make(neighbours, length, new, level)
        replacements = sum(map(cells.weights.__getitem__, places)) if a == b else level
        aside = 0 if cells.held_out is None else sum(map(cells.held_out.__getitem__, places))
        return Joined(
            range(n_before, len(keys)), fallen, replacements, aside, self._n_touched(places)
        )

    def _join_one(self, pair: int, i: int, new: int, rank: int) -> Joined:
        """The same where the pair is at one place only: the new pairs are there alone, too, and
        have its count."""
        cells, lengths = self._cells, self._cells.lengths
        ids, at = cells.ids, cells.pairs
        keys, counts, where, sizes, _ = self._pairs
        key, level = keys[pair], counts[pair]
        second = i + lengths[key >> SHIFT]
        behind = second + lengths[key & LOW]
        lengths.append(behind - i)
        ids[i] = ids[behind - 1] = new
        cells.closed[second] = rank
        counts[pair] = 0
        fallen = []
        n_before = number = len(keys)
        token = ids[i - 1]
        if token >= 0:
            before = i - lengths[token]
            keys.append(token << SHIFT | new)
            counts.append(level)
            where.append(before)
            sizes.append(1)
            old = at[before]
            at[before] = number
            number += 1
            count = counts[old]
            counts[old] = count - level
            if count == level:
                fallen.append(old)
        token = ids[behind]
        if token >= 0:
            keys.append(new << SHIFT | token)
            counts.append(level)
            where.append(i)
            sizes.append(1)
            old = at[second]
            at[i] = number
            number += 1
            count = counts[old]
            counts[old] = count - level
            if count == level:
                fallen.append(old)
        at[second] = NO_PAIR
        aside = 0 if cells.held_out is None else cells.held_out[i]
        return Joined(range(n_before, number), fallen, level, aside, 1)

    def _write(self, places: list[int], a: int, b: int, new: int, rank: int) -> _Neighbours:
        """Write the tokens; their neighbours, with the places of the pairs that these are in now.

        A neighbour on the right is written as ~id, which is negative.
        """
        ids, closed, lengths = self._cells.ids, self._cells.closed, self._cells.lengths
        length = lengths[a]
        whole = length + lengths[b]
        lengths.append(whole)
        for i in places:
            ids[i] = ids[i + whole - 1] = new
            closed[i + length] = rank
        neighbours: _Neighbours = {}
        for i in places:
            token = ids[i - 1]
            if token >= 0 and token != new:  # two new ones in a row are told on the right
                if token in neighbours:
                    neighbours[token].append(i - lengths[token])
                else:
                    neighbours[token] = [i - lengths[token]]
            token = ids[i + whole]
            if token >= 0:
                token = ~token
                if token in neighbours:
                    neighbours[token].append(i)
                else:
                    neighbours[token] = [i]
        return neighbours

    def _make(self, neighbours: _Neighbours, length: int, new: int, level: int) -> list[int]:
        """Make the pairs that came to be of others; those of the others that fell from the level.

        `length`: that of the left token of the pair that was joined.
        """
        keys, counts, where, sizes, row = self._pairs
        at, weights = self._cells.pairs, self._cells.weights
        fallen = []
        number = len(keys)
        for token, places in neighbours.items():
            place = places[0]
            if token >= 0:
                keys.append(token << SHIFT | new)
                old = at[place]
            else:
                keys.append(new << SHIFT | ~token)
                old = at[place + length]
            if len(places) == 1:
                where.append(place)
                at[place] = number
                times = weights[place]
                if token < 0:
                    at[place + length] = NO_PAIR
            else:
                where.append(~len(row))
                row.fromlist(places)
                times = 0
                for i in places:
                    at[i] = number
                    times += weights[i]
                if token < 0:
                    for i in places:
                        at[i + length] = NO_PAIR
            sizes.append(len(places))
            counts.append(times)
            number += 1
            count = counts[old]
            counts[old] = count - times
            if count == level and times:
                fallen.append(old)
        return fallen

    def _n_touched(self, places: list[int]) -> int:
        """The distinct pre-tokens of the training part that have these places."""
        cells = self._cells
        if cells.held_out is not None:
            places = [i for i in places if cells.weights[i]]
        return len(set(map(cells.owner.__getitem__, places)))


def _apart(places: list[int], length: int) -> list[int]:
    """Of a token's pairs with itself, which overlap, the leftmost ones that do not."""
    apart: list[int] = []
    taken = NOWHERE
    for i in places:
        if i != taken:
            apart.append(i)
            taken = i + length
    return apart
