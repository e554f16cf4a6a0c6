"""Which tokens of a vocabulary match a filter, and in which order they stand in a list.

Filters are those of `token_filter`, and by number:
id:1634       one id
id:0-255      a range of ids
[11241, 1634] these ids
"""

import re
from enum import Enum
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from tokviz.tokenization.encoding import Int64s
from tokviz.tokenization.tokenizer import Tokenizer
from tokviz.tokenization.vocabulary.token_filter import FilterError, token_predicate

NO_RANK = -1


class TokenOrder(Enum):
    """What a list of tokens is sorted by; the value is the column's heading."""

    ID = "id"
    TEXT = "token"
    COUNT = "here"
    LENGTH = "length"
    RANK = "rank"


class VocabularyIndex:
    """Columns about every id of a vocabulary, (n_vocab,), made once for each tokenizer.

    `known`: whether the id stands for something. `lengths`: bytes of the token. `ranks`: of the
    merge that makes it, `NO_RANK` where none does. `alphabetical`: its place by bytes.
    """

    def __init__(self, tokenizer: Tokenizer) -> None:
        self.tokenizer = tokenizer
        vocab = [b"" if data is None else data for data in tokenizer.vocab]
        self.known: NDArray[np.bool_] = np.array([d is not None for d in tokenizer.vocab], bool)
        self.lengths: Int64s = np.fromiter(map(len, vocab), np.int64, len(vocab))
        self.ranks: Int64s = np.full(len(vocab), NO_RANK, np.int64)
        made = tokenizer.merges.ids
        self.ranks[made[::-1]] = np.arange(len(made))[::-1]  # the first merge that makes it counts

    @cached_property
    def alphabetical(self) -> Int64s:
        """Sorting takes a while, and few sort by this."""
        vocab = [b"" if data is None else data for data in self.tokenizer.vocab]
        places = np.empty(len(vocab), np.int64)
        places[sorted(range(len(vocab)), key=vocab.__getitem__)] = np.arange(len(vocab))
        return places

    def matching(self, words: str) -> Int64s:
        """The ids that a filter matches, rising. Raises `FilterError`.

        An empty filter matches all ids that stand for something.
        """
        words = words.strip("\n")
        if words.startswith("id:"):
            found = self._by_range(words[3:])
        elif words.startswith("[") and words.rstrip().endswith("]"):
            found = np.unique(np.array(parsed_ids(words, self.tokenizer), np.int64))
        elif words:
            matches = token_predicate(words)
            vocab = self.tokenizer.vocab
            found = np.array(
                [i for i, data in enumerate(vocab) if data is not None and matches(data)], np.int64
            )
        else:
            found = np.arange(len(self.known), dtype=np.int64)
        return found[self.known[found]]

    def _by_range(self, value: str) -> Int64s:
        first, dash, last = (part.strip() for part in value.partition("-"))
        if not first.isdecimal() or (dash and not last.isdecimal()):
            raise FilterError(f"{value!r} is no id: write id:1634 or id:0-255.")
        start, end = int(first), int(last or first)
        n = len(self.known)
        if start >= n or end < start:
            raise FilterError(f"The ids run from 0 to {n - 1:,}; {value!r} is outside of them.")
        return np.arange(start, min(end + 1, n), dtype=np.int64)

    def keys(self, order: TokenOrder, counts: Int64s) -> Int64s:
        """(n_vocab,) what ids are compared by; `counts`: of each id in the text."""
        if order is TokenOrder.TEXT:
            return self.alphabetical
        columns = {
            TokenOrder.ID: np.arange(len(self.known)),
            TokenOrder.COUNT: counts,
            TokenOrder.LENGTH: self.lengths,
            TokenOrder.RANK: self.ranks,
        }
        return columns[order]

    def in_order(
        self, ids: Int64s, order: TokenOrder, counts: Int64s, *, ascending: bool
    ) -> Int64s:
        """The ids sorted; equal ones by id. Those without a rank stand behind all others."""
        keys = self.keys(order, counts)[ids]
        keys = keys if ascending else -keys
        if order is TokenOrder.RANK:
            keys = np.where(self.ranks[ids] == NO_RANK, np.iinfo(np.int64).max, keys)
        return ids[np.argsort(keys, kind="stable")]


def parsed_ids(words: str, tokenizer: Tokenizer) -> list[int]:
    """The ids in a list such as `[11241, 1634]` or `11241 1634`. Raises `FilterError`.

    Brackets, commas and white space part them; anything else is no id.
    """
    ids = []
    for place, part in enumerate(re.findall(r"[^\s,\[\]]+", words)):
        if not (part.isascii() and part.isdecimal()):
            raise FilterError(f"{part[:40]!r}, the {_nth(place + 1)} of the list, is no id.")
        token_id = int(part[:20])
        if token_id >= tokenizer.n_vocab or tokenizer.vocab[token_id] is None:
            raise FilterError(
                f"{tokenizer.name} has no token with the id {part[:20]}, the {_nth(place + 1)} of "
                f"the list; its ids run from 0 to {tokenizer.n_vocab - 1:,}."
            )
        ids.append(token_id)
    return ids


def _nth(n: int) -> str:
    """
    >>> [_nth(n) for n in (1, 2, 3, 4, 11, 22, 113)]
    ['1st', '2nd', '3rd', '4th', '11th', '22nd', '113th']
    """
    teens = 10 < n % 100 < 14
    return f"{n:,}" + ("th" if teens else {1: "st", 2: "nd", 3: "rd"}.get(n % 10, "th"))
