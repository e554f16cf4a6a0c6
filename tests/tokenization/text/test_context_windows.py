"""Windows and parts, held against slow versions that look at every token."""

from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.tokenization.oracles import shipped
from tokviz.tokenization.text.context_windows import (
    ContextWindows,
    parts_alone,
    parts_of,
    whole_edges,
)
from tokviz.tokenization.text.token_rows import TokenRows
from tokviz.tokenization.text.tokenized_text import TokenizedText

sizes = st.integers(1, 9)
texts = st.text(st.sampled_from("the  quick,éह👩\u200d\n\r\x00\u2028\ufeffΩ中"), max_size=40)
names = st.sampled_from(["gpt2", "smollm2", "bytes"])


def _rows(text: str, name: str) -> TokenRows:
    encoded = TokenizedText(shipped(name), text)
    encoded.encode_more(len(text) + 1)
    return encoded.tokens(0, len(text))


def _slow_windows(n_tokens: int, size: int, stride: int) -> list[tuple[int, int]]:
    found: list[tuple[int, int]] = []
    first = 0
    while n_tokens and not (found and found[-1][1] == n_tokens):
        found.append((first, min(first + size, n_tokens)))
        first += stride
    return found


@given(st.integers(0, 60), sizes, sizes)
def test_windows_are_those_of_a_plain_loop(n_tokens: int, size: int, stride: int) -> None:
    stride = min(stride, size)
    windows = ContextWindows(n_tokens, size, stride)
    spans = [windows.span(i) for i in range(len(windows))]
    assert spans == _slow_windows(n_tokens, size, stride)
    for one, other in pairwise(spans[:-1]):
        assert one[1] - other[0] == windows.overlap
    for token in range(n_tokens):
        first = next(i for i, (start, end) in enumerate(spans) if start <= token < end)
        assert windows.first_with(token) == first


@given(st.integers(0, 60), sizes, sizes, st.integers(0, 60), st.integers(0, 60))
def test_the_edges_in_a_range_are_those_of_all_windows(
    n_tokens: int, size: int, stride: int, start: int, end: int
) -> None:
    windows = ContextWindows(n_tokens, size, min(stride, size))
    spans = [windows.span(i) for i in range(len(windows))]
    edges = [edge for first, stop in spans for edge in ((first, True), (stop - 1, False))]
    expected = sorted(edge for edge in edges if start <= edge[0] < end)
    assert sorted(windows.edges(start, end)) == expected


@pytest.mark.parametrize(("size", "stride"), [(4, 0), (4, 5), (0, 0)])
def test_a_stride_that_does_not_fit_is_refused(size: int, stride: int) -> None:
    with pytest.raises(ValueError, match="stride"):
        ContextWindows(10, size, stride)


def test_a_window_that_is_not_there_is_refused() -> None:
    with pytest.raises(IndexError, match="there are 3"):
        ContextWindows(10, 4, 3).span(3)


def _is_whole_edge(rows: TokenRows, edge: int) -> bool:
    """No character has bytes of tokens before and behind."""
    at = int(rows.starts[edge])
    before = all(int(end) <= at for end in rows.ends[:edge])
    return before and all(int(start) >= at for start in rows.starts[edge:])


def _slow_parts(text: str, rows: TokenRows, size: int) -> list[tuple[str, int]]:
    n_tokens, token, char, found = len(rows.ids), 0, 0, list[tuple[str, int]]()
    edges = [i for i in range(n_tokens) if _is_whole_edge(rows, i)] + [n_tokens]
    while char < len(text):
        fitting = [edge for edge in edges if token < edge <= token + size]
        longer = [edge for edge in edges if edge > token]
        end = max(fitting) if fitting else min(longer, default=n_tokens)
        stop = len(text) if end == n_tokens else int(rows.starts[end])
        found.append((text[char:stop], end - token))
        token, char = end, stop
    return found


@given(texts, names, sizes)
@settings(max_examples=60)
def test_parts_are_those_of_a_plain_search(text: str, name: str, size: int) -> None:
    rows = _rows(text, name)
    parts = [part for part, _ in parts_of(text, rows, size)]
    assert [tuple(part) for part in parts] == _slow_parts(text, rows, size)
    assert "".join(part.text for part in parts) == text
    assert sum(part.n_tokens for part in parts) == len(rows.ids)
    edges = set(whole_edges(rows).tolist())
    for part, place in parts_of(text, rows, size):
        inside = edges & set(range(place.start + 1, place.stop))
        assert part.n_tokens <= size or not inside  # longer only where nothing shorter is whole


def test_a_character_of_four_tokens_is_not_cut() -> None:
    text = "ab\U0001f9ec cd"
    rows = _rows(text, "bytes")
    parts = [part.text for part, _ in parts_of(text, rows, 3)]
    assert parts == ["ab", "\U0001f9ec", " cd"]


def test_an_empty_token_does_not_make_an_empty_part() -> None:
    rows = _rows("Hi there", "mistral-7b-v1")
    assert whole_edges(rows)[0] == 0
    assert all(part.text for part, _ in parts_of("Hi there", rows, 1))


def test_parts_say_how_they_are_encoded_alone() -> None:
    text = "low lower lowest " * 5
    rows = _rows(text, "gpt2")
    checked = list(parts_alone(text, rows, 4, shipped("gpt2")))
    for one in checked:
        ids = shipped("gpt2").encode(one.part.text).ids
        assert one.n_alone == len(ids)
    seen = 0
    for one in checked:
        ids = shipped("gpt2").encode(one.part.text).ids.tolist()
        assert one.same == (ids == rows.ids[seen : seen + one.part.n_tokens].tolist())
        seen += one.part.n_tokens


def test_a_tokenizer_that_puts_a_space_before_a_text_puts_one_before_each_part() -> None:
    text = "untokenizable"
    tokenizer = shipped("mistral-7b-v1")
    rows = _rows(text, "mistral-7b-v1")
    first, *others = parts_alone(text, rows, 2, tokenizer)
    assert first.same
    assert others
    assert not any(one.same for one in others)


def test_a_size_below_one_is_refused() -> None:
    with pytest.raises(ValueError, match="one token"):
        list(parts_of("a", _rows("a", "bytes"), 0))
