"""Training: learns merges from counted pre-tokens, the most frequent pair first, one at a time.

    *_, last = count_pre_tokens([text], GPT2)
    training = Training(lay_out(last.counts))
    for merge in learn_merges(training, n_merges=1000): ...
    tokenizer = trained_tokenizer(training, GPT2, "mine")

Two counts that textbooks mix up are kept apart: how often the pair is there, overlaps included
(`aaaa` has `aa` three times), and how many replacements that allowed (two).

No two pairs make the same token, so each merge makes a new one (Hugging Face's trainer would look
for the old id): until something is one token no merge crosses its edges, so what happens inside is
the same wherever it stands, the last merge included.
"""

import sys
from array import array
from collections.abc import Generator, Iterable, Iterator, Sequence
from time import perf_counter
from typing import NamedTuple, TypeVar

import numpy as np
from numpy.typing import NDArray

from tokviz.tokenization.algorithms.bpe import Merges
from tokviz.tokenization.encoding import Int32s, Int64s
from tokviz.tokenization.training.joining import Joiner
from tokviz.tokenization.training.pair_ranking import PairRanking, TieRule
from tokviz.tokenization.training.pairs import LOW, SHIFT
from tokviz.tokenization.training.training_corpus import (
    TrainingCorpus,
    TrainingError,
)

LONGEST_TOKEN = 1 << 16
"""Bytes. Forty merges, each doubling the last, would make a token of a terabyte."""

_T = TypeVar("_T")


class LearnedMerge(NamedTuple):
    """One merge, as it was learned.

    `count`: occurrences of the pair, overlaps included; `replacements`: how many were joined.
    `n_ties`: other pairs with the same count; `ties`: those as (left, right) in the order of the
    rule, None where nobody asked. `n_touched`: distinct pre-tokens that it changed. `n_tokens`,
    `n_held_out_tokens`: tokens of the two parts of the corpus after it.
    """

    rank: int
    left: int
    right: int
    id: int
    count: int  # type: ignore[assignment] # tuples have a method of that name, not missed here
    replacements: int
    n_ties: int
    ties: tuple[tuple[int, int], ...] | None
    n_touched: int
    n_tokens: int
    n_held_out_tokens: int

    @property
    def n_tokens_before(self) -> int:
        return self.n_tokens + self.replacements


class LearningCurve(NamedTuple):
    """Bytes per token of both parts of the corpus at each size of the vocabulary, from the base
    alphabet on. `held_out` is empty where nothing was put aside."""

    n_vocab: Int64s
    training: NDArray[np.float64]
    held_out: NDArray[np.float64]


class Training:
    """What has been learned so far, and all that is needed to go on.

    `vocab`: id → bytes, without special tokens; `merges`: everything learned, in order. One thread
    at a time learns; what a reader finds between two merges is whole.
    """

    def __init__(
        self, corpus: TrainingCorpus, *, ties: TieRule = TieRule.LOWEST, min_count: int = 1
    ) -> None:
        self.corpus = corpus
        self.ties = ties
        self.min_count = min_count
        self.vocab: list[bytes] = list(corpus.base)
        self.merges: list[LearnedMerge] = []
        self.n_tokens = corpus.n_tokens
        self.n_held_out_tokens = corpus.n_held_out_tokens
        # What `curve` has read of the merges so far.
        self._tokens_read = array("q", [self.n_tokens])
        self._held_out_read = array("q", [self.n_held_out_tokens])
        self._joiner = Joiner(corpus)
        self._ranking: PairRanking | None = None

    @property
    def n_base(self) -> int:
        return len(self.corpus.base)

    @property
    def n_vocab(self) -> int:
        return len(self.vocab)

    def learn(self, *, list_ties: bool = False) -> LearnedMerge | None:
        """Learn one merge; None if no pair is frequent enough. Raises `TrainingError`."""
        ranking = self._ranking or self._start()
        keys = self._joiner.pairs.keys
        while True:
            if not ranking.level and not self._descend(ranking):
                return None
            pair = ranking.best()
            key = keys[pair]
            left, right = key >> SHIFT, key & LOW
            data = self.vocab[left] + self.vocab[right]
            if len(data) <= LONGEST_TOKEN:
                break
            ranking.never(pair)
        token_id = len(self.vocab)
        if token_id > LOW:
            raise TrainingError(f"A vocabulary has at most {LOW + 1:,} tokens; ask for less.")
        rank, count, n_ties = len(self.merges), ranking.count, len(ranking.level) - 1
        ties = None
        if list_ties:
            ties = tuple((keys[p] >> SHIFT, keys[p] & LOW) for p in ranking.ties(pair))
        joined = self._joiner.join(pair, token_id, rank)
        ranking.merged(pair, joined.new, joined.fallen)
        self.vocab.append(data)
        self.n_tokens -= joined.replacements
        self.n_held_out_tokens -= joined.held_out_replacements
        merge = LearnedMerge(
            rank,
            left,
            right,
            token_id,
            count,
            joined.replacements,
            n_ties,
            ties,
            joined.n_touched,
            self.n_tokens,
            self.n_held_out_tokens,
        )
        self.merges.append(merge)
        return merge

    def _start(self) -> PairRanking:
        self._joiner.count()
        place = self._joiner.place if self.ties is TieRule.FIRST else None
        self._ranking = PairRanking(self._joiner.pairs, self.min_count, place)
        return self._ranking

    def _descend(self, ranking: PairRanking) -> bool:
        """Go on to the pairs of the next lower count; False if there are none."""
        self.settle()
        if not ranking.descend():
            return False
        if self.ties is TieRule.LOWEST:
            self._joiner.begin_level(ranking.level)
        return True

    def settle(self) -> None:
        """Write what was put off until more could be written together. For whoever learns; who
        only reads finds it done when `learn_merges` has ended."""
        if self._ranking is not None:
            self._ranking.add(self._joiner.settle())

    def gap_ranks(self) -> Int32s:
        """(S,) int32: the rank of the merge that closed the gap before each symbol of the corpus,
        OPEN where none did. A copy."""
        self.settle()
        return self._joiner.gap_ranks()

    def curve(self) -> LearningCurve:
        """Bytes per token against the size of the vocabulary."""
        new = self.merges[len(self._tokens_read) - 1 :]
        self._tokens_read.extend([merge.n_tokens for merge in new])
        self._held_out_read.extend([merge.n_held_out_tokens for merge in new])
        corpus = self.corpus
        tokens = np.array(self._tokens_read)
        held_out = np.array(self._held_out_read if corpus.n_held_out_tokens else [])
        n_vocab = np.arange(self.n_base, self.n_base + len(tokens))
        return LearningCurve(n_vocab, corpus.n_bytes / tokens, corpus.n_held_out_bytes / held_out)

    def learned(self, n_merges: int | None = None) -> Merges:
        """The merge history, or its first `n_merges`, with counts."""
        merges = self.merges[:n_merges]
        return Merges(
            [merge.left for merge in merges],
            [merge.right for merge in merges],
            [merge.id for merge in merges],
            [merge.count for merge in merges],
        )


def learn_merges(
    training: Training,
    n_merges: int | None = None,
    *,
    n_vocab: int | None = None,
    list_ties: bool = False,
) -> Generator[LearnedMerge, None, None]:
    """Learn until there are `n_merges` merges or `n_vocab` tokens, or no pair is left.

    Each yielded merge is learned by then; close the iterator at any time, and call again to go on.
    `list_ties`: name the tied pairs of each merge, which costs time where many are rare.
    Raises `TrainingError`.
    """
    if n_vocab is not None and n_vocab < training.n_base:
        raise TrainingError(
            f"The base alphabet alone has {training.n_base:,} tokens; ask for a vocabulary of more "
            f"than that, not of {n_vocab:,}."
        )
    return _learn_until(training, n_merges, n_vocab, list_ties=list_ties)


def _learn_until(
    training: Training, n_merges: int | None, n_vocab: int | None, *, list_ties: bool
) -> Generator[LearnedMerge, None, None]:
    most = sys.maxsize if n_merges is None else n_merges
    if n_vocab is not None:
        most = min(most, n_vocab - training.n_base)
    try:
        while len(training.merges) < most:
            merge = training.learn(list_ties=list_ties)
            if merge is None:
                return
            yield merge
    finally:
        training.settle()


def in_batches(steps: Iterable[_T], seconds: float = 0.02) -> Iterator[Sequence[_T]]:
    """The same steps, those of some milliseconds together: who takes them need not hurry."""
    batch: list[_T] = []
    begun = perf_counter()
    for step in steps:
        batch.append(step)
        if perf_counter() - begun >= seconds:
            yield batch
            batch, begun = [], perf_counter()
    if batch:
        yield batch
