"""What every map of a table shows alike, in the window and in a picture: labels, their order."""

from collections.abc import Callable

import numpy as np
import numpy.typing as npt

from tokviz.embedding.row_classes import RowClass
from tokviz.token_tables import TokenTable
from tokviz.tokenization.vocabulary.visible_text import visible

_LONGEST = 32


def labels_of(known: TokenTable) -> Callable[[int], str]:
    """The label of a row: its token with marks for what cannot be seen."""
    vocab = known.vocab

    def label_of(row: int) -> str:
        data = vocab[row]
        if data is None:
            return f"row {row:,}, no token"
        shown = visible(data)
        return shown if len(shown) <= _LONGEST else f"{shown[: _LONGEST - 1]}…"

    return label_of


def label_order(known: TokenTable, counts: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
    """The rows by the importance of their labels: frequent in the text, then early in training.

    Words come before parts of characters, rows without a token last.
    """
    n_rows = known.table.n_rows
    kind = np.full(n_rows, 2, np.int64)
    for row, data in enumerate(known.vocab):
        if data is not None:
            kind[row] = 0 if len(data) > 2 else 1
    return np.lexsort((np.arange(n_rows), kind, -counts[:n_rows]))


def hollow_rows(known: TokenTable) -> npt.NDArray[np.bool_]:
    """The rows drawn as rings: those that are not ordinary, or were never learned."""
    found: npt.NDArray[np.bool_] = known.classes.classes != RowClass.ORDINARY
    never = known.table.never_updated
    return found if never is None else found | never


def hover_words(known: TokenTable, row: int, count: int | None) -> list[str]:
    """What the card under the mouse says of a row, a line each; `count` None: not counted yet."""
    tokenizer, table = known.tokenizer, known.table
    norm = float(np.sqrt(np.square(table.gather([row])[0], dtype=np.float64).sum()))
    if not known.has_token(row):
        return [f"row {row:,}", "padding: no token has this row", f"length {norm:.3f}"]
    token_id = known.id_of(row)
    data = tokenizer.token_bytes(token_id)
    rank = tokenizer.merges.rank_of_id.get(token_id)
    special = token_id in tokenizer.special_tokens.values()
    made = "special token" if special else "no merge" if rank is None else f"rank {rank:,}"
    times = "counting …" if count is None else f"{count:,} in the text"
    times = "not in the text" if count == 0 else times
    never = table.never_updated
    if never is not None and never[row]:
        times = "never seen in training: its row is still random"
    return [
        labels_of(known)(row),
        f"id {token_id:,} · {made} · {times}",
        f"{data[:16].hex(' ')}{' …' if len(data) > 16 else ''}",
        f"length of the row {norm:.3f}",
    ]
