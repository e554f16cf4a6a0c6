"""ColorLegend: what the colours of a map mean, as named categories with counts or as a scale.

A click on a category asks for it alone, so that the others can be dimmed; a second takes it back.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QFontMetricsF,
    QIcon,
    QLinearGradient,
    QPainter,
    QPaintEvent,
    QPen,
    QPixmap,
)
from PySide6.QtWidgets import QSizePolicy, QToolButton, QVBoxLayout, QWidget

from tokviz.gui.palette import LIGHT, Palette
from tokviz.gui.widgets.flow_layout import FlowLayout

_SWATCH = 10  # pixels
_BAR_WIDTH, _BAR_HEIGHT = 240, 8
_SCALE_HEIGHT = 40


@dataclass(frozen=True)
class ColorCategory:
    """A colour's name and how many rows have it; `hollow` ones are drawn as rings."""

    name: str
    color: QColor
    count: int
    hollow: bool = False


@dataclass(frozen=True)
class ColorScale:
    """Colours evenly spaced from `low` to `high`, none where no row has a value; `ticks` are (where
    from 0 to 1, the words)."""

    title: str
    colors: tuple[QColor, ...]
    ticks: tuple[tuple[float, str], ...]
    missing: str = ""  # what is said of rows without a value, in the palette's `unknown` colour


class ColorLegend(QWidget):
    """Shows one or the other; empty it takes no room."""

    picked = Signal(object)  # the number of a category, or None for all

    def __init__(self) -> None:
        super().__init__()
        self._palette: Palette = LIGHT
        self._categories: tuple[ColorCategory, ...] = ()
        self._buttons: list[QToolButton] = []
        self._picked: int | None = None
        self._brief = False
        self._row = QWidget()
        self._flow = FlowLayout(self._row, gap=4)
        self._bar = _ScaleBar()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self._row)
        column.addWidget(self._bar)
        self._bar.hide()
        self.setAccessibleName("Colours of the map")

    def set_categories(self, categories: Sequence[ColorCategory]) -> None:
        """Show categories, none of them picked; nothing is emitted."""
        self._forget()
        self._categories = tuple(categories)
        for number, category in enumerate(self._categories):
            button = QToolButton()
            button.setObjectName("switch")
            button.setCheckable(True)
            button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
            button.setIconSize(QSize(_SWATCH, _SWATCH))
            button.setToolTip(f"{category.count:,} rows; a click shows these only, another all")
            button.setAccessibleName(f"{category.name}, {category.count:,} rows")
            button.clicked.connect(lambda _on=False, number=number: self._on_clicked(number))
            self._flow.addWidget(button)
            self._buttons.append(button)
        self._name_buttons()
        self._paint_swatches()
        self._row.setVisible(bool(self._categories))
        self._bar.hide()
        self.updateGeometry()

    def set_scale(self, scale: ColorScale) -> None:
        """Show a scale instead of categories."""
        self._forget()
        self._row.hide()
        self._bar.show_scale(scale, self._palette)
        self.setAccessibleDescription(f"{scale.title}: {', '.join(w for _, w in scale.ticks)}")
        self.updateGeometry()

    def clear(self) -> None:
        self.set_categories(())

    def set_brief(self, brief: bool) -> None:
        """Whether the numbers are left to the tips, where there is little room."""
        if brief != self._brief:
            self._brief = brief
            self._name_buttons()

    def _name_buttons(self) -> None:
        for button, category in zip(self._buttons, self._categories, strict=True):
            name = category.name.replace("&", "&&")  # one would make a shortcut
            button.setText(f" {name}" if self._brief else f" {name}  {category.count:,}")

    def set_colors(self, palette: Palette) -> None:
        """Another theme; the colours of categories and scale are set anew by whoever chose them."""
        self._palette = palette
        self._paint_swatches()
        self._bar.set_colors(palette)

    @property
    def picked_category(self) -> int | None:
        return self._picked

    def _on_clicked(self, number: int) -> None:
        self._picked = None if self._picked == number else number
        for other, button in enumerate(self._buttons):
            button.setChecked(other == self._picked)
        self.picked.emit(self._picked)

    def _forget(self) -> None:
        self._picked = None
        self._categories = ()
        for button in self._buttons:
            self._flow.removeWidget(button)
            button.setParent(None)
            button.deleteLater()
        self._buttons = []

    def _paint_swatches(self) -> None:
        ratio = self.devicePixelRatioF()
        for button, category in zip(self._buttons, self._categories, strict=True):
            button.setIcon(QIcon(_swatch(category, ratio)))


def _swatch(category: ColorCategory, ratio: float) -> QPixmap:
    picture = QPixmap(round(_SWATCH * ratio), round(_SWATCH * ratio))
    picture.setDevicePixelRatio(ratio)
    picture.fill(Qt.GlobalColor.transparent)
    with QPainter(picture) as painter:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if category.hollow:
            painter.setPen(QPen(category.color, 1.6))
        else:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(category.color)
        painter.drawEllipse(QPointF(_SWATCH / 2, _SWATCH / 2), 3.6, 3.6)
    return picture


class _ScaleBar(QWidget):
    """A bar of colours over its ticks, with its title at the left."""

    def __init__(self) -> None:
        super().__init__()
        self._scale = ColorScale("", (), ())
        self._palette: Palette = LIGHT
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def show_scale(self, scale: ColorScale, palette: Palette) -> None:
        self._scale, self._palette = scale, palette
        self.show()
        self.update()

    def set_colors(self, palette: Palette) -> None:
        self._palette = palette
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(_BAR_WIDTH + 160, _SCALE_HEIGHT)

    def minimumSizeHint(self) -> QSize:
        return QSize(160, _SCALE_HEIGHT)

    def paintEvent(self, event: QPaintEvent) -> None:
        scale, palette = self._scale, self._palette
        if not scale.title:
            return
        with QPainter(self) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            metrics = QFontMetricsF(painter.font())
            painter.setPen(palette.muted)
            painter.drawText(QPointF(6, 9 + metrics.ascent() / 2), scale.title)
            left = 6 + metrics.horizontalAdvance(scale.title) + 18
            bar = QRectF(left, 6, min(_BAR_WIDTH, self.width() - left - 24), _BAR_HEIGHT)
            if not scale.colors:
                bar.setWidth(0)
            elif bar.width() < 40:
                return
            else:
                self._paint_bar(painter, bar)
                self._paint_ticks(painter, bar, metrics)
            self._paint_missing(painter, bar, metrics)

    def _paint_bar(self, painter: QPainter, bar: QRectF) -> None:
        colors = self._scale.colors
        gradient = QLinearGradient(bar.topLeft(), bar.topRight())
        steps = max(len(colors) - 1, 1)
        for number, color in enumerate(colors):
            gradient.setColorAt(number / steps, color)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(gradient)
        painter.drawRoundedRect(bar, 3, 3)

    def _paint_ticks(self, painter: QPainter, bar: QRectF, metrics: QFontMetricsF) -> None:
        """The words below the bar; those that would stand on the last ones are left out."""
        end = -1e9
        for part, words in self._scale.ticks:
            x = bar.left() + part * bar.width()
            wide = metrics.horizontalAdvance(words)
            start = min(max(x - wide / 2, 0), self.width() - wide)
            if start < end + 8:
                continue
            painter.setPen(QPen(self._palette.faint, 1))
            painter.drawLine(QPointF(x, bar.bottom() + 1), QPointF(x, bar.bottom() + 5))
            painter.setPen(self._palette.muted)
            painter.drawText(QPointF(start, bar.bottom() + 6 + metrics.ascent()), words)
            end = start + wide

    def _paint_missing(self, painter: QPainter, bar: QRectF, metrics: QFontMetricsF) -> None:
        words = self._scale.missing
        left = bar.right() + 28
        if not words or left + 14 + metrics.horizontalAdvance(words) > self.width():
            return
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(self._palette.unknown)
        painter.drawEllipse(QPointF(left, 10), 3.6, 3.6)
        painter.setPen(self._palette.muted)
        painter.drawText(QPointF(left + 9, 9 + metrics.ascent() / 2), words)
