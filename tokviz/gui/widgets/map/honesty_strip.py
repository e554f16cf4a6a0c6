"""HonestyStrip: what was measured of a map, each number beside the same for a shuffled one."""

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel

from tokviz.gui.palette import LIGHT, Palette

_NARROWEST = 60


@dataclass(frozen=True)
class Measured:
    """`value` and `control` from 0 to 1, None while they are not known; `tip` says what it is.

    `brief` is its name where there is little room; `unknown` stands in the value's place.
    """

    name: str
    brief: str
    tip: str
    value: float | None = None
    control: float | None = None
    unknown: str = "unknown"


class HonestyStrip(QFrame):
    """A cell for each measure: its name, its value, and the control."""

    def __init__(self) -> None:
        super().__init__()
        self._palette: Palette = LIGHT
        self._measured: Sequence[Measured] = ()
        self._labels: list[QLabel] = []
        self._brief = False
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(0, 0, 0, 0)
        self._row.setSpacing(14)

    def set_measured(self, measured: Sequence[Measured]) -> None:
        if [one.name for one in measured] != [one.name for one in self._measured]:
            self._rebuild(len(measured))
        self._measured = measured
        self._update()

    def set_colors(self, palette: Palette) -> None:
        self._palette = palette
        self._update()

    def set_brief(self, brief: bool) -> None:
        """Whether names are short, so that no number is cut where there is little room."""
        if brief != self._brief:
            self._brief = brief
            self._update()

    @property
    def words(self) -> list[str]:
        """What each cell says."""
        return [f"{one.name} {_value(one)} {_control(one)}".rstrip() for one in self._measured]

    def _rebuild(self, n_cells: int) -> None:
        while (item := self._row.takeAt(0)) is not None:
            if (widget := item.widget()) is not None:
                widget.deleteLater()
        self._labels = [QLabel() for _ in range(n_cells)]
        for label in self._labels:
            label.setTextFormat(Qt.TextFormat.RichText)  # holds our own words and numbers only
            label.setMinimumWidth(_NARROWEST)  # it is cut rather than that the window gets wider
            self._row.addWidget(label)

    def _update(self) -> None:
        muted = self._palette.muted.name()
        for label, one in zip(self._labels, self._measured, strict=True):
            weight = 400 if one.value is None else 600
            label.setText(
                f"<span style='color:{muted}'>{one.brief if self._brief else one.name}</span> "
                f"<span style='font-weight:{weight}'>{_value(one)}</span> "
                f"<span style='color:{muted}'>{_control(one)}</span>"
            )
            label.setToolTip(one.tip)
            label.setAccessibleName(f"{one.name}: {_value(one)}, {_control(one)}")


def _value(one: Measured) -> str:
    return one.unknown if one.value is None else percent(one.value)


def _control(one: Measured) -> str:
    return "" if one.control is None else f"({percent(one.control)})"


def percent(part: float) -> str:
    """A part of 1 in percent, with as many digits as tell something.

    >>> percent(0.5), percent(0.0123), percent(0.0)
    ('50 %', '1.2 %', '0 %')
    """
    value = 100 * part
    return f"{value:.1f} %" if 0 < abs(value) < 9.95 else f"{value:.0f} %"
