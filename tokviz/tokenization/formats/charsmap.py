"""SentencePiece's compiled normalization: a double-array trie of prefixes and what they become.

The layout is that of darts-clone: each unit of 32 bits holds a label, an offset and whether a value
follows. https://github.com/s-yata/darts-clone
"""

import struct
from functools import cached_property

import numpy as np

_LABEL = 1 << 31 | 0xFF
_HAS_VALUE = 1 << 8
_VALUE = (1 << 31) - 1


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

    def _replacement(self, at: int) -> str:
        end = self._replacements.find(b"\0", at)
        if end < 0:
            raise CharsmapError(f"a replacement should stand at byte {at:,} and does not")
        return self._replacements[at:end].decode("utf-8", "replace")


def _offset(unit: int) -> int:
    return (unit >> 10) << ((unit & (1 << 9)) >> 6)
