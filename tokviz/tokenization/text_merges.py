"""What the merges do in a whole text: where one fires, how often each does, and the curve."""

import numpy as np

from tokviz.tokenization.encoding import Encoding, Int64s, concatenate
from tokviz.tokenization.merge_firings import Firings, firings_of, joined_firings
from tokviz.tokenization.tokenized_text import TokenizedText
from tokviz.tokenization.vocabulary_curve import (
    VocabularyCurve,
    curve_of,
    merges_over_lost_bytes,
)


def find_firings(text: TokenizedText, rank: int) -> Firings:
    """Where the merge of a rank fires in what is encoded so far. Raises `IndexError`."""
    found = []
    for part in text.encodings():
        firings = firings_of(text.tokenizer, part.encoding, rank)
        if firings.n_fired:
            found.append((part.first_byte, firings))
    return joined_firings(found)


def fired_spans(text: TokenizedText, rank: int, start: int, end: int) -> list[tuple[int, int]]:
    """Characters of what the merge of a rank made, where that touches [start, end)."""
    merge = text.tokenizer.merges[rank]
    n_left = len(text.tokenizer.token_bytes(merge.left))
    n_made = len(text.tokenizer.token_bytes(merge.id))
    spans: list[tuple[int, int]] = []
    for encoding, base, _ in text.encodings(start, end):
        if encoding.gaps is None:
            continue
        low = max(encoding.to_byte(max(start - base, 0)) - n_made, 0)
        high = encoding.to_byte(min(end - base, len(encoding.text))) + n_made
        fired = np.flatnonzero(encoding.gaps[low:high] == rank) + low
        firsts = encoding.chars_at(fired + 1 - n_left) + base
        lasts = encoding.chars_at(fired + n_made - n_left) + base + 1
        spans += zip(firsts.tolist(), lasts.tolist(), strict=True)
    return [span for span in spans if span[0] < end and span[1] > start]


def fired_counts(text: TokenizedText) -> Int64s:
    """(n_merges,) int64: how often each merge fires, by rank."""
    total = np.zeros(len(text.tokenizer.merges), np.int64)
    ranks = text.gap_ranks()
    if ranks is not None:
        total += np.bincount(ranks[ranks >= 0], minlength=len(total))
    return total


def curve_of_text(text: TokenizedText) -> VocabularyCurve:
    """Tokens of what is encoded so far after k merges, for every k at which that changes."""
    closed, n_tokens = fired_counts(text), 0
    for part in text.encodings():
        n_tokens += len(part.encoding.ids)
        if len(part.encoding.uncovered_bytes):
            closed += merges_over_lost_bytes(text.tokenizer, part.encoding)
    return curve_of(closed, n_tokens)


def pre_tokens_around(text: TokenizedText, start: int, end: int) -> tuple[Encoding, int]:
    """The encoding, with all merges, of the pre-tokens that touch the characters [start, end), as
    far as they are known, and the first character of the first of them."""
    parts: list[Encoding] = []
    first = start
    for encoding, base, _ in text.encodings(start, end):
        edges = encoding.pre_token_chars
        low, high = max(start - base, 0), min(end - base, len(encoding.text))
        if edges is not None:
            low = int(edges[int(edges.searchsorted(np.int32(low), "right")) - 1])
            behind = int(edges.searchsorted(np.int32(high)))
            high = int(edges[behind]) if behind < len(edges) else len(encoding.text)
        if not parts:
            first = base + low
        parts.append(encoding.part(low, high))
    return concatenate(parts or [text.tokenizer.encoder().encode("")]), first
