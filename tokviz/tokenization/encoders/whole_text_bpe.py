"""WholeTextEncoder: byte-level BPE of whole documents, each step over arrays.

The plain encoder (`encoder.py`) handles one pre-token after the other. Here a text is taken in
parts of some hundred thousand bytes, and each part in four steps, none of them a loop:

1. tables over the classes of characters tell where pre-tokens start (`array_splits.py`),
2. each pre-token is packed into words and gets the number of its distinct string
   (`distinct_strings.py`),
3. the strings that are new are merged together, in lock-step (`lock_step.py`),
4. ids and gap ranks are gathered from what is remembered of each string (`text_columns.py`).

The third step waits until all parts are numbered, because it is the better the more it has to do,
and so does the fourth from the first part on that has something new.
The result is the plain encoder's, column by column.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from tokviz.tokenization.algorithms.base_symbols import BaseSymbols, ByteSymbols
from tokviz.tokenization.algorithms.bpe import Merges
from tokviz.tokenization.encoders.distinct_strings import DistinctStrings
from tokviz.tokenization.encoders.lock_step import LockStep, can_look_up
from tokviz.tokenization.encoders.long_pre_tokens import PieceMerger
from tokviz.tokenization.encoders.text_columns import Entries, Part, TextColumns
from tokviz.tokenization.encoding import CLOSED, OPEN, Encoding, Int32s
from tokviz.tokenization.pre_tokenization.array_splits import (
    Piece,
    by_arrays,
    by_matching,
)
from tokviz.tokenization.pre_tokenization.split_pattern import SplitPattern
from tokviz.tokenization.pre_tokenization.utf8_places import bytes_at
from tokviz.tokenization.ranges import starts_of


@dataclass(frozen=True)
class WholeTextRules:
    """What follows from a tokenizer alone; one for all of its encoders."""

    split: SplitPattern
    merges: Merges
    byte_ids: Int32s
    whole: Mapping[bytes, int]

    @staticmethod
    def of(
        split: SplitPattern, base: BaseSymbols, merges: Merges, whole: Mapping[bytes, int]
    ) -> "WholeTextRules | None":
        """None where only the plain encoder will do: merging begins with characters."""
        if not isinstance(base, ByteSymbols):
            return None
        highest = max([*base.byte_ids, int(merges.ids.max(initial=0)), *whole.values()])
        if not can_look_up(merges, highest + 1):
            return None
        return WholeTextRules(split, merges, np.array(base.byte_ids, np.int32), whole)

    @cached_property
    def lock_step(self) -> LockStep:
        return LockStep(self.merges, self.byte_ids)

    def can_encode(self, data: bytes) -> bool:
        """Whether each byte has an id: tokens go over lost bytes, which is the plain encoder's."""
        return not self._lost or len(data.translate(None, self._lost)) == len(data)

    @cached_property
    def _lost(self) -> bytes:
        """The byte values without an id."""
        return bytes(np.flatnonzero(self.byte_ids < 0).tolist())


class WholeTextEncoder:
    """See the module's docstring. It belongs to one thread and forgets when it holds too much."""

    def __init__(self, rules: WholeTextRules) -> None:
        self.rules = rules
        self._pieces = by_arrays(rules.split) or by_matching(rules.split)
        self.forget()

    def forget(self) -> None:
        self._strings = DistinctStrings()
        self._entries = Entries()  # of each string
        self._merger: PieceMerger | None = None  # made when there is something to merge

    @property
    def memory(self) -> int:
        """An estimate of the bytes held."""
        of_windows = 0 if self._merger is None else self._merger.memory
        return of_windows + self._strings.memory + self._entries.memory

    def encode(self, text: str, data: bytes) -> Encoding:
        """`data`: the text in UTF-8, with U+FFFD for lone surrogates."""
        columns = TextColumns(len(text), len(data))
        waiting: list[Part] = []
        for piece in self._pieces(text, data):
            waiting.append(self._part(piece))
            if not self._strings.has_new:
                columns.append(waiting.pop(), self._entries)
        self._merge_new()
        for part in waiting:
            columns.append(part, self._entries)
        return columns.encoding(text, data)

    # -- 1. and 2. where pre-tokens start, and which string each is ------------------------------

    def _part(self, piece: Piece) -> Part:
        starts = bytes_at(piece.data, len(piece.text), piece.starts)
        lengths = np.diff(starts, append=len(piece.data))
        numbered = self._strings.number(piece.data, starts, lengths)
        narrow = piece.starts.astype(np.int32)  # parts may have to wait, all of a text
        return Part(
            narrow,
            narrow if starts is piece.starts else starts.astype(np.int32),
            [strings for _, strings in numbered],
            len(piece.text),
            len(piece.data),
        )

    # -- 3. the tokens of new strings ------------------------------------------------------------

    def _merge_new(self) -> None:
        new, of_kinds = zip(*self._strings.take_new(), strict=True)
        data, lengths = np.concatenate(new), np.concatenate(of_kinds)
        if not len(lengths):
            return
        starts = starts_of(lengths)
        self._merger = self._merger or PieceMerger(self.rules.lock_step)
        tokens, gaps = self._merger.merge(data, starts, lengths)
        self._take_whole(data, starts, lengths, tokens, gaps)
        self._entries.extend(of_kinds, tokens, gaps)

    def _take_whole(
        self, data: NDArray[np.uint8], starts: Int32s, lengths: Int32s, tokens: Int32s, gaps: Int32s
    ) -> None:
        """What the tokenizer takes as it is, without merging."""
        if not self.rules.whole:
            return
        text = data.tobytes()
        for start, length in zip(starts.tolist(), lengths.tolist(), strict=True):
            token_id = self.rules.whole.get(text[start : start + length])
            if token_id is not None:
                tokens[start : start + length] = -1
                tokens[start] = token_id
                gaps[start : start + length - 1] = CLOSED
                gaps[start + length - 1] = OPEN
