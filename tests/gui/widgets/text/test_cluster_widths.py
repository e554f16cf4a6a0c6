"""ClusterWidths: what is measured piece by piece fits the clusters of the whole text."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QApplication

from tokviz.gui.widgets.text.cluster_widths import ClusterWidths
from tokviz.gui.widgets.text.grapheme_edges import cluster_edges
from tokviz.gui.widgets.text.text_style import TAB_COLUMNS, TextStyle, text_style

PARTS = [
    "a",
    " ",
    "\t",
    "漢字",
    "か",
    "e\u0301",
    "नमस्ते",
    "👩\u200d🚀",
    "🇯🇵",
    "\u302a",
    "א",
    "ไทย",
    "—",
]
texts = st.lists(st.sampled_from(PARTS), max_size=30).map("".join)


@pytest.fixture(scope="module")
def style(qapp: QApplication) -> TextStyle:
    return text_style(13.0, True, QColor())


@given(text=texts)
@settings(max_examples=200, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_each_cluster_has_a_width(style: TextStyle, text: str) -> None:
    measured = ClusterWidths(style)
    for _ in range(2):  # measured, then remembered
        edges, widths = measured.measure(text)
        assert edges.tolist() == cluster_edges(text).tolist()
        assert len(widths) == len(edges) - 1
        assert (widths >= 0).all()


def test_a_tab_is_as_wide_as_it_can_be(style: TextStyle) -> None:
    edges, widths = ClusterWidths(style).measure("é\tb")
    assert edges.tolist() == [0, 1, 2, 3]
    assert widths[1] == TAB_COLUMNS * style.advance
