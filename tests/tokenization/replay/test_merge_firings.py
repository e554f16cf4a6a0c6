"""Where merges fire: counted from the replays, whole and in parts."""

from collections import Counter

import pytest
from hypothesis import given, settings

from tests.tokenization.oracles import shipped
from tests.tokenization.random_tokenizers import texts, trained
from tokviz.tokenization.replay.merge_firings import firings_of, joined_firings
from tokviz.tokenization.replay.text_merges import find_firings, first_firing
from tokviz.tokenization.replay.text_replay import TextReplay
from tokviz.tokenization.text.tokenized_text import TokenizedText
from tokviz.tokenization.tokenizer import Tokenizer, bytes_tokenizer


@given(trained(), texts.map(lambda text: text.replace("z", "")))
def test_firings_are_the_steps_of_the_replay(tokenizer: Tokenizer, text: str) -> None:
    encoding = tokenizer.encode(text)
    replay = TextReplay(tokenizer, encoding)
    steps = [
        replay.pre_token(pre_token).step(own).rank
        for pre_token, own in map(replay.locate, range(1, replay.n_steps + 1))
    ]
    counts = Counter(steps)
    for rank in range(len(tokenizer.merges)):
        assert firings_of(tokenizer, encoding, rank).n_fired == counts[rank]
    fired = encoding.fired
    assert dict(zip(fired.ranks.tolist(), fired.counts.tolist(), strict=True)) == counts


@given(trained(), texts)
def test_what_fired_survives_or_was_absorbed(tokenizer: Tokenizer, text: str) -> None:
    encoding = tokenizer.encode(text)
    for merge in tokenizer.merges:
        firings = firings_of(tokenizer, encoding, merge.rank)
        absorbed = sum(times for _, times in firings.absorbed_by)
        assert firings.n_fired == firings.survives + absorbed
        assert merge.id not in dict(firings.absorbed_by)
        if "z" not in text:
            made = encoding.ids.tolist().count(merge.id)
            assert firings.survives == made
        for token_id, _ in firings.absorbed_by:
            assert tokenizer.token_bytes(merge.id) in tokenizer.token_bytes(token_id)


@given(trained(), texts, texts)
@settings(max_examples=50)
def test_firings_of_parts_joined_are_those_of_the_whole(
    tokenizer: Tokenizer, before: str, behind: str
) -> None:
    # A line break is a pre-token of its own, or part of white space: an edge in any case.
    whole = f"{before}b\n{behind}"
    cut = len(before) + 1
    encoding = tokenizer.encode(whole)
    assert encoding.pre_token_chars is not None
    if cut not in encoding.pre_token_chars:
        return
    parts = [encoding.part(0, cut), encoding.part(cut, len(whole))]
    bases = [0, encoding.to_byte(cut)]
    for rank in range(len(tokenizer.merges)):
        found = [firings_of(tokenizer, part, rank) for part in parts]
        joined = joined_firings(list(zip(bases, found, strict=True)))
        expected = firings_of(tokenizer, encoding, rank)
        assert joined.gaps.tolist() == expected.gaps.tolist()
        assert joined.survives == expected.survives
        assert dict(joined.absorbed_by) == dict(expected.absorbed_by)


def test_the_absorbers_are_listed_the_most_frequent_first() -> None:
    gpt2 = shipped("gpt2")
    encoding = gpt2.encode(" the the then t the")
    firings = firings_of(gpt2, encoding, 0)  # Ġ + t
    assert (firings.n_fired, firings.survives) == (5, 1)
    names = [(gpt2.token_bytes(token_id), times) for token_id, times in firings.absorbed_by]
    assert names == [(b" the", 3), (b" then", 1)]


def test_nothing_fires_without_text_or_without_merges() -> None:
    gpt2 = shipped("gpt2")
    assert firings_of(gpt2, gpt2.encode(""), 0).n_fired == 0
    assert joined_firings([]).n_fired == 0
    assert len(bytes_tokenizer().encode("abc").fired.ranks) == 0


def test_a_rank_the_tokenizer_does_not_have_is_refused() -> None:
    gpt2 = shipped("gpt2")
    with pytest.raises(IndexError):
        firings_of(gpt2, gpt2.encode("a"), 50_000)


def test_a_text_is_searched_part_by_part_for_where_a_merge_fires() -> None:
    gpt2 = shipped("gpt2")
    text = TokenizedText(gpt2, "the tokenization of a text " * 3_000)
    for part in text.encode_pending():
        text.absorb(part)
    assert len(text.encoded_parts()) > 3
    whole = gpt2.encode(str(text))
    for rank in (0, 5, gpt2.id_of_bytes[b" text"] - 256, 49_999):
        *_, found = find_firings(text, rank)
        assert found is not None
        expected = firings_of(gpt2, whole, rank)
        assert found.gaps.tolist() == expected.gaps.tolist()
        assert found.survives == expected.survives
        first = first_firing(text, rank)
        assert first == (expected.gaps[0] if expected.n_fired else None)
