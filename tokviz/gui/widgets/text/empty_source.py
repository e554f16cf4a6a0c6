"""The text that a view shows before it is given one."""

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray


def _none() -> NDArray[np.int64]:
    return np.empty(0, dtype=np.int64)


@dataclass(frozen=True)
class _NoTokens:
    first: int = 0
    ids: NDArray[np.int32] = field(default_factory=lambda: np.empty(0, dtype=np.int32))
    starts: NDArray[np.int64] = field(default_factory=_none)
    ends: NDArray[np.int64] = field(default_factory=_none)
    byte_starts: NDArray[np.int64] = field(default_factory=_none)
    byte_ends: NDArray[np.int64] = field(default_factory=_none)
    colors: NDArray[np.uint8] = field(default_factory=lambda: np.empty(0, dtype=np.uint8))


class EmptySource:
    """No characters, one empty line, no tokens."""

    n_chars = n_tokens = n_encoded = 0
    n_lines = 1

    def slice(self, start: int, end: int) -> str:
        return ""

    def line_at(self, position: int) -> int:
        return 0

    def line_start(self, line: int) -> int:
        return 0

    def tokens(self, start: int, end: int) -> _NoTokens:
        return _NoTokens()

    def index_at(self, position: int) -> int | None:
        return None

    def token_span(self, index: int) -> tuple[int, int]:
        raise IndexError(index)

    def byte_offset(self, position: int) -> int:
        return 0

    def uncovered(self, start: int, end: int) -> list[tuple[int, int]]:
        return []
