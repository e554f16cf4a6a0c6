"""Layouts turned onto each other."""

import numpy as np
import pytest

from tests.embedding.tables import random_table
from tokviz.embedding.projections.alignment import aligned


@pytest.mark.parametrize("mirror", [1, -1])
def test_a_turned_layout_comes_back(mirror: int) -> None:
    points = random_table(100, 2).rows
    turn = np.array([[np.cos(2), np.sin(2)], [-np.sin(2), np.cos(2)]]) @ np.diag([1, mirror])
    moved = (points @ turn + [3, -8]).astype(np.float32)
    assert aligned(moved, points) == pytest.approx(points, abs=1e-5)
    assert aligned(moved * 4, points, scale=True) == pytest.approx(points, abs=1e-5)


def test_distances_stay() -> None:
    points, reference = random_table(50, 2).rows, random_table(50, 2, seed=1).rows
    found = aligned(points, reference)
    assert np.linalg.norm(found[1:] - found[:-1], axis=1) == pytest.approx(
        np.linalg.norm(points[1:] - points[:-1], axis=1), rel=1e-4
    )


@pytest.mark.parametrize("n_points", [0, 1, 2])
def test_few_points_are_no_special_case(n_points: int) -> None:
    points = random_table(n_points, 2).rows
    assert aligned(points, points) == pytest.approx(points, abs=1e-6)
