"""The numbers of strings by arrays are those that a dictionary gives, for each kind."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from tokviz.tokenization.encoders.distinct_strings import KINDS, WIDTHS, DistinctStrings
from tokviz.tokenization.encoders.packed_keys import PackedKeys, packed, words_of

edges_of_kinds = st.sampled_from([1, 2, 7, 8, 15, 16, 31, 32, 63, 64, 65, 200])
strings = st.lists(
    st.one_of(
        st.binary(min_size=1, max_size=70),
        st.tuples(st.sampled_from([b"\0", b"a", b"ab", b"\xff"]), edges_of_kinds).map(
            lambda drawn: (drawn[0] * drawn[1])[: drawn[1]]
        ),
    ),
    max_size=30,
)


def kind_of(string: bytes) -> int:
    return next((i for i, width in enumerate(WIDTHS) if len(string) < 8 * width), KINDS[-1])


@given(st.lists(strings, max_size=3))
def test_equal_strings_have_equal_numbers_and_others_have_others(calls: list[list[bytes]]) -> None:
    distinct = DistinctStrings()
    known: list[list[bytes]] = [[] for _ in KINDS]  # by kind and number
    for some in calls:
        lengths = np.array(list(map(len, some)), np.int64)
        numbered = distinct.number(b"".join(some), np.cumsum(lengths) - lengths, lengths)
        assert distinct.has_new == any(string not in known[kind_of(string)] for string in some)
        for mine, (data, sizes) in zip(known, distinct.take_new(), strict=True):
            ends = np.cumsum(sizes)
            cuts = zip((ends - sizes).tolist(), ends.tolist(), strict=True)
            mine += [data[start:end].tobytes() for start, end in cuts]
        assert not distinct.has_new
        assert sorted(np.concatenate([rows for rows, _ in numbered])) == list(range(len(some)))
        for kind, (rows, found) in enumerate(numbered):
            assert len(set(known[kind])) == len(known[kind])
            for row, number in zip(rows.tolist(), found.numbers.tolist(), strict=True):
                assert (kind, known[kind][number]) == (kind_of(some[row]), some[row])


def test_a_table_that_grows_and_is_crowded_finds_all_strings() -> None:
    keys = PackedKeys(2)
    some = [f"pre-token {i:5}".encode() for i in range(20_000)]
    starts = 15 * np.arange(len(some))
    lengths = np.full(len(some), 15)
    words = packed(words_of(b"".join(some) + b"\0" * 16), starts, lengths, 2)
    numbers, new = keys.number(words)
    assert numbers[new].tolist() == list(range(len(some)))
    again, new = keys.number(words)
    assert again.tolist() == numbers.tolist()
    assert not len(new)
    assert keys.n_strings == len(some)
    assert keys.memory > 16 * len(some)
