"""The caret and the selection it drags: two positions and how the caret sits between rows."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Caret:
    """The selection runs from `anchor` to `position`; equal means no selection.

    Where a row wraps, one position has two places: `at_row_end` means the end of the earlier row.
    `wanted_x` is the column that moving up and down keeps, None once the caret moved sideways.
    """

    position: int = 0
    anchor: int = 0
    at_row_end: bool = False
    wanted_x: float | None = None

    @property
    def range(self) -> tuple[int, int]:
        return min(self.position, self.anchor), max(self.position, self.anchor)

    def clamped(self, n_chars: int) -> "Caret":
        if max(self.position, self.anchor) <= n_chars:
            return self
        return Caret(min(self.position, n_chars), min(self.anchor, n_chars))
