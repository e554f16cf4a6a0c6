"""Steps that the array forms of several split patterns share; see `array_splits.py`."""

import re

import numpy as np
from numpy.typing import NDArray

from tokviz.tokenization.character_classes import (
    APOSTROPHE,
    KIND,
    LETTER,
    NUMBER,
    OTHER,
    WHITE,
    Classes,
)
from tokviz.tokenization.encoding import Int64s

Edges = NDArray[np.bool_]


def changes(kinds: Classes) -> Edges:
    """Where another kind begins; a mark is like any other character."""
    edges = np.empty(len(kinds), bool)
    edges[0] = True
    np.not_equal(kinds[1:], kinds[:-1], out=edges[1:])
    return edges


def plain_kinds(classes: Classes) -> Classes:
    """LETTER, NUMBER, WHITE or OTHER."""
    return np.frombuffer(classes.tobytes().translate(_PLAIN_KINDS), np.uint8)


_PLAIN_KINDS = bytes(
    kind if (kind := value & KIND) in (LETTER, NUMBER, WHITE) else OTHER for value in range(256)
)


_LOWER_CASE = re.compile(r"'(?:[sdmt]|ll|ve|re)")
_ANY_CASE = re.compile(r"'(?:[sSdDmMtTſ]|[lL]{2}|[vV][eE]|[rR][eE])")


def contractions(
    text: str, classes: Classes, edges: Edges, *, ignore_case: bool
) -> list[tuple[int, int]]:
    """Start and length of each contraction that begins where a pre-token starts."""
    starts = np.flatnonzero((classes == OTHER | APOSTROPHE) & edges)
    starts = starts[starts + 1 < len(classes)]
    starts = starts[classes[starts + 1] == LETTER]
    lengths = [(at, contraction_at(text, at, ignore_case=ignore_case)) for at in starts.tolist()]
    return [(at, length) for at, length in lengths if length]


def contraction_at(text: str, at: int, *, ignore_case: bool = True) -> int:
    """The length of the English contraction that begins with this apostrophe; 0: there is none."""
    match = (_ANY_CASE if ignore_case else _LOWER_CASE).match(text, at)
    return 0 if match is None else match.end() - at


def join_contraction(edges: Edges, at: int, length: int) -> None:
    """The contraction at this place ends a pre-token, wherever that begins."""
    edges[at + 1 : at + length] = False
    if at + length < len(edges):
        edges[at + length] = True


def white_space_edges(kinds: Classes, space: Edges, line_end: Edges) -> Edges:
    """The edges where a kind changes, after the rules of cl100k and o200k for white space: line
    ends join the signs before them, the rest ends behind its last line end, its last character
    stands alone or begins what follows, and a space joins the signs behind it."""
    edges = changes(kinds)
    white, other = kinds == WHITE, kinds == OTHER
    last = white[:-1] & ~white[1:]
    edges[:-1] |= last & ~line_end[:-1]
    _swallow_line_ends(edges, other, line_end)
    _end_behind_line_ends(edges, white, line_end, np.flatnonzero(last))
    edges[1:] &= ~(space[:-1] & other[1:])
    return edges


def joins_of_words(kinds: Classes, edges: Edges, line_end: Edges) -> Edges:
    """(characters - 1,) where one character that is no line end joins the letters behind it."""
    # A sign alone is a run of one that no space has joined.
    alone = edges[:-1] & (kinds[:-1] == OTHER)
    white = (kinds[:-1] == WHITE) & ~line_end[:-1]
    joins: Edges = (kinds[1:] == LETTER) & (alone | white)
    return joins


def _swallow_line_ends(edges: Edges, other: Edges, line_end: Edges) -> None:
    """Line ends right behind signs belong to them; white space goes on behind as if it began."""
    starts = np.flatnonzero(line_end[1:] & other[:-1]) + 1
    if not len(starts):
        return
    run_ends = np.flatnonzero(line_end[:-1] & ~line_end[1:]) + 1
    run_ends = np.append(run_ends, len(edges))
    ends = run_ends[run_ends.searchsorted(starts, "right")]
    edges[starts] = False
    ends = ends[ends < len(edges)]
    edges[ends] = True


def _end_behind_line_ends(edges: Edges, white: Edges, line_end: Edges, lasts: Int64s) -> None:
    """A pre-token ends behind the last line end of a run of white space."""
    ends = np.flatnonzero(line_end[:-1] & white[1:] & ~line_end[1:])
    if not len(ends):
        return
    # Of several in one run the last counts: the next is in another run, or there is none.
    runs = lasts.searchsorted(ends)
    is_last = np.ones(len(ends), bool)
    later = np.flatnonzero(line_end)
    following = later.searchsorted(ends, "right")
    has_next = following < len(later)
    next_runs = lasts.searchsorted(later[following[has_next]])
    is_last[has_next] = next_runs != runs[has_next]
    edges[ends[is_last] + 1] = True


def cut_numbers(edges: Edges, number: Edges) -> None:
    """A run of numbers is cut behind each third."""
    if not (number[3:] & number[2:-1] & number[1:-2] & number[:-3]).any():
        return
    places = np.flatnonzero(number)
    begins = np.ones(len(places), bool)
    begins[1:] = np.diff(places) != 1
    firsts = np.maximum.accumulate(np.where(begins, places, 0))
    edges[places[(places - firsts) % 3 == 0]] = True
