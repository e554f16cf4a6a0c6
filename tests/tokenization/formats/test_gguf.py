"""GGUF: the shipped file, small ones made here, and hostile ones that must fail fast."""

import struct
import time
from pathlib import Path
from typing import Any

import pytest

from tests.tokenization.oracles import shipped
from tokviz.resources import resource_path
from tokviz.tokenization.formats import TokenizerFileError
from tokviz.tokenization.formats.gguf import read_metadata, tokenizer_from_gguf
from tokviz.tokenization.tokenizer import Tokenizer

SMOLLM2 = resource_path("tables/smollm2-135m-embedding.gguf")
_U32, _BOOL, _STRING, _ARRAY, _I32 = 4, 7, 8, 9, 5


def text(value: str) -> bytes:
    return struct.pack("<Q", len(value.encode())) + value.encode()


def value_bytes(value: Any) -> bytes:
    if isinstance(value, bool):
        return struct.pack("<I?", _BOOL, value)
    if isinstance(value, int):
        return struct.pack("<II", _U32, value)
    if isinstance(value, str):
        return struct.pack("<I", _STRING) + text(value)
    kind = _I32 if value and isinstance(value[0], int) else _STRING
    items = [struct.pack("<i", v) if kind == _I32 else text(v) for v in value]
    return struct.pack("<IIQ", _ARRAY, kind, len(value)) + b"".join(items)


def header(n_keys: int, version: int = 3) -> bytes:
    return b"GGUF" + struct.pack("<IQQ", version, 0, n_keys)


def gguf(metadata: dict[str, Any]) -> bytes:
    return header(len(metadata)) + b"".join(text(k) + value_bytes(v) for k, v in metadata.items())


SMALL: dict[str, Any] = {
    "general.architecture": "llama",
    "llama.context_length": 77,
    "tokenizer.ggml.model": "gpt2",
    "tokenizer.ggml.pre": "smollm",
    "tokenizer.ggml.tokens": ["<s>", "a", "b", "ab", "</s>"],
    "tokenizer.ggml.token_type": [3, 1, 1, 1, 3],
    "tokenizer.ggml.merges": ["a b"],
    "tokenizer.ggml.bos_token_id": 0,
    "tokenizer.ggml.eos_token_id": 4,
}


def opened(folder: Path, content: bytes) -> Tokenizer:
    path = folder / "small.gguf"
    path.write_bytes(content)
    return tokenizer_from_gguf(path, "small")


def test_smollm2_has_the_sizes_its_file_says() -> None:
    smollm2 = shipped("smollm2")
    assert (smollm2.n_vocab, len(smollm2.merges), smollm2.context) == (49152, 48900, 8192)
    assert len(smollm2.special_tokens) == 17
    assert smollm2.template == ((), ())


def test_a_small_file_becomes_a_tokenizer(tmp_path: Path) -> None:
    small = opened(tmp_path, gguf(SMALL))
    assert small.encode("abbc").ids.tolist() == [3, 2]
    assert (small.context, small.special_tokens) == (77, {"<s>": 0, "</s>": 4})
    assert small.template == ((), ())


def test_the_file_says_which_tokens_a_template_adds(tmp_path: Path) -> None:
    metadata = {**SMALL, "tokenizer.ggml.add_bos_token": True, "tokenizer.ggml.add_eos_token": True}
    assert opened(tmp_path, gguf(metadata)).template == ((0,), (4,))


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"tokenizer.ggml.model": "llama"}, "of kind 'llama'"),
        ({"tokenizer.ggml.pre": ["x"]}, r"split pattern \['x'\]"),
        ({"tokenizer.ggml.tokens": 3}, "no list of str under 'tokenizer.ggml.tokens'"),
        ({"tokenizer.ggml.tokens": ["a"]}, "1 tokens and 5 token types"),
        ({"tokenizer.ggml.token_type": ["a"]}, "no list of int"),
        ({"tokenizer.ggml.merges": ["a"]}, "merge 0, 'a', is not made of two tokens"),
        ({"tokenizer.ggml.merges": ["b a"]}, "merge 0, 'b a'"),
        ({"tokenizer.ggml.tokens": ["<s>", "a", "b", "北", "</s>"]}, "'北' is no character"),
    ],
)
def test_what_does_not_fit_together_is_told(
    tmp_path: Path, change: dict[str, Any], told: str
) -> None:
    with pytest.raises(TokenizerFileError, match=rf"small\.gguf.*{told}"):
        opened(tmp_path, gguf({**SMALL, **change}))


@pytest.mark.parametrize("key", list(SMALL)[2:7])
def test_a_missing_key_is_told(tmp_path: Path, key: str) -> None:
    with pytest.raises(TokenizerFileError, match=r"small\.gguf"):
        opened(tmp_path, gguf({k: v for k, v in SMALL.items() if k != key}))


def test_a_file_cut_anywhere_fails_with_its_name(tmp_path: Path) -> None:
    content = gguf(SMALL)
    for n_bytes in range(len(content)):
        with pytest.raises(TokenizerFileError, match=r"small\.gguf"):
            opened(tmp_path, content[:n_bytes])


def test_the_shipped_file_cut_short_fails_fast(tmp_path: Path) -> None:
    begin = SMOLLM2.read_bytes()[:1_500_000]
    started = time.perf_counter()
    for n_bytes in (4, 25, 1000, 100_000, 1_000_000):
        with pytest.raises(TokenizerFileError):
            opened(tmp_path, begin[:n_bytes])
    assert time.perf_counter() - started < 5


_MANY = 2**62


@pytest.mark.parametrize(
    "content",
    [
        header(_MANY),
        header(1, version=9),
        header(1) + text("k") + struct.pack("<IIQ", _ARRAY, _STRING, _MANY),
        header(1) + text("k") + struct.pack("<IIQ", _ARRAY, _I32, _MANY),
        header(1) + text("k") + struct.pack("<IIQ", _ARRAY, 99, 1) + bytes(64),
        header(1) + text("k") + struct.pack("<IIQ", _ARRAY, _ARRAY, 4) + bytes(64),
        header(1) + text("k") + struct.pack("<IIQ", _ARRAY, _STRING, 2**23) + bytes(2**26),
        header(1) + text("k") + struct.pack("<I", 77),
        header(1) + struct.pack("<Q", _MANY),
        header(1) + text("k") + struct.pack("<IQ", _STRING, 2**64 - 1),
    ],
)
def test_a_hostile_count_fails_before_it_is_believed(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "hostile.gguf"
    path.write_bytes(content)
    started = time.perf_counter()
    with pytest.raises(TokenizerFileError, match=r"hostile\.gguf is damaged at byte"):
        read_metadata(path)
    assert time.perf_counter() - started < 2


def test_another_kind_of_file_is_told(tmp_path: Path) -> None:
    with pytest.raises(TokenizerFileError, match="does not start with 'GGUF'"):
        opened(tmp_path, b"")
