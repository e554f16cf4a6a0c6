"""A step of the training replay in words: what was merged, and against whom."""

from collections.abc import Callable

from tokviz.tokenization.training.pair_ranking import TieRule
from tokviz.tokenization.training.trainer import LearnedMerge
from tokviz.tokenization.training.training_replay import TrainingStep

_MOST_NAMED = 4
NameOf = Callable[[int], str]


def describe_step(merge: LearnedMerge, n_merges: int, name_of: NameOf, *, is_done: bool) -> str:
    """One sentence about a merge, or about the corpus before the first one is made."""
    left, right, made = name_of(merge.left), name_of(merge.right), name_of(merge.id)
    if not is_done:
        return (
            f"Before the first merge: the corpus has {merge.n_tokens_before:,} tokens, and the "
            f"most frequent pair is {left} + {right} with {merge.count:,}"
        )
    overlap = " (the others overlap)" if merge.replacements < merge.count else ""
    pre_tokens = "pre-token" if merge.n_touched == 1 else "distinct pre-tokens"
    return (
        f"Step {merge.rank + 1:,} of {n_merges:,} · rank {merge.rank:,} · {left} + {right} → "
        f"{made} · count {merge.count:,} · {merge.replacements:,} replaced{overlap} in "
        f"{merge.n_touched:,} {pre_tokens} · corpus {merge.n_tokens_before:,} → "
        f"{merge.n_tokens:,} tokens"
    )


def describe_ties(step: TrainingStep, name_of: NameOf) -> str:
    """Who else had the count, and why this pair was taken."""
    merge = step.merge
    if not step.ties:
        if not step.runners_up:
            return "There was no other pair."
        second = step.runners_up[0]
        return (
            f"No tie: the next pair, {name_of(second.left)} + {name_of(second.right)}, had "
            f"{second.count:,}."
        )
    others = [f"{name_of(left)} + {name_of(right)}" for left, right in step.ties[:_MOST_NAMED]]
    more = len(step.ties) - len(others)
    listed = ", ".join(others) + (f" and {more:,} more" if more else "")
    return (
        f"A tie: {listed} had {merge.count:,}, too. {rule_in_words(step.rule)} "
        f"{name_of(merge.left)} + {name_of(merge.right)}."
    )


def rule_in_words(rule: TieRule) -> str:
    """The rule as the beginning of a sentence that ends with the pair it takes."""
    if rule is TieRule.LOWEST:
        return "The lowest pair of ids is taken:"
    return "The pair that occurs first in the corpus is taken:"
