"""The candidate pairs of a step as rows of a table: winner first, pairs without a rule last."""

from collections.abc import Callable, Sequence

from tokviz.tokenization.merge_replay import Candidate


class CandidateRows:
    """Rank, left, right of each neighbouring pair; the first row is the one that will merge."""

    headings: Sequence[str] = ("rank", "left", "right", "place")

    def __init__(self, candidates: Sequence[Candidate], name_of: Callable[[int], str]) -> None:
        self._candidates = candidates
        self._name_of = name_of

    def n_rows(self) -> int:
        return len(self._candidates)

    def cell(self, row: int, column: int) -> str:
        pair = self._candidates[row]
        if column == 0:
            return "no rule" if pair.rank is None else f"{pair.rank:,}"
        if column == 3:
            return f"{pair.left + 1:,}"
        return self._name_of(pair.left_id if column == 1 else pair.right_id)

    def align_right(self, column: int) -> bool:
        return column in (0, 3)

    def is_emphasised(self, row: int) -> bool:
        return row == 0 and self._candidates[0].rank is not None
