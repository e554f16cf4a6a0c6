"""Many chunks of SentencePiece's BPE at once: arrays do for all what `PieceBpe` does for one.

Their characters are looked up in a table, merged in lock-step, and what no token holds falls back
to bytes. Chunks that need more (an unknown character without bytes, a prefix) are left to it.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tokviz.tokenization.algorithms.bpe import MergeRules
from tokviz.tokenization.encoders.chunk_encoder import ManyChunks
from tokviz.tokenization.encoders.lock_step import LONGEST, LockStep, can_look_up
from tokviz.tokenization.encoding import CLOSED, OPEN, Int32s, utf8_lengths
from tokviz.tokenization.normalization.spaced_text import SPACE


@dataclass(frozen=True)
class PieceArrays:
    """`symbol_ids`: code point → id; ids from `n_vocab` on are characters without a token.

    `byte_ids`: (256,) byte → id, None where one is missing. `ranks`: line → rank.
    """

    symbol_ids: Int32s
    n_vocab: int
    byte_ids: Int32s | None
    lock_step: LockStep
    ranks: NDArray[np.int32]

    @staticmethod
    def of(
        symbols: dict[str, int], n_vocab: int, byte_ids: list[int], rules: MergeRules
    ) -> "PieceArrays | None":
        """None where ids or ranks are too large for the merging of many."""
        unknown = n_vocab + len(symbols)
        if not can_look_up(rules.lines, unknown + 1):
            return None
        table = np.full(0x110000, unknown, np.int32)
        table[list(map(ord, symbols))] = list(symbols.values())
        table[ord(" ")] = table[ord(SPACE)]
        every_symbol = np.arange(unknown + 1, dtype=np.int32)
        has_bytes = bool(byte_ids) and min(byte_ids) >= 0
        return PieceArrays(
            table,
            n_vocab,
            np.array(byte_ids, np.int32) if has_bytes else None,
            LockStep(rules.lines, every_symbol),
            rules.ranks,
        )

    def encode(self, chunks: list[str]) -> ManyChunks:
        """Encode those of the chunks that can be encoded here."""
        chunks = [chunk for chunk in chunks if len(chunk) <= LONGEST]
        symbols = self._symbols(chunks)
        if self.byte_ids is None and chunks:
            lengths = np.array(list(map(len, chunks)))
            known = np.logical_and.reduceat(symbols < self.n_vocab, np.cumsum(lengths) - lengths)
            chunks = [
                chunk for chunk, is_known in zip(chunks, known.tolist(), strict=True) if is_known
            ]
            symbols = self._symbols(chunks)
        return self._merged(chunks, symbols)

    def _symbols(self, chunks: list[str]) -> Int32s:
        return self.symbol_ids[np.frombuffer("".join(chunks).encode("utf-32-le"), np.uint32)]

    def _merged(self, chunks: list[str], symbols: Int32s) -> ManyChunks:
        text = "".join(chunks)
        n_chars = np.array(list(map(len, chunks)), np.int64)
        first_chars = np.cumsum(n_chars) - n_chars
        places = np.zeros(len(text) + 1, np.int32)  # where each character begins, in bytes
        np.cumsum(utf8_lengths(text), out=places[1:])
        tokens, lines = self.lock_step.merge(symbols, first_chars, n_chars)
        at = np.flatnonzero(tokens >= 0)
        ids, starts = tokens[at], places[at]
        ends = np.append(starts[1:], places[-1:])
        gaps = np.full(int(places[-1]), CLOSED, np.int32)
        gaps[places[1:] - 1] = np.where(lines >= 0, self.ranks[lines], OPEN)
        ids, starts, ends = self._fallen_back(text.encode("utf-8"), ids, starts, ends, gaps)
        first_bytes = places[first_chars]
        n_tokens = np.diff(np.searchsorted(starts, np.append(first_bytes, places[-1:])))
        before = np.repeat(first_bytes, n_tokens)
        sizes = np.stack((n_tokens, np.diff(first_bytes, append=places[-1:]), n_chars))
        return ManyChunks(chunks, ids, starts - before, ends - before, gaps, sizes.astype(np.int32))

    def _fallen_back(
        self, data: bytes, ids: Int32s, starts: Int32s, ends: Int32s, gaps: Int32s
    ) -> tuple[Int32s, Int32s, Int32s]:
        """The tokens, with those of its bytes for a character without one."""
        fallen = ids >= self.n_vocab
        if self.byte_ids is None or not fallen.any():
            return ids, starts, ends
        times = np.where(fallen, ends - starts, 1)
        inside = np.arange(int(times.sum()), dtype=np.int32)
        inside -= np.repeat(np.cumsum(times, dtype=np.int32) - times, times)
        ids, starts, ends = (np.repeat(column, times) for column in (ids, starts, ends))
        fallen = np.repeat(fallen, times)
        own = starts[fallen] + inside[fallen]
        ids[fallen] = self.byte_ids[np.frombuffer(data, np.uint8)[own]]
        starts[fallen], ends[fallen] = own, own + 1
        gaps[own] = OPEN
        return ids, starts, ends
