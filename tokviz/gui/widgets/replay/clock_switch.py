"""ClockSwitch: which of the two clocks of byte-pair encoding a replay follows.

Encoding applies rules that are fixed; training makes them. Both go through merges in order of rank,
which is why they are so easily taken for each other: each has its own colour and its own words.
"""

from dataclasses import replace
from enum import Enum

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QButtonGroup, QFrame, QHBoxLayout, QLabel, QToolButton

from tokviz.gui.palette import LIGHT, Palette


class Clock(Enum):
    """The value is the word on screen."""

    ENCODING = "Encoding"
    TRAINING = "Training"

    @property
    def title(self) -> str:
        return f"{self.value} replay"

    @property
    def says(self) -> str:
        if self is Clock.ENCODING:
            return "rules fixed, the lowest rank wins"
        return "the most frequent pair wins"


def colors_of(clock: Clock, palette: Palette) -> Palette:
    """The palette in which what belongs to a clock is painted."""
    if clock is Clock.ENCODING:
        return palette
    return replace(palette, accent=palette.good, accent_soft=palette.good_soft)


class ClockSwitch(QFrame):
    """Two buttons, of which the one that is down has its clock's colour, and what that does."""

    picked = Signal(object)  # a Clock, by the user

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("modes")
        self._wordy = False
        self._says = Clock.ENCODING.says
        self._buttons = QButtonGroup(self)
        self._words = QLabel()
        row = QHBoxLayout(self)
        row.setContentsMargins(2, 2, 2, 2)
        row.setSpacing(2)
        for i, clock in enumerate(Clock):
            button = QToolButton()
            button.setCheckable(True)
            button.setAccessibleName(clock.title)
            self._buttons.addButton(button, i)
            row.addWidget(button)
        row.addWidget(self._words)
        self._buttons.idClicked.connect(self._on_clicked)
        self.set_colors(LIGHT)
        self.set_clock(Clock.ENCODING)

    @property
    def clock(self) -> Clock:
        return list(Clock)[self._buttons.checkedId()]

    def set_clock(self, clock: Clock) -> None:
        """Show a clock as chosen; nothing is emitted."""
        self._buttons.button(list(Clock).index(clock)).setChecked(True)
        self._update_words()

    def set_encoding_words(self, words: str) -> None:
        """What encoding does, in the words of the algorithm that runs."""
        self._says = words
        self._update_words()

    def set_wordy(self, wordy: bool) -> None:
        """Whether there is room for what the clock does."""
        self._wordy = wordy
        self._update_words()

    def text(self) -> str:
        """The words that stand in the clock's colour."""
        words = self._words.text() if self._wordy else ""
        return f"{self.clock.title}: {words}" if words else self.clock.title

    def set_colors(self, palette: Palette) -> None:
        text, muted = palette.text.name(), palette.muted.name()
        quiet = f"border: 0; padding: 4px 9px; background: transparent; color: {muted};"
        for i, clock in enumerate(Clock):
            self._buttons.button(i).setStyleSheet(
                f"QToolButton {{ {quiet} }}"
                f"QToolButton:checked {{ background: {colors_of(clock, palette).accent.name()};"
                f" color: {palette.panel.name()}; font-weight: 600; }}"
                f"QToolButton:focus {{ border: 1px solid {text}; padding: 3px 8px; }}"
            )
        self._words.setStyleSheet(f"color: {muted}; padding: 0 6px;")

    def _on_clicked(self, number: int) -> None:
        self._update_words()
        self.picked.emit(list(Clock)[number])

    def _words_of(self, clock: Clock) -> str:
        return self._says if clock is Clock.ENCODING else clock.says

    def _update_words(self) -> None:
        """Where room is short, the clock that does not run has one word less."""
        for i, clock in enumerate(Clock):
            button = self._buttons.button(i)
            button.setToolTip(f"{clock.title}: {self._words_of(clock)}")
            button.setText(clock.title if self._wordy or button.isChecked() else clock.value)
        self._words.setVisible(self._wordy)
        self._words.setText(self._words_of(self.clock))
