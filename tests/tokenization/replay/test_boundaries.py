"""Why a boundary is there: each cause against a search through every state of the merging."""

import pytest
from hypothesis import given

from tests.tokenization.oracles import shipped
from tests.tokenization.random_tokenizers import SlowState, slow_states, texts, trained
from tokviz.tokenization.replay.boundaries import Cause, Explanation, explain_gap
from tokviz.tokenization.replay.merge_replay import MergeReplay
from tokviz.tokenization.tokenizer import Tokenizer


def pair_around(state: SlowState, gap: int) -> tuple[int, int] | None:
    """The ids left and right of the gap after a symbol; None where one token holds both."""
    starts = [start for start, _ in state.tokens]
    if gap + 1 not in starts:
        return None
    right = starts.index(gap + 1)
    return state.tokens[right - 1][1], state.tokens[right][1]


def brute_force(tokenizer: Tokenizer, replay: MergeReplay, byte: int) -> Explanation:
    if byte not in replay.places or byte + 1 not in replay.places:
        return Explanation(Cause.UNCOVERED)
    gap = replay.places.index(byte)
    states = slow_states(replay.symbols, tokenizer.merges)
    pairs = [pair_around(state, gap) for state in states]
    if None in pairs:
        step = pairs.index(None)
        joined = pairs[step - 1]
        assert joined is not None
        return Explanation(Cause.MERGED, *joined, states[step].rank, step)
    ever = [(rank, pair) for pair in pairs if pair and (rank := replay.rank_of(*pair)) is not None]
    if not ever:
        last = pairs[-1]
        assert last is not None
        return Explanation(Cause.NO_RULE, *last)
    rank, pair = min(ever)
    step = max(i for i, other in enumerate(pairs) if other == pair) + 1
    return Explanation(Cause.TAKEN_AWAY, *pair, rank, step, states[step].rank)


@given(trained(), texts)
def test_every_gap_is_explained_as_a_search_through_all_states_does(
    tokenizer: Tokenizer, text: str
) -> None:
    replay = MergeReplay(tokenizer, text.encode())
    for byte in range(len(replay.data) - 1):
        assert explain_gap(replay, byte) == brute_force(tokenizer, replay, byte)


@given(trained(), texts)
def test_a_gap_is_open_unless_a_merge_closed_it(tokenizer: Tokenizer, text: str) -> None:
    encoding = tokenizer.encode(text)
    gaps = encoding.gaps
    assert gaps is not None
    for start, end in encoding.pre_token_spans():
        replay = MergeReplay(tokenizer, text[start:end].encode())
        first = encoding.to_byte(start)
        for byte in range(len(replay.data) - 1):
            found = explain_gap(replay, byte)
            merged = found.cause is Cause.MERGED
            assert int(gaps[first + byte]) == (found.rank if merged else -1)


def test_the_boundary_in_tokenization_was_taken_away() -> None:
    gpt2 = shipped("gpt2")
    replay = MergeReplay(gpt2, b" tokenization")
    found = explain_gap(replay, 5)
    assert (found.cause, found.rank, found.winner) == (Cause.TAKEN_AWAY, 8205, 12)
    assert (gpt2.token_bytes(found.left or 0), gpt2.token_bytes(found.right or 0)) == (b"n", b"i")
    assert found.step == 4
    assert explain_gap(replay, 0) == Explanation(Cause.MERGED, 220, 83, 0, 1)


def test_no_rule_joins_letters_that_never_meet() -> None:
    found = explain_gap(MergeReplay(shipped("gpt2"), b"\xf0\x9f\x91\xa9\xe2\x80\x8d"), 3)
    assert found.cause is Cause.NO_RULE


def test_beside_a_lost_byte_nothing_can_be_said() -> None:
    replay = MergeReplay(shipped("smollm2"), b"=\x04=")
    assert [explain_gap(replay, byte).cause for byte in (0, 1)] == [Cause.UNCOVERED] * 2


@pytest.mark.parametrize("byte", [-1, 2, 100])
def test_a_gap_outside_of_the_pre_token_is_refused(byte: int) -> None:
    with pytest.raises(IndexError, match=f"no gap after byte {byte} of a pre-token of 3 bytes"):
        explain_gap(MergeReplay(shipped("gpt2"), b"the"), byte)
