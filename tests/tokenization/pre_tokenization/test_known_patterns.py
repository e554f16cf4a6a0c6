"""Split patterns: nothing is dropped, and what they promise about looking ahead."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.tokenization.diverse_texts import built_text, settled_text
from tests.tokenization.oracles import smollm2
from tokviz.tokenization.pre_tokenization.known_patterns import (
    BETWEEN_WORDS,
    CL100K,
    GPT2,
    LLAMA3,
    NONE,
    O200K,
    QWEN2,
    SMOLLM,
    SPLIT_PATTERNS,
    WHITESPACE,
    proved_cut,
    split_pattern,
)
from tokviz.tokenization.pre_tokenization.split_pattern import SplitPattern

meeting = st.text(st.sampled_from(" \n\t'’1½aAéslltrve.-\x04"), max_size=40)
mixed = st.one_of(meeting, built_text, settled_text)


@pytest.mark.parametrize("split", [GPT2, SMOLLM], ids=["gpt2", "smollm"])
@given(mixed)
def test_the_pre_tokens_joined_are_the_text(split: SplitPattern, text: str) -> None:
    assert "".join(split.split(text)) == text


@given(mixed)
def test_smollm_splits_as_digits_and_then_gpt2_do(text: str) -> None:
    theirs = smollm2().pre_tokenizer
    assert theirs is not None
    edges = [span for _, span in theirs.pre_tokenize_str(text)]
    assert [text[start:end] for start, end in edges] == SMOLLM.split(text)


@pytest.mark.parametrize("split", [GPT2, SMOLLM], ids=["gpt2", "smollm"])
@given(meeting, meeting, meeting)
def test_a_pre_token_depends_on_the_lookahead_behind_it_only(
    split: SplitPattern, before: str, one: str, other: str
) -> None:
    assert split.lookahead is not None
    ends = []
    for after in (one, other):
        at, found = 0, []
        for pre_token in split.split(before + after):
            at += len(pre_token)
            if at + split.lookahead <= len(before):
                found.append(at)
        ends.append(found)
    assert ends[0] == ends[1]


@pytest.mark.parametrize("split", [GPT2, SMOLLM], ids=["gpt2", "smollm"])
@given(meeting)
def test_splitting_may_begin_at_any_edge(split: SplitPattern, text: str) -> None:
    pre_tokens = split.split(text)
    for i in range(len(pre_tokens)):
        assert split.split("".join(pre_tokens[i:])) == pre_tokens[i:]


def test_text_that_no_match_covers_is_kept() -> None:
    split = SplitPattern("words", r"[a-z]+")
    assert split.split("ab, cd!") == ["ab", ", ", "cd", "!"]


ascii_text = st.text(st.characters(max_codepoint=127), max_size=60)


_ALL = [GPT2, SMOLLM, CL100K, O200K, LLAMA3, QWEN2, WHITESPACE, NONE]


@pytest.mark.parametrize("split", _ALL, ids=lambda split: split.name)
@given(st.one_of(ascii_text, st.text(st.sampled_from(" \n\t'\x1c\x1f12aAslltrve.-"), max_size=60)))
def test_the_pattern_for_ascii_splits_as_the_pattern_itself(split: SplitPattern, text: str) -> None:
    assert split.ascii is not None
    assert split.split(text) == split.compiled.findall(text)


@pytest.mark.parametrize("split", SPLIT_PATTERNS.values(), ids=SPLIT_PATTERNS)
def test_what_is_declared_to_be_a_cut_is_proved(split: SplitPattern) -> None:
    if split is NONE:
        assert proved_cut([split.pattern]) is None  # its lines hold spaces
    else:
        assert proved_cut([split.pattern]) == split.cut == BETWEEN_WORDS


def test_a_pattern_of_ones_own_may_be_cut_where_that_is_proved() -> None:
    assert split_pattern(r"\p{L}{1,12}| ?\p{N}+|\s+|.").cut == BETWEEN_WORDS
    assert split_pattern(r"\w+(?: \w+)?|\s|.").cut is None  # its words hold spaces
    assert split_pattern(r"\w+(?! 1)|\s|.").cut is None  # what is in front sees what follows
    assert split_pattern(r"\b\w+|\s|.").cut is None  # nothing is proved where it looks back
