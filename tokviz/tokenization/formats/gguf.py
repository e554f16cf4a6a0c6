"""The tokenizer inside a GGUF file: tokens, token types and merges from its header.

Only the header's key-value section is read, here and not by the `gguf` package: that package
makes an array object for each of the 100,000 strings (2.4 s where this takes 0.1 s) and trusts
the counts in the file. Format: https://github.com/ggml-org/ggml/blob/master/docs/gguf.md
"""

import mmap
import struct
from pathlib import Path
from typing import Any, TypeVar

from tokviz.tokenization.bpe import Merges
from tokviz.tokenization.formats import TokenizerFileError
from tokviz.tokenization.formats.byte_alphabet import to_bytes
from tokviz.tokenization.pre_tokenizers import GPT2, SMOLLM
from tokviz.tokenization.tokenizer import Algorithm, Tokenizer

_T = TypeVar("_T", str, int)
_SPLIT_PATTERNS = {"smollm": SMOLLM, "gpt-2": GPT2, "gpt2": GPT2}
_CONTROL = 3
_STRING, _ARRAY = 8, 9
_NUMBERS = {
    0: "B",
    1: "b",
    2: "H",
    3: "h",
    4: "I",
    5: "i",
    6: "f",
    7: "?",
    10: "Q",
    11: "q",
    12: "d",
}
_MOST_KEYS = 10_000
_MOST_VALUES = 2**22  # of one array; the largest vocabularies have 262,144 tokens


class _Header:
    """Reads GGUF values one after the other; every count is checked against the bytes left."""

    def __init__(self, data: "mmap.mmap | bytes", file: str) -> None:
        self._data, self._file, self._at = data, file, 0

    def fail(self, what: str) -> TokenizerFileError:
        return TokenizerFileError(f"{self._file} is damaged at byte {self._at}: {what}.")

    def number(self, code: str) -> Any:
        size = struct.calcsize("<" + code)
        if self._at + size > len(self._data):
            raise self.fail("the file ends inside a number")
        (value,) = struct.unpack_from("<" + code, self._data, self._at)
        self._at += size
        return value

    def string(self) -> str:
        length = self.number("Q")
        if length > len(self._data) - self._at:
            raise self.fail(f"a string of {length} bytes runs past the end of the file")
        raw = self._data[self._at : self._at + length]
        self._at += length
        return raw.decode("utf-8", "replace")

    def value(self, kind: int) -> Any:
        if kind == _STRING:
            return self.string()
        if kind == _ARRAY:
            return self._array()
        if kind in _NUMBERS:
            return self.number(_NUMBERS[kind])
        raise self.fail(f"unknown value type {kind}")

    def _array(self) -> list[Any]:
        kind, count = self.number("I"), self.number("Q")
        smallest = 8 if kind == _STRING else struct.calcsize(_NUMBERS.get(kind, "Q"))
        if kind == _ARRAY or count > _MOST_VALUES or count * smallest > len(self._data) - self._at:
            raise self.fail(f"an array of {count} values is too long or not in the file")
        if kind == _STRING:
            return [self.string() for _ in range(count)]
        if kind not in _NUMBERS:
            raise self.fail(f"unknown value type {kind}")
        code = f"<{count}{_NUMBERS[kind]}"
        values = list(struct.unpack_from(code, self._data, self._at))
        self._at += struct.calcsize(code)
        return values


def read_metadata(path: Path) -> dict[str, Any]:
    """The key-value section of a GGUF file. Raises `TokenizerFileError`, `OSError`."""
    with path.open("rb") as file:
        if file.read(4) != b"GGUF":
            raise TokenizerFileError(f"{path} is not a GGUF file: it does not start with 'GGUF'.")
        with mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as data:
            header = _Header(data, str(path))
            header.number("I")  # the magic
            version, _, n_keys = header.number("I"), header.number("Q"), header.number("Q")
            if version not in (2, 3) or n_keys > _MOST_KEYS:
                raise header.fail(f"version {version} with {n_keys} keys cannot be read")
            return {header.string(): header.value(header.number("I")) for _ in range(n_keys)}


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
