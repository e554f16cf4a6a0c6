"""The obvious slow trainers: everything is counted afresh at each merge."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise


@dataclass(frozen=True)
class SlowMerge:
    left: int
    right: int
    id: int
    count: int
    replacements: int
    ties: list[tuple[int, int]]
    n_touched: int
    counts: dict[tuple[int, int], int]


def slow_training(
    words: Mapping[tuple[int, ...], int],
    vocab: list[bytes],
    n_merges: int,
    *,
    first: bool = False,
    min_count: int = 1,
    takes_old_ids: bool = False,
) -> list[SlowMerge]:
    """Merges of words of ids with counts; `vocab` grows.

    Of tied pairs the lowest is taken, or the `first` to occur. `takes_old_ids`: two pairs that
    make the same bytes make the same token, as in Hugging Face's trainer.
    """
    rows = [(list(word), n) for word, n in words.items()]
    merges = []
    for _ in range(n_merges):
        counts: Counter[tuple[int, int]] = Counter()
        for row, n in rows:
            for pair in pairwise(row):
                counts[pair] += n
        most = max(counts.values(), default=0)
        if most < min_count:
            break
        tied = [pair for pair in counts if counts[pair] == most]
        left, right = tied[0] if first else min(tied)
        data = vocab[left] + vocab[right]
        new = vocab.index(data) if takes_old_ids and data in vocab else len(vocab)
        if new == len(vocab):
            vocab.append(data)
        replacements = n_touched = 0
        for row, n in rows:
            before = len(row)
            row[:] = joined(row, left, right, new)
            replacements += n * (before - len(row))
            n_touched += before > len(row)
        ties = [pair for pair in (tied if first else sorted(tied)) if pair != (left, right)]
        merges.append(
            SlowMerge(left, right, new, most, replacements, ties, n_touched, dict(counts))
        )
    return merges


def joined(row: list[int], left: int, right: int, new: int) -> list[int]:
    done: list[int] = []
    at = 0
    while at < len(row):
        if row[at : at + 2] == [left, right]:
            done.append(new)
            at += 2
        else:
            done.append(row[at])
            at += 1
    return done


def minbpe_training(chunks: list[bytes], n_merges: int) -> list[tuple[int, int]]:
    """minbpe's `RegexTokenizer.train` (MIT licence, Andrej Karpathy), its two functions in one.

    `max` takes the first of the pairs with the highest count, in the order of a dict's insertion.
    """
    ids = [list(chunk) for chunk in chunks]
    pairs = []
    for i in range(n_merges):
        stats: dict[tuple[int, int], int] = {}
        for row in ids:
            for pair in pairwise(row):
                stats[pair] = stats.get(pair, 0) + 1
        if not stats:
            break
        best = max(stats, key=lambda pair: stats[pair])
        ids = [joined(row, *best, 256 + i) for row in ids]
        pairs.append(best)
    return pairs
