"""The shipped tokenizers and embedding tables: what they are called, and how they are loaded.

A new tokenizer is one line in `TOKENIZERS`, a new table one line in `TABLES`. A format is imported
when a tokenizer of that kind is loaded: the window starts with one, and need not wait for all.
"""

import lzma
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from tokviz.resources import read_resource, verified_path
from tokviz.tokenization.replay.merge_order import check_order
from tokviz.tokenization.tokenizer import (
    Algorithm,
    Tokenizer,
    bytes_tokenizer,
    characters_tokenizer,
)

if TYPE_CHECKING:
    from tokviz.embedding.table import EmbeddingTable


class UnknownTokenizerError(ValueError):
    """A name that is neither shipped nor a file."""


@dataclass(frozen=True)
class ShippedTokenizer:
    """`load` takes the open text, which only a vocabulary made from the text itself reads.

    `algorithm`, `n_vocab` (None: that of each text) and `context` (tokens; None: not known) are
    those of what it loads, to be listed without loading.
    """

    name: str
    title: str
    algorithm: Algorithm
    n_vocab: int | None
    context: int | None
    load: Callable[[str], Tokenizer]


def _gpt2(_text: str) -> Tokenizer:
    from tokviz.tokenization.formats.gpt2_files import tokenizer_from_vocab_bpe

    file = "tokenizers/gpt2_vocab.bpe"
    return tokenizer_from_vocab_bpe(read_resource(file), "gpt2", file)


def _published(name: str) -> Tokenizer:
    from tokviz.tokenization.formats.tiktoken_ranks import tokenizer_from_tiktoken

    file = f"tokenizers/{name}.tiktoken.xz"
    return tokenizer_from_tiktoken(lzma.decompress(read_resource(file)), name, file)


def _smollm2(_text: str) -> Tokenizer:
    from tokviz.tokenization.formats.gguf import tokenizer_from_gguf

    file = verified_path("tables/smollm2-135m-embedding.gguf")
    # A file that anybody made is checked in a task; this one's order is proved by the tests.
    return replace(tokenizer_from_gguf(file, "smollm2"), ordered=True)


def _mistral(_text: str) -> Tokenizer:
    from tokviz.tokenization.formats.sentencepiece_model import tokenizer_from_sentencepiece

    file = "tokenizers/mistral-7b-v1.model"
    tokenizer = tokenizer_from_sentencepiece(read_resource(file), "mistral-7b-v1", file)
    *_, checked = check_order(tokenizer)  # it finds the pair that makes each token, too
    return checked.tokenizer or tokenizer


def _bert(_text: str) -> Tokenizer:
    from tokviz.tokenization.formats.bert_vocab import tokenizer_from_bert_vocab

    file = "tokenizers/bert_vocab.txt.xz"
    content = lzma.decompress(read_resource(file))
    return replace(tokenizer_from_bert_vocab(content, "bert-base-uncased", file), context=512)


_BYTE_LEVEL = Algorithm.BYTE_LEVEL_BPE

TOKENIZERS = [
    ShippedTokenizer("gpt2", "GPT-2", _BYTE_LEVEL, 50_257, 1024, _gpt2),
    ShippedTokenizer(
        "cl100k_base",
        "cl100k · GPT-3.5/4",
        _BYTE_LEVEL,
        100_277,
        None,
        lambda _text: _published("cl100k_base"),
    ),
    ShippedTokenizer(
        "o200k_base",
        "o200k · GPT-4o",
        _BYTE_LEVEL,
        200_019,
        None,
        lambda _text: _published("o200k_base"),
    ),
    ShippedTokenizer("smollm2", "SmolLM2-135M", _BYTE_LEVEL, 49_152, 8192, _smollm2),
    ShippedTokenizer(
        "bert-base-uncased", "BERT base uncased", Algorithm.WORDPIECE, 30_522, 512, _bert
    ),
    ShippedTokenizer(
        "mistral-7b-v1", "Mistral 7B v1", Algorithm.SENTENCEPIECE_BPE, 32_000, None, _mistral
    ),
    ShippedTokenizer(
        "characters", "Characters", Algorithm.CHARACTERS, None, None, characters_tokenizer
    ),
    ShippedTokenizer("bytes", "Bytes", Algorithm.BYTES, 256, None, lambda _text: bytes_tokenizer()),
]

_COMMON_NAMES = {"tokenizer.json", "tokenizer.model", "vocab.json", "merges.txt", "vocab.txt"}


@dataclass(frozen=True)
class ShippedTable:
    """A table whose row n is the vector of the tokenizer's token n."""

    tokenizer: str
    title: str
    file: str


TABLES = [
    ShippedTable(
        "gpt2",
        "Whisper tiny.en decoder (GPT-2's vocabulary)",
        "tables/whisper-tiny-en-embedding-gpt2.gguf",
    ),
    ShippedTable("smollm2", "SmolLM2-135M", "tables/smollm2-135m-embedding.gguf"),
]


def load_table(tokenizer: str) -> "EmbeddingTable | None":
    """The shipped table for a shipped tokenizer, `None` if there is none.

    Raises `ResourceError`, `TableFileError`.
    """
    from tokviz.embedding.formats.any_file import open_table  # not needed for a text's tokens

    for shipped in TABLES:
        if shipped.tokenizer == tokenizer:
            return replace(open_table(verified_path(shipped.file)), name=shipped.title)
    return None


def title_of(name: str) -> str:
    """What a tokenizer is called on screen."""
    return next((shipped.title for shipped in TOKENIZERS if shipped.name == name), name)


def name_of_file(path: str) -> str:
    """What a tokenizer from a file is called: told apart from others and from the shipped ones.

    >>> name_of_file("/models/llama/tokenizer.json"), name_of_file("/models/mine.gguf")
    ('llama/tokenizer.json', 'mine.gguf')
    """
    where = Path(path)
    if where.name in _COMMON_NAMES or any(where.name == shipped.name for shipped in TOKENIZERS):
        return f"{where.parent.name}/{where.name}"
    return where.name


def load_tokenizer(name: str, text: str = "") -> Tokenizer:
    """Load a shipped tokenizer by name; `text` is what `characters` takes its vocabulary from.

    Raises `UnknownTokenizerError`, `ResourceError`.
    """
    for shipped in TOKENIZERS:
        if shipped.name == name:
            return shipped.load(text)
    names = ", ".join(shipped.name for shipped in TOKENIZERS)
    raise UnknownTokenizerError(f"There is no tokenizer named {name!r}; the names are {names}.")
