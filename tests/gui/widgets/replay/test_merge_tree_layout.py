"""The geometry of the merge tree, without a window."""

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.gui.widgets.random_tree import leaves_of, random_tree, tokenization
from tokviz.gui.widgets.replay.merge_tree_layout import (
    NARROWEST_LEAF,
    WIDEST_LEAF,
    Character,
    TreeGeometry,
    TreeLeaf,
    TreeNode,
    TreeShape,
)

_TREES = st.builds(random_tree, st.integers(0, 999), st.integers(1, 60), st.floats(0, 1))


@given(_TREES, st.booleans(), st.integers(60, 900))
def test_a_bar_is_above_the_bars_of_its_parts(
    tree: tuple[list[TreeLeaf], list[TreeNode]], by_rank: bool, height: int
) -> None:
    geometry = TreeGeometry(TreeShape(*tree), 800, height, by_rank=by_rank)
    for i, node in enumerate(tree[1]):
        assert geometry.bars[i] < min(geometry.y[node.left], geometry.y[node.right])
        assert 0 < geometry.bars[i] < geometry.baseline


@given(_TREES)
def test_heights_by_order_never_fall_from_one_merge_to_the_next(
    tree: tuple[list[TreeLeaf], list[TreeNode]],
) -> None:
    shape = TreeShape(*tree)
    assert (np.diff(shape.order_levels) >= 0).all()
    assert (np.diff(shape.compact_levels) >= 0).all()


@given(_TREES)
def test_every_final_token_stands_in_a_span_of_its_own(
    tree: tuple[list[TreeLeaf], list[TreeNode]],
) -> None:
    shape = TreeShape(*tree)
    geometry = TreeGeometry(shape, 800, 300, by_rank=False)
    ends = np.flatnonzero(shape.parent < 0).tolist()
    spans = sorted(geometry.span(element) for element in ends)
    assert spans[0][0] == pytest.approx(geometry.left)
    for (_, right), (left, _) in pairwise(spans):
        assert right == pytest.approx(left)
    for node in (element - shape.n_leaves for element in ends if element >= shape.n_leaves):
        left, right = geometry.span(shape.n_leaves + node)
        assert left < geometry.x_left[node] < geometry.x_right[node] < right


def test_a_short_tree_is_centred_and_a_long_one_is_wider_than_the_window() -> None:
    short = TreeGeometry(TreeShape(*tokenization()), 1_200, 300, by_rank=False)
    assert short.leaf_width == WIDEST_LEAF
    assert short.left - 0 == pytest.approx(1_200 - short.span(12)[1])
    long = TreeGeometry(TreeShape(leaves_of("x" * 3_000), []), 1_200, 300, by_rank=False)
    assert long.leaf_width == NARROWEST_LEAF
    assert long.width > 3_000 * NARROWEST_LEAF


def test_each_rank_has_a_level_where_there_is_room() -> None:
    shape = TreeShape(*tokenization())
    high = TreeGeometry(shape, 700, 400, by_rank=False)
    assert len(set(high.bars.tolist())) == 11
    low = TreeGeometry(shape, 700, 160, by_rank=False)
    assert len(set(low.bars.tolist())) == shape.compact_levels.max() + 1


def test_a_rank_ten_times_higher_stands_higher_by_the_same_step() -> None:
    leaves = leaves_of("abcdef")
    nodes = [TreeNode(2 * i, 2 * i + 1, 10 ** (i + 2), i, "", "") for i in range(3)]
    bars = TreeGeometry(TreeShape(leaves, nodes), 700, 500, by_rank=True).bars
    assert bars[0] - bars[1] == pytest.approx(bars[1] - bars[2], rel=0.01)


def test_equal_characters_side_by_side_have_a_bracket_each() -> None:
    characters = TreeShape(leaves_of("a京京é"), []).characters
    assert characters == (Character(1, 3, "京"), Character(4, 6, "京"), Character(7, 8, "é"))


def test_a_grapheme_of_several_code_points_has_one_bracket() -> None:
    family = "👩\u200d👧"
    leaves = [TreeLeaf(f"{b:02x}", f"{b:02x}", family) for b in family.encode() * 2]
    assert TreeShape(leaves, []).characters == (
        Character(0, 10, family),
        Character(11, 21, family),
    )


def test_a_stand_in_is_cut_where_its_characters_begin() -> None:
    leaves = [TreeLeaf(f"{b:02x}", f"{b:02x}", "ZWJ") for b in "\u200d\u200d".encode()]
    assert TreeShape(leaves, []).characters == (Character(0, 2, "ZWJ"), Character(3, 5, "ZWJ"))


@given(_TREES)
def test_every_bar_and_every_byte_is_found_where_it_is(
    tree: tuple[list[TreeLeaf], list[TreeNode]],
) -> None:
    shape = TreeShape(*tree)
    geometry = TreeGeometry(shape, 800, 400, by_rank=False)
    for leaf in range(shape.n_leaves):
        assert geometry.element_at(float(geometry.x[leaf]), geometry.label_y + 5) == leaf
    for node in range(shape.n_nodes):
        corner = float(geometry.x_left[node]), float(geometry.bars[node])
        assert geometry.element_at(*corner) == shape.n_leaves + node


def test_between_the_lines_the_innermost_bar_above_is_found() -> None:
    leaves, nodes = tokenization()
    geometry = TreeGeometry(TreeShape(leaves, nodes), 700, 400, by_rank=False)
    x = float(geometry.x_left[7] + geometry.x_right[7]) / 2
    assert geometry.element_at(x, float(geometry.bars[7]) + 30) == len(leaves) + 7
    assert geometry.element_at(2, 20) is None


def test_only_what_is_near_the_window_is_handed_out() -> None:
    shape = TreeShape(*random_tree(1, 400, 0.6))
    geometry = TreeGeometry(shape, 500, 300, by_rank=False)
    leaves, nodes = geometry.leaves_between(1_000, 1_500), geometry.nodes_between(1_000, 1_500)
    assert len(leaves) <= 500 / geometry.leaf_width + 2
    for node in nodes.tolist():
        assert geometry.x_left[node] <= 1_500
        assert geometry.x_right[node] >= 1_000


def test_a_tree_without_leaves_has_a_geometry() -> None:
    geometry = TreeGeometry(TreeShape([], []), 300, 200, by_rank=True)
    assert geometry.element_at(10, 10) is None
    assert geometry.element_at(10, geometry.baseline + 5) is None
    assert len(geometry.nodes_between(0, 300)) == 0
