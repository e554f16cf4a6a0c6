"""Which embedding table belongs to which vocabulary, and which row to which token.

Row n of a table is the vector of token n, unless the table names the tokens it has rows for. A
table carries the vocabulary it was opened or trained for. Another tokenizer may keep it only if
every id that has a row means the same bytes there; else it is put aside until its own comes back.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt

from tokviz.embedding.neighbors import Metric, NearestRows, NeighborSearch
from tokviz.embedding.row_classes import RowClass, RowClasses, check_enough_rows, row_classes
from tokviz.embedding.table import EmbeddingTable, Int64s
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
        if table.ids is None:
            check_enough_rows(table, n_ordinary(tokenizer))
        self.table = table
        self.tokenizer = tokenizer

    @cached_property
    def vocab(self) -> list[bytes | None]:
        """The bytes of each row's token, None for a row that no token has."""
        vocab, n_rows = self.tokenizer.vocab, self.table.n_rows
        if self.table.ids is not None:
            return [vocab[i] for i in self.table.ids.tolist()]
        return [*vocab[:n_rows], *[None] * (n_rows - len(vocab))]

    def ids_of(self, rows: npt.ArrayLike) -> Int64s:
        """The tokens that some rows belong to."""
        wanted, ids = np.asarray(rows, np.int64), self.table.ids
        return wanted if ids is None else ids[wanted]

    def id_of(self, row: int) -> int:
        return row if self.table.ids is None else int(self.table.ids[row])

    def rows_of(self, ids: npt.ArrayLike) -> Int64s:
        """The rows of some tokens in their order; those without a row are left out."""
        wanted, known = np.asarray(ids, np.int64), self.table.ids
        if known is None:
            return wanted[(wanted >= 0) & (wanted < self.table.n_rows)]
        places = np.minimum(known.searchsorted(wanted), len(known) - 1)
        found: Int64s = places[known[places] == wanted]
        return found

    def row_of(self, token_id: int) -> int | None:
        found = self.rows_of([token_id])
        return int(found[0]) if len(found) else None

    def counts(self, of_ids: Int64s) -> Int64s:
        """How often the token of each row occurs, (n_rows,); `of_ids`: how often each id does."""
        here = self.ids_of(np.arange(self.table.n_rows))
        found = np.zeros(len(here), np.int64)
        has_id = here < len(of_ids)  # padding has none
        found[has_id] = of_ids[here[has_id]]
        return found

    @cached_property
    def search(self) -> NeighborSearch:
        """Finds nearest rows among the rows as they are in the file."""
        return NeighborSearch(self.table)

    @cached_property
    def classes(self) -> RowClasses:
        return row_classes(self.table, len(self.vocab) if self._has_ids else self.tokenizer.n_vocab)

    @property
    def _has_ids(self) -> bool:
        return self.table.ids is not None

    @cached_property
    def without_token(self) -> tuple[int, ...]:
        """Rows that no token has: padding, and ids that stand for nothing."""
        return tuple(row for row, data in enumerate(self.vocab) if data is None)

    def has_token(self, row: int) -> bool:
        return 0 <= row < len(self.vocab) and self.vocab[row] is not None

    def fits(self, tokenizer: Tokenizer) -> bool:
        """Whether every row means the same bytes to another tokenizer."""
        if tokenizer is self.tokenizer:
            return True
        n, ids = self.table.n_rows, self.table.ids
        if ids is not None:
            inside = int(ids[-1]) < tokenizer.n_vocab
            return inside and [tokenizer.vocab[i] for i in ids.tolist()] == self.vocab
        return _means_the_same(self.tokenizer.vocab, tokenizer.vocab, n)

    def is_next_of(self, before: "TokenTable") -> bool:
        """Whether the rows belong to the tokens that those of another table did."""
        same_rows = self.table.n_rows == before.table.n_rows and self.fits(before.tokenizer)
        ids, others = self.table.ids, before.table.ids
        if ids is None or others is None:
            return same_rows and ids is others
        return same_rows and bool((ids == others).all())

    def audit(self) -> str:
        """The rows against the vocabulary, in a sentence or two."""
        found, table = self.classes, self.table
        parts = [f"{table.n_rows:,} rows of {table.dim:,} numbers"]
        for kind, words in _CLASS_WORDS.items():
            if number := found.count(kind):
                parts.append(f"{number:,} {words}{self._named(kind, number)}")
        sentence = ", ".join(parts)
        return f"{sentence}{self._missing(found.n_missing)}."

    def _missing(self, n_added: int) -> str:
        if self._has_ids:
            n = self.tokenizer.n_vocab - self.table.n_rows
            return f"; {n:,} tokens that do not occur in the text have none" if n else ""
        have = "added token has" if n_added == 1 else "added tokens have"
        return f"; {n_added:,} {have} no row" if n_added else ""

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
