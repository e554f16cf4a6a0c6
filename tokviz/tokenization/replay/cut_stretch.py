"""A stretch of text that WordPiece or Unigram cuts on its own: its words, each with its replay.

The replay is made from the stretch alone. `is_same` tells whether it ends in the very tokens that
the whole text has there; where it does not, nothing may be drawn of it.
"""

from dataclasses import dataclass

from tokviz.tokenization.encoding import Encoding, Int32s, without_surrogates
from tokviz.tokenization.replay.segment_replays import WordReplay, lattices, word_replays
from tokviz.tokenization.replay.text_merges import pre_tokens_around
from tokviz.tokenization.segmenters.unigram import Arc, Lattice, Unigram
from tokviz.tokenization.segmenters.wordpiece import WordPiece
from tokviz.tokenization.text.tokenized_text import TokenizedText
from tokviz.tokenization.tokenizer import Algorithm, Tokenizer
from tokviz.tokenization.vocabulary.visible_text import visible

CUTTING = (Algorithm.WORDPIECE, Algorithm.UNIGRAM)
"""The algorithms that cut words into tokens and merge nothing."""


@dataclass(frozen=True)
class CutStretch:
    """The characters [start, end) of a text, their encoding, and what was looked up for them."""

    tokenizer: Tokenizer
    start: int
    end: int
    encoding: Encoding
    words: list[WordReplay]
    lattices: list[Lattice]

    @property
    def text(self) -> str:
        return self.encoding.text

    @property
    def ids(self) -> Int32s:
        return self.encoding.ids

    @property
    def parts(self) -> list[WordReplay] | list[Lattice]:
        """What is replayed one after the other."""
        return self.words or self.lattices

    def name(self, token_id: int) -> str:
        """A token as it is shown."""
        return visible(self.tokenizer.token_bytes(token_id))

    @property
    def is_same(self) -> bool:
        """Whether the replays end in the tokens of the text."""
        if self.lattices:
            known = [arc.id for one in self.lattices for arc in one.best_path if arc.id is not None]
            return _without(known, self._fallback) == _without(self.ids.tolist(), self._fallback)
        ids = [token_id for word in self.words for token_id in self.ids_of(word)]
        return ids == list(map(int, self.ids))

    @property
    def _fallback(self) -> set[int]:
        """What may stand for a character without a token."""
        unigram = unigram_of(self.tokenizer)
        if unigram is None:
            return set()
        unknown = set() if unigram.unknown_id is None else {unigram.unknown_id}
        return unknown | set(unigram.byte_ids)

    def ids_of(self, word: WordReplay) -> list[int]:
        """The tokens of a word; one that stands for it as a whole if a part is unknown."""
        found = [attempt.id for attempt in word.attempts]
        if found and found[-1] is not None:
            return [token_id for token_id in found if token_id is not None]
        unknown = unknown_id_of(self.tokenizer)
        return [] if unknown is None else [unknown]


def stretch_at(text: TokenizedText, char: int) -> CutStretch | None:
    """What is cut alone around a character; None where the tokens are not known yet."""
    span = text.pre_token_span(char)
    if span is None:
        return None
    encoding, start = pre_tokens_around(text, *span)
    tokenizer, part = text.tokenizer, without_surrogates(encoding.text)
    return CutStretch(
        tokenizer,
        start,
        start + len(encoding.text),
        encoding,
        word_replays(tokenizer, part),
        lattices(tokenizer, part, at_start=start == 0),
    )


def unigram_of(tokenizer: Tokenizer) -> Unigram | None:
    """The tables of a Unigram tokenizer, its own or those beside a library's."""
    segmenter = tokenizer.segmenter
    if isinstance(segmenter, Unigram):
        return segmenter
    beside = getattr(segmenter, "unigram", None)
    return beside if isinstance(beside, Unigram) else None


def wordpiece_of(tokenizer: Tokenizer) -> WordPiece | None:
    """The tables of a WordPiece tokenizer, its own or those beside a library's."""
    segmenter = tokenizer.segmenter
    if isinstance(segmenter, WordPiece):
        return segmenter
    beside = getattr(segmenter, "wordpiece", None)
    return beside if isinstance(beside, WordPiece) else None


def unknown_id_of(tokenizer: Tokenizer) -> int | None:
    """The token that stands for what has none."""
    if tokenizer.unknown_id is not None:
        return tokenizer.unknown_id
    tables = wordpiece_of(tokenizer) or unigram_of(tokenizer)
    return None if tables is None else tables.unknown_id


def tokens_of_arcs(lattice: Lattice, tokenizer: Tokenizer) -> list[tuple[Arc, int]]:
    """The best path, and how many tokens each arc became; 0 for one fused with that before it."""
    unigram = unigram_of(tokenizer)
    found: list[tuple[Arc, int]] = []
    after_unknown = False
    for arc in lattice.best_path:
        n_tokens = 1
        if arc.id is None and unigram is not None:
            data = lattice.text[arc.start : arc.end].encode("utf-8")
            by_bytes = bool(unigram.byte_ids) and min(unigram.byte_ids[b] for b in data) >= 0
            fused = after_unknown and unigram.fuse_unknown
            n_tokens = len(data) if by_bytes else 0 if fused or unigram.unknown_id is None else 1
            after_unknown = not by_bytes
        else:
            after_unknown = False
        found.append((arc, n_tokens))
    return found


def best_across(lattice: Lattice, place: int) -> tuple[Arc, float] | None:
    """The arc over a place with which a way through scores most, and that score; None: no arc."""
    n = len(lattice.text)
    onwards = [float("-inf")] * n + [0.0]
    for arc in sorted(lattice.arcs, key=lambda arc: arc.start, reverse=True):
        onwards[arc.start] = max(onwards[arc.start], arc.score + onwards[arc.end])
    over = [arc for arc in lattice.arcs if arc.start < place < arc.end]
    totals = [(lattice.best[arc.start] + arc.score + onwards[arc.end], arc) for arc in over]
    if not totals:
        return None
    total, arc = max(totals, key=lambda pair: pair[0])
    return arc, total


def _without(ids: list[int], dropped: set[int]) -> list[int]:
    return [token_id for token_id in ids if token_id not in dropped]
