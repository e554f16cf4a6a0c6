"""The vocabulary scrubber: the whole text with only the first k merges, live."""

from PySide6.QtCore import QSignalBlocker, QTimer, Signal
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QSizePolicy,
    QSpinBox,
    QToolButton,
    QVBoxLayout,
)

from tokviz.gui.encoding_pause import EncodingPause
from tokviz.gui.task import Task, failure
from tokviz.gui.theme import Theme
from tokviz.gui.tokenizer_model import TokenizerModel
from tokviz.gui.widgets.fitting_label import FittingLabel
from tokviz.gui.widgets.plots.vocabulary_curve import VocabularyCurve
from tokviz.tokenization.replay.text_merges import count_curve
from tokviz.tokenization.replay.vocabulary_curve import VocabularyCurve as CurveOfText

_PAUSE_MS = 120  # without an edit, before the curve is counted anew
_AT_ONCE = 100_000  # characters of a text whose curve is counted without a task
_PLAY_MS = 60
_PLAY_FACTOR = 1.04  # of the merges, from one frame to the next


class ScrubberPanel(QFrame):
    """A slider over the merge history, with the curve of tokens against vocabulary size."""

    problem = Signal(object)

    def __init__(self, model: TokenizerModel, theme: Theme) -> None:
        super().__init__()
        self.setObjectName("panel")
        self._model = model
        self._theme = theme
        self._slim = False
        self._has_room = True
        self.curve = VocabularyCurve()
        self.box = QSpinBox()
        self._words = FittingLabel("muted")
        self._play = QToolButton()
        self._place_widgets()
        self._task: Task | None = None
        self._later = EncodingPause(model, _PAUSE_MS, self)
        self._later.timeout.connect(self._count)
        self._clock = QTimer(self, interval=_PLAY_MS)
        self._clock.timeout.connect(self._on_tick)
        self._connect()
        self._on_theme_changed()
        self._later.begin()  # the text is painted first
        self._show()

    def _place_widgets(self) -> None:
        self._play.setText("▶")
        self._play.setObjectName("switch")
        self._play.setToolTip("Watch the text coalesce from bytes to words")
        self.box.setGroupSeparatorShown(True)
        self.box.setKeyboardTracking(False)
        self.box.setButtonSymbols(QSpinBox.ButtonSymbols.NoButtons)
        self.box.setToolTip("Merges applied")
        self.box.setFixedWidth(76)
        self._row = QHBoxLayout()
        self._row.setSpacing(8)
        self._row.addWidget(self._play)
        self._row.addWidget(self.box)
        self._row.addWidget(self._words, 1)
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(12, 4, 12, 6)
        self._column.setSpacing(2)
        self._column.addLayout(self._row)
        # In a low window the curve gives way before the text does.
        self.curve.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Maximum)
        self._column.addWidget(self.curve)

    def set_slim(self, slim: bool) -> None:
        """One row of all, the curve a strip between box and words, where there is little height."""
        if slim == self._slim:
            return
        self._slim = slim
        self.curve.set_slim(slim)
        if slim:
            self._column.removeWidget(self.curve)
            self._row.insertWidget(2, self.curve, 3)
        else:
            self._row.removeWidget(self.curve)
            self._column.addWidget(self.curve)

    def set_room(self, has_room: bool) -> None:
        """Show nothing of all where the text needs the little height there is."""
        if has_room != self._has_room:
            self._has_room = has_room
            self._show()

    def _connect(self) -> None:
        model = self._model
        self.curve.moved.connect(model.set_n_merges)
        self.box.valueChanged.connect(model.set_n_merges)
        self._play.clicked.connect(self.toggle_play)
        model.encoding_changed.connect(self._show)
        model.whole_encoding_changed.connect(self._later.begin)
        model.tokenizer_changed.connect(self._count)
        model.order_changed.connect(self._show)
        self._theme.changed.connect(self._on_theme_changed)

    # -- playing -------------------------------------------------------------------------------

    def toggle_play(self) -> None:
        """Play from the bare alphabet, or on from where the playhead stands."""
        if self._clock.isActive():
            self._stop()
            return
        if self._model.n_merges is None:
            self._model.set_n_merges(0)
        self._clock.start()
        self._play.setText("❚❚")

    def _stop(self) -> None:
        self._clock.stop()
        self._play.setText("▶")

    def _on_tick(self) -> None:
        now = self._model.n_merges
        if now is None:
            self._stop()
            return
        self._model.set_n_merges(max(now + 1, round(now * _PLAY_FACTOR)))

    # -- showing -------------------------------------------------------------------------------

    def _count(self) -> None:
        """Count the curve: a short text's at once, a long one's in a task."""
        self.close_count()
        counting = count_curve(self._model.text)
        if self._model.text.n_encoded <= _AT_ONCE:
            self._on_counted(list(counting))
            return
        self._task = Task(counting, "Counting merges", parent=self)
        self._task.stepped.connect(self._on_counted)
        self._task.failed.connect(lambda e: self.problem.emit(failure("Counting the merges", e)))
        self._task.start()

    def close_count(self) -> None:
        """End what runs; for the program's end."""
        self._later.stop()
        task, self._task = self._task, None
        if task is not None:
            task.cancel()

    def _on_counted(self, batch: list[CurveOfText | None]) -> None:
        curve = batch[-1]
        if curve is not None:
            n_merges = len(self._model.tokenizer.merges)
            self.curve.set_curve(curve.n_merges, curve.n_tokens, n_merges)
            self._show()

    def _show(self) -> None:
        model = self._model
        n_all = len(model.tokenizer.merges)
        why_not = model.why_only_all_merges
        self.setVisible(n_all > 0 and self._has_room)
        for widget in (self._play, self.box, self.curve):
            widget.setVisible(not why_not)
        if why_not:
            self._stop()
            self._words.set_wordings(why_not)
            return
        k = n_all if model.n_merges is None else model.n_merges
        self.curve.set_value(k)
        with QSignalBlocker(self.box):  # held within an old range, it would ask for what it shows
            if self.box.maximum() != n_all:
                self.box.setRange(0, n_all)  # lays out the window
            self.box.setValue(k)
        n_tokens, n_bytes = model.text.n_tokens, model.text.n_encoded_bytes
        ratio = f" · {n_bytes / n_tokens:.2f} bytes a token" if n_tokens else ""
        size = model.tokenizer.n_vocab - n_all + k
        merges, tokens = f"of {n_all:,} merges", f"{n_tokens:,} token{'s' * (n_tokens != 1)}"
        vocabulary = f"vocabulary of {size:,}"
        self._words.set_wordings(
            f"{merges} · {vocabulary} · {tokens}{ratio}",
            f"{merges} · {vocabulary} · {tokens}",
            f"{merges} · {tokens}",
            tokens,
            f"{n_tokens:,}",
        )

    def _on_theme_changed(self) -> None:
        self.curve.set_colors(self._theme.palette)
