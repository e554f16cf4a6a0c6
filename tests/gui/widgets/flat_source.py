"""A `TokenSource` over one plain string, cut into tokens by a rule that also cuts characters."""

from dataclasses import dataclass

import numpy as np
import regex
from numpy.typing import NDArray

_PIECE = regex.compile(r" ?\p{L}+| ?\p{N}{1,3}|\s|.", regex.DOTALL)
_BREAK = regex.compile(r"\r\n|[\n\r\u2028\u2029]")


@dataclass(frozen=True)
class FlatRows:
    first: int
    ids: NDArray[np.int32]
    starts: NDArray[np.int64]
    ends: NDArray[np.int64]
    byte_starts: NDArray[np.int64]
    byte_ends: NDArray[np.int64]
    colors: NDArray[np.uint8]


class FlatSource:
    """Tokens are at most `longest` bytes of one word, number or sign; NUL is in no token."""

    def __init__(self, text: str = "", longest: int = 5, encoded: int | None = None) -> None:
        self.longest = longest
        self._encoded = encoded
        self.set_text(text)

    def set_text(self, text: str) -> None:
        self.text = text
        sizes = [len(_utf8(character)) for character in text]
        self._byte_at = np.append(0, np.cumsum(np.array(sizes, dtype=np.int64))).astype(np.int64)
        self._lines = [0] + [match.end() for match in _BREAK.finditer(text)]
        spans: list[tuple[int, int]] = []
        self.holes = [at for at, character in enumerate(text) if character == "\0"]
        for match in _PIECE.finditer(text[: self.n_encoded]):
            start, end = (int(self._byte_at[at]) for at in match.span())
            if match.group() != "\0":
                spans += [
                    (at, min(at + self.longest, end)) for at in range(start, end, self.longest)
                ]
        array = np.array(spans, dtype=np.int64).reshape(-1, 2)
        self.byte_starts, self.byte_ends = array[:, 0].copy(), array[:, 1].copy()
        self.starts = self._byte_at.searchsorted(self.byte_starts, side="right") - 1
        self.ends = self._byte_at.searchsorted(self.byte_ends, side="left")
        data = b"".join(_utf8(character) for character in text)
        self.ids = np.array([hash(data[a:b]) % 50_000 for a, b in spans], dtype=np.int32)

    def edit(self, start: int, removed: int, inserted: str) -> None:
        self.set_text(self.text[:start] + inserted + self.text[start + removed :])

    @property
    def n_chars(self) -> int:
        return len(self.text)

    @property
    def n_tokens(self) -> int:
        return len(self.ids)

    @property
    def n_encoded(self) -> int:
        return len(self.text) if self._encoded is None else min(self._encoded, len(self.text))

    @property
    def n_lines(self) -> int:
        return len(self._lines)

    def slice(self, start: int, end: int) -> str:
        return self.text[start:end]

    def line_at(self, position: int) -> int:
        return int(np.searchsorted(np.array(self._lines), position, side="right")) - 1

    def line_start(self, line: int) -> int:
        return self._lines[line] if line < len(self._lines) else len(self.text)

    def tokens(self, start: int, end: int) -> FlatRows:
        first = int(np.searchsorted(self.ends, start, side="right"))
        last = max(first, int(np.searchsorted(self.starts, end, side="left")))
        part = slice(first, last)
        colors = (np.arange(first, last) % 6).astype(np.uint8)
        return FlatRows(
            first,
            self.ids[part],
            self.starts[part],
            self.ends[part],
            self.byte_starts[part],
            self.byte_ends[part],
            colors,
        )

    def index_at(self, position: int) -> int | None:
        rows = self.tokens(position, position + 1)
        return rows.first if len(rows.ids) else None

    def token_span(self, index: int) -> tuple[int, int]:
        return int(self.starts[index]), int(self.ends[index])

    def byte_offset(self, position: int) -> int:
        return int(self._byte_at[position])

    def uncovered(self, start: int, end: int) -> list[tuple[int, int]]:
        return [(at, at + 1) for at in self.holes if start <= at < end]


def _utf8(character: str) -> bytes:
    return character.encode(
        "utf-8", "replace" if not "\ud800" <= character <= "\udfff" else "surrogatepass"
    )
