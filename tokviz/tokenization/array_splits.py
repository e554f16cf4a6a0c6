"""The known split patterns as array operations: where pre-tokens start, for a whole text at once.

A pattern's alternatives are runs of one class of characters, so an edge is first of all a place
where the class changes. What is left are a few rules about white space, which may belong to the
word behind it, and contractions; each is one or two steps over arrays. The patterns themselves,
in `pre_tokenizers.py`, stay the definition: a test holds the two equal.
"""

import re
from collections.abc import Callable
from functools import cache

import numpy as np
from numpy.typing import NDArray

from tokviz.tokenization.character_classes import (
    APOSTROPHE,
    KIND,
    LETTER,
    LINE_END,
    NUMBER,
    OTHER,
    SIGN,
    SPACE,
    WHITE,
    Classes,
)
from tokviz.tokenization.encoding import Int64s
from tokviz.tokenization.pre_tokenizers import CL100K, GPT2, SMOLLM, SplitPattern

Edges = NDArray[np.bool_]
FindEdges = Callable[[str, Classes], Edges]
"""From a text and the classes of its characters to (characters,) whether a pre-token starts."""

BEHIND_A_WORD = re.compile(r"[A-Za-z](?=[ \n.,;:()\[\]=\"])")
"""Ends at a place where each pattern below has an edge, whatever stands before and behind."""


def edges_of(split: SplitPattern) -> FindEdges | None:
    """The array form of a split pattern, None where there is none."""
    if split.longest is not None or split.then is not None:
        return None
    return _known().get(split.pattern)


@cache
def _known() -> dict[str, FindEdges]:
    return {GPT2.pattern: _gpt2, SMOLLM.pattern: _smollm, CL100K.pattern: _cl100k}


def _changes(kinds: Classes) -> Edges:
    """Where another kind begins; a mark is like any other character."""
    edges = np.empty(len(kinds), bool)
    edges[0] = True
    np.not_equal(kinds[1:], kinds[:-1], out=edges[1:])
    return edges


def _kinds(classes: Classes) -> Classes:
    """LETTER, NUMBER, WHITE or OTHER."""
    return np.frombuffer(classes.tobytes().translate(_PLAIN_KINDS), np.uint8)


_PLAIN_KINDS = bytes(
    kind if (kind := value & KIND) in (LETTER, NUMBER, WHITE) else OTHER for value in range(256)
)


def _gpt2(text: str, classes: Classes) -> Edges:
    """The last white space before something is a pre-token of its own, or a space of the next."""
    kinds = _kinds(classes)
    edges = _changes(kinds)
    white = kinds == WHITE
    last = white[:-1] & ~white[1:]
    _end_white_space(edges, last, classes)
    _cut_contractions(text, classes, edges)
    return edges


def _smollm(text: str, classes: Classes) -> Edges:
    """As GPT-2; but each digit is alone, and all the white space before one is one pre-token."""
    kinds = _kinds(classes)
    edges = _changes(kinds)
    white, number = kinds == WHITE, kinds == NUMBER
    last = white[:-1] & ~white[1:] & ~number[1:]
    _end_white_space(edges, last, classes)
    edges |= number
    _cut_contractions(text, classes, edges)
    return edges


def _end_white_space(edges: Edges, last: Edges, classes: Classes) -> None:
    edges[:-1] |= last
    edges[1:] &= ~(last & (classes[:-1] == WHITE | SPACE))


def _cut_contractions(text: str, classes: Classes, edges: Edges) -> None:
    for at, length in _contractions(text, classes, edges, ignore_case=False):
        edges[at + 1 : at + length] = False
        if at + length < len(edges):
            edges[at + length] = True


_LOWER_CASE = re.compile(r"'(?:[sdmt]|ll|ve|re)")
_ANY_CASE = re.compile(r"'(?:[sSdDmMtTſ]|[lL]{2}|[vV][eE]|[rR][eE])")


def _contractions(
    text: str, classes: Classes, edges: Edges, *, ignore_case: bool
) -> list[tuple[int, int]]:
    """Start and length of each contraction that begins where a pre-token starts."""
    starts = np.flatnonzero((classes == OTHER | APOSTROPHE) & edges)
    starts = starts[starts + 1 < len(classes)]
    starts = starts[classes[starts + 1] == LETTER]
    match = (_ANY_CASE if ignore_case else _LOWER_CASE).match
    found = []
    for at in starts.tolist():
        if (contraction := match(text, at)) is not None:
            found.append((at, contraction.end() - at))
    return found


def _cl100k(text: str, classes: Classes) -> Edges:
    """One character that is no line end joins the letters behind it; numbers go by threes; line
    ends join the signs before them; and white space ends behind its last line end."""
    kinds = _kinds(classes)
    edges = _changes(kinds)
    white, letter, line_end = kinds == WHITE, kinds == LETTER, (classes & SIGN) == LINE_END
    line_end &= white
    last = white[:-1] & ~white[1:]
    other = kinds == OTHER
    edges[:-1] |= last & ~line_end[:-1]
    _swallow_line_ends(edges, other, white, line_end)
    _end_behind_line_ends(edges, white, line_end, np.flatnonzero(last))
    space = classes == WHITE | SPACE
    edges[1:] &= ~(space[:-1] & other[1:])
    # A sign alone is a run of one that no space has joined.
    alone = edges[:-1] & other[:-1]
    joins = letter[1:] & (alone | (white[:-1] & ~line_end[:-1]))
    contractions = _contractions(text, classes, edges, ignore_case=True)
    edges[1:] &= ~joins
    for at, length in contractions:
        edges[at + 1 : at + length] = False
        if at + length < len(edges):
            edges[at + length] = True
    _cut_numbers(edges, kinds == NUMBER)
    if white[-1]:
        _join_last_white_space(edges, white, line_end, other)
    return edges


def _swallow_line_ends(edges: Edges, other: Edges, white: Edges, line_end: Edges) -> None:
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


def _cut_numbers(edges: Edges, number: Edges) -> None:
    """A run of numbers is cut behind each third."""
    if not (number[3:] & number[2:-1] & number[1:-2] & number[:-3]).any():
        return
    places = np.flatnonzero(number)
    begins = np.ones(len(places), bool)
    begins[1:] = np.diff(places) != 1
    firsts = np.maximum.accumulate(np.where(begins, places, 0))
    edges[places[(places - firsts) % 3 == 0]] = True


def _join_last_white_space(edges: Edges, white: Edges, line_end: Edges, other: Edges) -> None:
    """White space that ends the text is one pre-token, but for line ends that signs took."""
    not_white = np.flatnonzero(~white)
    start = int(not_white[-1]) + 1 if len(not_white) else 0
    if start and other[start - 1]:
        not_ends = np.flatnonzero(~line_end[start:])
        start += int(not_ends[0]) if len(not_ends) else len(edges) - start
    edges[start + 1 :] = False
    if start < len(edges):
        edges[start] = True
