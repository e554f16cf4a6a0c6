"""Where two tokenizers cut the same text differently."""

import numpy as np
from numpy.typing import NDArray

from tokviz.tokenization.text.token_rows import TokenRows
from tokviz.tokenization.text.tokenized_text import TokenizedText


def differing(rows: TokenRows, other: TokenRows) -> NDArray[np.bool_]:
    """(T,) which tokens of `rows` are no token of `other`: no token there has the same bytes.

    Both must hold all tokens that touch the same range of characters.
    """
    known = set(_keys(other))
    return np.array([key not in known for key in _keys(rows)], np.bool_)


def differing_spans(
    text: TokenizedText, other: TokenizedText, start: int, end: int
) -> list[tuple[int, int]]:
    """Characters of the tokens of `text` in [start, end) that are no token of `other`.

    Both hold the same text. Where one of them is not encoded yet, nothing is known to differ.
    """
    end = min(end, text.n_encoded, other.n_encoded)
    rows = text.tokens(start, end) if start < end else None
    if rows is None or not len(rows.ids):
        return []
    # A token at the edge may reach out of the range, and so may what the other one has there.
    low, high = min(start, int(rows.starts[0])), max(end, int(rows.ends[-1]))
    marked = differing(rows, other.tokens(low, high))
    return list(zip(rows.starts[marked].tolist(), rows.ends[marked].tolist(), strict=True))


def _keys(rows: TokenRows) -> list[tuple[int, int]]:
    return list(zip(rows.byte_starts.tolist(), rows.byte_ends.tolist(), strict=True))
