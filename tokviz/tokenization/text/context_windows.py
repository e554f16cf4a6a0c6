"""Context windows over the tokens of a text, and the text cut into parts of so many tokens.

Windows may overlap, as those that a model reads a long text through do. Parts may not: joined,
they are the text again, character by character.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from tokviz.tokenization.encoding import Int64s
from tokviz.tokenization.text.token_rows import TokenRows
from tokviz.tokenization.tokenizer import Tokenizer


@dataclass(frozen=True)
class ContextWindows:
    """Windows of `size` tokens, each beginning `stride` tokens after the one before.

    The last is the first that reaches the end, and may be shorter. A stride above the size would
    leave tokens out.

    >>> windows = ContextWindows(n_tokens=10, size=4, stride=3)
    >>> [windows.span(i) for i in range(len(windows))]
    [(0, 4), (3, 7), (6, 10)]
    """

    n_tokens: int
    size: int
    stride: int

    def __post_init__(self) -> None:
        if not 1 <= self.stride <= self.size:
            raise ValueError(
                f"A stride of {self.stride:,} tokens does not fit windows of {self.size:,}: it is "
                f"one token at least, and the window's size at most."
            )

    def __len__(self) -> int:
        if not self.n_tokens:
            return 0
        return 1 + max(0, -((self.size - self.n_tokens) // self.stride))

    @property
    def overlap(self) -> int:
        """Tokens that a window shares with the next, if that is a full one."""
        return self.size - self.stride

    def span(self, i: int) -> tuple[int, int]:
        """The tokens [first, end) of a window. Raises `IndexError`."""
        if not 0 <= i < len(self):
            raise IndexError(f"no window {i}: there are {len(self)}")
        return i * self.stride, min(i * self.stride + self.size, self.n_tokens)

    def first_with(self, token: int) -> int:
        """The first window that holds a token; the last window for what lies behind it.

        >>> ContextWindows(10, 4, 3).first_with(6)
        1
        """
        return min(max(0, -((self.size - 1 - token) // self.stride)), max(len(self) - 1, 0))

    def edges(self, start: int, end: int) -> list[tuple[int, bool]]:
        """(token, whether a window begins with it or else ends with it), of tokens [start, end)."""
        found = []
        low = max(0, (start - self.size) // self.stride)
        for i in range(low, min(len(self), end // self.stride + 1)):
            first, stop = self.span(i)
            found += [(first, True)] * (start <= first < end)
            found += [(stop - 1, False)] * (start <= stop - 1 < end)
        return found


class TextPart(NamedTuple):
    """Consecutive characters of a text, and how many of its tokens lie in them."""

    text: str
    n_tokens: int


class PartAlone(NamedTuple):
    """A part, how many tokens it has when encoded alone, and whether those are the same."""

    part: TextPart
    n_alone: int
    same: bool


def whole_edges(rows: TokenRows) -> Int64s:
    """The indexes, from 0, of tokens with which a part may begin: no character is cut there.

    Such a token begins with a character that no token before it has a byte of. Of several that
    begin there, which are empty but for one, it is the first.
    """
    if not len(rows.ids):
        return np.zeros(0, np.int64)
    reached = np.maximum.accumulate(rows.ends)
    edges = np.flatnonzero(rows.starts[1:] >= reached[:-1]) + 1
    edges = np.concatenate([np.zeros(1, np.int64), edges])
    return edges[np.diff(rows.starts[edges], prepend=-1) > 0]


def parts_of(text: str, rows: TokenRows, size: int) -> Iterator[tuple[TextPart, slice]]:
    """Cut a text, all of whose tokens are `rows`, into parts of at most `size` tokens.

    Each part but the last takes as many tokens as fit. Where `size` would cut a character that
    several tokens share, the part ends before that character; where even that is too long, such
    as a character of more than `size` tokens, the part goes on to the next place that cuts none.
    Characters without a token go with what stands before them. The
    slice is of the part's tokens. Raises `ValueError` for a size below one.
    """
    if size < 1:
        raise ValueError(f"A part has one token at least, not {size:,}.")
    edges, n_tokens, token, char = whole_edges(rows), len(rows.ids), 0, 0
    while token < n_tokens:
        at = int(edges.searchsorted(np.int64(token + size), "right")) - 1
        if edges[at] <= token:
            at += 1
        # The last edge may stand where the rest fits as a whole.
        fits = token + size >= n_tokens or at >= len(edges)
        end = n_tokens if fits else int(edges[at])
        stop = len(text) if fits else int(rows.starts[end])
        yield TextPart(text[char:stop], end - token), slice(token, end)
        token, char = end, stop
    if char < len(text):
        yield TextPart(text[char:], 0), slice(n_tokens, n_tokens)


def parts_alone(text: str, rows: TokenRows, size: int, tokenizer: Tokenizer) -> Iterator[PartAlone]:
    """The parts of a text, each held against its own encoding.

    Split patterns look around an edge and merges reach over it, so a part alone may have other
    tokens at its ends than it has within the text.
    """
    encoder = tokenizer.encoder()
    for part, place in parts_of(text, rows, size):
        alone = encoder.encode(part.text).ids
        yield PartAlone(part, len(alone), np.array_equal(alone, rows.ids[place]))
