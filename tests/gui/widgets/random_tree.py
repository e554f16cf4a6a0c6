"""Trees of merges for tests: one that was looked up, and random ones."""

import random

from tokviz.gui.widgets.replay.merge_tree_layout import TreeLeaf, TreeNode


def leaves_of(text: str) -> list[TreeLeaf]:
    """A leaf a byte; a character of several bytes is named."""
    leaves = []
    for character in text:
        data = character.encode()
        for byte in data:
            whole = len(data) == 1
            leaves.append(
                TreeLeaf(
                    character if whole else f"{byte:02x}", f"{byte:02x}", "" if whole else character
                )
            )
    return leaves


def tree_of(text: str, ranks: list[int], gaps: list[int]) -> tuple[list[TreeLeaf], list[TreeNode]]:
    """The tree that closing these gaps one after the other makes; a node's id is 1000 + rank."""
    leaves = leaves_of(text)
    element = list(range(len(leaves)))  # of each leaf: what it is a part of now
    nodes = []
    for rank, gap in zip(ranks, gaps, strict=True):
        left, right = element[gap], element[gap + 1]
        made = len(leaves) + len(nodes)
        element = [made if e in (left, right) else e for e in element]
        covered = [leaf for leaf, e in zip(leaves, element, strict=True) if e == made]
        label = "".join(leaf.label for leaf in covered)
        data = " ".join(leaf.hex for leaf in covered)
        nodes.append(TreeNode(left, right, rank, 1000 + rank, label, data))
    return leaves, nodes


def tokenization() -> tuple[list[TreeLeaf], list[TreeNode]]:
    """GPT-2's merges of " tokenization"."""
    ranks = [0, 5, 9, 12, 28, 39, 85, 272, 1378, 3208, 10985]
    gaps = [0, 11, 8, 4, 1, 10, 9, 6, 7, 3, 2]
    return tree_of("·tokenization".replace("·", " "), ranks, gaps)


def random_tree(seed: int, n_leaves: int, share: float) -> tuple[list[TreeLeaf], list[TreeNode]]:
    """A share of the gaps of a random text, closed in random order by ranks that do not fall."""
    rng = random.Random(seed)
    text = "".join(rng.choice("abcé京") for _ in range(n_leaves))
    n_gaps = len(text.encode()) - 1
    gaps = rng.sample(range(n_gaps), int(n_gaps * share))
    ranks = sorted(rng.randrange(50_000) for _ in gaps)
    return tree_of(text, ranks, gaps)
