"""Many chunks of a Unigram model at once: arrays do for all what `Unigram` does for one.

They are written with a table of characters, a trie tells the tokens that fit at each place, the
best paths of all lattices are found in step, and unknown characters fall back as there.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from tokviz.tokenization.encoders.chunk_encoder import ManyChunks
from tokviz.tokenization.encoders.many_lattices import Columns, best_paths
from tokviz.tokenization.encoders.piece_trie import PieceTrie
from tokviz.tokenization.encoders.spaced_arrays import SpacedArrays
from tokviz.tokenization.encoding import Int32s, Int64s, utf8_lengths
from tokviz.tokenization.normalization.normalizers import uncovered_by
from tokviz.tokenization.ranges import starts_of

_BLOCK = 1 << 16
"""Characters whose lattices are kept at once; some hundred bytes each."""


class ChunkTable(Protocol):
    """Writes those chunks at once that it can, as tokens have them."""

    def written(self, chunks: list[str]) -> SpacedArrays: ...


@dataclass(frozen=True)
class _Tokens:
    """Tokens of chunks in a row: ids, spans in bytes of the chunk, and the number of the chunk."""

    ids: Int32s
    starts: Int32s
    ends: Int32s
    chunk: Int64s


@dataclass(frozen=True)
class UnigramArrays:
    """`ids`, `scores`: of each token of the trie, and last of what is unknown. `kind`: what sums of
    scores are rounded to. `byte_ids`: (256,) byte → id, None without byte fallback."""

    table: ChunkTable
    trie: PieceTrie
    ids: Int32s
    scores: NDArray[np.float64]
    kind: type[np.floating[Any]]
    byte_ids: Int32s | None
    fuse_unknown: bool

    @staticmethod
    def of(
        table: ChunkTable,
        pieces: dict[str, tuple[int, float]],
        unknown: tuple[int | None, float],
        byte_ids: list[int],
        *,
        fuse_unknown: bool,
        singles: bool,
    ) -> "UnigramArrays | None":
        """None where there is no token for what is unknown, or a score that is no number."""
        ids = [token_id for token_id, _ in (*pieces.values(), unknown)]
        scores = np.array([score for _, score in (*pieces.values(), unknown)])
        has_bytes = bool(byte_ids) and min(byte_ids) >= 0
        if None in ids or not np.isfinite(scores).all() or bool(byte_ids) != has_bytes:
            return None
        try:
            trie = PieceTrie(list(pieces))
        except OverflowError:
            return None
        return UnigramArrays(
            table,
            trie,
            np.array(ids, np.int32),
            scores,
            np.float32 if singles else np.float64,
            np.array(byte_ids, np.int32) if has_bytes else None,
            fuse_unknown,
        )

    def encode(self, chunks: list[str]) -> ManyChunks:
        """Encode chunks none of which begins a text."""
        spaced = self.table.written(chunks)
        ends = np.cumsum(spaced.lengths)
        blocks = [(self._best(spaced, low, high), low) for low, high in _blocks(ends)]
        begins = ends - spaced.lengths
        nothing = np.zeros(0, np.int64), np.zeros(0, np.int32)
        paths = [(lasts + begins[low], pieces) for (lasts, pieces), low in blocks]
        lasts, pieces = (np.concatenate(column) for column in zip(nothing, *paths, strict=True))
        tokens = self._known_by_id(spaced, lasts, pieces, np.searchsorted(ends, lasts, "right"))
        n_chars = np.array(list(map(len, spaced.chunks)), np.int32)
        n_bytes = np.array([len(chunk.encode("utf-8")) for chunk in spaced.chunks], np.int32)
        n_tokens = np.bincount(tokens.chunk, minlength=len(n_bytes))
        before = np.repeat(starts_of(n_bytes), n_tokens)
        return ManyChunks(
            chunks=spaced.chunks,
            ids=tokens.ids,
            starts=tokens.starts,
            ends=tokens.ends,
            gaps=np.zeros(0, np.int32),
            sizes=np.stack((n_tokens.astype(np.int32), n_bytes, n_chars)),
            lost=uncovered_by(tokens.starts + before, tokens.ends + before, int(n_bytes.sum())),
        )

    def _best(self, spaced: SpacedArrays, low: int, high: int) -> tuple[Int64s, Int32s]:
        """The tokens of the chunks [low, high), whose characters are counted from the first."""
        first = int(spaced.lengths[:low].sum())
        columns = Columns.of(spaced.lengths[low:high])
        classes = self.trie.class_of.take(spaced.codes[first + columns.source])
        matches = self.trie.matches(classes, columns.following)
        return best_paths(matches, columns, self.scores, self.kind)

    def _known_by_id(
        self, spaced: SpacedArrays, lasts: Int64s, pieces: Int32s, chunk: Int64s
    ) -> _Tokens:
        """The tokens, with what stands for unknown characters."""
        firsts = np.zeros(len(lasts), np.int64)
        firsts[1:] = lasts[:-1] + 1
        tokens = _Tokens(
            self.ids.take(pieces), spaced.starts.take(firsts), spaced.ends.take(lasts), chunk
        )
        unknown = pieces == len(self.ids) - 1
        if not unknown.any():
            return tokens
        if self.byte_ids is not None:
            return _as_bytes(tokens, unknown, spaced.codes[lasts[unknown]], self.byte_ids)
        return _fused(tokens, unknown) if self.fuse_unknown else tokens


def _blocks(ends: Int64s) -> Iterator[tuple[int, int]]:
    """Chunks [low, high) of about so many characters together."""
    low = 0
    while low < len(ends):
        before = int(ends[low - 1]) if low else 0
        high = max(low + 1, int(np.searchsorted(ends, before + _BLOCK, "right")))
        yield low, high
        low = high


def _as_bytes(
    tokens: _Tokens, unknown: NDArray[np.bool_], codes: NDArray[np.uint32], byte_ids: Int32s
) -> _Tokens:
    """With the tokens of its bytes for each unknown character; `codes`: those characters."""
    text = codes.tobytes().decode("utf-32-le")
    times = np.ones(len(unknown), np.int64)
    times[unknown] = utf8_lengths(text)
    inside = np.arange(int(times.sum()), dtype=np.int32)
    inside -= np.repeat(starts_of(times), times)
    ids, starts, ends = (
        np.repeat(column, times) for column in (tokens.ids, tokens.starts, tokens.ends)
    )
    fallen = np.repeat(unknown, times)
    ids[fallen] = byte_ids[np.frombuffer(text.encode("utf-8"), np.uint8)]
    own = fallen & (ends - starts == np.repeat(times, times))  # a byte for each of its bytes
    starts[own] += inside[own]
    ends[own] = starts[own] + 1
    return _Tokens(ids, starts, ends, np.repeat(tokens.chunk, times))


def _fused(tokens: _Tokens, unknown: NDArray[np.bool_]) -> _Tokens:
    """With one token for unknown characters in a row."""
    goes_on = np.zeros(len(unknown), bool)
    goes_on[1:] = unknown[1:] & unknown[:-1] & (tokens.chunk[1:] == tokens.chunk[:-1])
    kept = np.flatnonzero(~goes_on)
    lasts = np.append(kept[1:], len(unknown)) - 1
    return _Tokens(tokens.ids[kept], tokens.starts[kept], tokens.ends[lasts], tokens.chunk[kept])
