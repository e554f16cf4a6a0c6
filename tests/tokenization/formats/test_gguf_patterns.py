"""Split patterns of GGUF files: what they promise, and a look at those that come one after another.

What they make of whole texts is held against the models' own tokenizers in `test_gguf`.
"""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.tokenization.diverse_texts import built_text, settled_text
from tokviz.tokenization.formats.gguf_patterns import GGUF_PATTERNS, IGNORE_MERGES, SPACED
from tokviz.tokenization.pre_tokenization.known_patterns import proved_cut
from tokviz.tokenization.pre_tokenization.split_pattern import SplitPattern

SPLITS = {split.name: split for split in GGUF_PATTERNS.values()}
meeting = st.text(st.sampled_from(" \n\t\r'’1½2aAbBé日の한.,-!$/¡\u0301"), max_size=40)
mixed = st.one_of(meeting, built_text, settled_text)


@pytest.mark.parametrize("split", SPLITS.values(), ids=SPLITS)
@given(mixed)
def test_the_pre_tokens_joined_are_the_text(split: SplitPattern, text: str) -> None:
    pre_tokens = split.split(text)
    assert "".join(pre_tokens) == text
    assert "" not in pre_tokens


@pytest.mark.parametrize("split", [s for s in SPLITS.values() if s.cut], ids=lambda s: s.name)
@given(mixed)
def test_a_text_may_be_cut_where_a_pattern_says(split: SplitPattern, text: str) -> None:
    assert split.cut is not None
    whole = split.split(text)
    for match in re.finditer(split.cut, text):
        at = match.start()
        assert split.split(text[:at]) + split.split(text[at:]) == whole


@pytest.mark.parametrize("split", SPLITS.values(), ids=SPLITS)
def test_what_is_declared_to_be_a_cut_is_proved(split: SplitPattern) -> None:
    proved = proved_cut([link.pattern for link in split.links])
    if split.name in ("tiny_aya", "jais-2"):
        assert proved is None  # no automaton for one that looks back or counts to 512
    else:
        assert proved == split.cut


def test_what_a_pattern_skips_may_hold_a_space_between_signs() -> None:
    assert GGUF_PATTERNS["bloom"].split("a. (b") == ["a", ". (", "b"]
    assert GGUF_PATTERNS["deepseek-coder"].split("a = = b") == ["a", " = =", " b"]


@pytest.mark.parametrize(
    ("name", "text", "expected"),
    [
        ("deepseek-v3", "x = 12345 中文ab", "x| =| |123|45| |中文|ab"),
        ("deepseek-coder", "f(12)\n", "f|(|1|2|)|\n"),
        ("falcon", "a+b 12345!", "a|+|b| |123|45|!"),
        ("superbpe", "in the 1234567", "in the |1|234|567"),
        ("tiny_aya", "x 1234567 ab", "x| |1|234|567| ab"),
        ("tekken", "HelloWorld's 12", "Hello|World|'s| |1|2"),
        ("kimi-k2", "Hello中文 12345", "Hello|中文| |123|45"),
        ("exaone-moe", "a few words, 1", "a few words|,| |1"),
        ("chameleon", "IMGIMGABZ\tx", "IMGIMGABZ|\t|x"),
    ],
)
def test_what_some_of_them_do(name: str, text: str, expected: str) -> None:
    assert "|".join(GGUF_PATTERNS[name].split(text)) == expected


def test_which_of_several_patterns_matched_is_told() -> None:
    split = GGUF_PATTERNS["deepseek-v3"]
    assert split.alternative_at("1234", 0, 3) == r"\p{N}{1,3}"
    assert split.alternative_at(" x  y", 0, 2) == r"[^\r\n\p{L}\p{P}\p{S}]?[\p{L}\p{M}]+"
    assert split.split_ascii is None


def test_every_name_is_of_one_kind() -> None:
    assert not SPACED & GGUF_PATTERNS.keys()
    assert GGUF_PATTERNS.keys() >= IGNORE_MERGES
