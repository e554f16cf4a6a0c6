"""What the merges do in a whole text: where one fires, how often each does, and the curve."""

from collections.abc import Iterator

import numpy as np

from tokviz.tokenization.encoding import Encoding, Int64s, concatenate
from tokviz.tokenization.replay.merge_firings import Firings, firings_of, joined_firings
from tokviz.tokenization.replay.vocabulary_curve import (
    VocabularyCurve,
    curve_of,
    merges_over_lost_bytes,
)
from tokviz.tokenization.text.text_tokens import PlacedEncoding
from tokviz.tokenization.text.tokenized_text import TokenizedText
from tokviz.tokenization.tokenizer import Tokenizer

_TOGETHER = 16  # parts of a text whose firings are counted in one go


def find_firings(text: TokenizedText, rank: int) -> Iterator[Firings | None]:
    """Yields None now and then, and at the end where the merge of a rank fires in what is encoded
    so far. Raises `IndexError`.

    The text is taken as it is now; the iterator may run in another thread.
    """
    return _find_firings(text.tokenizer, rank, list(text.encodings()))


def _find_firings(
    tokenizer: Tokenizer, rank: int, parts: list[PlacedEncoding]
) -> Iterator[Firings | None]:
    found = []
    for i, part in enumerate(parts, 1):
        firings = firings_of(tokenizer, part.encoding, rank)
        if firings.n_fired:
            found.append((part.first_byte, firings))
        if i % _TOGETHER == 0:
            yield None
    yield joined_firings(found)


def first_firing(text: TokenizedText, rank: int) -> int | None:
    """The byte before the first gap that the merge of a rank closed in what is encoded so far."""
    for part in text.encodings():
        gaps = part.encoding.gaps
        if gaps is not None and len(at := np.flatnonzero(gaps == rank)):
            return part.first_byte + int(at[0])
    return None


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


def count_firings(text: TokenizedText) -> Iterator[Int64s | None]:
    """Yields None now and then, and (n_merges,) int64 at the end: how often each merge fires.

    Each part of the text counts its own once, so after an edit this adds up known numbers. The text
    is taken as it is now; the iterator may run in another thread.
    """
    return _count_firings(len(text.tokenizer.merges), text.encoded_parts())


def _count_firings(n_merges: int, encodings: list[Encoding]) -> Iterator[Int64s | None]:
    total = np.zeros(n_merges, np.int64)
    for i, encoding in enumerate(encodings, 1):
        fired = encoding.fired
        total[fired.ranks] += fired.counts
        if i % _TOGETHER == 0:
            yield None
    yield total


def count_curve(text: TokenizedText) -> Iterator[VocabularyCurve | None]:
    """The tokens of what is encoded so far after k merges, for every k at which that changes.

    Yields None after each part and the curve at the end. The text is taken as it is now; the
    iterator may run in another thread.
    """
    return _count_curve(text.tokenizer, text.encoded_parts())


def _count_curve(
    tokenizer: Tokenizer, encodings: list[Encoding]
) -> Iterator[VocabularyCurve | None]:
    closed, n_tokens = np.zeros(len(tokenizer.merges), np.int64), 0
    for encoding in encodings:
        fired = encoding.fired
        closed[fired.ranks] += fired.counts
        n_tokens += len(encoding.ids)
        if len(encoding.uncovered_bytes):
            closed += merges_over_lost_bytes(tokenizer, encoding)
        yield None
    yield curve_of(closed, n_tokens)


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
