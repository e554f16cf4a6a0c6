"""Colours of points: ends of the scale, groups, and grey for what is not known."""

import numpy as np
import pytest
from PySide6.QtGui import QColor

from tokviz.gui.palette import DARK, LIGHT, Palette
from tokviz.gui.widgets.map.color_scale import (
    color_groups,
    color_numbers,
    density_scale,
    density_stops,
)
from tokviz.gui.widgets.map.scatter_density import color_ramp, colored


@pytest.mark.parametrize("palette", [LIGHT, DARK])
def test_the_scale_grows_lighter_from_end_to_end(palette: Palette) -> None:
    colors, scale = color_numbers("id", np.linspace(0, 1, 101), False, palette)
    light = [QColor.fromRgb(int(color)).lightnessF() for color in colors]
    shades = [0.2126 * c.redF() + 0.7152 * c.greenF() + 0.0722 * c.blueF() for c in scale.colors]
    assert shades == sorted(shades)
    assert light[0] < light[-1]
    assert colors[0] == palette.scale[0].rgb()
    assert colors[-1] == palette.scale[-1].rgb()


def test_what_has_no_number_is_grey_and_counted() -> None:
    values = np.array([1, np.nan, 100, 0.0])
    colors, scale = color_numbers("count", values, True, LIGHT)
    assert (colors[[1, 3]] == LIGHT.unknown.rgb()).all()
    assert scale.missing == "2 without"
    assert [place for place, _ in scale.ticks] == [0, 0.5, 1]


def test_equal_numbers_do_no_harm() -> None:
    for log in (False, True):
        colors, _ = color_numbers("n", np.full(5, 3.0), log, LIGHT)
        assert len(set(colors.tolist())) == 1
    colors, scale = color_numbers("n", np.full(5, np.nan), True, LIGHT)
    assert set(colors.tolist()) == {LIGHT.unknown.rgb()}
    assert (scale.missing, scale.colors, scale.ticks) == ("5 without", (), ())


def test_an_end_that_stands_for_all_beyond_it_says_so() -> None:
    _, scale = color_numbers("n", np.arange(201.0), False, LIGHT)
    assert [words for _, words in scale.ticks] == ["≤ 2", "100", "≥ 198"]
    _, scale = color_numbers("n", np.repeat([0.0, 8.0], 100), False, LIGHT)
    assert [words for _, words in scale.ticks] == ["0", "4", "8"]


def test_groups_that_do_not_occur_have_no_category() -> None:
    colors, categories = color_groups(np.array([2, 0, -1, 2]), ["a", "b", "c"], LIGHT)
    assert {i: (c.name, c.count) for i, c in categories.items()} == {
        0: ("a", 1),
        2: ("c", 2),
        -1: ("no token", 1),
    }
    assert colors[0] == colors[3] == LIGHT.groups[2].rgb()
    assert colors[2] == LIGHT.unknown.rgb()


@pytest.mark.parametrize("palette", [LIGHT, DARK])
def test_the_scale_of_density_says_what_is_painted(palette: Palette) -> None:
    scale = density_scale(palette)
    assert [words for _, words in scale.ticks] == ["none", "a quarter", "densest"]
    ramp = color_ramp(*(color.rgb() for color in density_stops(palette)))
    painted = colored(np.array([[0, 10, 40]], np.float32), ramp)[0].tolist()
    for (part, _), color in zip(scale.ticks, painted, strict=True):
        step = int(np.flatnonzero(ramp == color)[0])
        assert step / 255 == pytest.approx(part, abs=0.01)
