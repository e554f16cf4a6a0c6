"""A table read through a text at many places at once.

A state depends on the one before it, and a loop over characters is what arrays are to replace. So
a text is cut into lanes of one length that stand side by side, and all of them go on by one letter
in one step over arrays. In what state a lane begins is not known before the lane in front of it has
ended. But mostly a few letters tell, whatever was before them: the lanes begin in any state, and
then once more in the one in which the lane in front ended, until they come to what they had found
the first time. Where that does not come, all lanes are read from every state.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

Rows = NDArray[np.uint16]
"""(letters of a lane, lanes) what stands at each place; the lanes, one behind the other, are the
text."""
Table = NDArray[np.uint16]
"""What comes next, at the index `state | letter`: the one is in the lower byte, the other in the
upper byte."""

_LANES = 3000  # no power of two: places of one lane would share a line of the cache
_SHORTEST = 24
BLOCK = _LANES * 340
"""Characters that are read together: a whole number a lane, and no more than the cache holds."""
_TRIES = 4
_STRIDE = 8


def in_lanes(letters: NDArray[np.uint8]) -> Rows:
    """The letters of a text, with zeros at its end where the last lane is not full."""
    length = max(_SHORTEST, -(-len(letters) // _LANES))
    n_lanes = -(-len(letters) // length)
    if len(letters) < length * n_lanes:
        letters = np.append(letters, np.zeros(length * n_lanes - len(letters), np.uint8))
    return np.ascontiguousarray(letters.reshape(n_lanes, length).T).astype(np.uint16)


def read(table: Table, letters: Rows, state: int, *, backwards: bool = False) -> Rows:
    """The state at each letter; `state`: the one before the first letter, which for a text that is
    read backwards is the last one."""
    order = range(len(letters))[:: -1 if backwards else 1]
    entries = np.full(letters.shape[1], state, np.uint16)
    states = _read(table, letters, entries, order)
    for _ in range(_TRIES):
        ends = states[order[-1]]
        begun, entries = entries, np.roll(ends, -1 if backwards else 1)
        entries[-1 if backwards else 0] = state
        if _read_again(table, letters, entries, order, states, np.flatnonzero(entries != begun)):
            return states
    return _read(table, letters, _entries(table, letters, state, order), order)


def _read(table: Table, letters: Rows, before: NDArray[np.uint16], order: Sequence[int]) -> Rows:
    states = np.empty(letters.shape, np.uint16)
    index = np.empty_like(before)
    for row in order:
        np.bitwise_or(before, letters[row], out=index)
        before = table.take(index, out=states[row], mode="clip")  # "raise" would copy
    return states


def _read_again(
    table: Table,
    letters: Rows,
    entries: NDArray[np.uint16],
    order: Sequence[int],
    states: Rows,
    lanes: NDArray[np.int64],
) -> bool:
    """Read these lanes anew, until their states are those of before; whether all came to that."""
    before = entries[lanes]
    for step, row in enumerate(order):
        after = table.take(before | letters[row].take(lanes))
        if step % _STRIDE == 0:
            differs = states[row].take(lanes) != after
            lanes, after = lanes[differs], after[differs]
            if not len(lanes):
                return True
        states[row][lanes] = before = after
    return False


def _entries(table: Table, letters: Rows, state: int, order: Sequence[int]) -> NDArray[np.uint16]:
    """The state in which each lane begins, from how each leads from any state to another. A
    letter leads to few states, so all but the first letters are read from those alone."""
    every = np.unique(np.append(table, np.uint16(state)))
    first = table.take(every[:, np.newaxis] | letters[order[0]])
    few = np.unique(first)
    states = np.repeat(few[:, np.newaxis], letters.shape[1], axis=1)
    index = np.empty_like(states)
    for row in order[1:]:
        np.bitwise_or(states, letters[row], out=index)
        table.take(index, out=states, mode="clip")
    ends = np.take_along_axis(states, few.searchsorted(first), axis=0)
    entries = np.empty(letters.shape[1], np.uint16)
    lanes = range(len(entries))[:: order.step]  # type: ignore[attr-defined]
    for lane in lanes:
        entries[lane] = state
        state = ends[every.searchsorted(state), lane]
    return entries
