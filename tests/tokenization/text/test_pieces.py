"""The piece table: lines, bytes and slices are those of the joined text."""

import itertools
import re
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.tokenization.oracles import shipped
from tokviz.tokenization.text import pieces
from tokviz.tokenization.text.pieces import PieceTable, colored_pieces, in_parts, raw_pieces
from tokviz.tokenization.text.token_colors import alternating

lines = st.text(st.sampled_from("ab \n\r\u2028\u2029é🚀\u0301\ud800"), max_size=60)


@pytest.fixture(autouse=True, scope="module")
def small_pieces() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(pieces, "PIECE", 4)
        yield


@given(lines)
def test_lines_start_where_they_do_in_the_text(text: str) -> None:
    table = PieceTable(text)
    starts = [0, *(m.end() for m in re.finditer("\r\n|[\n\r\u2028\u2029]", text))]
    assert table.start(-1, pieces.BREAKS) + 1 == len(starts)
    assert [table.line_start(i) for i in range(len(starts))] == starts
    assert table.line_start(len(starts)) == len(text)
    for position in range(len(text) + 1):
        assert table.line_at(position) == sum(start <= position for start in starts[1:])


@given(lines, st.data())
def test_slices_and_byte_offsets_are_the_texts(text: str, data: st.DataObject) -> None:
    table = PieceTable(text)
    start = data.draw(st.integers(0, len(text)))
    end = data.draw(st.integers(0, len(text)))
    assert table.slice(start, end) == text[start:end]
    assert table.byte_offset(start) == len(text[:start].encode("utf-8", "surrogatepass"))


@given(lines)
def test_no_piece_ends_within_a_line_break(text: str) -> None:
    encoding = shipped("gpt2").encode(text)
    colors = alternating(len(encoding.ids), None)
    for cut in (raw_pieces(text), colored_pieces(in_parts(encoding), colors)):
        assert "".join(piece.text for piece in cut) == text
        for piece, following in itertools.pairwise(cut):
            assert not (piece.text.endswith("\r") and following.text.startswith("\n"))


@given(lines, lines, st.data())
def test_putting_pieces_counts_everything_anew(
    text: str, inserted: str, data: st.DataObject
) -> None:
    table = PieceTable(text)
    low = data.draw(st.integers(0, len(table)))
    high = data.draw(st.integers(low, len(table)))
    table.put(low, high, raw_pieces(inserted))
    fresh = PieceTable()
    fresh.put(0, 0, table.pieces)
    assert table.totals.tolist() == fresh.totals.tolist()
    assert table.start(-1) == sum(len(piece.text) for piece in table.pieces)


@given(st.lists(lines, max_size=5))
def test_a_table_made_of_parts_is_that_of_the_joined_text(parts: list[str]) -> None:
    table, whole = PieceTable.of_parts(parts), PieceTable("".join(parts))
    assert str(table) == str(whole)
    assert table.totals[-1].tolist() == whole.totals[-1].tolist()
    for piece, following in itertools.pairwise(table.pieces):
        assert not (piece.text.endswith("\r") and following.text.startswith("\n"))
