"""The merge loop: held against the obvious quadratic one, and watched step by step."""

from functools import cache

from hypothesis import given
from hypothesis import strategies as st

from tests.tokenization.oracles import shipped, slow_merges
from tokviz.tokenization.algorithms.bpe import Merge, Merges, apply_merges, merge_steps

ALPHABET = 4


@st.composite
def histories(draw: st.DrawFn) -> Merges:
    """Merge rules in any order, each made of letters or of earlier results."""
    left: list[int] = []
    right: list[int] = []
    for i in range(draw(st.integers(0, 12))):
        parts = st.integers(0, ALPHABET + i - 1)
        left.append(draw(parts))
        right.append(draw(parts))
    return Merges(left, right, range(ALPHABET, ALPHABET + len(left)))


def rules(merges: Merges) -> dict[tuple[int, int], tuple[int, int]]:
    found: dict[tuple[int, int], tuple[int, int]] = {}
    for merge in merges:
        found.setdefault((merge.left, merge.right), (merge.rank, merge.id))
    return found


@given(histories(), st.lists(st.integers(0, ALPHABET - 1), max_size=40))
def test_the_heap_merges_as_the_obvious_loop_does(merges: Merges, symbols: list[int]) -> None:
    assert apply_merges(symbols, merges)[0] == slow_merges(symbols, rules(merges))


@cache
def gpt2_rules() -> dict[tuple[int, int], tuple[int, int]]:
    return rules(shipped("gpt2").merges)


@given(st.text(st.sampled_from("theinga tokenzs'é "), max_size=60))
def test_gpt2_merges_as_the_obvious_loop_does(text: str) -> None:
    gpt2 = shipped("gpt2")
    symbols = [gpt2.byte_ids[byte] for byte in text.encode()]
    assert apply_merges(symbols, gpt2.merges)[0] == slow_merges(symbols, gpt2_rules())


@given(histories(), st.lists(st.integers(0, ALPHABET - 1), max_size=40))
def test_each_event_closes_a_gap_that_was_open(merges: Merges, symbols: list[int]) -> None:
    ids, events = apply_merges(symbols, merges)
    gaps = [gap for _, gap in events]
    assert len(set(gaps)) == len(gaps) == len(symbols) - len(ids)


@given(histories(), st.lists(st.integers(0, ALPHABET - 1), max_size=40))
def test_following_the_steps_gives_the_ids(merges: Merges, symbols: list[int]) -> None:
    tokens = dict(enumerate(symbols))  # start → id
    for step in merge_steps(symbols, range(len(symbols)), merges):
        starts = sorted(tokens)
        right = starts[starts.index(step.byte) + 1]
        assert (tokens[step.byte], tokens[right]) == (step.left, step.right)
        del tokens[right]
        tokens[step.byte] = step.id
    assert [tokens[start] for start in sorted(tokens)] == apply_merges(symbols, merges)[0]


def test_equal_pairs_that_overlap_are_merged_from_the_left() -> None:
    assert apply_merges([0, 0, 0], Merges([0], [0], [1]))[0] == [1, 0]


def test_of_two_rules_for_one_pair_the_first_fires() -> None:
    assert apply_merges([0, 1], Merges([0, 0], [1, 1], [2, 3])) == ([2], [(0, 0)])


def test_nothing_and_one_symbol_need_no_merge() -> None:
    merges = Merges([0], [0], [1])
    assert apply_merges([], merges) == ([], [])
    assert apply_merges([0], merges) == ([0], [])


def test_the_history_is_a_sequence_of_merges() -> None:
    merges = Merges([0, 2], [1, 1], [2, 3])
    assert list(merges) == [Merge(0, 0, 1, 2), Merge(1, 2, 1, 3)]
    assert merges[-1].rank == 1
    assert list(merges[:1]) == [Merge(0, 0, 1, 2)]
    assert merges.rank_of_id == {2: 0, 3: 1}
