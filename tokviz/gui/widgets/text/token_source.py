"""What the text view needs to know of a text and its tokens, as plain values.

`TokenizedText` of the core answers all of it; the widget knows nothing else of the core. Positions
are code points of the text, ids and token indexes are numbers, arrays are numpy's.
"""

from typing import Protocol

import numpy as np
from numpy.typing import NDArray


class TokenRows(Protocol):
    """The tokens that touch a range of characters, in order, one row a token."""

    @property
    def first(self) -> int:
        """Index, within the text's tokens, of row 0."""

    @property
    def ids(self) -> NDArray[np.int32]: ...
    @property
    def starts(self) -> NDArray[np.int64]:
        """First character a token has a byte in. A cut character lies in the span of each token."""

    @property
    def ends(self) -> NDArray[np.int64]: ...
    @property
    def byte_starts(self) -> NDArray[np.int64]:
        """Byte offsets in the whole text's UTF-8 (a lone surrogate counts as U+FFFD: 3 bytes)."""

    @property
    def byte_ends(self) -> NDArray[np.int64]: ...
    @property
    def colors(self) -> NDArray[np.uint8]:
        """0..5, kept through edits; neighbours differ in `color % 3`."""


class TokenSource(Protocol):
    """A text with tokens. It changes under the view, which is told to refresh after each change."""

    @property
    def n_chars(self) -> int: ...
    @property
    def n_tokens(self) -> int: ...
    @property
    def n_encoded(self) -> int:
        """Characters, from the start, whose tokens are known so far."""

    @property
    def n_lines(self) -> int:
        """Number of line breaks + 1. Breaks are LF, CR, CRLF (one break), U+2028 and U+2029."""

    def slice(self, start: int, end: int) -> str:
        """The characters [start, end), exactly as they are in the text."""

    def line_at(self, position: int) -> int:
        """The line, from 0, that holds the caret position."""

    def line_start(self, line: int) -> int:
        """Position of the line's first character; for `line == n_lines` the end of the text."""

    def tokens(self, start: int, end: int) -> TokenRows:
        """All tokens with a byte in the characters [start, end) (only those encoded so far)."""

    def index_at(self, position: int) -> int | None:
        """Index of the first token with a byte in the character at `position`."""

    def token_span(self, index: int) -> tuple[int, int]:
        """Character span of the token with this index."""

    def byte_offset(self, position: int) -> int:
        """Bytes of UTF-8 before the character at `position`."""

    def uncovered(self, start: int, end: int) -> list[tuple[int, int]]:
        """Maximal spans of characters in [start, end) that have a byte in no token."""
