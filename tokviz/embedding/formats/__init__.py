"""One file a table format; each lists the matrices of a file and opens one of them.

`any_file.py` asks the right one. Only the one matrix that is opened is read.
"""

from collections.abc import Callable
from dataclasses import dataclass, field

from tokviz.embedding.table import EmbeddingTable


class TableFileError(ValueError):
    """A table file that cannot be used: says which file, where, and what to do."""


@dataclass(frozen=True)
class Candidate:
    """A matrix that could be the embedding table: `open()` reads it.

    `shape` is (n_rows, dim), `dtype` as the file calls it, `likely` whether its name is one that
    models give to their token embeddings. `open` raises `TableFileError`, `OSError`.
    """

    name: str
    shape: tuple[int, int]
    dtype: str
    likely: bool
    open: Callable[[], EmbeddingTable] = field(repr=False, compare=False)
