"""Byte-pair encoding as SentencePiece does it: from characters, with bytes for those unknown.

Merges begin with the characters of a chunk (with ▁ for spaces). A character that no merge took in
and that is no token itself falls back to the tokens of its bytes, or is unknown.
"""

import re
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import chain

import numpy as np

from tokviz.tokenization.algorithms.base_symbols import Symbols
from tokviz.tokenization.algorithms.bpe import MergeRules, MergeStep, apply_merges
from tokviz.tokenization.encoders.chunk_encoder import ChunkEncoder, EncodedChunk, EncodeMany
from tokviz.tokenization.encoders.piece_arrays import PieceArrays
from tokviz.tokenization.encoding import CLOSED, OPEN, Int32s, Int64s, without_surrogates
from tokviz.tokenization.normalization.spaced_text import SPACE, SpacedText, Spacing


@dataclass(frozen=True)
class PieceBpe:
    """All that encodes a chunk. `symbols`: character or name → id; ids from the vocabulary's size
    on stand for characters that are in tokens without being one. `byte_ids`: byte → id, empty
    without byte fallback. `whole`: chunks that are tokens, taken as they are (`ignore_merges`).
    `fuse_unknown`: unknown characters in a row are one token. `chunks`: what a chunk is.
    """

    spacing: Spacing
    symbols: dict[str, int]
    n_vocab: int
    rules: MergeRules
    byte_ids: list[int]
    unknown_id: int | None
    names: re.Pattern[str] | None
    whole: dict[str, int]
    fuse_unknown: bool
    chunks: re.Pattern[str]
    matches_names = False

    def normalized(self, text: str) -> str:
        """The text as it is looked up, but for the signs that stand for spaces."""
        return self.spacing.normalized(text, False).text.replace(SPACE, " ")

    def encoder(self, *, special: bool = False) -> ChunkEncoder:
        return ChunkEncoder(
            self.chunks, self.encode_chunk, ranked=True, encode_many=lambda: self._many
        )

    @cached_property
    def _many(self) -> EncodeMany | None:
        """For chunks within a text that stay but for their spaces, where neither names nor whole
        chunks are looked for."""
        if self.names is not None or self.whole:
            return None
        arrays = PieceArrays.of(self.symbols, self.n_vocab, self.byte_ids, self.rules)
        if arrays is None:
            return None
        stays = self.spacing.stays
        return lambda chunks: arrays.encode([chunk for chunk in chunks if stays(chunk)])

    def encode_chunk(self, chunk: str, at_start: bool) -> EncodedChunk:
        spaced = self.spacing.normalized(chunk, at_start)
        gaps = [OPEN] * len(chunk.encode("utf-8"))
        taken = self.whole.get(spaced.text)
        if taken is not None:
            return _taken_whole(taken, spaced, gaps)
        row = self.row(spaced)
        for start, end in zip(row.starts, row.ends, strict=True):
            if end - start > 1:
                _fill(gaps, start, end, CLOSED)
        ids, events = apply_merges(row.ids, self.rules.lines)
        ranks = self._ranks
        edges = [True] * (len(row.ids) + 1)
        hidden = []
        for line, gap in events:
            edges[gap + 1] = False
            rank = ranks[line]
            if row.ends[gap] == row.starts[gap + 1] and row.starts[gap] < row.ends[gap]:
                gaps[row.ends[gap] - 1] = rank
            else:
                hidden.append((row.starts[gap + 1], rank))
        n = len(row.ids)
        firsts = [i for i in range(n) if edges[i]]
        lasts = [i for i in range(n) if edges[i + 1]]
        starts, ends = [row.starts[i] for i in firsts], [row.ends[i] for i in lasts]
        found = EncodedChunk([], [], [], gaps, hidden)
        for token_id, first, start, end in zip(ids, firsts, starts, ends, strict=True):
            if token_id < self.n_vocab:
                found.add(token_id, start, end)
            else:
                self._fall_back(found, row.texts[first], start, end)
        return found

    @cached_property
    def _ranks(self) -> list[int]:
        """The rank of each line: a list is read ten times faster than an array."""
        ranks: list[int] = self.rules.ranks.tolist()
        return ranks

    def row(self, spaced: SpacedText) -> "SymbolRow":
        """The symbols that merging begins with. Those unknown get ids that no rule knows."""
        row = SymbolRow([], [], [], [])
        text, at = spaced.text, 0
        known, unknown = self.symbols.get, self.n_vocab + len(self.symbols)
        if self.names is None:
            ids = [known(symbol, unknown) for symbol in text]
            row = SymbolRow(ids, spaced.starts, spaced.ends, list(text))
            return row if self.unknown_id is not None else self._without_lost(row, unknown)
        while at < len(text):
            match = None if self.names is None else self.names.match(text, at)
            end = at + 1 if match is None else match.end()
            symbol = text[at:end]
            token_id = known(symbol)
            row.ids.append(unknown if token_id is None else token_id)
            row.starts.append(spaced.starts[at])
            row.ends.append(spaced.ends[end - 1])
            row.texts.append(symbol)
            at = end
        return row

    def _without_lost(self, row: "SymbolRow", unknown: int) -> "SymbolRow":
        """Without the characters for which nothing stands: what is beside them may merge."""
        kept = [
            i
            for i, token_id in enumerate(row.ids)
            if token_id != unknown or self._has_bytes(row.texts[i])
        ]
        if len(kept) == len(row.ids):
            return row
        ids, starts, ends = (
            [column[i] for i in kept] for column in (row.ids, row.starts, row.ends)
        )
        return SymbolRow(ids, starts, ends, [row.texts[i] for i in kept])

    def _has_bytes(self, character: str) -> bool:
        byte_ids = self.byte_ids
        return bool(byte_ids) and min(byte_ids[byte] for byte in character.encode("utf-8")) >= 0

    def _fall_back(self, found: EncodedChunk, character: str, start: int, end: int) -> None:
        """Write the bytes of a character, or that it is unknown."""
        data = character.encode("utf-8")
        byte_ids = [self.byte_ids[byte] for byte in data] if self._has_bytes(character) else []
        assert found.gaps is not None
        if not byte_ids:
            if self.unknown_id is None:
                _fill(found.gaps, start, end, OPEN)
            elif self.fuse_unknown and found.ids and found.ids[-1] == self.unknown_id:
                if found.ends[-1] > found.starts[-1]:
                    found.gaps[found.ends[-1] - 1] = CLOSED
                found.ends[-1] = end
            else:
                found.add(self.unknown_id, start, end)
            return
        own = end - start == len(data)
        if own:
            _fill(found.gaps, start, end, OPEN)
        for i, token_id in enumerate(byte_ids):
            found.add(token_id, start + i if own else start, start + i + 1 if own else end)

    def truncated(self, n_merges: int) -> "PieceBpe":
        """The same with the first `n_merges` merges alone."""
        return replace(self, rules=self.rules.below(n_merges))

    def symbols_of(self, chunk: str, *, at_start: bool) -> Symbols:
        """The symbols of a chunk, with the prefix where the text begins with it."""
        spaced = self.spacing.normalized(chunk, at_start)
        taken = self.whole.get(spaced.text)
        if taken is not None:
            return Symbols([taken], [spaced.starts[0]], [spaced.ends[-1]])
        row = self.row(spaced)
        return Symbols(row.ids, row.starts, row.ends)

    def of_many(self, pieces: list[bytes]) -> tuple[Int32s, Int64s]:
        """The ids of the symbols of many tokens, one token after the other, and how many each
        has."""
        texts = [data.decode("utf-8", "replace").replace(" ", SPACE) for data in pieces]
        if self.names is None and self.unknown_id is not None:  # as `row` does, all at once
            known, unknown = self.symbols.get, self.n_vocab + len(self.symbols)
            ids = np.array([known(symbol, unknown) for symbol in "".join(texts)], np.int32)
            return ids, np.array(list(map(len, texts)), np.int64)
        no_places = [0] * max(map(len, texts), default=0)
        rows = [self.row(SpacedText(text, no_places, no_places)).ids for text in texts]
        ids = np.array(list(chain.from_iterable(rows)), np.int32)
        return ids, np.array(list(map(len, rows)), np.int64)

    def steps(self, text: str, *, at_start: bool = True) -> list[MergeStep]:
        """Every merge of encoding `text`: chunk by chunk, by rank, then left to right."""
        steps: list[MergeStep] = []
        at = 0
        for chunk in self.chunks.findall(without_surrogates(text)):
            symbols = self.symbols_of(chunk, at_start=at_start and at == 0)
            steps += self.rules.steps(symbols.ids, [at + start for start in symbols.starts])
            at += len(chunk.encode("utf-8"))
        return steps


@dataclass(frozen=True)
class SymbolRow:
    """Symbols in a row: ids, byte spans in the chunk, and what they are."""

    ids: list[int]
    starts: list[int]
    ends: list[int]
    texts: list[str]


def _fill(gaps: list[int], start: int, end: int, rank: int) -> None:
    """Give the gaps inside of [start, end) a rank."""
    for i in range(start, end - 1):
        gaps[i] = rank


def _taken_whole(token_id: int, spaced: SpacedText, gaps: list[int]) -> EncodedChunk:
    start, end = spaced.starts[0], spaced.ends[-1]
    _fill(gaps, start, end, CLOSED)
    return EncodedChunk([token_id], [start], [end], gaps)
