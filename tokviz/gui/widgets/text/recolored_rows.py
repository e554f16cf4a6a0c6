"""RecoloredRows: tokens coloured by what they are, the same token always in the same colour.

Neighbours may then share a colour; the edges between them are drawn all the same.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tokviz.gui.widgets.text.token_source import TokenRows

_N_COLORS = 6
_SPREAD = 2_654_435_761  # Knuth's multiplier: neighbouring ids get colours apart


@dataclass(frozen=True)
class RecoloredRows:
    """The rows of another, with colours that follow from the ids."""

    first: int
    ids: NDArray[np.int32]
    starts: NDArray[np.int64]
    ends: NDArray[np.int64]
    byte_starts: NDArray[np.int64]
    byte_ends: NDArray[np.int64]
    colors: NDArray[np.uint8]


def colored_by_id(rows: TokenRows) -> RecoloredRows:
    """The same tokens; each id has one of six colours, wherever it stands."""
    mixed = (rows.ids.astype(np.uint64) * np.uint64(_SPREAD)) >> np.uint64(16)
    colors = (mixed % np.uint64(_N_COLORS)).astype(np.uint8)
    return RecoloredRows(
        rows.first, rows.ids, rows.starts, rows.ends, rows.byte_starts, rows.byte_ends, colors
    )
