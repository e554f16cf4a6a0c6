"""The encoder of whole texts answers as the plain one, column by column."""

import random

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.tokenization.diverse_texts import any_text, texts
from tests.tokenization.oracles import gpt2, shipped
from tests.tokenization.random_tokenizers import texts as small_texts
from tests.tokenization.random_tokenizers import trained
from tokviz.tokenization.encoders.encoder import Encoder
from tokviz.tokenization.encoders.long_pre_tokens import merge_windows
from tokviz.tokenization.encoders.merged_piece import merge_plainly
from tokviz.tokenization.encoders.rank_sweep import sweep
from tokviz.tokenization.encoders.whole_text_bpe import WholeTextEncoder, WholeTextRules
from tokviz.tokenization.encoding import Encoding, encodable
from tokviz.tokenization.pre_tokenization import array_splits
from tokviz.tokenization.pre_tokenization.known_patterns import CL100K, O200K, WHITESPACE
from tokviz.tokenization.tokenizer import Tokenizer

NAMES = ["gpt2", "smollm2"]


def whole_text_encoder(tokenizer: Tokenizer, split=None, whole=None) -> WholeTextEncoder:  # type: ignore[no-untyped-def]
    split = split or tokenizer.split
    rules = WholeTextRules.of(split, tokenizer.base_symbols, tokenizer.merges, whole or {})
    assert rules is not None
    return WholeTextEncoder(rules)


def plain(tokenizer: Tokenizer, text: str, split=None, whole=None) -> Encoding:  # type: ignore[no-untyped-def]
    split = split or tokenizer.split
    return Encoder(split, tokenizer.base_symbols, tokenizer.merges, whole).encode(text)


def assert_equal(encoder: WholeTextEncoder, text: str, expected: Encoding) -> None:
    _, data = encodable(text)
    if not encoder.rules.can_encode(data):
        assert len(expected.uncovered_bytes)
        return
    found = encoder.encode(text, data)
    assert (found.text, found.n_bytes) == (expected.text, expected.n_bytes)
    for column in ("ids", "byte_starts", "byte_ends", "pre_token_chars", "pre_token_bytes", "gaps"):
        mine, theirs = getattr(found, column), getattr(expected, column)
        assert mine.dtype == theirs.dtype, column
        assert mine.tolist() == theirs.tolist(), column
    assert [a.tolist() for a in found.spans()] == [a.tolist() for a in expected.spans()]
    assert found.uncovered() == expected.uncovered()


@pytest.mark.parametrize("name", NAMES)
@given(any_text, any_text)
def test_it_answers_as_the_plain_encoder(name: str, first: str, text: str) -> None:
    encoder = whole_text_encoder(shipped(name))
    for part in (first, text, first + text):
        assert_equal(encoder, part, plain(shipped(name), part))


@pytest.mark.parametrize("name", NAMES)
def test_it_answers_so_for_many_kinds_of_text_and_in_parts(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    encoder = whole_text_encoder(shipped(name))
    for text in texts(500):
        assert_equal(encoder, text, plain(shipped(name), text))
    monkeypatch.setattr(array_splits, "_PART", 50)
    text = "\n".join(text for text in texts(300) if "\x04" not in text)
    assert_equal(whole_text_encoder(shipped(name)), text, plain(shipped(name), text))


@given(trained(), st.lists(small_texts, max_size=4))
def test_it_answers_so_for_any_trained_tokenizer(tokenizer: Tokenizer, some: list[str]) -> None:
    encoder = whole_text_encoder(tokenizer)
    for text in some:
        assert_equal(encoder, text, plain(tokenizer, text))


@pytest.mark.parametrize("split", [CL100K, O200K, WHITESPACE], ids=lambda split: split.name)
def test_it_answers_so_for_other_split_patterns(split) -> None:  # type: ignore[no-untyped-def]
    gpt2_tokenizer = shipped("gpt2")
    encoder = whole_text_encoder(gpt2_tokenizer, split)
    for text in texts(250):
        assert_equal(encoder, text, plain(gpt2_tokenizer, text, split))


def test_pre_tokens_that_are_taken_whole() -> None:
    gpt2_tokenizer = shipped("gpt2")
    whole = {b" strawberry": 7, b"token": 3, b"a" * 40: 9}
    encoder = whole_text_encoder(gpt2_tokenizer, whole=whole)
    text = "a strawberry token tokenization " + "a" * 40 + " strawberrys"
    assert_equal(encoder, text, plain(gpt2_tokenizer, text, whole=whole))


long_texts = st.one_of(
    st.text(st.sampled_from("etaoinshrdlu"), min_size=80, max_size=600),
    st.lists(st.sampled_from(["a" * 50, "ab" * 40, "the", "ing", "é" * 30, "zq"]), min_size=4),
).map("".join)


@pytest.mark.parametrize("name", NAMES)
@given(long_texts)
def test_a_long_pre_token_is_merged_as_a_short_one(name: str, text: str) -> None:
    tokenizer = shipped(name)
    rules = WholeTextRules.of(WHITESPACE, tokenizer.base_symbols, tokenizer.merges, {})
    assert rules is not None
    data = np.frombuffer(text.encode(), np.uint8)
    tokens, gaps = merge_plainly(rules.lock_step, data)
    expected = plain(tokenizer, text, WHITESPACE)
    assert (tokens[tokens >= 0].tolist(), gaps.tolist()) == (
        expected.ids.tolist(),
        expected.gaps.tolist() if expected.gaps is not None else None,
    )
    swept = sweep(rules.lock_step, data)
    assert swept is not None
    in_windows = merge_windows(rules.lock_step, data)
    for found in (swept, in_windows or swept):
        assert found[0].tolist() == tokens.tolist()
        assert found[1].tolist() == gaps.tolist()


@pytest.mark.parametrize(
    "text",
    [
        "a" * 5000,
        "ab" * 5000,
        "".join(random.Random(3).choices("qwertzuiop", k=20_000)),
        "x" * 97,
        " " * 3000 + "a" + " " * 3001,
        "👩\u200d🚀" * 1000,
        "a" + "\u0301" * 3000,
        "\n" * 5000,
    ],
    ids=[
        *("one letter", "two letters", "random", "one more than a window"),
        *("spaces", "emoji", "marks", "line ends"),
    ],
)
def test_very_long_pre_tokens_are_those_of_tiktoken(text: str) -> None:
    encoder = whole_text_encoder(shipped("gpt2"))
    found = encoder.encode(text, text.encode())
    assert found.ids.tolist() == gpt2().encode_ordinary(text)
    assert_equal(encoder, text, plain(shipped("gpt2"), text))


def test_what_is_remembered_is_counted() -> None:
    encoder = whole_text_encoder(shipped("gpt2"))
    before = encoder.memory
    text = " ".join(f"word{i}" for i in range(5000))
    encoder.encode(text, text.encode())
    assert encoder.memory > before + 5000 * 8
    encoder.forget()
    assert encoder.memory == before
