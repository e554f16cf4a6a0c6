"""The tokens of a text as a list, filtered and sorted: counts by id, and indexes in order.

What goes through a whole text takes it as it is when it is called and may run in another thread.
"""

from collections.abc import Iterable, Iterator
from itertools import islice

import numpy as np
from numpy.typing import NDArray

from tokviz.tokenization.encoding import Encoding, Int32s, Int64s
from tokviz.tokenization.text.tokenized_text import TokenizedText
from tokviz.tokenization.text.truncation import Truncation

_TOGETHER = 16  # parts of a text whose ids are counted in one go


def id_parts(text: TokenizedText) -> Iterator[Int32s]:
    """The ids of what is encoded so far, as it is shown, part by part."""
    encodings = text.encoded_parts()
    truncation = None
    if text.n_merges is not None:
        truncation = Truncation(text.tokenizer, text.n_merges, special=text.special)
    return _id_parts(encodings, truncation)


def _id_parts(encodings: list[Encoding], truncation: Truncation | None) -> Iterator[Int32s]:
    for encoding in encodings:
        yield (encoding if truncation is None else truncation.encoding(encoding)).ids


def count_ids(text: TokenizedText) -> Iterator[Int64s | None]:
    """Yields None after some parts, and (n_vocab,) at the end: how often each id occurs in what is
    encoded so far, as it is shown."""
    return _count(id_parts(text), text.tokenizer.n_vocab)


def _count(parts: Iterator[Int32s], n_vocab: int) -> Iterator[Int64s | None]:
    counts = np.zeros(n_vocab, np.int64)
    while some := list(islice(parts, _TOGETHER)):
        counts += np.bincount(np.concatenate(some), minlength=n_vocab)
        yield None
    yield counts


def id_counts(text: TokenizedText) -> Int64s:
    """(n_vocab,) how often each id occurs in what is encoded so far, as it is shown."""
    ids = np.concatenate([np.zeros(0, np.int32), *id_parts(text)])
    return np.bincount(ids, minlength=text.tokenizer.n_vocab)


def indexes_in_order(
    parts: Iterable[Int32s],
    wanted: NDArray[np.bool_] | None = None,
    keys: Int64s | None = None,
    *,
    ascending: bool = True,
) -> Iterator[Int64s]:
    """The indexes of a text's tokens for a list, int64; a generator of one, for a `Task`.

    `parts`: the ids of all tokens, in the text's order. `wanted`: (n_vocab,) which ids to list, all
    by default. `keys`: (n_vocab,) what to sort by; by default the place in the text, which is also
    the order of equal ones.
    """
    ids = np.concatenate([np.zeros(0, np.int32), *parts])
    indexes = np.arange(len(ids)) if wanted is None else np.flatnonzero(wanted[ids])
    if keys is not None:
        of_token = keys[ids[indexes]]
        indexes = indexes[np.argsort(of_token if ascending else -of_token, kind="stable")]
    elif not ascending:
        indexes = indexes[::-1]
    yield indexes
