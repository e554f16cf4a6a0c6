"""Other people's tokenizers, built from the files that are shipped here, and obvious slow code."""

import itertools
from functools import cache
from typing import Any

import tiktoken
from tokenizers import AddedToken, decoders, models, pre_tokenizers
from tokenizers import Tokenizer as HuggingFaceTokenizer

from tokviz.catalog import load_tokenizer
from tokviz.resources import resource_path
from tokviz.tokenization.formats.gguf import read_metadata
from tokviz.tokenization.tokenizer import Tokenizer

GPT2_PATTERN = r"'(?:[sdmt]|ll|ve|re)| ?\p{L}++| ?\p{N}++| ?[^\s\p{L}\p{N}]++|\s++$|\s+(?!\S)|\s"


@cache
def shipped(name: str) -> Tokenizer:
    return load_tokenizer(name)


@cache
def gpt2() -> tiktoken.Encoding:
    ours = shipped("gpt2")
    ranks = {data: i for i, data in enumerate(ours.vocab[:50256]) if data is not None}
    return tiktoken.Encoding(
        "gpt2",
        pat_str=GPT2_PATTERN,
        mergeable_ranks=ranks,
        special_tokens={"<|endoftext|>": 50256},
    )


@cache
def smollm2() -> HuggingFaceTokenizer:
    metadata = read_metadata(resource_path("tables/smollm2-135m-embedding.gguf"))
    tokens = metadata["tokenizer.ggml.tokens"]
    merges = [tuple(line.split(" ")) for line in metadata["tokenizer.ggml.merges"]]
    theirs = HuggingFaceTokenizer(
        models.BPE(vocab={token: i for i, token in enumerate(tokens)}, merges=merges)
    )
    parts: list[Any] = [
        pre_tokenizers.Digits(individual_digits=True),
        pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=True, trim_offsets=False),
    ]
    theirs.pre_tokenizer = pre_tokenizers.Sequence(parts)  # type: ignore[assignment]
    theirs.decoder = decoders.ByteLevel()  # type: ignore[assignment]
    return theirs


@cache
def smollm2_with_special_tokens() -> HuggingFaceTokenizer:
    theirs = HuggingFaceTokenizer.from_str(smollm2().to_str())
    names = shipped("smollm2").special_tokens
    theirs.add_special_tokens([AddedToken(name, special=True, normalized=False) for name in names])
    return theirs


def slow_merges(symbols: list[int], rank_of: dict[tuple[int, int], tuple[int, int]]) -> list[int]:
    """Merge the leftmost pair of the lowest rank until none is left. `rank_of`: pair → rank, id."""
    symbols = list(symbols)
    while True:
        pairs = list(itertools.pairwise(symbols))
        known = [(rank_of[pair][0], i) for i, pair in enumerate(pairs) if pair in rank_of]
        if not known:
            return symbols
        _, i = min(known)
        symbols[i : i + 2] = [rank_of[pairs[i]][1]]


def slow_spans(text: str, tokens: list[bytes]) -> list[tuple[int, int]]:
    """Character spans of tokens that cover the whole text, one byte at a time."""
    owner = [i for i, c in enumerate(text) for _ in c.encode()]
    spans, at = [], 0
    for token in tokens:
        covered = owner[at : at + len(token)]
        spans.append((covered[0], covered[-1] + 1))
        at += len(token)
    assert at == len(owner)
    return spans
