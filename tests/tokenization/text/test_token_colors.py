"""Colours: neighbours never share a level, whatever stands on both sides."""

import itertools

from hypothesis import given
from hypothesis import strategies as st

from tokviz.tokenization.text.token_colors import (
    N_COLORS,
    N_LEVELS,
    alternating,
    between,
    fitted,
    same_level,
)

color = st.one_of(st.none(), st.integers(0, N_COLORS - 1))


@given(st.integers(1, 20), color, color)
def test_new_tokens_fit_between_their_neighbours(
    n: int, left: int | None, right: int | None
) -> None:
    row = [left, *fitted(n, left, right).tolist(), right]
    known = [c for c in row if c is not None]
    assert all(not same_level(a, b) for a, b in itertools.pairwise(known))
    assert len(fitted(n, left, right)) == n


@given(color, color)
def test_there_is_always_a_colour_between_two_others(left: int | None, right: int | None) -> None:
    found = between(left, right)
    assert all(side is None or not same_level(side, found) for side in (left, right))


def test_all_six_colours_take_turns() -> None:
    assert alternating(7, None).tolist() == [0, 1, 2, 3, 4, 5, 0]
    assert N_COLORS % N_LEVELS == 0
