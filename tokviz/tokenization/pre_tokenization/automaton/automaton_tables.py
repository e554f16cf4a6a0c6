"""A program as two tables: one is read through a text from its end, one from its beginning.

A backtracking matcher tries a way and comes back if it fails. Here the first table says at each
character which states lead to a match by what follows, whatever came before; with that known, the
second one takes the first way that leads to a match and never comes back. This is how Frisch and
Cardelli match greedily in linear time ("Greedy Regular Expression Matching", 2004). The second
table also begins the next match where one ends, and a gap where none begins.

A letter of the first table is the class of a character, with `MARKED` where the text, or the part
of it that is split by itself, ends behind the character. A letter of the second is what the first
found at the character, with `MARKED` where such a part begins.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum

import numpy as np
from numpy.typing import NDArray

from tokviz.tokenization.pre_tokenization.automaton.pattern_program import (
    Accept,
    AtEnd,
    Fork,
    Glance,
    Program,
    Step,
    Take,
)
from tokviz.tokenization.pre_tokenization.automaton.pattern_syntax import NotRegular
from tokviz.tokenization.pre_tokenization.character_classes import Classes

MARKED = 128
"""Letters, and states of the first table, are below this."""
_LETTERS = 256
_ACCEPTED, _NOWHERE = -1, -2


class Cut(Enum):
    """What it does to a text that it is split in two parts at some place."""

    AT_AN_EDGE = "a pre-token begins there anyway"
    HARMLESS = "a pre-token may be cut, and nothing else changes"
    UNSURE = "what stands there may be split in another way"


@dataclass(frozen=True)
class Tables:
    """`backward`: the next state, in the upper byte, at the index of a state (upper byte) and a
    letter. `forward`: the next state at the index of a letter (upper byte) and a state; in its odd
    states a pre-token starts at the character. `found`: what the states of the first mean: those
    of the program that take the character and lead to a match, as bits."""

    backward: NDArray[np.uint16]
    forward: NDArray[np.uint16]
    found: tuple[int, ...]

    def cuts_before(self, at: int, before: Classes, behind: Classes) -> list[Cut]:
        """What a cut does to a text in front of a character of the class `at`, for each class that
        may stand before it, wherever one of those `behind` follows.

        The tables are asked for everything that may stand around the three, so what is found is
        proved, and more than that may be true.
        """
        every = np.arange(len(self.found), dtype=np.uint16) << np.uint16(8)
        letters = behind.astype(np.uint16)
        of_behind = np.append(
            self.backward[every | letters[:, np.newaxis]], self.backward[letters | MARKED]
        )
        of_at = np.unique(np.append(self.backward[of_behind | at], self.backward[at | MARKED]))
        return [self._cut_between(letter, of_at) for letter in before.tolist()]

    def _cut_between(self, letter: int, of_at: NDArray[np.uint16]) -> Cut:
        """`of_at`: the states in which the first table may be at the character behind the cut."""
        of_before = int(self.backward[letter | MARKED])
        if (self.backward[of_at | letter] != of_before).any():
            return Cut.UNSURE  # what is in front would see it
        begins = self.forward[of_at | MARKED << 8][:, np.newaxis]
        reached = self.forward[of_at[:, np.newaxis] | self._reached_at(of_before)]
        if (reached | 1 != begins).any():
            return Cut.UNSURE  # what is behind would see it
        return Cut.AT_AN_EDGE if (reached == begins).all() else Cut.HARMLESS

    def _reached_at(self, state: int) -> NDArray[np.uint16]:
        """The states of the second table at a character where the first is in this state."""
        bits = self.found[state >> 8]
        taking = [2 * q for q in range(bits.bit_length()) if bits >> q & 1]
        begins = int(self.forward[state | MARKED << 8])  # a gap is entered where no match begins
        return np.array([*taking, begins - 1], np.uint16)


def tables_of(program: Program, classes: Sequence[int]) -> Tables:
    """`classes`: of each class of characters, which states of the program take it, as bits.
    Raises `NotRegular` if the tables would be too large."""
    by_end = _Place(program, 0, at_end=True).before
    found = list(dict.fromkeys(taken & by_end for taken in classes))
    numbers = {states: number for number, states in enumerate(found)}
    rows, places = [], []
    for states in found:  # which grows
        places.append(_Place(program, states, at_end=False))
        row = [taken & places[-1].before for taken in classes]
        rows.append(row)
        for new in dict.fromkeys(row):
            if new not in numbers:
                numbers[new] = len(found)
                found.append(new)
        if len(found) > MARKED:
            raise NotRegular("too much depends on what follows")
    backward = np.zeros((len(found), _LETTERS), np.uint16)
    backward[:, : len(classes)] = [[numbers[states] for states in row] for row in rows]
    backward[:, MARKED : MARKED + len(classes)] = [numbers[taken & by_end] for taken in classes]
    return Tables(
        (backward << np.uint16(8)).ravel(),
        _forward(places, len(program.states)).ravel(),
        tuple(found),
    )


def _forward(places: "list[_Place]", gap: int) -> NDArray[np.uint16]:
    """(letters, states) the second table: 2 q + 1 where a pre-token starts, 2 q where none does;
    `gap` is the number of a state besides those of the program, which takes what no match does."""
    forward = np.zeros((_LETTERS, 256), np.uint16)
    for letter, place in enumerate(places):
        begun = place.begun()
        begins = 2 * (gap if begun is None else begun) + 1
        of_gap = begins - 1 if begun is None else begins
        forward[letter, : 2 * gap + 2] = np.repeat([*place.gone_on(begins), of_gap], 2)
        forward[MARKED + letter] = begins
    return forward


class _Place:
    """A place between two characters, and what the steps of a program come to there. `states`:
    those that take the character behind it and lead to a match, as bits."""

    def __init__(self, program: Program, states: int, *, at_end: bool) -> None:
        self._program = program
        self._succeeds = [False] * len(program.steps)  # whether each step leads to a match
        for at in program.order:
            self._succeeds[at] = self._leads_on(program.steps[at], states, at_end)
        self.before = sum(1 << q for q, at in enumerate(program.nexts) if self._succeeds[at])
        """The states that lead to a match if they took the character before the place, as bits."""

    def _leads_on(self, step: Step, states: int, at_end: bool) -> bool:
        succeeds = self._succeeds
        if isinstance(step, Take):
            return bool(states >> step.state & 1)
        if isinstance(step, Fork):
            return any(succeeds[way] for way in step.ways)
        if isinstance(step, Glance):
            return succeeds[step.inside] == step.must_match and succeeds[step.next]
        return isinstance(step, Accept) or (at_end and succeeds[step.next])

    def begun(self) -> int | None:
        """The state in which a match begins here, None where there is none."""
        first = self._first(self._program.start)
        return None if first == _NOWHERE else first

    def gone_on(self, begins: int) -> list[int]:
        """The entry behind each state: its match goes on, or it is complete and the next begins.
        A state that cannot have been before this place has no say."""
        nexts = self._program.nexts
        firsts = {at: self._first(at) for at in set(nexts)}
        return [2 * firsts[at] if firsts[at] >= 0 else begins for at in nexts]

    def _first(self, at: int) -> int:
        """The state behind this step that takes the next character, or `_ACCEPTED`, `_NOWHERE`."""
        while self._succeeds[at]:
            step = self._program.steps[at]
            if isinstance(step, Fork):
                at = next(way for way in step.ways if self._succeeds[way])
            elif isinstance(step, (Glance, AtEnd)):
                at = step.next
            else:
                return step.state if isinstance(step, Take) else _ACCEPTED
        return _NOWHERE
