"""LookUpStrip: the road text → id → row → logits → softmax → loss of one prediction, in cards."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QImage, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from tokviz.gui.palette import LIGHT, Palette

N_STAGES = 6
_GAP, _ROW_GAP, _TOP_HEIGHT, _PAD = 20.0, 10.0, 68.0, 9.0
_LOW = 104.0  # below this the last card has no room for sentences
_SHARES = (0.34, 0.16, 0.5)  # of the width: text, id, row
_LOWER = (0.33, 0.37, 0.3)  # logits, softmax, loss


@dataclass(frozen=True)
class Bar:
    """A candidate for the next token. `gradient` is what the loss sends into its logit."""

    label: str
    logit: float
    probability: float
    gradient: float
    is_target: bool


@dataclass(frozen=True, eq=False)
class Prediction:
    """Everything a strip shows. `before` and `after` are the text around the token."""

    before: str
    label: str
    after: str
    id: int
    row: int
    n_rows: int
    values: NDArray[np.float32]
    with_output: bool
    bars: Sequence[Bar]
    target: str
    probability: float
    rank: int
    loss: float
    n_updates: int | None = None


class LookUpStrip(QWidget):
    """Cards in two rows; those after `stage` are still closed."""

    def __init__(self) -> None:
        super().__init__()
        self._palette: Palette = LIGHT
        self._shown: Prediction | None = None
        self._stage = N_STAGES - 1
        self._message = ""
        self.setMinimumSize(QSize(300, 150))
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setAccessibleName("Look-up, step by step")

    @property
    def stage(self) -> int:
        return self._stage

    def set_prediction(self, shown: Prediction | None, message: str = "") -> None:
        """Show a prediction, or a sentence where there is none."""
        self._shown, self._message = shown, message
        words = message if shown is None else _described(shown)
        self.setAccessibleDescription(words)
        self.update()

    def set_stage(self, stage: int) -> None:
        self._stage = min(max(stage, 0), N_STAGES - 1)
        self.update()

    def set_colors(self, palette: Palette) -> None:
        self._palette = palette
        self.update()

    # -- painting ------------------------------------------------------------------------------

    def cards(self) -> list[QRectF]:
        """Where the six cards stand."""
        room = self.width() - 4 - 2 * _GAP
        found, x = [], 2.0
        for share in _SHARES:
            found.append(QRectF(x, 2, room * share, _TOP_HEIGHT))
            x += room * share + _GAP
        x, top = 2.0, 2 + _TOP_HEIGHT + _ROW_GAP
        for share in _LOWER:
            found.append(QRectF(x, top, room * share, max(60.0, self.height() - top - 2)))
            x += room * share + _GAP
        return found

    def paintEvent(self, event: QPaintEvent) -> None:
        with QPainter(self) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setFont(self._font(8.5))
            if self._shown is None:
                painter.setPen(self._palette.muted)
                flags = Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap
                painter.drawText(QRectF(self.rect()).adjusted(20, 0, -20, 0), flags, self._message)
                return
            titles = _titles(self._shown)
            paint = (
                self._paint_text,
                self._paint_id,
                self._paint_row,
                self._paint_logits,
                self._paint_softmax,
                self._paint_loss,
            )
            cards = self.cards()
            for i, (card, title) in enumerate(zip(cards, titles, strict=True)):
                self._paint_frame(painter, card, title, is_open=i <= self._stage)
                if i % 3:
                    self._paint_arrow(painter, card, is_open=i <= self._stage)
                if i <= self._stage:
                    painter.save()
                    painter.setClipRect(card)
                    paint[i](painter, card.adjusted(_PAD, 22, -_PAD, -6), self._shown)
                    painter.restore()

    def _paint_frame(self, painter: QPainter, card: QRectF, title: str, *, is_open: bool) -> None:
        colors = self._palette
        painter.setPen(QPen(colors.line, 1))
        painter.setBrush(colors.window if is_open else Qt.BrushStyle.NoBrush)
        painter.drawRoundedRect(card, 5, 5)
        painter.setFont(self._font(8.5))
        painter.setPen(colors.muted if is_open else colors.faint)
        metrics = QFontMetricsF(painter.font())
        words = metrics.elidedText(title, Qt.TextElideMode.ElideRight, card.width() - 1.5 * _PAD)
        painter.drawText(QPointF(card.left() + _PAD, card.top() + 15), words)

    def _paint_arrow(self, painter: QPainter, card: QRectF, *, is_open: bool) -> None:
        painter.setPen(self._palette.text if is_open else self._palette.faint)
        painter.setFont(self._font(11))
        room = QRectF(card.left() - _GAP, card.top(), _GAP, card.height())
        painter.drawText(room, Qt.AlignmentFlag.AlignCenter, "→")

    def _paint_text(self, painter: QPainter, room: QRectF, shown: Prediction) -> None:
        """The token with its neighbours; the next one is what is to be predicted."""
        painter.setFont(self._token_font(10))
        metrics = QFontMetricsF(painter.font())
        label = metrics.elidedText(shown.label, Qt.TextElideMode.ElideRight, room.width() * 0.6)
        width = metrics.horizontalAdvance(label)
        left = room.left() + max(0.0, (room.width() - width) * 0.5)
        y = room.top() + 24
        box = QRectF(left - 3, y - metrics.ascent() - 2, width + 6, metrics.height() + 4)
        painter.setPen(QPen(self._palette.accent, 1.5))
        painter.setBrush(self._palette.accent_soft)
        painter.drawRoundedRect(box, 3, 3)
        painter.setPen(self._palette.text)
        painter.drawText(QPointF(left, y), label)
        painter.setPen(self._palette.muted)
        before = QRectF(room.left(), box.top(), box.left() - room.left() - 2, box.height())
        middle = Qt.AlignmentFlag.AlignVCenter
        painter.drawText(before, Qt.AlignmentFlag.AlignRight | middle, shown.before)
        after = QRectF(box.right() + 2, box.top(), room.right() - box.right() - 2, box.height())
        painter.drawText(after, Qt.AlignmentFlag.AlignLeft | middle, shown.after)

    def _paint_id(self, painter: QPainter, room: QRectF, shown: Prediction) -> None:
        painter.setFont(self._token_font(14))
        painter.setPen(self._palette.text)
        painter.drawText(QPointF(room.left(), room.top() + 26), f"{shown.id}")

    def _paint_row(self, painter: QPainter, room: QRectF, shown: Prediction) -> None:
        """The numbers of the row as a strip of colours."""
        strip = QRectF(room.left(), room.top() + 4, room.width(), 18)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, False)
        painter.drawImage(strip, _strip_image(shown.values, self._palette))
        painter.setPen(QPen(self._palette.accent, 1.5))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRect(strip)
        painter.setFont(self._font(8.5))
        painter.setPen(self._palette.muted)
        words = (
            f"{len(shown.values):,} numbers, {shown.values.min():.2f} … {shown.values.max():.2f}"
        )
        if shown.n_updates == 0:
            words = "never seen in training: still random"
        painter.drawText(QPointF(room.left(), room.top() + 38), words)

    def _paint_logits(self, painter: QPainter, room: QRectF, shown: Prediction) -> None:
        logits = [bar.logit for bar in shown.bars]
        low, high = min(*logits, 0.0), max(*logits, 0.0)
        span = max(high - low, 1e-9)
        for bar, line in self._lines(room, shown):
            start, end = sorted(((0 - low) / span, (bar.logit - low) / span))
            self._paint_bar(painter, line, bar, (start, end), f"{bar.logit:.2f}")

    def _paint_softmax(self, painter: QPainter, room: QRectF, shown: Prediction) -> None:
        most = max(bar.probability for bar in shown.bars)
        for bar, line in self._lines(room, shown):
            share = bar.probability / max(most, 1e-9)
            self._paint_bar(painter, line, bar, (0.0, share), f"{bar.probability:.1%}")

    def _lines(self, room: QRectF, shown: Prediction) -> list[tuple[Bar, QRectF]]:
        """As many bars as there is room for; the true next token's always is the last of them."""
        height = 18.0
        n = max(2, min(len(shown.bars), int(room.height() // height)))
        bars = list(shown.bars[:n])
        if not any(bar.is_target for bar in bars):
            bars[-1] = next(bar for bar in shown.bars if bar.is_target)
        return [
            (bar, QRectF(room.left(), room.top() + i * height, room.width(), height - 3))
            for i, bar in enumerate(bars)
        ]

    def _paint_bar(
        self, painter: QPainter, line: QRectF, bar: Bar, part: tuple[float, float], words: str
    ) -> None:
        colors = self._palette
        painter.setFont(self._token_font(8.5))
        metrics = QFontMetricsF(painter.font())
        label_width = min(72.0, line.width() * 0.36)
        number = metrics.horizontalAdvance("-00.00 ")
        painter.setPen(colors.text)
        middle = Qt.AlignmentFlag.AlignVCenter
        name = metrics.elidedText(bar.label, Qt.TextElideMode.ElideRight, label_width - 4)
        painter.drawText(line, Qt.AlignmentFlag.AlignLeft | middle, name)
        room = line.adjusted(label_width, 1, -number, -1)
        left, right = (room.left() + share * room.width() for share in part)
        color = colors.good if bar.is_target else colors.curves[0]
        painter.fillRect(QRectF(left, room.top(), max(right - left, 1.5), room.height()), color)
        painter.drawText(line, Qt.AlignmentFlag.AlignRight | middle, words)

    def _paint_loss(self, painter: QPainter, room: QRectF, shown: Prediction) -> None:
        colors = self._palette
        painter.setPen(colors.good)
        painter.setFont(self._token_font(10))
        metrics = QFontMetricsF(painter.font())
        name = metrics.elidedText(shown.target, Qt.TextElideMode.ElideRight, room.width())
        painter.drawText(QPointF(room.left(), room.top() + 14), name)
        painter.setFont(self._font(8.5))
        painter.setPen(colors.muted)
        if room.height() < _LOW:
            for i, words in enumerate((f"p {shown.probability:.2%}", f"loss {shown.loss:.3f}")):
                painter.drawText(QPointF(room.left(), room.top() + 30 + 15 * i), words)
            return
        likely = "the likeliest" if shown.rank == 0 else f"number {shown.rank + 1:,} by likelihood"
        lines = [f"comes next: {shown.probability:.2%},", likely]
        for i, words in enumerate(lines):
            painter.drawText(QPointF(room.left(), room.top() + 32 + 14 * i), words)
        painter.setFont(self._font(8.5))
        painter.drawText(QPointF(room.left(), room.top() + 70), "loss = −ln p")
        painter.setPen(colors.text)
        painter.setFont(self._token_font(14))
        painter.drawText(QPointF(room.left(), room.top() + 90), f"{shown.loss:.3f}")
        painter.setFont(self._font(8.5))
        painter.setPen(colors.muted)
        target = next(bar for bar in shown.bars if bar.is_target)
        words = f"pulls its logit: {-target.gradient:+.2f}"
        painter.drawText(QPointF(room.left(), room.top() + 108), words)

    def _font(self, points: float) -> QFont:
        font = QFont(self.font())
        font.setPointSizeF(points)
        return font

    def _token_font(self, points: float) -> QFont:
        font = QFont("JetBrains Mono")
        font.setStyleHint(QFont.StyleHint.Monospace)
        font.setPointSizeF(points)
        return font


def _titles(shown: Prediction) -> list[str]:
    logits = "× output layer = logits" if shown.with_output else "the row is the logits"
    return [
        "the token in the text",
        "its id",
        f"row {shown.row:,} of {shown.n_rows:,} of the table",
        logits,
        "softmax: the next token",
        "the true next token",
    ]


def _described(shown: Prediction) -> str:
    return (
        f"{shown.label} has the id {shown.id}; row {shown.row} gives the next token {shown.target} "
        f"the probability {shown.probability:.1%}, a loss of {shown.loss:.3f}."
    )


def _strip_image(values: NDArray[np.float32], palette: Palette) -> QImage:
    """One pixel a number: below zero towards one colour, above towards another."""
    most = max(float(np.abs(values).max()), 1e-9)
    below, zero, above = palette.curves[1], palette.panel, palette.curves[0]
    share = (np.abs(values) / most)[:, None]
    ends = np.where(values[:, None] < 0, _rgb(below), _rgb(above))
    mixed = (_rgb(zero) * (1 - share) + ends * share).astype(np.uint32)
    pixels = (0xFF << 24) | (mixed[:, 0] << 16) | (mixed[:, 1] << 8) | mixed[:, 2]
    pixels = np.ascontiguousarray(pixels.astype(np.uint32))
    image = QImage(pixels.data, len(pixels), 1, len(pixels) * 4, QImage.Format.Format_RGB32)
    return image.copy()


def _rgb(color: QColor) -> NDArray[np.float64]:
    return np.array([color.red(), color.green(), color.blue()], np.float64)
