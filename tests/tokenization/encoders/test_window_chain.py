"""Long pre-tokens by a chain of windows: as the merge loop merges them, and what is merged anew."""

import random

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.tokenization.oracles import shipped
from tests.tokenization.random_tokenizers import trained
from tokviz.tokenization.encoders.lock_step import LockStep
from tokviz.tokenization.encoders.merged_piece import merge_plainly
from tokviz.tokenization.encoders.whole_text_bpe import WholeTextRules
from tokviz.tokenization.encoders.window_chain import WindowChain
from tokviz.tokenization.pre_tokenization.known_patterns import WHITESPACE
from tokviz.tokenization.tokenizer import Tokenizer


def lock_step_of(tokenizer: Tokenizer) -> LockStep:
    rules = WholeTextRules.of(WHITESPACE, tokenizer.base_symbols, tokenizer.merges, {})
    assert rules is not None
    return rules.lock_step


def assert_merged(chain: WindowChain, lock_step: LockStep, text: str) -> bool:
    """Whether there was an answer: if so it is the merge loop's."""
    data = np.frombuffer(text.encode(), np.uint8)
    found = chain.merge(data)
    if found is not None:
        for column, expected in zip(found, merge_plainly(lock_step, data), strict=True):
            assert column.tolist() == expected.tolist()
    return found is not None


long_texts = st.lists(
    st.sampled_from(["x" * 90, "ab" * 40, "the", "ing", "é" * 30, "zq", "e", "สวย"]), min_size=4
).map("".join)
edits = st.lists(st.tuples(st.integers(0, 10_000), st.sampled_from(["e", "x", "t", "é", ""])))


@pytest.mark.parametrize("name", ["gpt2", "smollm2"])
@given(long_texts, edits)
def test_a_text_and_what_edits_make_of_it_are_merged_as_by_the_loop(
    name: str, text: str, changes: list[tuple[int, str]]
) -> None:
    lock_step = lock_step_of(shipped(name))
    chain = WindowChain(lock_step)
    for place, typed in [(0, "a"), *changes]:
        place %= len(text)
        text = text[:place] + typed + text[place + (not typed) :] or "a"
        assert_merged(chain, lock_step, text)


@given(trained(), st.text(st.sampled_from("aab"), min_size=130, max_size=400), st.integers(0, 129))
def test_it_is_so_for_any_trained_tokenizer(tokenizer: Tokenizer, text: str, place: int) -> None:
    lock_step = lock_step_of(tokenizer)
    chain = WindowChain(lock_step)
    for changed in (text, text[:place] + "b" + text[place:]):
        assert_merged(chain, lock_step, changed)


@pytest.mark.parametrize("alphabet", ["x", "etaoinshrdlu", "กขคงจฉชซ"])
def test_a_typed_letter_has_few_windows_merged(alphabet: str) -> None:
    chance = random.Random(1)
    lock_step = lock_step_of(shipped("gpt2"))
    chain = WindowChain(lock_step)
    text = "".join(chance.choices(alphabet, k=5000))
    assert assert_merged(chain, lock_step, text)
    for place in range(100, 5000, 700):
        n_before = len(chain._links)
        text = text[:place] + "e" + text[place:]
        assert assert_merged(chain, lock_step, text)
        assert len(chain._links) - n_before < 16


def test_what_it_remembers_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tokviz.tokenization.encoders.window_chain._MOST_REMEMBERED", 1000)
    lock_step = lock_step_of(shipped("gpt2"))
    chain = WindowChain(lock_step)
    for letter in "abcdefgh":
        assert_merged(chain, lock_step, "".join(random.Random(letter).choices("qwertz", k=600)))
        assert chain.memory < 8 * 4000 + 600 * 60
