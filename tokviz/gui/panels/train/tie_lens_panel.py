"""The lens on ties: who had the count of a merge, too, and what the other rule would have made."""

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtWidgets import QLabel, QPushButton, QVBoxLayout, QWidget

from tokviz.gui.panels.replay.training_sentences import rule_in_words
from tokviz.gui.panels.replay.training_steps import FoundStep, TrainingSteps
from tokviz.gui.panels.train.tie_rows import DifferingRows, TieRows
from tokviz.gui.task import Task, failure
from tokviz.gui.theme import Theme
from tokviz.gui.tokenizer_model import TokenizerModel
from tokviz.gui.widgets.flow_layout import FlowLayout
from tokviz.gui.widgets.scrolled import scrolled
from tokviz.gui.widgets.tables.row_table import RowTable
from tokviz.gui.widgets.tables.row_table_model import NoRows
from tokviz.tokenization.training.tie_comparison import RuleComparison, comparing_rules

_LOWEST_TABLE = 84  # pixels; in a low panel one scrolls


class TieLensPanel(QWidget):
    """Follows the merge that is marked. Retraining uses what was counted; the model's tokenizer
    stays as it is."""

    problem = Signal(object)
    task_started = Signal(object)

    def __init__(self, model: TokenizerModel, theme: Theme) -> None:
        super().__init__()
        self._model = model
        self._theme = theme
        self._task: Task | None = None
        self._steps = TrainingSteps(self)
        self.summary, self.words, self.verdict = _label(), _label(), _label()
        self.next_button = QPushButton("Next tie")
        self.retrain_button = QPushButton("Switch the rule and retrain")
        self.rivals = RowTable()
        self.rivals.setAccessibleName("Tied pairs")
        self.tokens = RowTable()
        self.tokens.setAccessibleName("Tokens that differ")
        self._place_widgets()
        self.next_button.clicked.connect(self._go_to_next_tie)
        self.retrain_button.clicked.connect(self.retrain)
        self.rivals.row_picked.connect(self._on_rival_picked)
        self._steps.found.connect(self._on_found)
        self._steps.failed.connect(
            lambda error: self.problem.emit(failure("Counting the pairs of a step", error))
        )
        model.training_changed.connect(self._on_training_changed)
        model.marks_changed.connect(self._show_rivals)
        theme.changed.connect(self._on_theme_changed)
        self._on_theme_changed()
        self._on_training_changed()

    def _place_widgets(self) -> None:
        buttons = FlowLayout(gap=6)
        buttons.addWidget(self.next_button)
        buttons.addWidget(self.retrain_button)
        content = QWidget()
        content.setObjectName("cardContent")
        column = QVBoxLayout(content)
        column.setContentsMargins(8, 6, 8, 6)
        column.addWidget(self.summary)
        column.addLayout(buttons)
        for words, table in ((self.words, self.rivals), (self.verdict, self.tokens)):
            column.addWidget(words)
            column.addWidget(table, 1)
            table.setMinimumHeight(_LOWEST_TABLE)
        scroll = self._scroll = scrolled(content)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addWidget(scroll)

    # -- ties ----------------------------------------------------------------------------------

    def _on_training_changed(self) -> None:
        task, self._task = self._task, None
        if task is not None:
            task.cancel()
        training = self._model.training
        self._steps.open(training)
        self.tokens.hide()
        self.verdict.hide()
        merges = [] if training is None else training.merges
        n_tied = sum(merge.n_ties > 0 for merge in merges)
        for button in (self.next_button, self.retrain_button):
            button.setEnabled(n_tied > 0)
        if training is None:
            self.summary.setText("Ties are known of a tokenizer whose training has ended here.")
        elif not n_tied:
            self.summary.setText(f"None of the {len(merges):,} merges was tied.")
        else:
            self.summary.setText(
                f"{n_tied:,} of {len(merges):,} merges were tied; click one that is flagged by "
                "an equals sign."
            )
        self._show_rivals()

    def _show_rivals(self) -> None:
        training, rank = self._model.training, self._model.marked_rank
        if training is None or rank is None or rank >= len(training.merges):
            self.rivals.set_source(NoRows())
            self.words.setText("")
            return
        self._steps.want(rank)

    def _on_found(self, found: FoundStep) -> None:
        step, name = found.step, self._steps.name
        if step.merge.rank != self._model.marked_rank:
            return
        pair = f"{name(step.merge.left)} + {name(step.merge.right)}"
        if step.ties:
            n_pairs = len(step.ties) + 1
            self.words.setText(
                f"Rank {step.merge.rank:,}: {n_pairs:,} pairs were tied. "
                f"{rule_in_words(step.rule)} {pair}."
            )
        else:
            self.words.setText(f"Rank {step.merge.rank:,}: {pair} was not tied.")
        self.rivals.set_source(TieRows(step, name))

    def _go_to_next_tie(self) -> None:
        """Mark the tied merge behind the one that is marked; from the last one the first."""
        training, rank = self._model.training, self._model.marked_rank
        tied = [] if training is None else [m.rank for m in training.merges if m.n_ties]
        if tied:
            here = -1 if rank is None else rank
            self._model.mark(next((other for other in tied if other > here), tied[0]))

    def _on_rival_picked(self, row: int) -> None:
        source = self.rivals.source
        if isinstance(source, TieRows):
            self._model.select(source.pairs[row])

    # -- the other rule ------------------------------------------------------------------------

    def retrain(self) -> None:
        """Learn the same corpus by the other rule, and compare."""
        training = self._model.training
        if training is None or self._task is not None:
            return
        work = comparing_rules(training, self._model.tokenizer, str(self._model.text))
        task = Task(work, "Training by the other rule", parent=self)
        task.stepped.connect(self._on_retrained)
        task.failed.connect(
            lambda error: self.problem.emit(failure("Training by the other rule", error))
        )
        task.finished.connect(self._on_finished)
        self._task = task
        self.retrain_button.setEnabled(False)
        self.task_started.emit(task)
        task.start()

    def _on_finished(self) -> None:
        self._task = None
        training = self._model.training
        self.retrain_button.setEnabled(training is not None)

    def _on_retrained(self, batch: list[int | RuleComparison]) -> None:
        found = batch[-1]
        if isinstance(found, int):
            return
        self.verdict.setText(self._verdict(found))
        self.verdict.show()
        self.tokens.setVisible(bool(found.only_ours or found.only_theirs))
        self.tokens.set_source(DifferingRows(found))
        if found.step is not None:
            self._model.mark(found.step.merge.rank)
        # Its height is known once the words have been laid out.
        QTimer.singleShot(0, self, lambda: self._scroll.ensureWidgetVisible(self.tokens))

    def _verdict(self, found: RuleComparison) -> str:
        name = self._steps.name
        if found.step is None or found.theirs is None:
            return "The other rule learns the same merges: no tie made a difference."
        ours, theirs = found.step.merge, found.theirs
        words = (
            f"The rules part at rank {ours.rank:,}: {name(ours.left)} + {name(ours.right)} here, "
            f"{name(theirs.left)} + {name(theirs.right)} by the other rule, both with "
            f"{ours.count:,}. {len(found.only_ours):,} tokens are here alone, "
            f"{len(found.only_theirs):,} there."
        )
        if found.n_ours is not None and found.n_theirs is not None:
            words += f" The open text has {found.n_ours:,} tokens here, {found.n_theirs:,} there."
        return words

    def _on_theme_changed(self) -> None:
        for table in (self.rivals, self.tokens):
            table.set_colors(self._theme.palette)


def _label() -> QLabel:
    label = QLabel()
    label.setTextFormat(Qt.TextFormat.PlainText)
    label.setWordWrap(True)
    return label
