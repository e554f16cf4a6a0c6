"""The filters of the merge list, and a sentence for each that cannot be understood."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.tokenization.oracles import shipped
from tests.tokenization.random_tokenizers import trained
from tokviz.tokenization.replay.merge_search import matching_ranks
from tokviz.tokenization.tokenizer import Tokenizer, bytes_tokenizer
from tokviz.tokenization.vocabulary.token_filter import FilterError


def found(words: str) -> list[bytes]:
    """The tokens of GPT-2's merges that a filter matches."""
    gpt2 = shipped("gpt2")
    return [gpt2.token_bytes(gpt2.merges[r].id) for r in matching_ranks(gpt2, words).tolist()]


def test_no_filter_matches_all() -> None:
    gpt2 = shipped("gpt2")
    assert matching_ranks(gpt2, "").tolist() == list(range(50_000))


@given(trained(), st.text(st.sampled_from("ab é"), min_size=1, max_size=3))
def test_text_matches_the_tokens_that_hold_it(tokenizer: Tokenizer, words: str) -> None:
    expected = [
        merge.rank
        for merge in tokenizer.merges
        if words.encode() in tokenizer.token_bytes(merge.id)
    ]
    assert matching_ranks(tokenizer, words).tolist() == expected


def test_a_space_is_a_part_of_the_filter() -> None:
    assert found(" token") == [b" token", b" tokens"]
    assert b"tokens" not in found(" tokens")
    assert {b"token", b" token"} < set(found("token"))


@pytest.mark.parametrize("words", ["hex:e2 80 a6", "hex:e280a6", "hex: E2 80A6 "])
def test_bytes_are_written_in_hex(words: str) -> None:
    tokens = found(words)
    assert "…".encode() in tokens
    assert all("…".encode() in token for token in tokens)


def test_an_expression_is_searched_in_the_text_of_a_token() -> None:
    tokens = found("/^ .*ization$/")
    assert b" organization" in tokens
    assert all(re.search(b"^ .*ization$", token) for token in tokens)
    assert found("/(?i)^xml$/") == [b"xml"]
    assert found("/(?i)^html$/") == [b"html", b"HTML"]
    assert found("/") == [token for token in found("") if b"/" in token]  # a slash alone is text


def test_an_id_matches_the_merges_that_make_it_or_join_it() -> None:
    gpt2 = shipped("gpt2")
    ranks = matching_ranks(gpt2, "id:1634").tolist()
    merges = [gpt2.merges[rank] for rank in ranks]
    assert merges[0].id == 1634
    assert all(1634 in (merge.left, merge.right, merge.id) for merge in merges)
    wanted = sum(1634 in (m.left, m.right, m.id) for m in gpt2.merges)
    assert len(ranks) == wanted > 1
    assert matching_ranks(gpt2, "id:999999").tolist() == []


@pytest.mark.parametrize(
    ("words", "first", "n"),
    [("rank:39", 39, 1), ("rank: 100 - 200 ", 100, 101), ("rank:49990-99999", 49_990, 10)],
)
def test_ranks_are_one_or_a_range(words: str, first: int, n: int) -> None:
    assert matching_ranks(shipped("gpt2"), words).tolist() == list(range(first, first + n))


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        ("/(/", "/(/ is no valid expression: missing )"),
        ("/" + "a" * 501 + "/", "The expression has 501 characters; 500 at most."),
        ("hex:zz", "'zz' is not hex: write bytes such as e2 80 a6."),
        ("id:", "'' is no id: write id:1634."),
        ("id:-1", "'-1' is no id"),
        ("rank:x", "'x' is no range of ranks: write rank:100-200."),
        ("rank:1-", "'1-' is no range"),
        ("rank:50000", "The ranks run from 0 to 49,999; '50000' is outside of them."),
        ("rank:5-4", "'5-4' is outside of them."),
    ],
)
def test_a_filter_that_cannot_be_understood_is_told_in_a_sentence(
    words: str, sentence: str
) -> None:
    with pytest.raises(FilterError) as caught:
        matching_ranks(shipped("gpt2"), words)
    assert sentence in str(caught.value)


def test_an_expression_that_takes_long_for_all_tokens_is_stopped(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("tokviz.tokenization.vocabulary.token_filter._SECONDS", 0.01)
    with pytest.raises(FilterError, match="takes too long: simplify it"):
        matching_ranks(shipped("gpt2"), "/^(.?){9}x{9}$/")


def test_other_names_before_a_colon_are_text() -> None:
    assert found("http:") == []
    assert b"://" in found("://")


def test_without_merges_nothing_matches() -> None:
    assert matching_ranks(bytes_tokenizer(), "a").tolist() == []
    with pytest.raises(FilterError, match="has no merges"):
        matching_ranks(bytes_tokenizer(), "rank:0")
