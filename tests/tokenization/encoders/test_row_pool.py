"""Rows of different lengths put together: as one row after the other is."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tokviz.tokenization.encoders.row_pool import OVERHANG, LongRows, RowPool
from tokviz.tokenization.ranges import starts_of

Rows = list[list[int]]
POOLS = [(1, 1, 7), (2, 8, 15), (4, 16, 31), (8, 32, 63), (None, 1, 100)]


def rows_of(shortest: int, longest: int) -> st.SearchStrategy[Rows]:
    lengths = st.lists(st.integers(shortest, longest), max_size=6)
    return lengths.map(lambda sizes: [list(range(3 * size, 4 * size)) for size in sizes])


@pytest.mark.parametrize(("width", "shortest", "longest"), POOLS)
@given(st.data())
def test_rows_are_put_together(
    width: int | None, shortest: int, longest: int, data: st.DataObject
) -> None:
    pool = LongRows() if width is None else RowPool(width)
    rows: Rows = []
    for more in (data.draw(rows_of(shortest, longest)), data.draw(rows_of(shortest, longest))):
        entries = np.array([entry for row in more for entry in row], np.int32)
        pool.extend(np.array(list(map(len, more)), np.int32), entries)
        rows += more
    wanted = data.draw(st.lists(st.integers(0, len(rows) - 1)) if rows else st.just([]))
    lengths = np.array([len(rows[number]) for number in wanted], np.int32)
    out = np.zeros(int(lengths.sum()) + OVERHANG, np.int32)
    pool.put(np.array(wanted, np.int32), starts_of(lengths), lengths, out)
    expected = [entry for number in wanted for entry in rows[number]]
    assert out[: len(expected)].tolist() == expected
    assert pool.memory >= 4 * sum(map(len, rows))
