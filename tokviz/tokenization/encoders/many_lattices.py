"""The best paths through many lattices at once: what `Unigram.lattice` finds for each.

The texts are the columns of a table, the longest first, their characters its rows; a row holds
only the texts that reach so far, so nothing is padded. In each step all texts find the best way
to their next place: of the arcs that end there the one with the greatest total, and of equal ones
the one that begins first, as it is tried first there. Which arc it was is not kept meanwhile: when
all totals are known, one comparison of all arcs with the totals they led to tells.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tokviz.tokenization.encoding import Int32s, Int64s

Match = tuple[Int64s, Int64s, Int32s]


@dataclass(frozen=True)
class Columns:
    """Where the characters of texts in a row stand in the table, which is kept row by row.

    `rows`: where each row begins, and where the last one ends. `source`: place in the table →
    place in the row of texts. `following`, `preceding`: the neighbours' places in the table; behind
    the last character and before the first one the number of all characters.
    """

    rows: list[int]
    source: Int64s
    following: Int64s
    preceding: Int64s

    @staticmethod
    def of(lengths: Int64s) -> "Columns":
        """`lengths` must not rise."""
        n, height = int(lengths.sum()), int(lengths.max(initial=0))
        widths = np.searchsorted(-lengths, -np.arange(height))  # how many texts are longer than r
        rows = np.concatenate((np.zeros(1, np.int64), np.cumsum(widths)))
        row = np.repeat(np.arange(height), widths)
        every = np.arange(n)
        column = every - rows[row]
        following = every + widths[row]
        following[column >= np.append(widths, 0)[row + 1]] = n
        preceding = every - widths[row - 1]
        preceding[row == 0] = n
        source = (np.cumsum(lengths) - lengths)[column] + row
        return Columns(rows.tolist(), source, following, preceding)


@dataclass(frozen=True)
class Arcs:
    """The arcs of all lattices, by the place of their last character, and there the longer first.

    `firsts`: where the arcs of each place begin, and where the last ones end. `before`: the place
    of the character before an arc. `pieces`: which token it is.
    """

    firsts: Int64s
    before: Int64s
    pieces: Int32s

    @staticmethod
    def of(matches: Iterable[Match], columns: Columns, unknown: int) -> "Arcs":
        """Of tokens found, the shorter first; a character without a token gets `unknown`."""
        singles, *longer = matches
        every = np.arange(len(columns.source))
        alone = np.full(len(every), unknown, np.int32)
        alone[singles[0]] = singles[2]
        listed = [(every, every, alone), *longer]
        counts = np.zeros(len(every), np.int64)
        for _, lasts, _ in listed:
            counts[lasts] += 1  # no two tokens of a length end at one place
        firsts = np.concatenate((np.zeros(1, np.int64), np.cumsum(counts)))
        before = np.empty(int(firsts[-1]), np.int64)
        pieces = np.empty(len(before), np.int32)
        free = firsts[:-1].copy()
        for starts, lasts, found in reversed(listed):
            at = free.take(lasts)
            before[at] = columns.preceding.take(starts)
            pieces[at] = found
            free[lasts] += 1
        return Arcs(firsts, before, pieces)


def best_arcs(
    arcs: Arcs, rows: list[int], scores: NDArray[np.float64], kind: type[np.floating[Any]]
) -> Int64s:
    """The arc that wins at each place. `scores`: of each token. `kind`: what sums are rounded to.

    A place is reached by an arc of one character at least, so no place is without a winner.
    """
    n = len(arcs.firsts) - 1
    best = np.zeros(n + 1, kind)  # the last one is the start of every text
    totals = np.empty(len(arcs.before), kind)
    own = scores.take(arcs.pieces)
    for start, end in pairwise(rows):
        firsts = arcs.firsts[start:end]
        low, high = int(firsts[0]), int(arcs.firsts[end])
        totals[low:high] = best.take(arcs.before[low:high]) + own[low:high]
        np.maximum.reduceat(totals[low:high], firsts - low, out=best[start:end])
    place = np.repeat(np.arange(n), np.diff(arcs.firsts))
    wins = np.flatnonzero(totals == best.take(place))
    return wins[np.diff(place.take(wins), prepend=-1) > 0]


def best_paths(
    matches: Iterable[Match],
    columns: Columns,
    scores: NDArray[np.float64],
    kind: type[np.floating[Any]],
) -> tuple[Int64s, Int32s]:
    """The tokens of the best paths, one text after the other: the place of the last character of
    each in the row of texts, and which it is; the last of `scores` is that of unknown ones."""
    arcs = Arcs.of(matches, columns, len(scores) - 1)
    winners = best_arcs(arcs, columns.rows, scores, kind)
    before = arcs.before.take(winners)
    n = len(winners)
    is_last = np.zeros(n, bool)  # of a token, in the row of texts
    at = np.flatnonzero(columns.following == n)
    while len(at):
        is_last[columns.source.take(at)] = True
        at = before.take(at)
        at = at[at < n]
    pieces = np.empty(n, np.int32)
    pieces[columns.source] = arcs.pieces.take(winners)
    lasts = np.flatnonzero(is_last)
    return lasts, pieces.take(lasts)
