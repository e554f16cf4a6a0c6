"""The split pattern of o200k (GPT-4o and later) as array operations; see `array_splits.py`.

Beside cl100k's rules it has four of its own. A combining mark is a letter of either case, unless
signs before it took it. A word is capitals and then small letters, so it ends before a capital
behind a small letter; letters without case may be in either part. A contraction ends the word
before it. And slashes behind the line ends that signs took are taken, too.
"""

import numpy as np
import regex

from tokviz.tokenization.encoding import Int64s
from tokviz.tokenization.pre_tokenization.character_classes import (
    APOSTROPHE,
    CASELESS,
    KIND,
    LETTER,
    LINE_END,
    LOWER,
    MARK,
    NUMBER,
    OTHER,
    SIGN,
    SLASH,
    SPACE,
    UPPER,
    WHITE,
    Classes,
)
from tokviz.tokenization.pre_tokenization.split_edges import (
    Edges,
    contraction_at,
    cut_numbers,
    join_contractions,
    joins_of_words,
    white_space_edges,
)

_SLASHES = regex.compile(r"(?<=[^\s\p{L}\p{N}])[\r\n]+/[\r\n/]*")


def o200k(text: str, classes: Classes) -> Edges:
    """Where pre-tokens start by o200k's pattern; `classes`: of each character."""
    kinds: Classes = classes & np.uint8(KIND)
    line_end, space = classes == WHITE | LINE_END, classes == WHITE | SPACE
    has_marks = bool((kinds == MARK).any())
    slashes = np.flatnonzero(line_end[:-1] & (classes[1:] == OTHER | SLASH)) + 1
    _take_slashes(text, slashes.tolist(), kinds, line_end, space)
    if has_marks:
        kinds[kinds == MARK] = LETTER
        _give_marks_to_signs(classes, kinds, space)
    edges = white_space_edges(kinds, space, line_end)
    edges[1:] &= ~joins_of_words(kinds, edges, line_end)
    word = kinds == LETTER
    found = _contractions(text, classes, word)
    join_contractions(edges, found)
    at, lengths = np.array(found, np.int64).reshape(-1, 2).T
    edges[at], word[at + 1], word[at + lengths - 1] = False, False, False
    _cut_before_capitals(edges, classes & np.uint8(SIGN) & np.negative(word.view(np.uint8)))
    cut_numbers(edges, kinds == NUMBER)
    return edges


def _take_slashes(
    text: str, slashes: list[int], kinds: Classes, line_end: Edges, space: Edges
) -> None:
    """Let slashes behind the line ends that signs took be line ends, too. `slashes`: those right
    behind a line end."""
    behind = 0  # what was taken already
    for start in slashes:
        if start < behind:
            continue
        while start and text[start - 1] in "\r\n":
            start -= 1
        match = _SLASHES.match(text, start)
        if match is None:
            continue
        if kinds[start - 1] == MARK and not _signs_of(kinds, space)[start - 1]:
            continue  # a word ended here, and a slash behind may be the first sign
        behind = match.end()
        kinds[start:behind], line_end[start:behind] = WHITE, True


def _give_marks_to_signs(classes: Classes, kinds: Classes, space: Edges) -> None:
    """Marks that signs took are OTHER."""
    is_mark = classes & KIND == MARK
    if ((kinds[:-1] == OTHER) & is_mark[1:]).any():
        marked = np.where(is_mark, np.uint8(MARK), kinds)
        kinds[is_mark & _signs_of(marked, space)] = OTHER


def _signs_of(kinds: Classes, space: Edges) -> Edges:
    """Which signs and marks belong to a run of signs: from its first sign to the end of the run.

    A sign begins one if a space is before it, or if what follows is neither a letter nor a mark;
    otherwise it joins the word behind it.
    """
    sign = kinds == OTHER
    begins = sign.copy()
    begins[:-1] &= (kinds[1:] != LETTER) & (kinds[1:] != MARK)
    begins[1:] |= sign[1:] & space[:-1]
    inside = np.flatnonzero(sign | (kinds == MARK))  # few of all
    order = np.arange(len(inside))
    last_begin = np.maximum.accumulate(np.where(begins[inside], order, -1))
    is_first = np.diff(inside, prepend=-2) > 1
    first_of_run = np.maximum.accumulate(np.where(is_first, order, 0))
    signs = np.zeros(len(kinds), bool)
    signs[inside] = last_begin >= first_of_run
    return signs


def _contractions(text: str, classes: Classes, word: Edges) -> list[tuple[int, int]]:
    """Start and length of each contraction behind a word; none is right behind another."""
    starts = np.flatnonzero(classes[1:-1] == OTHER | APOSTROPHE) + 1
    starts = starts[word[starts - 1] & word[starts + 1]]
    found, end = [], 0
    for at in starts.tolist():
        length = contraction_at(text, at)
        if length and at != end:
            found.append((at, length))
            end = at + length
    return found


def _cut_before_capitals(edges: Edges, cases: Classes) -> None:
    upper = cases == UPPER
    edges[1:] |= upper[1:] & (cases[:-1] == LOWER)
    behind_caseless = np.flatnonzero(upper[1:] & (cases[:-1] == CASELESS)) + 1
    if len(behind_caseless):
        edges[behind_caseless[_begins_a_word(behind_caseless, cases)]] = True


def _begins_a_word(capitals: Int64s, cases: Classes) -> Edges:
    """Of capitals behind letters without case, those that begin a word.

    They do if a small letter is before those without case, as the second part of a word has begun
    then. They also do if nothing but capitals follows: a word's second part must not be empty, so
    the last letter without case had to be it.
    """
    with_case = np.flatnonzero(cases != CASELESS)
    at = with_case.searchsorted(capitals - 1) - 1
    is_behind_small = (at >= 0) & (cases[with_case[at]] == LOWER)
    not_capital = np.append(np.flatnonzero(cases != UPPER), len(cases))
    ends = not_capital[not_capital.searchsorted(capitals)]
    begins: Edges = is_behind_small | (np.append(cases, np.uint8(0))[ends] == 0)
    return begins
