"""The clusters of a row tile it, whatever Qt takes for one cluster."""

import itertools

import pytest
from PySide6.QtGui import QColor
from pytestqt.qtbot import QtBot

from tokviz.gui.widgets.text.row_layout import RowLayout
from tokviz.gui.widgets.text.text_style import text_style


@pytest.mark.parametrize(
    "text", ["வணக்கம்", "வணக்கம் abc", "வணக்கம் עברית", "नमस्ते क्षत्रिय", "👩‍🚀e\u0301"]
)
def test_each_cluster_has_a_width_and_a_place_of_its_own(qtbot: QtBot, text: str) -> None:
    layout = RowLayout(text, text_style(13, True, QColor("black")), right_to_left=False)
    places = [(min(pair), max(pair)) for pair in zip(*layout.cluster_x, strict=True)]
    assert all(right > left for left, right in places)
    for (_, right), (left, _) in itertools.pairwise(sorted(places)):
        assert right == pytest.approx(left, abs=0.1)
