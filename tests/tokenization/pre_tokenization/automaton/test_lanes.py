"""Reading a table in lanes is reading it letter by letter."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from tokviz.tokenization.pre_tokenization.automaton import lanes
from tokviz.tokenization.pre_tokenization.automaton.lanes import in_lanes, read


def plainly(table: NDArray[np.uint16], letters: list[int], state: int) -> list[int]:
    states = []
    for letter in letters:
        state = int(table[state | letter])
        states.append(state)
    return states


@pytest.fixture(autouse=True)
def short_lanes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lanes, "_SHORTEST", 4)
    monkeypatch.setattr(lanes, "_LANES", 9)


# Where states only change places, no letter ever tells in which one a lane began.
tables = st.one_of(
    st.lists(st.lists(st.integers(0, 4), min_size=5, max_size=5), min_size=3, max_size=3),
    st.lists(st.permutations(range(5)), min_size=3, max_size=3),
)


@pytest.mark.parametrize("backwards", [False, True])
@given(tables, st.lists(st.integers(0, 2), min_size=1, max_size=200), st.integers(0, 4))
def test_the_states_are_those_of_a_loop(
    backwards: bool, nexts: list[list[int]], letters: list[int], state: int
) -> None:
    table = np.zeros(5 << 8, np.uint16)
    for letter, of_states in enumerate(nexts):
        for before, after in enumerate(of_states):
            table[before << 8 | letter] = after << 8
    rows = in_lanes(np.array(letters, np.uint8))
    padding = [0] * (rows.size - len(letters))
    states = read(table, rows, state << 8, backwards=backwards).T.ravel().tolist()
    in_order = [*letters, *padding][:: -1 if backwards else 1]
    assert states[:: -1 if backwards else 1] == plainly(table, in_order, state << 8)
