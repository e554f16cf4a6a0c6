"""Every way of counting answers as the split pattern and a Counter do, in the order first seen."""

import random
from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.tokenization.diverse_texts import any_text, texts
from tokviz.tokenization.encoding import without_surrogates
from tokviz.tokenization.pre_tokenization.known_patterns import CL100K, GPT2, O200K, SMOLLM
from tokviz.tokenization.pre_tokenization.split_pattern import SplitPattern
from tokviz.tokenization.training import pre_token_counts
from tokviz.tokenization.training.pre_token_counts import count_pre_tokens

SPLITS = [GPT2, SMOLLM, CL100K, O200K]
every_split = pytest.mark.parametrize("split", SPLITS, ids=[split.name for split in SPLITS])


def counted(some: list[str], split: SplitPattern) -> list[tuple[str, int]]:
    *_, last = count_pre_tokens(some, split)
    assert last.counts is not None
    return list(last.counts.training.items())


def expected(some: list[str], split: SplitPattern) -> list[tuple[str, int]]:
    counts: Counter[str] = Counter()
    for text in some:
        counts.update(split.split(without_surrogates(text)))
    return list(counts.items())


@every_split
@given(some=st.lists(any_text, max_size=4), longest=st.sampled_from([1, 10, 1 << 14]))
def test_the_counts_are_those_of_the_pattern(
    split: SplitPattern, some: list[str], longest: int
) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(pre_token_counts, "_LONG", longest)
        found = counted(some, split)
    assert found == expected(some, split)


@every_split
def test_long_texts_are_counted_in_the_order_first_seen(split: SplitPattern) -> None:
    parts = list(map(without_surrogates, texts(300)))
    long = "\n".join(parts * 3)
    assert len(long) > pre_token_counts._LONG
    some = [long, "a short one", long[::-1], "a short one"]
    assert counted(some, split) == expected(some, split)


@every_split
def test_pieces_are_joined_as_if_each_were_counted_alone(
    split: SplitPattern, monkeypatch: pytest.MonkeyPatch
) -> None:
    chance = random.Random(3)
    words = ["the", "cat's", "12345", "A", "é", "--", "(x)", "", "\n", "\t ", "don'T", "naïve."]
    some = ["".join(chance.choice([" ", ""]) + chance.choice(words) for _ in range(40_000))] * 2
    joined = both_parts(some, split)
    monkeypatch.setattr(pre_token_counts, "_PIECE", 1)
    assert joined == both_parts(some, split)


def both_parts(some: list[str], split: SplitPattern) -> list[list[tuple[str, int]]]:
    *_, last = count_pre_tokens(some, split, held_out=0.2, seed=5)
    assert last.counts is not None
    return [list(part.items()) for part in (last.counts.training, last.counts.held_out)]
