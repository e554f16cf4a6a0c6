"""What made each token of a merge history: its left part, when lower ranks alone come before.

Nearly always a token is what its own symbols merge to, and its own merge, which comes last, closes
the gap between its two parts. So all tokens are merged in lock-step, some thousand at a time, and
that gap is looked for. The others, where a merge of a higher rank comes in between, or that have
too many symbols, are merged one by one and followed event by event until their own rank.
"""

from collections.abc import Iterator

import numpy as np

from tokviz.tokenization.algorithms.bpe import Merges, apply_merges
from tokviz.tokenization.encoders.lock_step import LONGEST, LockStep, can_look_up
from tokviz.tokenization.encoding import Int32s, Int64s
from tokviz.tokenization.tokenizer import Tokenizer

NEVER, FAILS = -1, -2
_UNKNOWN = -3
AT_ONCE = 4096
"""Merges that are looked at from one step to the next."""
_FEW = 100  # of those looked at one by one


class LeftParts:
    """`of_rank`, (merges,) int32, is there after the last of the `steps`: the left part's id;
    `NEVER` for a merge that does not fire, as its token is made otherwise or of two others; `FAILS`
    where lower ranks leave three tokens or more."""

    def __init__(self, tokenizer: Tokenizer) -> None:
        self._tokenizer = tokenizer
        self._rules = tokenizer.all_rules
        self._n_ids = max(_highest(tokenizer.all_rules.lines), tokenizer.n_vocab) + 2
        self._n_symbols = np.ones(self._n_ids, np.int32)  # in each token
        self.of_rank = np.full(len(tokenizer.merges), _UNKNOWN, np.int32)
        self._n_left = np.zeros(len(tokenizer.merges), np.int32)  # symbols in the left part

    def steps(self) -> Iterator[None]:
        """Find them; each step is short."""
        n = len(self.of_rank)
        lock_step = self._lock_step()
        for first in range(0, n, AT_ONCE):
            yield
            if lock_step is not None:
                self._merge(lock_step, first, min(first + AT_ONCE, n))
        # What stands left of the gap may have been merged further than its highest rank tells.
        of_rank = self.of_rank
        of_rank[(of_rank >= 0) & (self._n_symbols.take(of_rank) != self._n_left)] = _UNKNOWN
        for i, rank in enumerate(np.flatnonzero(of_rank == _UNKNOWN).tolist()):
            if i % _FEW == 0:
                yield
            of_rank[rank] = left_part(self._tokenizer, rank)

    def _lock_step(self) -> LockStep | None:
        """None where ids or ranks are too large for it."""
        if not can_look_up(self._rules.lines, self._n_ids):
            return None
        return LockStep(self._rules.lines, np.arange(self._n_ids, dtype=np.int32))

    def _merge(self, lock_step: LockStep, first: int, last: int) -> None:
        """Merge the tokens of the ranks [first, last)."""
        ids = self._tokenizer.merges.ids[first:last]
        symbols, lengths = self._tokenizer.symbols_of_tokens(ids)
        self._n_symbols[ids] = lengths
        self.of_rank[first:last][lengths < 2] = NEVER
        is_taken = (lengths >= 2) & (lengths <= LONGEST)
        symbols, lengths = symbols[np.repeat(is_taken, lengths)], lengths[is_taken]
        if not len(symbols):
            return
        symbols = np.minimum(symbols, np.int32(self._n_ids - 1))  # an id that no rule knows
        starts = np.cumsum(lengths) - lengths
        tokens, lines = lock_step.merge(symbols, starts, lengths)
        self._take(first + np.flatnonzero(is_taken), symbols, starts, tokens, lines)

    def _take(
        self, own: Int64s, symbols: Int32s, starts: Int64s, tokens: Int32s, lines: Int32s
    ) -> None:
        """Read off the parts of the tokens of the ranks `own`, whose symbols begin at `starts`.

        `lines` tells the rule that closed the gap behind each symbol. The seam of a token is the
        gap that its own rank closed; of those left of it the highest made the left part.
        """
        row_of = np.repeat(np.arange(len(own)), np.diff(starts, append=len(symbols)))
        ranks = self._rules.ranks_of_gaps(lines)
        highest = np.maximum.reduceat(ranks, starts)
        n_tokens = np.add.reduceat((tokens >= 0).astype(np.int64), starts)
        self.of_rank[own] = np.select(
            [highest > own, highest == own, n_tokens > 2], [_UNKNOWN, _UNKNOWN, FAILS], NEVER
        )
        seams = np.flatnonzero(ranks == own[row_of])
        seams = seams[(highest == own)[row_of[seams]] & (n_tokens == 1)[row_of[seams]]]
        rows = row_of[seams]
        seam_of = np.full(len(own), -1)
        seam_of[rows] = seams
        is_left = np.arange(len(symbols)) < seam_of[row_of]
        last = np.maximum.reduceat(np.where(is_left, lines, -1), starts)[rows]
        merged = self._rules.lines.ids[last]
        self.of_rank[own[rows]] = np.where(last < 0, symbols[starts[rows]], merged)
        self._n_left[own[rows]] = seams - starts[rows] + 1


def _highest(lines: Merges) -> int:
    """The highest id in any rule."""
    columns = (lines.left, lines.right, lines.ids, *lines.others[:2])
    return max(int(column.max(initial=0)) for column in columns)


def left_part(tokenizer: Tokenizer, rank: int) -> int:
    """The left part of one rank's token, by its definition."""
    rules = tokenizer.all_rules
    symbols, _ = tokenizer.symbols_of_tokens(tokenizer.merges.ids[rank : rank + 1])
    ids: list[int] = symbols.tolist()
    _, events = apply_merges(ids, rules.lines)
    n_tokens, starts = len(ids), list(range(len(ids)))
    for line, gap in events:
        if rules.ranks[line] >= rank:
            if n_tokens == 2 and rules.ranks[line] == rank:
                return ids[0]
            break
        start = starts[gap]
        ids[start] = int(rules.lines.ids[line])
        end = gap + 1
        while end < len(starts) and starts[end] == gap + 1:
            starts[end] = start
            end += 1
        n_tokens -= 1
    return FAILS if n_tokens > 2 else NEVER
