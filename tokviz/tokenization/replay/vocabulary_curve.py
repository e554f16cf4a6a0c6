"""The curve of tokens against vocabulary size: how many tokens a text has after k merges."""

from typing import NamedTuple

import numpy as np

from tokviz.tokenization.encoding import Encoding, Int64s
from tokviz.tokenization.tokenizer import Tokenizer


class VocabularyCurve(NamedTuple):
    """After `n_merges[i]` merges, and until the next entry, the text has `n_tokens[i]` tokens."""

    n_merges: Int64s
    n_tokens: Int64s


def vocabulary_curve(tokenizer: Tokenizer, encoding: Encoding) -> VocabularyCurve:
    """The curve at 0 merges, wherever it changes, and at the last merge.

    Each merge closes one gap and so takes one token away: counting the gap ranks is enough.
    """
    n_all = len(tokenizer.merges)
    closed = np.zeros(n_all, np.int64)
    closed[encoding.fired.ranks] += encoding.fired.counts
    closed += merges_over_lost_bytes(tokenizer, encoding)
    return curve_of(closed, len(encoding.ids))


def curve_of(closed: Int64s, n_tokens: int) -> VocabularyCurve:
    """The curve of a text of `n_tokens` tokens; `closed`: how often each merge fires, by rank."""
    changes = np.flatnonzero(closed) + 1
    last = [len(closed)] if len(closed) and not closed[-1] else []
    n_merges = np.concatenate(([0], changes, last)).astype(np.int64)
    totals = np.concatenate(([0], np.cumsum(closed)))
    return VocabularyCurve(n_merges, n_tokens + totals[-1] - totals[n_merges])


def merges_over_lost_bytes(tokenizer: Tokenizer, encoding: Encoding) -> Int64s:
    """How often each merge joined bytes that are no neighbours, as a byte between has no token.

    No gap tells of those, so the pre-tokens concerned are replayed.
    """
    n_all = len(tokenizer.merges)
    more = np.zeros(n_all, np.int64)
    starts, gaps = encoding.pre_token_chars, encoding.gaps
    if starts is None or gaps is None or not tokenizer.drops_bytes(encoding):
        return more
    spans = encoding.pre_token_spans()
    chars = encoding.chars_at(encoding.uncovered_bytes)
    for place in np.unique(starts.searchsorted(chars, "right") - 1).tolist():
        start, end = spans[place]
        ranks = [step.rank for step in tokenizer.replay(encoding.text[start:end])]
        inside = gaps[encoding.to_byte(start) : encoding.to_byte(end)]
        more += np.bincount(np.array(ranks, np.int64), minlength=n_all)
        more -= np.bincount(inside[inside >= 0], minlength=n_all)
    return more
