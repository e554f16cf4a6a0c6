"""StepDisplay: a step of a stretch of text, as sentence, row, tree and pairs of a replay view."""

from tokviz.gui.panels.replay.candidate_rows import CandidateRows, OtherwiseRows
from tokviz.gui.panels.replay.replay_scope import Position, Stretch, describe_step
from tokviz.gui.panels.replay.replay_stages import STAGES, Stage, row_of_stage, state_row, tree_of
from tokviz.gui.widgets.replay.merge_replay_view import MergeReplayView
from tokviz.gui.widgets.tables.row_table_model import NoRows
from tokviz.tokenization.replay.merge_replay import MergeReplay

_NOWHERE = Position(-1, 0)


class StepDisplay:
    """Shows steps in a `MergeReplayView`; `replay` is the one of the pre-token that is shown."""

    def __init__(self, view: MergeReplayView) -> None:
        self._view = view
        self.stretch: Stretch | None = None
        self.replay: MergeReplay | None = None
        self.position = _NOWHERE
        self.stage = Stage.MERGES

    def take(self, stretch: Stretch) -> None:
        """Another stretch; it is shown with the next step."""
        self.stretch, self.position, self.replay = stretch, _NOWHERE, None
        whole = stretch.replay
        self._view.set_body_shown(True)
        self._view.strip.set_words(
            [
                f"text {len(stretch.text):,}",
                f"pre-tokens {whole.n_pre_tokens:,}",
                _symbols_words(stretch),
                f"merges {whole.n_steps:,}",
                f"ids {stretch.n_tokens:,}",
            ]
        )

    def clear(self, sentence: str, remedy: str = "") -> None:
        """Nothing to show, why, and what can be done."""
        self.stretch, self.position, self.replay = None, _NOWHERE, None
        view = self._view
        view.strip.set_words(STAGES)
        view.controls.set_steps(0)
        view.row.set_rows([], None, None, None)
        view.tree.set_tree([], [], [])
        view.pairs.set_source(NoRows())
        view.set_body_shown(False)
        view.say(sentence, remedy)

    def set_stage(self, stage: Stage) -> None:
        self.stage = stage
        self._view.strip.set_stage(STAGES.index(stage.value))
        self._show_row()

    def show(self, step: int, position: Position) -> None:
        """Show a step of the stretch, which is that step of that pre-token."""
        stretch, replay = self.stretch, self.replay
        if stretch is None:
            return
        if position.pre_token != self.position.pre_token or replay is None:
            replay = self.replay = stretch.replay.pre_token(position.pre_token)
            self._view.tree.set_tree(*tree_of(replay, stretch.name))
        self.position = position
        self._view.tree.set_step(position.step)
        self._view.say(self._sentence(stretch, replay, step))
        self._show_row()
        self._show_pairs(stretch, replay, max(position.step - 1, 0))

    def _show_pairs(self, stretch: Stretch, replay: MergeReplay, state: int) -> None:
        if replay.taken_whole is not None:
            otherwise = replay.taken_whole.otherwise
            self._view.pairs.set_source(OtherwiseRows(otherwise, stretch.name))
            return
        row = state_row(replay, state, stretch.name)
        rows = CandidateRows(replay.candidates(state), lambda index: row[index].label)
        self._view.pairs.set_source(rows)

    def _sentence(self, stretch: Stretch, replay: MergeReplay, step: int) -> str:
        whole, own = stretch.replay, self.position
        words = describe_step(replay, own.step, stretch.name)
        where = f"Step {step:,} of {whole.n_steps:,} · " if step else ""
        if whole.n_pre_tokens > 1:
            words += f" · pre-token {own.pre_token + 1:,} of {whole.n_pre_tokens:,}"
        return where + words

    def _show_row(self) -> None:
        stretch, replay = self.stretch, self.replay
        if stretch is not None and replay is not None:
            rows = row_of_stage(self.stage, stretch, replay, self.position, stretch.name)
            self._view.row.set_rows(*rows)


def _symbols_words(stretch: Stretch) -> str:
    """What merging begins with, and how many there are."""
    by_characters = stretch.replay.n_pre_tokens and stretch.replay.pre_token(0).by_characters
    return f"characters {len(stretch.text):,}" if by_characters else f"bytes {stretch.n_bytes:,}"
