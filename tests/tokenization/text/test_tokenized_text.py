"""TokenizedText: after any edits it answers what a fresh encoding of its text would."""

import itertools
import re
from dataclasses import replace
from functools import cache
from unittest.mock import patch

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.tokenization.diverse_texts import PARTS
from tests.tokenization.oracles import shipped
from tests.tokenization.plainer import PLAINER
from tokviz.tokenization.encoding import without_surrogates
from tokviz.tokenization.graphemes import count_graphemes
from tokviz.tokenization.normalization.added_tokens import AddedToken
from tokviz.tokenization.pre_tokenization.known_patterns import CL100K, split_pattern
from tokviz.tokenization.pre_tokenization.split_pattern import SplitPattern
from tokviz.tokenization.text import tokenized_text
from tokviz.tokenization.text.text_checks import LossFinder, count_graphemes_of
from tokviz.tokenization.text.token_colors import same_level
from tokviz.tokenization.text.tokenized_text import TokenizedText
from tokviz.tokenization.tokenizer import Special, Tokenizer, characters_tokenizer

pytestmark = pytest.mark.usefixtures("small_pieces")

NAMES = [
    *("gpt2", "smollm2", "characters", "bytes"),
    *("unknown lookahead", "safe cuts", "added tokens", "normalizer", "own split pattern"),
    *("mistral-7b-v1", "bert-base-uncased"),
]
ALPHABET = " \n\r\t'1½aAésltrve.\x04\u2028\ud800\u0301🚀"

meeting = st.text(st.sampled_from(ALPHABET), max_size=60)
pasted = st.one_of(meeting, st.lists(st.sampled_from(PARTS), max_size=3).map("".join))
edits = st.lists(st.tuples(st.floats(0, 1), st.floats(0, 1), pasted), min_size=1, max_size=8)


@cache  # it makes tables of its vocabulary, which takes longer than an example
def named(name: str) -> Tokenizer:
    if name == "characters":
        return characters_tokenizer(ALPHABET)
    if name == "unknown lookahead":
        gpt2 = shipped("gpt2")
        assert gpt2.split is not None
        split = SplitPattern("unknown", gpt2.split.pattern)
        return Tokenizer("unknown", gpt2.algorithm, gpt2.vocab, gpt2.merges, split=split)
    if name == "safe cuts":
        return replace(shipped("gpt2"), split=CL100K)
    if name == "own split pattern":  # it skips some signs, and is cut between letters
        return replace(shipped("gpt2"), split=split_pattern(r" ?\p{L}+| ?\p{N}{1,2}|[\n.]+"))
    if name == "added tokens":
        added = (AddedToken("Aé", 50256, special=False), AddedToken("1", 11, special=False))
        return replace(shipped("gpt2"), added_tokens=added)
    if name == "normalizer":
        return replace(shipped("gpt2"), normalizer=PLAINER)
    return shipped(name)


def encoded(tokenizer: Tokenizer, text: str) -> TokenizedText:
    document = TokenizedText(tokenizer, text)
    while not document.complete:
        document.encode_more(10)
    return document


def assert_colors_differ(document: TokenizedText) -> None:
    colors = document.tokens(0, document.n_encoded).colors.tolist()
    assert all(not same_level(a, b) for a, b in itertools.pairwise(colors))


def assert_prefix_of_fresh(document: TokenizedText, text: str) -> None:
    """What is encoded is the beginning of the whole text's encoding."""
    fresh = document.tokenizer.encode(text)
    n = document.n_tokens
    assert str(document) == text
    assert document.n_chars == len(text)
    assert document.n_bytes == fresh.n_bytes
    assert document.ids().tolist() == fresh.ids[:n].tolist()
    rows = document.tokens(0, document.n_chars)
    starts, ends = fresh.spans()
    assert (rows.first, rows.ids.tolist()) == (0, fresh.ids[:n].tolist())
    assert rows.starts.tolist() == starts[:n].tolist()
    assert rows.ends.tolist() == ends[:n].tolist()
    assert rows.byte_starts.tolist() == fresh.byte_starts[:n].tolist()
    assert rows.byte_ends.tolist() == fresh.byte_ends[:n].tolist()
    n_bytes = document.n_encoded_bytes
    assert n_bytes == len(without_surrogates(text[: document.n_encoded]).encode())
    gaps, fresh_gaps = document.gap_ranks(), fresh.gap_ranks()
    if fresh_gaps is not None and gaps is not None:
        assert gaps.tolist() == fresh_gaps[: max(n_bytes - 1, 0)].tolist()
    assert_colors_differ(document)


def assert_like_fresh(document: TokenizedText, text: str) -> None:
    assert document.complete
    assert_prefix_of_fresh(document, text)
    tokenizer, n = document.tokenizer, len(text)
    fresh = tokenizer.encode(text)
    starts, ends = (column.tolist() for column in fresh.spans())
    assert document.n_tokens == len(fresh.ids)
    assert document.uncovered(0, n) == fresh.uncovered()
    for position in range(n):
        assert document.byte_offset(position) == fresh.to_byte(position)
        touching = [i for i in range(len(starts)) if starts[i] <= position < ends[i]]
        low, high = fresh.to_byte(position), fresh.to_byte(position + 1)
        touching = [i for i in touching if fresh.byte_starts[i] < high and fresh.byte_ends[i] > low]
        assert document.index_at(position) == (touching[0] if touching else None)
        before = int((fresh.byte_starts < low).sum())
        assert document.n_tokens_before(position) == before
        holder = [span for span in fresh.pre_token_spans() if span[0] <= position < span[1]]
        assert document.pre_token_span(position) == holder[0]
    for index in range(len(starts)):
        assert document.token_span(index) == (starts[index], ends[index])
    breaks = [m.end() for m in re.finditer("\r\n|[\n\r\u2028\u2029]", text)]
    assert document.n_lines == len(breaks) + 1
    assert [document.line_start(i) for i in range(1, len(breaks) + 1)] == breaks
    assert [*count_graphemes_of(document), 0][-1 if not text else -2] == count_graphemes(text)
    assert_losses_are_found(document, text)


def assert_losses_are_found(document: TokenizedText, text: str) -> None:
    decoded = document.tokenizer.decode(document.ids().tolist())
    lost = [place for place in LossFinder(document.tokenizer).find(document) if place is not None]
    assert (lost == []) == (decoded == text.encode("utf-8", "surrogatepass"))


def place(text: str, edit: tuple[float, float, str]) -> tuple[int, int]:
    """Start and length of what an edit takes out; most take out little."""
    start = round(edit[0] * len(text))
    return start, round((edit[1] ** 3) * (len(text) - start))


@pytest.mark.parametrize("name", NAMES)
@given(meeting, edits)
@settings(max_examples=80)
def test_any_edits_give_a_fresh_encoding(
    name: str, text: str, changes: list[tuple[float, float, str]]
) -> None:
    tokenizer = named(name)
    document = encoded(tokenizer, text)
    for change in changes:
        start, removed = place(text, change)
        document.replace(start, removed, change[2])
        text = text[:start] + change[2] + text[start + removed :]
        assert document.complete
        assert_prefix_of_fresh(document, text)
    assert_like_fresh(document, text)


@pytest.mark.parametrize("name", NAMES)
@given(meeting, edits, st.lists(st.integers(0, 40), min_size=8, max_size=8))
@settings(max_examples=80)
def test_edits_while_a_part_is_encoded_give_a_fresh_encoding(
    name: str, text: str, changes: list[tuple[float, float, str]], more: list[int]
) -> None:
    tokenizer = named(name)
    document = TokenizedText(tokenizer, text)
    for change, n_chars in zip(changes, more, strict=False):
        if n_chars:
            document.encode_more(n_chars)
        assert_prefix_of_fresh(document, text)
        start, removed = place(text, change)
        document.replace(start, removed, change[2])
        text = text[:start] + change[2] + text[start + removed :]
        assert_prefix_of_fresh(document, text)
    for part in document.encode_pending():
        document.absorb(part)
        assert_prefix_of_fresh(document, text)
    assert_like_fresh(document, text)


@pytest.mark.parametrize("name", NAMES)
@given(meeting, edits)
@settings(max_examples=60)
def test_huge_edits_are_encoded_again_from_there_on(
    name: str, text: str, changes: list[tuple[float, float, str]]
) -> None:
    document = encoded(named(name), text)
    for change in changes:
        start, removed = place(text, change)
        with patch.object(tokenized_text, "_MOST_AT_ONCE", 5):
            document.replace(start, removed, change[2])
        text = text[:start] + change[2] + text[start + removed :]
        assert_prefix_of_fresh(document, text)
        for part in document.encode_pending():
            document.absorb(part)
    assert_like_fresh(document, text)


@pytest.mark.parametrize("name", ["gpt2", "smollm2", "characters"])
@given(meeting, edits)
@settings(max_examples=60)
def test_tokens_that_an_edit_left_alone_keep_their_colours(
    name: str, text: str, changes: list[tuple[float, float, str]]
) -> None:
    document = encoded(named(name), text)
    for change in changes:
        start, removed = place(text, change)
        old = document.tokens(0, document.n_chars)
        document.replace(start, removed, change[2])
        new = document.tokens(0, document.n_chars)
        text = text[:start] + change[2] + text[start + removed :]

        head = 0
        while (
            head < min(len(old.ids), len(new.ids))
            and old.ids[head] == new.ids[head]
            and old.ends[head] <= start
        ):
            head += 1
        changed = np.flatnonzero(old.colors[:head] != new.colors[:head])
        tail = 0
        while (
            tail < min(len(old.ids), len(new.ids)) - head
            and old.ids[-1 - tail] == new.ids[-1 - tail]
            and old.starts[-1 - tail] >= start + removed
        ):
            tail += 1
        n_old, n_new = len(old.ids) - tail, len(new.ids) - tail
        assert new.colors[n_new:].tolist() == old.colors[n_old:].tolist()
        # Only where a deletion brings two tokens of one level together must one give way.
        if n_new > head:
            assert not len(changed)
        assert changed.tolist() in ([], [head - 1])


def test_the_tokens_of_a_range_are_those_with_a_byte_in_it() -> None:
    text = "a 🚀🚀 b" * 20
    document = encoded(shipped("gpt2"), text)
    whole = document.tokens(0, len(text))
    for start in range(len(text)):
        for end in range(start + 1, min(start + 9, len(text)) + 1):
            rows = document.tokens(start, end)
            inside = [
                i for i in range(len(whole.ids)) if whole.starts[i] < end and whole.ends[i] > start
            ]
            assert list(range(rows.first, rows.first + len(rows.ids))) == inside


def test_the_first_occurrence_of_a_token_is_found() -> None:
    document = encoded(shipped("gpt2"), "By a cat " * 3000 + "and the dog. " * 9)
    the = shipped("gpt2").id_of_bytes[b" the"]
    assert document.first_index_of(the) == document.ids().tolist().index(the)
    assert document.first_index_of(50256) is None


def test_another_tokenizer_leaves_the_text_and_forgets_the_tokens() -> None:
    document = encoded(shipped("gpt2"), "one\r\ntwo " * 9)
    document.set_tokenizer(shipped("smollm2"))
    assert (document.n_tokens, document.n_encoded) == (0, 0)
    while not document.complete:
        document.encode_more(1)
    assert_like_fresh(document, "one\r\ntwo " * 9)


@given(meeting, edits, st.lists(st.integers(0, 40), min_size=8, max_size=8), st.booleans())
def test_what_another_tokenizer_has_not_reached_yet_is_only_text(
    text: str, changes: list[tuple[float, float, str]], steps: list[int], fewer: bool
) -> None:
    """Though the pieces still hold what the tokenizer before made of them."""
    document = encoded(shipped("gpt2"), text)
    document.set_tokenizer(shipped("smollm2"))
    for change, n_chars in zip(changes, steps, strict=False):
        if n_chars:
            document.encode_more(n_chars)
        start, removed = place(text, change)
        if fewer:
            document.set_n_merges(7)
        document.replace(start, removed, change[2])
        assert document.n_tokens == len(document.ids())
        document.set_n_merges(None)
        text = text[:start] + change[2] + text[start + removed :]
        assert_prefix_of_fresh(document, text)
    for part in document.encode_pending():
        document.absorb(part)
    assert_like_fresh(document, text)


def test_a_growing_vocabulary_keeps_the_tokens_it_knows() -> None:
    document = encoded(characters_tokenizer("ab"), "abba" * 9)
    document.extend_tokenizer(document.tokenizer.extended("c"))
    document.replace(5, 0, "c")
    assert document.complete
    assert document.ids()[4:7].tolist() == [0, 2, 1]


def test_an_edit_outside_of_the_text_is_refused_and_changes_nothing() -> None:
    document = encoded(shipped("gpt2"), "abc")
    for start, removed in ((4, 0), (-1, 0), (2, 2)):
        with pytest.raises(IndexError, match="outside"):
            document.replace(start, removed, "x")
    with pytest.raises(IndexError, match="no token 1"):
        document.token(1)
    assert_like_fresh(document, "abc")


def test_special_names_typed_into_the_text_stay_text() -> None:
    document = encoded(shipped("gpt2"), "a b")
    document.replace(1, 0, "<|endoftext|>")
    assert (
        document.ids().tolist() == shipped("gpt2").encode(str(document), Special.TEXT).ids.tolist()
    )
    assert 50256 not in document.ids()


@pytest.mark.parametrize("name", NAMES)
@given(text=meeting, joined=st.integers(1, 3))
@settings(max_examples=60)
def test_a_text_joined_block_by_block_is_encoded_like_a_whole(
    name: str, text: str, joined: int
) -> None:
    with (
        patch("tokviz.tokenization.text.pieces.PIECE", 1),
        patch("tokviz.tokenization.text.tokenized_text._JOINED", joined),
    ):
        document = TokenizedText(named(name), text)
        for part in document.encode_pending():
            document.absorb(part)
    assert_like_fresh(document, text)


@pytest.mark.parametrize("name", ["gpt2", "smollm2"])
@given(text=meeting, changes=edits)
@settings(max_examples=40)
def test_what_was_found_intact_need_not_be_decoded_after_an_edit(
    name: str, text: str, changes: list[tuple[float, float, str]]
) -> None:
    document = TokenizedText(named(name), text)
    document.encode_more(len(text))
    finder = LossFinder(document.tokenizer)
    for change in changes:
        start, removed = place(text, change)
        document.replace(start, removed, change[2])
        text = text[:start] + change[2] + text[start + removed :]
        found = [place for place in finder.find(document) if place is not None]
        anew = LossFinder(document.tokenizer).find(document)
        assert found == [place for place in anew if place is not None]
