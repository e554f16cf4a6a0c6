"""BERT's vocabulary: ids and spans held against Hugging Face's tokenizers."""

from functools import cache

import pytest
from tokenizers import Tokenizer as HuggingFaceTokenizer
from tokenizers import decoders, models, normalizers, pre_tokenizers

from tests.tokenization.diverse_texts import texts
from tests.tokenization.oracles import shipped
from tokviz.tokenization.encoding import without_surrogates
from tokviz.tokenization.formats import TokenizerFileError
from tokviz.tokenization.formats.bert_vocab import CHUNKS, BertWords, tokenizer_from_bert_vocab
from tokviz.tokenization.segmenters.wordpiece import WordPiece
from tokviz.tokenization.tokenizer import Special

NAME = "bert-base-uncased"


@cache
def theirs() -> HuggingFaceTokenizer:
    names = [data.decode() for data in shipped(NAME).vocab if data is not None]
    vocab = {name: i for i, name in enumerate(names)}
    made = HuggingFaceTokenizer(models.WordPiece(vocab, unk_token="[UNK]"))
    made.normalizer = normalizers.BertNormalizer()  # type: ignore[assignment]
    made.pre_tokenizer = pre_tokenizers.BertPreTokenizer()  # type: ignore[assignment]
    made.decoder = decoders.WordPiece()  # type: ignore[assignment]
    return made


def test_ids_and_spans_are_those_of_tokenizers() -> None:
    encoder = shipped(NAME).encoder()
    for text in texts():
        found, expected = encoder.encode(text), theirs().encode(text)
        assert found.ids.tolist() == expected.ids, text
        starts, ends = found.spans()
        assert list(zip(starts.tolist(), ends.tolist(), strict=True)) == expected.offsets, text


def test_decoding_is_that_of_tokenizers() -> None:
    tokenizer = shipped(NAME)
    for text in texts(600):
        ids = tokenizer.encode(text).ids.tolist()
        assert tokenizer.decode(ids).decode() == theirs().decode(ids, skip_special_tokens=False)


def test_pre_tokens_begin_where_theirs_do() -> None:
    for text in ["Hello, world!", "北京 欢迎x", "a\u00adb c", " x  y ", "Don't!?"]:
        prepared = normalizers.BertNormalizer().normalize_str(text)
        words = [w for w, _ in pre_tokenizers.BertPreTokenizer().pre_tokenize_str(prepared)]
        spans = shipped(NAME).encode(text).pre_token_spans()
        assert len([1 for start, end in spans if text[start:end].strip()]) == len(words)


def test_special_tokens_and_template() -> None:
    tokenizer = shipped(NAME)
    assert tokenizer.template == ((101,), (102,))
    assert tokenizer.context == 512
    assert tokenizer.encode("a [MASK]", Special.SPECIAL).ids.tolist() == [1037, 103]
    assert 103 not in tokenizer.encode("a [MASK]").ids.tolist()


def test_the_attempts_of_a_word_are_those_of_longest_match_first() -> None:
    segmenter = shipped(NAME).segmenter
    assert isinstance(segmenter, WordPiece)
    attempts = segmenter.attempts("strawberries")
    found = [(attempt.start, attempt.end) for attempt in attempts if attempt.id is not None]
    assert found == [(0, 5), (5, 12)]
    assert [(a.start, a.end) for a in attempts][:3] == [(0, 12), (0, 11), (0, 10)]
    assert attempts[-1].id is not None
    assert segmenter.attempts("a" * 101) == []
    assert segmenter.attempts("\u2603\u2603")[-1].id is None


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"[PAD]\n[UNK]\na\na\n", "lines 3 and 4"),
        (b"[PAD]\nx\n", "no line [UNK]"),
        (b"[UNK]\n\xff\n", "byte 6"),
        (b"", "no line [UNK]"),
    ],
)
def test_a_bad_vocabulary_is_refused_in_one_sentence(content: bytes, words: str) -> None:
    with pytest.raises(TokenizerFileError, match=r"vocab\.txt") as caught:
        tokenizer_from_bert_vocab(content, "bert", "vocab.txt")
    assert words in str(caught.value)


def test_a_vocabulary_with_capitals_keeps_them() -> None:
    cased = tokenizer_from_bert_vocab(b"[UNK]\nHi\nhi\n##!\n", "cased", "vocab.txt")
    assert cased.encode("Hi hi").ids.tolist() == [1, 2]


@pytest.mark.parametrize("lowercase", [True, False])
@pytest.mark.parametrize("strip_accents", [True, False, None])
def test_a_word_made_of_its_characters_is_the_one_the_package_makes(
    lowercase: bool, strip_accents: bool | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    words = BertWords(lowercase=lowercase, strip_accents=strip_accents)
    asked = BertWords(lowercase=lowercase, strip_accents=strip_accents)
    monkeypatch.setattr(asked, "_keeps_marks", lambda _: True)
    for text in texts(600):
        for chunk in CHUNKS.findall(without_surrogates(text)):
            assert words.of_chunk(chunk) == asked.of_chunk(chunk), chunk
