"""The left parts found for all tokens at once are those found one by one, event by event."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.fetch_tokenizers import fetched
from tests.tokenization.oracles import shipped
from tokviz.tokenization.algorithms.bpe import MergeRules, Merges
from tokviz.tokenization.formats.any_file import open_tokenizer
from tokviz.tokenization.pre_tokenization.known_patterns import GPT2
from tokviz.tokenization.replay import left_parts
from tokviz.tokenization.replay.left_parts import FAILS, NEVER, LeftParts, left_part
from tokviz.tokenization.tokenizer import Algorithm, Tokenizer


def found(tokenizer: Tokenizer) -> list[int]:
    parts = LeftParts(tokenizer)
    for _ in parts.steps():
        pass
    of_rank: list[int] = parts.of_rank.tolist()
    return of_rank


@st.composite
def any_lines(draw: st.DrawFn) -> Tokenizer:
    """Pairs in any order, several of which may make one token: as further rules, or with it."""
    vocab = [b"a", b"b"]
    lines: list[tuple[int, int, int]] = []
    for _ in range(draw(st.integers(0, 14))):
        left, right = (draw(st.integers(0, len(vocab) - 1)) for _ in range(2))
        data = vocab[left] + vocab[right]
        if len(data) < 9 and (left, right) not in {line[:2] for line in lines}:
            if data not in vocab:
                vocab.append(data)
            lines.append((left, right, vocab.index(data)))
    lines = draw(st.permutations(lines))
    first = [line for i, line in enumerate(lines) if line[2] not in {own[2] for own in lines[:i]}]
    rank_of = {line[2]: rank for rank, line in enumerate(first)}
    ranks = [rank_of[line[2]] for line in lines]
    with_it = [(*line[:2], rank_of[line[2]]) for line in lines if line not in first]
    if draw(st.booleans()):
        history = Merges(*columns(first), others=columns(with_it))
        rules = None
    else:
        history = Merges(*columns(first))
        rules = MergeRules(Merges(*columns(lines)), np.array(ranks, np.int32))
    listed: list[bytes | None] = [*vocab]
    return Tokenizer("small", Algorithm.BYTE_LEVEL_BPE, listed, history, split=GPT2, rules=rules)


def columns(rows: list[tuple[int, int, int]]) -> tuple[list[int], list[int], list[int]]:
    left, right, last = ([row[i] for row in rows] for i in range(3))
    return left, right, last


@given(any_lines())
def test_any_merges(tokenizer: Tokenizer) -> None:
    n = len(tokenizer.merges)
    assert found(tokenizer) == [left_part(tokenizer, rank) for rank in range(n)]


def test_what_never_fires_and_what_fails() -> None:
    vocab: list[bytes | None] = [b"a", b"b", b"ab", b"bb", b"abb", b"abbb", b"bbb"]
    # abb is ab + b, by the time a + bb is looked at; abbb needs the higher-ranked bbb.
    merges = Merges([0, 0, 2, 1, 1], [1, 3, 6, 3, 1], [2, 4, 5, 6, 3])
    tokenizer = Tokenizer("small", Algorithm.BYTE_LEVEL_BPE, vocab, merges, split=GPT2)
    assert found(tokenizer) == [0, NEVER, FAILS, FAILS, 1]


def test_bytes_that_are_no_tokens_are_left_out() -> None:
    vocab: list[bytes | None] = [b"a", b"b", b"ab", b"a?b"]
    merges = Merges([0, 2], [1, 1], [2, 3])
    tokenizer = Tokenizer("small", Algorithm.BYTE_LEVEL_BPE, vocab, merges, split=GPT2)
    assert found(tokenizer) == [left_part(tokenizer, rank) for rank in range(2)] == [0, NEVER]


def test_a_merge_whose_token_is_more_than_its_parts_fails() -> None:
    vocab: list[bytes | None] = [b"a", b"b", b"abb"]
    tokenizer = Tokenizer(
        "small", Algorithm.BYTE_LEVEL_BPE, vocab, Merges([0], [1], [2]), split=GPT2
    )
    assert found(tokenizer) == [left_part(tokenizer, 0)] == [FAILS]


def test_tokens_of_many_symbols_are_looked_at_one_by_one() -> None:
    vocab: list[bytes | None] = [b"a"] + [b"a" * 2**i for i in range(1, 9)]
    every = np.arange(8, dtype=np.int32)
    merges = Merges(every, every, every + 1)
    tokenizer = Tokenizer("small", Algorithm.BYTE_LEVEL_BPE, vocab, merges, split=GPT2)
    assert found(tokenizer) == list(range(8))


def test_ids_too_large_for_many_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(left_parts, "can_look_up", lambda *_: False)
    tokenizer = shipped("gpt2").truncated(700)
    assert found(tokenizer) == tokenizer.merges.left.tolist()


@pytest.mark.parametrize("name", ["gpt2", "smollm2", "mistral-7b-v1"])
def test_the_shipped_ones(name: str) -> None:
    tokenizer = shipped(name)
    assert found(tokenizer) == tokenizer.merges.left.tolist()
    some = range(0, len(tokenizer.merges), 211)
    assert [left_part(tokenizer, r) for r in some] == [int(tokenizer.merges.left[r]) for r in some]


@pytest.mark.parametrize("file", ["llama3.json", "gemma3.json", "ggml-vocab-baichuan.gguf"])
def test_where_some_fail(file: str) -> None:
    tokenizer = open_tokenizer(fetched(file))
    of_rank = found(tokenizer)
    failing = [rank for rank, part in enumerate(of_rank) if part == FAILS]
    assert failing
    for rank in {*failing, *range(0, len(of_rank), 97)}:
        assert left_part(tokenizer, rank) == of_rank[rank], rank
