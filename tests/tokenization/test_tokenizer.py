"""Tokenizers as a whole, held against tiktoken (GPT-2) and tokenizers (SmolLM2)."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.tokenization import oracles
from tests.tokenization.diverse_texts import any_text, built_text, settled_text, texts
from tests.tokenization.oracles import shipped
from tokviz.tokenization.encoding import Encoding, without_surrogates
from tokviz.tokenization.tokenizer import (
    Special,
    SpecialTokenError,
    Tokenizer,
    UnknownIdError,
    bytes_tokenizer,
    characters_tokenizer,
)

NAMES = ["gpt2", "smollm2"]


def spans_of(encoding: Encoding) -> list[tuple[int, int]]:
    starts, ends = encoding.spans()
    return list(zip(starts.tolist(), ends.tolist(), strict=True))


def assert_equal_to_tiktoken(text: str, encoding: Encoding) -> None:
    ids = oracles.gpt2().encode_ordinary(text)
    assert encoding.ids.tolist() == ids, ascii(text)
    decoded, starts = oracles.gpt2().decode_with_offsets(ids)
    assert decoded == text
    tokens = oracles.gpt2().decode_tokens_bytes(ids)
    assert encoding.spans()[0].tolist() == starts, ascii(text)
    assert spans_of(encoding) == oracles.slow_spans(text, tokens), ascii(text)


def assert_equal_to_tokenizers(text: str, encoding: Encoding) -> None:
    theirs = oracles.smollm2().encode(text, add_special_tokens=False)
    assert encoding.ids.tolist() == theirs.ids, ascii(text)
    if not len(encoding.uncovered_bytes):  # theirs end a token too early behind a missing byte
        assert spans_of(encoding) == theirs.offsets, ascii(text)


# --- the same as the others -----------------------------------------------------------------------


def test_gpt2_is_tiktokens_on_thousands_of_texts() -> None:
    assert len(set(texts())) > 2000
    encoder = shipped("gpt2").encoder()
    for text in texts():
        assert_equal_to_tiktoken(text, encoder.encode(text))


def test_smollm2_is_tokenizers_on_thousands_of_texts() -> None:
    encoder = shipped("smollm2").encoder()
    for text in texts():
        assert_equal_to_tokenizers(text, encoder.encode(text))


@given(st.one_of(settled_text, built_text))
@settings(max_examples=300)
def test_gpt2_is_tiktokens_on_any_text(text: str) -> None:
    assert_equal_to_tiktoken(text, shipped("gpt2").encode(text))


@given(st.one_of(settled_text, built_text))
@settings(max_examples=300)
def test_smollm2_is_tokenizers_on_any_text(text: str) -> None:
    assert_equal_to_tokenizers(text, shipped("smollm2").encode(text))


def test_surrogates_are_encoded_as_tiktoken_encodes_them() -> None:
    for text in ("\ud800", "a\udfffb", "\ude00\ud83d", "x \ud83d\ude00 y"):
        encoding = shipped("gpt2").encode(text)
        assert encoding.ids.tolist() == oracles.gpt2().encode_ordinary(without_surrogates(text))
        assert encoding.text == text


def test_special_tokens_are_taken_as_the_others_take_them() -> None:
    for text in texts():
        if "<|" in text and len(text) < 200:
            ours = shipped("gpt2").encode(text, Special.SPECIAL)
            assert ours.ids.tolist() == oracles.gpt2().encode(text, allowed_special="all")
            ours = shipped("smollm2").encode(text, Special.SPECIAL)
            theirs = oracles.smollm2_with_special_tokens().encode(text, add_special_tokens=False)
            assert ours.ids.tolist() == theirs.ids
            if not len(ours.uncovered_bytes):
                assert spans_of(ours) == theirs.offsets


def test_a_missing_byte_is_dropped_and_the_token_runs_over_it() -> None:
    encoding = shipped("smollm2").encode("=\x04=")
    assert encoding.ids.tolist() == oracles.smollm2().encode("=\x04=").ids
    assert spans_of(encoding) == [(0, 3)]
    assert encoding.uncovered() == [(1, 2)]


def test_smollm2_lacks_21_bytes_and_gpt2_none() -> None:
    assert sum(i < 0 for i in shipped("smollm2").byte_ids) == 21
    assert min(shipped("gpt2").byte_ids) >= 0


# --- special tokens -------------------------------------------------------------------------------


def test_a_special_tokens_name_is_plain_text_unless_asked_for() -> None:
    gpt2 = shipped("gpt2")
    assert 50256 not in gpt2.encode("<|endoftext|>").ids
    special = gpt2.encode("a<|endoftext|><|endoftext|> b", Special.SPECIAL)
    assert special.ids.tolist() == [64, 50256, 50256, 275]
    assert special.pre_token_spans() == [(0, 1), (1, 14), (14, 27), (27, 29)]
    assert gpt2.decode(special.ids.tolist()) == b"a<|endoftext|><|endoftext|> b"


def test_refusing_names_the_token_and_its_place() -> None:
    with pytest.raises(SpecialTokenError, match=r"<\|endoftext\|> at character 2;"):
        shipped("gpt2").encode("é <|endoftext|>", Special.REFUSE)
    assert shipped("gpt2").encode("fine", Special.REFUSE).ids.tolist() == [38125]


# --- bytes and tokens -----------------------------------------------------------------------------


@pytest.mark.parametrize("name", [*NAMES, "characters", "bytes"])
@given(any_text)
def test_every_byte_is_in_one_token_or_uncovered(name: str, text: str) -> None:
    tokenizer = characters_tokenizer(text) if name == "characters" else shipped(name)
    encoding = tokenizer.encode(text)
    data = without_surrogates(text).encode("utf-8")
    owners = np.zeros(len(data), int)
    lost = set(encoding.uncovered_bytes.tolist())
    rows = zip(encoding.ids.tolist(), encoding.byte_starts, encoding.byte_ends, strict=True)
    for token_id, start, end in rows:
        inside = [i for i in range(start, end) if i not in lost]
        owners[inside] += 1
        assert bytes(data[i] for i in inside) == tokenizer.token_bytes(token_id)
    owners[list(lost)] += 1
    assert (owners == 1).all()
    assert encoding.n_bytes == len(data)


@given(any_text)
def test_gpt2_gives_every_text_back(text: str) -> None:
    gpt2 = shipped("gpt2")
    decoded = gpt2.decode(gpt2.encode(text).ids.tolist())
    assert decoded == without_surrogates(text).encode("utf-8")


@pytest.mark.parametrize("token_id", [-1, 50257, 2**63])
def test_an_unknown_id_is_named(token_id: int) -> None:
    with pytest.raises(UnknownIdError, match=f"id {token_id}; its ids run from 0 to 50256"):
        shipped("gpt2").decode([15496, token_id])


def test_equal_vocabularies_have_equal_fingerprints() -> None:
    assert bytes_tokenizer().fingerprint == bytes_tokenizer().fingerprint
    assert characters_tokenizer("ab").fingerprint != characters_tokenizer("abc").fingerprint


# --- gap ranks and replay -------------------------------------------------------------------------


def test_the_replay_of_tokenization_is_as_published() -> None:
    steps = list(shipped("gpt2").replay(" tokenization"))
    ranks = [step.rank for step in steps]
    assert ranks == [0, 5, 9, 12, 28, 39, 85, 272, 1378, 3208, 10985]
    assert shipped("gpt2").encode(" tokenization").ids.tolist() == [11241, 1634]
    assert (steps[-1].id, steps[-1].byte) == (11241, 0)


@pytest.mark.parametrize("name", NAMES)
@given(built_text)
def test_replaying_ends_at_the_ids(name: str, text: str) -> None:
    tokenizer = shipped(name)
    data = text.encode()
    tokens = {i: tokenizer.byte_ids[byte] for i, byte in enumerate(data)}
    tokens = {i: token for i, token in tokens.items() if token >= 0}
    for step in tokenizer.replay(text):
        right = min(start for start in tokens if start > step.byte)
        assert (tokens[step.byte], tokens.pop(right)) == (step.left, step.right)
        tokens[step.byte] = step.id
    assert [tokens[i] for i in sorted(tokens)] == tokenizer.encode(text).ids.tolist()


@pytest.mark.parametrize("name", NAMES)
def test_ranks_never_decrease_within_a_pre_token(name: str) -> None:
    tokenizer = shipped(name)
    for text in texts()[::5]:
        edges = tokenizer.encode(text).pre_token_bytes
        assert edges is not None
        before = (-1, -1)
        for step in tokenizer.replay(text):
            now = (int(edges.searchsorted(step.byte, "right")), step.rank)
            assert now >= before
            before = now


@pytest.mark.parametrize("name", NAMES)
def test_gap_ranks_are_those_of_the_replay(name: str) -> None:
    tokenizer = shipped(name)
    for text in texts()[::7]:
        encoding = tokenizer.encode(text)
        if len(encoding.uncovered_bytes) or len(text) > 300:
            continue
        gaps = [-1] * encoding.n_bytes
        for step in tokenizer.replay(text):
            gaps[step.byte + len(tokenizer.token_bytes(step.left)) - 1] = step.rank
        found = encoding.gap_ranks()
        assert found is not None
        assert found.tolist() == gaps[: max(len(gaps) - 1, 0)]


@pytest.mark.parametrize("name", NAMES)
@given(st.one_of(settled_text, built_text), st.integers(0, 50_000))
def test_gap_ranks_cut_at_k_are_encoding_with_k_merges(name: str, text: str, k: int) -> None:
    tokenizer = shipped(name)
    encoding = tokenizer.encode(text)
    if len(encoding.uncovered_bytes):
        return
    early = tokenizer.truncated(k).encode(text)
    assert encoding.gaps is not None
    still_open = (encoding.gaps == -1) | (encoding.gaps >= k)
    ends = np.flatnonzero(still_open) + 1
    assert early.byte_ends.tolist() == ends.tolist()
    tokens = [tokenizer.token_bytes(i) for i in early.ids.tolist()]
    assert b"".join(tokens) == text.encode()


def test_a_truncated_tokenizer_keeps_its_ids_and_rows() -> None:
    gpt2 = shipped("gpt2")
    early = gpt2.truncated(0)
    assert early.n_vocab == gpt2.n_vocab
    assert early.encode("abc").ids.tolist() == [64, 65, 66]
    assert gpt2.truncated(len(gpt2.merges)).encode(" tokenization").ids.tolist() == [11241, 1634]
    with pytest.raises(UnknownIdError):
        early.decode([11241])


# --- characters and bytes -------------------------------------------------------------------------


@given(any_text)
def test_characters_are_the_places_among_the_sorted_ones(text: str) -> None:
    valid = without_surrogates(text)
    encoding = characters_tokenizer(text).encode(text)
    place = {c: i for i, c in enumerate(sorted(set(valid)))}
    assert encoding.ids.tolist() == [place[c] for c in valid]
    assert spans_of(encoding) == [(i, i + 1) for i in range(len(text))]
    assert encoding.gap_ranks() is None
    assert encoding.pre_token_spans() == ([(0, len(text))] if text else [])


@given(st.lists(any_text, max_size=5))
def test_a_growing_vocabulary_keeps_the_ids_it_has(more: list[str]) -> None:
    tokenizer = characters_tokenizer("hello")
    for text in more:
        grown = tokenizer.extended(text)
        assert list(grown.vocab[: tokenizer.n_vocab]) == list(tokenizer.vocab)
        assert not len(grown.encode(text).uncovered_bytes)
        assert grown.extended(text) is grown
        tokenizer = grown


def test_a_vocabulary_that_does_not_grow_is_left_as_it_is() -> None:
    assert shipped("gpt2").extended("北") is shipped("gpt2")


def test_unknown_characters_are_uncovered() -> None:
    encoding = characters_tokenizer("ab").encode("aéxb")
    assert encoding.ids.tolist() == [0, 1]
    assert encoding.uncovered() == [(1, 3)]


@given(any_text)
def test_bytes_are_their_own_ids(text: str) -> None:
    encoding = bytes_tokenizer().encode(text)
    data = without_surrogates(text).encode("utf-8")
    assert encoding.ids.tolist() == list(data)
    assert spans_of(encoding) == oracles.slow_spans(
        without_surrogates(text), [bytes([b]) for b in data]
    )


def test_a_tokenizer_without_merges_has_nothing_to_replay() -> None:
    tokenizers: list[Tokenizer] = [bytes_tokenizer(), characters_tokenizer("ab")]
    assert [list(tokenizer.replay("ab")) for tokenizer in tokenizers] == [[], []]
