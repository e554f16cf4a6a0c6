"""The merges behind a rank file, which writes tokens only: tiktoken joins any two neighbours whose
bytes together are a token.

A token was made from the two tokens that encoding its bytes with lower ranks leaves. To find them
nothing need be encoded: of all its halves that are tokens themselves, it is the one whose two
tokens can stand side by side, and that shows along the inner edges of the two alone (the test for
valid pairs in the Rust crate `bpe`).
"""

from collections.abc import Sequence

import numpy as np

from tokviz.tokenization.algorithms.bpe import MergeRules, Merges
from tokviz.tokenization.formats import TokenizerFileError

_MOST_WORK = 1 << 30  # squares of lengths, summed: a real vocabulary stays below a tenth of it
_MOST_RULES = 1 << 22


def merges_of_ranks(vocab: Sequence[bytes | None]) -> Merges | None:
    """One merge for each token of more than one byte, by rank; None where the order fails.

    `vocab`: rank → bytes, all 256 single bytes among them. The order fails if a token is not two
    tokens when its bytes are encoded with lower ranks.
    """
    ids = _bytes_first(vocab)
    number = {vocab[ids[i]]: i for i in range(256)}
    left_of, right_of = list(range(256)), list(range(256))
    made: dict[int, int] = {}  # left << 32 | right → the token they make
    for i in range(256, len(ids)):
        data = vocab[ids[i]] or b""
        for cut in range(1, len(data)):
            left = number.get(data[:cut])
            if left is None:
                continue
            right = number.get(data[cut:])
            if right is not None and _can_meet(left, right, made, left_of, right_of):
                break
        else:
            return None
        number[data] = i
        left_of.append(left)
        right_of.append(right)
        made[left << 32 | right] = i
    places = np.array(ids, np.int32)
    left_ids, right_ids = (np.array(column[256:], np.int64) for column in (left_of, right_of))
    return Merges(places[left_ids], places[right_ids], places[256:])


def _bytes_first(vocab: Sequence[bytes | None]) -> list[int]:
    """All ids, those of single bytes first: numbered so, a token's parts come before it."""
    ids = [i for i, data in enumerate(vocab) if data is not None]
    return sorted(ids, key=lambda i: (len(vocab[i] or b"") > 1, i))


def _can_meet(
    left: int, right: int, made: dict[int, int], left_of: list[int], right_of: list[int]
) -> bool:
    """Whether two tokens are still two when their bytes together are encoded.

    They are, unless a pair across the seam merges before one of the two at the seam was made.
    So the merges on both sides of the seam are taken back, the last one first.
    """
    limit = len(left_of)
    while True:
        together = made.get(left << 32 | right)
        if together is not None and together < limit:
            return False
        if left > right:
            limit, left = left, right_of[left]
            if left == limit:  # a byte
                limit, right = right + 1, left_of[right]
                if right + 1 == limit:
                    return True
        else:
            limit, right = right + 1, left_of[right]
            if right + 1 == limit:
                limit, left = left, right_of[left]
                if left == limit:
                    return True


def rules_of_ranks(vocab: Sequence[bytes | None], file: str) -> tuple[Merges, MergeRules]:
    """A merge for each token, and every pair that tiktoken would join: for a file whose order
    fails. Raises `TokenizerFileError` for more pairs than can be kept."""
    id_of = {data: i for i, data in enumerate(vocab) if data is not None}
    lines: list[tuple[int, int, int]] = []
    first: list[tuple[int, int, int]] = []
    ranks: list[int] = []
    for token_id, data in enumerate(vocab):
        if data is None or len(data) == 1:
            continue
        cuts = ((id_of.get(data[:i]), id_of.get(data[i:])) for i in range(1, len(data)))
        pairs = [(a, b, token_id) for a, b in cuts if a is not None and b is not None]
        if not pairs:  # reached whole, or not at all
            continue
        ranks += [len(first)] * len(pairs)
        first.append(pairs[0])
        lines += pairs
        if len(lines) > _MOST_RULES:
            raise TokenizerFileError(f"{file} needs more than {_MOST_RULES:,} merges; shorten it.")
    return _merges(first), MergeRules(_merges(lines), np.array(ranks, np.int32))


def _merges(rows: list[tuple[int, int, int]]) -> Merges:
    left, right, made = np.array(rows, np.int32).reshape(-1, 3).T
    return Merges(left, right, made)


def check_lengths(vocab: Sequence[bytes | None], file: str) -> None:
    """Raises `TokenizerFileError` for tokens so long that taking them apart would never end."""
    if sum(len(data) ** 2 for data in vocab if data is not None) > _MOST_WORK:
        raise TokenizerFileError(
            f"{file} has tokens of thousands of bytes, which no vocabulary needs; take them out."
        )
