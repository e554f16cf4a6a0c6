"""The encoder's memory: what it remembers changes nothing, and it is bounded."""

import pytest
from hypothesis import given

from tests.tokenization.diverse_texts import any_text, texts
from tests.tokenization.oracles import shipped
from tokviz.tokenization.encoders import encoder as encoder_module
from tokviz.tokenization.encoders.encoder import Encoder, encode_pre_token
from tokviz.tokenization.encoding import Encoding

NAMES = ["gpt2", "smollm2"]


def columns(encoding: Encoding) -> list[list[int]]:
    found = (
        encoding.ids,
        encoding.byte_starts,
        encoding.byte_ends,
        encoding.pre_token_chars,
        encoding.pre_token_bytes,
        encoding.gaps,
        encoding.uncovered_bytes,
    )
    return [column.tolist() for column in found if column is not None]


@pytest.mark.parametrize("name", NAMES)
@given(any_text, any_text)
def test_a_warm_encoder_answers_as_a_new_one(name: str, first: str, text: str) -> None:
    warm = shipped(name).encoder()
    warm.encode(first)
    warm.encode(text)
    assert columns(warm.encode(text)) == columns(shipped(name).encoder().encode(text))


def test_the_memory_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(encoder_module, "MEMORY_LIMIT", 20_000)
    gpt2 = shipped("gpt2")
    encoder = gpt2.encoder()
    assert isinstance(encoder, Encoder)
    for text in texts()[:600]:
        if len(text) < 100:
            assert columns(encoder.encode(text)) == columns(gpt2.encode(text))
            assert encoder.memory < 20_000 + 100_000


@pytest.mark.parametrize("name", NAMES)
def test_a_pre_token_has_one_gap_after_each_byte(name: str) -> None:
    tokenizer = shipped(name)
    data = " tokenization\x04\x04é".encode()
    encoded = encode_pre_token(data, tokenizer.base_symbols, tokenizer.merges)
    assert len(encoded.gaps) == len(data)
    assert encoded.gaps[-1] == -1


def test_a_token_over_a_lost_byte_runs_from_its_first_to_its_last_byte() -> None:
    smollm2 = shipped("smollm2")
    encoded = encode_pre_token(b"=\x04=", smollm2.base_symbols, smollm2.merges)
    assert [smollm2.vocab[i] for i in encoded.ids] == [b"=="]
    assert (encoded.starts, encoded.ends) == ([0], [3])
    assert encoded.gaps == [-1, -1, -1]


def test_a_pre_token_of_lost_bytes_has_no_token() -> None:
    smollm2 = shipped("smollm2")
    encoded = encode_pre_token(b"\x04\x04", smollm2.base_symbols, smollm2.merges)
    assert (encoded.ids, encoded.starts, encoded.gaps) == ([], [], [-1, -1])
