"""Colours for the points of a map: a scale for numbers, a few hues for groups, grey for neither.

The scale is cividis (Nuñez, Anderton and Renslow 2018), which reads alike with every kind of colour
blindness and grows lighter from end to end; the hues are Okabe and Ito's.
"""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
from PySide6.QtGui import QColor

from tokviz.gui.palette import Palette
from tokviz.gui.widgets.map.color_legend import ColorCategory, ColorScale

Uint32s = npt.NDArray[np.uint32]

_STEPS = 256


def color_numbers(
    title: str, values: npt.NDArray[np.float64], log: bool, palette: Palette
) -> tuple[Uint32s, ColorScale]:
    """A colour for each value; the scale ends at the 1st and 99th percentile, NaN is grey.

    Where no value is known there is no scale, only what is said of those without.
    """
    known = np.isfinite(values) & ((values > 0) if log else True)
    low, high = _ends(values[known])
    spread = np.log(values, where=known, out=np.zeros_like(values)) if log else values
    bottom, top = (np.log(low), np.log(high)) if log else (low, high)
    place = (np.where(known, spread, bottom) - bottom) / max(top - bottom, 1e-12)
    steps = _ramp(palette)
    colors = steps[(np.clip(place, 0, 1) * (_STEPS - 1)).round().astype(np.int64)]
    unknown = palette.unknown
    colors[~known] = unknown.rgb()
    n_unknown = int(np.count_nonzero(~known))
    missing = f"{n_unknown:,} without" if n_unknown else ""
    if n_unknown == len(values):
        return colors, ColorScale(title, (), (), missing)
    shown = tuple(QColor.fromRgb(int(step)) for step in steps[:: _STEPS // 16])
    beyond = bool((values[known] < low).any()), bool((values[known] > high).any())
    return colors, ColorScale(title, shown, _ticks(low, high, log, beyond), missing)


def color_groups(
    groups: npt.NDArray[np.int64], names: Sequence[str], palette: Palette
) -> tuple[Uint32s, dict[int, ColorCategory]]:
    """A colour for each point, and a category for each group that occurs; -1 belongs to none."""
    hues = palette.groups
    colors = np.array([hues[i % len(hues)].rgb() for i in range(len(names))], np.uint32)
    counts = np.bincount(groups[groups >= 0], minlength=len(names)).tolist()
    found = np.full(len(groups), palette.unknown.rgb(), np.uint32)
    found[groups >= 0] = colors[groups[groups >= 0]]
    categories = {
        i: ColorCategory(name, hues[i % len(hues)], counts[i])
        for i, name in enumerate(names)
        if counts[i]
    }
    if n_without := int(np.count_nonzero(groups < 0)):
        categories[-1] = ColorCategory("no token", palette.unknown, n_without)
    return found, categories


def density_stops(palette: Palette) -> tuple[QColor, QColor, QColor]:
    """The colours of an empty place, of one with a quarter of the most points, and of the most."""
    return palette.panel, palette.accent, palette.densest


def density_scale(palette: Palette) -> ColorScale:
    """The scale of `scatter_density`, whose root puts a quarter of the most in the middle."""
    ticks = ((0.0, "none"), (0.5, "a quarter"), (1.0, "densest"))
    return ColorScale("points close together", density_stops(palette), ticks)


def _ticks(
    low: float, high: float, log: bool, beyond: tuple[bool, bool]
) -> tuple[tuple[float, str], ...]:
    """Both ends and the middle; a colour that stands for all `beyond` an end says so."""
    middle = np.sqrt(low * high) if log else (low + high) / 2
    signs = ("≤ " if beyond[0] else "", "", "≥ " if beyond[1] else "")
    values = (low, float(middle), high)
    return tuple((i / 2, sign + _number(values[i])) for i, sign in enumerate(signs))


def _number(value: float) -> str:
    return f"{value:,.0f}" if abs(value) >= 1000 else f"{value:.3g}"


def _ends(values: npt.NDArray[np.float64]) -> tuple[float, float]:
    if not len(values):
        return 1.0, 2.0
    low, high = np.percentile(values, (1, 99))
    if low == high:
        low, high = values.min(), values.max()
    return float(low), float(high)


def _ramp(palette: Palette) -> Uint32s:
    anchors = palette.scale
    known = np.array([[c.red(), c.green(), c.blue()] for c in anchors], np.float64)
    place = np.linspace(0, len(anchors) - 1, _STEPS)
    red, green, blue = (
        np.interp(place, np.arange(len(anchors)), known[:, i]).round().astype(np.uint32)
        for i in range(3)
    )
    return (0xFF000000 | (red << 16) | (green << 8) | blue).astype(np.uint32)
