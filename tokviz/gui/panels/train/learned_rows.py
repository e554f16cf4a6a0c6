"""The merges as they were learned, as rows of a table: newest first."""

from collections.abc import Sequence

from tokviz.tokenization.training.trainer import LearnedMerge
from tokviz.tokenization.vocabulary.visible_text import visible

_TOKENS = {"left", "right", "token"}


class LearnedRows:
    """Rank, count, parts and token of each merge; how many pairs tied with it is flagged by an
    equals sign. What a narrow list has no room for comes last. `vocab`: id → bytes."""

    headings: Sequence[str] = ("rank", "count", "ties", "left", "right", "token", "replaced")

    def __init__(self, merges: Sequence[LearnedMerge], vocab: Sequence[bytes]) -> None:
        self._merges = merges
        self._vocab = vocab

    def merge(self, row: int) -> LearnedMerge:
        return self._merges[len(self._merges) - 1 - row]

    def n_rows(self) -> int:
        return len(self._merges)

    def cell(self, row: int, column: int) -> str:
        merge, heading = self.merge(row), self.headings[column]
        if heading in _TOKENS:
            ids = {"left": merge.left, "right": merge.right, "token": merge.id}
            return visible(self._vocab[ids[heading]])
        if heading == "ties":
            return f"= {merge.n_ties:,}" if merge.n_ties else ""
        numbers = {"rank": merge.rank, "count": merge.count, "replaced": merge.replacements}
        return f"{numbers[heading]:,}"

    def align_right(self, column: int) -> bool:
        return self.headings[column] not in _TOKENS

    def is_emphasised(self, row: int) -> bool:
        return row == 0
