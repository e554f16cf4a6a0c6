"""Encoding in parts and again around an edit: always what encoding the whole text gives."""

import itertools
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.tokenization.diverse_texts import LONG, any_text, texts
from tests.tokenization.encoders.test_encoder import columns
from tests.tokenization.oracles import shipped
from tokviz.tokenization.encoding import TextEncoder, concatenate
from tokviz.tokenization.text import reencoding
from tokviz.tokenization.text.locality import Locality
from tokviz.tokenization.text.reencoding import encode_in_parts, reencode
from tokviz.tokenization.tokenizer import Tokenizer, characters_tokenizer

meeting = st.text(st.sampled_from(" \n\r\t'1½aAésltrve.\x04"), max_size=120)
NAMES = ["gpt2", "smollm2", "characters", "bytes"]


def named(name: str, text: str) -> Tokenizer:
    return characters_tokenizer(text) if name == "characters" else shipped(name)


@pytest.fixture(autouse=True, scope="module")
def small_parts() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(reencoding, "PART", 16)
        yield


def assert_parts_are_the_whole(name: str, encoder: TextEncoder, text: str) -> None:
    tokenizer = named(name, text)
    parts = list(encode_in_parts(encoder, text, Locality.of(tokenizer)))
    assert "".join(part.text for part in parts) == text
    assert all(part.text for part in parts)
    for part, following in itertools.pairwise(parts):
        assert not (part.text.endswith("\r") and following.text.startswith("\n"))
    if text:
        assert columns(concatenate(parts)) == columns(encoder.encode(text))


@pytest.mark.parametrize("name", NAMES)
@given(st.one_of(meeting, any_text))
def test_the_parts_joined_are_the_whole(name: str, text: str) -> None:
    assert_parts_are_the_whole(name, named(name, text).encoder(), text)


@pytest.mark.parametrize("name", ["gpt2", "smollm2"])
def test_one_long_pre_token_makes_one_part(name: str) -> None:
    encoder = shipped(name).encoder()
    for text in [*LONG, *texts()[300:600]]:
        assert_parts_are_the_whole(name, encoder, text)


def test_without_a_known_lookahead_the_text_is_one_part() -> None:
    encoder = shipped("gpt2").encoder()
    assert len(list(encode_in_parts(encoder, "a b c " * 50, Locality(None)))) == 1


@pytest.mark.parametrize("name", NAMES)
@given(meeting, meeting, st.data())
def test_encoding_again_around_an_edit_is_encoding_the_whole(
    name: str, text: str, inserted: str, data: st.DataObject
) -> None:
    tokenizer = named(name, text + inserted)
    encoder = tokenizer.encoder()
    start = data.draw(st.integers(0, len(text)))
    end = data.draw(st.integers(start, len(text)))
    old = encoder.encode(text)
    done = reencode(old, (start, end, inserted), None, Locality.of(tokenizer), encoder)
    assert done is not None
    fresh = encoder.encode(text[:start] + inserted + text[end:])
    assert done.encoding.text == fresh.text
    assert columns(done.encoding) == columns(fresh)
    n_behind = len(old.ids) - done.old_last
    assert done.encoding.ids[: done.first].tolist() == old.ids[: done.first].tolist()
    assert len(fresh.ids) - done.new_last == n_behind
    assert fresh.ids[done.new_last :].tolist() == old.ids[done.old_last :].tolist()


@pytest.mark.parametrize("name", ["gpt2", "smollm2"])
@given(meeting, meeting, meeting, st.data())
def test_a_window_knows_when_it_is_too_small(
    name: str, window: str, behind: str, inserted: str, data: st.DataObject
) -> None:
    """Whatever follows the window, the answer is exact or there is none."""
    tokenizer = shipped(name)
    encoder = tokenizer.encoder()
    whole = encoder.encode(window + behind)
    edges = [start for start, _ in whole.pre_token_spans()] + [len(window + behind)]
    cut = data.draw(st.sampled_from(edges))
    start = data.draw(st.integers(0, cut))
    end = data.draw(st.integers(start, cut))
    edit = (start, end, inserted)
    follows = whole.text[cut : cut + 3]
    done = reencode(whole.part(0, cut), edit, follows or None, Locality.of(tokenizer), encoder)
    if done is None:
        assert follows
        return
    after = whole.text[:start] + inserted + whole.text[end:]
    joined = concatenate([done.encoding, whole.part(cut, len(whole.text))])
    assert columns(joined) == columns(encoder.encode(after))
