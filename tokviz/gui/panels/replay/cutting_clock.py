"""The clock of WordPiece and Unigram: how the word at the selected token is cut, step by step."""

from PySide6.QtCore import QObject, QTimer, Signal

from tokviz.gui.panels.replay.attempts_display import AttemptRows, AttemptsDisplay
from tokviz.gui.panels.replay.lattice_display import CandidateArcs, LatticeDisplay
from tokviz.gui.tokenizer_model import TokenizerModel
from tokviz.gui.widgets.replay.merge_replay_view import Body, MergeReplayView
from tokviz.gui.widgets.tables.row_table import RowTable
from tokviz.tokenization.replay.cut_stretch import CUTTING, CutStretch, stretch_at
from tokviz.tokenization.tokenizer import Algorithm

_PAUSE_MS = 60
_LONGEST = 2_000  # characters of a stretch that is replayed
_MOST_PASSED = 1_000  # stretches without a word that are passed over in search of one


class CuttingClock(QObject):
    """Shows, while it runs, the attempts of WordPiece or the lattice of Unigram in the view."""

    loaded = Signal()  # another word, or none

    def __init__(self, model: TokenizerModel, view: MergeReplayView, parent: QObject) -> None:
        super().__init__(parent)
        self._model = model
        self._view = view
        self._controls = view.controls
        self._runs = False
        self._char = 0  # the character whose word is replayed
        self._number = 0  # of the word in its stretch
        self._step = 0
        self._shown: tuple[CutStretch, int] | None = None
        self._attempts = AttemptsDisplay(view.attempts)
        self._lattice = LatticeDisplay(view.lattice)
        self._later = QTimer(self, singleShot=True, interval=_PAUSE_MS)
        self._later.timeout.connect(self._load)
        self._connect()
        self._on_selection_changed()  # what was selected before there was a replay
        self._on_caret_changed()

    def _connect(self) -> None:
        model, attempts, lattice = self._model, self._view.attempts, self._view.lattice
        for row in (attempts.row, lattice.row):
            row.token_picked.connect(lambda token_id: model.select([token_id]))
            row.token_hovered.connect(model.hover)
        lattice.lattice.arc_picked.connect(lambda token_id: model.select([token_id]))
        lattice.lattice.arc_hovered.connect(model.hover)
        for table in (attempts.attempts, lattice.candidates):
            table.row_picked.connect(lambda row, table=table: self._on_row_picked(table, row))
        model.selection_changed.connect(self._on_selection_changed)
        model.hovered_changed.connect(lambda: lattice.lattice.set_hovered(model.hovered))
        model.caret_changed.connect(self._on_caret_changed)
        model.whole_encoding_changed.connect(self._later.start)

    # -- what is replayed ----------------------------------------------------------------------

    @property
    def body(self) -> Body:
        """What of the view it fills."""
        return Body.LATTICE if self._is_unigram else Body.ATTEMPTS

    @property
    def says(self) -> str:
        """What the algorithm does, in a few words."""
        return f"{self._model.tokenizer.algorithm.value}: {self._display.says}"

    @property
    def stretch(self) -> CutStretch | None:
        """What is replayed now."""
        return None if self._shown is None else self._shown[0]

    @property
    def _is_unigram(self) -> bool:
        return self._model.tokenizer.algorithm is Algorithm.UNIGRAM

    @property
    def _display(self) -> AttemptsDisplay | LatticeDisplay:
        return self._lattice if self._is_unigram else self._attempts

    def set_running(self, runs: bool) -> None:
        """Whether the view and its controls are this clock's."""
        self._runs = runs
        if runs:
            self._load()

    def _load(self) -> None:
        """Take up the word at the character anew."""
        model = self._model
        if not self._runs or model.tokenizer.algorithm not in CUTTING:
            return
        char = min(self._char, max(model.text.n_encoded - 1, 0))
        span = model.text.pre_token_span(char)
        if span is None:
            self._show_nothing("There is no text to replay yet.")
            return
        if span[1] - span[0] > _LONGEST:
            self._show_nothing(
                f"This part of the text has {span[1] - span[0]:,} characters and is cut as one; up "
                f"to {_LONGEST:,} can be replayed."
            )
            return
        stretch = stretch_at(model.text, char)
        if stretch is None or not stretch.parts:
            self._show_nothing(self._display.nothing)
        elif not stretch.is_same:
            self._show_nothing(
                "What stands before this part of the text decides how it is written, so on its own "
                "it becomes other tokens, and its steps are not shown."
            )
        else:
            self._take(stretch)

    def _take(self, stretch: CutStretch) -> None:
        number = min(self._number, len(stretch.parts) - 1)
        before, display = self._shown, self._display
        same = before is not None and (before[0].text, before[1]) == (stretch.text, number)
        same = same and before is not None and before[0].tokenizer is stretch.tokenizer
        self._shown, self._number = (stretch, number), number
        display.take(stretch, number)
        self._controls.set_steps(display.n_steps)
        step = min(self._step, display.n_steps) if same else display.n_steps
        self._controls.set_step(step)
        self.go_to_step(step)
        self._show_selected()
        self.loaded.emit()

    def _show_nothing(self, sentence: str) -> None:
        self._shown = None
        self._display.clear()
        self._controls.set_steps(0)
        self._view.say(sentence)
        self.loaded.emit()

    # -- moving --------------------------------------------------------------------------------

    def go_to_step(self, step: int) -> None:
        """Show a step of the word."""
        self._step = step
        if self._shown is None:
            return
        stretch, number = self._shown
        sentence = self._display.show(step)
        if len(stretch.parts) > 1:
            sentence += f" · word {number + 1:,} of {len(stretch.parts):,}"
        self._view.say(sentence)

    def go_to_rank(self, words: str) -> None:
        """There are no ranks."""
        self._view.say(f"{self._model.tokenizer.algorithm.value} has no merges, so no ranks.")

    def follow_mark(self) -> None:
        """No merge is ever marked."""

    def go_to_neighbor(self, direction: int) -> None:
        """Go to the word before or behind the one that is shown; what has no word is passed."""
        if self._shown is not None:
            number = self._number + direction
            if 0 <= number < len(self._shown[0].parts):
                self._number = number
                self._load()
                return
        char: int | None = self._char
        for _ in range(_MOST_PASSED):
            char = None if char is None else self._beside(char, direction)
            if char is None:
                return
            stretch = stretch_at(self._model.text, char)
            if stretch is not None and stretch.parts:
                self._char = char
                self._number = 0 if direction > 0 else len(stretch.parts) - 1
                self._load()
                return

    def _beside(self, char: int, direction: int) -> int | None:
        """A character of the stretch before or behind the one that holds `char`."""
        span = self._model.text.pre_token_span(char)
        if span is None:
            return None
        other = span[0] - 1 if direction < 0 else span[1]
        return other if 0 <= other < self._model.text.n_encoded else None

    def show_pre_token(self, char: int) -> None:
        """Replay the word that holds a character."""
        self._char, self._number = char, 0
        self._load()

    def show_cause(self, byte: int, step: int) -> None:
        """Show a step of the word that holds a byte of the text."""
        self.show_pre_token(self._model.text.char_of_byte(byte))
        if self._shown is not None:
            self._controls.set_step(step)
            self.go_to_step(self._controls.step)

    # -- following the model -------------------------------------------------------------------

    def _on_row_picked(self, table: RowTable, row: int) -> None:
        source = table.source
        if isinstance(source, (AttemptRows, CandidateArcs)):
            token_id = source.ids[row]
            if token_id is not None:
                self._model.select([token_id])

    def _show_selected(self) -> None:
        ids = frozenset(self._model.selection.ids)
        for widget in (self._view.attempts.row, self._view.lattice.row, self._view.lattice.lattice):
            widget.set_selected(ids)

    def _on_selection_changed(self) -> None:
        self._show_selected()
        place = self._model.selection.place
        if place is not None and place < self._model.text.n_tokens:
            self._char, self._number = self._model.text.token_span(place)[0], 0
            self._later.start()

    def _on_caret_changed(self) -> None:
        if self._model.selection.place is None:
            self._char, self._number = self._model.caret[0], 0
            self._later.start()
