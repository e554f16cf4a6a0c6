"""The pairs among which a merge was chosen, and the pre-tokens it changed, as rows of tables."""

from collections.abc import Callable, Sequence

from tokviz.tokenization.training.training_replay import Example, RunnerUp, TrainingStep

NameOf = Callable[[int], str]


class RivalRows:
    """The chosen pair and its runners-up: count, what the merge changed of it, and a bar.

    `is_done`: the merge is made; before it no count has changed yet.
    """

    headings: Sequence[str] = ("count", "change", "pair")
    bar_column = 2

    def __init__(self, step: TrainingStep, name_of: NameOf, *, is_done: bool) -> None:
        merge = step.merge
        chosen = RunnerUp(merge.left, merge.right, merge.count, -merge.count)
        self.pairs = [chosen, *step.runners_up]
        self._most = max(merge.count, 1)
        self._name_of = name_of
        self._is_done = is_done

    def n_rows(self) -> int:
        return len(self.pairs)

    def cell(self, row: int, column: int) -> str:
        pair = self.pairs[row]
        if column == 0:
            tie = "= " if row and pair.count == self._most else ""
            return f"{tie}{pair.count:,}"
        if column == 1:
            return f"{pair.change:+,}".replace("-", "−") if self._is_done and pair.change else ""
        return f"{self._name_of(pair.left)} + {self._name_of(pair.right)}"

    def share(self, row: int) -> float:
        return self.pairs[row].count / self._most

    def align_right(self, column: int) -> bool:
        return column < 2

    def is_emphasised(self, row: int) -> bool:
        return row == 0


class ExampleRows:
    """How often a pre-token is there, and its tokens before and after the merge."""

    headings: Sequence[str] = ("times", "before", "after")

    def __init__(self, examples: Sequence[Example], name_of: NameOf) -> None:
        self.examples = examples
        self._name_of = name_of

    def n_rows(self) -> int:
        return len(self.examples)

    def cell(self, row: int, column: int) -> str:
        example = self.examples[row]
        if column == 0:
            return f"{example.count:,}"
        ids = example.before if column == 1 else example.after
        return " ".join(map(self._name_of, ids[:_MOST_TOKENS])) + " …" * (len(ids) > _MOST_TOKENS)

    def align_right(self, column: int) -> bool:
        return column == 0

    def is_emphasised(self, row: int) -> bool:
        return False


_MOST_TOKENS = 40
