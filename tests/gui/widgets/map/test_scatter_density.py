import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tokviz.gui.widgets.map.scatter_camera import Camera
from tokviz.gui.widgets.map.scatter_density import CELL, color_ramp, colored, densities


@given(st.integers(0, 500), st.integers(1, 60))
def test_every_point_in_view_is_counted(seed: int, n: int) -> None:
    points = np.random.default_rng(seed).uniform(-60, 60, (n, 2)).astype(np.float32)
    points[::5] = np.inf
    camera = Camera(0, 0, 1, 100, 80)
    cells = densities(points[:, 0], points[:, 1], camera)
    across, down = camera.screen(points[:, 0], points[:, 1])
    inside = (across >= 0) & (across < 100) & (down >= 0) & (down < 80)
    assert cells.shape == (80 // CELL, 100 // CELL)
    assert float(cells.sum()) == pytest.approx(int(inside.sum()), rel=1e-4)


def test_a_point_s_density_is_densest_where_it_stands() -> None:
    camera = Camera(0, 0, 1, 100, 80)
    cells = densities(np.array([-20.0], np.float32), np.array([10.0], np.float32), camera)
    line, column = np.unravel_index(cells.argmax(), cells.shape)
    assert (line, column) == ((40 - 10) // CELL, (50 - 20) // CELL)


def test_colours_run_from_the_ground_to_the_densest() -> None:
    ramp = color_ramp(0xFFFFFF, 0x0000FF, 0x000000)
    assert [int(ramp[0]), int(ramp[-1])] == [0xFFFFFFFF, 0xFF000000]
    picture = colored(np.array([[0, 1, 50, 900]], np.float32), ramp)
    steps = [int(np.flatnonzero(ramp == color)[0]) for color in picture[0]]
    assert steps == sorted(steps)
    assert (steps[0], steps[-1]) == (0, 255)
    assert steps[1] == 8  # the root of one part in nine hundred


def test_nothing_in_view_is_the_ground() -> None:
    picture = colored(np.zeros((2, 3), np.float32), color_ramp(0x112233, 0xFFFFFF))
    assert (picture == 0xFF112233).all()
