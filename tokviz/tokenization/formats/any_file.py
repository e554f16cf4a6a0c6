"""Opens a tokenizer file of any kind known here, or a model's folder; content tells the kind."""

import re
import stat
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

from tokviz.tokenization.formats import TokenizerFileError
from tokviz.tokenization.formats.bert_vocab import tokenizer_from_bert_vocab
from tokviz.tokenization.formats.foreign_files import refuse_foreign, refuse_settings
from tokviz.tokenization.formats.gguf import tokenizer_from_gguf
from tokviz.tokenization.formats.gpt2_files import (
    tokenizer_from_vocab_and_merges,
    tokenizer_from_vocab_bpe,
)
from tokviz.tokenization.formats.huggingface_json import tokenizer_of_object
from tokviz.tokenization.formats.json_text import parse_object
from tokviz.tokenization.formats.minbpe_model import FIRST_LINE, tokenizer_from_minbpe
from tokviz.tokenization.formats.model_folder import context_beside, tokenizer_file
from tokviz.tokenization.formats.sentencepiece_file import looks_like_sentencepiece
from tokviz.tokenization.formats.sentencepiece_model import tokenizer_from_sentencepiece
from tokviz.tokenization.formats.tiktoken_ranks import read_settings, tokenizer_from_tiktoken
from tokviz.tokenization.pre_tokenization.split_pattern import SplitPattern
from tokviz.tokenization.tokenizer import Tokenizer

_LARGEST_TEXT_FILE = 64 * 2**20
_BOM = b"\xef\xbb\xbf"
_RANK_LINE = re.compile(rb"[A-Za-z0-9+/]+={0,2} \d+\r?\n")
_RANK_FILE_NAME = ".tiktoken"
_TWO_PARTS = re.compile(rb"(?:[^\s{]+ [^\s{]+\r?\n){2}")
VOCAB, MERGES = "vocab.json", "merges.txt"
_PAIRS_OF_FILES = [(VOCAB, MERGES), ("encoder.json", "vocab.bpe")]


@dataclass(frozen=True)
class _File:
    """What is to be opened; `pattern` is the split pattern that the user chose, if any."""

    path: Path
    pattern: SplitPattern | None = None

    @property
    def shown(self) -> str:
        return str(self.path)

    @property
    def name(self) -> str:
        return self.path.name

    @property
    def content(self) -> bytes:
        if self.path.stat().st_size > _LARGEST_TEXT_FILE:
            raise TokenizerFileError(
                f"{self.path} is larger than such a tokenizer file ever is (64 MiB); choose "
                f"another one."
            )
        return self.path.read_bytes()


def open_tokenizer(path: Path, pattern: SplitPattern | None = None) -> Tokenizer:
    """The tokenizer in a file or a model's folder, named like it.

    `pattern` is for a file that does not say its own. The context window is that of the
    `config.json` beside the file, if there is one. Raises `SplitPatternNeededError`,
    `TokenizerFileError`, `OSError`.
    """
    mode = path.stat().st_mode
    name = path.name
    if stat.S_ISDIR(mode):
        path = tokenizer_file(path)
    elif not stat.S_ISREG(mode):
        raise TokenizerFileError(f"{path} is not a file; name a tokenizer file.")
    with path.open("rb") as opened:
        start = opened.read(4096)
    refuse_foreign(path, start)
    file = _File(path, pattern)
    for recognised, read in _KINDS:
        if recognised(start):
            tokenizer = read(file)
            context = tokenizer.context or context_beside(path)
            return replace(tokenizer, name=name, context=context)
    if path.name.endswith(_RANK_FILE_NAME):
        return _from_ranks(file)  # says which line is wrong
    raise _unknown(path)


def looks_like_tokenizer(path: Path) -> bool:
    """Whether a file that may be a text as well is rather a tokenizer; a folder is no text."""
    try:
        if path.is_dir():
            return True
        if not path.is_file():
            return False  # a pipe would be waited for
        with path.open("rb") as opened:
            start = opened.read(4096)
    except OSError:
        return False
    if _is_json(start):
        return b'"added_tokens"' in start or path.name in (VOCAB, "tokenizer.json", "encoder.json")
    if _is_merges(start) and not _is_ranks(start):
        return start.removeprefix(_BOM).startswith(b"#version") or path.name == MERGES
    return any(recognised(start) for recognised, _ in _KINDS)


def settings_path(path: Path) -> Path:
    """Where the split pattern stands of a file that does not say it, and a rank file's special
    tokens."""
    return path.with_name(path.name + ".json")


def _unknown(path: Path) -> TokenizerFileError:
    return TokenizerFileError(
        f"{path} is not a tokenizer file known here: a GGUF file starts with 'GGUF', a vocab.bpe "
        f"or merges.txt with '#version', a minbpe model with '{FIRST_LINE}', a tokenizer.json or "
        f"vocab.json with '{{', a .tiktoken file with base64 and a rank; open one of these."
    )


def _from_gguf(file: _File) -> Tokenizer:
    beside = settings_path(file.path)
    pattern = file.pattern
    if pattern is None and beside.is_file():
        pattern, _ = read_settings(_File(beside).content, str(beside))
    return tokenizer_from_gguf(file.path, file.name, pattern)


def _from_minbpe(file: _File) -> Tokenizer:
    return tokenizer_from_minbpe(file.content, file.name, file.shown)


def _from_sentencepiece(file: _File) -> Tokenizer:
    return tokenizer_from_sentencepiece(file.content, file.name, file.shown)


def _from_bert_vocab(file: _File) -> Tokenizer:
    return tokenizer_from_bert_vocab(file.content, file.name, file.shown)


def _from_ranks(file: _File) -> Tokenizer:
    beside = settings_path(file.path)
    settings = (_File(beside).content, str(beside)) if beside.is_file() else None
    content = file.content.removeprefix(_BOM)
    return tokenizer_from_tiktoken(content, file.name, file.shown, settings, file.pattern)


def _from_json(file: _File) -> Tokenizer:
    found = parse_object(file.content, file.shown)
    if not found:
        raise _unknown(file.path)
    refuse_settings(file.path, found)
    if isinstance(found.get("model"), dict) or not any(
        type(value) is int for value in found.values()
    ):
        return tokenizer_of_object(found, file.name, file.shown)
    for vocab_ending, merges_ending in _PAIRS_OF_FILES:
        merges = _beside(file.path, vocab_ending, merges_ending)
        if merges is not None:
            return _from_two_files(file.path, merges)
    raise TokenizerFileError(
        f"{file.path} is a vocabulary without merges; put its {MERGES} into the same folder."
    )


def _from_merges(file: _File) -> Tokenizer:
    for vocab_ending, merges_ending in _PAIRS_OF_FILES:
        vocab = _beside(file.path, merges_ending, vocab_ending)
        if vocab is not None:
            return _from_two_files(vocab, file.path)
    return tokenizer_from_vocab_bpe(file.content.removeprefix(_BOM), file.name, file.shown)


def _beside(path: Path, ending: str, other: str) -> Path | None:
    """The other one of two files: `vocab.json` and `merges.txt`, or with a name before both."""
    if not path.name.endswith(ending):
        return None
    beside = path.with_name(path.name.removesuffix(ending) + other)
    return beside if beside.is_file() else None


def _from_two_files(vocab: Path, merges: Path) -> Tokenizer:
    return tokenizer_from_vocab_and_merges(
        (_File(vocab).content, str(vocab)),
        (_File(merges).content.removeprefix(_BOM), str(merges)),
        merges.name,
    )


def _is_json(start: bytes) -> bool:
    return start.removeprefix(_BOM).lstrip(b" \t\r\n").startswith(b"{")


def _is_bert_vocab(start: bytes) -> bool:
    return start.startswith(b"[PAD]") or b"\n[UNK]\n" in start.replace(b"\r", b"")


def _is_ranks(start: bytes) -> bool:
    return _RANK_LINE.match(start.removeprefix(_BOM)) is not None


def _is_merges(start: bytes) -> bool:
    start = start.removeprefix(_BOM)
    return start.startswith(b"#version") or _TWO_PARTS.match(start) is not None


_KINDS: list[tuple[Callable[[bytes], bool], Callable[[_File], Tokenizer]]] = [
    (lambda start: start.startswith(b"GGUF"), _from_gguf),
    (lambda start: start.startswith(FIRST_LINE.encode()), _from_minbpe),
    (looks_like_sentencepiece, _from_sentencepiece),
    (_is_bert_vocab, _from_bert_vocab),
    (_is_json, _from_json),
    (_is_ranks, _from_ranks),
    (_is_merges, _from_merges),
]
"""How a file of each kind begins, and what reads it; the first that fits is taken."""
