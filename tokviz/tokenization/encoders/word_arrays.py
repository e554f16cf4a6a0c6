"""Many words of WordPiece at once: arrays do for all what `WordPiece.attempts` does for one.

Two tries tell the longest token at every place, one of tokens that begin words, one of those that
go on. Then all words take their next token in each step.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tokviz.tokenization.encoders.chunk_encoder import ManyChunks
from tokviz.tokenization.encoders.piece_trie import PieceTrie
from tokviz.tokenization.encoding import Int32s, Int64s, utf8_lengths
from tokviz.tokenization.normalization.normalizers import uncovered_by


@dataclass(frozen=True)
class ManyWords:
    """The normalized words of chunks in a row: their characters, and for each the bytes [starts,
    ends) it came from, counted through all chunks. `lengths`: characters of each word."""

    chunks: list[str]
    codes: NDArray[np.uint32]
    starts: Int32s
    ends: Int32s
    lengths: Int64s


class WordArrays:
    """The tables of a `WordPiece`."""

    def __init__(
        self, pieces: dict[str, int], prefix: str, unknown_id: int | None, most: int
    ) -> None:
        """Raises `OverflowError` for too many tokens."""
        going_on = [name for name in pieces if name.startswith(prefix)]
        self._first, self._next = (
            PieceTrie(list(pieces)),
            PieceTrie([name.removeprefix(prefix) for name in going_on]),
        )
        self._first_ids = np.array(list(pieces.values()), np.int32)
        self._next_ids = np.array([pieces[name] for name in going_on], np.int32)
        self._unknown_id, self._most = unknown_id, most

    def encode(self, words: ManyWords) -> ManyChunks:
        """The tokens of the chunks that the words are of."""
        text = "".join(words.chunks)
        places = np.zeros(len(text) + 1, np.int32)
        np.cumsum(utf8_lengths(text), out=places[1:])
        n_chars = np.array(list(map(len, words.chunks)), np.int64)
        edges = np.append(places[np.cumsum(n_chars) - n_chars], places[-1:])  # of chunks
        begins = np.cumsum(words.lengths) - words.lengths  # of words
        ids, firsts, lasts = self._tokens(words, begins)
        starts, ends = words.starts[firsts], words.ends[lasts]
        n_tokens = np.diff(np.searchsorted(starts, edges))
        before = np.repeat(edges[:-1], n_tokens)
        word_starts = words.starts[begins]
        chunk = np.searchsorted(edges, word_starts, "right")
        is_later = np.diff(chunk, prepend=0) == 0  # the first word of a chunk is not told
        pre_tokens = word_starts[is_later]
        return ManyChunks(
            chunks=words.chunks,
            ids=ids,
            starts=starts - before,
            ends=ends - before,
            gaps=np.zeros(0, np.int32),
            sizes=np.stack((n_tokens, np.diff(edges), n_chars)).astype(np.int32),
            lost=uncovered_by(starts, ends, int(places[-1])),
            pre_tokens=np.stack((pre_tokens, np.searchsorted(places, pre_tokens).astype(np.int32))),
        )

    def _tokens(self, words: ManyWords, begins: Int64s) -> tuple[Int32s, Int64s, Int64s]:
        """Ids, first and last characters of all tokens."""
        n = len(words.codes)
        word_ends = begins + words.lengths
        longest, ids = self._longest(words.codes, begins, word_ends)
        is_first = np.zeros(n, bool)
        is_unknown = words.lengths > self._most
        row = np.flatnonzero(~is_unknown)
        at = begins[row]
        while len(row):
            found = longest[at] >= 0
            is_unknown[row[~found]] = True
            row, at = row[found], at[found]
            is_first[at] = True
            at = longest[at] + 1
            goes_on = at < word_ends[row]
            row, at = row[goes_on], at[goes_on]
        is_first &= ~np.repeat(is_unknown, words.lengths)
        is_first[begins[is_unknown]] = True
        ids[begins[is_unknown]] = -1 if self._unknown_id is None else self._unknown_id
        firsts = np.flatnonzero(is_first)
        lasts = np.append(firsts, n)[1:] - 1
        has_id = ids[firsts] >= 0
        return ids[firsts][has_id], firsts[has_id], lasts[has_id]

    def _longest(
        self, codes: NDArray[np.uint32], begins: Int64s, ends: Int64s
    ) -> tuple[Int64s, Int32s]:
        """Of the longest token from each place on the last character (-1: no token) and the id."""
        n = len(codes)
        following = np.arange(1, n + 1)
        following[ends - 1] = n
        longest, ids = np.full(n, -1), np.full(n, -1, np.int32)
        is_later = np.ones(n, bool)
        is_later[begins] = False
        for trie, own_ids, places in (
            (self._next, self._next_ids, np.flatnonzero(is_later)),
            (self._first, self._first_ids, begins),
        ):
            classes = trie.class_of.take(codes)
            for firsts, lasts, found in trie.matches(classes, following, places):
                longest[firsts], ids[firsts] = lasts, own_ids.take(found)
        return longest, ids
