"""Merges recovered from ranks: those that encoding each token with lower ranks finds."""

import base64
import random
from pathlib import Path

import pytest
import tiktoken
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.tokenization.diverse_texts import texts
from tests.tokenization.oracles import shipped
from tokviz.tokenization.algorithms.bpe import Merges, apply_merges
from tokviz.tokenization.formats import SplitPatternNeededError
from tokviz.tokenization.formats.any_file import open_tokenizer
from tokviz.tokenization.formats.rank_merges import merges_of_ranks
from tokviz.tokenization.formats.tiktoken_ranks import to_tiktoken
from tokviz.tokenization.pre_tokenization.known_patterns import CL100K, GPT2

BYTES = [bytes([byte]) for byte in range(256)]


def plainly_recovered(vocab: list[bytes]) -> Merges | None:
    """Encode each token with the merges before it: two tokens must be left."""
    rows: list[tuple[int, int, int]] = []
    for token_id in range(256, len(vocab)):
        left, right, ids = zip(*rows, strict=True) if rows else ((), (), ())
        parts, _ = apply_merges(list(vocab[token_id]), Merges(left, right, ids))
        if len(parts) != 2:
            return None
        rows.append((parts[0], parts[1], token_id))
    return Merges(*zip(*rows, strict=True)) if rows else Merges([], [], [])


@settings(deadline=None)
@given(st.lists(st.text("ab", min_size=2, max_size=7), unique=True, max_size=14), st.booleans())
def test_merges_are_those_of_encoding_each_token(words: list[str], grown: bool) -> None:
    if grown:  # most random lists fail; this makes tokens of earlier ones
        chance, made = random.Random("".join(words)), ["a", "b"]
        for _ in words:
            made.append(chance.choice(made) + chance.choice(made))
        words = list(dict.fromkeys(made[2:]))
    vocab = [*BYTES, *(word.encode() for word in words)]
    expected, found = plainly_recovered(vocab), merges_of_ranks(vocab)
    assert (found is None) == (expected is None)
    if found is not None and expected is not None:
        assert found.columns == expected.columns


def write_ranks(path: Path, vocab: list[bytes]) -> Path:
    lines = [base64.b64encode(data) + b" %d\n" % rank for rank, data in enumerate(vocab)]
    path.write_bytes(b"".join(lines))
    return path


def test_ranks_out_of_order_are_encoded_as_tiktoken_does(tmp_path: Path) -> None:
    words = [b"cd", b"abcd", b"ab", b"bc", b"abc", b"bcd", b" abcdx", b"xx", b"cdx"]
    vocab = [*BYTES, *words]
    ours = open_tokenizer(write_ranks(tmp_path / "x", vocab), GPT2)
    assert ours.ordered is False
    ranks = {data: rank for rank, data in enumerate(vocab)}
    theirs = tiktoken.Encoding("x", pat_str=GPT2.pattern, mergeable_ranks=ranks, special_tokens={})
    chance = random.Random(7)
    for _ in range(1000):
        text = "".join(chance.choices("abcdx ", k=chance.randint(1, 14)))
        assert ours.encode(text).ids.tolist() == theirs.encode(text), text


def test_a_rank_file_that_nobody_published_needs_a_split_pattern(tmp_path: Path) -> None:
    path = write_ranks(tmp_path / "x", [*BYTES, b"ab"])
    with pytest.raises(SplitPatternNeededError, match="choose one"):
        open_tokenizer(path)
    assert open_tokenizer(path, CL100K).split is CL100K


def test_a_published_rank_file_is_known_by_its_content(tmp_path: Path) -> None:
    gpt2 = shipped("gpt2")
    path = tmp_path / "anything"
    path.write_bytes(to_tiktoken(gpt2))
    found = open_tokenizer(path)  # equal to r50k_base.tiktoken
    assert found.special_tokens == gpt2.special_tokens
    assert found.split is GPT2
    assert found.merges.columns == gpt2.merges.columns
    text = "".join(texts(300))
    assert found.encode(text).ids.tolist() == gpt2.encode(text).ids.tolist()
