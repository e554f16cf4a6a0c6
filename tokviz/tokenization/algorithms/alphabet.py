"""Encoding without merges: one token a character, or one token a byte."""

from collections.abc import Sequence

import numpy as np

from tokviz.tokenization.encoding import Encoding, utf8_lengths, without_surrogates


class AlphabetEncoder:
    """Looks each character, or each byte, up in the vocabulary; nothing is remembered."""

    def __init__(self, vocab: Sequence[bytes | None], *, by_bytes: bool) -> None:
        self._by_bytes = by_bytes
        if by_bytes:
            return
        known = [(ord(data.decode()), i) for i, data in enumerate(vocab) if data is not None]
        known.sort()
        self._code_points = np.array([c for c, _ in known], np.uint32)
        self._ids = np.array([i for _, i in known], np.int32)

    def encode(self, text: str, *, at_start: bool = True) -> Encoding:
        """Every character is an edge, so any part of a text may be encoded alone."""
        return self._bytes(text) if self._by_bytes else self._characters(text)

    def _bytes(self, text: str) -> Encoding:
        data = without_surrogates(text).encode("utf-8")
        ids = np.frombuffer(data, np.uint8).astype(np.int32)
        starts = np.arange(len(data), dtype=np.int32)
        nothing = np.zeros(0, np.int32)
        return Encoding(text, len(data), ids, starts, starts + 1, None, None, None, nothing)

    def _characters(self, text: str) -> Encoding:
        valid = without_surrogates(text)
        code_points = np.frombuffer(valid.encode("utf-32-le"), np.uint32)
        lengths = utf8_lengths(valid).astype(np.int32)
        ends = np.cumsum(lengths, dtype=np.int32)
        starts = ends - lengths
        place = self._code_points.searchsorted(code_points)
        place[place == len(self._code_points)] = 0
        known = (
            self._code_points[place] == code_points
            if len(self._code_points)
            else np.zeros(len(valid), bool)
        )
        unknown = np.flatnonzero(~known)
        lost = [np.arange(starts[i], ends[i], dtype=np.int32) for i in unknown]
        return Encoding(
            text,
            int(ends[-1]) if len(ends) else 0,
            self._ids[place[known]],
            starts[known],
            ends[known],
            None,
            None,
            None,
            np.concatenate(lost) if lost else np.zeros(0, np.int32),
        )
