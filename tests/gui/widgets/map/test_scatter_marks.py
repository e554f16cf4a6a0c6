import numpy as np
import pytest
from PySide6.QtCore import QPointF

from tokviz.gui.widgets.map.scatter_camera import Camera
from tokviz.gui.widgets.map.scatter_marks import Places, ScatterMarks, _numbers


def test_a_row_that_a_path_passes_twice_has_both_numbers() -> None:
    assert _numbers([7, 3, 7]) == [(7, "1,3"), (3, "2")]
    assert _numbers([5] * 9) == [(5, "1,2…")]


def test_numbers_of_a_path_do_not_stand_on_each_other() -> None:
    x = np.array([0, 1, 30, np.inf], np.float32)
    places = Places(x, np.array([0, 0, 0, np.inf], np.float32), Camera(15, 0, 2, 100, 80))
    marks = ScatterMarks(path=np.array([1, 0, 3, 2, 1]))
    assert [words for _, words in marks._path_numbers(places)] == ["1,5", "4"]


def test_rows_without_a_place_have_none() -> None:
    x = np.array([0, np.inf, 2], np.float32)
    places = Places(x, np.array([1, np.inf, 0], np.float32), Camera(0, 0, 10, 100, 80))
    assert places.of(0) == QPointF(50, 30)
    assert places.of(2) == QPointF(70, 40)
    assert [places.of(row) for row in (1, -1, 3)] == [None, None, None]


def test_a_place_far_outside_is_one_that_qt_can_draw_to() -> None:
    places = Places(np.ones(1, np.float32), np.ones(1, np.float32), Camera(0, 0, 1e9, 100, 80))
    found = places.of(0)
    assert found is not None
    assert (found.x(), found.y()) == pytest.approx((20_000, -20_000))
