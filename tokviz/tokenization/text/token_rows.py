"""TokenRows: the tokens of a range of a text, in columns."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tokviz.tokenization.encoding import Int32s, Int64s


@dataclass(frozen=True)
class TokenRows:
    """The tokens that touch a range of characters; positions count from the text's start."""

    first: int  # index of row 0 among the text's tokens
    ids: Int32s
    starts: Int64s
    ends: Int64s
    byte_starts: Int64s
    byte_ends: Int64s
    colors: NDArray[np.uint8]


def joined_rows(rows: list[TokenRows]) -> TokenRows:
    """Rows of neighbouring parts as one."""
    if len(rows) == 1:
        return rows[0]
    no_place, no_color = np.zeros(0, np.int64), np.zeros(0, np.uint8)
    return TokenRows(
        rows[0].first if rows else 0,
        np.concatenate([np.zeros(0, np.int32), *(row.ids for row in rows)]),
        np.concatenate([no_place, *(row.starts for row in rows)]),
        np.concatenate([no_place, *(row.ends for row in rows)]),
        np.concatenate([no_place, *(row.byte_starts for row in rows)]),
        np.concatenate([no_place, *(row.byte_ends for row in rows)]),
        np.concatenate([no_color, *(row.colors for row in rows)]),
    )
