"""The change between two texts puts the one in place of the other, and is as short as can be."""

from hypothesis import given
from hypothesis import strategies as st

from tokviz.text_changes import change_between

texts = st.text(alphabet="ab\n\U0001f353\ud800", max_size=12)


@given(texts, texts)
def test_the_change_makes_the_one_text_the_other(before: str, after: str) -> None:
    start, end, inserted = change_between(before, after)
    assert 0 <= start <= end <= len(before)
    assert before[:start] + inserted + before[end:] == after


@given(texts, texts)
def test_what_is_replaced_begins_and_ends_with_a_difference(before: str, after: str) -> None:
    start, end, inserted = change_between(before, after)
    removed = before[start:end]
    if removed and inserted:
        assert removed[0] != inserted[0]
        assert removed[-1] != inserted[-1]
    if before == after:
        assert (removed, inserted) == ("", "")
