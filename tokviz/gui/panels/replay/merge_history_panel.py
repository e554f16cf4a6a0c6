"""The merge history: merges one by one, by the clock of encoding or by that of training."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QHideEvent, QKeySequence, QResizeEvent, QShortcut, QShowEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from tokviz.gui.panels.replay.cutting_clock import CuttingClock
from tokviz.gui.panels.replay.cutting_saving import (
    ATTEMPTS_KINDS,
    LATTICE_KINDS,
    LATTICE_PNG,
    LATTICE_SVG,
    CuttingSaver,
    lattice_png,
    lattice_svg,
)
from tokviz.gui.panels.replay.encoding_clock import EncodingClock
from tokviz.gui.panels.replay.replay_saving import (
    KINDS,
    PANEL_PNG,
    PANEL_SVG,
    TREE_PNG,
    TREE_SVG,
    Pictures,
    ReplaySaver,
)
from tokviz.gui.panels.replay.replay_scope import Scope, Stretch
from tokviz.gui.panels.replay.training_clock import TrainingClock
from tokviz.gui.theme import Theme
from tokviz.gui.tokenizer_model import TokenizerModel
from tokviz.gui.widgets.choice_box import ChoiceBox
from tokviz.gui.widgets.export_button import ExportButton, FileKind
from tokviz.gui.widgets.panel_frame import PanelFrame
from tokviz.gui.widgets.pictures import png_of, widget_png, widget_svg
from tokviz.gui.widgets.replay.clock_switch import Clock, ClockSwitch, colors_of
from tokviz.gui.widgets.replay.merge_replay_view import Body, MergeReplayView
from tokviz.tokenization.replay.cut_stretch import CUTTING

_KINDS = {Body.MERGES: KINDS, Body.ATTEMPTS: ATTEMPTS_KINDS, Body.LATTICE: LATTICE_KINDS}
_WIDE = 940  # pixels from which there is room for all words of the header


class MergeHistoryPanel(QWidget):
    """One view and one set of controls, which belong to the clock that runs."""

    task_started = Signal(object)
    problem = Signal(object)
    training_requested = Signal()

    def __init__(self, model: TokenizerModel, theme: Theme, view: MergeReplayView) -> None:
        super().__init__()
        self._model = model
        self._theme = theme
        self._make_widgets(view)
        self._encoding = EncodingClock(model, self.view, self.scope, self.order, self)
        self._cutting = CuttingClock(model, self.view, self)
        self._training = TrainingClock(model, self.view, self)
        self._connect()
        self._show_clock()

    # -- building ------------------------------------------------------------------------------

    def _make_widgets(self, view: MergeReplayView) -> None:
        self.view = view
        view.controls.take_keys_of(self)
        self.strip, self.controls, self.rank = view.strip, view.controls, view.rank
        self.sentence, self.row, self.tree, self.pairs = (
            view.sentence,
            view.row,
            view.tree,
            view.pairs,
        )
        self.clock = ClockSwitch()
        self.scope = ChoiceBox()
        self.scope.setAccessibleName("What is replayed")
        self.scope.addItems([scope.value for scope in Scope])
        self.order = ChoiceBox()
        self.order.setAccessibleName("Order of the merges")
        self.order.addItems(["in text order", "by rank, everywhere"])
        self.export = ExportButton(KINDS)
        panel: Pictures = {
            PANEL_SVG: lambda: widget_svg(self, "Replay"),
            PANEL_PNG: lambda: widget_png(self),
        }
        tree: Pictures = {
            TREE_SVG: self.tree.render_svg,
            TREE_PNG: lambda: png_of(self.tree.render_picture()),
        }
        lattice: Pictures = {
            LATTICE_SVG: lambda: lattice_svg(view.lattice.lattice),
            LATTICE_PNG: lambda: lattice_png(view.lattice.lattice),
        }
        self._saver = ReplaySaver({**tree, **panel}, self)
        self._cutting_saver = CuttingSaver({**lattice, **panel}, self)
        self.frame = PanelFrame("Merge history", view)
        self.frame.add_leading(self.clock)
        for control in (self.scope, self.order, self.export):
            self.frame.add_control(control)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addWidget(self.frame)

    def _connect(self) -> None:
        self.clock.picked.connect(self._on_clock_picked)
        self.controls.step_changed.connect(lambda step: self._running.go_to_step(step))
        self.rank.returnPressed.connect(lambda: self._running.go_to_rank(self.rank.text()))
        self.view.remedy.clicked.connect(self.training_requested)
        self.export.chosen.connect(self._save)
        self._encoding.loaded.connect(self._show_export)
        for source in (self._saver, self._cutting_saver, self._training):
            source.problem.connect(self.problem)
        for starter in (self._saver, self._encoding):
            starter.task_started.connect(self.task_started)
        self._cutting.loaded.connect(self._show_export)
        self._model.tokenizer_changed.connect(self._on_tokenizer_changed)
        self._model.marks_changed.connect(self._on_marks_changed)
        self._theme.changed.connect(self._on_theme_changed)
        for keys, step in (("Ctrl+Left", -1), ("Ctrl+Right", 1)):
            shortcut = QShortcut(QKeySequence(keys), self)
            shortcut.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
            shortcut.activated.connect(lambda step=step: self._running.go_to_neighbor(step))

    # -- the two clocks ------------------------------------------------------------------------

    @property
    def _running(self) -> EncodingClock | CuttingClock | TrainingClock:
        return self._training if self.clock.clock is Clock.TRAINING else self._encoder

    @property
    def _encoder(self) -> EncodingClock | CuttingClock:
        """What replays encoding with the algorithm of the tokenizer."""
        return self._cutting if self._cuts else self._encoding

    @property
    def _cuts(self) -> bool:
        return self._model.tokenizer.algorithm in CUTTING

    def show_clock(self, clock: Clock) -> None:
        """Let this clock run."""
        if clock is not self.clock.clock:
            self.clock.set_clock(clock)
            self._on_clock_picked(clock)

    def _on_clock_picked(self, clock: Clock) -> None:
        self._show_clock()
        self._run_clock()

    def _on_tokenizer_changed(self) -> None:
        self._show_clock()
        if self.isVisible():
            self._run_clock()

    def _show_clock(self) -> None:
        """Show what belongs to the clock that runs and to the algorithm, and nothing else."""
        is_training = self.clock.clock is Clock.TRAINING
        for widget in (self.scope, self.order):
            widget.setVisible(not is_training and not self._cuts)
        self.export.setVisible(not is_training)
        body = self._cutting.body if self._cuts else Body.MERGES
        self.export.set_kinds(_KINDS[body])
        self.view.show_body(Body.TRAINING if is_training else body)
        self.clock.set_encoding_words(self._cutting.says if self._cuts else Clock.ENCODING.says)
        self._show_words()
        self._on_theme_changed()

    def _save(self, kind: FileKind, path: str) -> None:
        if self._cuts:
            self._cutting_saver.save(kind, path, self._cutting.stretch)
        else:
            self._saver.save(kind, path, self.stretch)

    def _show_export(self) -> None:
        shown = self._cutting.stretch if self._cuts else self._encoding.stretch
        self.export.setEnabled(shown is not None)

    def _run_clock(self) -> None:
        """First the one stops, then the other takes the controls over."""
        runs = self.isVisible()
        for clock in (self._encoding, self._cutting, self._training):
            if clock is not self._running:
                clock.set_running(False)
        self._running.set_running(runs)

    def _on_marks_changed(self) -> None:
        if self.isVisible():
            self._running.follow_mark()

    @property
    def stretch(self) -> Stretch | None:
        """What the clock of encoding replays now."""
        return self._encoding.stretch

    def show_cause(self, byte: int, own_step: int) -> None:
        """Show a step of encoding of the pre-token that holds a byte of the text."""
        self.show_clock(Clock.ENCODING)
        self._encoder.show_cause(byte, own_step)

    def show_pre_token(self, char: int) -> None:
        """Replay the encoding of the pre-token that holds a character."""
        self.show_clock(Clock.ENCODING)
        self._encoder.show_pre_token(char)

    # -- Qt's events ---------------------------------------------------------------------------

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._run_clock()

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        if not event.spontaneous():  # minimised is not hidden
            self._running.set_running(False)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._show_words()

    def _show_words(self) -> None:
        wide = self.width() >= _WIDE
        self.clock.set_wordy(wide)
        self.frame.show_title(wide and not self._cuts)

    def _on_theme_changed(self) -> None:
        self.view.set_colors(colors_of(self.clock.clock, self._theme.palette))
        self.clock.set_colors(self._theme.palette)
