"""Line breaks and bytes of a piece, counted by arrays, against the obvious expressions."""

import re

from hypothesis import given
from hypothesis import strategies as st

from tokviz.tokenization.text.pieces import PIECE, Piece, PieceTable, raw_pieces

TEXTS = st.text(st.one_of(st.sampled_from("\n\r\u2028\u2029\x0b\x85ab é🚀\ud800"), st.characters()))
_BREAK = re.compile("\r\n|[\n\r\u2028\u2029]")


@given(TEXTS)
def test_lines_start_behind_each_break(text: str) -> None:
    expected = [match.end() for match in _BREAK.finditer(text)]
    assert Piece(text).line_starts.tolist() == expected
    assert Piece(text).n_breaks == len(expected)


@given(TEXTS)
def test_a_text_in_pieces_has_its_bytes_and_breaks(text: str) -> None:
    long = text * (3 * 8 * PIECE // max(len(text), 1) + 1) if text else ""
    for whole in (text, long[: 20 * PIECE]):
        table = PieceTable(whole)
        n_bytes = len(whole.encode("utf-8", "surrogatepass"))
        assert table.totals[-1].tolist() == [len(whole), n_bytes, 0, len(_BREAK.findall(whole))]
        assert "".join(piece.text for piece in raw_pieces(whole)) == whole
