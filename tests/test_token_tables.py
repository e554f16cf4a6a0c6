"""Tables and the vocabularies they belong to."""

from dataclasses import replace

import numpy as np
import pytest

from tests.embedding.tables import random_table, table_of
from tokviz.embedding.row_classes import MissingRowsError
from tokviz.token_tables import TableShelf, TokenTable, n_ordinary
from tokviz.tokenization.tokenizer import Algorithm, Tokenizer, bytes_tokenizer


def vocabulary(*tokens: bytes | None, **more: object) -> Tokenizer:
    return replace(Tokenizer("small", Algorithm.CHARACTERS, list(tokens)), **more)  # type: ignore[arg-type]


def test_a_table_fits_where_each_row_means_the_same_bytes() -> None:
    known = TokenTable(random_table(3, 2), vocabulary(b"a", b"b", b"c"))
    assert known.fits(vocabulary(b"a", b"b", b"c"))
    assert known.fits(vocabulary(b"a", b"b", b"c", b"new"))
    assert not known.fits(vocabulary(b"a", b"x", b"c"))
    assert not known.fits(vocabulary(b"a", b"b"))


def test_padding_rows_fit_only_where_no_token_takes_them() -> None:
    known = TokenTable(random_table(3, 2), vocabulary(b"a", b"b"))
    assert known.fits(vocabulary(b"a", b"b", None))
    assert not known.fits(vocabulary(b"a", b"b", b"c"))
    assert known.without_token == (2,)
    assert [known.has_token(row) for row in range(3)] == [True, True, False]


def test_a_table_with_too_few_rows_is_refused_with_both_numbers() -> None:
    with pytest.raises(MissingRowsError, match="3 rows for 256 ordinary tokens"):
        TokenTable(random_table(3, 2), bytes_tokenizer())


def test_added_tokens_may_lack_a_row_and_that_is_said() -> None:
    tokenizer = vocabulary(b"a", b"b", b"<s>", special_tokens={"<s>": 2})
    assert n_ordinary(tokenizer) == 2
    known = TokenTable(table_of([[1, 2], [3, 4]]), tokenizer)
    assert known.audit() == "2 rows of 2 numbers; 1 added token has no row."


def test_the_audit_names_each_class_of_rows() -> None:
    rows = [[1, 2], [1, 2], [0, 0], [np.nan, 1], [5, 6], [7, 8]]
    known = TokenTable(table_of(rows), vocabulary(*(bytes([i]) for i in range(5))))
    assert known.audit() == (
        "6 rows of 2 numbers, 2 equal to another row (rows 0, 1), 1 all zeros (row 2), "
        "1 with a NaN or an infinity (row 3), 1 padding, beyond the vocabulary."
    )


def test_the_shelf_gives_back_the_latest_table_that_fits() -> None:
    one, other = vocabulary(b"a", b"b"), vocabulary(b"x", b"y")
    shelf = TableShelf()
    for tokenizer in (one, other, one):
        shelf = shelf.with_table(TokenTable(random_table(2, 2), tokenizer))
    assert len(shelf.tables) == 2
    assert shelf.table_for(one) is shelf.tables[-1]
    assert shelf.table_for(other) is shelf.tables[0]
    assert shelf.table_for(vocabulary(b"q", b"r")) is None


def test_a_table_may_name_the_tokens_that_have_rows() -> None:
    tokenizer = vocabulary(b"a", b"b", b"c", b"d", b"e", b"f")
    rows = np.eye(3, dtype=np.float32)
    table = replace(table_of(rows), ids=np.array([1, 2, 5]))
    known = TokenTable(table, tokenizer)
    assert known.vocab == [b"b", b"c", b"f"]
    assert known.rows_of([5, 0, 1]).tolist() == [2, 0]
    assert (known.row_of(2), known.row_of(3), known.id_of(2)) == (1, None, 5)
    assert known.counts(np.array([1, 1, 0, 0, 0, 2])).tolist() == [1, 0, 2]
    assert known.counts(np.array([1, 1, 3])).tolist() == [1, 3, 0]
    assert known.without_token == ()
    assert known.audit() == (
        "3 rows of 3 numbers; 3 tokens that do not occur in the text have none."
    )
    assert known.fits(vocabulary(b"a", b"b", b"c", b"d", b"e", b"f", b"g"))
    assert not known.fits(vocabulary(b"a", b"b", b"c"))
    assert not known.fits(vocabulary(b"a", b"b", b"x", b"d", b"e", b"f"))
    assert known.is_next_of(TokenTable(table, tokenizer))
    others = replace(table, ids=np.array([1, 2, 4]))
    assert not known.is_next_of(TokenTable(others, tokenizer))
