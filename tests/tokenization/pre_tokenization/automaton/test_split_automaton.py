"""An automaton finds the pre-tokens that `regex` finds, whatever the pattern and the text."""

import re
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise

import numpy as np
import pytest
import regex
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from tests.tokenization.diverse_texts import any_text, texts
from tokviz.tokenization.encoding import without_surrogates
from tokviz.tokenization.formats.gguf_patterns import GGUF_PATTERNS
from tokviz.tokenization.pre_tokenization.automaton import lanes, split_automaton
from tokviz.tokenization.pre_tokenization.automaton.automaton_tables import Cut
from tokviz.tokenization.pre_tokenization.automaton.pattern_syntax import NotRegular
from tokviz.tokenization.pre_tokenization.automaton.split_automaton import (
    SplitAutomaton,
    automaton_of,
)
from tokviz.tokenization.pre_tokenization.known_patterns import NONE, SPLIT_PATTERNS

PATTERNS = {
    link.pattern: f"{name} {number}"
    for name, split in {**SPLIT_PATTERNS, **GGUF_PATTERNS}.items()
    for number, link in enumerate(split.links)
}
NOT_REGULAR = {
    GGUF_PATTERNS["tiny_aya"].pattern,  # a word's edge looks back
    GGUF_PATTERNS["jais-2"].pattern,  # counts to 512
}
published = pytest.mark.parametrize(
    "pattern", [p for p in PATTERNS if p not in NOT_REGULAR], ids=PATTERNS.__getitem__
)


def split_by_matching(pattern: str, text: str) -> list[str]:
    """Match after match, each where the last one ended: a search of `regex` passes over some, as
    of `(?:[^a\\s](?=a*)|(?i:(?:b)))` in "AA"."""
    compiled = regex.compile(pattern)
    pre_tokens = []
    at = gap = 0
    while at < len(text):
        match = compiled.match(text, at, timeout=1)
        end = at if match is None else match.end()
        if end > at:
            pre_tokens += [text[gap:at], text[at:end]]
            gap = end
        at = max(end, at + 1)
    return [pre_token for pre_token in [*pre_tokens, text[gap:]] if pre_token]


@published
@settings(max_examples=60)
@given(st.one_of(any_text, st.text(st.sampled_from(" \n\r\t'’1½²aAéslvRD.-/(\x1c\u0301文ㄅ가！"))))
def test_published_patterns(pattern: str, text: str) -> None:
    automaton = automaton_of(pattern)
    assert automaton is not None
    text = without_surrogates(text)
    assert automaton.split(text) == split_by_matching(pattern, text)


@published
def test_published_patterns_on_long_texts_of_every_kind(pattern: str) -> None:
    text = without_surrogates("\n".join(texts(250)))
    assert SplitAutomaton(pattern).split(text) == split_by_matching(pattern, text)


characters = st.sampled_from(
    [*"abA1 ", r"\n", r"\p{L}", r"\p{Lu}", r"\s", r"\S", r"\d", "[ab]", r"[^a\s]", ".", "(?i:a)"]
)
counts = st.sampled_from(
    ["*", "+", "?", "{2}", "{1,3}", "{2,}", "{0,2}", "*?", "+?", "??", "{1,2}?"]
)
for_good = st.sampled_from(["*+", "++", "?+", "{1,3}+", "{2}+", "{2,}+"])


def larger(parts: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    grouped = parts.map("(?:{})".format)
    return st.one_of(
        st.lists(parts, min_size=2, max_size=3).map("".join),
        st.lists(parts, min_size=2, max_size=3).map("|".join).map("(?:{})".format),
        st.builds("{}{}".format, grouped, counts),
        st.builds("{}(?={})".format, parts, parts),
        st.builds("(?!{}){}".format, parts, parts),
        # In `regex` one of these inside another goes on behind both.
        parts.map(lambda part: f"(?i:{part.replace('(?i:', '(?:')})"),
        st.builds("{}$".format, parts),
    )


pieces = st.one_of(
    characters,
    st.builds("{}{}".format, characters, counts),
    st.builds("{}{}".format, characters, for_good),
)
patterns = st.lists(st.recursive(pieces, larger, max_leaves=5), min_size=1, max_size=4).map(
    "|".join
)


@settings(max_examples=400)
@given(patterns, st.text(st.sampled_from("abAB1 \n.éſK"), max_size=25))
def test_any_pattern(pattern: str, text: str) -> None:
    automaton = automaton_of(pattern)
    assume(automaton is not None)
    assert automaton is not None
    try:
        expected = split_by_matching(pattern, text)
    except TimeoutError:
        assume(False)
    assert automaton.split(text) == expected


@settings(max_examples=300)
@given(patterns, st.text(st.sampled_from("abAB1 \n.é"), max_size=25))
def test_a_cut_at_an_edge_changes_nothing(pattern: str, text: str) -> None:
    automaton = automaton_of(rf"{pattern}| ?[aA1]+|\s")
    assume(
        automaton is not None and set(automaton.cuts_before(" ", "aA1", "a1")) == {Cut.AT_AN_EDGE}
    )
    assert automaton is not None
    cuts = [match.start() for match in re.finditer(r"(?<=[aA1]) (?=[a1])", text)]
    parts = [text[a:b] for a, b in pairwise([0, *cuts, len(text)])]
    assert [pre_token for part in parts for pre_token in automaton.split(part)] == automaton.split(
        text
    )


@settings(max_examples=300)
@given(patterns, st.text(st.sampled_from("abAB1 \n.é"), max_size=25))
def test_a_harmless_cut_adds_an_edge_at_most(pattern: str, text: str) -> None:
    automaton = automaton_of(pattern)
    assume(automaton is not None and Cut.UNSURE not in automaton.cuts_before(" ", "aA1", "a1"))
    assert automaton is not None
    for match in re.finditer(r"(?<=[aA1]) (?=[a1])", text):
        parts = [text[: match.start()], text[match.start() :]]
        in_parts = np.concatenate([automaton.edges(part, part.encode()) for part in parts])
        whole = automaton.edges(text, text.encode())
        assert np.flatnonzero(in_parts != whole).tolist() in ([], [match.start()])


@pytest.mark.parametrize(
    "pattern",
    [r"(a)\1", r"(?<=a)b", r"\bword", "^a", "a*", "(?:a?)*b", "(?:ab)++", "(?>ab)", "(?R)", "a{,3}",
     r"\X", "[[:alpha:]]", "(?s:.)", "(?i)a", "(?:a{100}){2}", "a|", "(?=a)",
     "(?:" * 99 + "a" + ")" * 99],
)  # fmt: skip
def test_what_is_not_regular_or_very_large_is_left_to_regex(pattern: str) -> None:
    assert automaton_of(pattern) is None


def test_a_text_with_more_kinds_of_characters_than_letters_is_refused() -> None:
    some = [chr(0x4E00 + i) for i in range(127)]
    automaton = automaton_of("|".join(some[:8]) + "|" + "|".join(f"[{c}x]" for c in some[:64]))
    assert automaton is not None
    large = automaton_of("|".join(f"[{c}{d}]" for c, d in pairwise(some)))
    assert large is not None
    text = "".join(some)
    with pytest.raises(NotRegular):
        large.edges(text, text.encode())


def test_a_pattern_that_backtracks_for_ever_takes_no_time() -> None:
    text = "a" * 5000
    automaton = SplitAutomaton("(?:a+)+b")
    assert automaton.split(text) == [text]
    assert automaton.split(text + "b") == [text + "b"]


def test_many_lanes_and_blocks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lanes, "_SHORTEST", 7)
    monkeypatch.setattr(lanes, "_LANES", 13)
    monkeypatch.setattr(split_automaton, "BLOCK", 13 * 40)
    text = without_surrogates("\n".join(texts(200)))
    for pattern in [r"\p{N}{1,3}(?=(?:\p{N}{3})*(?!\p{N}))", r"\p{L}{1,12}|\s+", NONE.pattern]:
        automaton = SplitAutomaton(pattern)
        for some in (text, "a" * 3000, "1" * 3001, "12 " * 500 + "3" * 2000):
            assert automaton.split(some) == split_by_matching(pattern, some)


def test_a_lone_surrogate_is_split_as_what_stands_for_it() -> None:
    automaton = SplitAutomaton(r"\p{L}+|[^\p{L}\s]")
    assert automaton.split("a\ud800b\udfff\udc00 é") == [
        "a",
        "\ud800",
        "b",
        "\udfff",
        "\udc00",
        " ",
        "é",
    ]


def test_several_threads_use_one_automaton() -> None:
    pattern = GGUF_PATTERNS["kimi-k2"].pattern
    automaton = SplitAutomaton(pattern)
    some = [without_surrogates(text) for text in texts(120)]
    with ThreadPoolExecutor(4) as pool:
        found = list(pool.map(lambda text: automaton.split(text), some))
    assert found == [split_by_matching(pattern, text) for text in some]
