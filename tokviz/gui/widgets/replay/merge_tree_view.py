"""MergeTreeView: the merges of a pre-token as a tree that grows with the steps."""

import html
from collections.abc import Sequence

from PySide6.QtCore import QEvent, QPoint, QPointF, QRect, QSize, Qt, Signal
from PySide6.QtGui import (
    QHelpEvent,
    QImage,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QResizeEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QAbstractScrollArea, QFrame, QToolTip

from tokviz.gui.palette import LIGHT, Palette
from tokviz.gui.widgets.pictures import svg_of
from tokviz.gui.widgets.replay.merge_tree_layout import (
    WIDEST_LEAF,
    TreeGeometry,
    TreeLeaf,
    TreeNode,
    TreeShape,
    least_height,
)
from tokviz.gui.widgets.replay.merge_tree_painting import TreeFonts, TreeScene

_PICTURE_HEIGHT = 380
_PICTURE_WIDTH = 900
_WIDEST_PICTURE = 32_000  # pixels; Qt paints nothing beyond 32,767
_NEAR = 40  # pixels from the edge that still count as in view
_ARROW_STEP = 60
_LONGEST_TIP = 200


class MergeTreeView(QAbstractScrollArea):
    """Bytes stand on the baseline, a bar joins each pair that was merged.

    A long pre-token is scrolled sideways, and only what is in view is painted.
    """

    node_picked = Signal(int)  # the token id of a bar or of a byte
    node_hovered = Signal(object)  # a token id or None
    step_requested = Signal(int)  # by a double click: the step that made the node

    def __init__(self) -> None:
        super().__init__()
        self._fonts = TreeFonts(LIGHT.faint)
        self._shape = TreeShape([], [])
        self._by_rank = False
        self._scene = TreeScene([], [], [], self._geometry(), self._fonts, LIGHT)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.viewport().setMouseTracking(True)
        self.viewport().setAutoFillBackground(False)
        self.setAccessibleName("Merge tree")

    # -- what it shows -------------------------------------------------------------------------

    def set_tree(
        self, leaves: Sequence[TreeLeaf], leaf_ids: Sequence[int], nodes: Sequence[TreeNode]
    ) -> None:
        """Show another tree, before its first merge, from its left end."""
        scene = self._scene
        self._shape = TreeShape(leaves, nodes)
        ids = [*leaf_ids, *(node.id for node in nodes)]
        self._scene = TreeScene(leaves, nodes, ids, self._geometry(), self._fonts, scene.palette)
        self._scene.selected, self._scene.hovered = scene.selected, scene.hovered
        self._lay_out()
        self.updateGeometry()
        self.horizontalScrollBar().setValue(0)
        self._describe()

    def set_step(self, n_steps_done: int) -> None:
        """The first so many nodes are there; the last of them is the newest, and in view."""
        self._scene.n_done = min(max(n_steps_done, 0), len(self._scene.nodes))
        self._show_newest()
        self._describe()
        self.viewport().update()

    def set_height_by_rank(self, by_rank: bool) -> None:
        """Heights by the logarithm of the rank instead of by the order of merging."""
        if by_rank != self._by_rank:
            self._by_rank = by_rank
            self._lay_out()

    def set_selected(self, ids: frozenset[int]) -> None:
        self._scene.selected = ids
        self.viewport().update()

    def set_hovered(self, id: int | None) -> None:
        if id != self._scene.hovered:
            self._scene.hovered = id
            self.viewport().update()

    def set_colors(self, palette: Palette) -> None:
        self._scene.palette = palette
        panel, accent = palette.panel.name(), palette.accent.name()
        self.setStyleSheet(
            f"MergeTreeView {{ background: {panel}; border: 1px solid {panel}; }}"
            f"MergeTreeView:focus {{ border-color: {accent}; }}"
        )
        self.viewport().update()

    @property
    def n_steps_done(self) -> int:
        return self._scene.n_done

    def place_of(self, element: int) -> QPoint:
        """Where an element is in the viewport: the middle of a bar, or of a byte's letter."""
        geometry = self._scene.geometry
        y = float(geometry.y[element])
        if element < self._shape.n_leaves:
            y = geometry.label_y + 12
        return QPoint(int(geometry.x[element]) - self._scrolled, int(y))

    def sizeHint(self) -> QSize:
        return QSize(560, 300)

    def minimumSizeHint(self) -> QSize:
        bar = self.horizontalScrollBar()
        tall = bar.sizeHint().height() if bar.maximum() else 0
        return QSize(160, round(least_height(self._shape)) + tall + 2 * self.frameWidth())

    # -- layout --------------------------------------------------------------------------------

    @property
    def _scrolled(self) -> int:
        return self.horizontalScrollBar().value()

    def _geometry(self) -> TreeGeometry:
        size = self.viewport().size()
        return TreeGeometry(self._shape, size.width(), size.height(), by_rank=self._by_rank)

    def _lay_out(self) -> None:
        self._scene.set_geometry(self._geometry())
        bar, wide = self.horizontalScrollBar(), self.viewport().width()
        bar.setRange(0, max(0, int(self._scene.geometry.width) - wide))
        bar.setPageStep(wide)
        bar.setSingleStep(_ARROW_STEP)
        self.viewport().update()

    def _show_newest(self) -> None:
        newest = self._scene.newest
        bar, wide = self.horizontalScrollBar(), self.viewport().width()
        if newest is None or not bar.maximum():
            return
        geometry = self._scene.geometry
        left, right = float(geometry.x_left[newest]), float(geometry.x_right[newest])
        near = min(_NEAR, wide // 4)
        if right - left > wide - 2 * near:
            left = right = (left + right) / 2
        if left < bar.value() + near or right > bar.value() + wide - near:
            bar.setValue(round((left + right) / 2 - wide / 2))

    def _describe(self) -> None:
        scene = self._scene
        words = f"{scene.n_done:,} of {len(scene.nodes):,} merges done"
        if scene.newest is not None:
            node = scene.nodes[scene.newest]
            words += f", the last one made {node.label} at rank {node.rank:,}"
        self.setAccessibleDescription(words)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._lay_out()
        self._show_newest()

    def scrollContentsBy(self, dx: int, dy: int) -> None:
        self.viewport().update()

    # -- mouse and keys ------------------------------------------------------------------------

    def _element_at(self, place: QPointF) -> int | None:
        x, y = place.x() + self._scrolled, place.y()
        named = self._scene.name_at(x, y)
        if named is not None:
            return self._shape.n_leaves + named
        return self._scene.geometry.element_at(x, y)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        element = self._element_at(event.position())
        if event.button() == Qt.MouseButton.LeftButton and element is not None:
            self.node_picked.emit(self._scene.ids[element])

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        event.accept()  # the press was ours

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        element = self._element_at(event.position())
        if event.button() != Qt.MouseButton.LeftButton or element is None:
            return
        if element >= self._shape.n_leaves:
            self.step_requested.emit(element - self._shape.n_leaves + 1)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        element = self._element_at(event.position())
        self._hover(None if element is None else self._scene.ids[element])

    def _hover(self, id_: int | None) -> None:
        known = id_ is not None
        shape = Qt.CursorShape.PointingHandCursor if known else Qt.CursorShape.ArrowCursor
        self.viewport().setCursor(shape)
        if id_ != self._scene.hovered:
            self.set_hovered(id_)
            self.node_hovered.emit(id_)

    def viewportEvent(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Leave:
            self._hover(None)
        elif event.type() == QEvent.Type.ToolTip and isinstance(event, QHelpEvent):
            element = self._element_at(QPointF(event.pos()))
            words = "" if element is None else self._tip(element)
            QToolTip.showText(event.globalPos(), words, self.viewport(), QRect())
            return True
        return super().viewportEvent(event)

    def _tip(self, element: int) -> str:
        scene, n = self._scene, self._shape.n_leaves
        if element < n:
            leaf = scene.leaves[element]
            label, data, step = leaf.label, leaf.hex, "a byte, made by no merge"
            if leaf.character and leaf.character != leaf.label:
                step = f"a byte of {leaf.character}, made by no merge"
        else:
            node = scene.nodes[element - n]
            label, data = node.label, node.hex
            step = f"rank {node.rank:,} · step {element - n + 1:,}"
        lines = (f"id {scene.ids[element]}", step, _shortened(data))
        rest = "<br>".join(html.escape(line) for line in lines)
        # Qt guesses whether a tooltip is HTML, so it always is, and what is shown is escaped.
        name = html.escape(_shortened(label))
        return f"<div style=\"font-family: 'JetBrains Mono'\"><b>{name}</b></div><div>{rest}</div>"

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Any wheel scrolls sideways: there is nothing above or below."""
        if not self.horizontalScrollBar().maximum():
            event.ignore()
            return
        pixels, delta = event.pixelDelta(), event.angleDelta()
        if not pixels.isNull():
            turned = pixels.x() or pixels.y()
        else:
            turned = round((delta.x() or delta.y()) / 120 * _ARROW_STEP * 2)
        bar = self.horizontalScrollBar()
        bar.setValue(bar.value() - turned)
        event.accept()

    # -- painting ------------------------------------------------------------------------------

    def paintEvent(self, event: QPaintEvent) -> None:
        with QPainter(self.viewport()) as painter:
            painter.fillRect(event.rect(), self._scene.palette.panel)
            painter.translate(-self._scrolled, 0)
            self._scene.paint(painter, self._scrolled, self._scrolled + self.viewport().width())

    def _picture_scene(self) -> TreeScene:
        """The whole tree in a size of its own, whatever the window's."""
        wide = min(_PICTURE_WIDTH, self._shape.n_leaves * WIDEST_LEAF + 40)
        geometry = TreeGeometry(self._shape, wide, _PICTURE_HEIGHT, by_rank=self._by_rank)
        scene = self._scene
        return TreeScene(
            scene.leaves,
            scene.nodes,
            scene.ids,
            geometry,
            scene.fonts,
            scene.palette,
            scene.n_done,
            scene.selected,
        )

    def render_picture(self) -> QImage:
        """The whole tree at this step, at two pixels a point, or fewer where it is very wide."""
        scene = self._picture_scene()
        wide, tall = scene.geometry.width, scene.geometry.height
        scale = min(2.0, _WIDEST_PICTURE / wide)
        image = QImage(int(wide * scale), int(tall * scale), QImage.Format.Format_RGB32)
        image.fill(scene.palette.panel)
        with QPainter(image) as painter:
            painter.scale(scale, scale)
            scene.paint(painter, 0, wide)
        return image

    def render_svg(self) -> bytes:
        """The whole tree at this step as the content of an SVG file."""
        scene = self._picture_scene()
        size = QSize(int(scene.geometry.width), int(scene.geometry.height))

        def paint(painter: QPainter) -> None:
            painter.fillRect(QRect(QPoint(0, 0), size), scene.palette.panel)
            scene.paint(painter, 0, size.width())

        return svg_of(size, "Merge tree", paint)


def _shortened(words: str) -> str:
    return words if len(words) <= _LONGEST_TIP else words[:_LONGEST_TIP] + "…"
