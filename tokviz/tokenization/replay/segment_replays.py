"""Replays for what does not merge: the attempts of WordPiece, the lattice of Unigram."""

from dataclasses import dataclass
from typing import Protocol, runtime_checkable

from tokviz.tokenization.encoding import without_surrogates
from tokviz.tokenization.segmenters.unigram import Lattice, Unigram
from tokviz.tokenization.segmenters.wordpiece import Attempt, WordPiece
from tokviz.tokenization.tokenizer import Tokenizer


@dataclass(frozen=True)
class WordReplay:
    """A normalized word and every look into the vocabulary; `too_long`: none was taken."""

    word: str
    attempts: list[Attempt]
    too_long: bool


@runtime_checkable
class _Delegate(Protocol):
    """A segmenter that splits elsewhere and keeps the tables of its algorithm."""

    @property
    def unigram(self) -> Unigram | None: ...
    @property
    def wordpiece(self) -> WordPiece | None: ...
    def words(self, text: str) -> list[tuple[str, tuple[int, int]]]: ...


def word_replays(tokenizer: Tokenizer, text: str) -> list[WordReplay]:
    """The attempts for each word of a text; empty where the algorithm is not WordPiece."""
    text, segmenter = without_surrogates(text), tokenizer.segmenter
    pieces = segmenter if isinstance(segmenter, WordPiece) else None
    words: list[str] = []
    if pieces is not None:
        chunks: list[str] = pieces.chunks.findall(text)
        words = [word.text for chunk in chunks for word in pieces.words(chunk)]
    elif isinstance(segmenter, _Delegate) and segmenter.wordpiece is not None:
        pieces = segmenter.wordpiece
        words = [word for word, _ in segmenter.words(text)]
    if pieces is None:
        return []
    return [WordReplay(word, pieces.attempts(word), len(word) > pieces.most) for word in words]


def lattices(tokenizer: Tokenizer, text: str, *, at_start: bool = True) -> list[Lattice]:
    """The lattice of each stretch that is cut alone; empty where the algorithm is not Unigram."""
    text, segmenter = without_surrogates(text), tokenizer.segmenter
    if isinstance(segmenter, Unigram):
        chunks: list[str] = segmenter.chunks.findall(text)
        written = [
            segmenter.spacing.normalized(chunk, at_start and i == 0).text
            for i, chunk in enumerate(chunks)
        ]
        return [segmenter.lattice(part) for part in written if part]
    if isinstance(segmenter, _Delegate) and segmenter.unigram is not None:
        return [segmenter.unigram.lattice(word) for word, _ in segmenter.words(text)]
    return []
