"""A Unigram `tokenizer.json` encoded chunk by chunk is what the package makes of the whole text."""

import json
from functools import cache
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.fetch_tokenizers import fetched
from tests.tokenization.diverse_texts import PARTS, texts
from tokviz.tokenization.encoding import Encoding, without_surrogates
from tokviz.tokenization.formats.any_file import open_tokenizer
from tokviz.tokenization.formats.charsmap import Charsmap
from tokviz.tokenization.formats.huggingface_json import tokenizer_from_json
from tokviz.tokenization.formats.huggingface_pipeline import (
    LibraryEncoder,
    LibrarySegmenter,
    load_pipeline,
)
from tokviz.tokenization.formats.unigram_chunks import GRAPHEMES, which
from tokviz.tokenization.segmenters.unigram import Unigram
from tokviz.tokenization.text.tokenized_text import TokenizedText
from tokviz.tokenization.tokenizer import Tokenizer

MODELS = ["botchan_en_unigram_1000.model", "ggml-vocab-nomic-bert-moe.gguf"]
VANISHING = set(map(chr, range(0x20))) - set("\t\n\r")
METASPACE = {"type": "Metaspace", "replacement": "▁", "prepend_scheme": "always"}
SPLITS: dict[str, Any] = {
    "at spaces": METASPACE,
    "first alone": {**METASPACE, "prepend_scheme": "first"},
    "at white space": {
        "type": "Sequence",
        "pretokenizers": [{"type": "WhitespaceSplit"}, METASPACE],
    },
}
NAME = {"single_word": False, "lstrip": False, "rstrip": False, "normalized": False}
COLLAPSE = {"type": "Replace", "pattern": {"Regex": " {2,}"}, "content": "▁"}


@cache
def content(file: str, split: str, *, collapses: bool, has_table: bool, falls_back: bool) -> bytes:
    """A file as those of T5, XLM-R and ALBERT, with the tables of another one."""
    from tokenizers import normalizers

    tokenizer = open_tokenizer(fetched(file))
    algorithm = tokenizer.segmenter
    assert isinstance(algorithm, Unigram)
    assert isinstance(algorithm.spacing.characters, Charsmap)
    table = normalizers.Precompiled(algorithm.spacing.characters.blob)
    parts = [json.loads(table.__getstate__())] if has_table else []
    names = {token_id: (piece, score) for piece, (token_id, score) in algorithm.pieces.items()}
    vocab = [names.get(i, (f"<{i}>", 0.0)) for i in range(tokenizer.n_vocab)]
    if falls_back:
        vocab += [(f"<0x{byte:02X}>", -20.0) for byte in range(256)]
    parts += [COLLAPSE] if collapses else []
    found = {
        "version": "1.0",
        "added_tokens": [{**NAME, "id": 0, "content": "<s>", "special": True}],
        "normalizer": {"type": "Sequence", "normalizers": parts} if parts else None,
        "pre_tokenizer": SPLITS[split],
        "decoder": METASPACE,
        "model": {
            "type": "Unigram",
            "unk_id": algorithm.unknown_id,
            "byte_fallback": falls_back,
            "vocab": vocab,
        },
    }
    return json.dumps(found).encode()


def both(data: bytes) -> tuple[Tokenizer, LibraryEncoder]:
    tokenizer = tokenizer_from_json(data, "x", "tokenizer.json")
    assert isinstance(tokenizer.segmenter, LibrarySegmenter)
    assert tokenizer.segmenter.parts is not None
    return tokenizer, LibraryEncoder(load_pipeline(tokenizer.segmenter.content))


def assert_same(found: Encoding, expected: Encoding) -> None:
    assert found.ids.tolist() == expected.ids.tolist(), found.text
    if found.text[:1] in VANISHING:  # the package then counts all that follows one too few
        return
    assert found.byte_starts.tolist() == expected.byte_starts.tolist(), found.text
    assert found.byte_ends.tolist() == expected.byte_ends.tolist(), found.text
    assert found.uncovered_bytes.tolist() == expected.uncovered_bytes.tolist(), found.text


@pytest.mark.parametrize("split", SPLITS)
@pytest.mark.parametrize("collapses", [True, False])
@pytest.mark.parametrize(("has_table", "falls_back"), [(True, False), (True, True), (False, False)])
def test_diverse_texts(split: str, collapses: bool, has_table: bool, falls_back: bool) -> None:
    data = content(
        MODELS[0], split, collapses=collapses, has_table=has_table, falls_back=falls_back
    )
    tokenizer, whole = both(data)
    for text in [*texts(500), " ".join(texts(900)), "\n".join(texts(300)[::-1])]:
        assert_same(tokenizer.encoder().encode(text), whole.encode(text))


def test_a_large_vocabulary() -> None:
    data = content(MODELS[1], "at white space", collapses=False, has_table=True, falls_back=False)
    tokenizer, whole = both(data)
    for text in [" ".join(texts(900)), "\n".join(texts(900)), *texts(300)]:
        assert_same(tokenizer.encoder().encode(text), whole.encode(text))


odd = "ab ▁é\n\t\r\u0301\u00a0\u00adＡ…क़कि्கேが\u200d🏽👩🇯🇵\u1112\u1161각\x00\u0600\x85"


@given(
    st.sampled_from(list(SPLITS)), st.booleans(), st.booleans(),
    st.lists(st.sampled_from(odd) | st.sampled_from(PARTS), max_size=30).map("".join),
)  # fmt: skip
@settings(max_examples=300)
def test_odd_texts(split: str, collapses: bool, has_table: bool, text: str) -> None:
    data = content(MODELS[0], split, collapses=collapses, has_table=has_table, falls_back=False)
    tokenizer, whole = kept(data)
    text = without_surrogates(text)
    words = "".join(f" {text[:i]}x{i} {text[i:]}" for i in range(250)) if len(text) > 9 else ""
    for some in (text, words):
        assert_same(tokenizer.encoder().encode(some), whole.encode(some))


@cache
def kept(data: bytes) -> tuple[Tokenizer, LibraryEncoder]:
    return both(data)


@given(st.lists(st.sampled_from(odd + "cd"), min_size=1, max_size=60).map("".join), st.data())
@settings(max_examples=60)
def test_a_key_leaves_what_the_whole_text_gives(text: str, data: st.DataObject) -> None:
    tokenizer, whole = kept(
        content(MODELS[0], "at white space", collapses=False, has_table=True, falls_back=False)
    )
    text = (text + " word and ") * 30
    edited = TokenizedText(tokenizer, text)
    edited.encode_more(len(text))
    for _ in range(3):
        at = data.draw(st.integers(0, len(text)))
        removed = data.draw(st.integers(0, min(3, len(text) - at)))
        inserted = data.draw(st.sampled_from([*odd, "", " x"]))
        text = text[:at] + inserted + text[at + removed :]
        edited.replace(at, removed, inserted)
        edited.encode_more(len(text))
        assert edited.ids().tolist() == whole.encode(text).ids.tolist()


def test_what_is_a_grapheme_of_its_own_is_one_for_the_package() -> None:
    from tokenizers import normalizers

    algorithm = open_tokenizer(fetched(MODELS[0])).segmenter
    assert isinstance(algorithm, Unigram)
    table = algorithm.spacing.characters
    assert isinstance(table, Charsmap)
    assert table.changes is not None
    theirs = normalizers.Precompiled(table.blob)
    alone = which(GRAPHEMES)
    # Neighbours that would be lost, were they one grapheme with the character.
    for code in alone.nonzero()[0].tolist():
        made = table.changes.alone.get(chr(code), chr(code))
        assert theirs.normalize_str(f"½{chr(code)}½") == f"1⁄2{made}1⁄2"


def test_other_pipelines_are_left_to_the_package_as_a_whole() -> None:
    found = json.loads(
        content(MODELS[0], "at spaces", collapses=False, has_table=True, falls_back=False)
    )
    name = {**NAME, "id": 5, "content": "x", "special": False}
    changes: list[dict[str, Any]] = [
        {"pre_tokenizer": {**METASPACE, "split": False}},
        {"pre_tokenizer": {"type": "Whitespace"}},
        {"normalizer": {"type": "Lowercase"}},
        {"added_tokens": [*found["added_tokens"], name]},
        {"model": {**found["model"], "vocab": [*found["model"]["vocab"], ["▁the", -1.0]]}},
    ]
    for change in changes:
        tokenizer = tokenizer_from_json(json.dumps({**found, **change}).encode(), "x", "x.json")
        assert isinstance(tokenizer.segmenter, LibrarySegmenter)
        assert tokenizer.segmenter.parts is None, change
