"""The tokenizer inside a GGUF file: tokens, token types and merges from its header."""

from pathlib import Path
from typing import Any, TypeVar

from tokviz import gguf_header
from tokviz.gguf_header import GgufHeaderError
from tokviz.tokenization.bpe import Merges
from tokviz.tokenization.formats import TokenizerFileError
from tokviz.tokenization.formats.byte_alphabet import to_bytes
from tokviz.tokenization.pre_tokenizers import GPT2, SMOLLM
from tokviz.tokenization.tokenizer import Algorithm, Tokenizer

_T = TypeVar("_T", str, int)
_SPLIT_PATTERNS = {"smollm": SMOLLM, "gpt-2": GPT2, "gpt2": GPT2}
_CONTROL = 3


def read_metadata(path: Path) -> dict[str, Any]:
    """The key-value section of a GGUF file. Raises `TokenizerFileError`, `OSError`."""
    try:
        return gguf_header.read_metadata(path)
    except GgufHeaderError as error:
        raise TokenizerFileError(str(error)) from None


def tokenizer_from_gguf(path: Path, name: str) -> Tokenizer:
    """The byte-level BPE tokenizer of a GGUF file. Raises `TokenizerFileError`, `OSError`."""
    metadata = read_metadata(path)
    model, pattern = metadata.get("tokenizer.ggml.model"), metadata.get("tokenizer.ggml.pre")
    if model != "gpt2" or not isinstance(pattern, str) or pattern not in _SPLIT_PATTERNS:
        raise TokenizerFileError(
            f"{path} holds a tokenizer of kind {model!r} with the split pattern {pattern!r}; "
            f"known are 'gpt2' with {', '.join(sorted(_SPLIT_PATTERNS))}."
        )
    tokens = _column(metadata, "tokenizer.ggml.tokens", str, path)
    types = _column(metadata, "tokenizer.ggml.token_type", int, path)
    if len(types) != len(tokens):
        raise TokenizerFileError(f"{path} has {len(tokens)} tokens and {len(types)} token types.")
    special = {t: i for i, t in enumerate(tokens) if types[i] == _CONTROL and t}
    ordinary = [t for t in tokens if t not in special]
    try:
        data_of = dict(zip(ordinary, to_bytes(ordinary), strict=True))
    except UnicodeEncodeError as error:
        raise TokenizerFileError(
            f"{path}: {error.object[error.start]!r} is no character of GPT-2's byte alphabet."
        ) from None
    context = metadata.get(f"{metadata.get('general.architecture')}.context_length")
    merges = _column(metadata, "tokenizer.ggml.merges", str, path)
    return Tokenizer(
        name=name,
        algorithm=Algorithm.BYTE_LEVEL_BPE,
        vocab=[t.encode() if t in special else data_of[t] for t in tokens],
        merges=_merges(merges, tokens, path),
        special_tokens=special,
        split=_SPLIT_PATTERNS[pattern],
        context=context if isinstance(context, int) and context > 0 else None,
        template=(_added(metadata, "bos", len(tokens)), _added(metadata, "eos", len(tokens))),
    )


def _column(metadata: dict[str, Any], key: str, kind: type[_T], path: Path) -> list[_T]:
    values = metadata.get(key)
    if not isinstance(values, list) or not all(isinstance(value, kind) for value in values):
        raise TokenizerFileError(f"{path} has no list of {kind.__name__} under {key!r}.")
    return values


def _added(metadata: dict[str, Any], name: str, n_vocab: int) -> tuple[int, ...]:
    """The id of the token that begins or ends each text, if the file wants it added."""
    token_id = metadata.get(f"tokenizer.ggml.{name}_token_id")
    wanted = metadata.get(f"tokenizer.ggml.add_{name}_token") is True
    return (token_id,) if wanted and isinstance(token_id, int) and 0 <= token_id < n_vocab else ()


def _merges(lines: list[str], tokens: list[str], path: Path) -> Merges:
    id_of = dict(zip(tokens, range(len(tokens)), strict=True))
    left, right = [], []
    for rank, line in enumerate(lines):
        parts = line.split(" ")
        if len(parts) != 2 or any(part not in id_of for part in (*parts, "".join(parts))):
            raise TokenizerFileError(f"{path}: merge {rank}, {line!r}, is not made of two tokens.")
        left.append(parts[0])
        right.append(parts[1])
    return Merges(
        [id_of[a] for a in left],
        [id_of[b] for b in right],
        [id_of[a + b] for a, b in zip(left, right, strict=True)],
    )
