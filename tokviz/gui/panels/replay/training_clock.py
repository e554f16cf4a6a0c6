"""The clock of training: how each merge of the tokenizer was learned, step by step."""

from PySide6.QtCore import QObject, QTimer, Signal

from tokviz.catalog import TOKENIZERS, title_of
from tokviz.gui.panels.replay.entered_rank import NoRankError, entered_rank
from tokviz.gui.panels.replay.rival_rows import ExampleRows, RivalRows
from tokviz.gui.panels.replay.training_sentences import describe_step, describe_ties
from tokviz.gui.panels.replay.training_steps import FoundStep, TrainingSteps
from tokviz.gui.task import failure
from tokviz.gui.tokenizer_model import TokenizerModel
from tokviz.gui.widgets.replay.merge_replay_view import MergeReplayView
from tokviz.gui.widgets.replay.merge_row_layout import RowToken
from tokviz.gui.widgets.tables.row_table_model import NoRows
from tokviz.tokenization.training.training_replay import Example

_REMEDY = "Train a BPE"
_PATIENCE_MS = 250


class TrainingClock(QObject):
    """The most frequent pair wins. Shows the model's training in the view while it runs; step n is
    the n-th merge, step 0 what stood before the first."""

    problem = Signal(object)

    def __init__(self, model: TokenizerModel, view: MergeReplayView, parent: QObject) -> None:
        super().__init__(parent)
        self._model = model
        self._view = view
        self._controls = view.controls
        self._runs = False
        self._step: int | None = None  # None: the last one, whatever it is
        self._shown: FoundStep | None = None
        self._steps = TrainingSteps(self)
        self._waiting = QTimer(self, singleShot=True, interval=_PATIENCE_MS)
        self._waiting.timeout.connect(self._tell_waiting)
        self._steps.found.connect(self._on_found)
        self._steps.failed.connect(self._on_failed)
        body = view.training
        body.rivals.row_picked.connect(self._on_rival_picked)
        body.examples.row_picked.connect(self._show_example)
        body.row.token_picked.connect(lambda token_id: model.select([token_id]))
        body.row.token_hovered.connect(model.hover)
        model.training_changed.connect(self._on_training_changed)
        model.tokenizer_changed.connect(self._on_training_changed)
        model.selection_changed.connect(
            lambda: body.row.set_selected(frozenset(model.selection.ids))
        )

    # -- what is replayed ----------------------------------------------------------------------

    def set_running(self, runs: bool) -> None:
        """Whether the view and its controls are this clock's."""
        self._runs = runs
        self._waiting.stop()
        if runs:
            self._load()
        else:
            self._steps.close()

    @property
    def _n_merges(self) -> int:
        training = self._model.training
        return 0 if training is None else len(training.merges)

    def _on_training_changed(self) -> None:
        self._step = None
        if self._runs:
            self._load()

    def _load(self) -> None:
        self._shown = None
        self._steps.open(self._model.training)
        self._controls.set_steps(self._n_merges)
        if not self._n_merges:
            self._show_nothing()
            return
        step = self._n_merges if self._step is None else min(self._step, self._n_merges)
        self._controls.set_step(step)
        self.go_to_step(step)

    def _show_nothing(self) -> None:
        body = self._view.training
        body.ties.setText("")
        body.row.set_rows([], None, None, None)
        body.rivals.set_source(NoRows())
        body.examples.set_source(NoRows())
        self._view.say(self._why_nothing(), _REMEDY)

    def _why_nothing(self) -> str:
        tokenizer = self._model.tokenizer
        name = title_of(tokenizer.name)
        if self._model.training is not None:
            return f"{name} has learned no merge: no pair was frequent enough."
        if not len(tokenizer.merges):
            return f"{name} has no merges, so none was ever learned."
        if tokenizer.merges.counts is not None:
            return (
                f"The text that {name} learned from is not at hand: what is trained here can be "
                "replayed once it has ended, until the program does."
            )
        if any(tokenizer.name == shipped.name for shipped in TOKENIZERS):
            return (
                f"{name}'s counts were never published, nor the text they were counted in: there "
                "is nothing to replay."
            )
        return (
            f"The file of {name} holds no counts, and the text it learned from is not at hand: "
            "there is nothing to replay."
        )

    # -- moving --------------------------------------------------------------------------------

    def go_to_step(self, step: int) -> None:
        """Show a step as soon as its pairs are counted."""
        self._step = step
        self._waiting.start()
        self._steps.want(max(step - 1, 0))

    def go_to_rank(self, words: str) -> None:
        """Go to the step at which a merge was learned."""
        try:
            rank = entered_rank(words, self._n_merges)
        except NoRankError as error:
            self._view.say(str(error))
            return
        self._go_to_rank(rank)

    def go_to_neighbor(self, direction: int) -> None:
        """Show the example before or behind the one that is shown."""
        examples = self._view.training.examples
        row = max(examples.row, 0) + direction
        if 0 <= row < examples.n_rows:
            examples.show_row(row)
            self._show_example(row)

    def follow_mark(self) -> None:
        """Go to the step of the merge that is marked."""
        rank = self._model.marked_rank
        if rank is not None and rank < self._n_merges:
            self._go_to_rank(rank)

    def _go_to_rank(self, rank: int) -> None:
        self._controls.set_step(rank + 1)
        self.go_to_step(rank + 1)

    def _tell_waiting(self) -> None:
        if self._step is not None:
            self._view.say(f"Counting the pairs of step {self._step:,} …")

    # -- showing -------------------------------------------------------------------------------

    def _on_found(self, found: FoundStep) -> None:
        """What is shown is of one step throughout, though the controls may be ahead of it."""
        self._waiting.stop()
        self._shown = found
        is_done = self._step != 0 or found.step.merge.rank > 0
        name = self._steps.name
        self._view.say(describe_step(found.step.merge, self._n_merges, name, is_done=is_done))
        body = self._view.training
        body.ties.setText(describe_ties(found.step, name))
        body.rivals.set_source(RivalRows(found.step, name, is_done=is_done))
        body.examples.set_source(ExampleRows(found.examples, name))
        self._show_example(0)

    def _show_example(self, number: int) -> None:
        found = self._shown
        if found is None or number >= len(found.examples):
            self._view.training.row.set_rows([], None, None, None)
            return
        example = found.examples[number]
        before = self._tokens(example, after=False)
        if self._step == 0:
            self._view.training.row.set_rows(before, None, None, None)
        else:
            after = self._tokens(example, after=True)
            self._view.training.row.set_rows(before, after, example.place, example.place)

    def _tokens(self, example: Example, *, after: bool) -> list[RowToken]:
        ids = example.after if after else example.before
        return [RowToken(self._steps.name(token_id), token_id) for token_id in ids]

    def _on_rival_picked(self, row: int) -> None:
        source = self._view.training.rivals.source
        if isinstance(source, RivalRows):
            pair = source.pairs[row]
            self._model.select([pair.left, pair.right])

    def _on_failed(self, error: BaseException) -> None:
        self._waiting.stop()
        self.problem.emit(failure("Counting the pairs of a step", error))
