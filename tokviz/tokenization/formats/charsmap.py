"""SentencePiece's compiled normalization: a double-array trie of prefixes and what they become.

The layout is that of darts-clone: each unit of 32 bits holds a label, an offset and whether a value
follows. A node is known by a place, and a unit at place u with the label b belongs to the node
u ^ b. https://github.com/s-yata/darts-clone
"""

import struct
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from tokviz.tokenization.encoding import Int64s
from tokviz.tokenization.normalization.spaced_text import CharacterChanges
from tokviz.tokenization.ranges import ranges

_LABEL = 1 << 31 | 0xFF
_HAS_VALUE = 1 << 8
_VALUE = (1 << 31) - 1
_MOST_EDGES = 1 << 22
"""Edges to walk along when all changes are listed. SentencePiece's own table has 31,000."""


class CharsmapError(ValueError):
    """A compiled normalization that contradicts itself."""


class Charsmap:
    """`blob`: the size of the trie in bytes, the trie, then the replacements, each ended by NUL."""

    def __init__(self, blob: bytes) -> None:
        if len(blob) < 4:
            raise CharsmapError("the compiled normalization is shorter than its own header")
        (size,) = struct.unpack_from("<I", blob)
        if size % 4 or not 4 <= size <= len(blob) - 4:
            raise CharsmapError(
                f"the compiled normalization should hold a trie of {size:,} bytes and has "
                f"{len(blob) - 4:,}"
            )
        self.blob = blob
        self._units = np.frombuffer(blob, "<u4", size // 4, 4).tolist()
        self._replacements = blob[4 + size :]

    def longest(self, data: bytes, start: int) -> tuple[int, str] | None:
        """How many bytes from `start` on are replaced, and by what; None: they stay."""
        units, n = self._units, len(self._units)
        found: tuple[int, int] | None = None
        node = _offset(units[0])
        for at in range(start, len(data)):
            node ^= data[at]
            if node >= n or units[node] & _LABEL != data[at]:
                break
            unit = units[node]
            node ^= _offset(unit)
            if unit & _HAS_VALUE:
                if node >= n:
                    break
                found = at + 1 - start, units[node] & _VALUE
        return None if found is None else (found[0], self._replacement(found[1]))

    @cached_property
    def keeps_ascii(self) -> bool:
        """Whether visible ASCII characters and spaces stay, whichever of them stand together."""
        visible = bytes(range(0x20, 0x7F))
        units, n = self._units, len(self._units)
        nodes = [_offset(units[0])]
        while nodes:
            node = nodes.pop()
            for byte in visible:
                at = node ^ byte
                if at < n and units[at] & _LABEL == byte:
                    if units[at] & _HAS_VALUE:
                        return False
                    nodes.append(at ^ _offset(units[at]))
                    if len(nodes) > n:
                        return False  # it goes in circles
        return True

    @cached_property
    def changes(self) -> CharacterChanges | None:
        """What the trie does to characters alone, and which others it looks at; None if what it
        replaces is not made of whole characters, or far more than any language has.

        Strings share their ends, so a small trie holds many of them; each node is gone on from
        once, whatever led to it.
        """
        edges = _Edges(np.array(self._units, np.int64))
        try:
            codes, nodes, values = edges.characters_from(np.array([_offset(self._units[0])]))
            has_value = values >= 0
            pairs = zip(codes[has_value].tolist(), values[has_value].tolist(), strict=True)
            alone = {chr(code): self._replacement(value) for code, value in pairs}
            before = codes[edges.leave(nodes)]
            known, behind = np.zeros(0, np.int64), [np.zeros(0, np.int64)]
            while len(nodes := np.setdiff1d(nodes, known)):
                known = np.append(known, nodes)
                codes, nodes, _ = edges.characters_from(nodes)
                behind.append(codes)
        except ValueError:
            return None
        return CharacterChanges(
            alone,
            before=frozenset(map(chr, before.tolist())),
            behind=frozenset(map(chr, np.concatenate(behind).tolist())),
        )

    def _replacement(self, at: int) -> str:
        end = self._replacements.find(b"\0", at)
        if end < 0:
            raise CharsmapError(f"a replacement should stand at byte {at:,} and does not")
        return self._replacements[at:end].decode("utf-8", "replace")


class _Edges:
    """All edges of a trie by the node they leave, but for those of a zero byte: it leads from a
    node to where its value stands, or to itself."""

    def __init__(self, units: Int64s) -> None:
        self._units, self._walked = units, 0
        labels = units & _LABEL
        places = np.flatnonzero((labels > 0) & (labels <= 0xFF))
        owners = places ^ labels[places]
        order = np.argsort(owners, kind="stable")
        self._places, self._owners = places[order], owners[order]
        self._labels = labels[self._places]
        self._leads_to = self._places ^ ((units >> 10) << ((units & 1 << 9) >> 6))[self._places]

    def characters_from(self, nodes: Int64s) -> tuple[Int64s, Int64s, Int64s]:
        """Each character that goes on from one of the nodes: its code point, the node behind it
        and the value there, -1 without one. Raises `ValueError` where bytes are no character, and
        where there are too many: a trie whose strings share their ends may hold any number."""
        nothing = np.zeros(0, np.int64)
        found = [(nothing, nothing)]
        edges, _ = self._from(nodes)
        codes = self._labels[edges]
        left = np.select([codes < 0x80, codes < 0xC2, codes < 0xE0, codes < 0xF0, codes < 0xF5],
                         [0, -1, 1, 2, 3], -1)  # fmt: skip
        codes = np.where(left > 0, codes & (0x3F >> np.maximum(left, 0)), codes)
        while len(edges):
            if left.min() < 0:
                raise ValueError("bytes that begin no character")
            done = left == 0
            found.append((codes[done], edges[done]))
            edges, codes, left = edges[~done], codes[~done], left[~done]
            edges, rows = self._from(self._leads_to[edges])
            own = self._labels[edges]
            is_inside = own & 0xC0 == 0x80
            codes, left = codes[rows] << 6 | own & 0x3F, np.where(is_inside, left[rows] - 1, -1)
        codes, edges = (np.concatenate(column) for column in zip(*found, strict=True))
        return codes, self._leads_to[edges], self._values(edges)

    def leave(self, nodes: Int64s) -> NDArray[np.bool_]:
        """Which of the nodes an edge leaves."""
        return np.isin(nodes, self._owners)

    def _from(self, nodes: Int64s) -> tuple[Int64s, Int64s]:
        """The edges that leave each node, and the row of that node."""
        first = np.searchsorted(self._owners, nodes)
        n_edges = np.searchsorted(self._owners, nodes, "right") - first
        self._walked += int(n_edges.sum())
        if self._walked > _MOST_EDGES:
            raise ValueError("more strings than any table of characters has")
        return ranges(first, n_edges), np.repeat(np.arange(len(nodes)), n_edges)

    def _values(self, edges: Int64s) -> Int64s:
        places, nodes = self._places[edges], self._leads_to[edges]
        values = np.full(len(edges), -1)
        has_value = (self._units[places] & _HAS_VALUE != 0) & (nodes < len(self._units))
        values[has_value] = self._units[nodes[has_value]] & _VALUE
        return values


def _offset(unit: int) -> int:
    return (unit >> 10) << ((unit & (1 << 9)) >> 6)
