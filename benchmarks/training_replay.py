"""A step of the training replay: milliseconds, beside counting all pairs by a `Counter`.

    python -m benchmarks.training_replay [megabytes ...]

Each step is asked for anew, in no order, as jumps of the scrubber ask for it; `examples` are the
pre-tokens that the panel shows with it.
"""

import sys
from collections import Counter
from collections.abc import Callable, Iterator
from functools import partial
from itertools import pairwise
from random import Random
from statistics import median

from benchmarks.corpora import MEGABYTE
from benchmarks.figures import Figure
from benchmarks.measure import once
from benchmarks.train_bpe import corpus
from tokviz.tokenization.pre_tokenization.known_patterns import GPT2
from tokviz.tokenization.training.pair_ranking import TieRule
from tokviz.tokenization.training.pre_token_counts import count_pre_tokens
from tokviz.tokenization.training.trainer import Training, learn_merges
from tokviz.tokenization.training.training_corpus import lay_out
from tokviz.tokenization.training.training_replay import TrainingReplay

_N_MERGES = 32_000
_N_STEPS = 60
_N_COUNTED = 3
_MOST_STEP = 0.2  # seconds, the goal


def trained(n_bytes: int, ties: TieRule) -> Training:
    text = corpus().encode()[:n_bytes].decode("utf-8", "ignore")
    *_, last = count_pre_tokens([text], GPT2)
    assert last.counts is not None
    training = Training(lay_out(last.counts), ties=ties)
    for _ in learn_merges(training, _N_MERGES):
        pass
    return training


def steps_of(n_merges: int) -> list[int]:
    """The first ones, where the corpus is longest, and others of all sizes."""
    chance = Random(1)
    sizes = [int(n_merges ** chance.random()) - 1 for _ in range(_N_STEPS)]
    return [0, 1, 2, 3, *sizes, n_merges - 1]


def counted_afresh(replay: TrainingReplay, rank: int) -> Counter[tuple[int, int]]:
    """What a program without gap ranks does at best: every pair of every pre-token, one by one."""
    counts: Counter[tuple[int, int]] = Counter()
    for pre_token, weight in enumerate(replay.corpus.weights.tolist()):
        for pair in pairwise(replay.row(pre_token, rank)):
            counts[pair] += weight
    return counts


def main(megabytes: list[int]) -> None:
    print(f"{_N_MERGES:,} merges of GPT-2's pattern; milliseconds")
    for size in megabytes:
        for ties in TieRule:
            print(
                f"{size:3} MB, ties {ties.value:6}: {measured(size * MEGABYTE, ties)}", flush=True
            )


def figures(quick: bool = False) -> Iterator[Figure]:
    size = 1 if quick else 10
    replay = TrainingReplay(trained(size * MEGABYTE, TieRule.LOWEST))
    steps = [once(partial(replay.step, rank)) for rank in steps_of(len(replay))]
    yield Figure.of_time(f"step of the training replay, {size} MB", max(steps), most=_MOST_STEP)


def measured(n_bytes: int, ties: TieRule) -> str:
    training = trained(n_bytes, ties)
    made: list[TrainingReplay] = []
    opening = once(lambda: made.append(TrainingReplay(training)))
    replay = made[0]
    ranks = steps_of(len(replay))

    def seconds(call: Callable[[int], object], of: list[int]) -> list[float]:
        return [once(partial(call, rank)) for rank in of]

    steps, examples = seconds(replay.step, ranks), seconds(replay.touched, ranks)
    slow = seconds(partial(counted_afresh, replay), ranks[:_N_COUNTED])
    return (
        f"{replay.corpus.n_pre_tokens:,} pre-tokens, opened in {1000 * opening:.0f}; a step "
        f"{1000 * median(steps):.0f}, at worst {1000 * max(steps):.0f}; its examples "
        f"{1000 * median(examples):.1f}; counted one by one {1000 * median(slow):,.0f}, "
        f"{median(slow) / median(steps[:_N_COUNTED]):.0f}x as long"
    )


if __name__ == "__main__":
    main([int(size) for size in sys.argv[1:]] or [1, 10])
