"""SplitAutomaton: where the pre-tokens of any regular split pattern start, for a whole text.

In reading order: `pattern_syntax.py` reads the pattern, `pattern_program.py` makes steps of it, and
`automaton_tables.py` two tables of the steps; `character_sets.py` gives each character its class,
and `lanes.py` reads the tables through the classes. Time and memory are proportional to the text,
whatever the pattern. A pattern that is not regular, or very large, stays with `regex`.
"""

from functools import lru_cache
from itertools import pairwise
from threading import Lock

import numpy as np

from tokviz.tokenization.encoding import encodable
from tokviz.tokenization.pre_tokenization.automaton.automaton_tables import (
    MARKED,
    Cut,
    Tables,
    tables_of,
)
from tokviz.tokenization.pre_tokenization.automaton.character_sets import CharacterSets
from tokviz.tokenization.pre_tokenization.automaton.lanes import BLOCK, in_lanes, read
from tokviz.tokenization.pre_tokenization.automaton.pattern_program import Program
from tokviz.tokenization.pre_tokenization.automaton.pattern_syntax import NotRegular
from tokviz.tokenization.pre_tokenization.character_classes import Classes, Edges, classes_of
from tokviz.tokenization.pre_tokenization.utf8_places import character_at, n_chars_of

_MARKED_STATE = np.uint16(MARKED << 8)


class SplitAutomaton:
    """It learns from the characters that it meets, and may be used by several threads."""

    def __init__(self, pattern: str) -> None:
        """Raises `NotRegular`."""
        self._program = Program(pattern)
        self._sets = CharacterSets(self._program)
        self._tables = tables_of(self._program, self._sets.taken_by)
        self._n_classes = len(self._sets.taken_by)
        self._making = Lock()

    def split(self, text: str) -> list[str]:
        """The pre-tokens in order; joined they are `text`. Raises `NotRegular`.

        >>> SplitAutomaton("(?:a+)+b|c").split("a" * 99 + "cab")[1:]
        ['c', 'ab']
        """
        starts = np.flatnonzero(self.edges(text, encodable(text)[1])).tolist()
        return [text[start:end] for start, end in pairwise([*starts, len(text)])]

    def edges(self, text: str, data: bytes, parts: Edges | None = None) -> Edges:
        """(characters,) whether a pre-token starts there. `data`: the text's UTF-8, with U+FFFD for
        lone surrogates. `parts`: the same for what splits the text beforehand: each part is split
        by itself. Raises `NotRegular`."""
        letters = self._letters(text, data)
        tables = self._tables_for_all_classes()
        blocks = range(0, len(letters), BLOCK)
        letters[-1:] |= np.uint8(MARKED)
        if parts is not None:
            letters[:-1] |= parts[1:].view(np.uint8) << np.uint8(7)
        state, found = 0, []
        for start in reversed(blocks):
            rows = in_lanes(letters[start : start + BLOCK])
            found.append(read(tables.backward, rows, state, backwards=True))
            state = int(found[-1][0, 0])
        edges = np.empty(len(letters), bool)
        for start in blocks:
            rows = found.pop()
            rows[0, 0] |= _MARKED_STATE if start == 0 else 0
            if parts is not None:
                rows |= in_lanes(parts[start : start + BLOCK].view(np.uint8)) << np.uint16(15)
            rows = read(tables.forward, rows, state)
            state = int(rows[-1, -1])
            is_edge = (rows.astype(np.uint8) & 1).T.ravel()
            edges[start : start + BLOCK] = is_edge[: len(letters) - start]
        return edges

    def cuts_before(self, at: str, before: str, behind: str) -> list[Cut]:
        """What a cut does to a text in front of the character `at`, for each of the characters that
        may stand before it, wherever one of those `behind` follows; all of them are ASCII.

        >>> cuts = SplitAutomaton(r" ?[a-z]+|[^a-z]").cuts_before(" ", "a1", "b2")
        >>> cuts == [Cut.AT_AN_EDGE, Cut.AT_AN_EDGE]
        True
        >>> SplitAutomaton(r"\\w+( \\w+)?|.").cuts_before(" ", "a", "b")
        [<Cut.UNSURE: 'what stands there may be split in another way'>]
        """
        classes = np.frombuffer(self._sets.ascii, np.uint8)
        of_before, of_behind = (classes[list(map(ord, some))] for some in (before, behind))
        each, places = np.unique(of_before, return_inverse=True)
        found = self._tables.cuts_before(int(classes[ord(at)]), each, np.unique(of_behind))
        return [found[place] for place in places.tolist()]

    def _letters(self, text: str, data: bytes) -> Classes:
        letters = np.empty(len(text), np.uint8)
        at = at_byte = 0
        while at_byte < len(data):
            end = character_at(data, at_byte + BLOCK)
            some = data[at_byte:end]
            n_chars = n_chars_of(some)
            letters[at : at + n_chars] = classes_of(text[at : at + n_chars], some, self._sets)
            at, at_byte = at + n_chars, end
        return letters

    def _tables_for_all_classes(self) -> Tables:
        with self._making:
            taken_by = tuple(self._sets.taken_by)
            if len(taken_by) > self._n_classes:
                self._tables = tables_of(self._program, taken_by)
                self._n_classes = len(taken_by)
            return self._tables


@lru_cache(maxsize=16)
def automaton_of(pattern: str) -> SplitAutomaton | None:
    """The automaton of a split pattern, None where it is not regular or very large."""
    try:
        return SplitAutomaton(pattern)
    except NotRegular:
        return None
