"""WindowChain: a long pre-token by windows that follow each other, and that are remembered.

Each window begins with a token of the one before, well before that one ends. If it is the first
token of the new window, too, the two may be joined there (`long_pre_tokens.py` says why). So a
letter typed into a long pre-token leaves the windows before it as they were, and behind it the
windows soon begin where they did: at most tokens that did not change. In a run of one letter they
are all equal.

It goes window by window, so it is for a few thousand bytes; more are merged in lock-step.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from tokviz.tokenization.encoders.lock_step import LockStep
from tokviz.tokenization.encoders.merged_piece import merge_plainly
from tokviz.tokenization.encoding import Int32s
from tokviz.tokenization.growing_array import GrowingArray
from tokviz.tokenization.ranges import ranges

_WINDOW = 64
_SHORTEST_STEP, _STEP = 16, 48  # bytes from the start of a window to that of the next
_MOST_REMEMBERED = 1 << 19  # bytes of windows
_Token = tuple[int, int]  # id and length in bytes


class _Link(NamedTuple):
    """A window: where its tokens and gaps stand, its first token, and that of the next window.

    `step`: where that begins; 0 if no token begins at a fit place.
    """

    first: int
    opening: _Token
    step: int
    following: _Token


class WindowChain:
    """Remembers the windows of all pieces it has met, up to a bound."""

    def __init__(self, lock_step: LockStep) -> None:
        self._lock_step = lock_step
        self._forget()

    def _forget(self) -> None:
        self._links: dict[bytes, _Link] = {}
        self._tokens, self._gaps = GrowingArray(), GrowingArray()

    @property
    def memory(self) -> int:
        """An estimate of the bytes held."""
        return 8 * self._tokens.size + 600 * len(self._links)

    def merge(self, piece: NDArray[np.uint8]) -> tuple[Int32s, Int32s] | None:
        """The tokens that begin at each byte (-1: none) and the gap ranks; None where two windows
        do not meet."""
        if self._tokens.size > _MOST_REMEMBERED:
            self._forget()
        text, at, expected = piece.tobytes(), 0, None
        firsts, lengths = [], []
        known = self._links.get
        while True:
            window = text[at : at + _WINDOW]
            first, opening, step, following = known(window) or self._learn(window)
            if expected is not None and opening != expected:
                return None
            firsts.append(first)
            if at + _WINDOW >= len(text):
                break
            if not step:
                return None
            lengths.append(step)
            at, expected = at + step, following
        lengths.append(len(window))
        taken = ranges(np.array(firsts), np.array(lengths))
        return self._tokens.data.take(taken), self._gaps.data.take(taken)

    def _learn(self, window: bytes) -> _Link:
        tokens, gaps = merge_plainly(self._lock_step, np.frombuffer(window, np.uint8))
        starts = np.flatnonzero(tokens >= 0)
        lengths = np.diff(starts, append=len(window))
        places = list(zip(starts.tolist(), tokens[starts].tolist(), lengths.tolist(), strict=True))
        within = [place for place in places if _SHORTEST_STEP <= place[0] <= _STEP] or places[:1]
        step, *following = min(within, key=_order)
        link = _Link(self._tokens.size, places[0][1:], step, (following[0], following[1]))
        self._links[window] = link
        self._tokens.extend(tokens)
        self._gaps.extend(gaps)
        return link


def _order(place: tuple[int, int, int]) -> tuple[int, int]:
    """By the ids, mixed, so that windows that overlap mostly agree; of equal ones the last."""
    start, token_id, _ = place
    return token_id * 0x9E3779B1 & 0xFFFFFFFF, -start
