"""Which embedding table belongs to which vocabulary: row n of a table is the vector of token n.

A table carries the vocabulary it was opened or trained for. Another tokenizer may keep it only if
every id that has a row means the same bytes there; else it is put aside until its own comes back.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from tokviz.embedding.neighbors import Metric, NearestRows, NeighborSearch
from tokviz.embedding.row_classes import RowClass, RowClasses, check_enough_rows, row_classes
from tokviz.embedding.table import EmbeddingTable
from tokviz.tokenization.tokenizer import Tokenizer

_MOST_ASIDE = 6
_CLASS_WORDS = {
    RowClass.DUPLICATE: "equal to another row",
    RowClass.ZERO: "all zeros",
    RowClass.NOT_FINITE: "with a NaN or an infinity",
    RowClass.PADDING: "padding, beyond the vocabulary",
}
_MOST_NAMED = 3


class TokenTable:
    """A table, and the vocabulary (id → bytes) that its rows are for.

    What follows from them is computed once, when it is first asked for, in whatever thread asks.
    Raises `MissingRowsError` for a table with fewer rows than ordinary tokens.
    """

    def __init__(self, table: EmbeddingTable, tokenizer: Tokenizer) -> None:
        check_enough_rows(table, n_ordinary(tokenizer))
        self.table = table
        self.tokenizer = tokenizer

    @cached_property
    def search(self) -> NeighborSearch:
        """Finds nearest rows among the rows as they are in the file."""
        return NeighborSearch(self.table)

    @cached_property
    def classes(self) -> RowClasses:
        return row_classes(self.table, self.tokenizer.n_vocab)

    @cached_property
    def without_token(self) -> tuple[int, ...]:
        """Rows that no token has: padding, and ids that stand for nothing."""
        vocab, n_rows = self.tokenizer.vocab, self.table.n_rows
        gaps = [i for i, data in enumerate(vocab[:n_rows]) if data is None]
        return (*gaps, *range(len(vocab), n_rows))

    def has_token(self, row: int) -> bool:
        vocab = self.tokenizer.vocab
        return 0 <= row < len(vocab) and vocab[row] is not None

    def fits(self, tokenizer: Tokenizer) -> bool:
        """Whether every row means the same bytes to another tokenizer."""
        if tokenizer is self.tokenizer:
            return True
        n = self.table.n_rows
        return _means_the_same(self.tokenizer.vocab, tokenizer.vocab, n)

    def audit(self) -> str:
        """The rows against the vocabulary, in a sentence or two."""
        found, table = self.classes, self.table
        parts = [f"{table.n_rows:,} rows of {table.dim:,} numbers"]
        for kind, words in _CLASS_WORDS.items():
            if number := found.count(kind):
                parts.append(f"{number:,} {words}{self._named(kind, number)}")
        sentence = ", ".join(parts)
        if n := found.n_missing:
            missing = "added token has" if n == 1 else "added tokens have"
            sentence += f"; {n:,} {missing} no row"
        return f"{sentence}."

    def _named(self, kind: RowClass, number: int) -> str:
        if kind is RowClass.PADDING:
            return ""
        rows = np.flatnonzero(self.classes.classes == kind)[:_MOST_NAMED].tolist()
        more = ", …" if number > _MOST_NAMED else ""
        return f" ({'row' if number == 1 else 'rows'} {', '.join(map(str, rows))}{more})"


def n_ordinary(tokenizer: Tokenizer) -> int:
    """The highest id of an ordinary token + 1: tokens added later may lack a row.

    >>> from tokviz.tokenization.tokenizer import bytes_tokenizer
    >>> n_ordinary(bytes_tokenizer())
    256
    """
    added = set(tokenizer.special_tokens.values())
    highest = tokenizer.n_vocab
    while highest and highest - 1 in added:
        highest -= 1
    return highest


def tokens_nearest(
    known: TokenTable, search: NeighborSearch, row: int, k: int, metric: Metric
) -> NearestRows:
    """The rows nearest to a row that belong to a token: padding has no text to show.

    Raises `QueryError`.
    """
    return search.of_vector(search.vector(row), k, metric, (row, *known.without_token))


def _means_the_same(one: Sequence[bytes | None], other: Sequence[bytes | None], n: int) -> bool:
    shared = min(len(one), len(other), n)
    if list(one[:shared]) != list(other[:shared]):
        return False
    longer = one if len(one) > len(other) else other
    return all(data is None for data in longer[shared:n])


@dataclass(frozen=True)
class TableShelf:
    """Tables put aside, the latest last: each comes back with a tokenizer that it fits."""

    tables: tuple[TokenTable, ...] = ()

    def with_table(self, table: TokenTable) -> "TableShelf":
        kept = [t for t in self.tables if t.tokenizer.fingerprint != table.tokenizer.fingerprint]
        return TableShelf((*kept[-_MOST_ASIDE + 1 :], table))

    def table_for(self, tokenizer: Tokenizer) -> TokenTable | None:
        return next((t for t in reversed(self.tables) if t.fits(tokenizer)), None)
