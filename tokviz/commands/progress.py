"""A line of progress on standard error, where that is a terminal."""

import sys
from time import monotonic

_WIDTH = 30
_SECONDS = 0.1  # between two drawings


class ProgressBar:
    """Draws over itself; `clear` takes it away. Without a terminal it is silent."""

    def __init__(self, title: str, total: int | None = None) -> None:
        self._title = title
        self._total = total
        self._drawn = 0.0
        self._is_drawn = False
        self._on_terminal = sys.stderr is not None and sys.stderr.isatty()

    def show(self, words: str) -> None:
        """Draw the title and some words, ten times a second at most."""
        if not self._on_terminal or monotonic() - self._drawn < _SECONDS:
            return
        self._drawn, self._is_drawn = monotonic(), True
        sys.stderr.write(f"\r\x1b[K{self._title} {words}")
        sys.stderr.flush()

    def show_part(self, done: int) -> None:
        """Draw how much of the total is done."""
        if not self._on_terminal:
            return
        total = max(self._total or 1, 1)
        full = min(done, total) * _WIDTH // total
        self.show(f"[{'#' * full}{' ' * (_WIDTH - full)}] {done:,} of {total:,}")

    def clear(self) -> None:
        if self._is_drawn:
            sys.stderr.write("\r\x1b[K")
            sys.stderr.flush()
