"""The replay of training against the slow trainer, which counts everything at each merge."""

from collections import Counter
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from tests.tokenization.slow_trainer import joined, slow_training
from tests.tokenization.training.test_trainer import (
    counted,
    few_places,
    ids_of,
    many_pairs,
    thresholds,
)
from tokviz.tokenization.training.pair_ranking import TieRule
from tokviz.tokenization.training.pre_token_counts import PreTokenCounts
from tokviz.tokenization.training.trainer import Training, learn_merges
from tokviz.tokenization.training.training_corpus import Alphabet, lay_out
from tokviz.tokenization.training.training_replay import TrainingReplay


def count_pairs(rows: list[tuple[list[int], int]]) -> Counter[tuple[int, int]]:
    counts: Counter[tuple[int, int]] = Counter()
    for row, n in rows:
        for pair in pairwise(row):
            counts[pair] += n
    return counts


@given(counted, counted, st.sampled_from(TieRule), few_places, many_pairs)
def test_each_step_has_the_counts_of_the_slow_trainer(
    words: dict[str, int], aside: dict[str, int], ties: TieRule, few: int, many: int
) -> None:
    with thresholds(few, many):
        training = Training(lay_out(PreTokenCounts(words, aside)), ties=ties)
        list(learn_merges(training, 20))
    replay = TrainingReplay(training)
    theirs, vocab = ids_of(words, Alphabet.BYTES)
    slow = slow_training(theirs, vocab, 20, first=ties is TieRule.FIRST)
    rows = [(list(row), n) for row, n in theirs.items()]
    for rank, merge in enumerate(slow):
        step = replay.step(rank, 5)
        assert list(step.ties) == merge.ties
        before = count_pairs(rows)
        chosen = merge.left, merge.right
        changed = [joined(row, *chosen, merge.id) for row, _ in rows]
        touched = [i for i, (row, _) in enumerate(rows) if len(row) != len(changed[i])]
        assert replay.touched(rank) == touched
        frequent = sorted(touched, key=lambda i: -rows[i][1])[:3]
        assert [(e.count, list(e.before), list(e.after)) for e in replay.examples(rank, 3)] == [
            (rows[i][1], rows[i][0], changed[i]) for i in frequent
        ]
        for example in replay.examples(rank):
            assert example.before[example.place : example.place + 2] == chosen
            assert example.before[: example.place] == example.after[: example.place]
            assert example.after[example.place] == merge.id
        rows = [(row, n) for row, (_, n) in zip(changed, rows, strict=True)]
        after = count_pairs(rows)
        rivals = [pair for pair in before if pair != chosen]
        if ties is TieRule.LOWEST:
            rivals.sort()
        rivals.sort(key=lambda pair: -before[pair])
        assert [((r.left, r.right), r.count, r.change) for r in step.runners_up] == [
            (pair, before[pair], after[pair] - before[pair]) for pair in rivals[:5]
        ]
        assert [replay.row(i, rank + 1) for i in range(len(rows))] == [row for row, _ in rows]


def test_a_replay_stays_as_it_was_while_training_goes_on() -> None:
    training = Training(lay_out(PreTokenCounts({"abab": 3, "ab": 1})))
    training.learn()
    replay = TrainingReplay(training)
    before = replay.step(0)
    training.learn()
    assert (len(replay), replay.step(0)) == (1, before)
