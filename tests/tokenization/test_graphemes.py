"""Graphemes: counted, and joined across a cut."""

import regex
from hypothesis import example, given, settings
from hypothesis import strategies as st

from tokviz.tokenization.graphemes import count_graphemes, joins

text = st.text(st.sampled_from("ab\r\n é\u0301\u200d👩🚀🇯🇵क्ष\u1112\u1161\u11ab"), max_size=12)


def slow_count(whole: str) -> int:
    return len(regex.findall(r"\X", whole))


@given(text)
def test_the_count_is_that_of_unicodes_rule(whole: str) -> None:
    assert count_graphemes(whole) == slow_count(whole)


@given(text, text)
@settings(max_examples=500)
@example("\U0001f468\u200d\U0001f469", "\u200d\U0001f466a")
@example("🇯", "🇵🇯🇵🇯🇵")
def test_counts_of_two_halves_add_up(before: str, after: str) -> None:
    halves = count_graphemes(before) + count_graphemes(after)
    assert halves - joins(before, after) == slow_count(before + after)
