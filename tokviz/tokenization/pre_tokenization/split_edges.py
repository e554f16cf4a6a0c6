"""Steps that the array forms of several split patterns share; see `array_splits.py`."""

import re

import numpy as np
from numpy.typing import NDArray

from tokviz.tokenization.encoding import Int64s
from tokviz.tokenization.pre_tokenization.character_classes import (
    APOSTROPHE,
    KIND,
    LETTER,
    OTHER,
    PLAIN_KIND,
    WHITE,
    Classes,
)
from tokviz.tokenization.ranges import ranges

Edges = NDArray[np.bool_]


def changes(kinds: Classes) -> Edges:
    """Where another kind begins; a mark is like any other character."""
    edges = np.empty(len(kinds), bool)
    edges[0] = True
    np.not_equal(kinds[1:], kinds[:-1], out=edges[1:])
    return edges


def plain_kinds(classes: Classes) -> Classes:
    """LETTER, NUMBER, WHITE or OTHER."""
    kinds: Classes = classes & np.uint8(PLAIN_KIND)
    return kinds


_LOWER_CASE = re.compile(r"'(?:[sdmt]|ll|ve|re)")
_ANY_CASE = re.compile(r"'(?:[sSdDmMtTſ]|[lL]{2}|[vV][eE]|[rR][eE])")


def contractions(
    text: str, classes: Classes, edges: Edges, *, ignore_case: bool
) -> list[tuple[int, int]]:
    """Start and length of each contraction that begins where a pre-token starts."""
    starts = np.flatnonzero((classes == OTHER | APOSTROPHE) & edges)
    starts = starts[starts + 1 < len(classes)]
    starts = starts[classes[starts + 1] & KIND == LETTER]
    lengths = [(at, contraction_at(text, at, ignore_case=ignore_case)) for at in starts.tolist()]
    return [(at, length) for at, length in lengths if length]


def contraction_at(text: str, at: int, *, ignore_case: bool = True) -> int:
    """The length of the English contraction that begins with this apostrophe; 0: there is none."""
    match = (_ANY_CASE if ignore_case else _LOWER_CASE).match(text, at)
    return 0 if match is None else match.end() - at


def join_contractions(edges: Edges, found: list[tuple[int, int]]) -> None:
    """Each contraction, by start and length, ends a pre-token, wherever that begins."""
    at, lengths = np.array(found, np.int64).reshape(-1, 2).T
    edges[at + 1] = False
    edges[at[lengths == 3] + 2] = False
    ends = at + lengths
    edges[ends[ends < len(edges)]] = True


def white_space_edges(kinds: Classes, space: Edges, line_end: Edges) -> Edges:
    """The edges where a kind changes, after the rules of cl100k and o200k for white space: line
    ends join the signs before them, the rest ends behind its last line end, its last character
    stands alone or begins what follows, and a space joins the signs behind it."""
    edges = changes(kinds)
    white, other = kinds == WHITE, kinds == OTHER
    last = white[:-1] & ~white[1:]
    edges[:-1] |= last & ~line_end[:-1]
    starts, ends = _runs(line_end)
    _swallow_line_ends(edges, other, starts, ends)
    _end_behind_line_ends(edges, white, starts, ends)
    edges[1:] &= ~(space[:-1] & other[1:])
    return edges


def joins_of_words(kinds: Classes, edges: Edges, line_end: Edges) -> Edges:
    """(characters - 1,) where one character that is no line end joins the letters behind it."""
    # A sign alone is a run of one that no space has joined.
    alone = edges[:-1] & (kinds[:-1] == OTHER)
    white = (kinds[:-1] == WHITE) & ~line_end[:-1]
    joins: Edges = (kinds[1:] == LETTER) & (alone | white)
    return joins


def _runs(marked: Edges) -> tuple[Int64s, Int64s]:
    """Where each run of marked characters starts and ends."""
    places = np.flatnonzero(np.diff(marked, prepend=False, append=False))
    return places[::2], places[1::2]


def _swallow_line_ends(edges: Edges, other: Edges, starts: Int64s, ends: Int64s) -> None:
    """Line ends right behind signs belong to them; white space goes on behind as if it began."""
    behind_signs = other[starts - 1] & (starts > 0)
    edges[starts[behind_signs]] = False
    ends = ends[behind_signs]
    edges[ends[ends < len(edges)]] = True


def _end_behind_line_ends(edges: Edges, white: Edges, starts: Int64s, ends: Int64s) -> None:
    """A pre-token ends behind the last line end of a run of white space."""
    ends, following = ends[ends < len(edges)], starts[1:]
    is_last = white[ends]  # else an edge is there anyway
    # Where white space is before the next line end, too, it may be the same run.
    unsure = np.flatnonzero(is_last[: len(following)] & white[following - 1])
    if len(unsure):
        ends_of_runs = np.flatnonzero(white[:-1] & ~white[1:])
        runs, next_runs = (
            ends_of_runs.searchsorted(places[unsure]) for places in (ends, following)
        )
        is_last[unsure] = runs != next_runs
    edges[ends[is_last]] = True


def cut_numbers(edges: Edges, number: Edges) -> None:
    """A run of numbers is cut behind each third."""
    four = number[3:] & number[2:-1] & number[1:-2] & number[:-3]
    starts, last_fours = _runs(four)  # short runs are the most
    n_cuts = (last_fours + 2 - starts) // 3
    thirds = 3 * ranges(np.ones(len(starts), np.int32), n_cuts)
    edges[np.repeat(starts, n_cuts) + thirds] = True
