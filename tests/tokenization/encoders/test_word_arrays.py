"""Many words of WordPiece at once become what each becomes alone."""

from functools import cache

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.fetch_tokenizers import fetched
from tests.tokenization.diverse_texts import any_text, texts
from tests.tokenization.encoders.test_piece_arrays import assert_same
from tests.tokenization.oracles import shipped
from tokviz.tokenization.encoders.chunk_encoder import ChunkEncoder, ManyChunks
from tokviz.tokenization.encoding import without_surrogates
from tokviz.tokenization.formats.any_file import open_tokenizer
from tokviz.tokenization.formats.bert_vocab import CHUNKS, BertWords
from tokviz.tokenization.segmenters.wordpiece import WordPiece
from tokviz.tokenization.tokenizer import Tokenizer


def word_piece_of(tokenizer: Tokenizer) -> WordPiece:
    assert isinstance(tokenizer.segmenter, WordPiece)
    return tokenizer.segmenter


def assert_each_is_alone(algorithm: WordPiece, found: ManyChunks) -> None:
    token = byte = character = 0
    lost, parts = found.lost.tolist(), found.pre_tokens.T.tolist()
    for chunk, (n_tokens, n_bytes, n_chars) in zip(found.chunks, found.sizes.T, strict=True):
        expected = algorithm.encode_chunk(chunk, False)
        end = token + int(n_tokens)
        assert found.ids[token:end].tolist() == expected.ids, chunk
        assert found.starts[token:end].tolist() == expected.starts, chunk
        assert found.ends[token:end].tolist() == expected.ends, chunk
        spans = zip(expected.starts, expected.ends, strict=True)
        covered = {at for start, stop in spans for at in range(start, stop)}
        expected_lost = [at for at in range(int(n_bytes)) if at not in covered]
        assert [at - byte for at in lost if byte <= at < byte + n_bytes] == expected_lost, chunk
        own = [(b - byte, c - character) for b, c in parts if byte <= b < byte + n_bytes]
        data = chunk.encode("utf-8")
        places = [(at, len(data[:at].decode("utf-8"))) for at in expected.pre_tokens[1:]]
        assert own == places, chunk
        token, byte, character = end, byte + int(n_bytes), character + int(n_chars)
    assert (token, byte) == (len(found.ids), sum(len(c.encode("utf-8")) for c in found.chunks))


@pytest.mark.parametrize("name", ["bert-base-uncased", "minilm.json", "ggml-vocab-bert-bge.gguf"])
def test_all_at_once_is_one_by_one(name: str) -> None:
    tokenizer = shipped(name) if name == "bert-base-uncased" else open_tokenizer(fetched(name))
    algorithm = word_piece_of(tokenizer)
    plain = ChunkEncoder(algorithm.chunks, algorithm.encode_chunk, ranked=False)
    for text in (" ".join(texts(900)), "\n".join(texts(400)[::-1])):
        assert_same(algorithm.encoder().encode(text), plain.encode(text))


@cache
def words_with(lowercase: bool, strips: bool | None, chinese: bool) -> BertWords:
    return BertWords(lowercase=lowercase, strip_accents=strips, handle_chinese_chars=chinese)


tokens = st.text(st.sampled_from("abAé北ß#!"), min_size=1, max_size=4)
vocabularies = st.lists(tokens | tokens.map(lambda t: "##" + t), unique=True).map(
    lambda names: {name: i for i, name in enumerate(names)}
)
letters = st.text(st.sampled_from("abAéß北 \n!#\u0301\u00ad㈱İ"), max_size=9)
splits = st.builds(words_with, st.booleans(), st.sampled_from([None, True, False]), st.booleans())


@given(
    vocabularies, splits, st.sampled_from([None, 500]), st.sampled_from([3, 100]),
    st.sampled_from(["##", ""]), st.lists(letters | any_text),
)  # fmt: skip
@settings(max_examples=300)
def test_any_vocabulary(
    pieces: dict[str, int],
    words: BertWords,
    unknown_id: int | None,
    most: int,
    prefix: str,
    parts: list[str],
) -> None:
    algorithm = WordPiece(pieces, prefix, unknown_id, most, words.of_chunk, CHUNKS, words.of_chunks)
    many = algorithm.many
    assert many is not None
    chunks = list(dict.fromkeys(CHUNKS.findall(without_surrogates("".join(parts)))))
    found = many(chunks)
    assert set(found.chunks) <= set(chunks)
    assert_each_is_alone(algorithm, found)


def test_marks_that_change_places_are_left_to_the_package() -> None:
    algorithm = word_piece_of(shipped("bert-base-uncased"))
    assert algorithm.many is not None
    kept = "a\u05b0"  # a mark that is no accent: stripping leaves it, decomposing may move it
    found = algorithm.many(["abc", kept, "é"])
    assert_each_is_alone(algorithm, found)
    assert "abc" in found.chunks
