"""The words of a merge tree stand over no line and over no other words."""

from hypothesis import given
from hypothesis import strategies as st

from tests.gui.widgets.random_tree import random_tree, tokenization
from tokviz.gui.widgets.replay.merge_tree_labels import Box, place_on_bar, taken_by_lines
from tokviz.gui.widgets.replay.merge_tree_layout import TreeGeometry, TreeShape

_WIDE, _TALL = 34.0, 11.0


def _placed(geometry: TreeGeometry) -> dict[int, Box]:
    nodes = geometry.nodes_between(0, geometry.width)
    taken = taken_by_lines(geometry, nodes, 0, geometry.width)
    boxes = {}
    for node in nodes.tolist():
        box = place_on_bar(geometry, node, taken, _WIDE, _TALL)
        if box is not None:
            boxes[node] = box
    return boxes


def _meet(box: Box, left: float, top: float, right: float, bottom: float) -> bool:
    return box.left < right and left < box.right and box.top < bottom and top < box.bottom


@given(
    st.builds(random_tree, st.integers(0, 999), st.integers(2, 50), st.floats(0.1, 1)),
    st.booleans(),
    st.integers(150, 700),
)
def test_ranks_meet_no_line_but_their_own_bar_and_stem(tree, by_rank, height) -> None:  # type: ignore[no-untyped-def]
    geometry = TreeGeometry(TreeShape(*tree), 900, height, by_rank=by_rank)
    n = geometry.shape.n_leaves
    boxes = _placed(geometry)
    for node, box in boxes.items():
        for other in range(geometry.shape.n_nodes):
            x1, x2 = float(geometry.x_left[other]), float(geometry.x_right[other])
            y = float(geometry.bars[other])
            stems = (
                (x1, float(geometry.y_left[other]), geometry.shape.left[other]),
                (x2, float(geometry.y_right[other]), geometry.shape.right[other]),
            )
            assert other == node or not _meet(box, x1, y, x2, y)
            for x, end, part in stems:
                assert part == n + node or not _meet(box, x, y, x, end)


@given(st.builds(random_tree, st.integers(0, 999), st.integers(2, 50), st.floats(0.1, 1)))
def test_ranks_do_not_meet_each_other(tree) -> None:  # type: ignore[no-untyped-def]
    boxes = list(_placed(TreeGeometry(TreeShape(*tree), 900, 320, by_rank=True)).values())
    for i, box in enumerate(boxes):
        assert not any(_meet(box, o.left, o.top, o.right, o.bottom) for o in boxes[:i])


def test_every_rank_of_a_word_has_a_place() -> None:
    geometry = TreeGeometry(TreeShape(*tokenization()), 620, 330, by_rank=False)
    assert set(_placed(geometry)) == set(range(11))
