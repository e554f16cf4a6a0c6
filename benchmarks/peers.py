"""tiktoken's encodings, built from the shipped files so that nothing is downloaded."""

import base64
import lzma
from collections.abc import Callable
from functools import cache

import tiktoken

from tokviz.catalog import load_tokenizer
from tokviz.resources import read_resource
from tokviz.tokenization.tokenizer import Tokenizer

_PATTERN = r"'(?:[sdmt]|ll|ve|re)| ?\p{L}++| ?\p{N}++| ?[^\s\p{L}\p{N}]++|\s++$|\s+(?!\S)|\s"


@cache
def our_gpt2() -> Tokenizer:
    return load_tokenizer("gpt2")


@cache
def tiktoken_gpt2() -> tiktoken.Encoding:
    special = our_gpt2().special_tokens
    return tiktoken.Encoding(
        "gpt2", pat_str=_PATTERN, mergeable_ranks=our_gpt2().id_of_bytes, special_tokens=special
    )


def tiktoken_of(tokenizer: Tokenizer) -> tiktoken.Encoding:
    """tiktoken with the ranks of one of ours, which must number its tokens by rank."""
    if tokenizer.name == "gpt2":
        return tiktoken_gpt2()
    assert tokenizer.split is not None
    return tiktoken.Encoding(
        tokenizer.name,
        pat_str=tokenizer.split.pattern,
        mergeable_ranks=tokenizer.id_of_bytes,
        special_tokens=tokenizer.special_tokens,
    )


def load_ranks(name: str) -> Callable[[], tiktoken.Encoding]:
    """What tiktoken does with a rank file that it has: it reads the lines and makes its tables."""
    tokenizer = load_tokenizer(name)
    assert tokenizer.split is not None
    pattern, special = tokenizer.split.pattern, tokenizer.special_tokens

    def load() -> tiktoken.Encoding:
        content = lzma.decompress(read_resource(f"tokenizers/{name}.tiktoken.xz"))
        lines = (line.split() for line in content.splitlines() if line)
        ranks = {base64.b64decode(data): int(rank) for data, rank in lines}
        return tiktoken.Encoding(
            name, pat_str=pattern, mergeable_ranks=ranks, special_tokens=special
        )

    return load


def can_encode(peer: tiktoken.Encoding, text: str) -> bool:
    """False where tiktoken panics: o200k's pattern backtracks too deeply on a megabyte of spaces.

    pyo3's PanicException is no `Exception` and can be told by its name only.
    """
    try:
        peer.encode_ordinary(text)
    except BaseException as error:
        if type(error).__name__ != "PanicException":
            raise
        return False
    return True
