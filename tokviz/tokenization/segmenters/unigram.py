"""Unigram: of all ways to cut a text into tokens the one whose tokens are likeliest together.

Each token has a score, the logarithm of its probability. The lattice holds every token that fits
somewhere in the text as an arc from one place to another; the best path is found from left to
right, as the best way to each place goes on from the best way to an earlier one (Viterbi; Kudo,
2018, https://arxiv.org/abs/1804.10959).
"""

import re
from array import array
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

from tokviz.tokenization.algorithms.bpe import MergeStep
from tokviz.tokenization.encoders.chunk_encoder import ChunkEncoder, EncodedChunk, EncodeMany
from tokviz.tokenization.encoders.spaced_arrays import SpacingTable
from tokviz.tokenization.encoders.unigram_arrays import ChunkTable, UnigramArrays
from tokviz.tokenization.normalization.spaced_text import SPACE, Spacing

UNKNOWN_PENALTY = 10.0
"""What an unknown character scores below the unlikeliest token."""


class Arc(NamedTuple):
    """A token that fits: the characters [start, end), its id (None: unknown) and its score."""

    start: int
    end: int
    id: int | None
    score: float


@dataclass(frozen=True)
class Lattice:
    """`best[i]`: the score of the best way to place i; `path[i]`: the arc that ends it there, as
    an index into `arcs`, which are in the order in which they are tried (-1 at the start)."""

    text: str
    arcs: list[Arc]
    best: list[float]
    path: list[int]

    @cached_property
    def best_path(self) -> list[Arc]:
        """The arcs that win, from left to right."""
        found, place = [], len(self.text)
        while place:
            arc = self.arcs[self.path[place]]
            found.append(arc)
            place = arc.start
        return found[::-1]

    def arcs_to(self, place: int) -> list[Arc]:
        """The arcs that end at a place, in the order in which they are tried."""
        return [arc for arc in self.arcs if arc.end == place]


@dataclass(frozen=True)
class Unigram:
    """`pieces`: token → id and score. `chunks`: what may be encoded alone. `byte_ids`: byte → id,
    empty without byte fallback. `fuse_unknown`: unknown characters in a row are one token.
    `singles`: sums of scores are rounded to single precision, as SentencePiece does; where two ways
    are equally likely (`0|00` and `00|0`) the rounding decides. SentencePiece carries it on through
    the whole text; here it begins anew with each chunk, so that chunks do not depend on each other.
    """

    spacing: Spacing
    pieces: dict[str, tuple[int, float]]
    unknown_score: float
    unknown_id: int | None
    byte_ids: list[int]
    fuse_unknown: bool
    chunks: re.Pattern[str]
    singles: bool = False
    matches_names = False

    def normalized(self, text: str) -> str:
        """The text as it is looked up, but for the signs that stand for spaces."""
        return self.spacing.normalized(text, False).text.replace(SPACE, " ")

    def encoder(self, *, special: bool = False) -> ChunkEncoder:
        return ChunkEncoder(
            self.chunks, self.encode_chunk, ranked=False, encode_many=lambda: self.many
        )

    @cached_property
    def many(self) -> EncodeMany | None:
        return self.many_by(SpacingTable(self.spacing))

    def many_by(self, table: ChunkTable) -> EncodeMany | None:
        """What encodes many chunks that a table writes, where that is possible."""
        arrays = UnigramArrays.of(
            table,
            self.pieces,
            (self.unknown_id, self.unknown_score),
            self.byte_ids,
            fuse_unknown=self.fuse_unknown,
            singles=self.singles,
        )
        return None if arrays is None else arrays.encode

    def steps(self, text: str, *, at_start: bool = True) -> list[MergeStep]:
        """Nothing is merged."""
        return []

    @cached_property
    def _longest_from(self) -> dict[str, int]:
        """The longest token that begins with a character."""
        found: dict[str, int] = {}
        for piece in self.pieces:
            if len(piece) > found.get(piece[:1], 0):
                found[piece[:1]] = len(piece)
        return found

    def lattice(self, text: str) -> Lattice:
        """The lattice of a text that is normalized already.

        From each place the tokens that begin there, the shortest first, and at last the unknown
        one.
        """
        n = len(text)
        arcs: list[Arc] = []
        best = array("f" if self.singles else "d", [0.0]) * (n + 1)
        total, path = best[:1], [-1] * (n + 1)  # what is written into an array is rounded
        known_piece, longest_from = self.pieces.get, self._longest_from.get
        for start in range(n):
            before = best[start]
            ends_with_unknown = True
            for end in range(start + 1, min(start + longest_from(text[start], 0), n) + 1):
                known = known_piece(text[start:end])
                if known is None:
                    continue
                if end == start + 1:
                    ends_with_unknown = False
                total[0] = before + known[1]
                if path[end] < 0 or total[0] > best[end]:
                    best[end], path[end] = total[0], len(arcs)
                arcs.append(Arc(start, end, *known))
            if ends_with_unknown:
                end = start + 1
                total[0] = before + self.unknown_score
                if path[end] < 0 or total[0] > best[end]:
                    best[end], path[end] = total[0], len(arcs)
                arcs.append(Arc(start, end, None, self.unknown_score))
        return Lattice(text, arcs, best.tolist(), path)

    def encode_chunk(self, chunk: str, at_start: bool) -> EncodedChunk:
        spaced = self.spacing.normalized(chunk, at_start)
        found = EncodedChunk([], [], [])
        after_unknown = False
        for arc in self.lattice(spaced.text).best_path:
            start, end = spaced.starts[arc.start], spaced.ends[arc.end - 1]
            if arc.id is not None:
                found.add(arc.id, start, end)
            elif self._write_bytes(found, spaced.text[arc.start], start, end):
                pass
            elif self.unknown_id is not None:
                if after_unknown and self.fuse_unknown:
                    found.ends[-1] = end
                else:
                    found.add(self.unknown_id, start, end)
            after_unknown = arc.id is None and not self.byte_ids
        return found

    def _write_bytes(self, found: EncodedChunk, character: str, start: int, end: int) -> bool:
        data = character.encode("utf-8")
        if not self.byte_ids or min(self.byte_ids[byte] for byte in data) < 0:
            return False
        own = end - start == len(data)
        for i, byte in enumerate(data):
            place = (start + i, start + i + 1) if own else (start, end)
            found.add(self.byte_ids[byte], *place)
        return True
