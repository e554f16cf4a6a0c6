"""The clock of encoding: the merges of a pre-token, a selection or the whole text, step by step."""

from PySide6.QtCore import QObject, QTimer, Signal

from tokviz.gui.panels.replay.entered_rank import NoRankError, entered_rank
from tokviz.gui.panels.replay.replay_scope import (
    Position,
    Scope,
    Stretch,
    position_at,
    putting_in_order,
)
from tokviz.gui.panels.replay.replay_stages import STAGES, Stage
from tokviz.gui.panels.replay.replay_step import StepDisplay
from tokviz.gui.task import Task, failure
from tokviz.gui.tokenizer_model import TokenizerModel
from tokviz.gui.widgets.choice_box import ChoiceBox
from tokviz.gui.widgets.replay.merge_replay_view import MergeReplayView
from tokviz.tokenization.replay.text_merges import first_firing

_PAUSE_MS = 60
_NO_ORDER = "Its merges do not fire in the order of their ranks, or that is not checked yet."
_AT_ONCE = 200_000  # characters of a stretch whose merges are put in order without a task


class EncodingClock(QObject):
    """Rules fixed, the lowest rank wins. Shows what `scope` and `order` say in the view while it
    runs; see `replay_stages` for the stages."""

    task_started = Signal(object)
    loaded = Signal()  # another stretch, or none

    def __init__(
        self,
        model: TokenizerModel,
        view: MergeReplayView,
        scope: ChoiceBox,
        order: ChoiceBox,
        parent: QObject,
    ) -> None:
        super().__init__(parent)
        self._model = model
        self._view = view
        self._controls = view.controls
        self.scope, self.order = scope, order
        self._runs = False
        self._step = 0
        self._char = 0  # the character whose pre-token is replayed
        self._task: Task | None = None
        self._display = StepDisplay(view)
        self._later = QTimer(self, singleShot=True, interval=_PAUSE_MS)
        self._later.timeout.connect(self._load)
        self._connect()
        self._on_selection_changed()  # what was selected before there was a replay
        self._on_caret_changed()

    def _connect(self) -> None:
        model, view = self._model, self._view
        view.strip.stage_picked.connect(self._on_stage_picked)
        view.tree.step_requested.connect(self._on_step_requested)
        for source in (view.tree.node_picked, view.row.token_picked):
            source.connect(lambda token_id: model.select([token_id] if token_id >= 0 else []))
        for source in (view.tree.node_hovered, view.row.token_hovered):
            source.connect(model.hover)
        self.scope.currentIndexChanged.connect(self._load)
        self.order.currentIndexChanged.connect(self._load)
        model.selection_changed.connect(self._on_selection_changed)
        model.hovered_changed.connect(lambda: view.tree.set_hovered(model.hovered))
        model.caret_changed.connect(self._on_caret_changed)
        model.whole_encoding_changed.connect(self._later.start)

    # -- what is replayed ----------------------------------------------------------------------

    @property
    def stretch(self) -> Stretch | None:
        """What is replayed now."""
        return self._display.stretch

    def set_running(self, runs: bool) -> None:
        """Whether the view and its controls are this clock's."""
        self._runs = runs
        if runs:
            self._load()
        else:
            self._cancel()

    def _span(self) -> tuple[int, int] | None:
        """The characters to replay; None where there are none."""
        text, scope = self._model.text, Scope(self.scope.currentText())
        start, end = self._model.caret
        if scope is Scope.TEXT:
            return (0, text.n_encoded) if text.n_encoded else None
        if scope is Scope.SELECTION and start < end:
            return start, end
        return text.pre_token_span(min(self._char, max(text.n_encoded - 1, 0)))

    def _load(self) -> None:
        """Take up the stretch anew, off the GUI thread if it is long."""
        if not self._runs:
            return
        self._cancel()
        span = self._span()
        if span is None or not len(self._model.tokenizer.merges):
            self._show_nothing()
            return
        ordered = self._model.tokenizer.ordered is True
        self.order.setEnabled(ordered)
        self.order.setToolTip("" if ordered else _NO_ORDER)
        by_rank = ordered and self.order.currentIndex() == 1
        stretches = putting_in_order(self._model.text, *span, by_rank=by_rank)
        if span[1] - span[0] <= _AT_ONCE:
            self._take(next(stretches))
            return
        task = Task(stretches, "Putting the merges in order", parent=self)
        task.stepped.connect(lambda batch: self._take(batch[-1]))
        task.failed.connect(self._on_failed)
        self._task = task
        self.task_started.emit(task)
        task.start()

    def _on_failed(self, error: BaseException) -> None:
        self._display.clear(failure("Putting the merges in order", error))

    def _cancel(self) -> None:
        task, self._task = self._task, None
        if task is not None:
            task.cancel()

    def _take(self, stretch: Stretch) -> None:
        before = self._display.stretch
        same = before is not None and before.text == stretch.text
        self._display.take(stretch)
        self._controls.set_steps(stretch.replay.n_steps)
        self._display.set_stage(self._display.stage)
        if not same and Scope(self.scope.currentText()) is Scope.TEXT:
            self._go_to(_end_of_pre_token_at(stretch, self._char))
        else:
            step = min(self._step, stretch.replay.n_steps) if same else stretch.replay.n_steps
            self._controls.set_step(step)
            self._show_step(step)
        self.loaded.emit()

    def _show_nothing(self) -> None:
        tokenizer = self._model.tokenizer
        if len(tokenizer.merges):
            self._display.clear("There is no text to replay yet.")
        elif tokenizer.segmenter is not None:
            self._display.clear(
                f"There is nothing to replay: this {tokenizer.algorithm.value} is carried out by a "
                "library that tells its tokens, not its steps."
            )
        else:
            self._display.clear(
                f"There is nothing to merge: with {tokenizer.algorithm.value} each one is a token "
                "from the start. GPT-2 and SmolLM2 have merges to watch; or learn your own.",
                "Train a BPE",
            )
        self.loaded.emit()

    # -- moving --------------------------------------------------------------------------------

    def _on_stage_picked(self, stage: int) -> None:
        display = self._display
        display.set_stage(Stage(STAGES[stage]))
        if display.stage is Stage.BYTES:
            self._go_to_own_step(0)
        elif display.stage is Stage.IDS and display.replay is not None:
            self._go_to_own_step(display.replay.n_steps)

    def go_to_step(self, step: int) -> None:
        """Show a step of the stretch, as the controls say; of the stages, merging has steps."""
        self._display.set_stage(Stage.MERGES)
        self._show_step(step)

    def _show_step(self, step: int) -> None:
        self._step = step
        if self.stretch is not None:
            self._display.show(step, position_at(self.stretch, step))

    def _on_step_requested(self, own_step: int) -> None:
        self._display.set_stage(Stage.MERGES)
        self._go_to_own_step(own_step)

    def _go_to_own_step(self, own_step: int) -> None:
        """Go to a step of the pre-token that is shown."""
        self._go_to(Position(self._display.position.pre_token, own_step))

    def _go_to(self, position: Position) -> None:
        if self._runs and self.stretch is not None:
            step = self._step = self.stretch.replay.step_of(position.pre_token, position.step)
            self._controls.set_step(step)
            self._display.show(step, position)

    def go_to_neighbor(self, direction: int) -> None:
        """Go to the pre-token before or behind the one that is shown."""
        stretch = self.stretch
        if stretch is None:
            return
        other = self._display.position.pre_token + direction
        if stretch.replay.n_pre_tokens > 1:
            if 0 <= other < stretch.replay.n_pre_tokens:
                self._go_to(Position(other, 0))
            return
        char = stretch.first_char - 1 if direction < 0 else stretch.first_char + len(stretch.text)
        if 0 <= char < self._model.text.n_encoded:
            self._char = char
            self._load()

    def go_to_rank(self, words: str) -> None:
        """Go to where a rank fires first."""
        try:
            rank = entered_rank(words, len(self._model.tokenizer.merges))
        except NoRankError as error:
            self._view.say(str(error))
            return
        self._model.mark(None)
        self._model.mark(rank)

    def follow_mark(self) -> None:
        """Go to the step of the merge that is marked."""
        rank = self._model.marked_rank
        if rank is None or self.stretch is None:
            return
        step = self.stretch.replay.step_of_rank(rank)
        if step is None:
            byte = first_firing(self._model.text, rank)
            if byte is None:
                self._view.say(f"Rank {rank:,} does not fire in this text.")
                return
            self._char = self._model.text.char_of_byte(byte)
            self._load()
            step = self.stretch.replay.step_of_rank(rank)
        if step is None:
            self._view.say(f"Rank {rank:,} fires in the text, but not in this part of it.")
            return
        self._display.set_stage(Stage.MERGES)
        self._go_to(position_at(self.stretch, step))

    def show_cause(self, byte: int, own_step: int) -> None:
        """Show a step of the pre-token that holds a byte of the text."""
        self.show_pre_token(self._model.text.char_of_byte(byte))
        self._display.set_stage(Stage.MERGES)
        self._go_to_own_step(own_step)

    def show_pre_token(self, char: int) -> None:
        """Replay the pre-token that holds a character, and it alone."""
        self._char = char
        self.scope.setCurrentText(Scope.PRE_TOKEN.value)
        self._load()

    # -- following the model -------------------------------------------------------------------

    def _on_selection_changed(self) -> None:
        self._view.tree.set_selected(frozenset(self._model.selection.ids))
        self._view.row.set_selected(frozenset(self._model.selection.ids))
        place = self._model.selection.place
        if place is not None and place < self._model.text.n_tokens:
            self._char = self._model.text.token_span(place)[0]
            if Scope(self.scope.currentText()) is Scope.PRE_TOKEN:
                self._later.start()
            else:
                self._show_pre_token_at(self._char)

    def _on_caret_changed(self) -> None:
        place = self._model.selection.place
        if Scope(self.scope.currentText()) is Scope.SELECTION:
            self._later.start()
        elif place is None:
            self._char = self._model.caret[0]
            if Scope(self.scope.currentText()) is Scope.PRE_TOKEN:
                self._later.start()

    def _show_pre_token_at(self, char: int) -> None:
        """In a longer stretch: go to the end of the pre-token that holds a character."""
        stretch = self.stretch
        if stretch is None or not 0 <= char - stretch.first_char < len(stretch.text):
            return
        end = _end_of_pre_token_at(stretch, char)
        if end.pre_token != self._display.position.pre_token:
            self._go_to(end)


def _end_of_pre_token_at(stretch: Stretch, char: int) -> Position:
    """The last step of the pre-token that holds a character of the text, or is nearest to it."""
    replay = stretch.replay
    if not replay.n_pre_tokens:
        return Position(0, 0)
    within = min(max(char - stretch.first_char, 0), max(len(stretch.text) - 1, 0))
    pre_token = replay.pre_token_at(within)
    return Position(pre_token, replay.pre_token(pre_token).n_steps)
