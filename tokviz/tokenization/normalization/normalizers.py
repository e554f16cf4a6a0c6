"""Normalizers: what changes a text before it is split, and the way back to the original.

A normalized text remembers for each of its characters which characters of the original it came
from. Tokens are found in the normalized text; their spans point into the original one.
"""

from dataclasses import dataclass
from typing import Protocol

import numpy as np

from tokviz.tokenization.encoding import (
    CLOSED,
    OPEN,
    Encoding,
    Int32s,
    TextEncoder,
    utf8_lengths,
    without_surrogates,
)
from tokviz.tokenization.ranges import distinct


@dataclass(frozen=True, eq=False)
class AlignedText:
    """A normalized text; character i came from the characters [starts[i], ends[i]) (int32)."""

    text: str
    starts: Int32s
    ends: Int32s


class Normalizer(Protocol):
    """`title`: what it is called on screen, "NFC" for instance."""

    @property
    def title(self) -> str: ...

    def normalize(self, text: str) -> str:
        """The text that is split."""

    def align(self, text: str) -> AlignedText | None:
        """The same with the way back; None where the text stays as it is."""


class NormalizingEncoder:
    """Normalizes, lets `inner` encode that, and leads the result back to the original text."""

    def __init__(self, normalizer: Normalizer, inner: TextEncoder) -> None:
        self._normalizer = normalizer
        self._inner = inner

    def encode(self, text: str, *, at_start: bool = True) -> Encoding:
        aligned = self._normalizer.align(without_surrogates(text))
        if aligned is None:
            return self._inner.encode(text, at_start=at_start)
        found = self._inner.encode(aligned.text, at_start=at_start)
        return to_original(found, aligned, text)


def to_original(found: Encoding, aligned: AlignedText, text: str) -> Encoding:
    """The encoding of a normalized text as one of the original text.

    A gap between two bytes is closed by the merge that closed it in the normalized text; a gap
    inside what one character came from is closed by no merge.
    """
    starts, ends, n_bytes = byte_origins(aligned, text)
    token_starts = starts[found.byte_starts]
    token_ends = np.maximum(ends[found.byte_ends - 1], token_starts)
    gaps, hidden = None, found.hidden
    if found.gaps is not None:
        gaps, hidden = _original_gaps(found.gaps, starts, ends, n_bytes)
    pre_chars = pre_bytes = None
    if found.pre_token_bytes is not None and found.pre_token_chars is not None:
        # What was dropped at the start belongs to the first pre-token.
        first = np.zeros(min(n_bytes, 1), np.int32)
        pre_bytes = distinct(np.concatenate((first, starts[found.pre_token_bytes[1:]])))
        pre_chars = distinct(np.concatenate((first, aligned.starts[found.pre_token_chars[1:]])))
    return Encoding(
        text=text,
        n_bytes=n_bytes,
        ids=found.ids,
        byte_starts=token_starts,
        byte_ends=token_ends,
        pre_token_chars=pre_chars,
        pre_token_bytes=pre_bytes,
        gaps=gaps,
        uncovered_bytes=uncovered_by(token_starts, token_ends, n_bytes),
        hidden=hidden,
    )


def byte_origins(aligned: AlignedText, text: str) -> tuple[Int32s, Int32s, int]:
    """For each byte of the normalized text its bytes [start, end) of the original one, and how
    many bytes that has. A character that stayed as it was leads each byte to itself."""
    offsets = np.zeros(len(text) + 1, np.int32)
    np.cumsum(utf8_lengths(text), out=offsets[1:])
    original = _code_points(without_surrogates(text))
    lengths = utf8_lengths(aligned.text).astype(np.int32)
    same = aligned.ends - aligned.starts == 1
    same[same] = _code_points(aligned.text)[same] == original[aligned.starts[same]]
    inside = np.arange(int(lengths.sum()), dtype=np.int32)
    inside -= np.repeat(np.cumsum(lengths, dtype=np.int32) - lengths, lengths)
    kept = np.repeat(same, lengths)
    starts = np.repeat(offsets[aligned.starts], lengths)
    ends = np.repeat(offsets[aligned.ends], lengths)
    starts[kept] += inside[kept]
    ends[kept] = starts[kept] + 1
    return starts, ends, int(offsets[-1])


def _code_points(text: str) -> "np.ndarray[tuple[int], np.dtype[np.uint32]]":
    return np.frombuffer(text.encode("utf-32-le"), np.uint32)


def _original_gaps(
    gaps: Int32s, starts: Int32s, ends: Int32s, n_bytes: int
) -> tuple[Int32s, tuple[tuple[int, int], ...]]:
    """The gaps of the original text, and the merges that closed none of them."""
    result = np.full(n_bytes, OPEN, np.int32)
    wide = np.flatnonzero(ends - starts > 1)
    for offset in range(int((ends[wide] - starts[wide]).max()) - 1 if len(wide) else 0):
        there = wide[ends[wide] - starts[wide] > offset + 1]
        result[starts[there] + offset] = CLOSED
    meets = (ends[:-1] == starts[1:]) & (starts[:-1] < ends[:-1])
    at = np.flatnonzero(meets)
    result[ends[at] - 1] = gaps[at]
    apart = np.flatnonzero(~meets & (gaps[:-1] >= 0))
    places, ranks = starts[apart + 1].tolist(), gaps[apart].tolist()
    return result, tuple(zip(places, ranks, strict=True))


def uncovered_by(starts: Int32s, ends: Int32s, n_bytes: int) -> Int32s:
    """The bytes that no span [start, end) holds, sorted."""
    depth = np.bincount(starts, minlength=n_bytes + 1) - np.bincount(ends, minlength=n_bytes + 1)
    return np.flatnonzero(np.cumsum(depth[:-1]) == 0).astype(np.int32)
