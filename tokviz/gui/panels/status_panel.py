"""The status bar: counts of the text, the selection's share of each, and the round-trip badge.

Only what was computed for this text as it stands is shown; until then a count says "so far" and
the badge says that it is checking.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtWidgets import QStatusBar, QToolButton

from tokviz.gui.task import Task, failure
from tokviz.gui.theme import Theme
from tokviz.gui.tokenizer_model import TokenizerModel
from tokviz.gui.widgets.still_label import StillLabel
from tokviz.tokenization.text.text_checks import (
    LossFinder,
    count_graphemes_of,
    graphemes_between,
)

_PAUSE_MS = 150  # without an edit, before the whole text is checked again


@dataclass(frozen=True)
class Checked:
    """What a check of the whole text found."""

    n_graphemes: int
    loss: int | None  # the first character that decoding does not give back


class StatusPanel(QStatusBar):
    """Reads the model; a click on the badge asks to see what is lost."""

    place_requested = Signal(int)  # a character the user wants to see
    problem = Signal(object)

    def __init__(self, model: TokenizerModel, theme: Theme) -> None:
        super().__init__()
        self._model = model
        self._theme = theme
        self._checked: Checked | None = None
        self._finder = LossFinder(model.tokenizer)
        self._task: Task | None = None
        self._counts = StillLabel()
        self._counts.setTextFormat(Qt.TextFormat.RichText)  # holds our own numbers only
        self._counts.setContentsMargins(8, 4, 8, 4)
        self._badge = QToolButton()
        self._badge.setObjectName("switch")
        self._badge.clicked.connect(self._on_badge_clicked)
        self.setSizeGripEnabled(False)
        self.addWidget(self._counts, 1)
        self.addPermanentWidget(self._badge)
        self._later = QTimer(self, singleShot=True, interval=_PAUSE_MS)
        self._later.timeout.connect(self._check)
        model.encoding_changed.connect(self._on_encoding_changed)
        model.context_changed.connect(self._update)
        model.caret_changed.connect(self._update)
        theme.changed.connect(self._update)
        self._on_encoding_changed()

    @property
    def is_settled(self) -> bool:
        """Whether all that is shown was computed for the text as it stands now."""
        return self._checked is not None

    def close_check(self) -> None:
        """End what runs; for the program's end."""
        self._later.stop()
        if self._task is not None:
            self._task.cancel()
            self._task = None

    def _on_encoding_changed(self) -> None:
        self.close_check()
        self._checked = None
        self._later.start()
        self._update()

    def _check(self) -> None:
        text = self._model.text
        if not text.complete:
            return
        if self._finder.tokenizer is not text.tokenizer:
            self._finder = LossFinder(text.tokenizer)
        checking = _checking(count_graphemes_of(text), self._finder.find(text))
        task = Task(checking, "Checking the text", parent=self)
        task.stepped.connect(self._on_checked)
        task.failed.connect(self._on_check_failed)
        self._task = task
        task.start()

    def _on_checked(self, batch: list[Checked | None]) -> None:
        if batch[-1] is not None:
            self._checked = batch[-1]
            self._update()

    def _on_check_failed(self, error: BaseException) -> None:
        self.problem.emit(failure("Checking the text", error))

    def _on_badge_clicked(self) -> None:
        if self._checked is not None and self._checked.loss is not None:
            self.place_requested.emit(self._checked.loss)

    # -- drawing -------------------------------------------------------------------------------

    def _update(self) -> None:
        start, end = self._model.caret
        end = min(end, self._model.text.n_chars)
        facts = self._whole() if start >= end else self._selected(start, end)
        self._counts.setText(self._rich(facts))
        self._update_badge()

    def _whole(self) -> list[tuple[str, str]]:
        text = self._model.text
        so_far = "" if text.complete else " so far"
        n_tokens, tokens = _counted(text.n_tokens, "token")
        facts = [
            _counted(text.n_chars, "character"),
            _counted(None if self._checked is None else self._checked.n_graphemes, "grapheme"),
            _counted(text.n_bytes, "byte"),
            (n_tokens, tokens + so_far),
            (_ratio(text.n_encoded_bytes, text.n_tokens), "bytes a token"),
        ]
        context = self._model.context
        if context is not None and text.complete:
            left = context - text.n_tokens
            what = f"left of {context:,}" if left >= 0 else f"over {context:,}"
            facts.append((f"{abs(left):,}", what))
        return facts

    def _selected(self, start: int, end: int) -> list[tuple[str, str]]:
        text = self._model.text
        n_bytes = text.byte_offset(end) - text.byte_offset(start)
        n_tokens = text.n_tokens_before(end) - text.n_tokens_before(start)
        n_chars = end - start
        n_graphemes = graphemes_between(text, start, end)
        return [
            ("Selected:", ""),
            (f"{n_chars:,}", f"of {text.n_chars:,} characters"),
            _counted(n_graphemes, "grapheme"),
            (f"{n_bytes:,}", f"of {text.n_bytes:,} bytes"),
            (f"{n_tokens:,}", f"of {text.n_tokens:,} tokens"),
            (_ratio(n_bytes, n_tokens), "bytes a token"),
        ]

    def _rich(self, facts: list[tuple[str, str]]) -> str:
        muted = self._theme.palette.muted.name()
        return "&nbsp;&nbsp;&nbsp;&nbsp;".join(
            f"<b>{number}</b> <span style='color:{muted}'>{what}</span>" for number, what in facts
        )

    def _update_badge(self) -> None:
        palette = self._theme.palette
        color = palette.muted
        if self._checked is None:
            text, tip = "checking …", "Decoding the ids and comparing them with the text."
        elif self._checked.loss is None:
            text, tip, color = (
                "✓ round trip",
                "Decoding the ids gives exactly this text.",
                palette.good,
            )
        else:
            text = f"✗ text lost at character {self._checked.loss:,}"
            tip = "Decoding the ids does not give this text back. Click to see the first place."
            color = palette.bad
        self._badge.setText(text)
        self._badge.setToolTip(tip)
        style = f"color: {color.name()}; font-weight: 600;"
        if style != self._badge.styleSheet():  # the same one would polish and lay out all the same
            self._badge.setStyleSheet(style)


def _counted(n: int | None, what: str) -> tuple[str, str]:
    """How many there are, if that is known, and what they are called."""
    return "…" if n is None else f"{n:,}", what if n == 1 else f"{what}s"


def _ratio(n_bytes: int, n_tokens: int) -> str:
    return f"{n_bytes / n_tokens:.2f}" if n_tokens else "–"


def _checking(graphemes: Iterator[int], losses: Iterator[int | None]) -> Iterator[Checked | None]:
    """Yields None while it works, what it found at the end; stops at the first loss."""
    loss = None
    for place in losses:
        if place is not None:
            loss = place
            break
        yield None
    n_graphemes = 0
    for count in graphemes:
        n_graphemes = count
        yield None
    yield Checked(n_graphemes, loss)
