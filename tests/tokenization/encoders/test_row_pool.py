"""Rows of different lengths put together: as one row after the other is."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tokviz.tokenization.encoders import row_pool
from tokviz.tokenization.encoders.row_pool import RowPool

rows_of_numbers = st.lists(st.lists(st.integers(-2, 9), min_size=1, max_size=30), min_size=1)


@given(rows_of_numbers, rows_of_numbers, st.integers(1, 9), st.data())
def test_rows_are_put_together(
    first: list[list[int]], then: list[list[int]], width: int, data: st.DataObject
) -> None:
    pool = RowPool(width)
    wanted = data.draw(st.lists(st.integers(0, len(first) + len(then) - 1)))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(row_pool, "_BLOCK", 3)
        patch.setattr(row_pool, "_VERY_LONG", 20)
        for rows in (first, then):
            entries = [entry for row in rows for entry in row]
            pool.extend(np.array(list(map(len, rows)), np.int32), np.array(entries, np.int32))
        found = pool.taken(np.array(wanted, np.int32))
    rows = first + then
    assert found.dtype == np.int32
    assert found.tolist() == [entry for number in wanted for entry in rows[number]]
    assert pool.memory >= 4 * sum(map(len, rows))
