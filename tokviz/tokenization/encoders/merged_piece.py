"""One pre-token by the merge loop, told by places as lock-step does."""

import numpy as np
from numpy.typing import NDArray

from tokviz.tokenization.algorithms.bpe import apply_merges
from tokviz.tokenization.encoders.lock_step import LockStep
from tokviz.tokenization.encoding import OPEN, Int32s


def merge_plainly(lock_step: LockStep, data: NDArray[np.uint8]) -> tuple[Int32s, Int32s]:
    """The tokens that begin at each byte (-1: none) and the gap ranks."""
    symbols: list[int] = lock_step.byte_ids[data].tolist()
    ids, events = apply_merges(symbols, lock_step.merges)
    gaps = np.full(len(data), OPEN, np.int32)
    for rank, gap in events:
        gaps[gap] = rank
    tokens = np.full(len(data), -1, np.int32)
    tokens[np.append(0, np.flatnonzero(gaps[:-1] == OPEN) + 1)] = ids
    return tokens, gaps
