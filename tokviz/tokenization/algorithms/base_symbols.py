"""What merging begins with: the bytes of a pre-token, or its characters.

Whatever the alphabet, places are byte offsets. A gap inside a character of a character alphabet is
closed by no merge. Bytes and characters that the vocabulary does not have are left out.
"""

from dataclasses import dataclass
from functools import cached_property
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from tokviz.tokenization.encoding import Int32s, Int64s

_Bytes = NDArray[np.uint8]


@dataclass(frozen=True)
class Symbols:
    """The known symbols of a pre-token: ids and byte spans."""

    ids: list[int]
    starts: list[int]
    ends: list[int]


class BaseSymbols(Protocol):
    """A base alphabet. `may_lose`: there is text that it has no symbols for."""

    @property
    def may_lose(self) -> bool: ...

    def of(self, data: bytes) -> Symbols:
        """The symbols of one pre-token."""

    def of_many(self, pieces: list[bytes]) -> tuple[Int32s, Int64s]:
        """The ids of the symbols of many, one piece after the other, and how many each has."""

    def at(self, data: _Bytes, starts: Int32s) -> tuple[Int32s, Int32s]:
        """The id of the symbol that begins at each place (-1: none), and its length in bytes."""

    def lost(self, data: _Bytes) -> Int32s:
        """The places of all bytes that belong to no symbol."""


@dataclass(frozen=True)
class ByteSymbols:
    """`byte_ids`: (256,) the id of each byte value, -1 where there is none."""

    byte_ids: list[int]

    @cached_property
    def _ids(self) -> Int32s:
        return np.array(self.byte_ids, np.int32)

    @cached_property
    def may_lose(self) -> bool:
        return min(self.byte_ids) < 0

    def of(self, data: bytes) -> Symbols:
        byte_ids = self.byte_ids
        ids, starts = [byte_ids[byte] for byte in data], list(range(len(data)))
        if self.may_lose:
            starts = [i for i in starts if ids[i] >= 0]
            ids = [ids[i] for i in starts]
        return Symbols(ids, starts, [i + 1 for i in starts])

    def of_many(self, pieces: list[bytes]) -> tuple[Int32s, Int64s]:
        ids = self._ids[np.frombuffer(b"".join(pieces), np.uint8)]
        return _known(ids, np.array(list(map(len, pieces)), np.int64))

    def at(self, data: _Bytes, starts: Int32s) -> tuple[Int32s, Int32s]:
        return self._ids[data[starts]], np.ones(len(starts), np.int32)

    def lost(self, data: _Bytes) -> Int32s:
        return np.flatnonzero(self._ids[data] < 0).astype(np.int32)


@dataclass(frozen=True)
class CharacterSymbols:
    """`character_ids`: character → id."""

    character_ids: dict[str, int]
    may_lose = True

    @cached_property
    def _table(self) -> tuple[Int64s, Int32s]:
        """Code points, sorted, and their ids; the last one stands for everything unknown."""
        known = sorted((ord(c), i) for c, i in self.character_ids.items())
        codes = np.array([code for code, _ in known] + [1 << 30], np.int64)
        return codes, np.array([i for _, i in known] + [-1], np.int32)

    def of(self, data: bytes) -> Symbols:
        ids, starts, ends = [], [], []
        end = 0
        for character in data.decode("utf-8"):
            start, end = end, end + len(character.encode("utf-8"))
            token_id = self.character_ids.get(character)
            if token_id is not None:
                ids.append(token_id)
                starts.append(start)
                ends.append(end)
        return Symbols(ids, starts, ends)

    def of_many(self, pieces: list[bytes]) -> tuple[Int32s, Int64s]:
        texts = [data.decode("utf-8") for data in pieces]
        ids = [self.character_ids.get(character, -1) for character in "".join(texts)]
        return _known(np.array(ids, np.int32), np.array(list(map(len, texts)), np.int64))

    def at(self, data: _Bytes, starts: Int32s) -> tuple[Int32s, Int32s]:
        lead = data[starts].astype(np.int64)
        lengths = 1 + (lead >= 0xC0).astype(np.int32) + (lead >= 0xE0) + (lead >= 0xF0)
        values = np.where(lengths == 1, lead, lead & (0x7F >> lengths))
        padded = np.append(data, np.zeros(4, np.uint8))
        for i in (1, 2, 3):
            goes_on = lengths > i
            more = padded[starts + i].astype(np.int64) & 0x3F
            values = np.where(goes_on, values << 6 | more, values)
        codes, ids = self._table
        found = np.minimum(codes.searchsorted(values), len(codes) - 1)
        return np.where(codes[found] == values, ids[found], -1).astype(np.int32), lengths

    def lost(self, data: _Bytes) -> Int32s:
        starts = np.flatnonzero((data & 0xC0) != 0x80).astype(np.int32)
        ids, lengths = self.at(data, starts)
        return np.flatnonzero(np.repeat(ids < 0, lengths)).astype(np.int32)


def _known(ids: Int32s, lengths: Int64s) -> tuple[Int32s, Int64s]:
    """Without the symbols that the vocabulary does not have."""
    kept = ids >= 0
    if kept.all():
        return ids, lengths
    pieces = np.repeat(np.arange(len(lengths)), lengths)
    return ids[kept], np.bincount(pieces[kept], minlength=len(lengths))
