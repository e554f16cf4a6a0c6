"""LatticeView: the places between characters, every token that fits as an arc, and the best path.

What is decided is told by lines, not by colour alone: the way that wins at a place is drawn whole,
one that lost is dashed, one not yet reached is thin; the best path is thick.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QEvent, QPointF, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFontMetricsF, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from tokviz.gui.palette import LIGHT, Palette
from tokviz.gui.widgets.replay.lattice_layout import LatticeArc, levels_of
from tokviz.gui.widgets.text.text_style import text_style

_SIDE = 26.0
_TOP = 8.0
_LEVEL = 36.0
_FOOT = 50.0  # below the line of places: their characters and scores
_NARROW, _WIDE = 46.0, 104.0  # a column
_NODE = 4.5
_MIDDLE = Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextDontClip


@dataclass(frozen=True)
class LatticeState:
    """How far it has come: `reached` is the last place that is decided, `winners` the arc that
    wins at each place up to it (-1 at the start), `totals` the scores there, `path` the arcs
    walked back so far, `place` the one that is looked at now."""

    reached: int
    winners: Sequence[int]
    totals: Sequence[float]
    path: frozenset[int]
    place: int


_NOTHING = LatticeState(0, (-1,), (0.0,), frozenset(), 0)


class LatticeView(QWidget):
    """Wider than its scroll area where there are many characters."""

    arc_picked = Signal(int)  # a token id
    arc_hovered = Signal(object)  # a token id or None

    def __init__(self) -> None:
        super().__init__()
        self._palette: Palette = LIGHT
        self._font = text_style(10, False, LIGHT.faint).font
        self._small = text_style(8, False, LIGHT.faint).font
        self._characters: Sequence[str] = ()
        self._arcs: Sequence[LatticeArc] = ()
        self._levels: list[int] = []
        self._state = _NOTHING
        self._selected: frozenset[int] = frozenset()
        self._hovered: int | None = None
        self.setMouseTracking(True)
        self.setSizePolicy(QSizePolicy.Policy.MinimumExpanding, QSizePolicy.Policy.MinimumExpanding)
        self.setAccessibleName("Lattice")

    # -- what it shows -------------------------------------------------------------------------

    def set_lattice(self, characters: Sequence[str], arcs: Sequence[LatticeArc]) -> None:
        """Another lattice, with nothing decided."""
        self._characters, self._arcs = characters, arcs
        self._levels = levels_of(arcs, len(characters))
        self._state = _NOTHING
        self.setMinimumSize(self.minimumSizeHint())
        self.updateGeometry()
        self.update()

    def set_state(self, state: LatticeState, words: str) -> None:
        """Show how far it has come; `words` say it to a screen reader."""
        self._state = state
        self.setAccessibleDescription(words)
        self.update()

    @property
    def state(self) -> LatticeState:
        return self._state

    def set_selected(self, ids: frozenset[int]) -> None:
        self._selected = ids
        self.update()

    def set_hovered(self, token_id: int | None) -> None:
        if token_id != self._hovered:
            self._hovered = token_id
            self.update()

    def set_colors(self, palette: Palette) -> None:
        self._palette = palette
        self.update()

    # -- layout --------------------------------------------------------------------------------

    @property
    def _n_levels(self) -> int:
        return max(self._levels, default=0) + 1

    def minimumSizeHint(self) -> QSize:
        wide = 2 * _SIDE + len(self._characters) * _NARROW
        return QSize(round(wide), round(_TOP + self._n_levels * _LEVEL + _FOOT + 10))

    def sizeHint(self) -> QSize:
        return self.minimumSizeHint()

    @property
    def _column(self) -> float:
        room = (self.width() - 2 * _SIDE) / max(len(self._characters), 1)
        return min(max(room, _NARROW), _WIDE)

    @property
    def _base(self) -> float:
        return _TOP + self._n_levels * _LEVEL + 8

    def x_of(self, place: int) -> float:
        """Where a place between two characters stands."""
        return _SIDE + place * self._column

    def _y_of(self, level: int) -> float:
        return self._base - 20 - level * _LEVEL

    def label_rect(self, index: int) -> QRectF:
        """Where the words of an arc stand."""
        arc = self._arcs[index]
        left, right = self.x_of(arc.start), self.x_of(arc.end)
        return QRectF(left + 4, self._y_of(self._levels[index]) - 14, right - left - 8, 28)

    # -- mouse ---------------------------------------------------------------------------------

    def _arc_at(self, place: QPointF) -> LatticeArc | None:
        for i, arc in enumerate(self._arcs):
            if arc.id >= 0 and self.label_rect(i).contains(place):
                return arc
        return None

    def mousePressEvent(self, event: QMouseEvent) -> None:
        arc = self._arc_at(event.position())
        if event.button() == Qt.MouseButton.LeftButton and arc is not None:
            self.arc_picked.emit(arc.id)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        arc = self._arc_at(event.position())
        self.setCursor(Qt.CursorShape.PointingHandCursor if arc else Qt.CursorShape.ArrowCursor)
        self._hover(None if arc is None else arc.id)

    def leaveEvent(self, event: QEvent) -> None:
        self._hover(None)

    def _hover(self, token_id: int | None) -> None:
        if token_id != self._hovered:
            self.set_hovered(token_id)
            self.arc_hovered.emit(token_id)

    # -- painting ------------------------------------------------------------------------------

    def paintEvent(self, event: QPaintEvent) -> None:
        with QPainter(self) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            self.paint(painter, event.rect())

    def paint(self, painter: QPainter, seen: QRect) -> None:
        """Paint what lies between the left and the right of `seen`."""
        first = int((seen.left() - _SIDE) // self._column)
        last = int((seen.right() - _SIDE) // self._column) + 1
        inside = [i for i, a in enumerate(self._arcs) if a.end >= first and a.start <= last]
        winners = {i for i in self._state.winners if i >= 0}
        by_rank = sorted(inside, key=lambda i: (i in self._state.path, i in winners))
        for i in by_rank:
            self._paint_line(painter, i, i in winners)
        for i in by_rank:
            self._paint_label(painter, i, i in winners)
        for place in range(max(first, 0), min(last, len(self._characters)) + 1):
            self._paint_place(painter, place)

    def _pen(self, index: int, wins: bool) -> QPen:
        state, palette = self._state, self._palette
        if index in state.path:
            return QPen(palette.accent, 3.5)
        if self._arcs[index].end > state.reached:
            return QPen(palette.line, 1)
        if wins:
            return QPen(palette.muted, 1.6)
        return QPen(palette.faint, 1, Qt.PenStyle.DashLine)

    def _paint_line(self, painter: QPainter, index: int, wins: bool) -> None:
        arc, y = self._arcs[index], self._y_of(self._levels[index])
        left, right, base = self.x_of(arc.start), self.x_of(arc.end), self._base
        pen = self._pen(index, wins)
        pen.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
        painter.setPen(pen)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        line = [(left, base), (left + 6, y), (right - 6, y), (right, base)]
        painter.drawPolyline([QPointF(*corner) for corner in line])

    def _paint_label(self, painter: QPainter, index: int, wins: bool) -> None:
        palette, arc = self._palette, self._arcs[index]
        on_path = index in self._state.path
        ahead = arc.end > self._state.reached and not on_path
        room = self.label_rect(index)
        shown = QFontMetricsF(self._font).elidedText(
            arc.label, Qt.TextElideMode.ElideMiddle, room.width()
        )
        wide = QFontMetricsF(self._font).horizontalAdvance(shown)
        score = f"{arc.score:.2f}"
        wide = max(wide, QFontMetricsF(self._small).horizontalAdvance(score)) + 6
        rect = QRectF(room.center().x() - wide / 2, room.top(), wide, room.height())
        lit = arc.id >= 0 and (arc.id == self._hovered or arc.id in self._selected)
        painter.setPen(QPen(palette.accent, 1.4) if lit else Qt.PenStyle.NoPen)
        painter.setBrush(palette.accent_soft if on_path or lit else palette.panel)
        painter.drawRoundedRect(rect, 4, 4)
        painter.setFont(self._font)
        painter.setPen(palette.muted if ahead else palette.text)
        painter.drawText(QRectF(rect.left(), rect.top(), rect.width(), 16), _MIDDLE, shown)
        painter.setFont(self._small)
        painter.setPen(palette.muted)
        painter.drawText(QRectF(rect.left(), rect.top() + 15, rect.width(), 12), _MIDDLE, score)

    def _paint_place(self, painter: QPainter, place: int) -> None:
        palette, state = self._palette, self._state
        x, base = self.x_of(place), self._base
        decided = place <= state.reached
        is_now = place == state.place
        painter.setPen(QPen(palette.accent if is_now else palette.muted, 1.6))
        painter.setBrush(palette.accent if is_now else palette.muted if decided else palette.panel)
        size = _NODE + 1.5 if is_now else _NODE
        painter.drawEllipse(QPointF(x, base), size, size)
        if place < len(self._characters):
            painter.setFont(self._font)
            painter.setPen(palette.text)
            cell = QRectF(x, base + 5, self._column, 18)
            painter.drawText(cell, _MIDDLE, self._characters[place])
        if decided:
            painter.setFont(self._small)
            painter.setPen(_ink(palette, is_now))
            cell = QRectF(x - self._column / 2, base + 24, self._column, 14)
            painter.drawText(cell, _MIDDLE, f"{state.totals[place]:.2f}")


def _ink(palette: Palette, is_now: bool) -> QColor:
    return palette.accent if is_now else palette.muted
