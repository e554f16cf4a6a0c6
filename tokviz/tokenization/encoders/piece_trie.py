"""PieceTrie: which tokens stand where in many texts, all places at once.

The tokens are a trie: a node is a beginning that some token has, an edge a character. At first
each place of the text is at the node of its own character; in each step all of them take the edge
of their next character, and those that find none are done. So a place is looked at as often as
its longest beginning is long, and each look is one memory access in a hash table of edges.
"""

from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from tokviz.tokenization.encoding import Int32s, Int64s

_NODE_BITS, _CLASS_BITS = 22, 20
_FACTOR = np.uint64(0x9E3779B97F4A7C15)
_NODE_MASK = np.uint64((1 << _NODE_BITS) - 1)


def code_points(text: str) -> NDArray[np.uint32]:
    """The code point of each character, uint32 (characters,); surrogates as they are."""
    return np.frombuffer(text.encode("utf-32-le", "surrogatepass"), np.uint32)


class PieceTrie:
    """`class_of`: code point → number of a character that tokens have, 0 for all others."""

    def __init__(self, pieces: Sequence[str]) -> None:
        """A token is known by its place in `pieces`. Raises `OverflowError` for too many."""
        order = sorted(range(len(pieces)), key=pieces.__getitem__)
        codes = code_points("".join(pieces[i] for i in order))
        lengths = np.array([len(pieces[i]) for i in order], np.int64)
        alphabet = np.unique(codes)
        self.class_of = np.zeros(0x110000, np.int32)
        self.class_of[alphabet] = np.arange(1, len(alphabet) + 1)
        classes = self.class_of[codes]
        parents, labels, ends = _nodes(classes, lengths)
        if len(parents) > int(_NODE_MASK) - 1 or len(alphabet) >= 1 << _CLASS_BITS:
            raise OverflowError("the tokens have too many beginnings for the table")
        # Nodes from which tokens go on come first, so that a number tells which they are.
        goes_on = np.zeros(len(parents), bool)
        goes_on[parents[parents >= 0]] = True
        self._n_inner = int(goes_on.sum())
        new = np.empty(len(parents), np.int64)
        new[goes_on] = np.arange(self._n_inner)
        new[~goes_on] = np.arange(self._n_inner, len(parents))
        self._piece_of = np.full(len(parents), -1, np.int32)
        is_named = lengths > 0
        self._piece_of[new[ends[is_named]]] = np.array(order, np.int32)[is_named]
        is_first = parents < 0
        self._first = np.full(len(alphabet) + 1, -1, np.int64)
        self._first[labels[is_first]] = new[is_first]
        self._fill(new[parents[~is_first]] << _CLASS_BITS | labels[~is_first], new[~is_first])

    def _fill(self, edges: Int64s, nodes: Int64s) -> None:
        """The table of edges: a slot holds an edge and the node that it leads to, plus one."""
        keys = edges.view(np.uint64)
        self._shift = np.uint64(64 - max(4, int(2 * len(keys)).bit_length()))
        self._slots = np.zeros(1 << (64 - int(self._shift)), np.uint64)
        entries = keys << np.uint64(_NODE_BITS) | (nodes + 1).view(np.uint64)
        at, rows = self._first_slots(keys), np.arange(len(keys))
        while len(rows):
            claims = rows[self._slots[at[rows]] == 0]
            self._slots[at[claims]] = entries[claims]
            rows = rows[self._slots[at[rows]] != entries[rows]]
            at[rows] = (at[rows] + 1) & (len(self._slots) - 1)

    def _first_slots(self, keys: NDArray[np.uint64]) -> Int64s:
        return ((keys * _FACTOR) >> self._shift).view(np.int64)

    def _along(self, nodes: Int64s, classes: Int32s) -> Int64s:
        """The node behind each edge, -1 where there is none."""
        keys = (nodes << _CLASS_BITS | classes).view(np.uint64)
        at = self._first_slots(keys)
        found = self._slots.take(at)
        other = np.flatnonzero((found >> np.uint64(_NODE_BITS) != keys) & (found != 0))
        while len(other):
            at[other] = (at[other] + 1) & (len(self._slots) - 1)
            now = self._slots[at[other]]
            found[other] = now
            other = other[(now >> np.uint64(_NODE_BITS) != keys[other]) & (now != 0)]
        return (found & _NODE_MASK).view(np.int64) - 1

    def matches(
        self, classes: Int32s, following: Int64s, places: Int64s | None = None
    ) -> Iterator[tuple[Int64s, Int64s, Int32s]]:
        """The tokens that stand in a text, the shorter first: the places of their first and last
        characters, and which they are; in each step first and last places rise.

        `following`: the place of the next character, the number of places behind a last one.
        `places`: where tokens may begin, in order; None: everywhere.
        """
        firsts = lasts = np.arange(len(classes)) if places is None else places
        nodes = self._first.take(classes.take(firsts))
        while True:
            found = nodes >= 0
            firsts, lasts, nodes = firsts[found], lasts[found], nodes[found]
            pieces = self._piece_of.take(nodes)
            ends = pieces >= 0
            yield firsts[ends], lasts[ends], pieces[ends]
            lasts = following.take(lasts)
            goes_on = (nodes < self._n_inner) & (lasts < len(classes))
            firsts, lasts, nodes = firsts[goes_on], lasts[goes_on], nodes[goes_on]
            if not len(firsts):
                return
            nodes = self._along(nodes, classes.take(lasts))


def _nodes(classes: Int32s, lengths: Int64s) -> tuple[Int64s, Int32s, Int64s]:
    """The trie of sorted tokens: of each node its parent (-1: none) and its character, a level
    after the other; of each token the node that it ends at.

    Tokens with the same beginning stand together, so a node is new where it differs from the one
    of the token before.
    """
    starts = np.cumsum(lengths) - lengths
    at = np.full(len(lengths), -1, np.int64)  # the node that each token has come to
    rows, n_nodes, depth = np.flatnonzero(lengths > 0), 0, 0
    parents, labels = [at[:0]], [classes[:0]]
    while len(rows):
        before, own = at[rows], classes[starts[rows] + depth]
        is_new = np.ones(len(rows), bool)
        is_new[1:] = (before[1:] != before[:-1]) | (own[1:] != own[:-1])
        at[rows] = n_nodes - 1 + np.cumsum(is_new)
        parents.append(before[is_new])
        labels.append(own[is_new])
        n_nodes += int(is_new.sum())
        depth += 1
        rows = rows[lengths[rows] > depth]
    return np.concatenate(parents), np.concatenate(labels), at
