"""Corpus: what is trained on, as somebody chose it, and the texts and tokens that this means."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt

from tokviz.corpus_files import files_below, is_utf8, read_file
from tokviz.tokenization.pre_tokenization.split_pattern import SplitPattern
from tokviz.tokenization.text.locality import Locality
from tokviz.tokenization.text.reencoding import encode_in_parts
from tokviz.tokenization.tokenizer import Tokenizer
from tokviz.tokenization.training.word_counts import Words

_WHOLE = SplitPattern("whole texts", "")  # knows no place where a file may be cut


@dataclass(frozen=True)
class Corpus:
    """What is trained on: words with counts if there are any, else files, else a text.

    `field` holds the text in `.jsonl` files; `encoding` is that of the files that are not UTF-8,
    None where nobody said it.
    """

    name: str = "trained"
    text: str = ""
    paths: tuple[str, ...] = ()
    field: str = "text"
    encoding: str | None = None
    words: Words | None = None


@dataclass(frozen=True, eq=False)
class CorpusIds:
    """The tokens of all texts one after the other, by a tokenizer that has every one of them."""

    tokenizer: Tokenizer
    ids: npt.NDArray[np.int32]

    @cached_property
    def n_used(self) -> int:
        """How many tokens of the vocabulary occur."""
        return int(np.count_nonzero(np.bincount(self.ids)))


def corpus_texts(corpus: Corpus, split: SplitPattern) -> Iterator[str]:
    """The texts of a corpus, in pieces that begin and end where pre-tokens of `split` do.

    Raises `TextFileError`.
    """
    if not corpus.paths:
        yield corpus.text
    for path in corpus.paths:
        for file in files_below(path):
            foreign = corpus.encoding is not None and not is_utf8(file)
            encoding = corpus.encoding if foreign and corpus.encoding else "utf-8"
            yield from read_file(file, split, encoding=encoding, field=corpus.field)


def encoding_corpus(corpus: Corpus, tokenizer: Tokenizer) -> Iterator[int | CorpusIds]:
    """Yields how many tokens there are so far, and at last what they are.

    A growing vocabulary takes in the characters it meets. Raises `TextFileError`.
    """
    parts, n_ids = [np.zeros(0, np.int32)], 0
    encoder = tokenizer.encoder()
    for text in corpus_texts(corpus, _WHOLE):
        if (grown := tokenizer.extended(text)) is not tokenizer:
            tokenizer, encoder = grown, grown.encoder()
        for part in encode_in_parts(encoder, text, Locality.of(tokenizer)):
            parts.append(part.ids.astype(np.int32))
            n_ids += len(part.ids)
            yield n_ids
    found = CorpusIds(tokenizer, np.concatenate(parts))
    _ = found.n_used
    yield found
