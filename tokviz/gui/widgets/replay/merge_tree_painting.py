"""Paints a merge tree, or the part of it in a window: on screen, in a picture, in an SVG file."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPainter, QPen

from tokviz.gui.palette import Palette
from tokviz.gui.widgets.replay.merge_tree_labels import (
    Box,
    TakenPixels,
    fits_on_bar,
    place_above,
    place_on_bar,
    taken_by_lines,
)
from tokviz.gui.widgets.replay.merge_tree_layout import TreeGeometry, TreeLeaf, TreeNode
from tokviz.gui.widgets.text.text_style import text_style

_MARGIN = 80.0  # words are placed a little beyond the window, so that scrolling moves none
_LABEL_HEIGHT = 11.0
_CHIP_HEIGHT = 18.0
_CHIP_PAD = 5.0
_DOTS = [1.0, 3.0]


class TreeFonts:
    """The fonts of the tree and the width of a digit beside a bar."""

    def __init__(self, color: QColor) -> None:
        self.label = _font(12, color)
        self.small_label = _font(9, color)
        self.hex = _font(7, color)
        self.rank = _font(7.5, color)
        self.bold_rank = _bold(self.rank)
        self.name = _font(9, color)
        self.bold_name = _bold(self.name)
        self.character = _font(13, color)
        self.small_character = _font(8, color)
        self.digit = QFontMetricsF(self.rank).horizontalAdvance("0")
        self.label_advance = QFontMetricsF(self.label).horizontalAdvance("0")


@dataclass
class TreeScene:
    """What is to be painted. `ids` has an entry an element."""

    leaves: Sequence[TreeLeaf]
    nodes: Sequence[TreeNode]
    ids: Sequence[int]
    geometry: TreeGeometry
    fonts: TreeFonts
    palette: Palette
    n_done: int = 0
    selected: frozenset[int] = frozenset()
    hovered: int | None = None
    _words: "_Words | None" = field(default=None, repr=False)

    def set_geometry(self, geometry: TreeGeometry) -> None:
        """Lay the same tree out anew."""
        self.geometry = geometry
        self._words = None

    @property
    def newest(self) -> int | None:
        """The node that the last step made."""
        return self.n_done - 1 if self.n_done else None

    def paint(self, painter: QPainter, left: float, right: float) -> None:
        """Paint what lies between two pixels of the tree."""
        geometry = self.geometry
        nodes = geometry.nodes_between(left, right).tolist()
        leaves = geometry.leaves_between(left, right)
        words = self._words_between(left, right)
        self._paint_spans(painter, leaves, nodes)
        self._paint_lines(painter, nodes)
        self._paint_ranks(painter, words)
        self._paint_names(painter, words)
        self._paint_leaves(painter, leaves)
        self._paint_characters(painter, left, right)

    def name_at(self, x: float, y: float) -> int | None:
        """The node whose name, as painted last, is there."""
        for node, (box, _) in self._words.names.items() if self._words else ():
            inside = box.left <= x <= box.right and box.top <= y <= box.bottom
            if inside and (node < self.n_done):
                return node
        return None

    # -- words ---------------------------------------------------------------------------------

    def _words_between(self, left: float, right: float) -> "_Words":
        words = self._words
        if words is None or words.left > left or words.right < right:
            words = _Words(max(left - _MARGIN, 0), min(right + _MARGIN, self.geometry.width))
            self._place(words)
            self._words = words
        return words

    def _place(self, words: "_Words") -> None:
        geometry, n = self.geometry, self.geometry.shape.n_leaves
        nodes = geometry.nodes_between(words.left, words.right)
        words.taken = taken_by_lines(geometry, nodes, words.left, words.right)
        metrics = QFontMetricsF(self.fonts.bold_name)
        final = geometry.shape.parent[n + nodes] < 0
        for node in nodes[final].tolist():
            first, last = geometry.span(n + node)
            name = _elided(self.nodes[node].label, metrics, last - first - 2 - 2 * _CHIP_PAD)
            if name:
                wide = metrics.horizontalAdvance(name) + 2 * _CHIP_PAD
                wanted = float(geometry.x[n + node]) - wide / 2
                start = min(max(wanted, first + 1), last - 1 - wide)
                on_bar = fits_on_bar(geometry, node, self._rank_width(node))
                bottom = float(geometry.bars[node]) - (9 if on_bar else _LABEL_HEIGHT + 5)
                box = Box(round(start), round(bottom - _CHIP_HEIGHT), wide, _CHIP_HEIGHT)
                words.taken.take(box.left, box.top, box.right, box.bottom)
                words.names[node] = box, name
        for node in nodes.tolist():
            wide = self._rank_width(node)
            place = place_on_bar(geometry, node, words.taken, wide, _LABEL_HEIGHT)
            if place is not None:
                words.ranks[node] = place

    def _rank_width(self, node: int) -> float:
        return len(f"{self.nodes[node].rank:,}") * self.fonts.digit + 2

    def _newest_name(self, words: "_Words") -> tuple[Box, str] | None:
        """The name of the newest node; it may stand over the stem to a bar that is to come."""
        node = self.newest
        if node is None or words.taken is None:
            return None
        if node in words.names:
            return words.names[node]
        if node not in words.tried:
            metrics = QFontMetricsF(self.fonts.bold_name)
            name = _elided(self.nodes[node].label, metrics, 240)
            wide = metrics.horizontalAdvance(name) + 2 * _CHIP_PAD
            box = place_above(self.geometry, node, words.taken, wide, _CHIP_HEIGHT)
            words.tried[node] = None if box is None else (box, name)
        return words.tried[node]

    # -- painting ------------------------------------------------------------------------------

    def _paint_spans(self, painter: QPainter, leaves: range, nodes: list[int]) -> None:
        """A wash behind the bytes of the newest node, rings around those of selected tokens."""
        n, newest = self.geometry.shape.n_leaves, self.newest
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(self.palette.accent_soft)
        if newest is not None:
            painter.drawRoundedRect(self._span_rect(n + newest), 5, 5)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        for element in [*leaves, *(n + node for node in nodes)]:
            if self.ids[element] in self.selected:
                painter.setPen(QPen(self.palette.accent, 1.8))
                painter.drawRoundedRect(self._span_rect(element), 5, 5)
            elif self.ids[element] == self.hovered:
                painter.setPen(QPen(self.palette.faint, 1.2))
                painter.drawRoundedRect(self._span_rect(element), 5, 5)

    def _span_rect(self, element: int) -> QRectF:
        first, last = self.geometry.span(element)
        top = self.geometry.label_y
        return QRectF(first + 1, top, last - first - 2, self.geometry.character_y - top - 1)

    def _paint_lines(self, painter: QPainter, nodes: list[int]) -> None:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        palette, newest = self.palette, self.newest
        ahead, done, marked = [], [], []
        for node in nodes:
            id_ = self.nodes[node].id
            if id_ == self.hovered or id_ in self.selected:
                marked.append(node)
            elif node >= self.n_done:
                ahead.append(node)
            elif node != newest:
                done.append(node)
        dots = QPen(palette.faint, 1)
        dots.setDashPattern(_DOTS)
        self._draw(painter, dots, ahead)
        self._draw(painter, QPen(palette.muted, 1), done)
        for node in marked:
            pen = QPen(palette.accent if self.nodes[node].id in self.selected else palette.text, 2)
            pen.setJoinStyle(Qt.PenJoinStyle.MiterJoin)
            if node >= self.n_done:
                pen.setDashPattern(_DOTS)
            self._draw(painter, pen, [node])
        if newest is not None:
            pen = QPen(palette.accent, 3, c=Qt.PenCapStyle.FlatCap, j=Qt.PenJoinStyle.MiterJoin)
            self._draw(painter, pen, [newest])

    def _draw(self, painter: QPainter, pen: QPen, nodes: list[int]) -> None:
        geometry = self.geometry
        painter.setPen(pen)
        for node in nodes:
            left, right = _crisp(geometry.x_left[node]), _crisp(geometry.x_right[node])
            bar = _crisp(geometry.bars[node])
            corners = (
                (left, _crisp(geometry.y_left[node])),
                (left, bar),
                (right, bar),
                (right, _crisp(geometry.y_right[node])),
            )
            painter.drawPolyline([QPointF(*corner) for corner in corners])

    def _paint_ranks(self, painter: QPainter, words: "_Words") -> None:
        palette, newest = self.palette, self.newest
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        for node, box in words.ranks.items():
            if node >= self.n_done:
                continue
            is_newest = node == newest
            painter.fillRect(_rect(box), palette.panel)
            painter.setFont(self.fonts.bold_rank if is_newest else self.fonts.rank)
            painter.setPen(palette.accent if is_newest else palette.muted)
            middle = Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextDontClip
            painter.drawText(_rect(box), middle, f"{self.nodes[node].rank:,}")

    def _paint_names(self, painter: QPainter, words: "_Words") -> None:
        for node, (box, name) in words.names.items():
            if node < self.n_done and node != self.newest:
                self._paint_chip(painter, node, box, name)
        newest = self._newest_name(words)
        if newest is not None and self.newest is not None:
            self._paint_chip(painter, self.newest, *newest)

    def _paint_chip(self, painter: QPainter, node: int, box: Box, name: str) -> None:
        palette, is_newest = self.palette, node == self.newest
        rect = _rect(box).adjusted(0.5, 0.5, -0.5, -0.5)
        selected = self.nodes[node].id in self.selected
        painter.setBrush(palette.accent_soft if is_newest else palette.window)
        painter.setPen(QPen(palette.accent if is_newest else palette.line, 1))
        painter.drawRoundedRect(rect, 4, 4)
        if selected or self.nodes[node].id == self.hovered:
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(palette.accent if selected else palette.faint, 1.8))
            painter.drawRoundedRect(rect.adjusted(-2, -2, 2, 2), 5, 5)
        painter.setFont(self.fonts.bold_name)
        painter.setPen(palette.text)
        painter.drawText(rect, Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextDontClip, name)

    def _paint_leaves(self, painter: QPainter, leaves: range) -> None:
        geometry, fonts, palette = self.geometry, self.fonts, self.palette
        wide = geometry.leaf_width
        roomy = wide >= 24
        middle = Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextDontClip
        for leaf in leaves:
            shown = self.leaves[leaf]
            left = geometry.leaf_left(leaf)
            is_hex = shown.label == shown.hex
            short = len(shown.label) * fonts.label_advance <= wide - 4
            painter.setFont(fonts.label if roomy and short and not is_hex else fonts.small_label)
            painter.setPen(palette.muted if is_hex else palette.text)
            tall = 35 if is_hex else 23
            painter.drawText(QRectF(left, geometry.label_y, wide, tall), middle, shown.label)
            if not is_hex:
                painter.setFont(fonts.hex)
                painter.setPen(palette.muted)
                painter.drawText(QRectF(left, geometry.hex_y, wide, 13), middle, shown.hex)

    def _paint_characters(self, painter: QPainter, left: float, right: float) -> None:
        """A bracket under the bytes of each character, and the character in its middle."""
        geometry, fonts, palette = self.geometry, self.fonts, self.palette
        leaves = geometry.leaves_between(left, right)
        top = _crisp(geometry.character_y)
        for character in geometry.shape.characters:
            if character.last < leaves.start or character.first >= leaves.stop:
                continue
            start = _crisp(geometry.leaf_left(character.first)) + 3
            end = _crisp(geometry.leaf_left(character.last + 1)) - 3
            painter.setPen(QPen(palette.faint, 1))
            corners = (start, top), (start, top + 4), (end, top + 4), (end, top)
            painter.drawPolyline([QPointF(*corner) for corner in corners])
            # A stand-in for what cannot be seen is no letter and does not look like one.
            stand_in = len(character.text) > 1 and character.text.isascii()
            wide = QFontMetricsF(fonts.character).horizontalAdvance(character.text)
            small = stand_in or wide > end - start + 4
            painter.setPen(palette.muted if stand_in else palette.text)
            painter.setFont(fonts.small_character if small else fonts.character)
            place = QRectF(start, top + 5, end - start, 26)
            middle = Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextDontClip
            painter.drawText(place, middle, character.text)


class _Words:
    """Where words stand in a part of the tree; they keep their places while steps go by."""

    def __init__(self, left: float, right: float) -> None:
        self.left, self.right = left, right
        self.ranks: dict[int, Box] = {}
        self.names: dict[int, tuple[Box, str]] = {}  # of final tokens
        self.tried: dict[int, tuple[Box, str] | None] = {}  # of the newest nodes so far
        self.taken: TakenPixels | None = None


def _rect(box: Box) -> QRectF:
    return QRectF(box.left, box.top, box.width, box.height)


def _crisp(pixel: float) -> float:
    return int(pixel) + 0.5


def _elided(name: str, metrics: QFontMetricsF, wide: float) -> str:
    """The name, shortened to fit; "" where next to nothing of it would."""
    name = name if len(name) <= 60 else name[:60] + "…"
    if metrics.horizontalAdvance(name) <= wide:
        return name
    shorter = metrics.elidedText(name, Qt.TextElideMode.ElideRight, wide)
    return shorter if len(shorter) > 2 else ""


def _font(points: float, color: QColor) -> QFont:
    return text_style(points, False, color).font


def _bold(font: QFont) -> QFont:
    bold = QFont(font)
    bold.setBold(True)
    return bold
