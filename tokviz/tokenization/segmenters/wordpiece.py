"""WordPiece: a word becomes the longest token that begins it, then the longest that goes on, ...

If at some place no token goes on, the whole word is unknown (Wu et al., 2016, as BERT's code does
it: https://github.com/google-research/bert/blob/master/tokenization.py).
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

from tokviz.tokenization.algorithms.bpe import MergeStep
from tokviz.tokenization.encoders.chunk_encoder import ChunkEncoder, EncodedChunk, EncodeMany
from tokviz.tokenization.encoders.word_arrays import ManyWords, WordArrays


@dataclass(frozen=True)
class Word:
    """A normalized word: its characters, and for each the bytes [start, end) it came from."""

    text: str
    starts: list[int]
    ends: list[int]


@dataclass(frozen=True)
class Attempt:
    """One look into the vocabulary: the characters [start, end) of a word, and the id found."""

    start: int
    end: int
    id: int | None


@dataclass(frozen=True)
class WordPiece:
    """`pieces`: token → id. `prefix`: what tokens inside a word begin with. `most`: characters of a
    word that is not unknown at once. `words`: the words of a chunk. `chunks`: what a chunk is.
    `many_words`: the words of those of many chunks for which arrays can tell them."""

    pieces: dict[str, int]
    prefix: str
    unknown_id: int | None
    most: int
    words: Callable[[str], list[Word]]
    chunks: re.Pattern[str]
    many_words: Callable[[list[str]], ManyWords] | None = None
    matches_names = False

    def encoder(self, *, special: bool = False) -> ChunkEncoder:
        return ChunkEncoder(
            self.chunks, self.encode_chunk, ranked=False, encode_many=lambda: self.many
        )

    @cached_property
    def many(self) -> EncodeMany | None:
        many_words = self.many_words
        if many_words is None:
            return None
        try:
            arrays = WordArrays(self.pieces, self.prefix, self.unknown_id, self.most)
        except OverflowError:
            return None
        return lambda chunks: arrays.encode(many_words(chunks))

    def normalized(self, text: str) -> str:
        """The words of a text, joined."""
        chunks: list[str] = self.chunks.findall(text)
        return "".join(word.text for chunk in chunks for word in self.words(chunk))

    def steps(self, text: str, *, at_start: bool = True) -> list[MergeStep]:
        """Nothing is merged."""
        return []

    def attempts(self, word: str) -> list[Attempt]:
        """Every look into the vocabulary, in order: from the longest to the shortest at each place.

        None for a word that is too long. The last one of an unknown word found nothing.
        """
        if len(word) > self.most:
            return []
        found, start = [], 0
        while start < len(word):
            end = len(word)
            while end > start:
                name = word[start:end] if start == 0 else self.prefix + word[start:end]
                found.append(Attempt(start, end, self.pieces.get(name)))
                if found[-1].id is not None:
                    break
                end -= 1
            if end == start:
                break
            start = end
        return found

    def encode_chunk(self, chunk: str, at_start: bool) -> EncodedChunk:
        found = EncodedChunk([], [], [])
        places = []
        for word in self.words(chunk):
            places.append(word.starts[0])
            attempts = self.attempts(word.text)
            if attempts and attempts[-1].id is not None:
                for attempt in attempts:
                    if attempt.id is not None:
                        start, end = word.starts[attempt.start], word.ends[attempt.end - 1]
                        found.add(attempt.id, start, end)
            elif self.unknown_id is not None:
                found.add(self.unknown_id, word.starts[0], word.ends[-1])
        found.pre_tokens[1:] = places[1:]
        return found
