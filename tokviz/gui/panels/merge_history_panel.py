"""The merge history: the merges of a pre-token, a selection or the whole text, step by step."""

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QKeySequence, QShortcut, QShowEvent
from PySide6.QtWidgets import (
    QComboBox,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QSplitter,
    QVBoxLayout,
    QWidget,
)

from tokviz.gui.panels.candidate_rows import CandidateRows
from tokviz.gui.panels.replay_scope import (
    Position,
    Scope,
    Stretch,
    describe_step,
    position_at,
    putting_in_order,
)
from tokviz.gui.panels.replay_stages import STAGES, Stage, row_of_stage, tree_of
from tokviz.gui.task import Task
from tokviz.gui.theme import Theme
from tokviz.gui.tokenizer_model import TokenizerModel
from tokviz.gui.widgets.merge_row_view import MergeRowView
from tokviz.gui.widgets.merge_tree_view import MergeTreeView
from tokviz.gui.widgets.panel_frame import PanelFrame
from tokviz.gui.widgets.pipeline_strip import PipelineStrip
from tokviz.gui.widgets.replay_controls import ReplayControls
from tokviz.gui.widgets.row_table import RowTable
from tokviz.tokenization.merge_replay import MergeReplay
from tokviz.tokenization.text_merges import find_firings
from tokviz.tokenization.visible_text import visible

_PAUSE_MS = 60
_AT_ONCE = 200_000  # characters of a stretch whose merges are put in order without a task


class MergeHistoryPanel(QWidget):
    """Replays encoding: rules fixed, the lowest rank wins. See `replay_stages` for the stages."""

    task_started = Signal(object)

    def __init__(self, model: TokenizerModel, theme: Theme) -> None:
        super().__init__()
        self._model = model
        self._theme = theme
        self._stretch: Stretch | None = None
        self._replay: MergeReplay | None = None
        self._position = Position(-1, 0)
        self._char = 0  # the character whose pre-token is replayed
        self._stage = Stage.MERGES
        self._task: Task | None = None
        self._make_widgets()
        self._place_widgets()
        self._later = QTimer(self, singleShot=True, interval=_PAUSE_MS)
        self._later.timeout.connect(self._load)
        self._connect()
        self._on_theme_changed()

    # -- building ------------------------------------------------------------------------------

    def _make_widgets(self) -> None:
        self.strip = PipelineStrip(STAGES)
        self.controls = ReplayControls(self)
        self.scope = QComboBox()
        self.scope.addItems([scope.value for scope in Scope])
        self.order = QComboBox()
        self.order.addItems(["pre-token by pre-token", "by rank, everywhere"])
        self.rank = QLineEdit()
        self.rank.setPlaceholderText("go to rank")
        self.rank.setFixedWidth(90)
        self.clock = QLabel("Encoding replay: rules fixed, the lowest rank wins")
        self.clock.setObjectName("encodingClock")
        self.sentence = QLabel()
        self.sentence.setTextFormat(Qt.TextFormat.PlainText)
        self.sentence.setWordWrap(True)
        self.row = MergeRowView()
        self.tree = MergeTreeView()
        self.height_mode = QComboBox()
        self.height_mode.addItems(["height: order", "height: log rank"])
        self.pairs = RowTable()

    def _place_widgets(self) -> None:
        content = QWidget()
        column = QVBoxLayout(content)
        column.setContentsMargins(12, 8, 12, 8)
        column.setSpacing(6)
        top = QHBoxLayout()
        top.addWidget(self.strip, 1)
        top.addWidget(self.rank)
        top.addWidget(self.height_mode)
        left = QWidget()
        left_column = QVBoxLayout(left)
        left_column.setContentsMargins(0, 0, 0, 0)
        for widget in (self.controls, self.sentence, self.row):
            left_column.addWidget(widget)
        left_column.addWidget(self.tree, 1)
        split = QSplitter(Qt.Orientation.Horizontal)
        split.addWidget(left)
        split.addWidget(self.pairs)
        split.setStretchFactor(0, 3)
        split.setStretchFactor(1, 1)
        split.setSizes([600, 230])
        column.addLayout(top)
        column.addWidget(split, 1)
        self.frame = PanelFrame("Merge history", content)
        self.frame.add_control(self.clock)
        self.frame.add_control(self.scope)
        self.frame.add_control(self.order)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addWidget(self.frame)

    def _connect(self) -> None:
        model = self._model
        self.controls.step_changed.connect(self._show_step)
        self.strip.stage_picked.connect(self._on_stage_picked)
        self.scope.currentIndexChanged.connect(self._load)
        self.order.currentIndexChanged.connect(self._load)
        self.rank.returnPressed.connect(self._on_rank_entered)
        self.height_mode.currentIndexChanged.connect(lambda i: self.tree.set_height_by_rank(i == 1))
        for source in (self.tree.node_picked, self.row.token_picked):
            source.connect(lambda token_id: model.select([token_id]))
        for source in (self.tree.node_hovered, self.row.token_hovered):
            source.connect(model.hover)
        self.tree.step_requested.connect(self._go_to_own_step)
        model.selection_changed.connect(self._on_selection_changed)
        model.hovered_changed.connect(lambda: self.tree.set_hovered(model.hovered))
        model.caret_changed.connect(self._on_caret_changed)
        model.encoding_changed.connect(self._later.start)
        model.marks_changed.connect(self._on_marks_changed)
        self._theme.changed.connect(self._on_theme_changed)
        for keys, step in (("Ctrl+Left", -1), ("Ctrl+Right", 1)):
            shortcut = QShortcut(QKeySequence(keys), self)
            shortcut.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
            shortcut.activated.connect(lambda step=step: self._go_to_neighbor(step))

    # -- what is replayed ----------------------------------------------------------------------

    @property
    def stretch(self) -> Stretch | None:
        """What is replayed now."""
        return self._stretch

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._load()

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
        if not self.isVisible():
            return
        self._cancel()
        span = self._span()
        if span is None or not len(self._model.tokenizer.merges):
            self._show_nothing()
            return
        by_rank = self.order.currentIndex() == 1
        stretches = putting_in_order(self._model.text, *span, by_rank=by_rank)
        if span[1] - span[0] <= _AT_ONCE:
            self._take(next(stretches))
            return
        task = Task(stretches, "Putting the merges in order", parent=self)
        task.stepped.connect(lambda batch: self._take(batch[-1]))
        self._task = task
        self.task_started.emit(task)
        task.start()

    def _cancel(self) -> None:
        task, self._task = self._task, None
        if task is not None:
            task.cancel()

    def _take(self, stretch: Stretch) -> None:
        same = self._stretch is not None and self._stretch.text == stretch.text
        step = self.controls.step if same else stretch.replay.n_steps
        self._stretch, self._position = stretch, Position(-1, 0)
        self.controls.set_steps(stretch.replay.n_steps)
        self.controls.set_step(min(step, stretch.replay.n_steps))
        self.strip.set_words(
            [
                f"text {len(stretch.text):,}",
                f"pre-tokens {stretch.replay.n_pre_tokens:,}",
                f"bytes {stretch.n_bytes:,}",
                f"merges {stretch.replay.n_steps:,}",
                f"ids {stretch.n_tokens:,}",
            ]
        )
        self.strip.set_stage(STAGES.index(self._stage.value))
        self._show_step(self.controls.step)

    def _show_nothing(self) -> None:
        self._stretch = self._replay = None
        self.controls.set_steps(0)
        self.row.set_rows([], None, None, None)
        self.tree.set_tree([], [], [])
        self.pairs.set_source(CandidateRows([], str))
        tokenizer = self._model.tokenizer
        self.sentence.setText(
            "There is no text to replay yet."
            if len(tokenizer.merges)
            else f"There is nothing to merge: with {tokenizer.algorithm.value} each "
            "one is a token from the start. GPT-2 and SmolLM2 have merges to watch."
        )

    # -- showing a step ------------------------------------------------------------------------

    def _show_step(self, step: int) -> None:
        if self._stretch is not None:
            self._show_position(step, position_at(self._stretch, step))

    def _show_position(self, step: int, position: Position) -> None:
        stretch = self._stretch
        assert stretch is not None
        if position.pre_token != self._position.pre_token or self._replay is None:
            self._replay = stretch.replay.pre_token(position.pre_token)
            self.tree.set_tree(*tree_of(self._replay, self._name))
        self._position = position
        self.tree.set_step(position.step)
        if self._stage is not Stage.MERGES and step not in (0, stretch.replay.n_steps):
            self._set_stage(Stage.MERGES)
        self._show_sentence(step)
        self._show_row()
        self._show_pairs()

    def _show_sentence(self, step: int) -> None:
        stretch, replay = self._stretch, self._replay
        assert stretch is not None
        assert replay is not None
        words = describe_step(replay, self._position.step, self._name)
        where = f"Step {step:,} of {stretch.replay.n_steps:,} · " if step else ""
        several = stretch.replay.n_pre_tokens > 1
        which = (
            f" · pre-token {self._position.pre_token + 1:,} of {stretch.replay.n_pre_tokens:,}"
            if several
            else ""
        )
        self.sentence.setText(f"{where}{words}{which}")

    def _show_row(self) -> None:
        if self._stretch is not None and self._replay is not None:
            self.row.set_rows(
                *row_of_stage(self._stage, self._stretch, self._replay, self._position, self._name)
            )

    def _show_pairs(self) -> None:
        if self._replay is not None:
            state = max(self._position.step - 1, 0)
            self.pairs.set_source(CandidateRows(self._replay.candidates(state), self._name))

    def _name(self, token_id: int) -> str:
        return visible(self._model.tokenizer.token_bytes(token_id))

    # -- moving --------------------------------------------------------------------------------

    def _on_stage_picked(self, stage: int) -> None:
        self._set_stage(Stage(STAGES[stage]))
        if self._stretch is not None:
            if self._stage is Stage.BYTES:
                self._go_to_own_step(0)
            elif self._stage is Stage.IDS and self._replay is not None:
                self._go_to_own_step(self._replay.n_steps)
        self._show_row()

    def _set_stage(self, stage: Stage) -> None:
        self._stage = stage
        self.strip.set_stage(STAGES.index(stage.value))

    def _go_to_own_step(self, own_step: int) -> None:
        """Go to a step of the pre-token that is shown."""
        self._go_to(Position(self._position.pre_token, own_step))

    def _go_to(self, position: Position) -> None:
        if self._stretch is not None:
            step = self._stretch.replay.step_of(position.pre_token, position.step)
            self.controls.set_step(step)
            self._show_position(step, position)

    def _go_to_neighbor(self, direction: int) -> None:
        """The pre-token before or behind the one that is shown."""
        stretch = self._stretch
        if stretch is None:
            return
        other = self._position.pre_token + direction
        if stretch.replay.n_pre_tokens > 1:
            if 0 <= other < stretch.replay.n_pre_tokens:
                self._go_to(Position(other, 0))
            return
        char = stretch.first_char - 1 if direction < 0 else stretch.first_char + len(stretch.text)
        if 0 <= char < self._model.text.n_encoded:
            self._char = char
            self._load()

    def _on_rank_entered(self) -> None:
        words = self.rank.text().replace(",", "").strip()
        n_all = len(self._model.tokenizer.merges)
        if not words.isdecimal() or int(words) >= n_all:
            self.sentence.setText(f"{words!r} is no rank: the ranks run from 0 to {n_all - 1:,}.")
            return
        self._model.mark(None)
        self._model.mark(int(words))

    def _on_marks_changed(self) -> None:
        rank = self._model.marked_rank
        if rank is None or self._stretch is None:
            return
        step = self._stretch.replay.step_of_rank(rank)
        if step is None:
            firings = find_firings(self._model.text, rank)
            if not firings.n_fired:
                self.sentence.setText(f"Rank {rank:,} does not fire in this text.")
                return
            self._char = self._model.text.char_of_byte(int(firings.gaps[0]))
            self._load()
            step = self._stretch.replay.step_of_rank(rank)
        if step is not None:
            self._set_stage(Stage.MERGES)
            self._go_to(position_at(self._stretch, step))

    def show_cause(self, byte: int, own_step: int) -> None:
        """Show a step of the pre-token that holds a byte of the text."""
        self._char = self._model.text.char_of_byte(byte)
        self.scope.setCurrentText(Scope.PRE_TOKEN.value)
        self._load()
        self._set_stage(Stage.MERGES)
        self._go_to_own_step(own_step)

    # -- following the model -------------------------------------------------------------------

    def _on_selection_changed(self) -> None:
        self.tree.set_selected(frozenset(self._model.selection.ids))
        self.row.set_selected(frozenset(self._model.selection.ids))
        place = self._model.selection.place
        if place is not None and place < self._model.text.n_tokens:
            self._char = self._model.text.token_span(place)[0]
            self._later.start()

    def _on_caret_changed(self) -> None:
        if Scope(self.scope.currentText()) is Scope.SELECTION:
            self._later.start()
        elif self._model.selection.place is None:
            self._char = self._model.caret[0]
            self._later.start()

    def _on_theme_changed(self) -> None:
        palette = self._theme.palette
        for widget in (self.controls, self.row, self.tree, self.pairs):
            widget.set_colors(palette)
