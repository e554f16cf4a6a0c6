"""The split patterns of GPT-2 and SmolLM2 as array operations.

Their alternatives are runs of one kind of characters, so an edge is first of all a place where the
kind changes. What is left are a rule about white space and contractions. That is three times as
fast as the automaton that reads other patterns.
"""

import re
from functools import cache

import numpy as np
import regex
from numpy.typing import NDArray

from tokviz.tokenization.pre_tokenization.character_classes import (
    Classes,
    Edges,
    classes_of,
)

_LETTER, _NUMBER, _WHITE, _OTHER = 1, 2, 4, 8
_SPACE, _APOSTROPHE = 32, 64  # U+0020 beside _WHITE, `'` beside _OTHER
_KIND = 15

_PLANE = 1 << 16
_EMPTY = {*range(4, 14), 15, 16}  # planes without characters, or for private use only
_KINDS = [(_LETTER, r"\p{L}+"), (_NUMBER, r"\p{N}+"), (_WHITE, r"\s+")]
_CONTRACTION = re.compile(r"'(?:[sdmt]|ll|ve|re)")


def gpt2(text: str, data: bytes) -> Edges:
    """The last white space before something is a pre-token of its own, or a space of the next."""
    classes = classes_of(text, data, _KINDS_OF_CHARACTERS)
    kinds = classes & np.uint8(_KIND)
    edges = _changes(kinds)
    white = kinds == _WHITE
    last = white[:-1] & ~white[1:]
    _end_white_space(edges, last, classes)
    _cut_contractions(text, classes, edges)
    return edges


def smollm(text: str, data: bytes) -> Edges:
    """As GPT-2; but each digit is alone, and all the white space before one is one pre-token."""
    classes = classes_of(text, data, _KINDS_OF_CHARACTERS)
    kinds = classes & np.uint8(_KIND)
    edges = _changes(kinds)
    white, number = kinds == _WHITE, kinds == _NUMBER
    last = white[:-1] & ~white[1:] & ~number[1:]
    _end_white_space(edges, last, classes)
    edges |= number
    _cut_contractions(text, classes, edges)
    return edges


def _changes(kinds: Classes) -> Edges:
    """Where another kind begins."""
    edges = np.empty(len(kinds), bool)
    edges[0] = True
    np.not_equal(kinds[1:], kinds[:-1], out=edges[1:])
    return edges


def _end_white_space(edges: Edges, last: Edges, classes: Classes) -> None:
    edges[:-1] |= last
    edges[1:] &= ~(last & (classes[:-1] == _WHITE | _SPACE))


def _cut_contractions(text: str, classes: Classes, edges: Edges) -> None:
    """A contraction that begins where a pre-token starts ends one, wherever that begins."""
    starts = np.flatnonzero((classes == _OTHER | _APOSTROPHE) & edges)
    starts = starts[starts + 1 < len(classes)]
    starts = starts[classes[starts + 1] & _KIND == _LETTER]
    for start in starts.tolist():
        match = _CONTRACTION.match(text, start)
        if match is None:
            continue
        edges[start + 1 : match.end()] = False
        if match.end() < len(edges):
            edges[match.end()] = True


class _KindsOfCharacters:
    """The table of the classes above. It is made with `regex`, whose Unicode the split patterns
    themselves use."""

    @property
    def ascii(self) -> bytes:
        return _ascii()

    def of(self, code_points: NDArray[np.uint32]) -> Classes:
        return _table(int(code_points.max()) // _PLANE + 1).take(code_points)


_KINDS_OF_CHARACTERS = _KindsOfCharacters()


@cache
def _ascii() -> bytes:
    return _table(1)[:256].tobytes()


@cache
def _table(n_planes: int) -> Classes:
    """The classes of the first planes of 65,536 characters: most texts need only one."""
    table = np.concatenate([_plane(plane) for plane in range(n_planes)])
    table[ord(" ")] |= _SPACE
    table[ord("'")] |= _APOSTROPHE
    return table


@cache
def _plane(plane: int) -> Classes:
    table = np.full(_PLANE, _OTHER, np.uint8)
    if plane in _EMPTY:
        return table
    codes = np.arange(plane * _PLANE, (plane + 1) * _PLANE)
    codes[(codes >= 0xD800) & (codes < 0xE000)] = 0xFFFD
    characters = "".join(map(chr, codes.tolist()))
    for kind, pattern in _KINDS:
        for match in regex.finditer(pattern, characters):
            table[match.start() : match.end()] = kind
    return table
