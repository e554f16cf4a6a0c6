"""The replay of one pre-token: every state is what the obvious slow code makes."""

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from tests.tokenization.oracles import shipped
from tests.tokenization.random_tokenizers import slow_states, texts, trained
from tokviz.tokenization.replay.merge_replay import Candidate, MergeReplay
from tokviz.tokenization.tokenizer import Tokenizer

GOLDEN = [
    (0, "Ġ", "t"),
    (5, "o", "n"),
    (9, "a", "t"),
    (12, "e", "n"),
    (28, "Ġt", "o"),
    (39, "i", "on"),
    (85, "at", "ion"),
    (272, "i", "z"),
    (1378, "iz", "ation"),
    (3208, "k", "en"),
    (10985, "Ġto", "ken"),
]

any_byte_string = st.binary(min_size=1, max_size=60)


def test_the_merges_of_tokenization_are_gpt2s() -> None:
    gpt2 = shipped("gpt2")
    replay = MergeReplay(gpt2, b" tokenization")
    steps = [replay.step(i) for i in range(1, replay.n_steps + 1)]

    def name(token_id: int) -> str:
        return gpt2.token_bytes(token_id).decode().replace(" ", "Ġ")

    assert [(step.rank, name(step.left), name(step.right)) for step in steps] == GOLDEN
    assert replay.row(replay.n_steps)[1].tolist() == [11241, 1634]
    assert replay.next_best(6) == 272
    assert replay.next_best(11) is None
    assert replay.spans(11) == [(0, 6), (6, 13)]
    assert replay.pair_index(6) == 6


@given(trained(), texts)
def test_every_state_is_the_obvious_loops(tokenizer: Tokenizer, text: str) -> None:
    replay = MergeReplay(tokenizer, text.encode())
    states = slow_states(replay.symbols, tokenizer.merges)
    assert replay.n_steps == len(states) - 1
    for step, state in enumerate(states):
        firsts, ids = replay.row(step)
        assert list(zip(firsts.tolist(), ids.tolist(), strict=True)) == state.tokens
        if step:
            assert replay.step(step).rank == state.rank
            before = states[step - 1].tokens
            place = replay.pair_index(step)
            pair = (before[place][1], before[place + 1][1])
            assert pair == (replay.step(step).left, replay.step(step).right)
            assert replay.step(step).byte == replay.places[before[place][0]]


@given(trained(), texts)
def test_the_bytes_of_the_tokens_joined_are_the_same_at_every_step(
    tokenizer: Tokenizer, text: str
) -> None:
    replay = MergeReplay(tokenizer, text.encode())
    whole = bytes(replay.data[place] for place in replay.places)
    for state in range(replay.n_steps + 1):
        ids = replay.row(state)[1].tolist()
        assert tokenizer.decode(ids) == whole
        spans = replay.spans(state)
        inside = [[p for p in replay.places if start <= p < end] for start, end in spans]
        assert [place for places in inside for place in places] == replay.places


@given(trained(), texts)
def test_undoing_every_step_restores_the_start(tokenizer: Tokenizer, text: str) -> None:
    replay = MergeReplay(tokenizer, text.encode())
    there = [replay.row(state)[1].tolist() for state in range(replay.n_steps + 1)]
    back = [replay.row(state)[1].tolist() for state in range(replay.n_steps, -1, -1)]
    assert back[::-1] == there
    assert there[0] == replay.symbols


@given(trained(), texts)
def test_ranks_never_decrease_within_a_pre_token(tokenizer: Tokenizer, text: str) -> None:
    ranks = [node.rank for node in MergeReplay(tokenizer, text.encode()).nodes]
    assert ranks == sorted(ranks)


@given(trained(), texts)
def test_the_candidates_are_all_pairs_the_winner_first(tokenizer: Tokenizer, text: str) -> None:
    replay = MergeReplay(tokenizer, text.encode())
    for state in range(replay.n_steps + 1):
        ids = replay.row(state)[1].tolist()
        found = replay.candidates(state)
        pairs = [Candidate(i, replay.rank_of(*pair)) for i, pair in enumerate(pairwise(ids))]
        assert sorted(found, key=lambda c: c.left) == pairs
        ranks = [c.rank for c in found if c.rank is not None]
        assert ranks == sorted(ranks)
        assert all(c.rank is None for c in found[len(ranks) :])
        if state < replay.n_steps:
            step = replay.step(state + 1)
            assert found[0] == Candidate(replay.pair_index(state + 1), step.rank)
            assert replay.next_best(state + 1) == (ranks[1] if len(ranks) > 1 else None)
        else:
            assert not ranks


@given(trained(), texts)
def test_a_node_covers_its_parts(tokenizer: Tokenizer, text: str) -> None:
    replay = MergeReplay(tokenizer, text.encode())
    n = len(replay.symbols)
    spans = [(i, i + 1) for i in range(n)]
    ids = list(replay.symbols)
    for node in replay.nodes:
        left, right = spans[node.left], spans[node.right]
        assert left[1] == right[0]
        assert (node.start, node.end) == (left[0], right[1])
        merge = tokenizer.merges[node.rank]
        assert (merge.left, merge.right, merge.id) == (ids[node.left], ids[node.right], node.id)
        spans.append((node.start, node.end))
        ids.append(node.id)


@given(any_byte_string)
def test_gpt2_replays_bytes_that_are_no_text(data: bytes) -> None:
    gpt2 = shipped("gpt2")
    replay = MergeReplay(gpt2, data)
    assert gpt2.decode(replay.row(replay.n_steps)[1].tolist()) == data


def test_one_byte_has_no_step() -> None:
    replay = MergeReplay(shipped("gpt2"), b"a")
    assert (replay.n_steps, replay.spans(0), list(replay.candidates(0))) == (0, [(0, 1)], [])


def test_bytes_the_vocabulary_lacks_are_left_out_and_merged_over() -> None:
    replay = MergeReplay(shipped("smollm2"), b"=\x04=")
    assert (replay.places, replay.n_steps, replay.spans(1)) == ([0, 2], 1, [(0, 3)])
    assert MergeReplay(shipped("smollm2"), b"\x04").spans(0) == []
