import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tokviz.gui.widgets.map.scatter_camera import Bounds, Camera
from tokviz.gui.widgets.map.scatter_pixels import FULL, Canvas, Stamp, dot, faded, mixed, ring
from tokviz.gui.widgets.map.scatter_points import ScatterPoints

_WHITE = 0xFFFFFFFF
_WIDTH, _HEIGHT = 60, 40


def _mixed(color: int, ground: int, part: int) -> int:
    """One colour over another, channel by channel."""
    found = 0xFF
    for shift in (16, 8, 0):
        ours, theirs = color >> shift & 0xFF, ground >> shift & 0xFF
        found = found << 8 | (ours * part + theirs * (256 - part)) >> 8
    return found


def _slowly(
    xy: npt.NDArray[np.float32],
    colors: list[int],
    camera: Camera,
    ratio: float,
    stamp: Stamp,
) -> npt.NDArray[np.uint32]:
    """The same picture, dot by dot and pixel by pixel, what stands lower above the others."""
    width, height = round(camera.width * ratio), round(camera.height * ratio)
    picture = np.full((height, width), _WHITE, np.uint32)
    across, down = camera.screen(xy[:, 0], xy[:, 1])
    for row, column, coverage in stamp.pixels:
        for point in np.argsort(-xy[:, 1], kind="stable").tolist():
            x, y = across[point] * np.float32(ratio), down[point] * np.float32(ratio)
            if not np.isfinite(x + y):
                continue
            left = int(np.floor(x - stamp.size / 2 + 0.5)) + column
            top = int(np.floor(y - stamp.size / 2 + 0.5)) + row
            if 0 <= left < width and 0 <= top < height:
                picture[top, left] = _mixed(colors[point], _WHITE, 256 * coverage // FULL)
    return picture


@given(
    seed=st.integers(0, 10_000),
    diameter=st.sampled_from([1.0, 2.0, 2.5, 3.0, 4.5, 9.0]),
    ratio=st.sampled_from([1.0, 1.5, 2.0]),
    scale=st.floats(5, 80),
)
def test_all_dots_at_once_are_the_picture_of_dot_by_dot(
    seed: int, diameter: float, ratio: float, scale: float
) -> None:
    random = np.random.default_rng(seed)
    # On eighths of a pixel no rounding decides between two pixels.
    xy = (random.integers(-400, 400, (80, 2)) / 256 * 2).astype(np.float32)
    xy[::9] = np.nan
    colors = random.integers(0, 1 << 24, 80).astype(np.uint32)
    camera = Camera(0.0, 0.0, float(np.round(scale)), _WIDTH, _HEIGHT)
    points = ScatterPoints()
    points.set_points(xy)
    points.set_colors(colors)
    canvas = Canvas(round(_WIDTH * ratio), round(_HEIGHT * ratio))
    canvas.clear(_WHITE)
    points.draw(canvas, camera, ratio, diameter, _WHITE)
    expected = _slowly(xy, colors.tolist(), camera, ratio, dot(diameter * ratio))
    assert np.array_equal(canvas.view, expected)


def _drawn(points: ScatterPoints, diameter: float = 1.0) -> npt.NDArray[np.uint32]:
    canvas = Canvas(_WIDTH, _HEIGHT)
    canvas.clear(_WHITE)
    points.draw(canvas, Camera(0.0, 0.0, 1.0, _WIDTH, _HEIGHT), 1.0, diameter, _WHITE)
    return canvas.view.copy()


def _three_points() -> ScatterPoints:
    points = ScatterPoints()
    points.set_points(np.array([[0, 0], [0, 0], [9, 9]], np.float32))
    points.set_colors(np.array([0xFF0000, 0x00FF00, 0x0000FF], np.uint32))
    return points


def test_the_point_that_is_highlighted_lies_above_the_other() -> None:
    points = _three_points()
    assert 0xFF00FF00 in _drawn(points)
    assert 0xFFFF0000 not in _drawn(points)
    points.set_highlight(np.array([0]), dim_rest=False)
    assert 0xFFFF0000 in _drawn(points)
    assert 0xFF00FF00 not in _drawn(points)


def test_what_is_dimmed_fades_and_stays() -> None:
    points = _three_points()
    points.set_highlight(np.array([0]), dim_rest=True)
    picture = _drawn(points)
    assert 0xFF0000FF not in picture
    faint = picture[(picture != _WHITE) & (picture != 0xFFFF0000)]
    assert len(faint) == 1
    assert faint[0] & 0xFF == 0xFF  # still blue, of which white has most
    assert 0xA0 < faint[0] >> 16 & 0xFF < 0xF0


def test_new_colours_are_drawn_without_new_places(monkeypatch: pytest.MonkeyPatch) -> None:
    points = _three_points()
    before = _drawn(points)
    points.set_colors(np.array([1, 2, 3], np.uint32))

    def refuse(*_arguments: object) -> None:
        raise AssertionError("placed anew")

    monkeypatch.setattr(Canvas, "place", refuse)
    after = _drawn(points)
    assert {0xFF000002, 0xFF000003} <= set(after.ravel().tolist())
    assert np.array_equal(before != _WHITE, after != _WHITE)


def test_hollow_points_are_rings() -> None:
    points = ScatterPoints()
    points.set_points(np.array([[0.5, 0.5]], np.float32))
    points.set_colors(np.zeros(1, np.uint32))
    points.set_hollow(np.array([True]))
    picture = _drawn(points, 7.0)
    full = ring(8.0, 1.2)
    middle = picture[picture.shape[0] // 2, picture.shape[1] // 2]
    assert middle == _WHITE
    assert int((picture != _WHITE).sum()) == len(full.pixels)


def test_values_for_another_number_of_points_are_refused() -> None:
    with pytest.raises(ValueError, match="2 values for 3 points"):
        _three_points().set_colors(np.zeros(2, np.uint32))


@given(
    st.integers(0, 0xFFFFFF),
    st.integers(0, 0xFFFFFF),
    st.integers(1, FULL),
    st.floats(0, 1),
)
def test_colours_are_mixed_channel_by_channel(
    color: int, ground: int, part: int, share: float
) -> None:
    colors = np.array([color], np.uint32)
    expected = _mixed(color, ground, 256 * part // FULL)
    assert int(mixed(colors, ground, part)[0]) == expected
    assert int(faded(colors, ground, share)[0]) == _mixed(color, ground, round(256 * share))


def test_points_without_a_place_have_bounds_to_look_at() -> None:
    points = ScatterPoints()
    points.set_points(np.full((4, 2), np.nan, np.float32))
    assert points.n_drawn == 0
    assert points.bounds == Bounds(-1.0, -1.0, 1.0, 1.0)
    assert (_drawn(points) == _WHITE).all()
