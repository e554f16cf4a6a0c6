"""Searching and sorting a vocabulary, and the tokens of a text."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.tokenization.oracles import shipped
from tokviz.tokenization.text.token_list import id_counts, indexes_in_order
from tokviz.tokenization.text.tokenized_text import TokenizedText
from tokviz.tokenization.vocabulary.token_filter import FilterError
from tokviz.tokenization.vocabulary.vocabulary_search import (
    NO_RANK,
    TokenOrder,
    VocabularyIndex,
    parsed_ids,
)


@pytest.fixture(scope="module")
def index() -> VocabularyIndex:
    return VocabularyIndex(shipped("gpt2"))


def test_the_columns_agree_with_the_tokenizer(index: VocabularyIndex) -> None:
    gpt2 = shipped("gpt2")
    assert index.lengths.tolist() == [len(gpt2.token_bytes(i)) for i in range(50_257)]
    assert index.ranks[11241] == 10_985
    assert index.ranks[50_256] == NO_RANK
    by_bytes = np.argsort(index.alphabetical)
    tokens = [gpt2.token_bytes(int(i)) for i in by_bytes]
    assert tokens == sorted(tokens)


@pytest.mark.parametrize(
    ("words", "wanted"),
    [
        ("id:1634", [1634]),
        ("id:0-3", [0, 1, 2, 3]),
        ("[1634, 11241 5]", [5, 1634, 11241]),
        ("<|endoftext|>", [50_256]),
        ("/^ tokeniz/", []),
    ],
)
def test_filters_by_number_text_and_expression(
    index: VocabularyIndex, words: str, wanted: list[int]
) -> None:
    assert index.matching(words).tolist() == wanted


def test_a_filter_by_bytes_finds_what_holds_them(index: VocabularyIndex) -> None:
    found = set(index.matching("hex:e2 80 a6").tolist())
    vocab = shipped("gpt2").vocab
    assert found == {i for i, data in enumerate(vocab) if b"\xe2\x80\xa6" in (data or b"")}
    assert found


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        ("id:x", "is no id"),
        ("id:60000", "The ids run from 0 to 50,256"),
        ("id:9-3", "outside"),
        ("[1, -2]", "'-2', the 2nd of the list, is no id"),
        ("[1, 50257]", "no token with the id 50257, the 2nd"),
        ("/(/", "no valid expression"),
    ],
)
def test_a_filter_that_is_none_is_told(index: VocabularyIndex, words: str, sentence: str) -> None:
    with pytest.raises(FilterError, match=sentence.replace("(", r"\(")):
        index.matching(words)


def test_ids_are_read_with_and_without_brackets() -> None:
    gpt2 = shipped("gpt2")
    for words in ("[11241, 1634]", "11241 1634", "11241,1634\n"):
        assert parsed_ids(words, gpt2) == [11241, 1634]
    assert parsed_ids(" [ ] ", gpt2) == []


@pytest.mark.parametrize("order", TokenOrder)
@pytest.mark.parametrize("ascending", [True, False])
def test_the_order_is_that_of_a_plain_sort(
    index: VocabularyIndex, order: TokenOrder, ascending: bool
) -> None:
    text = TokenizedText(shipped("gpt2"), "the cat and the hat and the end")
    text.encode_more(1000)
    counts = id_counts(text)
    ids = index.matching("/th|at/")
    vocab = shipped("gpt2").vocab

    def key(i: int) -> object:
        return {
            TokenOrder.ID: i,
            TokenOrder.TEXT: vocab[i],
            TokenOrder.COUNT: counts[i],
            TokenOrder.LENGTH: len(vocab[i] or b""),
            TokenOrder.RANK: index.ranks[i],
        }[order]

    ranked = [i for i in ids.tolist() if order is not TokenOrder.RANK or index.ranks[i] != NO_RANK]
    unranked = [i for i in ids.tolist() if i not in set(ranked)]
    wanted = sorted(ranked, key=key)  # type: ignore[arg-type]
    if not ascending:  # equal ones stay in the order of their ids
        wanted = sorted(ranked, key=key, reverse=True)  # type: ignore[arg-type]
    found = index.in_order(ids, order, counts, ascending=ascending)
    assert found.tolist() == wanted + unranked


@given(
    st.lists(st.integers(0, 9), max_size=60),
    st.none() | st.lists(st.booleans(), min_size=10, max_size=10),
    st.none() | st.lists(st.integers(0, 3), min_size=10, max_size=10),
    st.booleans(),
)
def test_tokens_are_listed_as_a_plain_sort_does(
    ids: list[int], wanted: list[bool] | None, keys: list[int] | None, ascending: bool
) -> None:
    (found,) = indexes_in_order(
        [np.array(ids[:9], np.int32), np.array(ids[9:], np.int32)],
        None if wanted is None else np.array(wanted),
        None if keys is None else np.array(keys),
        ascending=ascending,
    )
    places = [i for i, token in enumerate(ids) if wanted is None or wanted[token]]
    sign = 1 if ascending else -1
    if keys is None:
        assert found.tolist() == places[::sign]
    else:
        assert found.tolist() == sorted(places, key=lambda i: sign * keys[ids[i]])
