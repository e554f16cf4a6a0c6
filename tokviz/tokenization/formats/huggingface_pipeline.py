"""A whole `tokenizer.json` carried out by Hugging Face's `tokenizers`: ids and spans from there.

For what our own encoder does not do: rare normalizers and pre-tokenizers. The algorithm's tables
are kept beside it, so that its steps can be shown.
"""

import json
from dataclasses import dataclass
from functools import cached_property
from itertools import accumulate, chain
from typing import Any

import numpy as np

from tokviz.tokenization.algorithms.bpe import MergeStep
from tokviz.tokenization.encoders.chunk_encoder import ChunkEncoder, EncodedChunk, EncodeMany
from tokviz.tokenization.encoding import Encoding, utf8_lengths, without_surrogates
from tokviz.tokenization.formats.unigram_chunks import UnigramChunks
from tokviz.tokenization.normalization.normalizers import uncovered_by
from tokviz.tokenization.normalization.spaced_text import SPACE
from tokviz.tokenization.ranges import distinct
from tokviz.tokenization.segmenters.unigram import Unigram
from tokviz.tokenization.segmenters.wordpiece import WordPiece


class PipelineError(ValueError):
    """What the `tokenizers` package says of a file that it cannot use."""


@dataclass(frozen=True)
class LibrarySegmenter:
    """`content`: the file as the package reads it, without padding, truncation and template.

    `unigram`, `wordpiece`: the tables of that algorithm, for one word of `words`. `parts`: what
    of a text may be encoded alone; None where that is not known.
    """

    content: str
    unigram: Unigram | None = None
    wordpiece: WordPiece | None = None
    parts: UnigramChunks | None = None
    matches_names = True

    def encoder(self, *, special: bool = False) -> "LibraryEncoder | ChunkEncoder":
        if self.parts is None or special:
            return LibraryEncoder(load_pipeline(self.content, special=special))
        whole = LibraryEncoder(self.pipeline)
        return ChunkEncoder(
            self.parts.chunks,
            lambda chunk, _at_start: whole.encode_chunk(chunk),
            ranked=False,
            encode_many=lambda: self._many,
        )

    @cached_property
    def _many(self) -> EncodeMany | None:
        if self.unigram is None or self.parts is None:
            return None
        return self.unigram.many_by(self.parts)

    def normalized(self, text: str) -> str:
        """The text as it is split, but for the signs that stand for spaces."""
        normalizer = self.pipeline.normalizer
        made: str = text if normalizer is None else normalizer.normalize_str(text)
        return made.replace(SPACE, " ")

    def steps(self, text: str, *, at_start: bool = True) -> list[MergeStep]:
        """The package does not tell its merges."""
        return []

    @cached_property
    def pipeline(self) -> Any:
        """The package's tokenizer, with names as text. Raises `PipelineError`."""
        return load_pipeline(self.content)

    def words(self, text: str) -> list[tuple[str, tuple[int, int]]]:
        """The normalized pre-tokens of a text, and their characters in the normalized text."""
        normalizer, pre_tokenizer = self.pipeline.normalizer, self.pipeline.pre_tokenizer
        text = without_surrogates(text)
        normalized = text if normalizer is None else normalizer.normalize_str(text)
        if pre_tokenizer is None:
            return [(normalized, (0, len(normalized)))] if normalized else []
        found: list[tuple[str, tuple[int, int]]] = pre_tokenizer.pre_tokenize_str(normalized)
        return found


def load_pipeline(content: str, *, special: bool = False) -> Any:
    """The package's tokenizer. `special`: names of special tokens are looked for.

    That is set once, as the package refuses it while another thread encodes. Raises
    `PipelineError`, also where the package panics.
    """
    from tokenizers import Tokenizer

    try:
        pipeline = Tokenizer.from_str(content)
    except BaseException as error:  # noqa: BLE001 - a panic is no Exception
        raise _told(error) from None
    pipeline.encode_special_tokens = not special
    return pipeline


def _told(error: BaseException) -> BaseException:
    is_panic = type(error).__name__ == "PanicException"
    if not is_panic and not isinstance(error, Exception):
        return error
    first = (str(error).splitlines() or [""])[0]
    return PipelineError(first[:200])


def without_extras(found: dict[str, Any]) -> str:
    """A file's object without what is added to or taken from a text behind the algorithm."""
    return json.dumps({**found, "padding": None, "truncation": None, "post_processor": None})


class LibraryEncoder:
    """Encodes whole texts; the package keeps a cache of its own."""

    def __init__(self, pipeline: Any) -> None:
        self._pipeline = pipeline

    def encode(self, text: str, *, at_start: bool = True) -> Encoding:
        found = self._found(without_surrogates(text))
        offsets = np.zeros(len(text) + 1, np.int32)
        np.cumsum(utf8_lengths(text), out=offsets[1:])
        # Where a character falls back to bytes inside a word, the package counts past the text.
        flat = np.fromiter(chain.from_iterable(found.offsets), np.int64, 2 * len(found.ids))
        spans = np.minimum(flat, len(text)).reshape(-1, 2)
        starts = np.maximum.accumulate(offsets[spans[:, 0]])
        ends = np.maximum(np.maximum.accumulate(offsets[spans[:, 1]]), starts)
        n_bytes = int(offsets[-1])
        words = np.array([-1 if word is None else word for word in found.word_ids], np.int64)
        begins = np.ones(len(words), bool)
        begins[1:] = (words[1:] != words[:-1]) | (words[1:] < 0)
        first = np.zeros(min(n_bytes, 1), np.int32)
        return Encoding(
            text=text,
            n_bytes=n_bytes,
            ids=np.array(found.ids, np.int32),
            byte_starts=starts,
            byte_ends=ends,
            pre_token_chars=distinct(np.concatenate((first, spans[begins, 0].astype(np.int32)))),
            pre_token_bytes=distinct(np.concatenate((first, starts[begins]))),
            gaps=None,
            uncovered_bytes=uncovered_by(starts, ends, n_bytes),
        )

    def _found(self, text: str) -> Any:
        try:
            # In a batch, since for a single text the package keeps all other threads waiting.
            return self._pipeline.encode_batch([text], add_special_tokens=False)[0]
        except BaseException as error:  # noqa: BLE001 - a panic is no Exception
            raise _told(error) from None

    def encode_chunk(self, chunk: str) -> EncodedChunk:
        """The same for a part of a text that may be encoded alone, which is short. Spaces in front
        are part of its first word."""
        found, n = self._found(chunk), len(chunk)
        places = [0, *accumulate(utf8_lengths(chunk).tolist())]
        starts = list(accumulate((places[min(start, n)] for start, _ in found.offsets), max))
        ends = list(accumulate((places[min(end, n)] for _, end in found.offsets), max))
        words = [-1 if word is None else word for word in found.word_ids]
        begins = [
            at
            for at, word, last in zip(starts, words, [-1, *words], strict=False)
            if word != last or word < 0
        ]
        return EncodedChunk(
            found.ids,
            starts,
            list(map(max, starts, ends)),
            pre_tokens=[0, *sorted(set(begins[1:]))],
        )
