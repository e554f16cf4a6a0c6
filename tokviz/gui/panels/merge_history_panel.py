"""The merge history: the merges of a pre-token, a selection or the whole text, step by step."""

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QKeySequence, QResizeEvent, QShortcut, QShowEvent
from PySide6.QtWidgets import QComboBox, QLabel, QVBoxLayout, QWidget

from tokviz.gui.panels.replay_saving import (
    KINDS,
    PANEL_PNG,
    PANEL_SVG,
    TREE_PNG,
    TREE_SVG,
    Pictures,
    ReplaySaver,
)
from tokviz.gui.panels.replay_scope import (
    Position,
    Scope,
    Stretch,
    position_at,
    putting_in_order,
)
from tokviz.gui.panels.replay_stages import STAGES, Stage
from tokviz.gui.panels.replay_step import StepDisplay
from tokviz.gui.task import Task
from tokviz.gui.theme import Theme
from tokviz.gui.tokenizer_model import TokenizerModel
from tokviz.gui.widgets.export_button import ExportButton
from tokviz.gui.widgets.merge_replay_view import MergeReplayView
from tokviz.gui.widgets.panel_frame import PanelFrame
from tokviz.gui.widgets.pictures import png_of, widget_png, widget_svg
from tokviz.tokenization.text_merges import find_firings

_PAUSE_MS = 60
_AT_ONCE = 200_000  # characters of a stretch whose merges are put in order without a task
_WIDE = 760  # pixels from which the clock has room for all its words
_CLOCK = "Encoding replay"
_CLOCK_SAYS = "rules fixed, the lowest rank wins"


class MergeHistoryPanel(QWidget):
    """Replays encoding: rules fixed, the lowest rank wins. See `replay_stages` for the stages."""

    task_started = Signal(object)
    problem = Signal(object)

    def __init__(self, model: TokenizerModel, theme: Theme) -> None:
        super().__init__()
        self._model = model
        self._theme = theme
        self._char = 0  # the character whose pre-token is replayed
        self._task: Task | None = None
        self._make_widgets()
        self._display = StepDisplay(self.view)
        self._later = QTimer(self, singleShot=True, interval=_PAUSE_MS)
        self._later.timeout.connect(self._load)
        self._connect()
        self._on_theme_changed()

    # -- building ------------------------------------------------------------------------------

    def _make_widgets(self) -> None:
        view = self.view = MergeReplayView(STAGES, keys_of=self)
        self.strip, self.controls, self.rank = view.strip, view.controls, view.rank
        self.sentence, self.row, self.tree, self.pairs = (
            view.sentence,
            view.row,
            view.tree,
            view.pairs,
        )
        self.clock = QLabel(_CLOCK)
        self.clock.setObjectName("encodingClock")
        self.clock.setToolTip(f"{_CLOCK}: {_CLOCK_SAYS}")
        # Without it the long words would keep the panel so wide that they never become short.
        self.clock.setMinimumWidth(self.clock.sizeHint().width())
        self.scope = QComboBox()
        self.scope.setAccessibleName("What is replayed")
        self.scope.addItems([scope.value for scope in Scope])
        self.order = QComboBox()
        self.order.setAccessibleName("Order of the merges")
        self.order.addItems(["in text order", "by rank, everywhere"])
        self.export = ExportButton(KINDS)
        pictures: Pictures = {
            TREE_SVG: self.tree.render_svg,
            TREE_PNG: lambda: png_of(self.tree.render_picture()),
            PANEL_SVG: lambda: widget_svg(self, "Merge history"),
            PANEL_PNG: lambda: widget_png(self),
        }
        self._saver = ReplaySaver(pictures, self)
        self.frame = PanelFrame("Merge history", view)
        for control in (self.clock, self.scope, self.order, self.export):
            self.frame.add_control(control)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addWidget(self.frame)

    def _connect(self) -> None:
        model = self._model
        self.controls.step_changed.connect(self._on_step_changed)
        self.strip.stage_picked.connect(self._on_stage_picked)
        self.scope.currentIndexChanged.connect(self._load)
        self.order.currentIndexChanged.connect(self._load)
        self.rank.returnPressed.connect(self._on_rank_entered)
        for source in (self.tree.node_picked, self.row.token_picked):
            source.connect(lambda token_id: model.select([token_id]))
        for source in (self.tree.node_hovered, self.row.token_hovered):
            source.connect(model.hover)
        self.tree.step_requested.connect(self._on_step_requested)
        self.export.chosen.connect(lambda kind, path: self._saver.save(kind, path, self.stretch))
        self._saver.problem.connect(self.problem)
        self._saver.task_started.connect(self.task_started)
        model.selection_changed.connect(self._on_selection_changed)
        model.hovered_changed.connect(lambda: self.tree.set_hovered(model.hovered))
        model.caret_changed.connect(self._on_caret_changed)
        model.whole_encoding_changed.connect(self._later.start)
        model.marks_changed.connect(self._on_marks_changed)
        self._theme.changed.connect(self._on_theme_changed)
        for keys, step in (("Ctrl+Left", -1), ("Ctrl+Right", 1)):
            shortcut = QShortcut(QKeySequence(keys), self)
            shortcut.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
            shortcut.activated.connect(lambda step=step: self._go_to_neighbor(step))

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.clock.setText(f"{_CLOCK}: {_CLOCK_SAYS}" if self.width() >= _WIDE else _CLOCK)

    # -- what is replayed ----------------------------------------------------------------------

    @property
    def stretch(self) -> Stretch | None:
        """What is replayed now."""
        return self._display.stretch

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
        before = self._display.stretch
        same = before is not None and before.text == stretch.text
        step = self.controls.step if same else stretch.replay.n_steps
        self._display.take(stretch)
        self.export.setEnabled(True)
        self.controls.set_steps(stretch.replay.n_steps)
        self.controls.set_step(min(step, stretch.replay.n_steps))
        self._display.set_stage(self._display.stage)
        self._show_step(self.controls.step)

    def _show_nothing(self) -> None:
        tokenizer = self._model.tokenizer
        self.export.setEnabled(False)
        self._display.clear(
            "There is no text to replay yet."
            if len(tokenizer.merges)
            else f"There is nothing to merge: with {tokenizer.algorithm.value} each "
            "one is a token from the start. GPT-2 and SmolLM2 have merges to watch."
        )

    # -- moving --------------------------------------------------------------------------------

    def _on_stage_picked(self, stage: int) -> None:
        display = self._display
        display.set_stage(Stage(STAGES[stage]))
        if display.stage is Stage.BYTES:
            self._go_to_own_step(0)
        elif display.stage is Stage.IDS and display.replay is not None:
            self._go_to_own_step(display.replay.n_steps)

    def _on_step_changed(self, step: int) -> None:
        if 0 < step < self.controls.n_steps:
            self._display.set_stage(Stage.MERGES)
        self._show_step(step)

    def _show_step(self, step: int) -> None:
        if self.stretch is not None:
            self._display.show(step, position_at(self.stretch, step))

    def _on_step_requested(self, own_step: int) -> None:
        self._display.set_stage(Stage.MERGES)
        self._go_to_own_step(own_step)

    def _go_to_own_step(self, own_step: int) -> None:
        """Go to a step of the pre-token that is shown."""
        self._go_to(Position(self._display.position.pre_token, own_step))

    def _go_to(self, position: Position) -> None:
        if self.stretch is not None:
            step = self.stretch.replay.step_of(position.pre_token, position.step)
            self.controls.set_step(step)
            self._display.show(step, position)

    def _go_to_neighbor(self, direction: int) -> None:
        """The pre-token before or behind the one that is shown."""
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
        if rank is None or self.stretch is None:
            return
        step = self.stretch.replay.step_of_rank(rank)
        if step is None:
            firings = find_firings(self._model.text, rank)
            if not firings.n_fired:
                self.sentence.setText(f"Rank {rank:,} does not fire in this text.")
                return
            self._char = self._model.text.char_of_byte(int(firings.gaps[0]))
            self._load()
            step = self.stretch.replay.step_of_rank(rank)
        if step is None:
            self.sentence.setText(f"Rank {rank:,} fires in the text, but not in this part of it.")
            return
        self._display.set_stage(Stage.MERGES)
        self._go_to(position_at(self.stretch, step))

    def show_cause(self, byte: int, own_step: int) -> None:
        """Show a step of the pre-token that holds a byte of the text."""
        self._char = self._model.text.char_of_byte(byte)
        self.scope.setCurrentText(Scope.PRE_TOKEN.value)
        self._load()
        self._display.set_stage(Stage.MERGES)
        self._go_to_own_step(own_step)

    # -- following the model -------------------------------------------------------------------

    def _on_selection_changed(self) -> None:
        self.tree.set_selected(frozenset(self._model.selection.ids))
        self.row.set_selected(frozenset(self._model.selection.ids))
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
        elif Scope(self.scope.currentText()) is Scope.PRE_TOKEN and place is None:
            self._char = self._model.caret[0]
            self._later.start()

    def _show_pre_token_at(self, char: int) -> None:
        """In a longer stretch: go to the end of the pre-token that holds a character."""
        stretch = self.stretch
        if stretch is None or not 0 <= char - stretch.first_char < len(stretch.text):
            return
        pre_token = stretch.replay.pre_token_at(char - stretch.first_char)
        if pre_token != self._display.position.pre_token:
            self._go_to(Position(pre_token, stretch.replay.pre_token(pre_token).n_steps))

    def _on_theme_changed(self) -> None:
        self.view.set_colors(self._theme.palette)
