"""What the map panel says: of a layout, of its honesty, of a selection, and where no table is."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from tokviz.catalog import TABLES, title_of
from tokviz.embedding.honesty import MOST_NEIGHBORS, Honesty
from tokviz.embedding.projections.layout import Layout
from tokviz.gui.widgets.map.honesty_strip import Measured, percent
from tokviz.token_tables import TokenTable

_SHUFFLED = "In brackets: the same where the points are dealt to the rows at random."
MOVES = "While the table is learned, its principal components are shown in t-SNE's place."
_TIED = {
    True: "The output layer uses the same rows.",
    False: "The output layer has rows of its own.",
}


def layout_words(known: TokenTable, layout: Layout, audit: str) -> tuple[str, str]:
    """What a layout is, and in grey what is to be known of the table."""
    words = layout.note
    if layout.recall is not None:
        words += f", {percent(layout.recall)} of the true neighbours kept"
    n_without = len(known.without_token)
    if 2 * n_without > known.table.n_rows:
        question = f"{n_without:,} rows have no token: is it another tokenizer's table?"
        words = f"{words.removesuffix('.')}. {question}"
    tied = "" if known.table.tied is None else _TIED[known.table.tied]
    return words, " ".join(part for part in (audit, tied) if part)


def selection_words(ids: Sequence[int], counts: npt.NDArray[np.int64] | None) -> str:
    """How many tokens are selected, and how often they occur in the text.

    `counts`: how often each id does, None while that is counted.

    >>> selection_words([0, 1, 2], np.array([1, 0, 2]))
    '3 tokens selected, 2 of them in the text, 3 times'
    """
    selected = f"{len(ids):,} tokens selected"
    if counts is None:
        return f"{selected}, counting …"
    here = counts[list(ids)]
    n_here, n_times = int(np.count_nonzero(here)), int(here.sum())
    return f"{selected}, {n_here:,} of them in the text, {n_times:,} times"


def no_table_words(tokenizer: str) -> tuple[str, str]:
    """The title and the words of the card where there is no table."""
    return (
        f"No embedding table for {title_of(tokenizer)}",
        "The map shows the rows of a model's embedding table, one for each token. Open one "
        "that belongs to this tokenizer, or drop it here; or let a small model learn one.",
    )


def tokenizers_with_table(but: str) -> list[str]:
    """The shipped tokenizers that have a shipped table, one of them left out."""
    return [shipped.tokenizer for shipped in TABLES if shipped.tokenizer != but]


def measured(found: Honesty | None) -> list[Measured]:
    """The cells of the strip, for what is known of a map so far."""
    k = MOST_NEIGHBORS if found is None or not found.k else found.k
    sample = f"{found.n_sampled:,} rows" if found and found.n_sampled else "a sample of rows"
    unknown = "unknown" if found is None else "too few rows" if found.k == 0 else "measuring"
    recall = None if found is None else found.recall
    trust = None if found is None else found.trust
    variance = None if found is None else found.variance
    cells = (
        (
            f"recall@{k}",
            "recall",
            f"How many of the {k} rows nearest in the table are among the {k} nearest points, "
            f"for {sample} against all rows",
            recall,
        ),
        (
            "trustworthiness",
            "trust",
            f"Whether what the map shows near is near in the table; 100 %: all true "
            f"neighbours, for {sample} against all rows",
            trust,
        ),
        (
            "variance",
            "variance",
            "How much of the variation of all rows their places on the map give back",
            variance,
        ),
    )
    return [
        Measured(
            name,
            brief,
            f"{tip}. {_SHUFFLED}",
            None if measure is None else measure.value,
            None if measure is None else measure.control,
            unknown,
        )
        for name, brief, tip, measure in cells
    ]
