"""Columns of an encoding: spans in characters, parts, joining, surrogates."""

import itertools
from collections import Counter

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.tokenization.diverse_texts import any_text, built_text
from tests.tokenization.encoders.test_encoder import columns
from tests.tokenization.oracles import shipped, slow_spans
from tokviz.tokenization import encoding as encoding_module
from tokviz.tokenization.encoding import (
    Fired,
    concatenate,
    runs,
    spans_in_chars,
    special_token,
    utf8_lengths,
    without_surrogates,
)


@given(any_text)
def test_spans_are_those_of_the_obvious_walk_over_bytes(text: str) -> None:
    gpt2 = shipped("gpt2")
    encoding = gpt2.encode(text)
    tokens = [gpt2.token_bytes(i) for i in encoding.ids.tolist()]
    starts, ends = encoding.spans()
    expected = slow_spans(without_surrogates(text), tokens)
    assert list(zip(starts.tolist(), ends.tolist(), strict=True)) == expected


@given(any_text, st.booleans(), st.data())
def test_spans_of_bytes_are_spans_of_the_characters_they_touch(
    text: str, is_covered: bool, data: st.DataObject
) -> None:
    valid = without_surrogates(text).encode("utf-8")
    of_byte = [i for i, c in enumerate(text) for _ in range(utf8_lengths(c)[0])]
    places = data.draw(st.lists(st.integers(0, len(valid))).map(sorted))
    starts, ends = (places[:-1], places[1:]) if is_covered else (places[::2], places[1::2])
    starts = starts[: len(ends)]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(encoding_module, "_BLOCK", 3)
        found = spans_in_chars(valid, np.array(starts, np.int32), np.array(ends, np.int32))
    assert found[0].tolist() == [[*of_byte, len(text)][start] for start in starts]
    assert found[1].tolist() == [of_byte[end - 1] + 1 if end else 0 for end in ends]


@given(any_text)
def test_a_surrogate_counts_as_the_replacement_character(text: str) -> None:
    valid = without_surrogates(text)
    assert len(valid) == len(text)
    assert int(utf8_lengths(text).sum()) == len(valid.encode("utf-8"))
    assert columns(shipped("gpt2").encode(text)) == columns(shipped("gpt2").encode(valid))


@given(built_text, st.data())
def test_a_part_between_edges_is_the_encoding_of_its_text(text: str, data: st.DataObject) -> None:
    encoding = shipped("smollm2").encode(text)
    edges = [start for start, _ in encoding.pre_token_spans()] + [len(text)]
    low, high = sorted(data.draw(st.tuples(st.sampled_from(edges), st.sampled_from(edges))))
    part = encoding.part(low, high)
    assert part.text == text[low:high]
    rest = [encoding.part(0, low), part, encoding.part(high, len(text))]
    assert columns(concatenate(rest)) == columns(encoding)


@given(built_text)
def test_uncovered_characters_are_those_with_a_byte_in_no_token(text: str) -> None:
    smollm2 = shipped("smollm2")
    encoding = smollm2.encode(text)
    lost = [i for i, c in enumerate(text) if any(smollm2.byte_ids[b] < 0 for b in c.encode())]
    marked = [i for start, end in encoding.uncovered() for i in range(start, end)]
    assert marked == lost
    assert all(
        a[1] < b[0] for a, b in zip(encoding.uncovered(), encoding.uncovered()[1:], strict=False)
    )


@given(st.sets(st.integers(0, 50)))
def test_runs_are_maximal_and_complete(positions: set[int]) -> None:
    spans = runs(np.array(sorted(positions), np.int64))
    assert [i for start, end in spans for i in range(start, end)] == sorted(positions)
    assert all(a[1] < b[0] for a, b in itertools.pairwise(spans))


def test_a_special_token_is_one_pre_token_closed_by_no_merge() -> None:
    encoding = special_token("<|endoftext|>", 50256)
    assert encoding.pre_token_spans() == [(0, 13)]
    gaps = encoding.gap_ranks()
    assert gaps is not None
    assert gaps.tolist() == [-2] * 12


@given(st.lists(st.integers(0, 9)), st.integers(0, 10))
def test_firings_are_counted_by_rank_and_from_a_rank_on(ranks: list[int], rank: int) -> None:
    fired = Fired.of(np.array(ranks, np.int32))
    counted = Counter(ranks)
    assert dict(zip(fired.ranks.tolist(), fired.counts.tolist(), strict=True)) == counted
    assert fired.n_from(rank) == sum(other >= rank for other in ranks)
