"""Which merges match a filter: by text, bytes, regular expression, id or range of ranks.

ing           merges whose token's text holds "ing"
hex:e2 80     whose bytes hold these
/^ .*ing$/    whose text matches the regular expression
id:1634       that make, or join, this token
rank:100-200  ranks 100 to 200; also rank:39
"""

from collections.abc import Callable

import numpy as np

from tokviz.tokenization.encoding import Int64s
from tokviz.tokenization.tokenizer import Tokenizer
from tokviz.tokenization.vocabulary.token_filter import FilterError, token_predicate


def matching_ranks(tokenizer: Tokenizer, words: str) -> Int64s:
    """The ranks of the merges a filter matches, rising, int64. Raises `FilterError`.

    An empty filter matches all.
    """
    words = words.strip("\n")
    n = len(tokenizer.merges)
    if not words:
        return np.arange(n, dtype=np.int64)
    name, colon, value = words.partition(":")
    if colon and name in _BY_NUMBER:
        return _BY_NUMBER[name](tokenizer, value)
    return _by_bytes(tokenizer, token_predicate(words))


def _by_bytes(tokenizer: Tokenizer, matches: Callable[[bytes], bool]) -> Int64s:
    vocab = tokenizer.vocab
    ids = tokenizer.merges.ids.tolist()
    found = [rank for rank, token_id in enumerate(ids) if matches(vocab[token_id] or b"")]
    return np.array(found, np.int64)


def _by_id(tokenizer: Tokenizer, value: str) -> Int64s:
    if not value.strip().isdecimal():
        raise FilterError(f"{value!r} is no id: write id:1634.")
    merges, wanted = tokenizer.merges, int(value)
    hit = (merges.ids == wanted) | (merges.left == wanted) | (merges.right == wanted)
    return np.flatnonzero(hit)


def _by_rank(tokenizer: Tokenizer, value: str) -> Int64s:
    first, dash, last = (part.strip() for part in value.partition("-"))
    if not first.isdecimal() or (dash and not last.isdecimal()):
        raise FilterError(f"{value!r} is no range of ranks: write rank:100-200.")
    n = len(tokenizer.merges)
    start, end = int(first), int(last or first)
    if not n:
        raise FilterError("This tokenizer has no merges, so there are no ranks to look for.")
    if start >= n or end < start:
        raise FilterError(f"The ranks run from 0 to {n - 1:,}; {value!r} is outside of them.")
    return np.arange(start, min(end + 1, n), dtype=np.int64)


_BY_NUMBER = {"id": _by_id, "rank": _by_rank}
