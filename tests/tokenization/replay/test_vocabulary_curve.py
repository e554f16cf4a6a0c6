"""The curve of tokens against vocabulary size, against encoding with so many merges."""

import itertools

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.tokenization.diverse_texts import any_text, built_text
from tests.tokenization.oracles import shipped
from tests.tokenization.random_tokenizers import texts, trained
from tokviz.tokenization.replay.vocabulary_curve import vocabulary_curve
from tokviz.tokenization.tokenizer import Tokenizer, bytes_tokenizer


@pytest.mark.parametrize("name", ["gpt2", "smollm2"])
@given(built_text)
@settings(max_examples=15)
def test_each_point_is_the_count_with_so_many_merges(name: str, text: str) -> None:
    tokenizer = shipped(name)
    curve = vocabulary_curve(tokenizer, tokenizer.encode(text))
    for k, n_tokens in list(zip(curve.n_merges.tolist(), curve.n_tokens.tolist(), strict=True))[:9]:
        assert n_tokens == len(tokenizer.truncated(k).encode(text).ids)


def tokens_after(tokenizer: Tokenizer, text: str, k: int) -> int:
    """Read off the curve: the last point at or before k."""
    curve = vocabulary_curve(tokenizer, tokenizer.encode(text))
    return int(curve.n_tokens[int(curve.n_merges.searchsorted(k, "right")) - 1])


@given(trained(), texts)
def test_with_random_tokenizers_every_number_of_merges_is_right(
    tokenizer: Tokenizer, text: str
) -> None:
    for k in range(len(tokenizer.merges) + 1):
        truncated = tokenizer.truncated(k)
        assert tokens_after(tokenizer, text, k) == len(truncated.encode(text).ids)


@pytest.mark.parametrize("name", ["gpt2", "smollm2"])
@given(built_text, st.integers(0, 50_000))
@settings(max_examples=40)
def test_between_its_points_the_count_stays(name: str, text: str, k: int) -> None:
    tokenizer = shipped(name)
    assert tokens_after(tokenizer, text, k) == len(tokenizer.truncated(k).encode(text).ids)


@pytest.mark.parametrize("name", ["gpt2", "smollm2"])
@given(any_text)
def test_it_has_the_first_point_every_change_and_the_last(name: str, text: str) -> None:
    tokenizer = shipped(name)
    encoding = tokenizer.encode(text)
    curve = vocabulary_curve(tokenizer, encoding)
    n_merges, n_tokens = curve.n_merges.tolist(), curve.n_tokens.tolist()
    assert (n_merges[0], n_merges[-1]) == (0, len(tokenizer.merges))
    assert n_tokens[-1] == len(encoding.ids)
    assert n_tokens[0] == encoding.n_bytes - len(encoding.uncovered_bytes)
    assert n_merges == sorted(set(n_merges))
    steps = list(itertools.pairwise(n_tokens))
    assert all(a > b for a, b in steps[:-1])
    assert all(a >= b for a, b in steps)


def test_without_merges_it_is_one_point() -> None:
    tokenizer = bytes_tokenizer()
    curve = vocabulary_curve(tokenizer, tokenizer.encode("abc"))
    assert (curve.n_merges.tolist(), curve.n_tokens.tolist()) == ([0], [3])


def test_merges_over_missing_bytes_are_counted() -> None:
    smollm2 = shipped("smollm2")
    curve = vocabulary_curve(smollm2, smollm2.encode("=\x04="))
    assert curve.n_tokens.tolist() == [2, 1, 1]
