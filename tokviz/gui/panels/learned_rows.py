"""The merges as they were learned, as rows of a table: newest first."""

from collections.abc import Sequence

from tokviz.tokenization.trainer import LearnedMerge
from tokviz.tokenization.visible_text import visible

_N_NUMBERS = 4  # columns of numbers come first


class LearnedRows:
    """Rank, parts, token, count and replacements of each merge; how many pairs tied with it is
    flagged by an equals sign. `vocab`: id → bytes."""

    headings: Sequence[str] = ("rank", "count", "replaced", "ties", "left", "right", "token")

    def __init__(self, merges: Sequence[LearnedMerge], vocab: Sequence[bytes]) -> None:
        self._merges = merges
        self._vocab = vocab

    def merge(self, row: int) -> LearnedMerge:
        return self._merges[len(self._merges) - 1 - row]

    def n_rows(self) -> int:
        return len(self._merges)

    def cell(self, row: int, column: int) -> str:
        merge = self.merge(row)
        if column < _N_NUMBERS:
            if self.headings[column] == "ties":
                return f"= {merge.n_ties:,}" if merge.n_ties else ""
            return f"{(merge.rank, merge.count, merge.replacements)[column]:,}"
        return visible(self._vocab[(merge.left, merge.right, merge.id)[column - _N_NUMBERS]])

    def align_right(self, column: int) -> bool:
        return column < _N_NUMBERS

    def is_emphasised(self, row: int) -> bool:
        return row == 0
