"""Where the merges of a tokenizer fire in a text, and what becomes of what they make."""

from collections import Counter
from dataclasses import dataclass

import numpy as np

from tokviz.tokenization.encoding import Encoding, Int64s
from tokviz.tokenization.tokenizer import Tokenizer


@dataclass(frozen=True)
class Firings:
    """The places where one merge fired. `gaps`: (n,) int64, the byte before each closed gap.

    `survives`: how many of the tokens it made are tokens of the result; `absorbed_by`: (id, times)
    of the final tokens that hold the others, the most frequent first.
    """

    gaps: Int64s
    survives: int
    absorbed_by: tuple[tuple[int, int], ...]

    @property
    def n_fired(self) -> int:
        return len(self.gaps)


def firings_of(tokenizer: Tokenizer, encoding: Encoding, rank: int) -> Firings:
    """All firings of the merge of a rank. A merge over a lost byte closes no gap and is not seen.

    Raises `IndexError` for a rank the tokenizer does not have.
    """
    made = tokenizer.merges[rank].id
    if encoding.gaps is None or not len(encoding.ids):
        return Firings(np.zeros(0, np.int64), 0, ())
    gaps = np.flatnonzero(encoding.gaps == rank)
    token = encoding.byte_starts.searchsorted(gaps.astype(np.int32), "right") - 1
    ids, counts = np.unique(encoding.ids[token], return_counts=True)
    order = np.argsort(-counts, kind="stable")
    found = zip(ids[order].tolist(), counts[order].tolist(), strict=True)
    survives = int(counts[ids == made].sum())
    return Firings(gaps, survives, tuple((i, n) for i, n in found if i != made))


def joined_firings(parts: list[tuple[int, Firings]]) -> Firings:
    """The firings of a whole text from those of its parts: (first byte of the part, firings)."""
    gaps = [firings.gaps + base for base, firings in parts]
    times: Counter[int] = Counter()
    for _, firings in parts:
        times.update(dict(firings.absorbed_by))
    return Firings(
        np.concatenate([np.zeros(0, np.int64), *gaps]),
        sum(firings.survives for _, firings in parts),
        tuple(times.most_common()),
    )
