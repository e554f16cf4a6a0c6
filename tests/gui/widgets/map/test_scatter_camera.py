import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from tokviz.gui.widgets.map.scatter_camera import Bounds, Camera
from tokviz.gui.widgets.map.scatter_following import followed

_sizes = st.floats(50, 3000)
_places = st.floats(-1e4, 1e4)
_cameras = st.builds(
    Camera,
    x=_places,
    y=_places,
    scale=st.floats(1e-3, 1e4),
    width=_sizes,
    height=_sizes,
)


def _pixel(camera: Camera, x: float, y: float) -> tuple[float, float]:
    """Where a point stands, in float64."""
    return (
        (x - camera.x) * camera.scale + camera.width / 2,
        (camera.y - y) * camera.scale + camera.height / 2,
    )


@given(_cameras, st.floats(-3000, 3000), st.floats(-3000, 3000))
def test_a_pixel_s_point_stands_on_that_pixel(camera: Camera, across: float, down: float) -> None:
    assert _pixel(camera, *camera.plane(across, down)) == pytest.approx((across, down), abs=1e-2)


@given(
    st.integers(-100, 100),
    st.integers(-100, 100),
    st.floats(1, 1e4),
    st.lists(st.tuples(st.floats(-2, 2, width=32), st.floats(-2, 2, width=32)), min_size=1),
)
def test_many_points_stand_where_each_does(
    x: int, y: int, scale: float, around: list[tuple[float, float]]
) -> None:
    camera = Camera(x, y, scale, 800, 600)
    points = np.array(around, np.float32) + np.array([x, y], np.float32)
    across, down = camera.screen(points[:, 0], points[:, 1])
    for row, point in enumerate(points.astype(np.float64).tolist()):
        close = pytest.approx(_pixel(camera, *point), abs=1e-2, rel=1e-5)
        assert (float(across[row]), float(down[row])) == close


@given(_cameras, st.floats(0, 3000), st.floats(0, 3000), st.floats(0.1, 10))
def test_zooming_leaves_the_point_under_the_pointer_where_it_is(
    camera: Camera, across: float, down: float, factor: float
) -> None:
    point = camera.plane(across, down)
    closer = camera.zoomed(factor, across, down, fit=camera.scale)
    assert _pixel(closer, *point) == pytest.approx((across, down), abs=1e-2)
    back = closer.zoomed(1 / factor, across, down, fit=camera.scale)
    assume(factor > 0.2)  # beyond, the zoom is held
    assert back.scale == pytest.approx(camera.scale)


@given(_cameras, st.floats(-500, 500), st.floats(-500, 500))
def test_panning_carries_each_point_along(camera: Camera, across: float, down: float) -> None:
    point = camera.plane(100, 100)
    moved = _pixel(camera.panned(across, down), *point)
    assert moved == pytest.approx((100 + across, 100 + down), abs=1e-2)


@given(
    st.lists(st.tuples(st.floats(-1e3, 1e3, width=32), st.floats(-1e3, 1e3, width=32)), min_size=1),
    _sizes,
    _sizes,
)
def test_what_is_fitted_is_in_view(
    places: list[tuple[float, float]], width: float, height: float
) -> None:
    points = np.array(places, np.float32)
    bounds = Bounds.around(points[:, 0], points[:, 1])
    camera = Camera.fitting(bounds, width, height)
    across, down = camera.screen(points[:, 0], points[:, 1])
    assert across.min() >= 0
    assert across.max() <= width
    assert down.min() >= 0
    assert down.max() <= height


def test_zooming_ends_where_nothing_is_to_be_seen() -> None:
    camera = Camera(0, 0, 1, 100, 100)
    for _ in range(200):
        camera = camera.zoomed(2, 50, 50, fit=1.0)
    assert camera.scale == 1e5
    for _ in range(200):
        camera = camera.zoomed(0.5, 50, 50, fit=1.0)
    assert camera.scale == 0.2


def test_a_layout_that_grows_carries_a_view_of_a_part_along() -> None:
    random = np.random.default_rng(0)
    x, y = random.normal(size=(2, 200)).astype(np.float32)
    camera = Camera(0.5, -0.3, 200, 800, 600)
    after = followed(camera, (x, y), (x * 10 + 7, y * 10 - 2))
    for row in range(5):
        before = _pixel(camera, float(x[row]), float(y[row]))
        now = _pixel(after, float(x[row]) * 10 + 7, float(y[row]) * 10 - 2)
        assert now == pytest.approx(before, abs=0.1)


def test_what_moves_within_a_layout_is_seen_to_move() -> None:
    x, y = np.random.default_rng(0).normal(size=(2, 200)).astype(np.float32)
    camera = Camera(0.5, -0.3, 200, 800, 600)
    moved = x.copy()
    moved[3] += 0.1
    assert followed(camera, (x, y), (moved, y)) == camera
