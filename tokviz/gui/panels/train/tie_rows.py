"""Tied pairs, and the tokens in which two rules differ, as rows of tables."""

from collections.abc import Callable, Sequence

from tokviz.tokenization.training.tie_comparison import RuleComparison
from tokviz.tokenization.training.training_replay import TrainingStep
from tokviz.tokenization.vocabulary.visible_text import visible


class TieRows:
    """The pair that was taken and those that had its count, in the order of the rule."""

    headings: Sequence[str] = ("count", "left", "right")

    def __init__(self, step: TrainingStep, name_of: Callable[[int], str]) -> None:
        self.pairs = [(step.merge.left, step.merge.right), *step.ties]
        self._count = f"{step.merge.count:,}"
        self._name_of = name_of

    def n_rows(self) -> int:
        return len(self.pairs)

    def cell(self, row: int, column: int) -> str:
        return self._name_of(self.pairs[row][column - 1]) if column else self._count

    def align_right(self, column: int) -> bool:
        return column == 0

    def is_emphasised(self, row: int) -> bool:
        return row == 0


class DifferingRows:
    """Tokens that one rule learned and the other did not, side by side."""

    headings: Sequence[str] = ("only with this rule", "only with the other")

    def __init__(self, found: RuleComparison) -> None:
        self._columns = found.only_ours, found.only_theirs

    def n_rows(self) -> int:
        return max(map(len, self._columns))

    def cell(self, row: int, column: int) -> str:
        tokens = self._columns[column]
        return visible(tokens[row]) if row < len(tokens) else ""

    def align_right(self, column: int) -> bool:
        return False

    def is_emphasised(self, row: int) -> bool:
        return False
