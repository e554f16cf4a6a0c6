"""What a rule for ties decides: the same corpus learned by the other rule, beside the first."""

from collections.abc import Iterator
from dataclasses import dataclass

from tokviz.tokenization.text.tokenized_text import TokenizedText
from tokviz.tokenization.tokenizer import Tokenizer
from tokviz.tokenization.training.pair_ranking import TieRule
from tokviz.tokenization.training.trained_tokenizer import trained_tokenizer
from tokviz.tokenization.training.trainer import LearnedMerge, Training, in_batches, learn_merges
from tokviz.tokenization.training.training_replay import TrainingReplay, TrainingStep
from tokviz.tokenization.training.word_counts import WORDS, word_count_tokenizer


@dataclass(frozen=True)
class RuleComparison:
    """Two trainings on one corpus, ours and the one by the other rule.

    `step`: ours at the first merge in which they differ, None if they do not; `theirs`: the merge
    of the other rule there. `only_ours`, `only_theirs`: tokens that one of them has alone, in the
    order of learning. `n_ours`, `n_theirs`: tokens of the text under both; None where the symbols
    are none of a text.
    """

    rule: TieRule
    step: TrainingStep | None
    theirs: LearnedMerge | None
    only_ours: tuple[bytes, ...]
    only_theirs: tuple[bytes, ...]
    n_ours: int | None
    n_theirs: int | None


def other_rule(rule: TieRule) -> TieRule:
    """The rule that is not this one."""
    return TieRule.FIRST if rule is TieRule.LOWEST else TieRule.LOWEST


def comparing_rules(
    training: Training, tokenizer: Tokenizer, text: str
) -> Iterator[int | RuleComparison]:
    """Learn as many merges by the other rule from what was counted already, then compare.

    Yields the merges learned so far and, at last, the comparison. `tokenizer` is the one that
    `training` made.
    """
    other = Training(training.corpus, ties=other_rule(training.ties), min_count=training.min_count)
    for _ in in_batches(learn_merges(other, len(training.merges))):
        yield len(other.merges)
    rank = first_difference(training, other)
    step = None if rank is None else TrainingReplay(training).step(rank)
    counts: list[int | None] = []
    for learned in (training, other):
        counts.append(None)
        for n_tokens in _counting(learned, tokenizer, text):
            counts[-1] = n_tokens
            yield len(other.merges)
    ours, theirs = training.vocab, other.vocab
    here, there = set(ours), set(theirs)
    yield RuleComparison(
        other.ties,
        step,
        other.merges[rank] if rank is not None and rank < len(other.merges) else None,
        tuple(token for token in ours if token not in there),
        tuple(token for token in theirs if token not in here),
        counts[0],
        counts[1],
    )


def first_difference(one: Training, other: Training) -> int | None:
    """The rank of the first merge in which two trainings on one corpus differ."""
    for mine, theirs in zip(one.merges, other.merges, strict=False):
        if (mine.left, mine.right) != (theirs.left, theirs.right):
            return mine.rank
    return None


def _counting(training: Training, made: Tokenizer, text: str) -> Iterator[int]:
    """The tokens of a text so far, with what `training` learned and all else as in `made`."""
    if made.split == WORDS:
        tokenizer = word_count_tokenizer(training)
    elif made.split is not None:
        tokenizer = trained_tokenizer(training, made.split, made.name, list(made.special_tokens))
    else:
        return
    if tokenizer is None:
        return
    n_tokens = 0
    yield n_tokens
    for parts in TokenizedText(tokenizer, text).encode_pending():
        n_tokens += sum(len(part.ids) for part in parts)
        yield n_tokens
