"""Pre-tokens of any length: windows that overlap, and a sweep over the ranks where those fail.

A long pre-token is merged in windows that overlap, all of them in lock-step. Where two windows
have a token in common, at the same place, the tokens of the one up to it and those of the other
from it on are those of the whole. For suppose a merge of the whole were the first to cross an edge
between two tokens u, v that are neighbours in a window. Until then the merges of the whole inside
of u and v are those that the window does there, as both take the lowest rank first and then the
leftmost; so the window would have done that merge, too. No rule about the ranks is needed.
Equal windows, as those of a million spaces, are merged once. A few thousand bytes, such as a
person types into, go by a chain of smaller windows, which are remembered (`window_chain.py`).

Where two windows have no token in common (`aaaa...`, at odds by one) `rank_sweep.py` takes over.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tokviz.tokenization.encoders.lock_step import LONGEST, LockStep
from tokviz.tokenization.encoders.merged_piece import merge_each, merge_plainly
from tokviz.tokenization.encoders.rank_sweep import sweep
from tokviz.tokenization.encoders.window_chain import WindowChain
from tokviz.tokenization.encoding import OPEN, Int32s, Int64s

_STEP = 64  # a power of two, as the tokens of a repeated letter are: so windows of it agree
_OVERLAP = 32
_WINDOW = _STEP + _OVERLAP
_CHAINED = 1 << 15  # bytes up to which windows are taken one after the other, and remembered
_FEW = 96  # pieces up to which the merge loop is faster than the steps of a matrix
_FEW_LONG = 32  # long pieces up to which windows are taken so
_BLOCK = 1 << 9  # windows
_SWEPT = 2_000  # bytes from which on a sweep is worth its steps
Bytes = NDArray[np.uint8]


class PieceMerger:
    """Merges pieces of any length. It belongs to one thread."""

    def __init__(self, lock_step: LockStep) -> None:
        self._lock_step = lock_step
        self._chain = WindowChain(lock_step)

    @property
    def memory(self) -> int:
        """An estimate of the bytes held."""
        return self._chain.memory

    def merge(self, data: Bytes, starts: Int32s, lengths: Int32s) -> tuple[Int32s, Int32s]:
        """The tokens that begin at each byte (-1: none) and the gap ranks, of pieces in a row."""
        is_long = lengths > LONGEST
        if not is_long.any():
            return self._merge_short(data, starts, lengths)
        tokens, gaps = np.full(len(data), -1, np.int32), np.full(len(data), OPEN, np.int32)
        short = ~is_long
        places = _places(starts[short].astype(np.int64), lengths[short].astype(np.int64))
        tokens[places], gaps[places] = self._merge_short(data, starts[short], lengths[short])
        long = list(zip(starts[is_long].tolist(), lengths[is_long].tolist(), strict=True))
        if len(long) <= _FEW_LONG and sum(length for _, length in long) <= _CHAINED:
            long = [place for place in long if not self._chained(data, place, tokens, gaps)]
        if long:
            _merge_by_windows(self._lock_step, data, long, tokens, gaps)
        return tokens, gaps

    def _merge_short(self, data: Bytes, starts: Int32s, lengths: Int32s) -> tuple[Int32s, Int32s]:
        if len(starts) > _FEW:
            return self._lock_step.merge(data, starts.astype(np.int64), lengths.astype(np.int64))
        places = _places(starts.astype(np.int64), lengths.astype(np.int64))
        return merge_each(self._lock_step, data[places], lengths.tolist())

    def _chained(self, data: Bytes, place: tuple[int, int], tokens: Int32s, gaps: Int32s) -> bool:
        piece = slice(place[0], sum(place))
        whole = self._chain.merge(data[piece])
        if whole is None:
            return False
        tokens[piece], gaps[piece] = whole
        return True


def _merge_by_windows(
    lock_step: LockStep, data: Bytes, long: list[tuple[int, int]], tokens: Int32s, gaps: Int32s
) -> None:
    """The windows of all long pieces, by start and length, at once; then each from its own."""
    windows = [_windows(length) for _, length in long]
    merged = _Merged.of(
        lock_step,
        data,
        np.concatenate([w + start for (w, _), (start, _) in zip(windows, long, strict=True)]),
        np.concatenate([sizes for _, sizes in windows]),
    )
    at = 0
    for (start, length), (_, sizes) in zip(long, windows, strict=True):
        piece, stop = data[start : start + length], at + len(sizes)
        mine = _Merged(merged.firsts[at:stop], sizes, merged.tokens, merged.gaps)
        whole = _stitched(lock_step, piece, mine) or _merge_alone(lock_step, piece)
        tokens[start : start + length], gaps[start : start + length] = whole
        at = stop


@dataclass(frozen=True)
class _Merged:
    """Windows, each of which stands in `tokens` and `gaps` from its `firsts` on; equal ones at one
    place."""

    firsts: Int64s
    lengths: Int64s
    tokens: Int32s
    gaps: Int32s

    @staticmethod
    def of(lock_step: LockStep, data: Bytes, starts: Int64s, lengths: Int64s) -> "_Merged":
        text, numbers = data.tobytes(), dict[bytes, int]()
        is_other = _differ_from_last(text, starts, lengths)
        others, ends = starts[is_other].tolist(), (starts + lengths)[is_other].tolist()
        numbered = [
            numbers.setdefault(text[start:end], len(numbers))
            for start, end in zip(others, ends, strict=True)
        ]
        which = np.array(numbered)[np.cumsum(is_other) - 1]
        chosen = np.unique(which, return_index=True)[1]
        sizes = lengths[chosen]
        tokens, gaps = lock_step.merge(data, starts[chosen], sizes)
        return _Merged((np.cumsum(sizes) - sizes)[which], lengths, tokens, gaps)


def _differ_from_last(text: bytes, starts: Int64s, lengths: Int64s) -> NDArray[np.bool_]:
    """Which windows are others than the one before, so that those of a long run are one look."""
    n_windows, n_words = len(text) + 1, _WINDOW // 8
    windows = np.ndarray((n_windows,), f"V{_WINDOW}", text + b"\0" * _WINDOW, strides=(1,))
    words = windows[starts].view(np.uint64).reshape(-1, n_words)
    differ = np.ones(len(starts), bool)
    differ[1:] = (words[1:] != words[:-1]).any(axis=1) | (lengths[1:] != lengths[:-1])
    return differ


def _windows(length: int) -> tuple[Int64s, Int64s]:
    """Starts and lengths of the windows over a pre-token of so many bytes."""
    starts = _STEP * np.arange(1 + max(0, -(-(length - _WINDOW) // _STEP)))
    return starts, np.minimum(starts + _WINDOW, length) - starts


def _places(starts: Int64s, lengths: Int64s) -> Int64s:
    before = np.cumsum(lengths) - lengths
    return np.repeat(starts - before, lengths) + np.arange(int(lengths.sum()))


def _merge_alone(lock_step: LockStep, data: Bytes) -> tuple[Int32s, Int32s]:
    swept = sweep(lock_step, data) if len(data) >= _SWEPT else None
    return swept or merge_plainly(lock_step, data)


def merge_windows(lock_step: LockStep, data: Bytes) -> tuple[Int32s, Int32s] | None:
    """One pre-token by windows; None where that is in vain."""
    return _stitched(lock_step, data, _Merged.of(lock_step, data, *_windows(len(data))))


def _stitched(lock_step: LockStep, data: Bytes, merged: _Merged) -> tuple[Int32s, Int32s] | None:
    """Windows that have no token in common are merged again as one; None where that is in vain."""
    cuts = _shared_tokens(merged)
    if (cuts < 0).any():
        merged = _with_wider_windows(lock_step, data, merged, cuts >= 0)
        cuts = _shared_tokens(merged)
        if (cuts < 0).any():
            return None
    low = np.append(0, cuts)
    sizes = merged.lengths - np.append(_OVERLAP - cuts, 0) - low
    firsts = merged.firsts + low
    tokens, gaps = np.empty(len(data), np.int32), np.empty(len(data), np.int32)
    at = 0
    for start in range(0, len(sizes), _BLOCK):  # so that the places need no fresh memory
        some = slice(start, start + _BLOCK)
        places = _places(firsts[some], sizes[some])
        end = at + len(places)
        merged.tokens.take(places, out=tokens[at:end], mode="clip")
        merged.gaps.take(places, out=gaps[at:end], mode="clip")
        at = end
    return tokens, gaps


def _with_wider_windows(
    lock_step: LockStep, data: Bytes, merged: _Merged, is_joined: NDArray[np.bool_]
) -> _Merged:
    starts, lengths = _windows(len(data))
    begins, ends = np.append(True, is_joined), np.append(is_joined, True)
    lows, highs = starts[begins], (starts + lengths)[ends]
    parts = []
    for low, high, first in zip(lows, highs, merged.firsts[begins], strict=True):
        one = slice(first, first + high - low)
        is_wide = high - low > _WINDOW
        parts.append(
            _merge_alone(lock_step, data[low:high])
            if is_wide
            else (merged.tokens[one], merged.gaps[one])
        )
    tokens, gaps = (np.concatenate(column) for column in zip(*parts, strict=True))
    lengths = highs - lows
    return _Merged(np.cumsum(lengths) - lengths, lengths, tokens, gaps)


def _shared_tokens(merged: _Merged) -> Int64s:
    """For each two neighbouring windows, where in the overlap a token of both starts; -1: none.

    Every window is longer than the overlap, the last bytes of each being the first of the next.
    """
    ends = (merged.firsts + merged.lengths)[:-1]
    pairs, which = np.unique(ends << 32 | merged.firsts[1:], return_inverse=True)
    ends, begins = pairs >> 32, pairs & 0xFFFFFFFF
    within = np.arange(_OVERLAP + 1)
    starts_here = np.append(merged.tokens >= 0, True)
    one = starts_here[(ends - _OVERLAP)[:, None] + within]
    one[:, -1] = True  # a window's end is one of its tokens'
    other = starts_here[begins[:, None] + within]
    window, place = np.nonzero(one | other)
    both = (one & other)[window, place]
    shared = np.flatnonzero(both[:-1] & both[1:] & (window[:-1] == window[1:]))
    found, first = np.unique(window[shared], return_index=True)
    cuts = np.full(len(pairs), -1)
    cuts[found] = place[shared[first]]
    answer: Int64s = cuts[which]
    return answer
