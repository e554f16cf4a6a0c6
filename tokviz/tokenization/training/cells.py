"""The corpus while it is learned from: a row of cells, one a base symbol.

A token of several symbols has its id in its first cell and in its last one, so that from any border
between two tokens both are seen, and the tokens' lengths tell where they begin and end: there are
no links to follow. Each cell also knows the pair that begins there, which tells at once whether a
place of a pair is still right and which count falls, and by which merge the gap before it was
closed, from which the corpus as it was after any number of merges can be read.
"""

from array import array
from typing import NamedTuple

import numpy as np

from tokviz.tokenization.encoding import OPEN, Int32s, Int64s
from tokviz.tokenization.training.pairs import NO_PAIR
from tokviz.tokenization.training.training_corpus import TrainingCorpus


class CellArrays(NamedTuple):
    """The columns of `Cells` as numpy sees them: the same memory."""

    ids: Int32s
    closed: Int32s
    pairs: Int32s
    owner: Int32s
    weights: Int64s
    held_out: Int64s | None


class Cells:
    """Columns of C cells, compact arrays of numbers: half of the time of a loop over places all
    over the corpus is waiting for memory.

    `ids`: BORDER or the token, right at its ends; `closed`: the merge that closed the gap before
    the cell, or OPEN; `pairs`: the pair that begins there, or NO_PAIR; `owner`: the pre-token;
    `weights`, `held_out`: how often that is in the two parts of the corpus, `held_out` None where
    nothing is put aside. `lengths`: of the tokens, in cells.
    """

    def __init__(self, corpus: TrainingCorpus) -> None:
        n_cells = len(corpus.symbols)
        self.ids = array("i", corpus.symbols.tobytes())
        self.closed = array("i", np.full(n_cells, OPEN, np.int32).tobytes())
        self.pairs = array("i", np.full(n_cells, NO_PAIR, np.int32).tobytes())
        self.owner = array("i", corpus.owner.tobytes())
        self.weights = array("q", corpus.weights[corpus.owner].tobytes())
        self.held_out: array[int] | None = None
        if corpus.held_out.any():
            self.held_out = array("q", corpus.held_out[corpus.owner].tobytes())
        self.lengths = [1] * len(corpus.base)
        self._known_lengths = np.zeros(0, np.int32)

    def as_arrays(self) -> CellArrays:
        held_out = None if self.held_out is None else np.frombuffer(self.held_out, np.int64)
        ids, closed, pairs, owner = (
            np.frombuffer(column, np.int32)
            for column in (self.ids, self.closed, self.pairs, self.owner)
        )
        weights = np.frombuffer(self.weights, np.int64)
        return CellArrays(ids, closed, pairs, owner, weights, held_out)

    def known_lengths(self) -> Int32s:
        """`lengths` as an array; those that came since the last time are added to it."""
        n_known = len(self._known_lengths)
        if n_known < len(self.lengths):
            more = np.array(self.lengths[n_known:], np.int32)
            self._known_lengths = np.append(self._known_lengths, more)
        return self._known_lengths

    def gap_ranks(self) -> Int32s:
        """(C,) int32: the rank of the merge that closed the gap before each cell, or OPEN. A
        copy."""
        return np.array(self.closed, np.int32)
