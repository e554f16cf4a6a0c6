"""Labels as small pictures: a token's visible characters with a halo, drawn once and kept."""

from collections.abc import Callable

from PySide6.QtCore import QPointF, Qt
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
from tokviz.gui.widgets.scatter_labels import LABEL_HEIGHT, PlacedLabel
from tokviz.gui.widgets.text_style import token_font

_POINTS = 8.0
_HALO = 3.0  # width of the line around the letters, half of it outside
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

    def text_of(self, row: int) -> str:
        return self._known(row)[0]

    def width_of(self, row: int) -> float:
        return self._known(row)[1]

    def _known(self, row: int) -> tuple[str, float]:
        known = self._texts.get(row)
        if known is None:
            text = self._label_of(row)
            if len(text) > _LONGEST:
                text = text[: _LONGEST - 1] + "…"
            width = QFontMetricsF(self.font).horizontalAdvance(text) + 2
            if len(self._texts) >= _MOST_KEPT:
                self._texts.clear()
            known = self._texts[row] = (text, width)
        return known

    def paint(
        self, painter: QPainter, labels: list[PlacedLabel], palette: Palette, ratio: float
    ) -> None:
        """Labels as pictures, for the screen."""
        if (palette, ratio) != self._made_for:
            self._pictures.clear()
            self._made_for = (palette, ratio)
        for label in labels:
            picture = self._pictures.get(label.row)
            if picture is None:
                if len(self._pictures) >= _MOST_KEPT:
                    self._pictures.clear()
                picture = self._pictures[label.row] = self._picture(label.row, palette, ratio)
            # Between two pixels the letters would blur.
            left, top = round(label.left * ratio) / ratio, round(label.top * ratio) / ratio
            painter.drawPixmap(QPointF(left - 2, top), picture)

    def paint_outlined(
        self, painter: QPainter, labels: list[PlacedLabel], palette: Palette
    ) -> None:
        """Labels as letters, for a picture without pixels."""
        for label in labels:
            place = QPointF(label.left, label.top + self._baseline())
            self._halo(painter, place, self.text_of(label.row), palette.panel)
            self._letters(painter, place, self.text_of(label.row), palette.text)

    def paint_one(
        self, painter: QPainter, place: QPointF, text: str, color: QColor, halo: QColor
    ) -> None:
        """A text in a colour of its own, its left end on the middle of a line."""
        baseline = QPointF(place.x(), place.y() - LABEL_HEIGHT / 2 + self._baseline())
        self._halo(painter, baseline, text, halo)
        self._letters(painter, baseline, text, color)

    def _picture(self, row: int, palette: Palette, ratio: float) -> QPixmap:
        text, width = self._known(row)
        image = QImage(
            round((width + 6) * ratio),
            round((LABEL_HEIGHT + 2) * ratio),
            QImage.Format.Format_ARGB32_Premultiplied,
        )
        image.setDevicePixelRatio(ratio)
        image.fill(Qt.GlobalColor.transparent)
        with QPainter(image) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            place = QPointF(2, self._baseline())
            self._halo(painter, place, text, palette.panel)
            self._letters(painter, place, text, palette.text)
        return QPixmap.fromImage(image)

    def _baseline(self) -> float:
        metrics = QFontMetricsF(self.font)
        return (LABEL_HEIGHT - metrics.ascent() - metrics.descent()) / 2 + metrics.ascent()

    def _halo(self, painter: QPainter, baseline: QPointF, text: str, color: QColor) -> None:
        path = QPainterPath()
        path.addText(baseline, self.font, text)
        halo = QColor(color)
        halo.setAlpha(215)
        pen = QPen(halo, _HALO, Qt.PenStyle.SolidLine)
        pen.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
        painter.strokePath(path, pen)

    def _letters(self, painter: QPainter, baseline: QPointF, text: str, color: QColor) -> None:
        painter.setFont(self.font)
        painter.setPen(color)
        painter.drawText(baseline, text)
