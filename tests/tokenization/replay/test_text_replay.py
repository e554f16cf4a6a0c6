"""The replay of a text, in both orders: its states are those of its pre-tokens."""

import pytest
from hypothesis import given, settings

from tests.tokenization.oracles import shipped
from tests.tokenization.random_tokenizers import texts, trained
from tokviz.tokenization.replay.text_replay import TextReplay
from tokviz.tokenization.tokenizer import Tokenizer, bytes_tokenizer


def replays(tokenizer: Tokenizer, text: str) -> tuple[TextReplay, TextReplay]:
    """Pre-token by pre-token, and by rank."""
    encoding = tokenizer.encode(text)
    return TextReplay(tokenizer, encoding), TextReplay(tokenizer, encoding, by_rank=True)


def states_of(replay: TextReplay) -> list[list[int]]:
    """The ids of the whole text after each step, pre-token after pre-token."""
    parts = [replay.pre_token(i) for i in range(replay.n_pre_tokens)]
    own = [0] * len(parts)
    states = []
    for step in range(replay.n_steps + 1):
        if step:
            pre_token, own_step = replay.locate(step)
            assert own_step == own[pre_token] + 1
            own[pre_token] = own_step
        rows = [part.row(state)[1].tolist() for part, state in zip(parts, own, strict=True)]
        states.append([token_id for row in rows for token_id in row])
    return states


@given(trained(), texts)
@settings(max_examples=60)
def test_both_orders_end_in_the_same_ids(tokenizer: Tokenizer, text: str) -> None:
    ids = tokenizer.encode(text).ids.tolist()
    for replay in replays(tokenizer, text):
        assert states_of(replay)[-1] == ids


@given(trained(), texts)
@settings(max_examples=60)
def test_by_rank_the_state_at_a_rank_is_encoding_with_the_merges_below_it(
    tokenizer: Tokenizer, text: str
) -> None:
    _, replay = replays(tokenizer, text)
    states = states_of(replay)
    ranks = [
        replay.pre_token(pre_token).step(own).rank
        for pre_token, own in map(replay.locate, range(1, replay.n_steps + 1))
    ]
    assert ranks == sorted(ranks)
    for k in range(len(tokenizer.merges) + 1):
        n_below = sum(rank < k for rank in ranks)
        assert states[n_below] == tokenizer.truncated(k).encode(text).ids.tolist()


@given(trained(), texts)
@settings(max_examples=60)
def test_in_order_of_the_text_one_pre_token_is_merged_after_the_other(
    tokenizer: Tokenizer, text: str
) -> None:
    replay, _ = replays(tokenizer, text)
    owners = [replay.locate(step)[0] for step in range(1, replay.n_steps + 1)]
    assert owners == sorted(owners)
    whole = [replay.pre_token_text(i) for i in range(replay.n_pre_tokens)]
    assert "".join(whole) == text
    starts = [replay.pre_token_start(i) for i in range(replay.n_pre_tokens)]
    lengths = [len(part.encode()) for part in whole]
    assert starts == [sum(lengths[:i]) for i in range(len(lengths))]


@given(trained(), texts)
@settings(max_examples=60)
def test_a_step_of_the_whole_and_a_step_of_a_pre_token_name_each_other(
    tokenizer: Tokenizer, text: str
) -> None:
    for replay in replays(tokenizer, text):
        n_steps = [replay.pre_token(i).n_steps for i in range(replay.n_pre_tokens)]
        assert sum(n_steps) == replay.n_steps
        for step in range(1, replay.n_steps + 1):
            assert replay.step_of(*replay.locate(step)) == step
        for pre_token, n_own in enumerate(n_steps):
            for own in range(1, n_own + 1):
                assert replay.locate(replay.step_of(pre_token, own)) == (pre_token, own)
            before = replay.step_of(pre_token, 0)
            assert 0 <= before <= replay.n_steps
            if n_own:
                assert before == replay.step_of(pre_token, 1) - 1


@given(trained(), texts)
@settings(max_examples=60)
def test_a_rank_leads_to_the_first_step_that_applies_it(tokenizer: Tokenizer, text: str) -> None:
    for replay in replays(tokenizer, text):
        ranks = [
            replay.pre_token(pre_token).step(own).rank
            for pre_token, own in map(replay.locate, range(1, replay.n_steps + 1))
        ]
        for rank in range(len(tokenizer.merges)):
            wanted = ranks.index(rank) + 1 if rank in ranks else None
            assert replay.step_of_rank(rank) == wanted


@pytest.mark.parametrize("by_rank", [False, True])
def test_lost_bytes_in_several_pre_tokens_are_merged_over(by_rank: bool) -> None:
    smollm2 = shipped("smollm2")
    encoding = smollm2.encode("=\x04= the =\x04=\x04 \x04")
    replay = TextReplay(smollm2, encoding, by_rank=by_rank)
    assert states_of(replay)[-1] == encoding.ids.tolist()


def test_surrogates_are_replayed_as_they_are_encoded() -> None:
    gpt2 = shipped("gpt2")
    encoding = gpt2.encode("a\ud800 \ud83d b")
    assert states_of(TextReplay(gpt2, encoding))[-1] == encoding.ids.tolist()


def test_a_text_without_merges_has_no_steps() -> None:
    for tokenizer, text in ((bytes_tokenizer(), "ab"), (shipped("gpt2"), "")):
        replay = TextReplay(tokenizer, tokenizer.encode(text))
        assert (replay.n_steps, replay.n_pre_tokens, replay.step_of_rank(0)) == (0, 0, None)
