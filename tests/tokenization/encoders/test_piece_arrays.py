"""Many chunks at once are encoded as each is alone."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.fetch_tokenizers import fetched
from tests.tokenization.diverse_texts import texts
from tests.tokenization.oracles import shipped
from tokviz.tokenization.encoders.chunk_encoder import ChunkEncoder, EncodedChunk
from tokviz.tokenization.encoding import Encoding
from tokviz.tokenization.formats.any_file import open_tokenizer
from tokviz.tokenization.segmenters.piece_bpe import PieceBpe

words = st.text(st.sampled_from("thein gé▁🍓x\n\x00日本aAß"), max_size=30)


def one_by_one(algorithm: PieceBpe) -> ChunkEncoder:
    return ChunkEncoder(algorithm.chunks, algorithm.encode_chunk, ranked=True)


def assert_same(found: Encoding, expected: Encoding) -> None:
    for name in (
        "ids", "byte_starts", "byte_ends", "gaps", "uncovered_bytes", "pre_token_bytes",
        "pre_token_chars",
    ):  # fmt: skip
        assert np.array_equal(getattr(found, name), getattr(expected, name)), name
    assert found.hidden == expected.hidden


def algorithm_of(name: str) -> PieceBpe:
    tokenizer = shipped(name) if name == "mistral-7b-v1" else open_tokenizer(fetched(name))
    assert isinstance(tokenizer.segmenter, PieceBpe)
    return tokenizer.segmenter


@pytest.mark.parametrize(
    "name",
    [
        "mistral-7b-v1", "llama2.json", "gemma3.json", "botchan_en_bpe_1000.model",
        "ggml-vocab-phi-3.gguf",
    ],
)  # fmt: skip
def test_all_at_once_is_one_by_one(name: str) -> None:
    algorithm = algorithm_of(name)
    for text in (" ".join(texts(900)), "\n".join(texts(400)[::-1])):
        assert_same(algorithm.encoder().encode(text), one_by_one(algorithm).encode(text))


@given(st.lists(words, min_size=4, max_size=12), st.booleans(), st.booleans())
@settings(max_examples=60)
def test_with_and_without_bytes_for_what_is_unknown(
    parts: list[str], has_bytes: bool, fuses: bool
) -> None:
    mistral = algorithm_of("mistral-7b-v1")
    algorithm = replace(mistral, byte_ids=mistral.byte_ids if has_bytes else [], fuse_unknown=fuses)
    text = " ".join(f"{part}{i}x{part}" for i in range(60) for part in parts)
    assert_same(algorithm.encoder().encode(text), one_by_one(algorithm).encode(text))


def test_a_character_in_tokens_without_being_one_falls_back_to_its_bytes() -> None:
    algorithm = replace(
        algorithm_of("mistral-7b-v1"), symbols={"▁": 28705, "a": 28708, "é": 32_002}
    )
    chunk = algorithm.encode_chunk(" aé", False)
    assert chunk.ids[-2:] == [algorithm.byte_ids[byte] for byte in "é".encode()]
    assert isinstance(chunk, EncodedChunk)
    text = " ".join(f"aé{'a' * i}" for i in range(60)) + " é" * 300
    many = " ".join(f"{'a' * (i % 40)}é{'a' * (i // 40)}" for i in range(400))
    for some in (text, many):
        assert_same(algorithm.encoder().encode(some), one_by_one(algorithm).encode(some))
