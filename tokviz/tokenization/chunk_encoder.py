"""ChunkEncoder: encodes text chunk by chunk and remembers every chunk it has met.

A chunk is a stretch of the user's own text whose tokens depend on nothing around it (but on
whether the text begins with it). So any algorithm, however slow, runs once for each distinct chunk,
and a text is then a gather from flat pools by numpy. The memory is bounded.
"""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

import numpy as np

from tokviz.tokenization.encoding import Encoding, Int32s, Int64s, without_surrogates

MEMORY_LIMIT = 64 * 2**20
_BYTES_OF_ONE_ENTRY = 250  # the key in the dict and its row of numbers


@dataclass(frozen=True)
class EncodedChunk:
    """The tokens of a chunk: ids, byte spans in the chunk, and the rank after each of its bytes.

    `gaps` is None where the algorithm has no ranks. `hidden`: see `Encoding`. `pre_tokens`: where
    its pre-tokens begin, in bytes.
    """

    ids: list[int]
    starts: list[int]
    ends: list[int]
    gaps: list[int] | None = None
    hidden: list[tuple[int, int]] = field(default_factory=list)
    pre_tokens: list[int] = field(default_factory=lambda: [0])


EncodeChunk = Callable[[str, bool], EncodedChunk]
"""Encodes a chunk; the flag says that the user's text begins with it."""


class ChunkEncoder:
    """Turns text into an `Encoding`. `chunks` must match all of every text."""

    def __init__(self, chunks: re.Pattern[str], encode_chunk: EncodeChunk, *, ranked: bool) -> None:
        self._split = chunks.findall
        self._encode_chunk = encode_chunk
        self._ranked = ranked
        self._forget()

    def _forget(self) -> None:
        self._entries: dict[tuple[str, bool], int] = {}
        # tokens, bytes, lost bytes, pre-tokens; characters
        self._rows: list[tuple[int, int, int, int, int]] = []
        self._hidden: dict[int, list[tuple[int, int]]] = {}
        # ids, starts, ends, gaps, lost bytes; pre-tokens in bytes and in characters
        self._lists: list[list[int]] = [[] for _ in range(7)]
        self._arrays: list[Int32s] = []

    @property
    def memory(self) -> int:
        """An estimate of the bytes held: a number in a list takes eight, in an array four."""
        return len(self._entries) * _BYTES_OF_ONE_ENTRY + 12 * sum(map(len, self._lists))

    def encode(self, text: str, *, at_start: bool = True) -> Encoding:
        if self.memory > MEMORY_LIMIT:
            self._forget()
        chunks: list[str] = self._split(without_surrogates(text))
        keys = [(chunk, False) for chunk in chunks]
        if keys and at_start:
            keys[0] = (chunks[0], True)
        self._learn(set(keys).difference(self._entries))
        entries = np.fromiter(map(self._entries.__getitem__, keys), np.int64, len(keys))
        return self._gather(text, entries)

    def _learn(self, new: Iterable[tuple[str, bool]]) -> None:
        ids, starts, ends, gaps, lost, places, characters = self._lists
        known = len(self._entries)
        for chunk, at_start in new:
            found = self._encode_chunk(chunk, at_start)
            n_bytes = len(chunk.encode("utf-8"))
            entry = self._entries[chunk, at_start] = len(self._entries)
            left_out = _left_out(found, n_bytes)
            n_parts = len(found.pre_tokens)
            self._rows.append((len(found.ids), n_bytes, len(left_out), n_parts, len(chunk)))
            ids += found.ids
            starts += found.starts
            ends += found.ends
            gaps += found.gaps or []
            lost += left_out
            places += found.pre_tokens
            characters += _characters(chunk, found.pre_tokens)
            if found.hidden:
                self._hidden[entry] = found.hidden
        if len(self._entries) > known or not self._arrays:
            self._arrays = [np.array(column, np.int32) for column in self._lists]
            self._table = np.array(self._rows, np.int32).reshape(-1, 5)
            self._firsts = np.cumsum(self._table, axis=0, dtype=np.int32) - self._table

    def _gather(self, text: str, entries: Int64s) -> Encoding:
        ids, starts, ends, gaps, lost, places, characters = self._arrays
        n_tokens, n_bytes, n_lost, n_parts, n_chars = self._table[entries].T
        first_token, first_byte, first_lost, first_part, _ = self._firsts[entries].T
        chunk_bytes, chunk_chars = _before(n_bytes), _before(n_chars)
        tokens = _ranges(first_token, n_tokens)
        shift = np.repeat(chunk_bytes, n_tokens)
        parts = _ranges(first_part, n_parts)
        uncovered = lost[_ranges(first_lost, n_lost)] + np.repeat(chunk_bytes, n_lost)
        hidden = tuple(
            (int(chunk_bytes[i]) + byte, rank)
            for i in self._places_with_hidden(entries)
            for byte, rank in self._hidden[int(entries[i])]
        )
        return Encoding(
            text=text,
            n_bytes=int(n_bytes.sum()),
            ids=ids[tokens],
            byte_starts=starts[tokens] + shift,
            byte_ends=ends[tokens] + shift,
            pre_token_chars=characters[parts] + np.repeat(chunk_chars, n_parts),
            pre_token_bytes=places[parts] + np.repeat(chunk_bytes, n_parts),
            gaps=gaps[_ranges(first_byte, n_bytes)] if self._ranked else None,
            uncovered_bytes=uncovered,
            hidden=hidden,
        )

    def _places_with_hidden(self, entries: Int64s) -> list[int]:
        if not self._hidden:
            return []
        found: list[int] = np.flatnonzero(np.isin(entries, list(self._hidden))).tolist()
        return found


def _left_out(found: EncodedChunk, n_bytes: int) -> list[int]:
    covered = bytearray(n_bytes)
    for start, end in zip(found.starts, found.ends, strict=True):
        covered[start:end] = b"\x01" * (end - start)
    return [i for i in range(n_bytes) if not covered[i]] if 0 in covered else []


def _characters(chunk: str, places: list[int]) -> list[int]:
    if len(places) == 1:
        return places
    data = chunk.encode("utf-8")
    return [len(data[:place].decode("utf-8", "ignore")) for place in places]


def _before(lengths: Int32s) -> Int32s:
    return np.cumsum(lengths, dtype=np.int32) - lengths


def _ranges(firsts: Int32s, lengths: Int32s) -> Int32s:
    """The indexes `first, first + 1, …` of many ranges, one after the other."""
    indexes = np.repeat(firsts - _before(lengths), lengths)
    indexes += np.arange(len(indexes), dtype=np.int32)
    return indexes
