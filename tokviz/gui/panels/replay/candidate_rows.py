"""The candidate pairs of a step as rows of a table: winner first, pairs without a rule last."""

from collections.abc import Callable, Sequence

from tokviz.tokenization.replay.merge_replay import Candidate


class CandidateRows:
    """Rank, left, right of each neighbouring pair; the first row is the one that will merge.

    `label_at`: the token at an index of the row.
    """

    headings: Sequence[str] = ("rank", "left", "right", "place")

    def __init__(self, candidates: Sequence[Candidate], label_at: Callable[[int], str]) -> None:
        self._candidates = candidates
        self._label_at = label_at

    def n_rows(self) -> int:
        return len(self._candidates)

    def cell(self, row: int, column: int) -> str:
        pair = self._candidates[row]
        if column == 0:
            return "no rule" if pair.rank is None else f"{pair.rank:,}"
        if column == 3:
            return f"{pair.left + 1:,}"
        return self._label_at(pair.left if column == 1 else pair.left + 1)

    def align_right(self, column: int) -> bool:
        return column in (0, 3)

    def is_emphasised(self, row: int) -> bool:
        return row == 0 and self._candidates[0].rank is not None


class OtherwiseRows:
    """What the merges would have made of a pre-token that was taken whole."""

    headings: Sequence[str] = ("the merges would give", "id")

    def __init__(self, ids: Sequence[int], name_of: Callable[[int], str]) -> None:
        self._ids = ids
        self._name_of = name_of

    def n_rows(self) -> int:
        return len(self._ids)

    def cell(self, row: int, column: int) -> str:
        return self._name_of(self._ids[row]) if column == 0 else str(self._ids[row])

    def align_right(self, column: int) -> bool:
        return column == 1

    def is_emphasised(self, row: int) -> bool:
        return False
