"""The window of tokens around a pair."""

from hypothesis import given
from hypothesis import strategies as st

from tokviz.gui.widgets.replay.row_window import window_around

_WIDTHS = st.lists(st.integers(5, 60), min_size=2, max_size=80)


@given(_WIDTHS, st.data(), st.integers(220, 900))
def test_the_middle_is_shown_and_everything_fits(
    widths: list[int], data: st.DataObject, room: int
) -> None:
    pair = data.draw(st.integers(0, len(widths) - 2))
    middle = range(pair, pair + 2)
    window = window_around(middle, len(widths), lambda i: widths[i], room, 40, 5)
    assert window.first <= pair
    assert pair + 2 <= window.last <= len(widths)
    shown = widths[window.first : window.last]
    notes = 40 * ((window.first > 0) + (window.last < len(widths)))
    assert sum(shown) + 5 * (len(shown) - 1) + notes <= room


@given(_WIDTHS)
def test_all_are_shown_where_all_fit(widths: list[int]) -> None:
    room = sum(widths) + 5 * (len(widths) - 1)
    window = window_around(range(2), len(widths), lambda i: widths[i], room, 40, 5)
    assert (window.first, window.last) == (0, len(widths))


def test_the_middle_is_about_in_the_middle() -> None:
    window = window_around(range(500, 502), 1_000, lambda _: 10, 400, 50, 0)
    assert (window.first, window.last) == (486, 516)


def test_only_tokens_near_the_middle_are_measured() -> None:
    measured: list[int] = []

    def width(index: int) -> float:
        measured.append(index)
        return 10

    window_around(range(50_000, 50_002), 100_000, width, 400, 50, 5)
    assert len(measured) < 100
