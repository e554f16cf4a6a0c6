"""What a training run tells the panel: each state is laid out for the screen where it is learned.

The thread that learns makes the tokenizer and the curve, too, so that the GUI thread only shows.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from time import perf_counter

from tokviz.corpus import Corpus, corpus_texts
from tokviz.gui.task import let_frames_pass
from tokviz.tokenization.encoders.encoder import LONG
from tokviz.tokenization.pre_tokenization.known_patterns import split_pattern
from tokviz.tokenization.pre_tokenization.split_checks import checked_texts
from tokviz.tokenization.pre_tokenization.split_pattern import SplitPattern
from tokviz.tokenization.tokenizer import Tokenizer
from tokviz.tokenization.training.pair_ranking import TieRule
from tokviz.tokenization.training.pre_token_counts import count_pre_tokens
from tokviz.tokenization.training.trained_tokenizer import trained_tokenizer
from tokviz.tokenization.training.trainer import (
    LearnedMerge,
    LearningCurve,
    Training,
    in_batches,
    learn_merges,
)
from tokviz.tokenization.training.training_corpus import Alphabet, TrainingError, lay_out
from tokviz.tokenization.training.word_counts import word_count_tokenizer, word_count_training

HELD_OUT = 0.1
_BATCH_SECONDS = 0.004  # between them the GUI thread comes first
_SHOW_EVERY = 0.3  # seconds between two recolourings of the text
_SHOW_SHARE = 8  # and this many times what laying one out takes
_WARM_UP = ("The first word takes longest. " * LONG)[:LONG]  # arrays encode it, as they do a page


@dataclass(frozen=True)
class Size:
    """How much to learn: so many tokens, special ones included, or so many merges."""

    number: int
    is_merges: bool = False


@dataclass(frozen=True)
class Wishes:
    """What the user asked for."""

    size: Size
    pattern: str = "gpt2"
    alphabet: Alphabet = Alphabet.BYTES
    ties: TieRule = TieRule.LOWEST
    min_count: int = 1
    hold_out: bool = False
    special_tokens: tuple[str, ...] = ()
    name: str = ""


@dataclass(frozen=True)
class Counting:
    """Pre-tokens are being counted: bytes read so far, distinct pre-tokens."""

    n_bytes: int
    n_distinct: int


@dataclass(frozen=True, eq=False)
class Run:
    """A training and what turns it into a tokenizer."""

    training: Training
    corpus_name: str
    wishes: Wishes
    split: SplitPattern | None  # None: words with counts

    def tokenizer(self) -> Tokenizer | None:
        """What is learned so far, named by its size; None for symbols that no text has."""
        if self.split is None:
            made = word_count_tokenizer(self.training, "")
        else:
            special = self.wishes.special_tokens
            made = trained_tokenizer(self.training, self.split, "", special)
        return made

    def name(self, n_vocab: int) -> str:
        return self.wishes.name or f"{self.corpus_name}-{n_vocab}"

    def n_wished(self, size: Size) -> int:
        """The vocabulary that so much learning leads to."""
        more = len(self.wishes.special_tokens) if self.split is not None else 0
        return self.training.n_base + size.number + more if size.is_merges else size.number


@dataclass(frozen=True, eq=False)
class Learned:
    """A state of the training as the screen shows it; the last one of a run `is_last`."""

    run: Run
    merges: Sequence[LearnedMerge]
    vocab: Sequence[bytes]
    tokenizer: Tokenizer | None
    curve: LearningCurve
    is_last: bool

    def in_words(self, n_wished: int, *, was_cancelled: bool) -> str:
        """What came out, where a vocabulary of `n_wished` tokens was asked for."""
        n, min_count = len(self.merges), self.run.training.min_count
        if not n:
            return "No pair occurs often enough: lower the lowest count, or take a longer text."
        merges = "1 merge" if n == 1 else f"{n:,} merges"
        n_vocab = self.tokenizer.n_vocab if self.tokenizer else len(self.vocab)
        told = f"{merges} learned: a vocabulary of {n_vocab:,} tokens."
        if n_vocab < n_wished:
            rare = f"no pair is left with a count of {min_count:,} or more"
            why = "stopped there" if was_cancelled else rare
            told = f"{merges} learned, a vocabulary of {n_vocab:,} tokens: {why}."
        if self.tokenizer is None:
            told += " Its symbols are no single characters, so no text can be shown in them."
        if self.run.wishes.hold_out and self.run.split is not None and not len(self.curve.held_out):
            told += " The text is too short to keep a tenth aside."
        return told


@dataclass(frozen=True)
class Progress:
    """Merges learned so far, and the count of the last one's pair."""

    n_merges: int
    count: int


Report = Counting | Run | Progress | Learned


def train(corpus: Corpus, wishes: Wishes) -> Iterator[Report]:
    """Count, then learn: `Counting` now and then, the `Run` once, then how it goes on.

    Raises `TextFileError`, `SplitPatternError`, `TrainingError`.
    """
    if corpus.words is not None:
        training = word_count_training(corpus.words, wishes.ties)
        training.min_count = wishes.min_count
        run = Run(training, corpus.name, wishes, None)
    else:
        split = split_pattern(wishes.pattern)
        counts = None
        held_out = HELD_OUT if wishes.hold_out else 0.0
        texts = checked_texts(corpus_texts(corpus, split), split)
        for step in count_pre_tokens(
            texts, split, held_out=held_out, without=wishes.special_tokens
        ):
            counts = step.counts
            yield Counting(step.n_bytes, step.n_distinct)
        assert counts is not None  # the last step carries them
        training = Training(
            lay_out(counts, wishes.alphabet), ties=wishes.ties, min_count=wishes.min_count
        )
        run = Run(training, corpus.name, wishes, split)
    steps = _steps(run, wishes.size)  # a size that cannot be is told before anything is shown
    yield run
    yield from _learning(run, wishes.size, steps)


def go_on(run: Run, size: Size) -> Iterator[Report]:
    """Learn on from where a run ended; nothing is counted again. Raises `TrainingError`."""
    return _learning(run, size, _steps(run, size))


def _steps(run: Run, size: Size) -> Iterator[LearnedMerge]:
    if size.is_merges:
        return learn_merges(run.training, size.number)
    n_special = run.n_wished(Size(0, is_merges=True)) - run.training.n_base
    if size.number < run.training.n_base + n_special:
        raise TrainingError(
            f"The base alphabet and the special tokens alone are "
            f"{run.training.n_base + n_special:,} tokens; ask for a vocabulary of more than that."
        )
    return learn_merges(run.training, n_vocab=size.number - n_special)


def _learning(run: Run, size: Size, steps: Iterator[LearnedMerge]) -> Iterator[Report]:
    name = run.name(run.n_wished(size))
    shown_at, pause = perf_counter(), _SHOW_EVERY
    for batch in in_batches(_between_frames(steps), _BATCH_SECONDS):
        yield Progress(len(run.training.merges), batch[-1].count)
        begun = perf_counter()
        if begun - shown_at >= pause:
            yield learned(run, name, is_last=False)
            shown_at = perf_counter()
            pause = max(_SHOW_EVERY, _SHOW_SHARE * (shown_at - begun))
    yield learned(run)


def _between_frames(steps: Iterator[LearnedMerge]) -> Iterator[LearnedMerge]:
    for step in steps:
        yield step
        let_frames_pass()


def learned_when(run: Run, has_ended: Callable[[float], bool]) -> Iterator[Learned | None]:
    """What a cancelled run has learned, as soon as its thread is out of the merge at work."""
    while not has_ended(0.05):
        yield None
    yield learned(run)


def learned(run: Run, name: str = "", *, is_last: bool = True) -> Learned:
    """The present state, under that name or one that tells its size."""
    training = run.training
    tokenizer = run.tokenizer()
    if tokenizer is not None:
        tokenizer = replace(tokenizer, name=name or run.name(tokenizer.n_vocab))
        for words in (_WARM_UP, "few"):  # tables are made here and not while a frame waits
            tokenizer.encode(words)
    return Learned(run, training.merges[:], training.vocab[:], tokenizer, training.curve(), is_last)
