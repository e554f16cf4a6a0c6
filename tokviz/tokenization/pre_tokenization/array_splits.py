"""Split patterns as array operations: where pre-tokens start, for a whole text at once.

The patterns themselves, in `known_patterns.py`, stay the definition: tests hold the two equal. Some
patterns have a form of their own, in `gpt2_edges.py`, which is the fastest. Every other pattern
that is regular is read by an automaton, in `automaton/`.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
import regex

from tokviz.tokenization.encoding import Int64s
from tokviz.tokenization.pre_tokenization.automaton.pattern_syntax import NotRegular
from tokviz.tokenization.pre_tokenization.automaton.split_automaton import (
    SplitAutomaton,
    automaton_of,
)
from tokviz.tokenization.pre_tokenization.character_classes import Edges
from tokviz.tokenization.pre_tokenization.gpt2_edges import gpt2, smollm
from tokviz.tokenization.pre_tokenization.known_patterns import GPT2, SMOLLM
from tokviz.tokenization.pre_tokenization.split_pattern import SplitPattern
from tokviz.tokenization.pre_tokenization.utf8_places import character_at, n_chars_of
from tokviz.tokenization.ranges import starts_of

_FindEdges = Callable[[str, bytes], Edges]
"""From a text and its UTF-8, which has U+FFFD for lone surrogates, to its edges."""

BEHIND_A_WORD = regex.compile(r"\p{L}(?=[ \n.,;:()\[\]=\"。、，])")
"""Ends at a place where the patterns below have an edge, whatever stands before and behind."""

_OWN_FORMS: dict[str, _FindEdges] = {GPT2.pattern: gpt2, SMOLLM.pattern: smollm}

_PART = 1 << 19  # bytes
_LOOK = 1 << 12


@dataclass(frozen=True)
class Piece:
    """A part of a text that begins with a pre-token, and (pre-tokens,) where those start in it, in
    characters. `data`: its UTF-8."""

    text: str
    data: bytes
    starts: Int64s


SplitIntoPieces = Callable[[str, bytes], Iterator[Piece]]
"""From a text and its UTF-8, which has U+FFFD for lone surrogates, to pieces of it of about a size
that stays in the cache."""


def by_arrays(split: SplitPattern) -> SplitIntoPieces | None:
    """The array form of a split pattern, None where there is none."""
    if any(link.longest is not None for link in split.links):
        return None
    if split.then is None and split.pattern in _OWN_FORMS:
        return _by_own_form(_OWN_FORMS[split.pattern])
    automata = [automaton_of(link.pattern) for link in split.links]
    found = [automaton for automaton in automata if automaton is not None]
    return _by_automata(found, split) if len(found) == len(automata) else None


def by_matching(split: SplitPattern) -> SplitIntoPieces:
    """What every split pattern has: its matches, one after the other."""

    def pieces(text: str, data: bytes) -> Iterator[Piece]:
        pre_tokens = split.split(data.decode())
        edges = np.zeros(len(text), bool)
        edges[starts_of(np.fromiter(map(len, pre_tokens), np.int64, len(pre_tokens)))] = True
        return _cut_at_edges(text, data, edges)

    return pieces


def _by_automata(automata: list[SplitAutomaton], split: SplitPattern) -> SplitIntoPieces:
    """By automata that each split what those before it left whole."""

    def pieces(text: str, data: bytes) -> Iterator[Piece]:
        edges = None
        try:
            for automaton in automata:
                edges = automaton.edges(text, data, edges)
        except NotRegular:
            return by_matching(split)(text, data)
        assert edges is not None
        return _cut_at_edges(text, data, edges)

    return pieces


def _cut_at_edges(text: str, data: bytes, edges: Edges) -> Iterator[Piece]:
    at = at_byte = 0
    while at < len(text):
        end = character_at(data, at_byte + _PART)
        end_char = at + n_chars_of(data[at_byte:end])
        if end_char < len(text) and not edges[end_char]:
            end_char += int(edges[end_char:].argmax()) or len(text) - end_char
            end = at_byte + len(text[at:end_char].encode("utf-8", "surrogatepass"))
        starts = np.flatnonzero(edges[at:end_char])
        yield Piece(text[at:end_char], data[at_byte:end], starts)
        at, at_byte = end_char, end


def _by_own_form(find_edges: _FindEdges) -> SplitIntoPieces:
    """By a form of its own, which is cut behind words beforehand: all of a text would leave the
    cache."""

    def pieces(text: str, data: bytes) -> Iterator[Piece]:
        at = 0
        for some in _cut_behind_words(data):
            part = text[at : at + n_chars_of(some)]
            yield Piece(part, some, np.flatnonzero(find_edges(part, some)))
            at += len(part)

    return pieces


def _cut_behind_words(data: bytes) -> Iterator[bytes]:
    start, at = 0, _PART
    while at < len(data):
        end = _end_of_word(data, at)
        if end is not None:
            yield data[start:end]
            start = end
        at = (end or at) + _PART
    if data:
        yield data[start:]


def _end_of_word(data: bytes, at: int) -> int | None:
    """Where this UTF-8 may be cut next. Looking far would take its time, and there are texts
    without such a place."""
    at = character_at(data, at)
    text = data[at : at + _LOOK].decode("utf-8", "ignore")
    found = BEHIND_A_WORD.search(text)
    return None if found is None else at + len(text[: found.end()].encode())
