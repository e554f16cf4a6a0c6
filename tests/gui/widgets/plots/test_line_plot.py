import numpy as np
from PySide6.QtCore import QPoint
from pytestqt.qtbot import QtBot

from tokviz.gui.palette import LIGHT
from tokviz.gui.widgets.plots.line_plot import Curve, LinePlot, ticks


def _plot(qtbot: QtBot) -> LinePlot:
    plot = LinePlot("vocabulary", "bytes a token")
    qtbot.addWidget(plot)
    plot.resize(500, 200)
    plot.show()
    return plot


def test_the_values_under_the_mouse_are_read_off(qtbot: QtBot) -> None:
    plot = _plot(qtbot)
    x = np.array([256.0, 300.0, 400.0])
    plot.set_curves([Curve("training", x, np.array([1.0, 1.5, 2.0]))])
    assert plot.readout(350) == "vocabulary 350: training 1.500"
    assert plot.readout(100) == ""


def test_what_is_not_known_is_a_gap(qtbot: QtBot) -> None:
    plot = _plot(qtbot)
    x = np.arange(3.0)
    plot.set_curves([Curve("held-out", x, np.array([1.0, np.nan, 3.0]))])
    assert plot.readout(1) == ""
    assert plot.readout(2) == "vocabulary 2: held-out 3.000"


def test_a_curve_is_painted_in_its_colour(qtbot: QtBot) -> None:
    plot = _plot(qtbot)
    x = np.arange(100.0)
    plot.set_curves([Curve("flat", x, np.full(100, 2.0))])
    image = plot.grab().toImage()
    column = [image.pixelColor(QPoint(200, y)) for y in range(image.height())]
    blue = LIGHT.curves[0]
    # The line's edges are smoothed, so the nearest pixel is close to the colour.
    nearest = min(abs(c.red() - blue.red()) + abs(c.blue() - blue.blue()) for c in column)
    assert nearest < 60


def test_ticks_are_round_and_within_the_range() -> None:
    for low, high in [(0.0, 1.0), (256.0, 50_257.0), (1.17, 4.9)]:
        values = ticks(low, high)
        assert 2 <= len(values) <= 10
        assert all(low - 1e-6 <= value <= high * (1 + 1e-6) for value in values)
