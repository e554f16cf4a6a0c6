"""The short way to a row's rectangles finds what the way over all fragments finds."""

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PySide6.QtGui import QColor
from pytestqt.qtbot import QtBot

from tokviz.gui.widgets.text.row_layout import RowLayout
from tokviz.gui.widgets.text.text_rows import Row
from tokviz.gui.widgets.text.text_segments import Segment
from tokviz.gui.widgets.text.text_style import text_style
from tokviz.gui.widgets.text.token_pieces import (
    RowTokens,
    cells_of,
    fragments_of,
    token_pieces,
    whole_pieces,
)

_EVERYWHERE = (-np.inf, np.inf)
_TEXTS = ["plain words ", "naïve – ", "नमस्ते ", "שלום ", "👩‍🚀", "e\u0301\u0302", "\t", "வணக்கம்", ""]


def _row(text: str, tail: str, points: float) -> Row:
    style = text_style(points, True, QColor("black"))
    end = len(text)
    segment = Segment(0, end, tail, 0, True, True, False, text)
    return Row(segment, 0, True, 0, end, RowLayout(text, style, right_to_left=False))


def _tokens(n_bytes: int, cuts: list[int]) -> RowTokens:
    """Tokens from cut to cut; the same place twice makes one that is empty."""
    edges = np.array(sorted([0, *(cut % (n_bytes + 1) for cut in cuts), n_bytes]), np.int64)
    colors = (np.arange(len(edges) - 1) % 6).astype(np.uint8)
    return RowTokens(edges[:-1], edges[1:], colors)


@given(
    text=st.lists(st.sampled_from(_TEXTS), max_size=6).map("".join),
    tail=st.sampled_from(["", "\n", "\r\n"]),
    points=st.sampled_from([1.0, 4.0, 13.0, 21.5]),
    cuts=st.lists(st.integers(0, 300), max_size=9),
)
@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_whole_clusters_make_the_pieces_that_their_fragments_make(
    qtbot: QtBot, text: str, tail: str, points: float, cuts: list[int]
) -> None:
    cells = cells_of(_row(text, tail, points), text_style(points, True, QColor("black")))
    tokens = _tokens(int(cells.byte_edges[-1]), cuts)
    found = whole_pieces(cells, tokens) if len(cells.leading) else None
    if found is not None:
        fragments = fragments_of(cells, tokens, _EVERYWHERE)
        others = token_pieces(fragments, tokens.colors)
        assert [c.tolist() for c in found] == [c.tolist() for c in others]


@pytest.mark.parametrize("text", ["plain words", "naïve – words", "नमस्ते दुनिया"])
def test_rows_whose_characters_are_whole_need_no_fragments(qtbot: QtBot, text: str) -> None:
    cells = cells_of(_row(text, "", 13.0), text_style(13.0, True, QColor("black")))
    cuts = cells.byte_edges[1:-1:3].tolist()
    assert whole_pieces(cells, _tokens(int(cells.byte_edges[-1]), cuts)) is not None
