"""AttemptsDisplay: the longest matches of a word, look by look, in an `AttemptsView`."""

from collections.abc import Sequence

from tokviz.gui.widgets.replay.attempts_view import AttemptsView
from tokviz.gui.widgets.replay.merge_row_layout import RowToken
from tokviz.gui.widgets.replay.tried_word_view import Stretch
from tokviz.gui.widgets.tables.row_table_model import NoRows
from tokviz.tokenization.replay.cut_stretch import CutStretch, wordpiece_of
from tokviz.tokenization.replay.segment_replays import WordReplay
from tokviz.tokenization.segmenters.wordpiece import Attempt
from tokviz.tokenization.vocabulary.visible_text import visible


class AttemptRows:
    """The looks into the vocabulary, the latest on top; `ids` has the id of each row or None."""

    headings: Sequence[str] = ("look", "looked up", "id")

    def __init__(self, names: Sequence[str], attempts: Sequence[Attempt]) -> None:
        self._names = names
        self._attempts = attempts

    @property
    def ids(self) -> list[int | None]:
        return [attempt.id for attempt in reversed(self._attempts)]

    def n_rows(self) -> int:
        return len(self._attempts)

    def cell(self, row: int, column: int) -> str:
        number = len(self._attempts) - 1 - row
        found = self._attempts[number].id
        if column == 0:
            return f"{number + 1:,}"
        if column == 1:
            return self._names[number]
        return "✗ not there" if found is None else f"✓ {found}"

    def align_right(self, column: int) -> bool:
        return column == 0

    def is_emphasised(self, row: int) -> bool:
        return self._attempts[len(self._attempts) - 1 - row].id is not None


class AttemptsDisplay:
    """Step s is the s-th look; 0 is the word before the first."""

    says = "the longest match wins"
    nothing = "White space has no token here: it stands between words."

    def __init__(self, view: AttemptsView) -> None:
        self._view = view
        self._stretch: CutStretch | None = None
        self._word = WordReplay("", [], False)
        self._names: list[str] = []
        self._most = 0  # characters of a word that is looked up

    @property
    def n_steps(self) -> int:
        return len(self._word.attempts)

    @property
    def names(self) -> list[str]:
        """What was looked up at each step, as it is shown."""
        return self._names

    @property
    def word(self) -> WordReplay:
        return self._word

    def take(self, stretch: CutStretch, number: int) -> None:
        """Another word: the one of this number in the stretch."""
        word = self._word = stretch.words[number]
        self._stretch = stretch
        tables = wordpiece_of(stretch.tokenizer)
        prefix = "" if tables is None else tables.prefix
        self._most = 0 if tables is None else tables.most
        self._names = [
            ("" if attempt.start == 0 else prefix)
            + visible(word.word[attempt.start : attempt.end].encode("utf-8"))
            for attempt in word.attempts
        ]
        self._view.word.set_word([visible(c.encode("utf-8")) for c in word.word[:_LONGEST]])
        self._view.say_written(_written(stretch, word))

    def clear(self) -> None:
        self._stretch, self._word, self._names = None, WordReplay("", [], False), []
        self._view.word.set_word([])
        self._view.say_written("")
        self._view.found.setText("")
        self._view.row.set_rows([], None, None, None)
        self._view.attempts.set_source(NoRows())

    def show(self, step: int) -> str:
        """Show a step; the sentence on it."""
        done = self._word.attempts[:step]
        pieces = [(a.start, a.end) for a in done if a.id is not None]
        tried = None
        if done and not (step == self.n_steps and self._is_known):
            tried = Stretch(done[-1].start, done[-1].end, done[-1].id is not None)
        self._view.word.set_state(pieces, tried)
        self._view.attempts.set_source(AttemptRows(self._names, done))
        self._show_found(done, step)
        return self._sentence(step)

    @property
    def _is_known(self) -> bool:
        attempts = self._word.attempts
        return bool(attempts) and attempts[-1].id is not None

    def _show_found(self, done: Sequence[Attempt], step: int) -> None:
        stretch = self._stretch
        if stretch is None:
            return
        row = [
            RowToken(name, attempt.id)
            for name, attempt in zip(self._names, done, strict=False)
            if attempt.id is not None
        ]
        words = "Pieces found so far" if step < self.n_steps else "The word's tokens"
        if step == self.n_steps and not self._is_known:
            row = [RowToken(stretch.name(i), i) for i in stretch.ids_of(self._word)]
            words = "The whole word becomes"
        self._view.found.setText(words if row else "")
        self._view.row.set_rows(row, None, None, None)
        self._view.row.setVisible(bool(row))

    def _sentence(self, step: int) -> str:
        word, n = self._word, self.n_steps
        stretch = self._stretch
        if stretch is None:
            return self.nothing
        unknown = " + ".join(stretch.name(i) for i in stretch.ids_of(word)) or "no token"
        if word.too_long:
            return (
                f"{len(word.word):,} characters: a word of more than {self._most:,} is not looked "
                f"up and becomes {unknown}."
            )
        if step == 0:
            return f"{len(word.word):,} characters; the whole word is looked up first"
        attempt, name = word.attempts[step - 1], self._names[step - 1]
        where = f"Look {step:,} of {n:,} · "
        if attempt.id is not None:
            rest = len(word.word) - attempt.end
            goes_on = f"{rest:,} characters are left" if rest else "the word is done"
            return f"{where}{name} ✓ id {attempt.id} · {goes_on}"
        if step < n:
            return f"{where}{name}? not in the vocabulary · one character less is tried next"
        return (
            f"{where}{name}? not in the vocabulary · nothing goes on here, so the word is {unknown}"
        )


_LONGEST = 400  # characters of a word that are painted


def _written(stretch: CutStretch, word: WordReplay) -> str:
    """How the word stands in the text, where normalizing changed it."""
    text = stretch.text if len(stretch.words) == 1 else ""
    if not text or text == word.word:
        return ""
    shown = visible(word.word[:_LONGEST].encode("utf-8"))
    return f"{visible(text[:_LONGEST].encode('utf-8', 'replace'))} is looked up as {shown}"
