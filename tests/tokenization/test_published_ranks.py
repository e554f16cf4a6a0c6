"""cl100k and o200k as they are shipped, beside tiktoken with the same files."""

import lzma
from functools import cache

import pytest
import tiktoken
import tiktoken_ext.openai_public as published
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.tokenization.diverse_texts import settled_text, texts
from tests.tokenization.oracles import shipped, slow_spans
from tokviz.resources import read_resource
from tokviz.tokenization.encoders.encoder import encode_pre_token
from tokviz.tokenization.tokenizer import Special, SpecialTokenError

NAMES = ["cl100k_base", "o200k_base"]


@cache
def theirs(name: str) -> tiktoken.Encoding:
    """tiktoken's own definition, with the ranks read from the shipped file."""
    lines = lzma.decompress(read_resource(f"tokenizers/{name}.tiktoken.xz")).splitlines()
    ranks = {_base64(data): int(rank) for data, rank in map(bytes.split, lines)}
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(published, "load_tiktoken_bpe", lambda *_, **__: ranks)
        return tiktoken.Encoding(**getattr(published, name)())


def _base64(data: bytes) -> bytes:
    import base64

    return base64.b64decode(data)


@pytest.mark.parametrize("name", NAMES)
def test_vocabulary_and_special_tokens_are_the_published_ones(name: str) -> None:
    ours, other = shipped(name), theirs(name)
    assert ours.n_vocab == other.n_vocab
    assert ours.special_tokens == {n: other.encode_single_token(n) for n in ours.special_tokens}
    assert set(ours.special_tokens) == other.special_tokens_set
    assert ours.context is None
    known = {i: data for i, data in enumerate(ours.vocab) if data is not None}
    assert known == {i: other.decode_single_token_bytes(i) for i in known}
    assert len(known) == len(other.token_byte_values()) + len(other.special_tokens_set)


@pytest.mark.parametrize("name", NAMES)
def test_ids_and_spans_are_tiktokens(name: str) -> None:
    ours, encoder, other = shipped(name), shipped(name).encoder(), theirs(name)
    for text in texts(1200):
        found = ours.encode(text, encoder=encoder)
        ids = other.encode_ordinary(text)
        assert found.ids.tolist() == ids, text
        starts, ends = found.spans()
        spans = list(zip(starts.tolist(), ends.tolist(), strict=True))
        assert spans == slow_spans(text, other.decode_tokens_bytes(ids)), text
    assert len(texts(1200)) >= 1000


@pytest.mark.parametrize("name", NAMES)
def test_names_of_special_tokens_are_text_or_special_or_refused(name: str) -> None:
    ours, other = shipped(name), theirs(name)
    for special in ours.special_tokens:
        text = f"a {special}{special} b"
        assert ours.encode(text).ids.tolist() == other.encode_ordinary(text)
        found = ours.encode(text, Special.SPECIAL).ids.tolist()
        assert found == other.encode(text, allowed_special="all")
        with pytest.raises(SpecialTokenError, match="character 2"):
            ours.encode(text, Special.REFUSE)


@pytest.mark.parametrize("name", NAMES)
@settings(max_examples=40, deadline=None)
@given(data=st.data())
def test_gap_ranks_cut_at_k_are_the_tokens_after_k_merges(name: str, data: st.DataObject) -> None:
    ours = shipped(name)
    text = data.draw(settled_text | st.sampled_from(texts(600)))
    n_merges = data.draw(st.integers(0, len(ours.merges)))
    encoding = ours.encode(text[:200])
    gaps = encoding.gaps
    assert gaps is not None
    merges = ours.merges[:n_merges]
    assert ours.split is not None
    at = 0
    for pre_token in ours.split.split(text[:200]):
        length = len(pre_token.encode())
        sure = encode_pre_token(pre_token.encode(), ours.base_symbols, merges)
        cut = [g if 0 <= g < n_merges else -1 for g in gaps[at : at + length].tolist()]
        assert cut == sure.gaps
        at += length
