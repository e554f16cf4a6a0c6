"""The split patterns as array operations are the patterns themselves."""

from collections.abc import Iterable
from itertools import pairwise
from unittest.mock import patch

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.tokenization.diverse_texts import any_text, built_text, settled_text, texts
from tokviz.tokenization.encoding import encodable, without_surrogates
from tokviz.tokenization.formats.gguf_patterns import GGUF_PATTERNS
from tokviz.tokenization.pre_tokenization import array_splits
from tokviz.tokenization.pre_tokenization.array_splits import (
    BEHIND_A_WORD,
    Piece,
    SplitIntoPieces,
    by_arrays,
    by_matching,
)
from tokviz.tokenization.pre_tokenization.known_patterns import (
    CL100K,
    GPT2,
    LLAMA3,
    NONE,
    O200K,
    QWEN2,
    SMOLLM,
)
from tokviz.tokenization.pre_tokenization.split_pattern import SplitPattern, chain

SPLITS = [GPT2, SMOLLM, CL100K, LLAMA3, QWEN2, O200K]
every_split = pytest.mark.parametrize("split", SPLITS, ids=[split.name for split in SPLITS])

adversarial = st.text(
    st.sampled_from(" \u00a0\n\r\t'’1½²aAéſslltrveRDm.-/(\x00\x04\x1c\x1f\u200d\u0301文🚀𝒜\u2028"),
    max_size=40,
)


def starts_in(pieces: Iterable[Piece]) -> list[int]:
    starts, at = [], 0
    for piece in pieces:
        starts += (piece.starts + at).tolist()
        at += len(piece.text)
    return starts


def split_by_arrays(split: SplitPattern, text: str) -> list[str]:
    pieces = by_arrays(split)
    assert pieces is not None
    starts = starts_in(pieces(text, text.encode()))
    return [text[a:b] for a, b in pairwise([*starts, len(text)])]


@every_split
@settings(max_examples=500)
@given(st.one_of(adversarial, built_text, settled_text))
def test_the_edges_are_those_of_the_pattern(split: SplitPattern, text: str) -> None:
    text = without_surrogates(text)
    assert split_by_arrays(split, text) == split.compiled.findall(text)


@every_split
def test_the_edges_of_many_kinds_of_text_are_those_of_the_pattern(split: SplitPattern) -> None:
    for text in map(without_surrogates, texts(1500)):
        assert split_by_arrays(split, text) == split.compiled.findall(text)


@settings(max_examples=1000)
@given(st.text(st.sampled_from("\n\r/ 'sSlA文ǅʰ\u0301\ufe0f!❤"), max_size=16))
def test_the_edges_of_o200k_among_marks_capitals_and_slashes(text: str) -> None:
    assert split_by_arrays(O200K, text) == O200K.compiled.findall(text)


def test_a_slash_behind_a_line_end_behind_a_marked_word_is_a_sign() -> None:
    text = "a\u0301\r/\n/s"
    assert split_by_arrays(O200K, text) == ["a\u0301", "\r", "/\n/", "s"]


@pytest.mark.parametrize("split", [GPT2, SMOLLM], ids=["gpt2", "smollm"])
@given(st.text(st.sampled_from("aB ;\n\u0301'1\u00a0)sſ文ʰǅ。"), max_size=30))
def test_behind_a_word_a_text_may_be_cut(split: SplitPattern, text: str) -> None:
    for match in BEHIND_A_WORD.finditer(text):
        parts = split.split(text[: match.end()]) + split.split(text[match.end() :])
        assert parts == split.split(text)


def test_a_pattern_without_an_array_form_has_none() -> None:
    assert by_arrays(NONE) is None
    assert by_arrays(SplitPattern("own", r"\b\w+|\W+")) is None
    assert by_arrays(chain("own", [r"\d", r"\b\w+"])) is None


CHAINS = {split.name: split for split in GGUF_PATTERNS.values() if by_arrays(split) is not None}


@pytest.mark.parametrize("split", CHAINS.values(), ids=CHAINS)
def test_patterns_one_after_the_other(split: SplitPattern) -> None:
    for text in [*map(without_surrogates, texts(300)), ""]:
        assert split_by_arrays(split, text) == split.split(text)


@pytest.mark.parametrize("pieces", [*map(by_arrays, (GPT2, CL100K)), by_matching(GPT2)])
@given(text=any_text, size=st.integers(1, 12))
def test_pieces_are_the_text_and_begin_with_pre_tokens(
    pieces: SplitIntoPieces, text: str, size: int
) -> None:
    valid, data = encodable(text)
    with patch.object(array_splits, "_PART", size):
        found = list(pieces(text, data))
    assert "".join(piece.text for piece in found) == text
    assert b"".join(piece.data for piece in found) == data
    assert all(piece.starts[0] == 0 for piece in found)
    assert all(len(piece.data.decode()) == len(piece.text) for piece in found)
    assert starts_in(found) == starts_in(pieces(valid, data))


def test_a_pattern_that_tells_too_many_characters_apart_is_matched() -> None:
    some = "".join(chr(0x4E00 + i) for i in range(127))
    split = SplitPattern("own", "|".join(f"[{a}{b}]" for a, b in pairwise(some)))
    assert split_by_arrays(split, some) == list(some)
