"""What is painted equals the ids: every visible token has its rectangles, in order, apart."""

import itertools

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PySide6.QtCore import QEvent, QPoint, QPointF, QRectF, Qt
from PySide6.QtGui import QImage, QMouseEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from tests.gui.widgets.conftest import Show
from tests.gui.widgets.flat_source import FlatSource
from tokviz.gui.palette import DARK, LIGHT
from tokviz.gui.widgets.text.row_painting import Highlights
from tokviz.gui.widgets.text.token_text_view import TokenTextView

_ATOMS = [
    "the ",
    "Zoë",
    "\n",
    "\r\n",
    "\t",
    "\0",
    "北京",
    "क्षत्रिय",
    "👩\u200d👧",
    "e\u0301",
    "\u2028",
    "\xa0",
]
_TURNING = [*_ATOMS, "שלום", "العربية ", "12 ", "(", ")"]
_AS_IS = [HealthCheck.function_scoped_fixture]


def _rows(rects: list[tuple[int, QRectF, int]]) -> dict[float, list[tuple[int, QRectF]]]:
    rows: dict[float, list[tuple[int, QRectF]]] = {}
    for index, rect, _ in rects:
        rows.setdefault(rect.top(), []).append((index, rect))
    return rows


@given(st.lists(st.sampled_from(_ATOMS), max_size=40).map("".join), st.integers(1, 5))
@settings(max_examples=60, suppress_health_check=_AS_IS)
def test_every_token_has_a_rectangle_and_order_is_the_ids(
    show: Show, text: str, longest: int
) -> None:
    view, source = show(text, height=3_000, longest=longest)
    rects = view.token_rects()
    assert sorted({index for index, _, _ in rects}) == list(range(source.n_tokens))
    for row in _rows(rects).values():
        assert [index for index, _ in row] == sorted(index for index, _ in row)
        for (_, one), (_, other) in itertools.pairwise(row):
            narrow = min(one.width(), other.width()) <= 3
            assert one.right() <= other.left() + (2 if narrow else 1)
    assert all(rect.width() >= 3 for _, rect, _ in rects)
    view.grab()
    view.deleteLater()


@given(st.lists(st.sampled_from(_TURNING), max_size=30).map("".join))
@settings(max_examples=60, suppress_health_check=_AS_IS)
def test_every_token_has_a_rectangle_where_reading_turns(show: Show, text: str) -> None:
    view, source = show(text, height=3_000, longest=3)
    rects = view.token_rects()
    assert {index for index, _, _ in rects} == set(range(source.n_tokens))
    view.grab()
    view.deleteLater()


def test_the_rectangles_of_a_row_that_turns_tile_it(show: Show) -> None:
    view, _ = show("Latin with שלום עולם in it 12", longest=64)
    row = sorted((rect.left(), rect.right()) for _, rect, _ in view.token_rects())
    for (_, right), (left, _) in itertools.pairwise(row):
        assert right == pytest.approx(left, abs=1)


def test_a_character_cut_by_tokens_is_divided_among_them(show: Show) -> None:
    view, _ = show("👍", longest=1)
    rects = [rect for _, rect, _ in view.token_rects()]
    assert len(rects) == 4
    assert rects[0].left() < rects[1].left() < rects[2].left() < rects[3].left()
    assert rects[0].right() <= rects[1].left() + 1


def test_the_color_behind_a_token_is_the_palettes(show: Show) -> None:
    view, _ = show("aaaaabbbbbccccc\nddddd")
    image = view.viewport().grab().toImage()
    for _, rect, color in view.token_rects():
        at = rect.topLeft().toPoint() + QPoint(3, 2)
        assert image.pixelColor(at).rgb() == LIGHT.tokens[color].rgb()


def test_text_beyond_what_is_encoded_is_drawn_without_colors(show: Show) -> None:
    view, source = show("aaaaabbbbbccccc", encoded=5)
    assert [index for index, _, _ in view.token_rects()] == [0]
    assert source.n_tokens == 1


def test_two_thousand_spaces_wrap_inside_the_view(show: Show) -> None:
    view, source = show(" " * 2_000, height=3_000)
    rects = view.token_rects()
    assert len({index for index, _, _ in rects}) == source.n_tokens
    assert max(rect.right() for _, rect, _ in rects) <= view.viewport().width()


def _image(view: TokenTextView) -> QImage:
    return view.viewport().grab().toImage()


@pytest.mark.parametrize(
    "highlights",
    [
        Highlights(selected_index=1),
        Highlights(context_end=2),
        Highlights(attended=(0, 2)),
        Highlights(context_end=0),
    ],
)
def test_highlights_show(show: Show, highlights: Highlights) -> None:
    view, _ = show("aaaaabbbbbccccc 👍שלום")
    plain = _image(view)
    view.set_highlights(highlights)
    assert _image(view) != plain
    view.set_highlights(Highlights())
    assert _image(view) == plain


def test_occurrences_of_ids_show(show: Show) -> None:
    view, source = show("aaaaabbbbbaaaaa")
    plain = _image(view)
    view.set_highlights(Highlights(selected_ids=frozenset({int(source.ids[0])})))
    selected = _image(view)
    view.set_highlights(Highlights(hovered_id=int(source.ids[0])))
    assert len({plain.cacheKey(), selected.cacheKey()}) == 2
    assert selected != plain
    assert _image(view) not in (plain, selected)


def test_uncovered_characters_show(show: Show) -> None:
    view, _ = show("a\0b")
    marked = _image(view)
    source = FlatSource("a\0b")
    source.holes = []
    view.set_source(source)
    assert _image(view) != marked


def test_space_that_is_dropped_is_marked_more_quietly_than_a_lost_letter(show: Show) -> None:
    view, source = show("a b")
    source.holes = [1]
    view.set_source(source)
    (row,) = view.page.rows_in_view()
    assert (len(row.dropped_space), row.uncovered) == (1, [])
    source.holes = [2]
    view.set_source(source)
    (row,) = view.page.rows_in_view()
    assert (row.dropped_space, len(row.uncovered)) == ([], 1)


def test_marks_wrap_zoom_and_colors_can_be_switched(show: Show) -> None:
    view, _ = show("a b\tc\xa0d\n" + "word " * 100)
    first = _image(view)
    view.set_marks_shown(False)
    assert _image(view) != first
    view.set_marks_shown(True)
    view.set_word_wrap(False)
    assert view.horizontalScrollBar().maximum() > 0
    view.set_word_wrap(True)
    assert view.horizontalScrollBar().maximum() == 0
    view.set_colors(DARK)
    assert _image(view).pixelColor(690, 390).lightness() < 80
    view.set_zoom(20)
    assert view.zoom == 20
    view.reset_zoom()
    view.set_colors(LIGHT)
    assert _image(view) == first


def _move_to(view: TokenTextView, point: QPointF) -> None:
    none, kind = Qt.MouseButton.NoButton, QEvent.Type.MouseMove
    event = QMouseEvent(kind, point, point, none, none, Qt.KeyboardModifier.NoModifier)
    QApplication.sendEvent(view.viewport(), event)


def test_a_click_picks_the_token_and_hovering_tells_it(show: Show) -> None:
    view, _ = show("aaaaabbbbb\nccccc")
    picked: list[int] = []
    hovered: list[int] = []
    view.picked.connect(picked.append)
    view.hovered.connect(hovered.append)
    for index, rect, _ in view.token_rects():
        point = rect.center().toPoint()
        _move_to(view, QPointF(point))
        assert hovered[-1] == index
        QTest.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, pos=point)
        assert picked[-1] == index
        assert view.token_at(QPointF(point)) == index
    _move_to(view, QPointF(400, 300))
    assert hovered[-1] == -1


def test_an_empty_view_says_what_one_can_do(show: Show) -> None:
    view, _ = show("")
    blank = view.grab().toImage()
    view.set_hint("Type something.")
    assert view.grab().toImage() != blank
    written, _ = show("x")
    before = written.grab().toImage()
    written.set_hint("Type something.")
    assert written.grab().toImage() == before
