"""Places found in a text, held against plain slow searches."""

import re

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.tokenization.oracles import shipped
from tokviz.tokenization.text.text_search import (
    TextHits,
    TokenHits,
    find_ids,
    find_text,
    joined_hits,
    wanted_ids,
)
from tokviz.tokenization.text.tokenized_text import TokenizedText
from tokviz.tokenization.vocabulary.token_filter import FilterError

letters = st.text("abé👩\u200d\ud800\n", max_size=40)


def _spans(text: str, words: str, *, match_case: bool = True) -> list[tuple[int, int]]:
    hits = joined_hits(list(find_text(text, words, match_case=match_case)))
    return [hits.span(i) for i in range(len(hits))]


@given(letters, st.text("abé👩", min_size=1, max_size=3))
def test_text_is_found_as_python_finds_it(text: str, words: str) -> None:
    wanted = [m.span() for m in re.finditer(re.escape(words), text)]
    assert _spans(text, words) == wanted


@given(letters, st.binary(min_size=1, max_size=2) | st.sampled_from([b"\xc3", b"\xa9\x61"]))
def test_bytes_are_found_wherever_they_stand(text: str, wanted: bytes) -> None:
    characters = [c.encode("utf-8", "replace") if c != "\ud800" else b"\xef\xbf\xbd" for c in text]
    holder = [i for i, data in enumerate(characters) for _ in data]
    data = b"".join(characters)
    spans = [
        (holder[m.start()], holder[m.end() - 1] + 1)
        for m in re.finditer(re.escape(wanted), data, re.DOTALL)
    ]
    assert _spans(text, "hex:" + wanted.hex(" ")) == spans


def test_expressions_and_cases() -> None:
    assert _spans("Token token", "/t.k/") == [(6, 9)]
    assert _spans("Token token", "TOKEN") == []
    assert _spans("Token token", "TOKEN", match_case=False) == [(0, 5), (6, 11)]
    assert _spans("aaa", "/x*/") == []  # what is empty is no place
    assert _spans("1+1", "1+1") == [(0, 3)]


@pytest.mark.parametrize(
    ("words", "sentence"), [("hex:xy", "is not hex"), ("/(/", "is no valid expression")]
)
def test_a_query_that_is_none_is_told(words: str, sentence: str) -> None:
    with pytest.raises(FilterError, match=sentence):
        list(find_text("text", words))


def test_an_expression_that_takes_too_long_is_stopped(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tokviz.tokenization.text.text_search._SECONDS", 0.05)
    with pytest.raises(FilterError, match="takes too long"):
        list(find_text("a" * 60, "/(a|aa)+$b/"))


@given(st.lists(st.integers(0, 2), max_size=30), st.lists(st.integers(0, 2), max_size=3))
def test_a_row_of_ids_is_found_wherever_it_begins(ids: list[int], wanted: list[int]) -> None:
    n = len(wanted)
    slow = [i for i in range(len(ids) - n + 1) if n and ids[i : i + n] == wanted]
    assert find_ids(np.array(ids, np.int32), wanted).tolist() == slow


def test_which_queries_ask_for_ids() -> None:
    gpt2 = shipped("gpt2")
    assert wanted_ids("id:1634", gpt2) == [1634]
    assert wanted_ids("[11241, 1634]", gpt2) == [11241, 1634]
    assert wanted_ids("[abc]", gpt2) is None
    assert wanted_ids("[]", gpt2) is None
    with pytest.raises(FilterError, match="no token with the id 99999"):
        wanted_ids("id:99999", gpt2)


@pytest.fixture(scope="module")
def text() -> TokenizedText:
    text = TokenizedText(shipped("gpt2"), "tokenization of 👩 tokenization and tokens 👩👩 ")
    text.encode_more(1000)
    return text


@given(st.integers(0, 45), st.integers(0, 45))
def test_hits_in_a_range_are_those_that_touch_it(text: TokenizedText, start: int, end: int) -> None:
    whole = str(text)
    for hits in (
        joined_hits(list(find_text(whole, "token"))),
        TokenHits(text, find_ids(text.ids(), [11241]), 1),
        TokenHits(text, find_ids(text.ids(), [11241, 1634]), 2),
    ):
        every = [hits.span(i) for i in range(len(hits))]
        assert every
        touching = [span for span in every if span[0] < end and start < span[1]]
        assert start >= end or hits.within(start, end) == touching
        later = [i for i, span in enumerate(every) if span[0] >= start]
        assert hits.at_or_after(start) == (later[0] if later else len(every))


def test_no_hits_are_a_list_of_none() -> None:
    nothing = joined_hits([])
    assert isinstance(nothing, TextHits)
    assert len(nothing) == nothing.at_or_after(3) == 0
    assert nothing.within(0, 9) == []
