"""Opens a tokenizer file of any kind known here; its content tells the kind, not its name."""

import re
import stat
from pathlib import Path

from tokviz.tokenization.formats import TokenizerFileError
from tokviz.tokenization.formats.bert_vocab import tokenizer_from_bert_vocab
from tokviz.tokenization.formats.gguf import tokenizer_from_gguf
from tokviz.tokenization.formats.gpt2_files import (
    tokenizer_from_vocab_and_merges,
    tokenizer_from_vocab_bpe,
)
from tokviz.tokenization.formats.huggingface_json import tokenizer_from_json
from tokviz.tokenization.formats.json_text import parse_object
from tokviz.tokenization.formats.minbpe_model import FIRST_LINE, tokenizer_from_minbpe
from tokviz.tokenization.formats.sentencepiece_model import (
    looks_like_sentencepiece,
    tokenizer_from_sentencepiece,
)
from tokviz.tokenization.formats.tiktoken_ranks import tokenizer_from_tiktoken
from tokviz.tokenization.pre_tokenizers import SplitPattern
from tokviz.tokenization.tokenizer import Tokenizer

_LARGEST_TEXT_FILE = 64 * 2**20
_RANK_LINE = re.compile(rb"[A-Za-z0-9+/]+={0,2} \d+\r?\n")
VOCAB, MERGES = "vocab.json", "merges.txt"


def open_tokenizer(path: Path, pattern: SplitPattern | None = None) -> Tokenizer:
    """The tokenizer in a file, named like it; `pattern` is for a file that does not say its own.

    Raises `SplitPatternNeededError`, `TokenizerFileError`, `OSError`.
    """
    if not stat.S_ISREG(path.stat().st_mode):
        raise TokenizerFileError(f"{path} is not a file; name a tokenizer file.")
    with path.open("rb") as file:
        start = file.read(256)
    name, shown = path.name, str(path)
    if start.startswith(b"GGUF"):
        return tokenizer_from_gguf(path, name)
    if start.startswith(b"#version"):
        vocab = _beside(path, MERGES, VOCAB)
        if vocab is not None:
            return _from_two_files(vocab, path, name)
        return tokenizer_from_vocab_bpe(_content(path), name, shown)
    if start.startswith(FIRST_LINE.encode()):
        return tokenizer_from_minbpe(_content(path), name, shown)
    if looks_like_sentencepiece(start):
        return tokenizer_from_sentencepiece(_content(path), name, shown)
    if start.startswith(b"[PAD]") or b"\n[UNK]\n" in start.replace(b"\r", b""):
        return tokenizer_from_bert_vocab(_content(path), name, shown)
    if start.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"{"):
        return _from_json(path)
    if _RANK_LINE.match(start):
        beside = settings_path(path)
        settings = (_content(beside), str(beside)) if beside.is_file() else None
        return tokenizer_from_tiktoken(_content(path), name, shown, settings, pattern)
    raise _unknown(path)


def _unknown(path: Path) -> TokenizerFileError:
    return TokenizerFileError(
        f"{path} is not a tokenizer file known here: a GGUF file starts with 'GGUF', a vocab.bpe "
        f"or merges.txt with '#version', a minbpe model with '{FIRST_LINE}', a tokenizer.json or "
        f"vocab.json with '{{', a .tiktoken file with base64 and a rank."
    )


def settings_path(path: Path) -> Path:
    """Where the split pattern and the special tokens of a rank file stand."""
    return path.with_name(path.name + ".json")


def _from_json(path: Path) -> Tokenizer:
    content, shown = _content(path), str(path)
    found = parse_object(content, shown)
    if not found:
        raise _unknown(path)
    if all(type(value) is int for value in found.values()):
        merges = _beside(path, VOCAB, MERGES)
        if merges is None:
            raise TokenizerFileError(
                f"{path} is a vocabulary without merges; put its {MERGES} into the same folder."
            )
        return _from_two_files(path, merges, path.name)
    return tokenizer_from_json(content, path.name, shown)


def _beside(path: Path, ending: str, other: str) -> Path | None:
    """The other one of two files: `vocab.json` and `merges.txt`, or with a name before both."""
    if not path.name.endswith(ending):
        return None
    beside = path.with_name(path.name.removesuffix(ending) + other)
    return beside if beside.is_file() else None


def _from_two_files(vocab: Path, merges: Path, name: str) -> Tokenizer:
    return tokenizer_from_vocab_and_merges(
        (_content(vocab), str(vocab)), (_content(merges), str(merges)), name
    )


def _content(path: Path) -> bytes:
    if path.stat().st_size > _LARGEST_TEXT_FILE:
        raise TokenizerFileError(
            f"{path} is larger than such a tokenizer file ever is (64 MiB); choose another one."
        )
    return path.read_bytes()
