"""Fewer merges: what a text shows after k of them is what the truncated tokenizer encodes."""

import itertools

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.tokenization.diverse_texts import PARTS
from tests.tokenization.oracles import shipped
from tests.tokenization.random_tokenizers import texts, trained
from tokviz.tokenization.text.token_colors import same_level
from tokviz.tokenization.text.tokenized_text import TokenizedText
from tokviz.tokenization.text.truncation import Truncation, truncated_colors
from tokviz.tokenization.tokenizer import Special, Tokenizer, bytes_tokenizer

pytestmark = pytest.mark.usefixtures("small_pieces")

any_parts = st.lists(st.sampled_from([*PARTS, "=\x04=", " \x04the", "é\ud800"]), max_size=8)
any_text = any_parts.map("".join)
merge_counts = st.sampled_from([0, 1, 39, 272, 273, 1000, 10_000, 48_000, 60_000])
edits = st.lists(
    st.tuples(
        st.floats(0, 1), st.integers(0, 6), st.sampled_from(["", "a", " the", "\x04", "é\n"])
    ),
    max_size=5,
)


def encoded(tokenizer: Tokenizer, text: str) -> TokenizedText:
    document = TokenizedText(tokenizer, text)
    while not document.complete:
        document.encode_more(10)
    return document


def assert_shows(document: TokenizedText, n_merges: int | None) -> None:
    """The document shows its text as a tokenizer with so many merges encodes it."""
    tokenizer, text = document.tokenizer, str(document)
    k = len(tokenizer.merges) if n_merges is None else n_merges
    fresh = tokenizer.truncated(k).encode(text)
    assert document.n_merges == (None if k >= len(tokenizer.merges) else k)
    assert document.ids().tolist() == fresh.ids.tolist()
    assert document.n_tokens == len(fresh.ids)
    rows = document.tokens(0, len(text))
    starts, ends = fresh.spans()
    assert rows.ids.tolist() == fresh.ids.tolist()
    assert (rows.starts.tolist(), rows.ends.tolist()) == (starts.tolist(), ends.tolist())
    assert rows.byte_starts.tolist() == fresh.byte_starts.tolist()
    assert rows.byte_ends.tolist() == fresh.byte_ends.tolist()
    assert all(not same_level(a, b) for a, b in itertools.pairwise(rows.colors.tolist()))
    assert document.uncovered(0, len(text)) == fresh.uncovered()
    for index in range(0, document.n_tokens, 3):
        assert document.token(index).ids[0] == fresh.ids[index]


@given(trained(), texts, st.data())
def test_k_merges_show_what_the_truncated_tokenizer_encodes(
    tokenizer: Tokenizer, text: str, data: st.DataObject
) -> None:
    document = encoded(tokenizer, text)
    for k in data.draw(st.lists(st.integers(0, len(tokenizer.merges) + 1), max_size=4)):
        document.set_n_merges(k)
        assert_shows(document, k)
    document.set_n_merges(None)
    assert_shows(document, None)


@pytest.mark.parametrize("name", ["gpt2", "smollm2"])
@given(text=any_text, k=merge_counts)
@settings(max_examples=40)
def test_the_shipped_tokenizers_too_with_bytes_they_lose(name: str, text: str, k: int) -> None:
    document = encoded(shipped(name), text)
    document.set_n_merges(k)
    assert_shows(document, k)


@given(trained(), texts, edits, st.data())
def test_editing_with_fewer_merges_shown_is_editing_with_all(
    tokenizer: Tokenizer, text: str, changes: list[tuple[float, int, str]], data: st.DataObject
) -> None:
    document = encoded(tokenizer, text)
    whole = encoded(tokenizer, text)
    k = data.draw(st.integers(0, len(tokenizer.merges)))
    document.set_n_merges(k)
    for at, removed, inserted in changes:
        place = round(at * document.n_chars)
        removed = min(removed, document.n_chars - place)
        document.replace(place, removed, inserted)
        whole.replace(place, removed, inserted)
        while not document.complete:
            document.encode_more(10)
            whole.encode_more(10)
        assert_shows(document, k)
    document.set_n_merges(None)
    assert_shows(document, None)
    n = document.n_chars
    assert document.tokens(0, n).colors.tolist() == whole.tokens(0, n).colors.tolist()


def test_a_part_that_is_encoded_later_is_shown_with_as_many_merges() -> None:
    document = TokenizedText(shipped("gpt2"), "the tokenization of the text " * 3)
    document.set_n_merges(100)
    while not document.complete:
        document.encode_more(5)
        fresh = shipped("gpt2").truncated(100).encode(str(document)).ids.tolist()
        assert document.ids().tolist() == fresh[: document.n_tokens]
    assert_shows(document, 100)


def test_another_tokenizer_is_shown_with_all_its_merges() -> None:
    document = encoded(shipped("gpt2"), "the =\x04= text")
    document.set_n_merges(5)
    document.set_tokenizer(shipped("smollm2"))
    while not document.complete:
        document.encode_more(10)
    assert_shows(document, None)
    document.set_n_merges(7)
    assert_shows(document, 7)


def test_a_tokenizer_without_merges_has_nothing_to_take_away() -> None:
    document = encoded(bytes_tokenizer(), "abc")
    document.set_n_merges(0)
    assert document.n_merges is None
    assert document.ids().tolist() == list(b"abc")


@given(trained(), texts, st.data())
def test_the_first_part_of_a_token_keeps_its_colour(
    tokenizer: Tokenizer, text: str, data: st.DataObject
) -> None:
    """Colours stand still while merges are taken away: but where a clash must be avoided."""
    document = encoded(tokenizer, text)
    whole = document.tokens(0, len(text))
    document.set_n_merges(data.draw(st.integers(0, len(tokenizer.merges))))
    cut = document.tokens(0, len(text))
    color_at = dict(zip(cut.byte_starts.tolist(), cut.colors.tolist(), strict=True))
    kept = [
        color_at.get(start) == color
        for start, color in zip(whole.byte_starts.tolist(), whole.colors.tolist(), strict=True)
    ]
    # Only the last part of a token may have to give way to what follows.
    n_cut = sum(
        end - start > 1 for start, end in zip(whole.byte_starts, whole.byte_ends, strict=True)
    )
    assert sum(not same for same in kept) <= len(kept) - n_cut


@given(trained(), texts.map(lambda text: text.replace("z", "")), st.data())
def test_an_encoding_is_cut_as_a_whole_as_well(
    tokenizer: Tokenizer, text: str, data: st.DataObject
) -> None:
    encoding = tokenizer.encode(text)
    k = data.draw(st.integers(0, len(tokenizer.merges)))
    truncation = Truncation(tokenizer, k)
    cut = truncation.encoding(encoding)
    fresh = tokenizer.truncated(k).encode(text)
    assert cut.ids.tolist() == fresh.ids.tolist()
    assert truncation.n_tokens(encoding) == len(fresh.ids)
    assert cut.pre_token_spans() == encoding.pre_token_spans()


def test_a_special_token_is_whole_with_any_number_of_merges() -> None:
    gpt2 = shipped("gpt2")
    encoding = gpt2.encode("the<|endoftext|>the", Special.SPECIAL)
    cut = Truncation(gpt2, 0).encoding(encoding)
    letters = [gpt2.byte_ids[byte] for byte in b"the"]
    assert cut.ids.tolist() == [*letters, 50256, *letters]


def test_colours_of_nothing() -> None:
    gpt2 = shipped("gpt2")
    empty = gpt2.encode("")
    assert len(truncated_colors(empty, empty.ids.astype("uint8"), empty, None)) == 0
