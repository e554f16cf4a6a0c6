"""GGUF: the shipped file, small ones made here, and hostile ones that must fail fast."""

import struct
from pathlib import Path
from typing import Any

import pytest

from tests.fetch_tokenizers import GGUF_WITH_OUTPUTS, fetched
from tests.tokenization.oracles import shipped
from tokviz.resources import resource_path
from tokviz.tokenization.formats import SplitPatternNeededError, TokenizerFileError
from tokviz.tokenization.formats.any_file import open_tokenizer, settings_path
from tokviz.tokenization.formats.gguf import read_metadata, tokenizer_from_gguf
from tokviz.tokenization.pre_tokenization.known_patterns import GPT2
from tokviz.tokenization.tokenizer import Tokenizer

SMOLLM2 = resource_path("tables/smollm2-135m-embedding.gguf")
_U32, _BOOL, _STRING, _ARRAY, _I32, _F32 = 4, 7, 8, 9, 5, 6


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
    if value and isinstance(value[0], float):
        return struct.pack("<IIQ", _ARRAY, _F32, len(value)) + struct.pack(
            f"<{len(value)}f", *value
        )
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


def test_a_context_that_no_model_has_is_not_believed(tmp_path: Path) -> None:
    small = opened(tmp_path, gguf({**SMALL, "llama.context_length": 2**32 - 1}))
    assert small.context is None


def test_the_file_says_which_tokens_a_template_adds(tmp_path: Path) -> None:
    metadata = {**SMALL, "tokenizer.ggml.add_bos_token": True, "tokenizer.ggml.add_eos_token": True}
    assert opened(tmp_path, gguf(metadata)).template == ((0,), (4,))


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"tokenizer.ggml.model": "rwkv"}, "of the kind 'rwkv', and known are 'gpt2'"),
        ({"tokenizer.ggml.model": ["gpt2"]}, "of the kind"),
        ({"tokenizer.ggml.model": "llama"}, "no list of float under 'tokenizer.ggml.scores'"),
        ({"tokenizer.ggml.pre": ["x"]}, r"names the split pattern \['x'\]"),
        ({"tokenizer.ggml.pre": "newer"}, "names the split pattern 'newer', which is not known"),
        ({"tokenizer.ggml.pre": "default"}, "does not name its split pattern; choose one"),
        ({"tokenizer.ggml.tokens": ["<s>", "a", "a", "ab", "</s>"]}, "tokens 1 and 2 are both 'a'"),
        ({"tokenizer.ggml.token_type": [3, 1, 1, 9, 3]}, "gives the token 3 the type 9"),
        ({"tokenizer.ggml.tokens": 3}, "no list of str under 'tokenizer.ggml.tokens'"),
        ({"tokenizer.ggml.tokens": ["a"]}, "1 tokens and 5 token types"),
        ({"tokenizer.ggml.token_type": ["a"]}, "no list of int"),
        ({"tokenizer.ggml.merges": ["a"]}, r"merge 0, \['a'\], is not made of two tokens"),
        ({"tokenizer.ggml.merges": ["b a"]}, "merge 0 needs the token 'ba'"),
        (
            {"tokenizer.ggml.tokens": ["<s>", "京", "北", "京北", "</s>"]},
            r"'\\u4eac' in a token is no character",
        ),
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


def test_the_shipped_file_cut_short_is_told(tmp_path: Path) -> None:
    begin = SMOLLM2.read_bytes()[:1_500_000]
    for n_bytes in (4, 25, 1000, 100_000, 1_000_000):
        with pytest.raises(TokenizerFileError):
            opened(tmp_path, begin[:n_bytes])


def texts_and_ids(name: str) -> list[tuple[str, list[int]]]:
    """The texts that llama.cpp tests a vocabulary with, and what its model makes of them."""
    with fetched(f"{name}.inp").open(encoding="utf-8", newline="") as file:
        texts = file.read().split("\n__ggml_vocab_test__\n")[:-1]
    lines = fetched(f"{name}.out").read_text().split("\n")[: len(texts)]
    return [(t, list(map(int, line.split()))) for t, line in zip(texts, lines, strict=True)]


@pytest.mark.parametrize("name", GGUF_WITH_OUTPUTS)
def test_ids_are_those_that_the_models_own_tokenizer_gives(name: str) -> None:
    path = fetched(f"ggml-vocab-{name}.gguf")
    tokenizer = tokenizer_from_gguf(path, name)
    encoder = tokenizer.encoder()
    cases = texts_and_ids(path.name)
    assert len(cases) > 40
    for text, ids in cases:
        assert encoder.encode(text).ids.tolist() == ids, text


@pytest.mark.parametrize("name", ["aquila", "gpt-neox"])
def test_an_old_file_without_a_split_pattern_takes_the_one_that_is_chosen(name: str) -> None:
    path = fetched(f"ggml-vocab-{name}.gguf")
    with pytest.raises(SplitPatternNeededError, match="does not name its split pattern"):
        tokenizer_from_gguf(path, name)
    tokenizer = tokenizer_from_gguf(path, name, GPT2)
    assert (
        tokenizer.decode(tokenizer.encode("It's naïve 🍓").ids.tolist()) == "It's naïve 🍓".encode()
    )


def test_the_split_pattern_may_stand_beside_the_file(tmp_path: Path) -> None:
    path = tmp_path / "small.gguf"
    path.write_bytes(gguf({**SMALL, "tokenizer.ggml.pre": "newer"}))
    settings_path(path).write_text('{"pat_str": "[ab]", "special_tokens": {}}')
    assert open_tokenizer(path).encode("ab").ids.tolist() == [1, 2]
    assert tokenizer_from_gguf(path, "small", GPT2).encode("ab").ids.tolist() == [3]


def test_a_token_in_no_byte_alphabet_is_text_that_nothing_becomes(tmp_path: Path) -> None:
    metadata = {**SMALL, "tokenizer.ggml.tokens": ["<s>", "a", "b", "ab", "北"]}
    small = opened(tmp_path, gguf({**metadata, "tokenizer.ggml.token_type": [3, 1, 1, 1, 1]}))
    assert small.vocab[4] == "北".encode()
    assert small.encode("ab北").ids.tolist() == [3]


def test_what_the_user_defined_is_always_matched(tmp_path: Path) -> None:
    small = opened(tmp_path, gguf({**SMALL, "tokenizer.ggml.token_type": [3, 1, 1, 1, 4]}))
    assert small.encode("a</s>b<s>").ids.tolist() == [1, 4, 2]
    assert small.special_tokens == {"<s>": 0}


def test_sentencepieces_bpe_puts_a_space_before_the_text(tmp_path: Path) -> None:
    metadata = {
        **SMALL,
        "tokenizer.ggml.model": "llama",
        "tokenizer.ggml.tokens": ["<unk>", "▁", "a", "▁a", "<x>"],
        "tokenizer.ggml.token_type": [2, 1, 1, 1, 4],
        "tokenizer.ggml.scores": [0.0, -2.0, -3.0, -1.0, 0.0],
    }
    small = opened(tmp_path, gguf(metadata))
    assert small.encode("a a<x>ab").ids.tolist() == [3, 3, 4, 3, 0]
    bare = opened(tmp_path, gguf({**metadata, "tokenizer.ggml.add_space_prefix": False}))
    assert bare.encode("a a").ids.tolist() == [2, 3]
    assert small.template == ((0,), ())


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
    with pytest.raises(TokenizerFileError, match=r"hostile\.gguf is damaged at byte"):
        read_metadata(path)


def test_another_kind_of_file_is_told(tmp_path: Path) -> None:
    with pytest.raises(TokenizerFileError, match="does not start with 'GGUF'"):
        opened(tmp_path, b"")
