"""What a training run tells the panel, and the tokenizer that follows from what it has learned."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from tokviz.tokenization.bpe import Merges
from tokviz.tokenization.pre_tokenizers import SplitPattern, split_pattern
from tokviz.tokenization.tokenizer import Algorithm, Tokenizer
from tokviz.tokenization.trainer import (
    Alphabet,
    LearnedMerge,
    TieRule,
    Training,
    count_pre_tokens,
    in_batches,
    lay_out,
    learn_merges,
)

HELD_OUT = 0.1
_BATCH_SECONDS = 0.03


@dataclass(frozen=True)
class Wishes:
    """What the user asked for."""

    pattern: str
    alphabet: Alphabet
    vocab_size: int
    ties: TieRule
    min_count: int
    hold_out: bool


@dataclass(frozen=True)
class Counting:
    """Pre-tokens are being counted: bytes read so far, distinct pre-tokens."""

    n_bytes: int
    n_distinct: int


Report = Counting | Training | Sequence[LearnedMerge]


def train(text: str, wishes: Wishes) -> Iterator[Report]:
    """Count, then learn: yields `Counting` now and then, the `Training` once, then its merges."""
    split = split_pattern(wishes.pattern)
    counts = None
    for step in count_pre_tokens([text], split, held_out=HELD_OUT if wishes.hold_out else 0.0):
        counts = step.counts
        yield Counting(step.n_bytes, step.n_distinct)
    assert counts is not None  # the last step carries them
    training = Training(
        lay_out(counts, wishes.alphabet), ties=wishes.ties, min_count=wishes.min_count
    )
    yield training
    yield from go_on(training, wishes.vocab_size)


def go_on(training: Training, vocab_size: int) -> Iterator[Report]:
    """Learn on from where a run ended; nothing is counted again."""
    yield from in_batches(learn_merges(training, vocab_size=vocab_size), _BATCH_SECONDS)


def trained_tokenizer(
    name: str, split: SplitPattern, base: Sequence[bytes], merges: Sequence[LearnedMerge]
) -> Tokenizer:
    """The byte-level tokenizer of a base alphabet and the merges learned so far."""
    vocab = list(base)
    for merge in merges:
        if merge.id == len(vocab):
            vocab.append(vocab[merge.left] + vocab[merge.right])
    return Tokenizer(
        name=name,
        algorithm=Algorithm.BYTE_LEVEL_BPE,
        vocab=vocab,
        merges=Merges(
            [merge.left for merge in merges],
            [merge.right for merge in merges],
            [merge.id for merge in merges],
            [merge.count for merge in merges],
        ),
        split=split,
    )
