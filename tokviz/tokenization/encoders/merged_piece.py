"""Pre-tokens by the merge loop, one after the other, told by places as lock-step does."""

import numpy as np
from numpy.typing import NDArray

from tokviz.tokenization.algorithms.bpe import apply_merges
from tokviz.tokenization.encoders.lock_step import LockStep
from tokviz.tokenization.encoding import OPEN, Int32s


def merge_each(
    lock_step: LockStep, data: NDArray[np.uint8], lengths: list[int]
) -> tuple[Int32s, Int32s]:
    """(bytes,) each: the tokens that begin at each byte (-1: none) and the gap ranks, of pieces of
    these lengths that stand in a row in `data`."""
    symbols: list[int] = lock_step.byte_ids[data].tolist()
    tokens, gaps = [-1] * len(data), [OPEN] * len(data)
    start = 0
    for length in lengths:
        ids, events = apply_merges(symbols[start : start + length], lock_step.merges)
        for rank, gap in events:
            gaps[start + gap] = rank
        at = start
        for token_id in ids:
            tokens[at] = token_id
            while gaps[at] != OPEN:
                at += 1
            at += 1
        start += length
    return np.array(tokens, np.int32), np.array(gaps, np.int32)


def merge_plainly(lock_step: LockStep, data: NDArray[np.uint8]) -> tuple[Int32s, Int32s]:
    """The same of one piece."""
    return merge_each(lock_step, data, [len(data)])
