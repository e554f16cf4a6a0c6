"""The shipped tokenizers, by name."""

import pytest

from tokviz.catalog import (
    TOKENIZERS,
    ShippedTokenizer,
    UnknownTokenizerError,
    load_tokenizer,
    title_of,
)


@pytest.mark.parametrize("shipped", TOKENIZERS, ids=lambda shipped: shipped.name)
def test_each_tokenizer_loads_under_its_name(shipped: ShippedTokenizer) -> None:
    name = shipped.name
    tokenizer = load_tokenizer(name, "a text")
    assert tokenizer.name == name
    assert shipped.algorithm is tokenizer.algorithm
    assert shipped.n_vocab == (None if tokenizer.growing else tokenizer.n_vocab)
    assert shipped.context == tokenizer.context
    ids = tokenizer.encode("a text").ids.tolist()
    assert tokenizer.decode(ids) == b"a text"
    assert max(ids) < tokenizer.n_vocab


def test_names_are_unique_and_titles_are_known() -> None:
    names = [shipped.name for shipped in TOKENIZERS]
    assert len(set(names)) == len(names)
    assert title_of("gpt2") == "GPT-2"
    assert title_of("mine.gguf") == "mine.gguf"


def test_an_unknown_name_is_told_with_the_known_ones() -> None:
    with pytest.raises(UnknownTokenizerError, match="'gpt5'; the names are gpt2, cl100k_base"):
        load_tokenizer("gpt5")
