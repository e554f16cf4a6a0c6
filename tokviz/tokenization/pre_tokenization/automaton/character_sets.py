"""Which of a program's characters each character of a text is: equal ones are one class.

`regex` is asked, once for each character that is met, so that what matches is what it matches.
"""

from threading import Lock

import numpy as np
import regex
from numpy.typing import NDArray

from tokviz.tokenization.pre_tokenization.automaton.automaton_tables import MARKED
from tokviz.tokenization.pre_tokenization.automaton.pattern_program import Program
from tokviz.tokenization.pre_tokenization.automaton.pattern_syntax import NotRegular
from tokviz.tokenization.pre_tokenization.character_classes import Classes

_N_CODE_POINTS = 0x110000
_REPLACED = range(0xD800, 0xE000)  # surrogates, which are encoded as U+FFFD


class CharacterSets:
    """Class 0 is that of no character. It learns from what it meets, for several threads."""

    def __init__(self, program: Program) -> None:
        self._atoms = [regex.compile(atom) for atom in program.atoms]
        self._states = [
            sum(1 << take.state for take in program.states if take.atom == atom)
            for atom in range(len(program.atoms))
        ]
        self._learning = Lock()
        self._numbers: dict[tuple[bool, ...], int] = {}
        self._classes: Classes = np.zeros(_N_CODE_POINTS, np.uint8)
        self.taken_by = [0]
        """For each class, the states that take it, as bits."""
        self._meet(np.arange(128))
        self.ascii = self._classes[:256].tobytes()

    def of(self, code_points: NDArray[np.uint32]) -> Classes:
        """The class of each. Raises `NotRegular` if there are too many."""
        classes: Classes = self._classes.take(code_points)
        if not classes.min(initial=1):
            is_new = np.zeros(_N_CODE_POINTS, bool)
            is_new[code_points[classes == 0]] = True
            with self._learning:
                self._meet(np.flatnonzero(is_new))
            classes = self._classes.take(code_points)
        return classes

    def _meet(self, code_points: NDArray[np.int64]) -> None:
        codes = code_points.tolist()
        characters = "".join(chr(0xFFFD if code in _REPLACED else code) for code in codes)
        is_in = np.zeros((len(self._atoms), len(characters)), bool)
        for row, atom in zip(is_in, self._atoms, strict=True):
            row[[match.start() for match in atom.finditer(characters)]] = True
        self._classes[code_points] = [self._number(tuple(column)) for column in is_in.T.tolist()]

    def _number(self, is_in: tuple[bool, ...]) -> int:
        if is_in not in self._numbers:
            if len(self.taken_by) == MARKED:
                raise NotRegular("it tells too many characters apart")
            self._numbers[is_in] = len(self.taken_by)
            states = zip(self._states, is_in, strict=True)
            self.taken_by.append(sum(bits for bits, is_there in states if is_there))
        return self._numbers[is_in]
