"""Normalizers: tokens are found in the changed text, their spans point into the original one."""

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from tests.tokenization.oracles import shipped
from tests.tokenization.plainer import PLAINER

TEXTS = st.text(st.sampled_from("Aaéb \x04½🚀'slt1"), max_size=30)


@given(TEXTS)
def test_the_ids_are_those_of_the_changed_text(text: str) -> None:
    gpt2 = shipped("gpt2")
    found = replace(gpt2, normalizer=PLAINER).encode(text)
    assert found.ids.tolist() == gpt2.encode(PLAINER.normalize(text)).ids.tolist()


@given(TEXTS)
def test_a_token_spans_the_characters_its_own_came_from(text: str) -> None:
    gpt2 = shipped("gpt2")
    found = replace(gpt2, normalizer=PLAINER).encode(text)
    plain = gpt2.encode(PLAINER.normalize(text))
    owners = [i for i, c in enumerate(text) for _ in PLAINER.normalize(c)]
    expected = [
        (owners[start], owners[end - 1] + 1)
        for start, end in zip(*(column.tolist() for column in plain.spans()), strict=True)
    ]
    assert list(zip(*(column.tolist() for column in found.spans()), strict=True)) == expected
    covered = {i for start, end in expected for i in range(start, end)}
    lost = [i for start, end in found.uncovered() for i in range(start, end)]
    assert lost == [i for i in range(len(text)) if i not in covered]


@given(TEXTS)
def test_every_merge_is_told_once(text: str) -> None:
    gpt2 = shipped("gpt2")
    found = replace(gpt2, normalizer=PLAINER).encode(text)
    fired, plain = found.fired, gpt2.encode(PLAINER.normalize(text)).fired
    assert fired.ranks.tolist() == plain.ranks.tolist()
    assert fired.counts.tolist() == plain.counts.tolist()


def test_the_gaps_of_what_stayed_are_those_of_the_merges() -> None:
    gpt2 = shipped("gpt2")
    found = replace(gpt2, normalizer=PLAINER).encode("thé\x04 cat")
    assert found.gap_ranks() is not None
    plain = gpt2.encode("the cat").gap_ranks()
    assert plain is not None
    gaps = found.gap_ranks().tolist()  # type: ignore[union-attr]
    # t h é(2 bytes) \x04 space c a t
    assert gaps == [plain[0], plain[1], -2, -1, -1, *plain[3:].tolist()]
