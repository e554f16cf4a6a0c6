import numpy as np
import numpy.typing as npt
from hypothesis import given
from hypothesis import strategies as st

from tokviz.gui.widgets.map.scatter_camera import Camera
from tokviz.gui.widgets.map.scatter_labels import (
    LABEL_HEIGHT,
    LabelOrder,
    PlacedLabels,
    place_labels,
    sheet_of,
)

_WIDTH = 30.0


def _width_of(row: int) -> float:
    return _WIDTH + row % 3


def _points(n: int) -> npt.NDArray[np.float32]:
    return np.random.default_rng(n).uniform(-1, 1, (n, 2)).astype(np.float32)


def _placed(points: npt.NDArray[np.float32], camera: Camera, most: int = 1000) -> PlacedLabels:
    order = LabelOrder()
    order.set(points[:, 0], points[:, 1], np.arange(len(points)))
    return place_labels(order.candidates(camera, False), _width_of, camera, 5.0, most)


@given(st.integers(1, 3000), st.floats(200, 2000))
def test_no_label_stands_on_another_or_leaves_the_view(n: int, scale: float) -> None:
    labels = _placed(_points(n), Camera(0, 0, scale, 600, 400))
    left, top = labels.left.astype(float), labels.top.astype(float)
    right = left + np.array([_width_of(row) for row in labels.rows.tolist()])
    bottom = top + LABEL_HEIGHT
    apart = (right[:, None] <= left) | (right <= left[:, None])
    apart |= (bottom[:, None] <= top) | (bottom <= top[:, None])
    np.fill_diagonal(apart, True)
    assert apart.all()
    assert (left >= 0).all()
    assert (top >= 0).all()
    assert (right <= 600).all()
    assert (bottom <= 400).all()


def test_the_most_important_come_first() -> None:
    points = np.zeros((3, 2), np.float32)  # all on one place
    order = LabelOrder()
    order.set(points[:, 0], points[:, 1], np.array([2, 0]))
    camera = Camera(0, 0, 100, 300, 200)
    labels = place_labels(order.candidates(camera, False), _width_of, camera, 5.0, 1)
    assert labels.rows.tolist() == [2]


def test_in_a_crowd_each_cell_gives_its_most_important() -> None:
    points = _points(20_000)
    camera = Camera(0, 0, 150, 300, 300)
    order = LabelOrder()
    priority = np.random.default_rng(1).permutation(len(points))
    order.set(points[:, 0], points[:, 1], priority)
    found = order.candidates(camera, False)
    rows, across, down = found.rows, found.across, found.down
    assert not found.are_all
    rank = np.empty(len(points), int)
    rank[priority] = np.arange(len(points))
    all_across, all_down = camera.screen(points[:, 0], points[:, 1])
    for row, x, y in zip(rows[:40].tolist(), across.tolist(), down.tolist(), strict=False):
        same = (all_across // 64 == x // 64) & (all_down // 16 == y // 16)
        same &= (all_across >= 0) & (all_down >= 0)
        assert rank[row] == rank[same].min()


def test_close_enough_every_point_has_its_label() -> None:
    points = _points(3000)
    camera = Camera(0, 0, 5000, 900, 700)
    across, down = camera.screen(points[:, 0], points[:, 1])
    inside = (across > 40) & (across < 860) & (down > 40) & (down < 660)
    labels = _placed(points, camera)
    assert inside.sum() > 10
    assert set(np.flatnonzero(inside).tolist()) <= set(labels.rows.tolist())


@given(st.floats(-3, 3), st.floats(-3, 3), st.floats(10, 500))
def test_a_view_lies_on_its_sheet(x: float, y: float, scale: float) -> None:
    camera = Camera(x, y, scale, 640, 480)
    sheet, left, top = sheet_of(camera)
    assert -sheet.width + camera.width - 1e-6 <= left <= 1e-6
    assert -sheet.height + camera.height - 1e-6 <= top <= 1e-6
    # The sheet's corner and the view's differ by what is said.
    corner = sheet.plane(-left, -top)
    assert np.allclose(corner, camera.plane(0, 0), atol=1e-6 * (1 + abs(x) + abs(y)))


def test_views_next_to_each_other_share_a_sheet() -> None:
    camera = Camera(0, 0, 100, 640, 480)
    assert sheet_of(camera)[0] == sheet_of(camera.panned(30, -20))[0]
    assert sheet_of(camera)[0] != sheet_of(camera.panned(300, 0))[0]


def test_a_label_keeps_off_the_next_dot_where_it_can() -> None:
    points = np.array([[0, 0], [0.2, 0]], np.float32)  # the second stands where a label would
    labels = _placed(points, Camera(0, 0, 100, 300, 200))
    left = dict(zip(labels.rows.tolist(), labels.left.tolist(), strict=True))
    assert left[0] < 150  # left of its point
    assert left[1] > 170
