"""The loss while it falls, beside what counting says can be reached; nats or bits per byte."""

import csv
import io
import math
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from tokviz.gui.panels.learn.bigram_session import BigramSession
from tokviz.gui.theme import Theme
from tokviz.gui.widgets.export_button import ExportButton, FileKind
from tokviz.gui.widgets.panel_frame import PanelFrame
from tokviz.gui.widgets.pictures import widget_png, widget_svg
from tokviz.gui.widgets.plots.line_plot import Curve, LinePlot
from tokviz.text_files import TextFileError, write_bytes

_CSV = FileKind("Curves as CSV", "losses.csv")
_PNG, _SVG = FileKind("Picture as PNG", "losses.png"), FileKind("Picture as SVG", "losses.svg")
_MOST_POINTS = 250
_NOTHING = "The loss appears here while the model learns."
Float64s = npt.NDArray[np.float64]


class BigramCurvesPanel(QWidget):
    """`plot` shows the batches' losses, smoothed, and those over the whole parts as they come."""

    problem = Signal(object)

    def __init__(self, session: BigramSession, theme: Theme) -> None:
        super().__init__()
        self._session = session
        self._theme = theme
        self.plot = LinePlot("step", "nats a token", _NOTHING)
        self.bits_plot = LinePlot("step", "bits per byte", _NOTHING)
        self.bits_plot.hide()
        content = QWidget()
        column = QVBoxLayout(content)
        column.setContentsMargins(8, 8, 0, 4)
        column.addWidget(self.plot)
        column.addWidget(self.bits_plot)
        frame = PanelFrame("Loss", content)
        self.unit = frame.add_switch(
            "bits per byte", "The unit in which tokenizers can be compared", checked=False
        )
        self.export = ExportButton((_CSV, _PNG, _SVG))
        self.export.setToolTip("Save the curves")
        frame.add_control(self.export)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addWidget(frame)
        self.unit.toggled.connect(self._on_unit_toggled)
        self.export.chosen.connect(self._save)
        session.learned.connect(self._show)
        session.begun_changed.connect(self._show)
        theme.changed.connect(self._on_theme_changed)
        self._on_theme_changed()

    def _on_unit_toggled(self, bits: bool) -> None:
        self.plot.setVisible(not bits)
        self.bits_plot.setVisible(bits)
        self._show()

    def _on_theme_changed(self) -> None:
        self.plot.set_colors(self._theme.palette)
        self.bits_plot.set_colors(self._theme.palette)

    @property
    def _shown(self) -> LinePlot:
        return self.bits_plot if self.unit.isChecked() else self.plot

    def _show(self) -> None:
        self._shown.set_curves(self.curves(bits=self.unit.isChecked()))

    def curves(self, *, bits: bool) -> list[Curve]:
        """Training, held-out, uniform, unigram and the optimum, in this order."""
        session = self._session
        begun = session.begun
        if begun is None or not session.whole:
            return []
        part = begun.bits if bits else 1.0
        aside = begun.bits_aside if bits else 1.0
        steps, means = smoothed(session.losses, session.step_number)
        whole = np.array(_some(session.whole), np.float64)
        first, last = float(whole[0, 0]), float(max(whole[-1, 0], session.step_number, 1))
        ends = np.array([first, last])
        curves = [Curve("training", np.append(first, steps), np.append(whole[0, 1], means) * part)]
        if begun.aside is not None:
            curves.append(Curve("held out", whole[:, 0], whole[:, 2] * aside))
        lines = (
            ("uniform, ln V", begun.part.uniform_loss),
            ("unigram", begun.part.unigram_entropy),
            ("optimum", begun.part.optimum),
        )
        if begun.aside is None:
            curves.append(Curve("held out", ends[:0], ends[:0]))
        return curves + [Curve(name, ends, np.full(2, v * part), True) for name, v in lines]

    # -- files ---------------------------------------------------------------------------------

    def _save(self, kind: FileKind, path: str) -> None:
        try:
            if kind == _CSV:
                content = to_csv(self._session)
            elif kind == _PNG:
                content = widget_png(self._shown)
            else:
                content = widget_svg(self._shown, "Losses of a bigram language model")
            write_bytes(path, content)
        except TextFileError as error:
            self.problem.emit(str(error))


def _some(whole: Sequence[tuple[int, float, float]]) -> list[tuple[int, float, float]]:
    """Measurements spread evenly, the last one among them: more could not be told apart.

    >>> [step for step, _, _ in _some([(n, 0, 0) for n in range(700)])][-3:]
    [696, 698, 699]
    """
    apart = max(1, len(whole) // _MOST_POINTS)
    last = [whole[-1]] if (len(whole) - 1) % apart else []
    return [*whole[::apart], *last]


def smoothed(losses: Sequence[float], last_step: int) -> tuple[Float64s, Float64s]:
    """Steps and mean losses of some hundred groups of steps; the last loss is of `last_step`.

    >>> smoothed([3.0, 1.0], 2)[1].tolist()
    [3.0, 1.0]
    """
    values = np.array(losses, np.float64)
    size = max(1, math.ceil(len(values) / _MOST_POINTS))
    starts = np.arange(0, len(values), size)
    if not len(values):
        return values, values
    ends = np.minimum(starts + size, len(values))
    means = np.add.reduceat(values, starts) / (ends - starts)
    return (last_step - len(values) + ends).astype(np.float64), means


def to_csv(session: BigramSession) -> bytes:
    """A line a step: the loss of its batch, and those over the whole parts where measured."""
    written = io.StringIO()
    rows = csv.writer(written)
    rows.writerow(["step", "batch loss", "training loss", "held-out loss"])
    first = session.step_number - len(session.losses)
    whole = {int(step): (loss, held_out) for step, loss, held_out in session.whole}
    batches = {first + i + 1: loss for i, loss in enumerate(session.losses)}
    for step in sorted(whole.keys() | batches.keys()):
        loss, held_out = whole.get(step, (math.nan, math.nan))
        values = (batches.get(step, math.nan), loss, held_out)
        rows.writerow([step, *("" if math.isnan(value) else f"{value:.6f}" for value in values)])
    return written.getvalue().encode("ascii")
