"""The tokens of a text as a list, filtered and sorted: counts by id, and indexes in order."""

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from tokviz.tokenization.encoding import Int32s, Int64s
from tokviz.tokenization.tokenized_text import TokenizedText


def id_counts(text: TokenizedText) -> Int64s:
    """(n_vocab,) how often each id occurs in what is encoded so far, as it is shown."""
    return np.bincount(text.ids(), minlength=text.tokenizer.n_vocab)


def indexes_in_order(
    ids: Int32s,
    wanted: NDArray[np.bool_] | None = None,
    keys: Int64s | None = None,
    *,
    ascending: bool = True,
) -> Iterator[Int64s]:
    """The indexes of a text's tokens for a list, int64; a generator of one, for a `Task`.

    `ids`: of all tokens, in the text's order. `wanted`: (n_vocab,) which ids to list, all by
    default. `keys`: (n_vocab,) what to sort by; by default the place in the text, which is also
    the order of equal ones.
    """
    indexes = np.arange(len(ids)) if wanted is None else np.flatnonzero(wanted[ids])
    if keys is not None:
        of_token = keys[ids[indexes]]
        indexes = indexes[np.argsort(of_token if ascending else -of_token, kind="stable")]
    elif not ascending:
        indexes = indexes[::-1]
    yield indexes
