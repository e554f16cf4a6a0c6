"""Rows tile the text, whatever it holds, and follow each other both ways."""

from hypothesis import given, settings
from hypothesis import strategies as st
from PySide6.QtGui import QColor
from pytestqt.qtbot import QtBot

from tests.gui.widgets.flat_source import FlatSource
from tokviz.gui.widgets.text.segment_rows import RowLayouts
from tokviz.gui.widgets.text.text_rows import Row, TextRows
from tokviz.gui.widgets.text.text_segments import SEGMENT
from tokviz.gui.widgets.text.text_style import text_style

_ATOMS = [
    *"ab \n\r\t\0",
    "\r\n",
    "\u2028",
    "é",
    "e\u0301",
    "北",
    "ש",
    "क्ष",
    "👩\u200d👧",
    "🇩🇪",
    "\ud800",
]
_TEXT = st.lists(st.sampled_from(_ATOMS), max_size=80).map("".join)


def _rows(text: str, width: float | None = 200.0) -> TextRows:
    return TextRows(FlatSource(text), RowLayouts(text_style(13, True, QColor("gray"))), width)


@given(_TEXT, st.sampled_from([60.0, 200.0, None]))
@settings(max_examples=150)
def test_rows_tile_the_text(qapp: object, text: str, width: float | None) -> None:
    rows = _rows(text, width)
    found = list(rows.from_row(rows.row_at(0)))
    assert "".join(rows.source.slice(row.start, row.full_end) for row in found) == text
    back: list[tuple[int, int, str]] = []
    row: Row | None = rows.row_at(len(text))
    while row is not None:
        back.append((row.start, row.full_end, row.tail))
        row = rows.before(row)
    assert back[::-1] == [(row.start, row.full_end, row.tail) for row in found]


def test_no_row_is_wider_than_the_view_but_for_one_space(qtbot: QtBot) -> None:
    text = "word " * 60 + "x" * 500 + " " * 2_000 + "北京" * 100 + "क्षत्रिय " * 50
    rows = _rows(text, 300.0)
    for row in rows.from_row(rows.row_at(0)):
        assert row.layout.width <= 300 + rows.style.advance + 1


def test_a_very_long_line_is_cut_into_segments_of_bounded_length(qtbot: QtBot) -> None:
    for text in ("word " * 4_000, "x" * 20_000, "a" + "\u0301" * 20_000, "🇩🇪" * 10_000):
        rows, position, seen = _rows(text), 0, ""
        while position < len(text):
            segment = rows.segment_at(position)
            assert segment.start == position
            assert len(segment.text) <= SEGMENT + 400
            seen += segment.text
            position = segment.end
        assert seen == text


def test_flags_are_not_torn_by_segments(qtbot: QtBot) -> None:
    rows = _rows("🇩🇪" * 5_000)
    assert rows.segment_at(3_000).start % 2 == 0


def test_typing_in_a_long_line_leaves_the_segments_after_it_as_they_are(qtbot: QtBot) -> None:
    rows = _rows("word " * 7_000)
    after = [rows.segment_at(position).text for position in (5_000, 7_500, 12_000)]
    source = rows.source
    assert isinstance(source, FlatSource)
    for typed in range(30):
        source.edit(2_500 + typed, 0, "x")
        rows.text_edited(2_500 + typed, 0, "x", (0, 0))
    assert [rows.segment_at(at + 30).text for at in (5_000, 7_500, 12_000)] == after
    found, position = "", 0
    while position < source.n_chars:
        segment = rows.segment_at(position)
        found, position = found + segment.text, segment.end
    assert found == source.text


def test_tabs_fill_a_row_as_far_as_it_goes(qtbot: QtBot) -> None:
    rows = _rows("abc\td\t" * 40, None)
    advance = rows.style.advance
    rows = _rows("abc\td\t" * 40, 24 * advance)
    found = list(rows.from_row(rows.row_at(0)))
    assert {row.end - row.start for row in found[:-1]} == {len("abc\td\t") * 3}
    assert max(row.layout.width for row in found) <= 24 * advance + 1
