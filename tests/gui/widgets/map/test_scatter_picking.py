import numpy as np
import numpy.typing as npt
from hypothesis import given
from hypothesis import strategies as st

from tokviz.gui.widgets.map.scatter_picking import in_lasso, in_rectangle, nearest

_places = st.floats(-300, 300, width=32)
_corners = st.lists(st.tuples(_places, _places), max_size=12)
_grid = st.lists(st.tuples(st.integers(0, 20), st.integers(0, 20)), max_size=10)


def _crosses_oddly(x: float, y: float, corners: list[tuple[float, float]]) -> bool:
    """The ray to the right of a point, edge by edge."""
    odd = False
    for (ax, ay), (bx, by) in zip(corners, corners[1:] + corners[:1], strict=True):
        if (ay <= y) != (by <= y) and x < ax + (y - ay) * (bx - ax) / (by - ay):
            odd = not odd
    return odd


def _points(seed: int, n: int = 400) -> npt.NDArray[np.float32]:
    return np.random.default_rng(seed).uniform(-320, 320, (n, 2)).astype(np.float32)


@given(st.integers(0, 1000), _corners)
def test_a_lasso_holds_the_points_that_an_odd_number_of_its_edges_lie_right_of(
    seed: int, corners: list[tuple[float, float]]
) -> None:
    points = _points(seed)
    expected = [
        row
        for row, (x, y) in enumerate(points.astype(np.float64).tolist())
        if len(corners) > 2 and _crosses_oddly(x, y, corners)
    ]
    assert in_lasso(points[:, 0], points[:, 1], corners).tolist() == expected


@given(_grid)
def test_points_on_a_lasso_s_own_line_are_told_as_the_oracle_tells_them(
    corners: list[tuple[int, int]],
) -> None:
    across, down = (values.ravel() for values in np.meshgrid(np.arange(21.0), np.arange(21.0)))
    outline = [(float(x), float(y)) for x, y in corners]
    expected = [
        row
        for row, (x, y) in enumerate(zip(across.tolist(), down.tolist(), strict=True))
        if len(outline) > 2 and _crosses_oddly(x, y, outline)
    ]
    found = in_lasso(across.astype(np.float32), down.astype(np.float32), outline)
    assert found.tolist() == expected


def test_a_lasso_that_runs_around_a_place_twice_leaves_it_out() -> None:
    outline = [(0, 0), (10, 0), (10, 10), (0, 10), (0, 0), (4, 4), (6, 4), (6, 6), (4, 6), (4, 4)]
    across, down = np.array([5, 2], np.float32), np.array([5, 2], np.float32)
    assert in_lasso(across, down, outline).tolist() == [1]


@given(st.integers(0, 1000), _places, _places, st.floats(0, 60))
def test_the_nearest_point_is_that_of_all_distances(
    seed: int, x: float, y: float, reach: float
) -> None:
    points = _points(seed, 60)
    points[::7] = np.inf  # on no place
    away = np.hypot(*(points.astype(np.float64) - (x, y)).T)
    found = nearest(points[:, 0], points[:, 1], (x, y), reach)
    if found is None:
        assert away.min() > reach - 1e-3
    else:
        assert away[found] <= min(away.min() + 1e-3, reach + 1e-3)


@given(st.integers(0, 1000), _places, _places, _places, _places)
def test_a_rectangle_holds_what_lies_between_its_corners(
    seed: int, ax: float, ay: float, bx: float, by: float
) -> None:
    points = _points(seed)
    expected = [
        row
        for row, (x, y) in enumerate(points.tolist())
        if min(ax, bx) <= x <= max(ax, bx) and min(ay, by) <= y <= max(ay, by)
    ]
    found = in_rectangle(points[:, 0], points[:, 1], (ax, ay), (bx, by))
    assert found.tolist() == expected


def test_without_points_nothing_is_found() -> None:
    none = np.zeros(0, np.float32)
    assert nearest(none, none, (0, 0), 10) is None
    assert in_lasso(none, none, [(0, 0), (1, 0), (0, 1)]).tolist() == []
