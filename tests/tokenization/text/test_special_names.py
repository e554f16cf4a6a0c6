"""Special tokens named in a text that is edited: always what encoding the whole of it gives."""

from dataclasses import replace
from functools import cache

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.tokenization.oracles import gpt2, shipped
from tests.tokenization.plainer import PLAINER
from tokviz.tokenization.normalization.added_tokens import AddedToken
from tokviz.tokenization.text import pieces
from tokviz.tokenization.text.tokenized_text import TokenizedText
from tokviz.tokenization.tokenizer import Special, Tokenizer

pytestmark = pytest.mark.usefixtures("small_pieces")

NAMES = {
    "gpt2": "<|endoftext|>",
    "cl100k_base": "<|fim_prefix|>",
    "smollm2": "<|im_start|>",
    "bert-base-uncased": "[SEP]",
    "mistral-7b-v1": "</s>",
    "stripping": "<m>",
    "words": "ab",
    "overlapping": "aaba",
    "normalizer": "<|endoftext|>",
    "anew": "</s>",
}
ADDED = {
    "stripping": AddedToken("<m>", 11, lstrip=True, rstrip=True),
    "words": AddedToken("ab", 11, single_word=True),
    "overlapping": AddedToken("aaba", 11),
}


@cache  # it makes tables of its vocabulary, which takes longer than an example
def named(which: str) -> Tokenizer:
    if which in ADDED:
        added = (ADDED[which], AddedToken("aa", 12, special=False))
        name = ADDED[which].content
        return replace(shipped("gpt2"), added_tokens=added, special_tokens={name: 11})
    if which == "normalizer":
        return replace(shipped("gpt2"), normalizer=PLAINER)
    if which == "anew":
        return replace(shipped("mistral-7b-v1"), restarts=True)
    return shipped(which)


def parts_of(name: str) -> st.SearchStrategy[str]:
    """Texts of whole names, their beginnings and ends, and what may stand between them."""
    cut = st.integers(0, len(name))
    some = st.one_of(st.just(name), cut.map(lambda n: name[:n]), cut.map(lambda n: name[n:]))
    between = st.text(st.sampled_from(" \n\r1½aéb's."), max_size=8)
    return st.lists(st.one_of(some, between), max_size=6).map("".join)


def check(document: TokenizedText, text: str) -> None:
    """What is known of the document begins the whole text's encoding."""
    fresh = document.tokenizer.encode(text, Special.SPECIAL if document.special else Special.TEXT)
    n = document.n_tokens
    assert str(document) == text
    rows = document.tokens(0, document.n_chars)
    assert rows.ids.tolist() == fresh.ids[:n].tolist()
    assert rows.byte_starts.tolist() == fresh.byte_starts[:n].tolist()
    assert rows.byte_ends.tolist() == fresh.byte_ends[:n].tolist()
    if document.complete:
        assert n == len(fresh.ids)
        gaps, fresh_gaps = document.gap_ranks(), fresh.gap_ranks()
        if gaps is not None and fresh_gaps is not None:
            assert gaps.tolist() == fresh_gaps.tolist()
        for start, end in fresh.pre_token_spans():
            assert document.pre_token_span(start) == (start, end)


@pytest.mark.parametrize("which", NAMES)
@given(data=st.data())
@settings(max_examples=60)
def test_any_edits_give_a_fresh_encoding(which: str, data: st.DataObject) -> None:
    texts = parts_of(NAMES[which])
    text = data.draw(texts)
    document = TokenizedText(named(which), text, special=True)
    for step in range(data.draw(st.integers(1, 5))):
        if step != 1:  # some edits meet a text that is not encoded to its end
            document.encode_more(data.draw(st.integers(0, 40)))
        check(document, text)
        start = data.draw(st.integers(0, len(text)))
        removed = data.draw(st.integers(0, min(len(text) - start, 6)))
        inserted = data.draw(texts)
        document.replace(start, removed, inserted)
        text = text[:start] + inserted + text[start + removed :]
        check(document, text)
    for part in document.encode_pending():
        document.absorb(part)
        check(document, text)
    assert document.complete


@given(parts_of(NAMES["gpt2"]))
def test_the_ids_are_those_of_tiktoken(text: str) -> None:
    document = TokenizedText(shipped("gpt2"), text)
    document.encode_more(len(text))
    assert document.ids().tolist() == gpt2().encode(text, disallowed_special=())
    document.set_special(True)
    document.encode_more(len(text))
    assert document.ids().tolist() == gpt2().encode(text, allowed_special="all")


@pytest.mark.parametrize("which", ["gpt2", "smollm2", "mistral-7b-v1"])
@given(data=st.data())
@settings(max_examples=30)
def test_fewer_merges_leave_special_tokens_whole(which: str, data: st.DataObject) -> None:
    tokenizer = shipped(which)
    text = data.draw(parts_of(NAMES[which])) + "\x04"  # which SmolLM2 has no token for
    n_merges = data.draw(st.integers(0, len(tokenizer.merges)))
    document = TokenizedText(tokenizer, text, special=True)
    document.encode_more(len(text))
    document.set_n_merges(n_merges)
    fresh = tokenizer.truncated(n_merges).encode(text, Special.SPECIAL)
    assert document.ids().tolist() == fresh.ids.tolist()


def test_a_long_text_is_encoded_again_around_an_edit_only(monkeypatch: pytest.MonkeyPatch) -> None:
    """Even where no space ever comes, a name of thirteen characters is looked for nearby only."""
    monkeypatch.setattr(pieces, "PIECE", 4096)
    text = "我们试试看，1" * 20_000
    document = TokenizedText(shipped("gpt2"), text, special=True)
    document.encode_more(len(text))
    before = document.n_tokens
    seen: list[int] = []
    encode = document._encoder.encode

    class Counting:
        def encode(self, text: str, *, at_start: bool = True) -> object:
            seen.append(len(text))
            return encode(text, at_start=at_start)

    monkeypatch.setattr(document, "_encoder", Counting())
    document.replace(70_000, 0, "<|endoftext|>")
    assert document.complete
    assert max(seen) < 500
    assert document.ids().tolist().count(50256) == 1
    document.replace(70_001, 1, "")
    assert document.first_index_of(50256) is None
    assert document.n_tokens > before
