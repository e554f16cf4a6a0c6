"""ChunkEncoder: encodes text chunk by chunk and remembers every chunk it has met.

A chunk is a stretch of the user's own text whose tokens depend on nothing around it (but on
whether the text begins with it). So any algorithm, however slow, runs once for each distinct chunk,
and a text is then a gather from flat pools by numpy. The memory is bounded.
"""

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np

from tokviz.tokenization.encoding import CLOSED, OPEN, Encoding, Int32s, Int64s, without_surrogates
from tokviz.tokenization.growing_array import GrowingArray
from tokviz.tokenization.ranges import ranges, starts_of

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

    def add(self, token_id: int, start: int, end: int) -> None:
        """One more token behind the last; its gaps are not touched."""
        self.ids.append(token_id)
        self.starts.append(start)
        self.ends.append(end)


@dataclass(frozen=True)
class ManyChunks:
    """The tokens of many chunks, one after the other: as in `EncodedChunk`. `gaps` is empty where
    the algorithm has no ranks. `sizes`: (3, chunks) tokens, bytes and characters of each.

    `lost`: the bytes without a token; `pre_tokens`: (2, n) the bytes and characters where those
    pre-tokens begin that do not begin a chunk. Both are counted through all chunks.
    """

    chunks: list[str]
    ids: Int32s
    starts: Int32s
    ends: Int32s
    gaps: Int32s
    sizes: Int32s
    lost: Int32s = field(default_factory=lambda: np.zeros(0, np.int32))
    pre_tokens: Int32s = field(default_factory=lambda: np.zeros((2, 0), np.int32))


class Stretch(NamedTuple):
    """The characters [start, end) of a text: a name with its id, or text in which there is none.

    `at_start`: the user's text begins here, or begins anew.
    """

    start: int
    end: int
    at_start: bool = False
    name_id: int | None = None


EncodeChunk = Callable[[str, bool], EncodedChunk]
"""Encodes a chunk; the flag says that the user's text begins with it."""
EncodeMany = Callable[[list[str]], ManyChunks]
"""Encodes those of many chunks within a text that it can, by arrays."""
_Key = str | tuple[str, int]
"""A chunk within a text; with 1 at its start, with ~id as a name. Most are plain strings, since
tens of thousands of tuples make the garbage collector look through the whole vocabulary."""
_MANY = 200
"""Chunks that are worth the fixed cost of arrays."""


class ChunkEncoder:
    """Turns text into an `Encoding`. `chunks` must match all of every text."""

    def __init__(
        self,
        chunks: re.Pattern[str],
        encode_chunk: EncodeChunk,
        *,
        ranked: bool,
        encode_many: Callable[[], EncodeMany | None] = lambda: None,
    ) -> None:
        """`encode_many` makes what encodes many new chunks, when there are many."""
        self._split = chunks.findall
        self._encode_chunk = encode_chunk
        self._encode_many = encode_many
        self._ranked = ranked
        self._forget()

    def _forget(self) -> None:
        self._entries: dict[_Key, int] = {}
        self._hidden: dict[int, list[tuple[int, int]]] = {}
        # ids, starts, ends, gaps, lost bytes; pre-tokens in bytes and in characters
        self._pools = [GrowingArray() for _ in range(7)]
        # of each entry: tokens, bytes, lost bytes, pre-tokens, characters; where those begin
        self._sizes, self._firsts = GrowingArray(), GrowingArray()

    @property
    def memory(self) -> int:
        """An estimate of the bytes held."""
        return len(self._entries) * _BYTES_OF_ONE_ENTRY + 4 * sum(p.size for p in self._pools)

    def encode(self, text: str, *, at_start: bool = True) -> Encoding:
        return self.encode_stretches(text, [Stretch(0, len(text), at_start)])

    def encode_stretches(self, text: str, stretches: Iterable[Stretch]) -> Encoding:
        """Encode a text that is all made of these stretches."""
        if self.memory > MEMORY_LIMIT:
            self._forget()
        valid = without_surrogates(text)
        keys: list[_Key] = []
        for stretch in stretches:
            part = valid[stretch.start : stretch.end]
            if stretch.name_id is not None:
                keys.append((part, ~stretch.name_id))
                continue
            at = len(keys)
            chunks: list[str] = self._split(part)
            keys += chunks
            if stretch.at_start and chunks:
                keys[at] = chunks[0], 1
        self._learn(set(keys).difference(self._entries))
        entries = np.fromiter(map(self._entries.__getitem__, keys), np.int64, len(keys))
        return self._gather(text, entries)

    def _learn(self, new: set[_Key]) -> None:
        if len(new) >= _MANY:
            encode_many = self._encode_many()
            if encode_many is not None:
                found = encode_many([key for key in new if isinstance(key, str)])
                self._take_many(found)
                new = new.difference(found.chunks)
        columns: list[list[int]] = [[] for _ in range(7)]
        ids, starts, ends, gaps, lost, places, characters = columns
        sizes: list[int] = []
        for key in new:
            chunk, kind = (key, 0) if isinstance(key, str) else key
            n_bytes = len(chunk.encode("utf-8"))
            found_one = (
                self._encode_chunk(chunk, kind == 1) if kind >= 0 else _named(~kind, n_bytes)
            )
            entry = self._entries[key] = len(self._entries)
            left_out = _left_out(found_one, n_bytes)
            n_parts = len(found_one.pre_tokens)
            sizes += (len(found_one.ids), n_bytes, len(left_out), n_parts, len(chunk))
            ids += found_one.ids
            starts += found_one.starts
            ends += found_one.ends
            gaps += found_one.gaps or []
            lost += left_out
            places += found_one.pre_tokens
            characters += _characters(chunk, found_one.pre_tokens)
            if found_one.hidden:
                self._hidden[entry] = found_one.hidden
        self._take(np.array(sizes, np.int32).reshape(-1, 5), columns)

    def _take_many(self, found: ManyChunks) -> None:
        n = len(found.chunks)
        first = len(self._entries)
        self._entries.update(zip(found.chunks, range(first, first + n), strict=True))
        n_tokens, n_bytes, n_chars = found.sizes
        begins = np.stack((starts_of(n_bytes), starts_of(n_chars)))
        chunk = np.searchsorted(begins[0], found.lost, "right") - 1
        n_lost = np.bincount(chunk, minlength=n)
        lost = found.lost - begins[0, chunk]
        parts = np.sort(np.concatenate((begins, found.pre_tokens), 1), axis=1)
        chunk = np.searchsorted(begins[0], parts[0], "right") - 1
        n_parts = np.bincount(chunk, minlength=n)
        places, characters = parts - begins[:, chunk]
        self._take(
            np.stack((n_tokens, n_bytes, n_lost, n_parts, n_chars), 1).astype(np.int32),
            [found.ids, found.starts, found.ends, found.gaps, lost, places, characters],
        )

    def _take(self, rows: Int32s, columns: Sequence[Sequence[int] | Int32s]) -> None:
        """Keep entries: a row of sizes each, and the columns of all of them."""
        if not len(rows):
            return
        firsts = np.cumsum(rows, axis=0, dtype=np.int32) - rows
        if self._sizes.size:
            firsts += self._firsts.data[-5:] + self._sizes.data[-5:]
        self._sizes.extend(rows.ravel())
        self._firsts.extend(firsts.ravel())
        for pool, column in zip(self._pools, columns, strict=True):
            pool.extend(column)

    def _gather(self, text: str, entries: Int64s) -> Encoding:
        ids, starts, ends, gaps, lost, places, characters = (pool.data for pool in self._pools)
        sizes, firsts = (
            table.data.reshape(-1, 5)[entries].T for table in (self._sizes, self._firsts)
        )
        n_tokens, n_bytes, n_lost, n_parts, n_chars = sizes
        first_token, first_byte, first_lost, first_part, _ = firsts
        chunk_bytes, chunk_chars = starts_of(n_bytes), starts_of(n_chars)
        tokens = ranges(first_token, n_tokens)
        shift = np.repeat(chunk_bytes, n_tokens)
        parts = ranges(first_part, n_parts)
        uncovered = lost[ranges(first_lost, n_lost)] + np.repeat(chunk_bytes, n_lost)
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
            gaps=gaps[ranges(first_byte, n_bytes)] if self._ranked else None,
            uncovered_bytes=uncovered,
            hidden=hidden,
        )

    def _places_with_hidden(self, entries: Int64s) -> list[int]:
        if not self._hidden:
            return []
        found: list[int] = np.flatnonzero(np.isin(entries, list(self._hidden))).tolist()
        return found


def _named(token_id: int, n_bytes: int) -> EncodedChunk:
    return EncodedChunk([token_id], [0], [n_bytes], [CLOSED] * (n_bytes - 1) + [OPEN])


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
