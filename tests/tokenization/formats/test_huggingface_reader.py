"""`tokenizer.json` files: ids and spans held against the tokenizers package."""

import json
from dataclasses import dataclass
from functools import cache
from typing import Any

import pytest
from tokenizers import Tokenizer as HuggingFaceTokenizer

from tests.fetch_tokenizers import fetched
from tests.tokenization.diverse_texts import texts
from tests.tokenization.oracles import shipped, smollm2
from tokviz.tokenization.encoding import Encoding
from tokviz.tokenization.formats.huggingface_json import tokenizer_from_json
from tokviz.tokenization.formats.huggingface_pipeline import LibrarySegmenter
from tokviz.tokenization.tokenizer import Algorithm, Special, Tokenizer

FILES = ["llama3", "qwen3", "gemma3", "gptoss", "llama2", "minilm"]


@dataclass(frozen=True)
class Pair:
    """A file as we read it and as the package reads it."""

    ours: Tokenizer
    theirs: HuggingFaceTokenizer


def read(content: bytes, name: str) -> Pair:
    theirs = HuggingFaceTokenizer.from_str(content.decode())
    theirs.no_padding()
    theirs.no_truncation()
    return Pair(tokenizer_from_json(content, name, name), theirs)


def spans(encoding: Encoding) -> list[tuple[int, int]]:
    starts, ends = encoding.spans()
    return list(zip(starts.tolist(), ends.tolist(), strict=True))


def assert_equal(pair: Pair, found: Encoding, text: str) -> None:
    expected = pair.theirs.encode(text, add_special_tokens=False)
    assert found.ids.tolist() == expected.ids, text
    if pair.ours.split is not None and -1 in pair.ours.byte_ids and found.uncovered():
        return  # theirs do not count the bytes that SmolLM2's vocabulary lacks
    for span, their_span in zip(spans(found), expected.offsets, strict=True):
        is_prefix_alone = span[0] == span[1]
        assert is_prefix_alone or span == their_span, text


@pytest.mark.parametrize("name", FILES)
def test_ids_and_spans_are_those_of_the_package(name: str) -> None:
    pair = read(fetched(f"{name}.json").read_bytes(), name)
    encoder = pair.ours.encoder()
    pair.theirs.encode_special_tokens = True
    some = texts(1000)
    for text in some:
        assert_equal(pair, pair.ours.encode(text, encoder=encoder), text)
    pair.theirs.encode_special_tokens = False
    names = [token.content for token in pair.ours.added_tokens]
    for i, text in enumerate(some[::5]):
        one, other = names[i % len(names)], names[i * 7 % len(names)]
        text = f"{one} a{other}{text}{one}"
        assert_equal(pair, pair.ours.encode(text, Special.SPECIAL, encoder), text)
    expected = pair.theirs.encode("a b").ids
    before, after = pair.ours.template
    assert [*before, *pair.ours.encode("a b").ids.tolist(), *after] == expected


def changed(**parts: Any) -> bytes:
    return json.dumps({**json.loads(smollm2().to_str()), **parts}).encode()


BYTE_LEVEL = {"type": "ByteLevel", "add_prefix_space": False, "trim_offsets": False}
WORDS = {"type": "WhitespaceSplit"}
PIPELINES: dict[str, dict[str, Any]] = {
    "a prefix space": {"pre_tokenizer": {**BYTE_LEVEL, "add_prefix_space": True}},
    "several splits": {
        "pre_tokenizer": {"type": "Sequence", "pretokenizers": [
            {"type": "Split", "pattern": {"Regex": r"\p{N}{1,3}"}, "behavior": "Isolated",
             "invert": False},
            {"type": "Split", "pattern": {"Regex": "[一-龥\u3040-ゟ゠-ヿ]+"},
             "behavior": "Isolated", "invert": False},
            {"type": "Split", "pattern": {"Regex": r" ?\p{L}+|\s+(?!\S)|\s+"},
             "behavior": "Isolated", "invert": False},
            {**BYTE_LEVEL, "use_regex": False},
        ]},
    },
    "runs of digits": {
        "pre_tokenizer": {"type": "Sequence", "pretokenizers": [
            {"type": "Digits", "individual_digits": False}, {**BYTE_LEVEL, "use_regex": True},
        ]},
    },
    "another dialect": {
        "pre_tokenizer": {"type": "Sequence", "pretokenizers": [
            {"type": "Split", "pattern": {"Regex": r"\s+$|^\w+|[a-z&&[^e]]"},
             "behavior": "Isolated", "invert": False},
            {**BYTE_LEVEL, "use_regex": False},
        ]},
    },
    "lower case": {"normalizer": {"type": "Lowercase"}},
    "NFKC": {"normalizer": {"type": "NFKC"}},
    "NFD": {"normalizer": {"type": "NFD"}},
    "accents": {
        "normalizer": {
            "type": "Sequence", "normalizers": [{"type": "NFD"}, {"type": "StripAccents"}],
        },
    },
    "word level": {
        "pre_tokenizer": WORDS, "decoder": None,
        "model": {
            "type": "WordLevel", "vocab": {"<unk>": 0, "the": 1, "of": 2}, "unk_token": "<unk>",
        },
    },
    "Unigram": {
        "pre_tokenizer": {"type": "Metaspace", "replacement": "▁", "prepend_scheme": "always"},
        "decoder": {"type": "Metaspace", "replacement": "▁", "prepend_scheme": "always"},
        "model": {"type": "Unigram", "unk_id": 0, "byte_fallback": False, "vocab": [
            ["<unk>", 0.0], ["▁", -2.0], ["▁the", -3.0], ["t", -4.0], ["he", -4.5], ["a", -5.0],
        ]},
    },
    "WordPiece": {
        "pre_tokenizer": {"type": "Whitespace"}, "decoder": {"type": "WordPiece", "prefix": "##",
        "cleanup": True},
        "model": {"type": "WordPiece", "unk_token": "?", "continuing_subword_prefix": "##",
        "max_input_chars_per_word": 9, "vocab": {"?": 0, "the": 1, "##e": 2, "t": 3, "##h": 4}},
    },
    "Metaspace": {
        "pre_tokenizer": {"type": "Metaspace", "replacement": "▁", "prepend_scheme": "first",
        "split": False},
        "decoder": {"type": "Metaspace", "replacement": "▁", "prepend_scheme": "first"},
        "model": {"type": "BPE", "unk_token": "<unk>", "fuse_unk": True, "vocab": {
            "<unk>": 0, "▁": 1, "t": 2, "h": 3, "e": 4, "th": 5, "the": 6, "▁the": 7, "he": 8},
            "merges": ["t h", "th e", "▁ the", "h e", "t he"]},
    },
    "end of word": {
        "pre_tokenizer": WORDS, "decoder": {"type": "BPEDecoder", "suffix": "</w>"},
        "model": {"type": "BPE", "end_of_word_suffix": "</w>", "unk_token": "<unk>", "vocab": {
            "<unk>": 0, "t": 1, "h": 2, "e</w>": 3, "he</w>": 4, "the</w>": 5},
            "merges": ["h e</w>", "t he</w>"]},
    },
}  # fmt: skip


@cache
def pipeline(name: str) -> Pair:
    return read(changed(**PIPELINES[name]), name)


@pytest.mark.parametrize("name", PIPELINES)
def test_any_pipeline_gives_the_ids_and_spans_of_the_package(name: str) -> None:
    pair = pipeline(name)
    encoder = pair.ours.encoder()
    for text in [*texts(450), "the the  he", " the", "the<unk>t"]:
        assert_equal(pair, encoder.encode(text), text)


def test_what_is_known_is_done_by_our_own_encoder() -> None:
    assert pipeline("NFKC").ours.segmenter is None
    for name in ("several splits", "runs of digits"):
        assert pipeline(name).ours.split is not None
        assert pipeline(name).ours.encode("ab 12").gap_ranks() is not None
    assert isinstance(pipeline("another dialect").ours.segmenter, LibrarySegmenter)
    assert pipeline("Metaspace").ours.algorithm is Algorithm.SENTENCEPIECE_BPE
    assert isinstance(pipeline("lower case").ours.segmenter, LibrarySegmenter)
    assert pipeline("word level").ours.algorithm is Algorithm.WORDLEVEL


def test_padding_and_truncation_are_switched_off_and_said() -> None:
    content = changed(
        truncation={"max_length": 3, "strategy": "LongestFirst", "stride": 0, "direction": "Right"},
        padding={
            "strategy": {"Fixed": 9}, "direction": "Right", "pad_to_multiple_of": None,
            "pad_id": 0, "pad_type_id": 0, "pad_token": "x",
        },
    )  # fmt: skip
    tokenizer = tokenizer_from_json(content, "x", "x")
    text = "one two three four five"
    assert tokenizer.encode(text).ids.tolist() == shipped("smollm2").encode(text).ids.tolist()
    assert len(tokenizer.notes) == 2
    assert "3 tokens" in tokenizer.notes[0]


def test_a_pre_token_taken_whole_is_closed_by_no_merge() -> None:
    model = json.loads(smollm2().to_str())["model"]
    tokenizer = tokenizer_from_json(changed(model={**model, "ignore_merges": True}), "x", "x")
    plain = shipped("smollm2").encode("the cat zzqx").gap_ranks()
    whole = tokenizer.encode("the cat zzqx").gap_ranks()
    assert plain is not None
    assert whole is not None
    assert whole.tolist()[:6] == [-2, -2, -1, -2, -2, -2]
    assert whole.tolist()[6:] == plain.tolist()[6:]


def test_several_pairs_of_one_token_share_its_rank() -> None:
    parts = {
        "pre_tokenizer": {**BYTE_LEVEL, "use_regex": True},
        "model": {
            "type": "BPE",
            "vocab": {"a": 0, "b": 1, "c": 2, "ab": 3, "bc": 4, "abc": 5},
            "merges": ["b c", "a bc", "ab c", "a b"],
        },
    }
    tokenizer = tokenizer_from_json(changed(**parts), "x", "x")
    assert tokenizer.merges.ids.tolist() == [4, 5, 3]
    ranks = tokenizer.encode("abcab").gap_ranks()
    assert ranks is not None
    assert ranks.tolist() == [1, 0, -1, 2]
    assert [step.rank for step in tokenizer.replay("abcab")] == [0, 1, 2]


_TEMPLATE = {
    "type": "TemplateProcessing",
    "single": [
        {"SpecialToken": {"id": "<s>", "type_id": 0}},
        {"Sequence": {"id": "A", "type_id": 0}},
        {"SpecialToken": {"id": "</s>", "type_id": 0}},
    ],
    "pair": [{"Sequence": {"id": "A", "type_id": 0}}, {"Sequence": {"id": "B", "type_id": 1}}],
    "special_tokens": {
        "<s>": {"id": "<s>", "ids": [2], "tokens": ["<s>"]},
        "</s>": {"id": "</s>", "ids": [3, 2], "tokens": ["</s>", "<s>"]},
    },
}
_BERT = {"type": "BertProcessing", "sep": ["</s>", 3], "cls": ["<s>", 2]}
_ROBERTA = {**_BERT, "type": "RobertaProcessing", "trim_offsets": True, "add_prefix_space": False}
_BYTES = {"type": "ByteLevel", "add_prefix_space": False, "trim_offsets": True, "use_regex": True}


@pytest.mark.parametrize(
    "processor",
    [
        None,
        _TEMPLATE,
        _BERT,
        _ROBERTA,
        _BYTES,
        {"type": "Sequence", "processors": [_BYTES, _TEMPLATE]},
        {"type": "Sequence", "processors": [_BERT, _TEMPLATE]},
    ],
)
def test_a_template_adds_what_the_package_adds(processor: dict[str, Any] | None) -> None:
    found = {
        "version": "1.0",
        "added_tokens": [
            {"id": i, "content": name, "special": True, "single_word": False, "lstrip": False,
             "rstrip": False, "normalized": False}
            for i, name in ((2, "<s>"), (3, "</s>"))
        ],
        "normalizer": None,
        "pre_tokenizer": _BYTES,
        "post_processor": processor,
        "decoder": _BYTES,
        "model": {"type": "BPE", "vocab": {"a": 0, "b": 1}, "merges": []},
    }  # fmt: skip
    pair = read(json.dumps(found).encode(), "template")
    before, after = pair.ours.template
    for text in ("ab", ""):
        ids = [*before, *pair.ours.encode(text).ids.tolist(), *after]
        assert ids == pair.theirs.encode(text).ids
