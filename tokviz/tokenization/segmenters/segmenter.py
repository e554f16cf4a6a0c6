"""Segmenter: what an algorithm that cuts text itself offers to the tokenizer it belongs to."""

from collections.abc import Iterable
from typing import Protocol

from tokviz.tokenization.algorithms.bpe import MergeStep
from tokviz.tokenization.encoding import TextEncoder


class Segmenter(Protocol):
    """An algorithm with all its tables: `PieceBpe`, `Unigram`, `WordPiece` and others.

    `matches_names`: it looks for added tokens itself.
    """

    @property
    def matches_names(self) -> bool: ...

    def encoder(self, *, special: bool = False) -> TextEncoder:
        """A new encoder for one thread; `special`: where it matches names, special ones, too."""

    def normalized(self, text: str) -> str:
        """The text that tokens are looked for in."""

    def steps(self, text: str, *, at_start: bool) -> Iterable[MergeStep]:
        """Every merge of encoding a text; none where the algorithm does not merge."""
