"""SentencePiece models: ids and spans held against the library, and files that lie."""

import struct
import unicodedata
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest
import sentencepiece
from hypothesis import given
from hypothesis import strategies as st

from tests.fetch_tokenizers import fetched
from tests.tokenization.diverse_texts import texts
from tests.tokenization.oracles import shipped
from tokviz.resources import resource_path
from tokviz.tokenization.formats import TokenizerFileError
from tokviz.tokenization.formats.protobuf import fields
from tokviz.tokenization.formats.sentencepiece_model import tokenizer_from_sentencepiece
from tokviz.tokenization.segmenters.unigram import Unigram
from tokviz.tokenization.tokenizer import Algorithm, Tokenizer

MISTRAL = "mistral-7b-v1.model"
MODELS = [MISTRAL, "botchan_en_bpe_1000.model", "botchan_en_unigram_1000.model"]


def path_of(file: str) -> Path:
    return resource_path(f"tokenizers/{MISTRAL}") if file == MISTRAL else fetched(file)


@cache
def ours(file: str) -> Tokenizer:
    return tokenizer_from_sentencepiece(path_of(file).read_bytes(), file, file)


@cache
def theirs(file: str) -> sentencepiece.SentencePieceProcessor:
    return sentencepiece.SentencePieceProcessor(model_file=str(path_of(file)))


def their_spans(file: str, text: str) -> tuple[list[int], list[tuple[int, int]]]:
    ids, spans = [], []
    for number, data in fields(theirs(file).encode(text, return_type="serialized_proto")):
        if number == 2 and isinstance(data, bytes):  # a token: its id is field 2, its bytes 4 to 5
            token = dict(fields(data))
            ids.append(int(token.get(2, 0)))
            spans.append((int(token.get(4, 0)), int(token.get(5, 0))))
    return ids, spans


@pytest.mark.parametrize("file", MODELS)
def test_ids_and_spans_are_those_of_sentencepiece(file: str) -> None:
    tokenizer = ours(file)
    encoder = tokenizer.encoder()
    fallback = {i for i in range(tokenizer.n_vocab) if theirs(file).is_byte(i)}
    for text in texts(1200):
        found = encoder.encode(text)
        ids, expected = their_spans(file, text)
        assert found.ids.tolist() == ids, text
        starts, ends = found.byte_starts.tolist(), found.byte_ends.tolist()
        for i, token_id in enumerate(ids):
            # They give a character to the last of its byte tokens alone, and to the last of the
            # tokens that its replacement became, where our spans overlap.
            if token_id not in fallback:
                assert starts[i] == expected[i][0], (text, token_id)
                if starts[i] < ends[i] and unicodedata.is_normalized("NFKC", text):
                    assert ends[i] == expected[i][1], (text, token_id)


def test_unigram_rounds_as_sentencepiece_does_and_only_equally_likely_ways_differ() -> None:
    file = "kyoto_ja_unigram_8000.model"
    tokenizer = ours(file)
    assert isinstance(tokenizer.segmenter, Unigram)
    encoder, n_chunks = tokenizer.encoder(), tokenizer.segmenter.chunks.findall
    for text in texts(3000):
        found, expected = encoder.encode(text).ids.tolist(), theirs(file).encode(text)
        if found == expected:
            continue
        # They carry what was rounded on from chunk to chunk.
        assert len(n_chunks(text)) > 1, text
        score = sum(tokenizer.scores[i] for i in found)
        assert score == pytest.approx(sum(tokenizer.scores[i] for i in expected), abs=1e-4), text


def test_the_byte_tokens_of_a_character_span_it_and_own_a_byte_each() -> None:
    found = shipped("mistral-7b-v1").encode("a🍓")
    starts, ends = found.spans()
    assert list(zip(starts.tolist(), ends.tolist(), strict=True)) == [(0, 1), *[(1, 2)] * 4]
    assert found.byte_starts.tolist() == [0, 1, 2, 3, 4]
    assert found.gap_ranks() is not None
    assert found.gap_ranks().tolist() == [-1, -1, -1, -1]  # type: ignore[union-attr]


def test_a_prefix_alone_has_an_empty_span_and_decoding_takes_it_off() -> None:
    tokenizer = shipped("mistral-7b-v1")
    found = tokenizer.encode("🍓 x")
    assert (int(found.byte_starts[0]), int(found.byte_ends[0])) == (0, 0)
    assert tokenizer.vocab[int(found.ids[0])] == b" "
    assert tokenizer.decode(found.ids.tolist()) == "🍓 x".encode()
    assert found.pre_token_spans() == [(0, 1), (1, 3)]
    assert found.uncovered() == []


@given(st.text(st.sampled_from("ab ▁é\n🍓theirng"), max_size=40))
def test_each_merge_is_told_by_a_gap_or_hidden_and_the_replay_tells_the_same(text: str) -> None:
    tokenizer = shipped("mistral-7b-v1")
    found = tokenizer.encode(text)
    ranks, times = found.fired.ranks, found.fired.counts
    steps = list(tokenizer.replay(text))
    counted = sorted(step.rank for step in steps)
    fired = [rank for rank, n in zip(ranks.tolist(), times.tolist(), strict=True) for _ in range(n)]
    assert counted == fired
    made = tokenizer.merges.rank_of_id
    assert all(made[step.id] == step.rank for step in steps)


def test_the_rank_is_the_place_among_pieces_of_several_characters() -> None:
    tokenizer, model = shipped("mistral-7b-v1"), theirs(MISTRAL)
    longer = [
        i for i in range(model.get_piece_size())
        if len(model.id_to_piece(i)) > 1 and not (model.is_byte(i) or model.is_control(i))
        and not model.is_unknown(i)
    ]  # fmt: skip
    longer.sort(key=lambda i: (-model.get_score(i), i))
    assert tokenizer.merges.ids.tolist() == longer


def test_the_library_says_what_the_algorithm_is() -> None:
    assert shipped("mistral-7b-v1").algorithm is Algorithm.SENTENCEPIECE_BPE
    assert ours("botchan_en_unigram_1000.model").algorithm is Algorithm.UNIGRAM


def message(*parts: tuple[int, bytes]) -> bytes:
    return b"".join(bytes([number << 3 | 2, len(data)]) + data for number, data in parts)


def piece(text: bytes, score: float, kind: int) -> tuple[int, bytes]:
    return 1, message((1, text)) + b"\x15" + struct.pack("<f", score) + bytes([0x18, kind])


def bad_files() -> Iterator[tuple[str, bytes]]:
    unknown = piece(b"<unk>", 0, 2)
    yield "has no pieces", b""
    yield "2,147,483,647 bytes", b"\x0a\xff\xff\xff\xff\x07abc"
    yield "does not end", b"\x0a\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff"
    yield "no known type", message(unknown, piece(b"a", 0, 9))
    yield "no known kind", b"\x0b"
    yield "no field 0", b"\x02\x00"
    yield "both", message(piece(b"a", 0, 1), piece(b"a", -1, 1))
    yield "names no byte", message(unknown, piece(b"<0xZZ>", 0, 6))
    yield "no SentencePiece model", message((1, message((1, b"\xff"))))
    yield "no text", message(piece(b"", 0, 1))
    yield "no score", message(piece(b"a", float("nan"), 1))
    yield "of type 3", message(unknown) + message((2, b"\x18\x03"))
    yield "trie", message(unknown) + message((3, message((2, b"\xff\xff\xff\x7fabc"))))
    yield "own header", message(unknown) + message((3, message((2, b"ab"))))
    yield "behind words", message(unknown) + message((2, b"\xc0\x01\x01"))


@pytest.mark.parametrize(("words", "content"), list(bad_files()))
def test_a_bad_file_is_refused_in_one_sentence(words: str, content: bytes) -> None:
    with pytest.raises(TokenizerFileError, match=r"x\.model") as caught:
        tokenizer_from_sentencepiece(content, "x", "x.model")
    assert words in str(caught.value)


@given(st.binary(max_size=200))
def test_random_bytes_are_refused_or_read(content: bytes) -> None:
    try:
        tokenizer = tokenizer_from_sentencepiece(content, "x", "x.model")
    except TokenizerFileError:
        return
    assert tokenizer.encode("any text").n_bytes == 8
