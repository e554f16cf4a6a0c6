"""Labels as small pictures: a token's visible characters with a halo, drawn once and kept."""

from collections.abc import Callable

import numpy as np
from PySide6.QtCore import QPointF, QRectF, QSizeF, Qt
from PySide6.QtGui import (
    QColor,
    QFont,
    QFontMetricsF,
    QImage,
    QPainter,
    QPainterPath,
    QPen,
    QPixmap,
)

from tokviz.gui.palette import Palette
from tokviz.gui.widgets.map.scatter_labels import LABEL_HEIGHT, PlacedLabels
from tokviz.gui.widgets.text.character_marks import display_text
from tokviz.gui.widgets.text.text_style import token_font

_POINTS = 8.0
TAG_ROOM = 3  # pixels between a tag's edge and its letters
_ROOM = 2  # pixels around the letters for their halo
_HALO = 165  # alpha of each of its copies
_AROUND = [(x, y) for x in (-1.2, 0, 1.2) for y in (-1.2, 0, 1.2) if x or y]
_LONGEST = 24  # characters
_MOST_KEPT = 6000


class LabelPainter:
    """Measures and paints labels; a picture is kept until text, palette or resolution change."""

    def __init__(self) -> None:
        self._label_of: Callable[[int], str] = str
        self._texts: dict[int, tuple[str, float]] = {}
        self._pictures: dict[int, QPixmap] = {}
        self._made_for: tuple[object, ...] = ()
        self._font: QFont | None = None

    def set_text(self, label_of: Callable[[int], str]) -> None:
        self._label_of = label_of
        self.forget()

    def forget(self) -> None:
        self._texts.clear()
        self._pictures.clear()

    @property
    def font(self) -> QFont:
        if self._font is None:  # a font asks the font system, which waits for the application
            self._font = token_font(_POINTS)
        return self._font

    def width_of(self, row: int) -> float:
        return self._known(row)[1]

    def _known(self, row: int) -> tuple[str, float]:
        known = self._texts.get(row)
        if known is None:
            # What cannot be seen has a name, and what XML cannot hold stays out of an SVG.
            text = display_text(self._label_of(row), True).text
            if len(text) > _LONGEST:
                text = text[: _LONGEST - 1] + "…"
            width = QFontMetricsF(self.font).horizontalAdvance(text) + 2
            if len(self._texts) >= _MOST_KEPT:
                self._texts.clear()
            known = self._texts[row] = (text, width)
        return known

    def paint(
        self, painter: QPainter, labels: PlacedLabels, palette: Palette, ratio: float
    ) -> None:
        """Labels as pictures, for the screen."""
        if (palette, ratio) != self._made_for:
            self._pictures.clear()
            self._made_for = (palette, ratio)
        # Between two pixels the letters would blur.
        left, top = (np.rint(values * ratio) / ratio for values in (labels.left, labels.top))
        for row, x, y in zip(labels.rows.tolist(), left.tolist(), top.tolist(), strict=True):
            picture = self._pictures.get(row)
            if picture is None:
                if len(self._pictures) >= _MOST_KEPT:
                    self._pictures.clear()
                picture = self._pictures[row] = self._picture(row, palette, ratio)
            painter.drawPixmap(QPointF(x - _ROOM, y), picture)

    def paint_outlined(self, painter: QPainter, labels: PlacedLabels, palette: Palette) -> None:
        """Labels as letters, for a picture without pixels."""
        halo = QPen(palette.panel, 2 * _ROOM)
        halo.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
        places = zip(labels.rows.tolist(), labels.left.tolist(), labels.top.tolist(), strict=True)
        for row, left, top in places:
            place, text = QPointF(left, top + self._baseline()), self._known(row)[0]
            path = QPainterPath()
            path.addText(place, self.font, text)
            painter.strokePath(path, halo)
            self._letters(painter, place, text, palette.text)

    def tag_box(self, place: QPointF, row: int) -> QRectF:
        """Where a row's tag stands whose left end is on the middle of a line."""
        top = place.y() - LABEL_HEIGHT / 2
        return QRectF(place.x(), top, self.width_of(row) + 2 * TAG_ROOM, LABEL_HEIGHT)

    def paint_tag(
        self, painter: QPainter, box: QRectF, row: int, color: QColor, palette: Palette
    ) -> None:
        """A row's label on a ground of its own."""
        ground = QColor(palette.panel)
        ground.setAlpha(235)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(ground)
        painter.drawRoundedRect(box, 4, 4)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        baseline = QPointF(box.left() + TAG_ROOM, box.top() + self._baseline())
        self._letters(painter, baseline, self._known(row)[0], color)

    def _picture(self, row: int, palette: Palette, ratio: float) -> QPixmap:
        text, width = self._known(row)
        size = QSizeF(width + 2 * _ROOM, LABEL_HEIGHT + 2) * ratio
        image = QImage(size.toSize(), QImage.Format.Format_ARGB32_Premultiplied)
        image.setDevicePixelRatio(ratio)
        image.fill(Qt.GlobalColor.transparent)
        place = QPointF(_ROOM, self._baseline())
        halo = QColor(palette.panel)
        halo.setAlpha(_HALO)
        with QPainter(image) as painter:
            # Letters drawn all around themselves; the outline of a path takes five times as long.
            for x, y in _AROUND:
                self._letters(painter, place + QPointF(x, y), text, halo)
            self._letters(painter, place, text, palette.text)
        return QPixmap.fromImage(image)

    def _baseline(self) -> float:
        metrics = QFontMetricsF(self.font)
        return (LABEL_HEIGHT - metrics.ascent() - metrics.descent()) / 2 + metrics.ascent()

    def _letters(self, painter: QPainter, baseline: QPointF, text: str, color: QColor) -> None:
        painter.setFont(self.font)
        painter.setPen(color)
        painter.drawText(baseline, text)
