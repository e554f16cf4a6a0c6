"""CurvePlot: a step function over merges drawn as a filled curve above its ticks.

It is drawn into pixmaps, so that a playhead moving over the curve costs two copies and no drawing.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QLineF, QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPainter, QPen, QPixmap, QPolygonF

from tokviz.gui.palette import Palette
from tokviz.gui.widgets.plots.merge_axis import MergeAxis, tick_label

_LABEL_ROOM = 15


@dataclass(frozen=True, eq=False)
class CurvePlot:
    """`n_tokens[i]` from `n_merges[i]` on, between the pixels `top` and `floor`."""

    axis: MergeAxis
    n_merges: NDArray[np.int64]
    n_tokens: NDArray[np.int64]
    top: float
    floor: float

    def y_of(self, n_tokens: NDArray[np.float64]) -> NDArray[np.float64]:
        """Heights in proportion: the floor is no tokens."""
        share = n_tokens / max(float(self.n_tokens.max()), 1.0)
        return self.floor - share * (self.floor - self.top)

    def line(self, ratio: float) -> QPolygonF:
        """The highest and the lowest value of each column of pixels, `ratio` of them a point."""
        xs = np.arange(self.axis.left, self.axis.right, 1 / ratio)
        at = self.n_merges.searchsorted(self.axis.reached(xs), side="right") - 1
        highs = np.maximum.reduceat(self.n_tokens, at).astype(float)
        lows = np.minimum.reduceat(self.n_tokens, at).astype(float)
        xs = np.append(np.repeat(xs, 2), self.axis.right)
        values = np.append(np.ravel(np.column_stack((highs, lows))), float(self.n_tokens[-1]))
        bends = np.ones(len(values), np.bool_)  # points amid a level run are of no use
        bends[1:-1] = (values[1:-1] != values[:-2]) | (values[1:-1] != values[2:])
        points = zip(xs[bends].tolist(), self.y_of(values[bends]).tolist(), strict=True)
        return QPolygonF([QPointF(x, y) for x, y in points])

    def pictures(
        self, size: QSize, ratio: float, font: QFont, palette: Palette
    ) -> tuple[QPixmap, QPixmap]:
        """The curve behind the playhead, in the accent colour, and the one ahead of it, in grey."""
        line = self.line(ratio)
        behind = self._picture(size, ratio, font, palette, line, (palette.accent, 40))
        ahead = self._picture(size, ratio, font, palette, line, (palette.faint, 22))
        return behind, ahead

    def _picture(
        self,
        size: QSize,
        ratio: float,
        font: QFont,
        palette: Palette,
        line: QPolygonF,
        color: tuple[QColor, int],
    ) -> QPixmap:
        pixmap = QPixmap((size.toSizeF() * ratio).toSize())
        pixmap.setDevicePixelRatio(ratio)
        pixmap.fill(Qt.GlobalColor.transparent)
        with QPainter(pixmap) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setFont(font)
            self._paint_ticks(painter, palette)
            self._paint_line(painter, line, *color)
        return pixmap

    def _paint_ticks(self, painter: QPainter, palette: Palette) -> None:
        axis, metrics = self.axis, QFontMetricsF(painter.font())
        painter.setPen(QPen(palette.line, 1))
        painter.drawLine(QLineF(axis.left, self.floor, axis.right, self.floor))
        taken: list[QRectF] = []
        for k in sorted(axis.ticks(), key=lambda k: k not in (0, axis.most)):  # the ends come first
            x = axis.x_of(k)
            label = tick_label(k, axis.most)
            wide = metrics.horizontalAdvance(label) + 2
            left = min(max(x - wide / 2, axis.left - 2), axis.right + 2 - wide)
            place = QRectF(left, self.floor + 3, wide, _LABEL_ROOM)
            painter.setPen(QPen(palette.line, 1))
            painter.drawLine(QLineF(x, self.top, x, self.floor + 3))
            if not any(place.adjusted(-4, 0, 4, 0).intersects(other) for other in taken):
                taken.append(place)
                painter.setPen(palette.muted)
                painter.drawText(place, Qt.AlignmentFlag.AlignCenter, label)

    def _paint_line(self, painter: QPainter, line: QPolygonF, color: QColor, strength: int) -> None:
        area = QPolygonF(line)
        area.append(QPointF(self.axis.right, self.floor))
        area.append(QPointF(self.axis.left, self.floor))
        fill = QColor(color)
        fill.setAlpha(strength)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(fill)
        painter.drawPolygon(area)
        painter.setPen(QPen(color, 1.6))
        painter.drawPolyline(line)
