import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from tokviz.gui.palette import LIGHT
from tokviz.gui.widgets.plots.histogram_view import HistogramView

_VALUES = np.append(np.linspace(0, 10, 1001), [np.nan, np.inf])


@pytest.fixture
def histogram(qtbot: QtBot) -> HistogramView:
    """Values from 0 to 10 on an axis from 8 to 312 pixels."""
    made = HistogramView("norms", n_bins=10)
    qtbot.addWidget(made)
    made.resize(320, 120)
    made.set_values(_VALUES)
    made.show()
    return made


def _drag(histogram: HistogramView, begin: int, end: int) -> None:
    button = Qt.MouseButton.LeftButton
    QTest.mousePress(histogram, button, pos=QPoint(begin, 50))
    QTest.mouseMove(histogram, QPoint((begin + end) // 2, 55))
    QTest.mouseMove(histogram, QPoint(end, 50))
    QTest.mouseRelease(histogram, button, pos=QPoint(end, 50))


def test_values_are_counted_and_the_others_told(histogram: HistogramView) -> None:
    assert histogram.counts.tolist() == [100] * 9 + [101]
    words = "1,001 values from 0 to 10, 2 that are not finite"
    assert histogram.accessibleDescription() == words
    assert histogram.readout() == "2 not finite"


def test_dragging_chooses_a_range(histogram: HistogramView) -> None:
    heard: list[tuple[float, float]] = []
    histogram.range_chosen.connect(heard.append)
    _drag(histogram, 236, 84)
    assert heard[-1] == pytest.approx((2.5, 7.5))
    assert histogram.chosen_range == heard[-1]
    assert histogram.readout() == "2.5 to 7.5 · Esc for all"
    _drag(histogram, 84, 5000)
    assert heard[-1] == pytest.approx((2.5, 10))


def test_a_click_or_esc_chooses_all(histogram: HistogramView, qtbot: QtBot) -> None:
    for take_back in (
        lambda: QTest.mouseClick(histogram, Qt.MouseButton.LeftButton, pos=QPoint(60, 50)),
        lambda: QTest.keyClick(histogram, Qt.Key.Key_Escape),
    ):
        _drag(histogram, 84, 236)
        with qtbot.waitSignal(histogram.range_chosen) as heard:
            take_back()
        assert heard.args == [None]
        assert histogram.chosen_range is None


def test_arrow_keys_move_the_range_within_the_axis(histogram: HistogramView) -> None:
    _drag(histogram, 8 + 2 * 304 // 10, 8 + 4 * 304 // 10)
    low, high = histogram.chosen_range or (0.0, 0.0)
    QTest.keyClick(histogram, Qt.Key.Key_Right)
    assert histogram.chosen_range == pytest.approx((low + 0.2, high + 0.2))
    for _ in range(60):
        QTest.keyClick(histogram, Qt.Key.Key_Left)
    assert histogram.chosen_range == pytest.approx((0.0, high - low))


def test_other_values_drop_the_range_and_emit_nothing(
    histogram: HistogramView, qtbot: QtBot
) -> None:
    _drag(histogram, 84, 236)
    with qtbot.assertNotEmitted(histogram.range_chosen):
        histogram.set_values(_VALUES)
    assert histogram.chosen_range is None


def test_bars_in_the_range_are_strong(histogram: HistogramView) -> None:
    _drag(histogram, 160, 312)
    image = histogram.grab().toImage()
    assert image.pixelColor(300, 80) == LIGHT.curves[0]
    assert image.pixelColor(20, 80) != LIGHT.curves[0]


@given(st.lists(st.floats(width=32), max_size=30))
def test_whatever_the_values_every_finite_one_is_counted(qapp: object, values: list[float]) -> None:
    histogram = HistogramView("any")
    numbers = np.array(values, np.float32)
    histogram.set_values(numbers)
    assert int(histogram.counts.sum()) == int(np.isfinite(numbers).sum())
    histogram.resize(200, 100)
    assert not histogram.grab().isNull()
