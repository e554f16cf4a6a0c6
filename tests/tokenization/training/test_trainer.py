"""Training against the obvious slow trainer: merges, both counts, ties, touched pre-tokens."""

import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import astuple
from types import FrameType

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.tokenization.slow_trainer import SlowMerge, minbpe_training, slow_training
from tokviz.tokenization.algorithms.bpe import apply_merges
from tokviz.tokenization.pre_tokenization.known_patterns import (
    CL100K,
    GPT2,
    NONE,
    O200K,
    WHITESPACE,
)
from tokviz.tokenization.pre_tokenization.split_pattern import SplitPattern
from tokviz.tokenization.training import joining
from tokviz.tokenization.training import trainer as trainer_module
from tokviz.tokenization.training.pair_ranking import TieRule
from tokviz.tokenization.training.pre_token_counts import PreTokenCounts, count_pre_tokens
from tokviz.tokenization.training.trainer import LearnedMerge, Training, in_batches, learn_merges
from tokviz.tokenization.training.training_corpus import (
    Alphabet,
    TrainingError,
    byte_order,
    lay_out,
)

# Few letters, so that pairs tie, overlap and meet again; long runs; some longer words.
word = st.one_of(
    st.text(st.sampled_from("ab"), min_size=1, max_size=12),
    st.text(st.sampled_from("abcé "), min_size=1, max_size=8),
    st.integers(1, 20).map(lambda n: "a" * n),
)
counted = st.dictionaries(word, st.integers(1, 4), min_size=1, max_size=12)


@contextmanager
def thresholds(few: int, many: int) -> Iterator[None]:
    """So that small corpora, too, are joined by arrays, by loops, and many pairs at once."""
    saved = joining._FEW_PLACES, joining._MANY_PAIRS
    joining._FEW_PLACES, joining._MANY_PAIRS = few, many
    try:
        yield
    finally:
        joining._FEW_PLACES, joining._MANY_PAIRS = saved


few_places, many_pairs = st.sampled_from([0, 4, 1000]), st.sampled_from([1, 3, 1000])


def counts_of(texts: list[str], split: SplitPattern, **wishes: float) -> PreTokenCounts:
    *_, last = count_pre_tokens(texts, split, **wishes)  # type: ignore[arg-type]
    assert last.counts is not None
    return last.counts


def ids_of(
    words: dict[str, int], alphabet: Alphabet
) -> tuple[dict[tuple[int, ...], int], list[bytes]]:
    """Words as the slow trainer wants them, and the base alphabet."""
    if alphabet.is_bytes:
        order = byte_order(alphabet)
        rows = {tuple(order.index(byte) for byte in text.encode()): n for text, n in words.items()}
        return rows, [bytes([byte]) for byte in order]
    letters = sorted(set("".join(words)))
    rows = {tuple(letters.index(c) for c in text): n for text, n in words.items()}
    return rows, [c.encode() for c in letters]


def as_slow(merge: LearnedMerge, counts: dict[tuple[int, int], int]) -> tuple[object, ...]:
    assert merge.n_ties == len(merge.ties or ())
    ties = list(merge.ties or ())
    return astuple(
        SlowMerge(
            merge.left, merge.right, merge.id, merge.count, merge.replacements, ties,
            merge.n_touched, counts,
        )
    )  # fmt: skip


@given(
    counted,
    st.sampled_from(Alphabet),
    st.sampled_from(TieRule),
    st.integers(1, 3),
    few_places,
    many_pairs,
    st.integers(0, 40),
)
def test_everything_is_as_in_the_slow_trainer(
    words: dict[str, int],
    alphabet: Alphabet,
    ties: TieRule,
    min_count: int,
    few: int,
    many: int,
    n_merges: int,
) -> None:
    rows, vocab = ids_of(words, alphabet)
    theirs = slow_training(
        rows,
        vocab,
        n_merges,
        first=ties is TieRule.FIRST,
        min_count=min_count,
        takes_old_ids=alphabet is Alphabet.HUGGINGFACE,
    )
    with thresholds(few, many):
        training = Training(
            lay_out(PreTokenCounts(words), alphabet), ties=ties, min_count=min_count
        )
        before = training.n_tokens
        ours = list(learn_merges(training, n_merges, list_ties=True))
    slow = [astuple(merge) for merge in theirs]
    assert [as_slow(m, t.counts) for m, t in zip(ours, theirs, strict=True)] == slow
    assert training.vocab == vocab
    for merge in ours:
        assert merge.n_tokens_before == before
        before = merge.n_tokens


@given(counted, st.sampled_from(TieRule), few_places, many_pairs, st.integers(0, 12))
def test_a_training_that_was_cut_short_goes_on_where_it_stopped(
    words: dict[str, int], ties: TieRule, few: int, many: int, cut: int
) -> None:
    corpus = lay_out(PreTokenCounts(words))
    with thresholds(few, many):
        whole = list(learn_merges(Training(corpus, ties=ties), 25))
        training = Training(corpus, ties=ties)
        steps = learn_merges(training, 25)
        taken = [merge for merge, _ in zip(steps, range(cut), strict=False)]
        steps.close()
        n_learned = len(training.merges)
        assert n_learned <= cut + 1
        assert training.merges[: len(taken)] == taken
        list(learn_merges(training, 25))
    assert training.merges == whole


@given(
    st.dictionaries(st.text(st.sampled_from("abcdefgh"), min_size=1, max_size=7), st.just(2)),
    st.dictionaries(st.text(st.sampled_from("abcdefgh"), min_size=1, max_size=7), st.just(1)),
    few_places,
    st.integers(0, 60),
)
def test_pairs_joined_at_once_leave_the_corpus_as_if_they_came_one_by_one(
    words: dict[str, int], aside: dict[str, int], few: int, cut: int
) -> None:
    corpus = lay_out(PreTokenCounts({"ab": 2, **words}, aside))
    found = []
    for many in (1, 1000):
        with thresholds(few, many):
            training = Training(corpus)
            list(learn_merges(training, cut))
            half = training.gap_ranks().tolist()
            list(learn_merges(training))
        found.append((training.merges, half, training.gap_ranks().tolist()))
    assert found[0] == found[1]


def test_who_holds_frames_of_the_stack_does_not_stop_the_columns_from_growing() -> None:
    words = {f"{a}{b}{c}": 2 for a in "abcd" for b in "efgh" for c in "ijkl"}
    held: list[FrameType] = []
    with thresholds(0, 1):
        training = Training(lay_out(PreTokenCounts(words)))
        sys.setprofile(lambda frame, event, arg: held.append(frame))
        try:
            list(learn_merges(training))
        finally:
            sys.setprofile(None)
    assert held
    assert training.n_tokens == 2 * len(words)  # each word is one token


def test_a_pair_that_overlaps_itself_is_counted_oftener_than_it_is_replaced() -> None:
    merge = Training(lay_out(PreTokenCounts({"aaaa": 1}))).learn()
    assert merge is not None
    assert (merge.count, merge.replacements) == (3, 2)


@given(st.lists(word, min_size=1, max_size=8))
def test_first_seen_merges_as_minbpe_does(texts: list[str]) -> None:
    text = " ".join(texts)
    training = Training(lay_out(counts_of([text], GPT2)), ties=TieRule.FIRST)
    ours = [(merge.left, merge.right) for merge in learn_merges(training, 15)]
    assert ours == minbpe_training([part.encode() for part in GPT2.split(text)], 15)


def test_nothing_to_learn_from_is_an_error() -> None:
    with pytest.raises(TrainingError, match="no text"):
        lay_out(PreTokenCounts({}))


def test_a_vocabulary_smaller_than_the_alphabet_is_an_error_with_both_numbers() -> None:
    training = Training(lay_out(PreTokenCounts({"ab": 1})))
    with pytest.raises(TrainingError, match=r"256 tokens.* not of 200"):
        learn_merges(training, n_vocab=200)


def test_no_token_grows_beyond_the_cap(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(trainer_module, "LONGEST_TOKEN", 8)
    training = Training(lay_out(PreTokenCounts({"a" * 64: 1})))
    list(learn_merges(training))
    assert max(map(len, training.vocab)) == 8


@pytest.mark.parametrize("split", [GPT2, CL100K, O200K, WHITESPACE, NONE], ids=lambda s: s.name)
@given(texts=st.lists(st.text(st.sampled_from("ab'sA1 .\n\té—/"), max_size=60), max_size=5))
def test_counts_are_those_of_the_pattern_in_order_of_first_sight(
    split: SplitPattern, texts: list[str]
) -> None:
    wanted = Counter(part for text in texts for part in split.split(text))
    assert list(counts_of(texts, split).training.items()) == list(wanted.items())
    parted = counts_of(texts, split, held_out=0.5, seed=3)
    assert Counter(parted.training) + Counter(parted.held_out) == wanted


def test_the_held_out_part_is_a_tenth_and_always_the_same() -> None:
    text = "some words that go on. And on,\n" * 10_000
    parts = [counts_of([text], GPT2, held_out=0.1, seed=seed) for seed in (1, 1, 2)]
    for part in parts:
        assert part.n_held_out_bytes + part.n_bytes == len(text)
        assert 0.08 < part.n_held_out_bytes / len(text) < 0.12
    assert parts[0].training == parts[1].training


@given(counted, counted, few_places, many_pairs)
def test_the_held_out_part_is_encoded_by_what_the_other_teaches(
    words: dict[str, int], aside: dict[str, int], few: int, many: int
) -> None:
    with thresholds(few, many):
        training = Training(lay_out(PreTokenCounts(words, aside)))
        alone = Training(lay_out(PreTokenCounts(words)))
        ours = list(learn_merges(training, 20))
        theirs = list(learn_merges(alone, 20))
    assert [m._replace(n_held_out_tokens=0) for m in ours] == theirs
    merges = training.learned()
    n = sum(len(apply_merges(list(w.encode()), merges)[0]) * k for w, k in aside.items())
    assert training.n_held_out_tokens == n


def test_batches_hold_every_step_once() -> None:
    assert [x for batch in in_batches(range(1000), 0.00001) for x in batch] == list(range(1000))


def test_special_names_are_not_learned_from() -> None:
    counts = counts_of(["ab<|end|>cd"], GPT2, without=["<|end|>"])  # type: ignore[arg-type]
    assert counts.training == {"ab": 1, "cd": 1}
